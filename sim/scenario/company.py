"""The company in a scenario file: touchpoints, services and needs."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from sim.scenario.calendar import SLOT_MIN, Agents, OpeningHours, whole_agents
from sim.scenario.named import SENTENCES, Fact, FrustrationType
from sim.scenario.part import Name, Part, default
from sim.scenario.quantities import (
    Duration,
    Factor,
    LogitSpread,
    LogSpread,
    Longer,
    Money,
    MoneyPerHour,
    Number,
    Points,
    Positive,
    Share,
    Spread,
)

__all__ = ["FactHandling", "FollowUp", "Need", "Service", "ServiceTime", "Touchpoint"]


class Touchpoint(Part):
    """A place where company and customer meet."""

    label: str | None = None
    kind: Literal["self_service", "staffed", "deferred"]
    """Self-service has no queue; staff serve first come, first served; deferred requests are answered later."""
    open: OpeningHours = OpeningHours.always()
    agents: Agents | None = None
    """Staffed only: how many agents serve, as a number or as a roster over the week."""
    wage: MoneyPerHour = default("0 EUR per hour")
    """Cost of one rostered agent hour, all included."""
    cost_per_contact: Money = default("0 EUR")
    identifies: Share = default(1)
    """Share of customers who are identified in a service contact here, by card, number or login."""
    carries: Share = default(1)
    """Share of the whole assortment that is sold here: best sellers everywhere, and what lies beyond the largest share
    of any touchpoint nowhere, so nobody can buy it."""
    promotes: Share = default(0)
    """Share of products that are cheaper here than elsewhere at a given time."""
    personal_service: Points = default(0)
    """Experience that personal service adds to a served contact."""
    staffing: Factor = default(1)
    """Staffed only: factor on the roster, of whole agents; what a lever changes to add or remove staff."""
    stays_open: Longer = default("0 min")
    """How much longer the touchpoint stays open each day, in quarter hours, staffed as in the last one."""
    system_delay: Duration = default("0 min")
    """Mean (exponential) time per service contact lost to a slow system."""
    answer_time: Duration = default("0 min")
    """Deferred only: median (lognormal) time until a request without a tracked deadline is taken up."""
    answer_spread: LogSpread = default(0)
    """Deferred only: standard deviation of the logarithm of that time."""
    tracked: Share = default(0)
    """Deferred only: share of requests with a tracked deadline."""
    deadline: Duration = default("1 day")
    """Deferred only: a tracked request is taken up by then."""
    closed: Share = default(0)
    """Share of its locations that are closed for good; a customer's own location is one of them or not."""
    accompanied: Share = default(0)
    """Share of customers of a closed location who are helped with another touchpoint."""
    steers: Share = default(0)
    """Share of contacts about a service not offered here in which staff settle it through another touchpoint."""
    competes: Share = default(0)
    """Staffed only: share of contacts whose agent's targets count own sales alone."""
    goodwill: Share = default(0)
    """Staffed only: share of complaints, settled at the first contact, in which staff may go beyond the standard."""
    softens: Share = default(0)
    """With staff only: share of the severity that staff take, by how they say it, off the events that are sentences of
    theirs: not recognised, asked for the order number, product unknown, system slow, sees less than the web."""
    saves: Share = default(0)
    """With staff only: share of the log odds of resolution lost to an unknown product that staff save by offering a way
    to get it."""

    @property
    def sting(self) -> tuple[float, ...]:
        """Factor on the severity of each frustration type in contacts here; staff can soften what they say."""
        left = 1.0 if self.kind == "self_service" else 1.0 - float(self.softens)
        return tuple(left if kind in SENTENCES else 1.0 for kind in FrustrationType)

    @property
    def saved(self) -> float:
        """What `saves` says; nothing without staff."""
        return 0.0 if self.kind == "self_service" else float(self.saves)

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
        factor = float(self.staffing) * (1.0 - float(self.closed))
        return _roster(self.agents, self.open, self.hours, factor)

    @property
    def shifts(self) -> tuple[tuple[float, int, bool], ...]:
        """Minute of the week, agents and whether it is open, where something changes; empty without staff."""
        return () if self.roster is None else _shifts(self.roster, self.hours.slots)


@lru_cache(maxsize=256)  # the weeks of a ramp ask for the same again and again
def _roster(agents: Agents, opening: OpeningHours, hours: OpeningHours, factor: float) -> tuple[int, ...]:
    """Whole agents in place of those of the file times a factor, in `hours`, which are perhaps longer."""
    longest = opening if hours == OpeningHours.never() else hours
    numbers = agents.at_full_size(longest, opening)
    wanted = [factor * number if is_open else 0.0 for number, is_open in zip(numbers, hours.slots, strict=True)]
    return whole_agents(wanted, agents.scale)


@lru_cache(maxsize=256)
def _shifts(roster: tuple[int, ...], is_open: tuple[bool, ...]) -> tuple[tuple[float, int, bool], ...]:
    slots = list(zip(roster, is_open, strict=True))
    return tuple(
        (float(index * SLOT_MIN), *state)
        for index, state in enumerate(slots)
        if index == 0 or state != slots[index - 1]
    )


class ServiceTime(Part):
    """Service time of a contact for which every required fact is visible."""

    distribution: Literal["lognormal", "exponential", "constant"]
    mean: Duration
    spread: LogSpread = default(0)
    """Lognormal only: standard deviation of the logarithm of the service time."""


class Service(Part):
    """How one touchpoint serves one kind of need."""

    service_time: ServiceTime
    fit: Number = default(0)
    """Utility of this touchpoint for this need."""
    resolves: Share
    """Probability that a case of average difficulty is resolved when every required fact is visible."""
    passes_on: Share = default(0)
    """Staffed only: share of unresolved contacts handed to another department here."""
    transfers: Share = default(0)
    """Staffed only: share of contacts put through to a colleague at once, for a case of average difficulty; hard cases
    are put through more often."""
    offered: Share = default(1)
    """Share of such needs that can be served here at all; a customer learns it on the spot."""
    promises: Share = default(0)
    """Share of contacts neither resolved nor passed on that end with a promise, such as a call-back."""
    promise_at: Name | None = None
    """Touchpoint where the promise has to be kept; None means here."""
    promise_after: Duration = default("0 min")
    """When it has to be kept."""


class FollowUp(Part):
    """A need that one journey can cause."""

    need: Name
    after: Literal["resolved", "given_up", "dissatisfied"]
    share: Share
    per_hand_over: Share = default(0)
    """Added to the share for each hand-over to another department: what passed through many hands holds less well."""
    delay: Duration
    """Mean of the exponentially distributed time until the follow-up need arises."""
    resolved_at: list[Name] | None = None
    """Only when the journey was resolved at one of these touchpoints; None means any."""


class FactHandling(Part):
    """What it takes to work without a fact."""

    handling: Duration = default("0 min")
    """Extra service time when the fact is required and not visible."""


class Need(Part):
    """Why a customer gets in touch."""

    label: str | None = None
    buys: bool = False
    """A resolved journey is a purchase."""
    value: Money = default("0 EUR")
    """Revenue of a purchase."""
    value_spread: LogSpread = default(0)
    """Standard deviation of the logarithm of a purchase's revenue."""
    margin: Share = default(0)
    """Contribution margin as a share of revenue, before cost to serve."""
    profile: Name | None = None
    """Time-of-week profile; None spreads needs evenly over the week."""
    urgency: Positive = default(1)
    """Multiplies the cost of waiting for opening hours, and patience in line: who must, holds on."""
    difficulty_spread: LogitSpread = default(0)
    """Standard deviation of difficulty in logits; a hard case is hard at every attempt."""
    served_at: dict[Name, Service]
    """Touchpoints that offer this service; all others do not."""
    requires: dict[Fact, Spread] = {}
    """Facts that serving needs, each with the logits of resolution lost when it is not visible."""
    advice_varies: Share = default(1)
    """Share of such needs for which a touchpoint that does not share knowledge advises differently."""
    stakes: Positive = default(1)
    """Factor on the severity of frustration events: what is dear or matters much hurts more."""
    complaint: bool = False
    """A complaint: settling it at the first contact with goodwill can repair loyalty."""
    promised_at_purchase: bool = False
    """As a follow-up of a purchase it is about something promised there, such as delivery or collection: the promise is
    known where it was bought. All other promises are those that a contact ends with, see `promises`."""
    follow_ups: list[FollowUp] = []
