"""Which facts a touchpoint sees, and where those are known that it does not see."""

from __future__ import annotations

from typing import Any

from sim.engines.log import NOWHERE
from sim.engines.state import Customer, Journey
from sim.jit import rule
from sim.luck import Purpose, derive, draw, uniform
from sim.parameters import FACTS, Parameters
from sim.rules import knowledge
from sim.scenario import Fact

__all__ = ["NOT_MISSING", "identified", "missing_from", "sees", "smallest_key"]

NOT_MISSING = -2
"""A fact is visible, or there is none. Beside NOWHERE: missing, and known nowhere either."""

IDENTITY, ORDERS, CASE, ASSORTMENT, PRICE, PROFILE, KNOWLEDGE, PROMISE = (FACTS.index(fact) for fact in Fact)


@rule
def identified(p: Parameters, customer: Customer, here: int) -> bool:
    """Whether this customer is identified in contacts here."""
    share = knowledge.identifying_share(p.identifies[here], p.sharing_identifies, customer.shares)
    return bool(knowledge.identifies(customer.willing, share))


@rule
def sees(p: Parameters, root: Any, fact: int, known: int, here: int) -> bool:
    """Whether a fact known at some touchpoints (bits) is visible here; `root` is the luck of customer or journey."""
    of_fact = derive(derive(root, Purpose.LINK), p.fact_key[fact])
    for j in range(p.touchpoints):
        if (known >> j) & 1 == 1:
            link = derive(derive(of_fact, p.touchpoint_key[j]), p.touchpoint_key[here])
            if knowledge.links(uniform(link), p.coverage[fact][j][here]):
                return True
    return False


@rule
def smallest_key(p: Parameters, places: int) -> int:
    """One of several touchpoints (bits): that with the smallest key, for the order of a file means nothing."""
    found = NOWHERE
    for j in range(p.touchpoints):
        if (places >> j) & 1 == 1 and (found == NOWHERE or p.touchpoint_key[j] < p.touchpoint_key[found]):
            found = j
    return found


@rule
def missing_from(p: Parameters, customer: Customer, journey: Journey, fact: int) -> int:
    """Where a fact is known that is not visible here; NOT_MISSING if it is visible, or there is no such fact.

    A product that no touchpoint carries is not to be had: it is missing, and known NOWHERE.
    """
    here = journey.touchpoint
    about_offer = fact in (ASSORTMENT, PRICE, KNOWLEDGE)
    known = known_at(p, customer, journey, fact)
    if (known == 0 and fact != ASSORTMENT) or (about_offer and (known >> here) & 1 == 1):
        return NOT_MISSING
    personal = fact in (IDENTITY, ORDERS, PROFILE)
    if (not personal or identified(p, customer, here)) and sees(
        p, journey.key if about_offer else customer.key, fact, known, here
    ):
        return NOT_MISSING
    # what was written down about the case says whose case it is
    if fact == IDENTITY and sees(p, customer.key, CASE, journey.told & known, here):
        return NOT_MISSING
    if fact in (ASSORTMENT, ORDERS) and known & journey.seen != 0:  # what the customer has seen is what is missed
        known &= journey.seen
    return smallest_key(p, known)


@rule
def known_at(p: Parameters, customer: Customer, journey: Journey, fact: int) -> int:
    """Touchpoints at which a fact is known, as bits."""
    if fact == IDENTITY:
        return customer.known
    if fact == ORDERS:
        return customer.bought if journey.bought_at == NOWHERE else 1 << journey.bought_at
    if fact == CASE:
        return journey.told
    if fact == PROFILE:
        return customer.profile
    if fact == PROMISE:
        if journey.promised != 0 or journey.bought_at == NOWHERE or not p.promised_at_purchase[journey.need]:
            return journey.promised
        return 1 << journey.bought_at
    known = 0
    if fact == KNOWLEDGE:
        advice = derive(journey.key, Purpose.ADVICE)
        for j in range(p.touchpoints):
            if (journey.seen >> j) & 1 == 1 and (
                j == journey.touchpoint or uniform(derive(advice, p.touchpoint_key[j])) < p.advice_varies[journey.need]
            ):
                known |= 1 << j
        return known
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
