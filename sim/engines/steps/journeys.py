"""Steps of a journey, and of the time between journeys."""

from __future__ import annotations

import math
from typing import Any

from sim.engines.log import (
    ABANDONED,
    GIVEN_UP,
    NOWHERE,
    PASSED_ON,
    RESOLVED,
    STILL_OPEN,
    UNFINISHED,
)
from sim.engines.state import Customer, Journey
from sim.engines.steps.contacts import next_contact_key
from sim.engines.steps.writing import write_contact, write_journey
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FRUSTRATION_TYPES, Parameters
from sim.rules import choice, clock, experience, loyalty, service
from sim.rules.distributions import exponential, lognormal, normal
from sim.scenario import MINUTES_PER_YEAR, FrustrationType

__all__ = [
    "begin_journey",
    "choose",
    "close",
    "finish",
    "follow_up_key",
    "follow_up_min",
    "is_closed",
    "leaves",
    "may_want",
    "next_step",
    "opening_wait_min",
    "opens_in",
    "research_pause_min",
    "researches_at",
    "wants",
]

_TYPES = len(FRUSTRATION_TYPES)
TOUCHPOINT_TAKEN_AWAY = FRUSTRATION_TYPES.index(FrustrationType.TOUCHPOINT_TAKEN_AWAY)
_DAY_MIN = 1440.0
_NAN = float("nan")


@rule
def leaves(p: Parameters, customer: Customer, until_min: float) -> bool:
    """Let time pass: loyalty fades, expectations drift, and some day the customer has left.

    All that time passes in the company as it is in the end.
    """
    level = p.loyalty_level[customer.segment]
    remembering = min(until_min, max(customer.aged_min, customer.remembered_until_min))
    for stretch in range(2):
        until = remembering if stretch == 0 else until_min
        ratio = customer.remembered if stretch == 0 else 1.0
        elapsed = until - customer.aged_min
        if elapsed <= 0.0:
            continue
        half_way = loyalty.remaining(0.5 * elapsed, p.half_life_min) if customer.loyalty != level else 0.0
        midway = loyalty.faded(customer.loyalty, level, half_way)
        rate = loyalty.leaving_rate(p.leaving_per_min[customer.segment], midway, p.leaving_sensitivity, ratio)
        if rate * elapsed >= customer.leaving_left:
            customer.left_min = clock.on_grid(customer.aged_min + customer.leaving_left / rate)
            return True
        customer.leaving_left -= rate * elapsed
        customer.loyalty = loyalty.faded(customer.loyalty, level, half_way * half_way)
        if p.market_drift_per_year != 0.0:
            drift = p.market_drift_per_year * elapsed / MINUTES_PER_YEAR
            customer.expectation = experience.drifted(customer.expectation, drift)
            for j in range(p.touchpoints):
                customer.expectations[j] = experience.drifted(customer.expectations[j], drift)
        customer.aged_min = until
    return False


@rule
def may_want(p: Parameters, customer: Customer, threshold: float, at_min: float) -> bool:
    """Whether a candidate for a need can be one, before time has passed until then; a follow-up need always is.

    Loyalty will be between what it is and its level. A candidate that cannot be a need is no reason to let time pass.
    """
    return _wants(p, customer, threshold, at_min, max(customer.loyalty, p.loyalty_level[customer.segment]))


@rule
def wants(p: Parameters, customer: Customer, threshold: float, now_min: float) -> bool:
    """Whether a candidate for a base need is one: who is loyal, or at home on several channels, buys more often."""
    return _wants(p, customer, threshold, now_min, customer.loyalty)


@rule
def _wants(p: Parameters, customer: Customer, threshold: float, at_min: float, points: float) -> bool:
    level = p.loyalty_level[customer.segment]
    rise = p.several_touchpoints_log_rate if at_min < customer.several_until_min else 0.0
    return choice.needs_again(threshold, loyalty.repurchase_log_ratio(points, level, p.repurchase_sensitivity, rise))


@rule
def begin_journey(
    p: Parameters,
    customer: Customer,
    journey: Journey,
    need: int,
    key: int,
    arose_min: float,
    parent: int,
    bought_at: int,
) -> None:
    """A need becomes a journey."""
    customer.journeys += 1
    customer.journey_open = True
    journey.need = need
    journey.key = key
    journey.arose_min = arose_min
    journey.measured = arose_min >= p.warm_up_min
    journey.parent = parent
    journey.bought_at = bought_at
    journey.number = customer.journeys
    journey.expectation = customer.expectation
    spread = p.difficulty_spread[need]
    journey.difficulty = spread * normal(draw(key, Purpose.DIFFICULTY)) if spread > 0.0 else 0.0
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
    journey.refused = 0
    journey.promised = 0
    journey.promise_to = NOWHERE
    journey.recovered = False
    journey.worst = NOWHERE
    journey.worst_points = 0.0
    journey.contact_worst = NOWHERE
    journey.touchpoint = NOWHERE
    journey.avoided = NOWHERE
    journey.displaced_from = NOWHERE
    journey.contact_open = False


@rule
def is_closed(p: Parameters, customer: Customer, touchpoint: int) -> bool:
    """Whether this customer's location of a touchpoint is closed for good."""
    closed = p.closed[touchpoint]
    return closed > 0.0 and (
        uniform(derive(derive(customer.key, Purpose.CLOSED), p.touchpoint_key[touchpoint])) < closed
    )


@rule
def choose(p: Parameters, customer: Customer, journey: Journey, now_min: float) -> None:
    """Take the touchpoint of largest utility among those that offer the service, unless it is settled already."""
    if journey.touchpoint != NOWHERE:
        if not is_closed(p, customer, journey.touchpoint):
            return
        journey.displaced_from = journey.touchpoint
        journey.touchpoint = NOWHERE
    need, segment = journey.need, customer.segment
    closed_at = NOWHERE
    momentary = derive(next_contact_key(journey), Purpose.CHOICE)
    best_utility, best_u, closed_utility, closed_u = -math.inf, 0.0, -math.inf, 0.0
    for j in range(p.touchpoints):
        if not p.offers[need][j] or j == journey.avoided or (journey.refused >> j) & 1 == 1:
            continue
        closed = is_closed(p, customer, j)
        u = uniform(derive(momentary, p.touchpoint_key[j]))
        utility = choice.utility(
            p.attraction[segment][need][j],
            customer.expectations[j],
            p.experience_weight,
            (journey.failed >> j) & 1 == 1,
            p.failed_penalty,
            0.0 if closed else opens_in(p, j, now_min),
            p.opening_delay_cost[segment] * p.urgency[need],
            p.taste_spread * customer.taste[j],
        )
        if p.self_service[j]:
            utility -= p.self_service_difficulty * journey.difficulty
        if closed:
            if choice.prefers(utility, u, closed_utility, closed_u, p.choice_spread):
                closed_at, closed_utility, closed_u = j, utility, u
        elif choice.prefers(utility, u, best_utility, best_u, p.choice_spread):
            journey.touchpoint, best_utility, best_u = j, utility, u
    if closed_at != NOWHERE and choice.prefers(closed_utility, closed_u, best_utility, best_u, p.choice_spread):
        journey.displaced_from = closed_at


@rule
def opens_in(p: Parameters, touchpoint: int, now_min: float) -> float:
    """Minutes until a touchpoint opens, 0 if it is open."""
    return clock.opens_in(now_min, p.slots_until_open[touchpoint][clock.slot(now_min)])


@rule
def opening_wait_min(
    p: Parameters, customer: Customer, journey: Journey, touchpoint: int, now_min: float, lingers: bool
) -> float:
    """Minutes until a customer arrives who waits for a touchpoint to open, 0 if it is open, or closed for good."""
    wait = opens_in(p, touchpoint, now_min)
    if wait == 0.0 or is_closed(p, customer, touchpoint):
        return 0.0
    if lingers:
        wait += exponential(p.after_opening_min, draw(next_contact_key(journey), Purpose.AFTER_OPENING))
    return clock.on_grid(wait)


@rule
def researches_at(p: Parameters, customer: Customer, journey: Journey) -> int:
    """Where the journey begins with research or a look around; NOWHERE if it does not."""
    online = p.research_share[customer.segment][journey.need]
    either = online + p.showroom_share[customer.segment][journey.need]
    if either == 0.0:
        return NOWHERE
    u = draw(journey.key, Purpose.RESEARCH)
    at = NOWHERE
    if u < online:
        at = p.research_at
    elif u < either:
        at = p.showroom_at
    return NOWHERE if at == NOWHERE or is_closed(p, customer, at) else at


@rule
def research_pause_min(p: Parameters, journey: Journey) -> float:
    """Time from research to the first service contact."""
    return clock.on_grid(exponential(p.research_min, draw(journey.contact_key, Purpose.RESEARCH_TIME)))


@rule
def next_step(p: Parameters, customer: Customer, journey: Journey, outcome: int) -> float:
    """What a customer does after a contact that left the need open.

    Sets the next touchpoint where it is settled, and returns the pause in minutes; a negative one means giving up.
    """
    failed, key = journey.touchpoint, journey.contact_key
    promise_to = journey.promise_to
    journey.touchpoint = NOWHERE
    journey.avoided = NOWHERE
    journey.displaced_from = NOWHERE
    journey.promise_to = NOWHERE
    if journey.points > customer.tolerance or journey.contacts >= p.max_contacts:
        return -1.0
    u = draw(key, Purpose.PAUSE)
    if outcome == PASSED_ON:
        journey.touchpoint = failed
        return clock.on_grid(lognormal(p.hand_over_mean_min, p.hand_over_spread, u))
    if promise_to != NOWHERE:
        journey.touchpoint = promise_to
        return journey.promise_wait_min
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


@rule
def finish(log: Any, p: Parameters, customer: Customer, journey: Journey, resolved_at: int, now_min: float) -> bool:
    """A journey ends, resolved somewhere or given up: satisfaction, loyalty, memory. Returns whether dissatisfied."""
    if leaves(p, customer, now_min):
        customer.left_min = now_min
    need, resolved = journey.need, resolved_at != NOWHERE
    days = (now_min - journey.arose_min) / _DAY_MIN
    lost = journey.points + experience.delay_points(p.delay, days) - (p.recovery if journey.recovered else 0.0)
    personal = p.personal_service[journey.served_at] if journey.served_at != NOWHERE else 0.0
    felt, expected = experience.felt(p.base, lost, personal), customer.expectation
    satisfaction = experience.satisfaction(
        felt, expected, p.satisfaction_base, p.expectation_weight, p.gain, p.shortfall
    )
    customer.expectation = experience.learned(expected, felt, p.learning)
    journey.disconfirmation = felt - expected
    customer.loyalty = loyalty.updated(customer.loyalty, journey.disconfirmation, p.loyalty_gain, p.loyalty_loss)
    shift = p.sharing_spread * customer.gives
    customer.shares = loyalty.shares(customer.shares, satisfaction, p.gives_above + shift, p.withdraws_below + shift)
    if not customer.shares:
        customer.profile = 0
    if journey.events[TOUCHPOINT_TAKEN_AWAY] > 0:
        customer.displaced += 1
    ratio = loyalty.remembered(
        resolved,
        journey.contacts,
        p.leaving_after_several_contacts,
        p.leaving_after_given_up,
        p.leaving_after_complaint if p.complaint[need] and not journey.recovered else 1.0,
    )
    if ratio > 1.0:
        if now_min < customer.remembered_until_min:
            ratio = max(ratio, customer.remembered)
        customer.remembered = ratio
        customer.remembered_until_min = now_min + p.memory_min
    elif journey.recovered:
        customer.remembered = 1.0
    revenue, value = 0.0, 0.0
    if p.buys[need]:
        mean_eur = p.value_eur[need]
        if now_min < customer.several_until_min:
            mean_eur *= 1.0 + p.several_touchpoints_value
        value = service.revenue_eur(mean_eur, p.value_spread[need], draw(journey.key, Purpose.VALUE))
    if resolved and p.buys[need]:
        revenue = value
        if customer.bought_last_at != NOWHERE and customer.bought_last_at != resolved_at:
            customer.several_until_min = now_min + p.several_touchpoints_min
        customer.bought_earlier_at = customer.bought_last_at
        customer.bought_earlier_min = customer.bought_last_min
        customer.bought_last_at = resolved_at
        customer.bought_last_min = now_min
        customer.bought |= 1 << resolved_at
        customer.purchases += 1
        journey.bought_at = resolved_at
    row = write_journey(log, customer, journey, RESOLVED if resolved else GIVEN_UP)
    row.resolved_at = resolved_at
    row.ended_min = now_min
    row.revenue_eur = revenue
    row.margin_eur = service.to_cent(revenue * p.margin[need])
    if not resolved and p.buys[need]:
        row.lost_to = journey.contact_worst if journey.contact_worst != NOWHERE else journey.worst
        if journey.worst == NOWHERE and journey.displaced_from != NOWHERE:
            row.lost_to = TOUCHPOINT_TAKEN_AWAY
        row.lost_eur = value
    if journey.recovered:
        row.goodwill_eur = p.goodwill_eur
    row.experience = felt
    row.satisfaction = satisfaction
    row.loyalty = customer.loyalty
    return satisfaction < p.dissatisfied_below


@rule
def follow_up_key(p: Parameters, journey: Journey, which: int) -> Any:
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
    share = p.follow_share[need][which] + p.follow_per_hand_over[need][which] * journey.departments
    if draw(key, Purpose.FOLLOW_UP) >= share:
        return _NAN
    return now_min + clock.on_grid(exponential(p.follow_delay_min[need][which], draw(key, Purpose.FOLLOW_UP_DELAY)))


@rule
def close(log: Any, p: Parameters, customer: Customer, journey: Journey, end_min: float) -> None:
    """The run is over: what is unfinished is written down once, marked as such."""
    if customer.joined_min != customer.joined_min:  # NaN: never became a customer
        return
    if customer.journey_open:
        if journey.contact_open:
            write_contact(log, customer, journey, UNFINISHED, _NAN, _NAN)
        write_journey(log, customer, journey, STILL_OPEN)
    if customer.left_min != customer.left_min:  # NaN: has not left yet
        leaves(p, customer, end_min)
