"""What happens in one instant of a customer's story. Both engines take these steps; they differ in how time passes.

A step reads parameters `p`, changes the state of a customer and of the journey under way, and writes to the log.
It runs as plain Python on the objects of `sim.engines.state`, and compiled on records of the same layout.
"""

from __future__ import annotations

from typing import Any

from sim.engines.log import (
    ABANDONED,
    CLOSING,
    COMPETENCE,
    CONTACTS,
    FRUSTRATIONS,
    GAVE_UP_WAITING,
    GIVEN_UP,
    JOURNEYS,
    NOWHERE,
    PASSED_ON,
    RESOLVED,
    SERVICE,
    STILL_OPEN,
    UNFINISHED,
    UNRESOLVED,
    WAITING,
)
from sim.engines.state import Customer, Journey
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FACTS, FRUSTRATION_TYPES, Parameters
from sim.rules import choice, clock, experience, knowledge, loyalty, service
from sim.rules.distributions import exponential, gumbel, lognormal, normal
from sim.scenario import MINUTES_PER_YEAR, Fact, FrustrationType

__all__ = [
    "arrive",
    "begin_journey",
    "begin_service",
    "choose",
    "close",
    "end_service",
    "finish",
    "finish_research",
    "follow_up_key",
    "follow_up_min",
    "leave_unserved",
    "leaves",
    "next_step",
    "opening_wait_min",
    "patience_min",
    "research_pause_min",
    "researches",
    "waited",
    "wants",
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
_TYPES = len(FRUSTRATION_TYPES)
_FACTS = len(FACTS)
_DAY_MIN = 1440.0
_NAN = float("nan")

# --- between journeys ---


@rule
def leaves(p: Parameters, customer: Customer, until_min: float) -> bool:
    """Let time pass: loyalty fades, expectations drift, and some day the customer has left."""
    level = p.loyalty_level[customer.segment]
    remembering = min(until_min, max(customer.aged_min, customer.remembered_until_min))
    for stretch in range(2):
        until = remembering if stretch == 0 else until_min
        ratio = customer.remembered if stretch == 0 else 1.0
        elapsed = until - customer.aged_min
        if elapsed <= 0.0:
            continue
        midway = loyalty.faded(customer.loyalty, level, 0.5 * elapsed, p.half_life_min)
        rate = loyalty.leaving_rate(p.leaving_per_min[customer.segment], midway, p.leaving_sensitivity, ratio)
        if rate * elapsed >= customer.leaving_left:
            customer.left_min = clock.on_grid(customer.aged_min + customer.leaving_left / rate)
            return True
        customer.leaving_left -= rate * elapsed
        customer.loyalty = loyalty.faded(customer.loyalty, level, elapsed, p.half_life_min)
        drift = p.market_drift_per_year * elapsed / MINUTES_PER_YEAR
        customer.expectation = experience.drifted(customer.expectation, drift)
        for j in range(p.touchpoints):
            customer.expectations[j] = experience.drifted(customer.expectations[j], drift)
        customer.aged_min = until
    return False


@rule
def wants(p: Parameters, customer: Customer, need: int, accepted: float) -> bool:
    """Whether a candidate for a base need becomes one: loyal customers buy more often."""
    if not p.buys[need]:
        return True
    level = p.loyalty_level[customer.segment]
    return choice.needs_again(
        accepted,
        loyalty.repurchase_ratio(customer.loyalty, level, p.repurchase_sensitivity),
        loyalty.repurchase_ratio(100.0, level, p.repurchase_sensitivity),
    )


@rule
def begin_journey(
    p: Parameters, customer: Customer, journey: Journey, need: int, key: int, arose_min: float, parent: int, bought_at: int
) -> None:
    """A need becomes a journey."""
    customer.journeys += 1
    customer.journey_open = True
    journey.need = need
    journey.key = key
    journey.arose_min = arose_min
    journey.parent = parent
    journey.bought_at = bought_at
    journey.number = customer.journeys
    journey.expectation = customer.expectation
    journey.difficulty = p.difficulty_spread[need] * normal(draw(key, Purpose.DIFFICULTY))
    journey.visits = 0
    journey.contacts = 0
    journey.departments = 0
    journey.failed = 0
    journey.told = 0
    journey.seen = 0
    journey.served_at = NOWHERE
    journey.points = 0.0
    for kind in range(_TYPES):
        journey.events[kind] = 0
    journey.touchpoint = NOWHERE
    journey.avoided = NOWHERE
    journey.contact_open = False


# --- from one contact to the next ---


@rule
def next_contact_key(journey: Journey) -> int:
    return derive(derive(journey.key, Purpose.CONTACT), journey.visits + 1)


@rule
def choose(p: Parameters, customer: Customer, journey: Journey, now_min: float) -> None:
    """Take the touchpoint of largest utility among those that offer the service, unless it is settled already."""
    if journey.touchpoint != NOWHERE:
        return
    need, segment = journey.need, customer.segment
    momentary = derive(next_contact_key(journey), Purpose.CHOICE)
    best_utility = -1e300
    for j in range(p.touchpoints):
        if not p.offers[need][j] or j == journey.avoided:
            continue
        shock = gumbel(uniform(derive(momentary, p.touchpoint_key[j])))
        utility = choice.utility(
            p.attraction[segment][need][j],
            customer.expectations[j],
            p.experience_weight,
            (journey.failed >> j) & 1 == 1,
            p.failed_penalty,
            opens_in(p, j, now_min),
            p.opening_delay_cost[segment] * p.urgency[need],
            p.taste_spread * customer.taste[j] + p.choice_spread * shock,
        )
        if utility > best_utility:
            journey.touchpoint, best_utility = j, utility


@rule
def opens_in(p: Parameters, touchpoint: int, now_min: float) -> float:
    """Minutes until a touchpoint opens, 0 if it is open."""
    return clock.opens_in(now_min, p.slots_until_open[touchpoint][clock.slot(now_min)])


@rule
def opening_wait_min(p: Parameters, journey: Journey, touchpoint: int, now_min: float, lingers: bool) -> float:
    """Minutes until a customer arrives who waits for a touchpoint to open, 0 if it is open."""
    wait = opens_in(p, touchpoint, now_min)
    if wait > 0.0 and lingers:
        wait += exponential(p.after_opening_min, draw(next_contact_key(journey), Purpose.AFTER_OPENING))
    return clock.on_grid(wait)


@rule
def researches(p: Parameters, customer: Customer, journey: Journey) -> bool:
    """Whether the journey begins with research."""
    return draw(journey.key, Purpose.RESEARCH) < p.research_share[customer.segment][journey.need]


@rule
def research_pause_min(p: Parameters, journey: Journey) -> float:
    """Time from research to the first service contact."""
    return clock.on_grid(exponential(p.research_min, draw(journey.contact_key, Purpose.RESEARCH_TIME)))


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
def next_step(p: Parameters, customer: Customer, journey: Journey, outcome: int) -> float:
    """What a customer does after a contact that left the need open.

    Sets the next touchpoint where it is settled, and returns the pause in minutes; a negative one means giving up.
    """
    failed, key = journey.touchpoint, journey.contact_key
    journey.touchpoint = NOWHERE
    journey.avoided = NOWHERE
    if journey.points > customer.tolerance or journey.contacts >= p.max_contacts:
        return -1.0
    u = draw(key, Purpose.PAUSE)
    if outcome == PASSED_ON:
        journey.touchpoint = failed
        return clock.on_grid(lognormal(p.hand_over_mean_min, p.hand_over_spread, u))
    step = choice.RETURN_LATER
    if outcome == ABANDONED:
        step = choice.after_abandoning(draw(key, Purpose.AFTER_ABANDONING), p.redials, p.switches, p.comes_back)
    if step == choice.GIVE_UP:
        return -1.0
    if step == choice.REDIAL:
        journey.touchpoint = failed
        return clock.on_grid(exponential(p.redial_after_min, u))
    if step == choice.SWITCH:
        journey.avoided = failed
        return 0.0
    return clock.on_grid(exponential(p.pause_min, u))


# --- a contact ---


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
            if (fact == IDENTITY or fact == ORDERS) and not repeated_data:
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
    about_offer = fact == ASSORTMENT or fact == PRICE
    known = known_at(p, customer, journey, fact)
    if known == 0 or (about_offer and (known >> here) & 1 == 1):
        return NOWHERE
    personal = fact == IDENTITY or fact == ORDERS
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
    source = 0
    while (known >> source) & 1 == 0:
        source += 1
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
def frustrate(
    log: Any, p: Parameters, customer: Customer, journey: Journey, kind: int, cause: int, source: int, now_min: float
) -> None:
    """A frustration event happens."""
    points = experience.felt_severity(p.severity[kind], customer.sensitivity, journey.events[kind], p.repeat_decay)
    journey.events[kind] += 1
    journey.points += points
    journey.contact_points += points
    row = log.frustrations[log.filled[FRUSTRATIONS]]
    log.filled[FRUSTRATIONS] += 1
    row.customer = customer.number
    row.journey = journey.number
    row.contact = journey.visits
    row.touchpoint = journey.touchpoint
    row.type = kind
    row.cause = cause
    row.source_touchpoint = source
    row.at_min = now_min
    row.severity = points


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


# --- the end of a journey ---


@rule
def finish(log: Any, p: Parameters, customer: Customer, journey: Journey, resolved_at: int, now_min: float) -> bool:
    """A journey ends, resolved somewhere or given up: satisfaction, loyalty, memory. Returns whether dissatisfied."""
    if leaves(p, customer, now_min):
        customer.left_min = now_min
    need, resolved = journey.need, resolved_at != NOWHERE
    days = (now_min - journey.arose_min) / _DAY_MIN
    points = p.base - journey.points - experience.delay_points(p.delay, days)
    if journey.served_at != NOWHERE:
        points += p.personal_service[journey.served_at]
    felt, expected = experience.bounded(points), customer.expectation
    satisfaction = experience.satisfaction(
        felt, expected, p.satisfaction_base, p.expectation_weight, p.gain, p.shortfall
    )
    customer.expectation = experience.learned(expected, felt, p.learning)
    customer.loyalty = loyalty.updated(customer.loyalty, felt - expected, p.loyalty_gain, p.loyalty_loss)
    ratio = loyalty.remembered(resolved, journey.contacts, p.leaving_after_several_contacts, p.leaving_after_given_up)
    if ratio > 1.0:
        if now_min < customer.remembered_until_min:
            ratio = max(ratio, customer.remembered)
        customer.remembered = ratio
        customer.remembered_until_min = now_min + p.memory_min
    revenue = 0.0
    if resolved and p.buys[need]:
        revenue = service.revenue_eur(p.value_eur[need], p.value_spread[need], draw(journey.key, Purpose.VALUE))
        customer.bought |= 1 << resolved_at
        customer.purchases += 1
        journey.bought_at = resolved_at
    row = write_journey(log, customer, journey, RESOLVED if resolved else GIVEN_UP)
    row.resolved_at = resolved_at
    row.ended_min = now_min
    row.revenue_eur = revenue
    row.margin_eur = service.to_cent(revenue * p.margin[need])
    row.experience = felt
    row.satisfaction = satisfaction
    row.loyalty = customer.loyalty
    return satisfaction < p.dissatisfied_below


@rule
def follow_up_key(p: Parameters, journey: Journey, which: int) -> int:
    """Root of the luck of a follow-up need."""
    return derive(derive(journey.key, Purpose.FOLLOW_UP), p.follow_key[journey.need][which])


@rule
def follow_up_min(
    p: Parameters, journey: Journey, which: int, resolved_at: int, dissatisfied: bool, now_min: float
) -> float:
    """When the follow-up need number `which` of this journey arises; NaN if it does not."""
    need = journey.need
    if not choice.follows(p.follow_after[need][which], resolved_at, p.follow_resolved_at[need][which], dissatisfied):
        return _NAN
    key = follow_up_key(p, journey, which)
    if draw(key, Purpose.FOLLOW_UP) >= p.follow_share[need][which]:
        return _NAN
    return now_min + clock.on_grid(exponential(p.follow_delay_min[need][which], draw(key, Purpose.FOLLOW_UP_DELAY)))


@rule
def close(log: Any, p: Parameters, customer: Customer, journey: Journey, end_min: float) -> None:
    """The run is over: what is unfinished is written down once, marked as such."""
    if customer.journey_open:
        if journey.contact_open:
            write_contact(log, customer, journey, UNFINISHED, _NAN, _NAN)
        write_journey(log, customer, journey, STILL_OPEN)
    if customer.left_min != customer.left_min:  # NaN: has not left yet
        leaves(p, customer, end_min)


# --- the log ---


@rule
def write_contact(log: Any, customer: Customer, journey: Journey, outcome: int, felt: float, ended_min: float) -> None:
    """Write down the present contact, which is over."""
    row = log.contacts[log.filled[CONTACTS]]
    log.filled[CONTACTS] += 1
    row.customer = customer.number
    row.journey = journey.number
    row.contact = journey.visits
    row.department = journey.departments
    row.purpose = journey.purpose
    row.touchpoint = journey.touchpoint
    row.outcome = outcome
    row.arrived_min = journey.arrived_min
    row.started_min = journey.started_min
    row.ended_min = ended_min
    row.experience = felt
    row.expectation = journey.contact_expectation
    journey.contact_open = False


@rule
def write_journey(log: Any, customer: Customer, journey: Journey, outcome: int) -> Any:
    """Write down the journey, which is over, as far as it is known in any case. Returns the row."""
    row = log.journeys[log.filled[JOURNEYS]]
    log.filled[JOURNEYS] += 1
    customer.journey_open = False
    row.customer = customer.number
    row.journey = journey.number
    row.parent = journey.parent
    row.contacts = journey.contacts
    row.departments = journey.departments
    row.need = journey.need
    row.outcome = outcome
    row.resolved_at = NOWHERE
    row.arose_min = journey.arose_min
    row.ended_min = _NAN
    row.revenue_eur = 0.0
    row.margin_eur = 0.0
    row.difficulty = journey.difficulty
    row.experience = _NAN
    row.expectation = journey.expectation
    row.satisfaction = _NAN
    row.loyalty = _NAN
    return row
