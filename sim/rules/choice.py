"""Which touchpoint a customer takes, and what happens after giving up waiting."""

from __future__ import annotations

import math

from sim.jit import rule, table

__all__ = [
    "AFTER_DISSATISFACTION",
    "AFTER_GIVEN_UP",
    "AFTER_RESOLVED",
    "GIVE_UP",
    "REDIAL",
    "RETURN_LATER",
    "SWITCH",
    "after_abandoning",
    "follows",
    "needs_again",
    "prefers",
    "utility",
]

REDIAL = 0
SWITCH = 1
RETURN_LATER = 2
GIVE_UP = 3

AFTER_RESOLVED = 0
AFTER_GIVEN_UP = 1
AFTER_DISSATISFACTION = 2

_HOURS_PER_MIN = 1.0 / 60.0
_STRETCHES = 256  # of equal probability; taste within stretch i lies between entries i and i + 1
_TASTE = table([-math.inf, *(-math.log(-math.log(i / _STRETCHES)) for i in range(1, _STRETCHES)), math.inf])
_ROUNDING = 1e-9  # of what is added up: more than rounding errors and those of the table


@rule
def utility(
    attraction: float,
    expectation: float,
    experience_weight: float,
    failed_before: bool,
    failed_penalty: float,
    opens_in_min: float,
    opening_delay_cost: float,
    shocks: float,
) -> float:
    """Utility of a touchpoint for the next contact; the customer takes the largest (random utility, McFadden 1974).

    Parameters
    ----------
    attraction : float
        Taste of the segment plus fit of the touchpoint to the need.
    expectation : float
        What the customer expects of this touchpoint, points 0 to 100.
    experience_weight : float
        Utility per 50 points of expectation.
    failed_before : bool
        The touchpoint left the need open earlier in this journey.
    failed_penalty : float
        Utility lost by that.
    opens_in_min : float
        Minutes until it opens.
    opening_delay_cost : float
        Utility lost per hour until it opens.
    shocks : float
        Persistent and momentary taste of this customer, scaled.

    Examples
    --------
    >>> utility(1.0, 75.0, 2.0, True, 0.5, 120.0, 0.1, 0.0)
    3.3
    """
    value = attraction + experience_weight * (expectation * 0.02) + shocks
    if failed_before:
        value -= failed_penalty
    if opens_in_min == 0.0:
        return value
    return value - opening_delay_cost * (opens_in_min * _HOURS_PER_MIN)


@rule
def prefers(utility: float, u: float, other_utility: float, other_u: float, spread: float) -> bool:
    """Whether the first of two alternatives is taken.

    Momentary taste adds a Gumbel value, times `spread`, to a utility, which gives logit choice shares (McFadden 1974).
    It takes logarithms to tell only where taste and utility point in different directions, and bounds of both tastes
    from a table do not decide either.

    Parameters
    ----------
    utility, other_utility : float
        Without momentary taste; the other one's is minus infinity where there is none.
    u, other_u : float
        Uniform draws; a large one stands for much taste.
    spread : float
        0 for customers who always take what is best.

    Examples
    --------
    >>> prefers(1.0, 0.6, 0.0, 0.6, 1.0), prefers(1.0, 0.1, 0.0, 0.6, 1.0), prefers(1.0, 0.1, 0.0, 0.6, 0.0)
    (True, False, True)
    """
    ahead = utility - other_utility
    if spread == 0.0:
        return ahead > 0.0
    if ahead >= 0.0 and u > other_u:
        return True
    if ahead <= 0.0 and u <= other_u:
        return False
    stretch, other_stretch = int(u * _STRETCHES), int(other_u * _STRETCHES)
    rounding = _ROUNDING * (abs(ahead) + spread)
    if ahead + spread * (_TASTE[stretch] - _TASTE[other_stretch + 1]) > rounding:
        return True
    if ahead + spread * (_TASTE[stretch + 1] - _TASTE[other_stretch]) < -rounding:
        return False
    return ahead > spread * math.log(math.log(u) / math.log(other_u))


@rule
def after_abandoning(u: float, redials: float, switches: float, comes_back: float) -> int:
    """What a customer does who gave up waiting: REDIAL, SWITCH, RETURN_LATER or GIVE_UP.

    Examples
    --------
    >>> [after_abandoning(u, 0.4, 0.2, 0.2) for u in (0.1, 0.5, 0.7, 0.9)]
    [0, 1, 2, 3]
    """
    if u < redials:
        return REDIAL
    if u < redials + switches:
        return SWITCH
    if u < redials + switches + comes_back:
        return RETURN_LATER
    return GIVE_UP


@rule
def needs_again(threshold: float, log_rate_ratio: float) -> bool:
    """Whether a candidate for a base need becomes one: thinning (Lewis & Shedler 1979) of a stream at the largest rate.

    Parameters
    ----------
    threshold : float
        Logarithm of a uniform draw times the largest rate ratio; minus infinity for what customers always need.
    log_rate_ratio : float
        Of the rate to the segment's.

    Examples
    --------
    >>> from math import log
    >>> largest, ratio = 1.25, 1.0
    >>> [needs_again(log(u * largest), log(ratio)) for u in (0.7, 0.9)]
    [True, False]
    """
    return threshold < log_rate_ratio


@rule
def follows(after: int, resolved_at: int, at_mask: int, dissatisfied: bool) -> bool:
    """Whether a journey ended in the way after which a follow-up need may arise.

    Parameters
    ----------
    after : int
        AFTER_RESOLVED, AFTER_GIVEN_UP or AFTER_DISSATISFACTION.
    resolved_at : int
        Position of the touchpoint that resolved the journey; -1 if it was given up.
    at_mask : int
        Bit j is set if resolution at touchpoint j counts.
    dissatisfied : bool
        Satisfaction is below the threshold.

    Examples
    --------
    >>> follows(AFTER_RESOLVED, 1, 0b10, False), follows(AFTER_RESOLVED, 0, 0b10, False)
    (True, False)
    """
    if after == AFTER_RESOLVED:
        return resolved_at >= 0 and (at_mask >> resolved_at) & 1 == 1
    if after == AFTER_GIVEN_UP:
        return resolved_at < 0
    return dissatisfied
