"""What a scenario file may say. Read it as the reference of the file format.

Every number that switches a mechanism on defaults to the neutral value, so a scenario that says little
simulates little; nothing about behaviour is hidden in a default.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario.calendar import SLOT_MIN, Agents, OpeningHours, WeekProfile
from sim.scenario.quantities import (
    Count,
    Duration,
    Money,
    MoneyPerHour,
    MoneyPerMonth,
    Number,
    Points,
    Positive,
    RatePerYear,
    Share,
    SignedDuration,
    Spread,
    Written,
)

__all__ = [
    "Behaviour",
    "Decision",
    "Document",
    "Experience",
    "Fact",
    "FactHandling",
    "FollowUp",
    "FrustrationType",
    "Lever",
    "LeverChange",
    "LeverUse",
    "Loyalty",
    "Marketing",
    "Need",
    "Run",
    "Segment",
    "Service",
    "ServiceTime",
    "Severity",
    "Sharing",
    "Strategy",
    "Touchpoint",
    "WordOfMouth",
]

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Fact(StrEnum):
    """What a company can know. Which contacts create a fact is a rule of the model, not of a file."""

    IDENTITY = "identity"
    """Who the customer is: arises where the customer was identified."""
    ORDERS = "orders"
    """What the customer ordered or bought: arises where it was bought."""
    CASE = "case"
    """What was said and tried so far in this journey: arises at each service contact."""
    ASSORTMENT = "assortment"
    """Which products exist: arises where the product is carried."""
    PRICE = "price"
    """Prices and promotions: arise where a promotion is shown."""
    PROFILE = "profile"
    """What suits the customer: arises where one who shares data was identified."""
    KNOWLEDGE = "knowledge"
    """What one touchpoint advises: arises where the customer was advised in this journey."""
    PROMISE = "promise"
    """A call-back, delivery or collection promised: arises where it was promised."""


class FrustrationType(StrEnum):
    """The frustration events of the catalogue that can happen so far, by their speaking names."""

    NOT_RECOGNISED = "not_recognised"
    """F1: a regular of one touchpoint is asked at another whether they ever bought here."""
    REPEATED_DATA = "repeated_data"
    """F2: has to give contact or order data again."""
    ASKED_FOR_ORDER_NUMBER = "asked_for_order_number"
    """F3: is asked for the article or order number."""
    REPEATED_STORY = "repeated_story"
    """F4: has to tell the whole story again."""
    PRODUCT_UNKNOWN = "product_unknown"
    """F5: 'this product does not exist'."""
    SYSTEM_SLOW = "system_slow"
    """F6: 'our system is slow today'."""
    SEES_LESS_THAN_WEB = "sees_less_than_web"
    """F7: 'you see more on the internet than I do here'."""
    PRICE_NOT_HONOURED = "price_not_honoured"
    """F8: a price seen at one touchpoint is refused at another."""
    OFFERED_WHAT_WAS_BOUGHT = "offered_what_was_bought"
    """F9: a message offers what was bought already."""
    WRONG_OFFER = "wrong_offer"
    """F10: an offer that does not suit the customer."""
    TOO_MANY_MESSAGES = "too_many_messages"
    """F11: more messages than tolerated, messages to a stale address, or after opting out."""
    WAITED_TOO_LONG = "waited_too_long"
    """F12: waits longer than tolerated, gives up waiting, or still waits at closing time."""
    REQUEST_UNANSWERED = "request_unanswered"
    """F13: a request disappears, or a stock reply arrives."""
    PASSED_ON = "passed_on"
    """F14: is passed on to another department."""
    CONFLICTING_ADVICE = "conflicting_advice"
    """F15: gets different advice at different touchpoints."""
    PROMISE_NOT_KEPT = "promise_not_kept"
    """F16: a promise made at one touchpoint is not known where it has to be kept."""
    SERVICE_NOT_OFFERED = "service_not_offered"
    """F17: cannot order, change, collect, return or pay here."""
    TOUCHPOINT_TAKEN_AWAY = "touchpoint_taken_away"
    """F18: the touchpoint that the customer would take was closed, and nobody helps with another."""
    OTHER_TALKED_DOWN = "other_talked_down"
    """F19: staff talk another touchpoint down, or will not help with its orders."""


def _default(raw: str | float) -> Any:
    """Declare a default as a file would write it; validation turns it into a number."""
    return Field(default=raw)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True)


class Run(_Part):
    """How long customers are simulated; measures start after the warm-up."""

    warm_up: Duration = _default("0 min")
    measured: Duration


class Segment(_Part):
    """Customers who behave alike, apart from their persistent traits."""

    label: str | None = None
    customers: Count
    needs_per_year: dict[Name, RatePerYear] = {}
    """Rate of base needs per customer, while loyalty is at the segment's level."""
    rate_shape: Positive = _default(1e6)
    """Shape of the gamma-distributed rate multiplier (mean 1) between customers; small means heavy and light buyers."""
    taste: dict[Name, Number] = {}
    """Mean utility of a touchpoint; 1 utility unit multiplies the odds of choosing it by e."""
    research_first: dict[Name, Share] = {}
    """Share of needs that start with research at `behaviour.research_at`."""
    showroom_first: dict[Name, Share] = {}
    """Share of needs that start with a look around at `behaviour.showroom_at`."""
    bought_before: dict[Name, Share] = {}
    """Share of customers who have bought at a touchpoint before the run starts."""
    patience: Duration = _default("1000 years")
    """Scale of the Weibull-distributed patience in a queue; with shape 1 this is the mean."""
    patience_shape: Positive = _default(1)
    wait_tolerated: Duration = _default("1000 years")
    """A longer wait is a frustration event."""
    answer_tolerated: Duration = _default("1000 years")
    """Mean (exponential) time after which a customer no longer waits for the answer to a request."""
    tolerance: Spread = _default(1e9)
    """Median frustration (points, summed over a journey) at which a customer gives up."""
    tolerance_spread: Spread = _default(0)
    """Standard deviation of the logarithm of tolerance between customers."""
    sensitivity_spread: Spread = _default(0)
    """Standard deviation of the logarithm of how strongly customers feel frustration (median 1)."""
    opening_delay_cost: Spread = _default(0)
    """Utility lost per hour that a touchpoint is still closed."""
    loyalty_level: Points = _default(50.0)
    """Loyalty at the start, and the level it fades back to."""
    leaving_per_year: RatePerYear = _default("0 per year")
    """Hazard of leaving at loyalty 50 with no open case."""
    prospects: Count = _default(0)
    """People like these who are not customers yet, but may become some."""
    messages_tolerated: Spread = _default(1e9)
    """Median number of messages a month that a customer puts up with."""


class Touchpoint(_Part):
    """A place where company and customer meet."""

    label: str | None = None
    kind: Literal["self_service", "staffed", "deferred"]
    """Self-service has no queue; staff serve first come, first served; deferred requests are answered later."""
    open: OpeningHours = OpeningHours.always()
    agents: Agents | None = None
    """Staffed only: how many agents serve, as a number or as a roster over the week."""
    wage: MoneyPerHour = _default("0 EUR per hour")
    """Cost of one rostered agent hour, all included."""
    cost_per_contact: Money = _default("0 EUR")
    identifies: Share = _default(1)
    """Share of customers who are identified in a service contact here, by card, number or login."""
    carries: Share = _default(1)
    """Share of the whole assortment that is sold here; best sellers are carried everywhere."""
    promotes: Share = _default(0)
    """Share of products that are cheaper here than elsewhere at a given time."""
    personal_service: Points = _default(0)
    """Experience that personal service adds to a served contact."""
    staffing: Positive = _default(1)
    """Staffed only: factor on the roster, rounded to whole agents; what a lever changes to add or remove staff."""
    stays_open: Duration = _default("0 min")
    """How much longer the touchpoint stays open each day, in quarter hours, staffed as in the last one."""
    system_delay: Duration = _default("0 min")
    """Mean (exponential) time per service contact lost to a slow system."""
    answer_time: Duration = _default("0 min")
    """Deferred only: median (lognormal) time until a request without a tracked deadline is taken up."""
    answer_spread: Spread = _default(0)
    """Deferred only: standard deviation of the logarithm of that time."""
    tracked: Share = _default(0)
    """Deferred only: share of requests with a tracked deadline."""
    deadline: Duration = _default("1 day")
    """Deferred only: a tracked request is taken up by then."""
    closed: Share = _default(0)
    """Share of its locations that are closed for good; a customer's own location is one of them or not."""
    accompanied: Share = _default(0)
    """Share of customers of a closed location who are helped with another touchpoint."""
    steers: Share = _default(0)
    """Share of contacts about a service not offered here in which staff settle it through another touchpoint."""
    competes: Share = _default(0)
    """Staffed only: share of contacts whose agent's targets count own sales alone."""
    goodwill: Share = _default(0)
    """Staffed only: share of complaints, settled at the first contact, in which staff may go beyond the standard."""

    @property
    def hours(self) -> OpeningHours:
        """Opening hours as they are now, with closures and longer days."""
        if float(self.closed) == 1.0:
            return OpeningHours.never()
        return self.open.extended(round(float(self.stays_open) / SLOT_MIN))

    @property
    def roster(self) -> tuple[int, ...] | None:
        """Agents per quarter hour of the week as they are now; None without staff."""
        if self.agents is None:
            return None
        factor, hours = float(self.staffing) * (1.0 - float(self.closed)), self.hours
        agents = self.agents.slots(self.open.extended(round(float(self.stays_open) / SLOT_MIN)), self.open)
        return tuple(
            math.floor(factor * number + 0.5) if is_open else 0
            for number, is_open in zip(agents, hours.slots, strict=True)
        )


class ServiceTime(_Part):
    """Service time of a contact for which every required fact is visible."""

    distribution: Literal["lognormal", "exponential", "constant"]
    mean: Duration
    spread: Spread = _default(0)
    """Lognormal only: standard deviation of the logarithm of the service time."""


class Service(_Part):
    """How one touchpoint serves one kind of need."""

    service_time: ServiceTime
    fit: Number = _default(0)
    """Utility of this touchpoint for this need."""
    resolves: Share
    """Probability that a case of average difficulty is resolved when every required fact is visible."""
    passes_on: Share = _default(0)
    """Staffed only: share of unresolved contacts handed to another department here."""
    offered: Share = _default(1)
    """Share of such needs that can be served here at all; a customer learns it on the spot."""
    promises: Share = _default(0)
    """Share of contacts neither resolved nor passed on that end with a promise, such as a call-back."""
    promise_at: Name | None = None
    """Touchpoint where the promise has to be kept; None means here."""
    promise_after: Duration = _default("0 min")
    """When it has to be kept."""


class FollowUp(_Part):
    """A need that one journey can cause."""

    need: Name
    after: Literal["resolved", "given_up", "dissatisfied"]
    share: Share
    delay: Duration
    """Mean of the exponentially distributed time until the follow-up need arises."""
    resolved_at: list[Name] | None = None
    """Only when the journey was resolved at one of these touchpoints; None means any."""


class FactHandling(_Part):
    """What it takes to work without a fact."""

    handling: Duration = _default("0 min")
    """Extra service time when the fact is required and not visible."""


class Need(_Part):
    """Why a customer gets in touch."""

    label: str | None = None
    buys: bool = False
    """A resolved journey is a purchase."""
    value: Money = _default("0 EUR")
    """Revenue of a purchase."""
    value_spread: Spread = _default(0)
    """Standard deviation of the logarithm of a purchase's revenue."""
    margin: Share = _default(0)
    """Contribution margin as a share of revenue, before cost to serve."""
    profile: Name | None = None
    """Time-of-week profile; None spreads needs evenly over the week."""
    urgency: Positive = _default(1)
    """Multiplies the cost of waiting for opening hours, and patience in line: who must, holds on."""
    difficulty_spread: Spread = _default(0)
    """Standard deviation of difficulty in logits; a hard case is hard at every attempt."""
    served_at: dict[Name, Service]
    """Touchpoints that offer this service; all others do not."""
    requires: dict[Fact, Spread] = {}
    """Facts that serving needs, each with the logits of resolution lost when it is not visible."""
    advice_varies: Share = _default(1)
    """Share of such needs for which a touchpoint that does not share knowledge advises differently."""
    stakes: Positive = _default(1)
    """Factor on the severity of frustration events: what is dear or matters much hurts more."""
    complaint: bool = False
    """A complaint: settling it at the first contact with goodwill can repair loyalty."""
    follow_ups: list[FollowUp] = []


class Behaviour(_Part):
    """How customers choose, wait and come back."""

    taste_spread: Spread = _default(0)
    """Scale of the persistent Gumbel taste shock per customer and touchpoint."""
    choice_spread: Spread = _default(0)
    """Scale of the Gumbel shock per contact and touchpoint."""
    experience_weight: Spread = _default(0)
    """Utility gained per 50 points that a touchpoint is expected to be better than the average one."""
    failed_penalty: Spread = _default(0)
    """Utility lost by a touchpoint that failed in this journey."""
    research_at: Name | None = None
    """Self-service touchpoint at which research happens."""
    showroom_at: Name | None = None
    """Touchpoint at which customers look around before they are served at any."""
    research_time: Duration = _default("0 min")
    """Mean (exponential) time from research or looking around to the first service contact."""
    self_service_difficulty: Spread = _default(0)
    """Utility that self-service loses per logit of difficulty: simple cases stay there, hard ones want advice."""
    system_delay_tolerated: Duration = _default("1000 years")
    """A longer delay by a slow system is a frustration event."""
    refusal_time: Duration = _default("0 min")
    """Service time of a contact about a service that is not offered."""
    steering_time: Duration = _default("0 min")
    """Extra service time when staff settle such a contact through another touchpoint."""
    unhelpful: Spread = _default(0)
    """Logits of resolution lost where staff will not help with what began at another touchpoint."""
    unaccustomed: Spread = _default(0)
    """Logits of resolution lost by customers whose touchpoint was taken away, until they are accustomed."""
    accustomed_after: Count = _default(1)
    """Number of journeys after which they are."""
    goodwill_cost: Money = _default("0 EUR")
    """What going beyond the standard costs per complaint."""
    after_opening: Duration = _default("0 min")
    """Mean (exponential) delay of a customer who waits for a touchpoint to open; 0 has them all arrive at opening."""
    redials: Share = _default(0)
    """Share of abandoning customers who try the same touchpoint again soon."""
    redial_after: Duration = _default("0 min")
    """Mean (exponential) time to that attempt."""
    switches: Share = _default(0)
    """Share of abandoning customers who try another touchpoint at once."""
    comes_back: Share = _default(0)
    """Share of abandoning customers who try again after `pause`; the rest gives up."""
    pause: Duration = _default("0 min")
    """Mean (exponential) time between an unresolved contact and the next attempt."""
    hand_over_median: Duration = _default("0 min")
    """Median (lognormal) time a case waits for the next department."""
    hand_over_spread: Spread = _default(0)
    max_contacts: Count = _default(20)
    """A customer gives up after so many service contacts for one need."""
    regular_from: Count = _default(1)
    """Number of purchases from which a customer is a regular."""


class Severity(_Part):
    """How much one event hurts."""

    severity: Points
    """Points of experience lost by the first event of its type in a journey, for a customer of median sensitivity."""


class Experience(_Part):
    """From events to experience, expectation and satisfaction, all on scales from 0 to 100."""

    base: Points = _default(75.0)
    """Experience of an uneventful journey before bounding."""
    repeat_decay: Share = _default(1)
    """Each further event of the same type in a journey hurts by this factor less."""
    unresolved: Points = _default(0)
    """Points lost by each contact that leaves the need open."""
    delay: Spread = _default(0)
    """Points lost per unit of ln(1 + days) until a journey ends."""
    start_expectation: Points = _default(75.0)
    learning: Share = _default(0)
    """Share of the gap to the last experience by which expectation moves."""
    market_drift_per_year: Spread = _default(0)
    """Points per year by which the market lifts expectation."""
    satisfaction_base: Number = _default(0)
    expectation_weight: Number = _default(1)
    gain: Spread = _default(1)
    """Points of satisfaction per point of experience above expectation."""
    shortfall: Spread = _default(1)
    """Points of satisfaction lost per point of experience below expectation."""
    dissatisfied_below: Points = _default(50.0)
    recovery: Points = _default(0)
    """Points of experience gained by a complaint settled at the first contact with goodwill."""


class Loyalty(_Part):
    """From disconfirmation to loyalty, and from loyalty to what customers do."""

    gain: Spread = _default(0)
    """Loyalty gained per point of experience above expectation, at loyalty 0."""
    loss: Spread = _default(0)
    """Loyalty lost per point of experience below expectation, at loyalty 100."""
    half_life: Duration = _default("1000 years")
    """Time in which half of the gap to the segment's level fades."""
    leaving_sensitivity: Spread = _default(0)
    """Change of the log hazard of leaving per 50 points of loyalty."""
    repurchase_sensitivity: Spread = _default(0)
    """Change of the log rate of purchase needs per 50 points of loyalty."""
    leaving_after_several_contacts: Positive = _default(1)
    """Hazard ratio of leaving while a journey with more than one contact is remembered."""
    leaving_after_given_up: Positive = _default(1)
    """Hazard ratio of leaving while a journey without resolution is remembered."""
    memory: Duration = _default("0 min")
    """How long such a journey is remembered."""
    promoter_from: Points = _default(75.0)
    detractor_below: Points = _default(50.0)


class Marketing(_Part):
    """Messages that reach customers between journeys."""

    at: Name | None = None
    """Touchpoint whose view of facts marketing has; None means there is no marketing."""
    messages: RatePerYear = _default("0 per year")
    """Messages per customer whom marketing may write to."""
    cost_per_message: Money = _default("0 EUR")
    advertises_for: Duration = _default("0 min")
    """For so long after a purchase the product is still advertised where the purchase is not visible."""
    wrong_offer: Share = _default(0)
    """Share of offers that do not suit a customer whose profile is not visible."""
    moves: RatePerYear = _default("0 per year")
    """Rate at which an address goes stale; an identified contact that marketing sees brings the new one."""
    cap: Spread = _default(1e9)
    """Messages a month beyond which marketing holds back."""
    ignores_opt_out: Share = _default(0)
    """Share of customers without consent to whom messages are sent nonetheless."""
    opts_out: Share = _default(0)
    """Share of unwelcome messages after which consent is withdrawn."""
    pleases: Spread = _default(0)
    """Loyalty points gained by a message that suits, at loyalty 0."""
    annoys: Spread = _default(0)
    """Loyalty points lost per point of severity of a message's frustration event, at loyalty 100."""
    response: Share = _default(0)
    """Share of suitable messages that bring the need."""
    brings: Name | None = None
    """The need they bring."""


class Sharing(_Part):
    """Whether customers share data: consent to messages, to be identified, and to a profile."""

    start: Share = _default(1)
    """Share of customers who share their data at the start."""
    gives_above: Points = _default(100.0)
    """Median satisfaction above which a customer begins to."""
    withdraws_below: Points = _default(0)
    """Median satisfaction below which a customer ends it."""
    spread: Spread = _default(0)
    """Standard deviation of a customer's own thresholds around these, points."""
    identifies: Share = _default(0)
    """Share of contacts in which customers who share data are identified, of those who would not be otherwise."""


class WordOfMouth(_Part):
    """What customers tell people who are not customers yet."""

    tells_good: Spread = _default(0)
    """Mean number of prospects told per 50 points of experience above expectation."""
    tells_bad: Spread = _default(0)
    """Mean number of prospects told per 50 points of experience below expectation."""
    joins: RatePerYear = _default("0 per year")
    """Hazard at which a prospect who was told nothing becomes a customer."""
    persuades: Spread = _default(0)
    """Change of the log hazard per good word heard."""
    deters: Spread = _default(0)
    """Change of the log hazard per bad word heard."""
    at_most: Spread = _default(2)
    """Bound of the change of the log hazard, both ways."""


class LeverChange(_Part):
    """What a lever changes at full coverage: exactly one of `to`, `factor`, `add`."""

    path: str
    """Dotted path of a number; `*` stands for every name at its place."""
    to: Written | None = None
    """Written with the unit of the number at `path`."""
    factor: Spread | None = None
    add: Written | None = None
    """Written with the unit of the number at `path`."""


class Lever(_Part):
    """Something a company can invest in."""

    label: str | None = None
    catalogue: str | None = None
    """Id in the mechanism catalogue, e.g. L1."""
    changes: list[LeverChange]
    one_off: Money = _default("0 EUR")
    running: MoneyPerMonth = _default("0 EUR per month")
    lead_time: Duration = _default("0 min")
    """Time from the start until the first effect."""
    ramp: Duration = _default("0 min")
    """Time from the first to the full effect, rising in weekly steps."""
    dip: Share = _default(0)
    """How far things first get worse while people learn, as a share of the full effect; gone by the end of the ramp."""
    hastens: Share = _default(0)
    """Share by which lead time and ramp shrink for the strategy's other levers that start no earlier."""


class LeverUse(_Part):
    """How far and from when a strategy uses a lever."""

    coverage: Share = _default(1)
    start: SignedDuration = _default("0 weeks")
    """Relative to the end of the warm-up."""


class Strategy(_Part):
    """A set of levers."""

    label: str | None = None
    levers: dict[Name, LeverUse] = {}


class Decision(_Part):
    """What the comparison decides on."""

    primary: dict[Name, Spread] = {}
    """Primary KPIs, each with the difference below which it does not matter."""
    confidence: Share = _default(0.95)
    write_off: Duration = _default("3 years")
    """Time over which one-off lever costs are spread."""


class Document(_Part):
    """A whole scenario file, after `extends` was merged in."""

    name: str
    question: str = ""
    description: str = ""
    sources: dict[str, str] = {}
    run: Run
    profiles: dict[Name, WeekProfile] = {}
    segments: Annotated[dict[Name, Segment], Field(min_length=1)]
    touchpoints: Annotated[dict[Name, Touchpoint], Field(min_length=1)]
    facts: dict[Fact, FactHandling] = {}
    visibility: dict[Fact, dict[Name, dict[Name, Share]]] = {}
    """Coverage per fact, from the touchpoint where it arose, to the touchpoint that needs it."""
    needs: Annotated[dict[Name, Need], Field(min_length=1)]
    behaviour: Behaviour = Behaviour()
    frustrations: dict[FrustrationType, Severity] = {}
    experience: Experience = Experience()
    loyalty: Loyalty = Loyalty()
    marketing: Marketing = Marketing()
    sharing: Sharing = Sharing()
    word_of_mouth: WordOfMouth = WordOfMouth()
    levers: dict[Name, Lever] = {}
    strategies: Annotated[dict[Name, Strategy], Field(min_length=1)]
    """The first one is the baseline."""
    decision: Decision = Decision()
