"""Steps of a contact: arrive, wait, be served, and how it felt."""

from __future__ import annotations

from typing import Any

from sim.engines.log import (
    ABANDONED,
    CLOSED,
    CLOSING,
    COMPETENCE,
    GAVE_UP_WAITING,
    NO_ANSWER,
    NOT_OFFERED,
    NOWHERE,
    PASSED_ON,
    RESOLVED,
    SERVICE,
    STOCK_REPLY,
    SYSTEM,
    TARGETS,
    UNRESOLVED,
    WAITING,
)
from sim.engines.state import Customer, Journey
from sim.engines.steps.between import moved
from sim.engines.steps.facts import (
    ASSORTMENT,
    CASE,
    IDENTITY,
    NOT_MISSING,
    ORDERS,
    identified,
    missing_from,
    sees,
    smallest_key,
)
from sim.engines.steps.writing import frustrate, write_contact
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FACTS, FRUSTRATION_TYPES, Parameters
from sim.rules import clock, experience, service
from sim.rules.distributions import exponential, lognormal_of_median
from sim.scenario import Fact, FrustrationType

__all__ = [
    "answer_min",
    "answer_patience_min",
    "arrive",
    "begin_research",
    "begin_service",
    "conclude",
    "end_service",
    "finish_research",
    "leave_unserved",
    "next_contact_key",
    "patience_min",
    "waited",
]

NOT_RECOGNISED = FRUSTRATION_TYPES.index(FrustrationType.NOT_RECOGNISED)
REPEATED_DATA = FRUSTRATION_TYPES.index(FrustrationType.REPEATED_DATA)
ASKED_FOR_ORDER_NUMBER = FRUSTRATION_TYPES.index(FrustrationType.ASKED_FOR_ORDER_NUMBER)
REPEATED_STORY = FRUSTRATION_TYPES.index(FrustrationType.REPEATED_STORY)
PRODUCT_UNKNOWN = FRUSTRATION_TYPES.index(FrustrationType.PRODUCT_UNKNOWN)
PRICE_NOT_HONOURED = FRUSTRATION_TYPES.index(FrustrationType.PRICE_NOT_HONOURED)
WAITED_TOO_LONG = FRUSTRATION_TYPES.index(FrustrationType.WAITED_TOO_LONG)
BOUNCED = FRUSTRATION_TYPES.index(FrustrationType.PASSED_ON)
SYSTEM_SLOW = FRUSTRATION_TYPES.index(FrustrationType.SYSTEM_SLOW)
SEES_LESS_THAN_WEB = FRUSTRATION_TYPES.index(FrustrationType.SEES_LESS_THAN_WEB)
WRONG_OFFER = FRUSTRATION_TYPES.index(FrustrationType.WRONG_OFFER)
REQUEST_UNANSWERED = FRUSTRATION_TYPES.index(FrustrationType.REQUEST_UNANSWERED)
CONFLICTING_ADVICE = FRUSTRATION_TYPES.index(FrustrationType.CONFLICTING_ADVICE)
PROMISE_NOT_KEPT = FRUSTRATION_TYPES.index(FrustrationType.PROMISE_NOT_KEPT)
SERVICE_NOT_OFFERED = FRUSTRATION_TYPES.index(FrustrationType.SERVICE_NOT_OFFERED)
TOUCHPOINT_TAKEN_AWAY = FRUSTRATION_TYPES.index(FrustrationType.TOUCHPOINT_TAKEN_AWAY)
OTHER_TALKED_DOWN = FRUSTRATION_TYPES.index(FrustrationType.OTHER_TALKED_DOWN)
_MISSING: dict[Fact, int] = {
    Fact.IDENTITY: NOT_RECOGNISED,
    Fact.ORDERS: ASKED_FOR_ORDER_NUMBER,
    Fact.CASE: REPEATED_STORY,
    Fact.ASSORTMENT: PRODUCT_UNKNOWN,
    Fact.PRICE: PRICE_NOT_HONOURED,
    Fact.PROFILE: WRONG_OFFER,
    Fact.KNOWLEDGE: CONFLICTING_ADVICE,
    Fact.PROMISE: PROMISE_NOT_KEPT,
}
_TYPE_OF_FACT = tuple(_MISSING[fact] for fact in FACTS)

_NAN = float("nan")


@rule
def next_contact_key(journey: Journey) -> Any:
    """Root of the luck of the contact that comes next."""
    return derive(derive(journey.key, Purpose.CONTACT), journey.visits + 1)


@rule
def arrive(customer: Customer, journey: Journey, purpose: int, touchpoint: int, now_min: float) -> None:
    """A visit to a touchpoint begins."""
    journey.contact_key = next_contact_key(journey)
    journey.visits += 1
    if purpose == SERVICE:
        journey.contacts += 1
    journey.touchpoint = touchpoint
    journey.contact_open = True
    journey.purpose = purpose
    journey.arrived_min = now_min
    journey.started_min = _NAN
    journey.contact_points = 0.0
    journey.contact_worst = NOWHERE
    journey.contact_worst_points = 0.0
    journey.contact_expectation = customer.expectations[touchpoint]


@rule
def finish_research(log: Any, customer: Customer, journey: Journey, now_min: float) -> None:
    """The customer has seen products and prices, and goes on to choose where to be served."""
    journey.seen |= 1 << journey.touchpoint
    write_contact(log, customer, journey, UNRESOLVED, _NAN, now_min)
    journey.touchpoint = NOWHERE


@rule
def patience_min(p: Parameters, customer: Customer, journey: Journey) -> float:
    """How long this customer waits in line this time."""
    return clock.on_grid(
        service.patience_min(
            p.patience_min[customer.segment],
            p.patience_shape[customer.segment],
            p.urgency[journey.need],
            draw(journey.contact_key, Purpose.PATIENCE),
        )
    )


@rule
def answer_min(p: Parameters, customer: Customer, journey: Journey) -> float:
    """Time until a deferred request is taken up."""
    here = journey.touchpoint
    taken_up = lognormal_of_median(
        p.answer_median_min[here], p.answer_spread[here], draw(journey.contact_key, Purpose.ANSWER)
    )
    if _is_tracked(p, journey):
        taken_up = min(taken_up, p.deadline_min[here])
    return clock.on_grid(taken_up)


@rule
def answer_patience_min(p: Parameters, customer: Customer, journey: Journey) -> float:
    """How long this customer waits for the answer to a deferred request."""
    return clock.on_grid(
        exponential(p.answer_tolerated_min[customer.segment], draw(journey.contact_key, Purpose.PATIENCE))
    )


@rule
def _is_tracked(p: Parameters, journey: Journey) -> bool:
    return draw(journey.contact_key, Purpose.TRACKED) < p.tracked[journey.touchpoint]


@rule
def waited(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> None:
    """Waiting in line ended in service."""
    wait = now_min - journey.arrived_min
    if service.waited_too_long(wait, p.wait_tolerated_min[customer.segment]):
        frustrate(log, p, customer, journey, WAITED_TOO_LONG, WAITING, NOWHERE, now_min, wait)


@rule
def leave_unserved(log: Any, p: Parameters, customer: Customer, journey: Journey, outcome: int, now_min: float) -> None:
    """Waiting ended without service: ABANDONED, or TURNED_AWAY at closing."""
    cause = GAVE_UP_WAITING if outcome == ABANDONED else CLOSING
    kind, wait = WAITED_TOO_LONG, now_min - journey.arrived_min
    if p.deferred[journey.touchpoint]:
        kind, cause = REQUEST_UNANSWERED, NO_ANSWER
    frustrate(log, p, customer, journey, kind, cause, NOWHERE, now_min, wait)
    conclude(log, p, customer, journey, outcome, now_min)


@rule
def begin_service(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> tuple[float, float]:
    """Service begins, with a look for every required fact: one that is not visible costs time and resolution.

    Returns
    -------
    minutes, logits : float
        Service time, and the log odds of resolution that missing facts cost.
    """
    journey.started_min = now_min
    need, here = journey.need, journey.touchpoint
    minutes, logits = 0.0, 0.0
    if not _is_offered(p, journey):
        if draw(journey.contact_key, Purpose.STEERED) >= p.steers[here]:
            duration = clock.on_grid(p.refusal_min)
            journey.refused |= 1 << here
            frustrate(log, p, customer, journey, SERVICE_NOT_OFFERED, NOT_OFFERED, NOWHERE, now_min, duration)
            return duration, 0.0
        minutes += p.steering_min
    journey.refused &= ~(1 << here)
    logits += _unaccustomed(log, p, customer, journey, now_min)
    repeated_data = False
    for which in range(p.facts[need]):
        fact = p.fact[need][which]
        source = missing_from(p, customer, journey, fact)
        if source == NOT_MISSING:
            continue
        cost_min = p.handling_min[fact]  # spent once, however many events follow: the first one bears it
        minutes += cost_min
        logits += p.weight[need][fact] * (1.0 - p.saves[here] if fact == ASSORTMENT else 1.0)
        if fact in (IDENTITY, ORDERS) and not repeated_data:
            frustrate(log, p, customer, journey, REPEATED_DATA, fact, source, now_min, cost_min)
            repeated_data = True
            cost_min = 0.0
        if fact != IDENTITY or customer.purchases >= p.regular_from:
            frustrate(log, p, customer, journey, _TYPE_OF_FACT[fact], fact, source, now_min, cost_min)
        if fact == ORDERS and p.staffed[here] and p.self_service[source] and (journey.seen >> source) & 1 == 1:
            frustrate(log, p, customer, journey, SEES_LESS_THAN_WEB, fact, source, now_min, 0.0)
    journey.promised = 0
    logits += _talked_down(log, p, customer, journey, now_min)
    minutes += _slow_system(log, p, customer, journey, now_min)
    if _is_transferred(p, journey):
        frustrate(log, p, customer, journey, BOUNCED, COMPETENCE, NOWHERE, now_min, p.transfer_min)
        minutes += p.transfer_min
        if p.requires[need][CASE] and not sees(p, customer.key, CASE, 1 << here, here):
            cost_min = p.handling_min[CASE]
            minutes += cost_min
            logits += p.weight[need][CASE]
            frustrate(log, p, customer, journey, REPEATED_STORY, CASE, here, now_min, cost_min)
    return _service_min(p, journey, minutes), logits


@rule
def begin_research(p: Parameters, journey: Journey, now_min: float) -> float:
    """Research, or a look around, begins. Returns how long it takes, in minutes."""
    journey.started_min = now_min
    return _service_min(p, journey, 0.0)


@rule
def _service_min(p: Parameters, journey: Journey, missing_min: float) -> float:
    need, here = journey.need, journey.touchpoint
    duration = service.service_min(
        p.distribution[need][here],
        p.service_min[need][here],
        p.service_spread[need][here],
        missing_min,
        draw(journey.contact_key, Purpose.SERVICE_TIME),
    )
    return clock.on_grid(duration)


@rule
def _is_offered(p: Parameters, journey: Journey) -> bool:
    """Whether this touchpoint can serve this very need; the same at every attempt."""
    offered = p.offered[journey.need][journey.touchpoint]
    return offered >= 1.0 or (
        uniform(derive(derive(journey.key, Purpose.OFFERED), p.touchpoint_key[journey.touchpoint])) < offered
    )


@rule
def _is_transferred(p: Parameters, journey: Journey) -> bool:
    """Whether who took this contact puts it through to a colleague."""
    return service.transferred(
        draw(journey.contact_key, Purpose.TRANSFERRED),
        p.transfers_logit[journey.need][journey.touchpoint],
        journey.difficulty,
    )


@rule
def _unaccustomed(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> float:
    """Log odds of resolution lost by a customer who is here because another touchpoint was taken away."""
    closed = journey.displaced_from
    if closed == NOWHERE or customer.displaced >= p.accustomed_after:
        return 0.0
    if uniform(derive(derive(customer.key, Purpose.ACCOMPANIED), p.touchpoint_key[closed])) < p.accompanied[closed]:
        return 0.0
    if journey.events[TOUCHPOINT_TAKEN_AWAY] == 0:
        frustrate(log, p, customer, journey, TOUCHPOINT_TAKEN_AWAY, CLOSED, closed, now_min, 0.0)
    return p.unaccustomed


@rule
def _talked_down(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> float:
    """Log odds of resolution lost where staff have no interest in what began at another touchpoint."""
    here = journey.touchpoint
    if p.competes[here] == 0.0:
        return 0.0
    elsewhere = journey.seen if p.buys[journey.need] else 0
    if journey.bought_at != NOWHERE:
        elsewhere = 1 << journey.bought_at
    elsewhere &= ~(1 << here)
    if elsewhere == 0 or draw(journey.contact_key, Purpose.TARGETS) >= p.competes[here]:
        return 0.0
    frustrate(log, p, customer, journey, OTHER_TALKED_DOWN, TARGETS, smallest_key(p, elsewhere), now_min, 0.0)
    return p.unhelpful


@rule
def _slow_system(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> float:
    """Minutes lost to a slow system."""
    mean = p.system_delay_min[journey.touchpoint]
    if mean == 0.0:
        return 0.0
    delay = exponential(mean, draw(journey.contact_key, Purpose.SYSTEM))
    if delay > p.system_delay_tolerated_min:
        frustrate(log, p, customer, journey, SYSTEM_SLOW, SYSTEM, NOWHERE, now_min, delay)
    return delay


@rule
def end_service(
    log: Any, p: Parameters, customer: Customer, journey: Journey, logits: float, now_min: float, p_now: Parameters
) -> int:
    """Service ends, and the need is resolved or not. Returns the outcome.

    `p` are the parameters when service began, `p_now` those of its end.
    """
    need, here, key = journey.need, journey.touchpoint, journey.contact_key
    if (journey.refused >> here) & 1 == 1:
        conclude(log, p_now, customer, journey, UNRESOLVED, now_min)
        return UNRESOLVED
    journey.seen |= 1 << here
    journey.told |= 1 << here
    journey.served_at = here
    if identified(p, customer, here):
        customer.known |= 1 << here
        if customer.shares:
            customer.profile |= 1 << here
        if p.marketing_at != NOWHERE and sees(p, customer.key, IDENTITY, 1 << here, p.marketing_at):
            moved(p, customer, now_min)
            customer.stale = False
    outcome = UNRESOLVED
    competence = p.resolves_logit[need][here] + (p.specialist if journey.departments > 0 else 0.0)
    if service.resolves(draw(key, Purpose.RESOLVED), competence, journey.difficulty, logits):
        outcome = RESOLVED
        if p.complaint[need] and journey.contacts == 1 and draw(key, Purpose.GOODWILL) < p.goodwill[here]:
            journey.recovered = True
    elif p.passes_on[need][here] > 0.0 and draw(key, Purpose.PASSED_ON) < p.passes_on[need][here]:
        outcome = PASSED_ON
        frustrate(log, p_now, customer, journey, BOUNCED, COMPETENCE, NOWHERE, now_min, 0.0)
    elif p.promises[need][here] > 0.0 and draw(key, Purpose.PROMISED) < p.promises[need][here]:
        journey.promised = 1 << here
        journey.promise_to = p.promise_at[need][here] if p.promise_at[need][here] != NOWHERE else here
        journey.promise_wait_min = clock.on_grid(p.promise_after_min[need][here])
    elif p.deferred[here] and not _is_tracked(p, journey):
        frustrate(log, p_now, customer, journey, REQUEST_UNANSWERED, STOCK_REPLY, NOWHERE, now_min, 0.0)
    conclude(log, p_now, customer, journey, outcome, now_min)
    return outcome


@rule
def conclude(log: Any, p: Parameters, customer: Customer, journey: Journey, outcome: int, now_min: float) -> None:
    """A service contact ends, and the customer remembers how it felt."""
    here = journey.touchpoint
    lost, served = journey.contact_points, journey.started_min == journey.started_min  # not NaN
    if outcome != RESOLVED:
        lost += p.unresolved
        journey.points += p.unresolved
        journey.failed |= 1 << here
    if served and lost == 0.0:
        felt = p.untroubled[here]
    else:
        felt = experience.felt(p.base, lost, p.personal_service[here] if served else 0.0)
    customer.expectations[here] = experience.learned(customer.expectations[here], felt, p.learning)
    write_contact(log, customer, journey, outcome, felt, now_min)
    if outcome == PASSED_ON:
        journey.departments += 1
