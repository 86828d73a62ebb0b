"""Steps of a contact: arrive, wait, be served, and how it felt."""

from __future__ import annotations

from typing import Any

from sim.engines.log import (
    ABANDONED,
    CLOSING,
    COMPETENCE,
    GAVE_UP_WAITING,
    NOWHERE,
    PASSED_ON,
    RESOLVED,
    SERVICE,
    UNRESOLVED,
    WAITING,
)
from sim.engines.state import Customer, Journey
from sim.engines.steps.writing import frustrate, write_contact
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FACTS, FRUSTRATION_TYPES, Parameters
from sim.rules import clock, experience, knowledge, service
from sim.scenario import Fact, FrustrationType

__all__ = [
    "arrive",
    "begin_service",
    "conclude",
    "end_service",
    "finish_research",
    "known_at",
    "leave_unserved",
    "missing_from",
    "next_contact_key",
    "patience_min",
    "waited",
]

IDENTITY, ORDERS, CASE, ASSORTMENT, PRICE = (FACTS.index(fact) for fact in Fact)
NOT_RECOGNISED = FRUSTRATION_TYPES.index(FrustrationType.NOT_RECOGNISED)
REPEATED_DATA = FRUSTRATION_TYPES.index(FrustrationType.REPEATED_DATA)
ASKED_FOR_ORDER_NUMBER = FRUSTRATION_TYPES.index(FrustrationType.ASKED_FOR_ORDER_NUMBER)
REPEATED_STORY = FRUSTRATION_TYPES.index(FrustrationType.REPEATED_STORY)
PRODUCT_UNKNOWN = FRUSTRATION_TYPES.index(FrustrationType.PRODUCT_UNKNOWN)
PRICE_NOT_HONOURED = FRUSTRATION_TYPES.index(FrustrationType.PRICE_NOT_HONOURED)
WAITED_TOO_LONG = FRUSTRATION_TYPES.index(FrustrationType.WAITED_TOO_LONG)
BOUNCED = FRUSTRATION_TYPES.index(FrustrationType.PASSED_ON)
_FACTS = len(FACTS)

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
def waited(log: Any, p: Parameters, customer: Customer, journey: Journey, now_min: float) -> None:
    """Waiting in line ended in service."""
    if service.waited_too_long(now_min - journey.arrived_min, p.wait_tolerated_min[customer.segment]):
        frustrate(log, p, customer, journey, WAITED_TOO_LONG, WAITING, NOWHERE, now_min)


@rule
def leave_unserved(log: Any, p: Parameters, customer: Customer, journey: Journey, outcome: int, now_min: float) -> None:
    """Waiting in line ended without service: ABANDONED, or TURNED_AWAY at closing."""
    cause = GAVE_UP_WAITING if outcome == ABANDONED else CLOSING
    frustrate(log, p, customer, journey, WAITED_TOO_LONG, cause, NOWHERE, now_min)
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
    if journey.purpose == SERVICE:
        repeated_data = False
        for fact in range(_FACTS):
            if not p.requires[need][fact]:
                continue
            source = missing_from(p, customer, journey, fact)
            if source == NOWHERE:
                continue
            minutes += p.handling_min[fact]
            logits += p.weight[need][fact]
            if fact in (IDENTITY, ORDERS) and not repeated_data:
                frustrate(log, p, customer, journey, REPEATED_DATA, fact, source, now_min)
                repeated_data = True
            if fact == IDENTITY and customer.purchases >= p.regular_from:
                frustrate(log, p, customer, journey, NOT_RECOGNISED, fact, source, now_min)
            elif fact == ORDERS:
                frustrate(log, p, customer, journey, ASKED_FOR_ORDER_NUMBER, fact, source, now_min)
            elif fact == CASE:
                frustrate(log, p, customer, journey, REPEATED_STORY, fact, source, now_min)
            elif fact == ASSORTMENT and (journey.seen >> source) & 1 == 1:
                frustrate(log, p, customer, journey, PRODUCT_UNKNOWN, fact, source, now_min)
            elif fact == PRICE:
                frustrate(log, p, customer, journey, PRICE_NOT_HONOURED, fact, source, now_min)
    u = draw(journey.contact_key, Purpose.SERVICE_TIME)
    duration = service.service_min(
        p.distribution[need][here], p.service_min[need][here], p.service_spread[need][here], minutes, u
    )
    return clock.on_grid(duration), logits


@rule
def missing_from(p: Parameters, customer: Customer, journey: Journey, fact: int) -> int:
    """Where a fact is known that is not visible here; NOWHERE if it is visible, or known nowhere."""
    here = journey.touchpoint
    about_offer = fact in (ASSORTMENT, PRICE)
    known = known_at(p, customer, journey, fact)
    if known == 0 or (about_offer and (known >> here) & 1 == 1):
        return NOWHERE
    personal = fact in (IDENTITY, ORDERS)
    if not personal or knowledge.identifies(customer.willing, p.identifies[here]):
        root = derive(journey.key if about_offer else customer.key, Purpose.LINK)
        of_fact = derive(root, p.fact_key[fact])
        for j in range(p.touchpoints):
            if (known >> j) & 1 == 1:
                link = derive(derive(of_fact, p.touchpoint_key[j]), p.touchpoint_key[here])
                if knowledge.links(uniform(link), p.coverage[fact][j][here]):
                    return NOWHERE
    if fact == ASSORTMENT and known & journey.seen != 0:
        known &= journey.seen
    source = NOWHERE
    for j in range(p.touchpoints):  # of several the one with the smallest key, for the order of a file means nothing
        if (known >> j) & 1 == 1 and (source == NOWHERE or p.touchpoint_key[j] < p.touchpoint_key[source]):
            source = j
    return source


@rule
def known_at(p: Parameters, customer: Customer, journey: Journey, fact: int) -> int:
    """Touchpoints at which a fact is known, as bits."""
    if fact == IDENTITY:
        return customer.known
    if fact == ORDERS:
        return customer.bought if journey.bought_at == NOWHERE else 1 << journey.bought_at
    if fact == CASE:
        return journey.told
    known = 0
    if fact == ASSORTMENT:
        popularity = draw(journey.key, Purpose.PRODUCT)
        for j in range(p.touchpoints):
            if knowledge.carries(popularity, p.carries[j]):
                known |= 1 << j
        return known
    promotion = derive(journey.key, Purpose.PROMOTION)
    for j in range(p.touchpoints):
        looked_at = (journey.seen >> j) & 1 == 1 or j == journey.touchpoint
        if looked_at and knowledge.promotes(uniform(derive(promotion, p.touchpoint_key[j])), p.promotes[j]):
            known |= 1 << j
    return known


@rule
def end_service(
    log: Any, p: Parameters, customer: Customer, journey: Journey, logits: float, now_min: float, p_now: Parameters
) -> int:
    """Service ends, and the need is resolved or not. Returns the outcome.

    `p` are the parameters when service began, `p_now` those of its end.
    """
    need, here, key = journey.need, journey.touchpoint, journey.contact_key
    journey.seen |= 1 << here
    journey.told |= 1 << here
    journey.served_at = here
    if knowledge.identifies(customer.willing, p.identifies[here]):
        customer.known |= 1 << here
    outcome = UNRESOLVED
    if draw(key, Purpose.RESOLVED) < service.resolution_probability(
        p.resolves_logit[need][here], journey.difficulty, logits
    ):
        outcome = RESOLVED
    elif service.passes_on(draw(key, Purpose.PASSED_ON), p.passes_on[need][here]):
        outcome = PASSED_ON
        frustrate(log, p_now, customer, journey, BOUNCED, COMPETENCE, NOWHERE, now_min)
    conclude(log, p_now, customer, journey, outcome, now_min)
    return outcome


@rule
def conclude(log: Any, p: Parameters, customer: Customer, journey: Journey, outcome: int, now_min: float) -> None:
    """A service contact ends, and the customer remembers how it felt."""
    here = journey.touchpoint
    points = p.base - journey.contact_points
    if journey.started_min == journey.started_min:  # was served: not NaN
        points += p.personal_service[here]
    if outcome != RESOLVED:
        points -= p.unresolved
        journey.points += p.unresolved
        journey.failed |= 1 << here
    felt = experience.bounded(points)
    customer.expectations[here] = experience.learned(customer.expectations[here], felt, p.learning)
    write_contact(log, customer, journey, outcome, felt, now_min)
    if outcome == PASSED_ON:
        journey.departments += 1
