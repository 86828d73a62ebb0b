"""What a scenario file may say. Read it as the reference of the file format.

Every number that switches a mechanism on defaults to the neutral value, so a scenario that says little
simulates little; nothing about behaviour is hidden in a default.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario.calendar import Agents, OpeningHours, WeekProfile
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
from sim.scenario.schema_decisions import Economics, Expectation

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
    "Need",
    "Run",
    "Segment",
    "Service",
    "ServiceTime",
    "Severity",
    "Strategy",
    "Touchpoint",
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
    PRICE_NOT_HONOURED = "price_not_honoured"
    """F8: a price seen at one touchpoint is refused at another."""
    WAITED_TOO_LONG = "waited_too_long"
    """F12: waits longer than tolerated, gives up waiting, or still waits at closing time."""
    PASSED_ON = "passed_on"
    """F14: is passed on to another department."""


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
    bought_before: dict[Name, Share] = {}
    """Share of customers who have bought at a touchpoint before the run starts."""
    patience: Duration = _default("1000 years")
    """Scale of the Weibull-distributed patience in a queue; with shape 1 this is the mean."""
    patience_shape: Positive = _default(1)
    wait_tolerated: Duration = _default("1000 years")
    """A longer wait is a frustration event."""
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


class Touchpoint(_Part):
    """A place where company and customer meet."""

    label: str | None = None
    kind: Literal["self_service", "staffed"]
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
    research_time: Duration = _default("0 min")
    """Mean (exponential) time from research to the first service contact."""
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
    levers: dict[Name, Lever] = {}
    strategies: Annotated[dict[Name, Strategy], Field(min_length=1)]
    """The first one is the baseline."""
    decision: Decision = Decision()
    economics: Economics = Economics()
    expect: list[Expectation] = []
    """What should come out; ``journeysim check --run`` and pytest hold the scenario to it."""
