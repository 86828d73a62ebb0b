"""Steps between journeys: messages, what customers tell others, and prospects who become customers."""

from __future__ import annotations

import math
from typing import Any

from sim.engines.log import FREQUENCY, NO_CONSENT, NOWHERE, STALE_ADDRESS, SUITS, UNWELCOME
from sim.engines.state import Customer, Journey, Prospect
from sim.engines.steps.facts import ORDERS, PROFILE, identified, sees
from sim.engines.steps.writing import write_frustration, write_message
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FRUSTRATION_TYPES, Parameters
from sim.rules import clock, experience, loyalty
from sim.rules.distributions import exponential
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, FrustrationType

__all__ = ["hears", "join", "joins", "message_key", "moved", "number_told", "receive", "told_prospect"]

OFFERED_WHAT_WAS_BOUGHT = FRUSTRATION_TYPES.index(FrustrationType.OFFERED_WHAT_WAS_BOUGHT)
WRONG_OFFER = FRUSTRATION_TYPES.index(FrustrationType.WRONG_OFFER)
TOO_MANY_MESSAGES = FRUSTRATION_TYPES.index(FrustrationType.TOO_MANY_MESSAGES)

_MONTH_MIN = MINUTES_PER_YEAR / 12.0
_WEEK_MIN = float(MINUTES_PER_WEEK)


@rule
def message_key(customer: Customer) -> Any:
    """Root of the luck of the message that is due."""
    return derive(derive(customer.key, Purpose.MESSAGE), customer.messages)


@rule
def receive(log: Any, p: Parameters, customer: Customer) -> bool:
    """A message is due. Returns whether it is sent, suits, and brings a need."""
    now, key = customer.message_min, message_key(customer)
    customer.messages += 1
    if p.messages_per_min <= 0.0:
        customer.message_min = now + _WEEK_MIN  # look again whether there is marketing by then
        return False
    customer.message_min = now + exponential(1.0 / p.messages_per_min, draw(key, Purpose.MESSAGE_GAP))
    if not customer.shares and draw(customer.key, Purpose.OPT_OUT_IGNORED) >= p.ignores_opt_out:
        return False
    load = customer.message_load * math.exp(-(now - customer.message_load_min) / _MONTH_MIN)
    if load + 1.0 > p.message_cap:
        return False
    if load + 1.0 > _tolerated(p, customer) and draw(customer.key, Purpose.FREQUENCY_CARE) < p.frequency_care:
        return False
    customer.message_load = load + 1.0
    customer.message_load_min = now
    moved(p, customer, now)
    kind, cause, source = _unwelcome(p, customer, now, key)
    if kind == NOWHERE:
        customer.loyalty = loyalty.updated(customer.loyalty, 1.0, p.pleases, 0.0)
        brings = p.brings != NOWHERE and draw(key, Purpose.MESSAGE_ANSWERED) < p.response
        write_message(log, p, customer, SUITS, brings, now)
        return brings
    points = experience.felt_severity(p.severity[kind], customer.sensitivity, 0, p.repeat_decay)
    customer.loyalty = loyalty.updated(customer.loyalty, -points, 0.0, p.annoys)
    if draw(key, Purpose.OPTS_OUT) < p.opts_out:
        customer.shares = False
        customer.profile = 0
    write_message(log, p, customer, UNWELCOME, False, now)
    row = write_frustration(log, customer, kind, cause, source, now, points, now >= p.warm_up_min)
    row.touchpoint = p.marketing_at
    return False


@rule
def _unwelcome(p: Parameters, customer: Customer, now_min: float, key: Any) -> tuple[int, int, int]:
    """What is wrong with a message: frustration type, cause, and where the missing fact is known."""
    here = p.marketing_at
    if not customer.shares:
        return TOO_MANY_MESSAGES, NO_CONSENT, NOWHERE
    if customer.stale:
        return TOO_MANY_MESSAGES, STALE_ADDRESS, NOWHERE
    at, bought_min = customer.bought_last_at, customer.bought_last_min
    if bought_min > now_min:  # the message came during the journey that has just ended
        at, bought_min = customer.bought_earlier_at, customer.bought_earlier_min
    if (
        at != NOWHERE
        and now_min - bought_min < p.advertises_min
        and not (identified(p, customer, at) and sees(p, customer.key, ORDERS, 1 << at, here))
    ):
        return OFFERED_WHAT_WAS_BOUGHT, ORDERS, at
    if draw(key, Purpose.MESSAGE_SUITS) < p.wrong_offer and not sees(p, customer.key, PROFILE, customer.profile, here):
        return WRONG_OFFER, PROFILE, NOWHERE
    if customer.message_load > _tolerated(p, customer):
        return TOO_MANY_MESSAGES, FREQUENCY, NOWHERE
    return NOWHERE, NOWHERE, NOWHERE


@rule
def _tolerated(p: Parameters, customer: Customer) -> float:
    """Messages a month that this customer puts up with."""
    return p.messages_tolerated[customer.segment] / customer.sensitivity


@rule
def moved(p: Parameters, customer: Customer, now_min: float) -> None:
    """Changes of address up to now; marketing learns of some, and has an old address after the others."""
    while customer.moves_min <= now_min and p.moves_per_min > 0.0:
        customer.moves += 1
        move = derive(derive(customer.key, Purpose.MOVES), customer.moves)
        customer.stale = draw(move, Purpose.ADDRESS_CARE) >= p.address_care
        customer.moves_min += exponential(1.0 / p.moves_per_min, draw(move, Purpose.MOVES))


@rule
def number_told(p: Parameters, journey: Journey) -> int:
    """How many prospects hear of a journey that has ended."""
    return loyalty.told(journey.disconfirmation, p.tells_good, p.tells_bad, draw(journey.key, Purpose.TELLS))


@rule
def told_prospect(journey: Journey, which: int, prospects: int) -> int:
    """Which of so many prospects is told, by position among them."""
    u = uniform(derive(derive(journey.key, Purpose.TOLD), which))
    return min(int(u * prospects), prospects - 1)


@rule
def hears(p: Parameters, prospect: Prospect, good: int, bad: int) -> None:
    """A prospect has heard so many good and bad words."""
    prospect.heard_good += good
    prospect.heard_bad += bad
    prospect.inclination = loyalty.inclination(
        prospect.heard_good, prospect.heard_bad, p.persuades, p.deters, p.persuasion_at_most
    )


@rule
def joins(p: Parameters, prospect: Prospect, now_min: float) -> float:
    """When a prospect becomes a customer in the week that begins now; NaN if not."""
    rate = p.joins_per_min * prospect.inclination
    if prospect.joining_left >= rate * _WEEK_MIN:
        prospect.joining_left -= rate * _WEEK_MIN
        return math.nan
    return now_min + clock.on_grid(prospect.joining_left / rate)


@rule
def join(p: Parameters, customer: Customer, joined_min: float, expectation: float) -> None:
    """Life as a customer begins, with what people expect of the company by then."""
    customer.joined_min = joined_min
    customer.aged_min = joined_min
    drift = p.market_drift_per_year * joined_min / MINUTES_PER_YEAR
    customer.expectation = experience.drifted(expectation, drift)
    for j in range(p.touchpoints):
        customer.expectations[j] = customer.expectation
    customer.message_min += joined_min
    customer.moves_min += joined_min
