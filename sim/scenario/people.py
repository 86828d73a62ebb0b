"""Customers in a scenario file: segments, behaviour, experience, loyalty, data sharing, marketing, word of mouth."""

from __future__ import annotations

from sim.scenario.part import Name, Part, default
from sim.scenario.quantities import (
    Contacts,
    Count,
    Duration,
    LogEffect,
    LogSpread,
    Money,
    Number,
    People,
    Points,
    Positive,
    RatePerYear,
    Rise,
    Shape,
    Share,
    Spread,
    Told,
)

__all__ = ["Behaviour", "Experience", "Loyalty", "Marketing", "Segment", "Severity", "Sharing", "WordOfMouth"]


class Segment(Part):
    """Customers who behave alike, apart from their persistent traits."""

    label: str | None = None
    customers: People
    needs_per_year: dict[Name, RatePerYear] = {}
    """Rate of base needs per customer, while loyalty is at the segment's level."""
    rate_shape: Shape = default(1e6)
    """Shape of the gamma-distributed rate multiplier (mean 1) between customers; small means heavy and light buyers."""
    taste: dict[Name, Number] = {}
    """Mean utility of a touchpoint; 1 utility unit multiplies the odds of choosing it by e."""
    research_first: dict[Name, Share] = {}
    """Share of needs that start with research at `behaviour.research_at`."""
    showroom_first: dict[Name, Share] = {}
    """Share of needs that start with a look around at `behaviour.showroom_at`."""
    bought_before: dict[Name, Share] = {}
    """Share of customers who have bought at a touchpoint before the run starts."""
    patience: Duration = default("1000 years")
    """Scale of the Weibull-distributed patience in a queue; with shape 1 this is the mean."""
    patience_shape: Shape = default(1)
    wait_tolerated: Duration = default("1000 years")
    """A longer wait is a frustration event."""
    answer_tolerated: Duration = default("1000 years")
    """Mean (exponential) time after which a customer no longer waits for the answer to a request."""
    tolerance: Spread = default(1e9)
    """Median frustration (points, summed over a journey) at which a customer gives up."""
    tolerance_spread: LogSpread = default(0)
    """Standard deviation of the logarithm of tolerance between customers."""
    sensitivity_spread: LogSpread = default(0)
    """Standard deviation of the logarithm of how strongly customers feel frustration (median 1)."""
    opening_delay_cost: Spread = default(0)
    """Utility lost per hour that a touchpoint is still closed."""
    loyalty_level: Points = default(50.0)
    """Loyalty at the start, and the level it fades back to."""
    leaving_per_year: RatePerYear = default("0 per year")
    """Hazard of leaving at loyalty 50 with no open case."""
    prospects: People = default(0)
    """People like these who are not customers yet, but may become some."""
    messages_tolerated: Spread = default(1e9)
    """Median number of messages a month that a customer puts up with."""


class Behaviour(Part):
    """How customers choose, wait and come back."""

    taste_spread: Spread = default(0)
    """Scale of the persistent Gumbel taste shock per customer and touchpoint."""
    choice_spread: Spread = default(0)
    """Scale of the Gumbel shock per contact and touchpoint."""
    experience_weight: Spread = default(0)
    """Utility gained per 50 points that a touchpoint is expected to be better than the average one."""
    failed_penalty: Spread = default(0)
    """Utility lost by a touchpoint that failed in this journey."""
    research_at: Name | None = None
    """Self-service touchpoint at which research happens."""
    showroom_at: Name | None = None
    """Touchpoint at which customers look around before they are served at any."""
    research_time: Duration = default("0 min")
    """Mean (exponential) time from research or looking around to the first service contact."""
    self_service_difficulty: Spread = default(0)
    """Utility that self-service loses per logit of difficulty: simple cases stay there, hard ones want advice."""
    system_delay_tolerated: Duration = default("1000 years")
    """A longer delay by a slow system is a frustration event."""
    refusal_time: Duration = default("0 min")
    """Service time of a contact about a service that is not offered."""
    steering_time: Duration = default("0 min")
    """Extra service time when staff settle such a contact through another touchpoint."""
    unhelpful: Spread = default(0)
    """Logits of resolution lost where staff will not help with what began at another touchpoint."""
    unaccustomed: Spread = default(0)
    """Logits of resolution lost by customers whose touchpoint was taken away, until they are accustomed."""
    accustomed_after: Count = default(1)
    """Number of journeys after which they are."""
    goodwill_cost: Money = default("0 EUR")
    """What going beyond the standard costs per complaint."""
    after_opening: Duration = default("0 min")
    """Mean (exponential) delay of a customer who waits for a touchpoint to open; 0 has them all arrive at opening."""
    redials: Share = default(0)
    """Share of abandoning customers who try the same touchpoint again soon."""
    redial_after: Duration = default("0 min")
    """Mean (exponential) time to that attempt."""
    switches: Share = default(0)
    """Share of abandoning customers who try another touchpoint at once."""
    comes_back: Share = default(0)
    """Share of abandoning customers who try again after `pause`; the rest gives up."""
    pause: Duration = default("0 min")
    """Mean (exponential) time between an unresolved contact and the next attempt."""
    hand_over_median: Duration = default("0 min")
    """Median (lognormal) time a case waits for the next department."""
    hand_over_spread: LogSpread = default(0)
    specialist: LogEffect = default(0)
    """Logits of resolution gained once a case was handed to another department: it is the one that knows about it."""
    transfer_time: Duration = default("0 min")
    """Service time lost when a contact is put through to a colleague."""
    max_contacts: Contacts = default(20)
    """A customer gives up after so many service contacts for one need."""
    regular_from: Count = default(1)
    """Number of purchases from which a customer is a regular."""


class Severity(Part):
    """How much one event hurts."""

    severity: Points
    """Points of experience lost by the first event of its type in a journey, for a customer of median sensitivity."""


class Experience(Part):
    """From events to experience, expectation and satisfaction, all on scales from 0 to 100."""

    base: Points = default(75.0)
    """Experience of an uneventful journey before bounding."""
    repeat_decay: Share = default(1)
    """Each further event of the same type in a journey hurts by this factor less."""
    unresolved: Points = default(0)
    """Points lost by each contact that leaves the need open."""
    delay: Spread = default(0)
    """Points lost per unit of ln(1 + days) until a journey ends."""
    start_expectation: Points = default(75.0)
    learning: Share = default(0)
    """Share of the gap to the last experience by which expectation moves."""
    market_drift_per_year: Spread = default(0)
    """Points per year by which the market lifts expectation."""
    satisfaction_base: Number = default(0)
    expectation_weight: Number = default(1)
    gain: Spread = default(1)
    """Points of satisfaction per point of experience above expectation."""
    shortfall: Spread = default(1)
    """Points of satisfaction lost per point of experience below expectation."""
    dissatisfied_below: Points = default(50.0)
    recovery: Points = default(0)
    """Points of experience gained by a complaint settled at the first contact with goodwill."""


class Loyalty(Part):
    """From disconfirmation to loyalty, and from loyalty to what customers do."""

    gain: Spread = default(0)
    """Loyalty gained per point of experience above expectation, at loyalty 0."""
    loss: Spread = default(0)
    """Loyalty lost per point of experience below expectation, at loyalty 100."""
    half_life: Duration = default("1000 years")
    """Time in which half of the gap to the segment's level fades."""
    leaving_sensitivity: LogEffect = default(0)
    """Change of the log hazard of leaving per 50 points of loyalty."""
    repurchase_sensitivity: LogEffect = default(0)
    """Change of the log rate of purchase needs per 50 points of loyalty."""
    several_touchpoints_for: Duration = default("0 min")
    """So long after buying at another touchpoint than the time before a customer is at home on several."""
    several_touchpoints_rate: Rise = default(0)
    """Rise of the rate of purchase needs of such a customer, as a share."""
    several_touchpoints_value: Rise = default(0)
    """Rise of the value of a purchase of such a customer, as a share."""
    leaving_after_several_contacts: Positive = default(1)
    """Hazard ratio of leaving while a journey with more than one contact is remembered."""
    leaving_after_given_up: Positive = default(1)
    """Hazard ratio of leaving while a journey without resolution is remembered."""
    leaving_after_complaint: Positive = default(1)
    """Hazard ratio of leaving while a complaint is remembered that was not settled at once with goodwill."""
    memory: Duration = default("0 min")
    """How long such a journey is remembered."""
    promoter_from: Points = default(75.0)
    detractor_below: Points = default(50.0)


class Marketing(Part):
    """Messages that reach customers between journeys."""

    at: Name | None = None
    """Touchpoint whose view of facts marketing has; None means there is no marketing."""
    messages: RatePerYear = default("0 per year")
    """Messages per customer whom marketing may write to."""
    cost_per_message: Money = default("0 EUR")
    advertises_for: Duration = default("0 min")
    """For so long after a purchase the product is still advertised where the purchase is not visible."""
    wrong_offer: Share = default(0)
    """Share of offers that do not suit a customer whose profile is not visible."""
    moves: RatePerYear = default("0 per year")
    """Rate at which customers change their address. Marketing then has an old one, unless it learns of the new one by
    its own care; a later identified contact that marketing sees brings it as well."""
    address_care: Share = default(0)
    """Share of changes of address that marketing learns of by itself."""
    cap: Spread = default(1e9)
    """Messages a month beyond which marketing holds back, the same for everybody."""
    frequency_care: Share = default(0)
    """Share of customers whose own tolerance for messages marketing knows, and does not exceed."""
    ignores_opt_out: Share = default(0)
    """Share of customers without consent to whom messages are sent nonetheless."""
    opts_out: Share = default(0)
    """Share of unwelcome messages after which consent is withdrawn."""
    pleases: Spread = default(0)
    """Loyalty points gained by a message that suits, at loyalty 0."""
    annoys: Spread = default(0)
    """Loyalty points lost per point of severity of a message's frustration event, at loyalty 100."""
    response: Share = default(0)
    """Share of suitable messages that bring the need."""
    brings: Name | None = None
    """The need they bring."""


class Sharing(Part):
    """Whether customers share data: consent to messages, to be identified, and to a profile."""

    start: Share = default(1)
    """Share of customers who share their data at the start."""
    gives_above: Points = default(100.0)
    """Median satisfaction above which a customer begins to."""
    withdraws_below: Points = default(0)
    """Median satisfaction below which a customer ends it."""
    spread: Spread = default(0)
    """Standard deviation of a customer's own thresholds around these, points."""
    identifies: Share = default(0)
    """Share of contacts in which customers who share data are identified, of those who would not be otherwise."""


class WordOfMouth(Part):
    """What customers tell people who are not customers yet."""

    tells_good: Told = default(0)
    """Mean number of prospects told per 50 points of experience above expectation."""
    tells_bad: Told = default(0)
    """Mean number of prospects told per 50 points of experience below expectation."""
    joins: RatePerYear = default("0 per year")
    """Hazard at which a prospect who was told nothing becomes a customer."""
    persuades: LogEffect = default(0)
    """Change of the log hazard per good word heard."""
    deters: LogEffect = default(0)
    """Change of the log hazard per bad word heard."""
    at_most: LogEffect = default(2)
    """Bound of the change of the log hazard, both ways."""
