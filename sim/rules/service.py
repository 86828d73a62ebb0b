"""Waiting, serving, resolving."""

from __future__ import annotations

import math

from sim.jit import rule, table
from sim.rules.distributions import exponential, lognormal, weibull

__all__ = [
    "CONSTANT",
    "EXPONENTIAL",
    "IMPOSSIBLE",
    "LOGNORMAL",
    "logit",
    "patience_min",
    "resolution_probability",
    "resolves",
    "revenue_eur",
    "service_min",
    "to_cent",
    "transferred",
    "waited_too_long",
]

CONSTANT = 0
EXPONENTIAL = 1
LOGNORMAL = 2

_CERTAIN = 50.0
IMPOSSIBLE = -_CERTAIN
"""Log odds of what never happens."""
_NEVER = 700.0  # beyond it math.exp overflows
_REACH, _STRETCHES = 8.0, 32.0  # log odds up to which there is a table, and stretches of each
# from the largest probability down; that within stretch i lies between entries i + 1 and i
_RESOLVES = table(1.0 / (1.0 + math.exp(i / _STRETCHES - _REACH)) for i in range(int(2 * _REACH * _STRETCHES) + 1))
_ROUNDING = 1e-9  # more than errors of the table amount to


@rule
def patience_min(scale_min: float, shape: float, urgency: float, u: float) -> float:
    """How long a customer waits in line before giving up, in minutes.

    Weibull; callers with an urgent matter hold on longer (Brown et al. 2005, section 5.3: stock traders most).

    Examples
    --------
    >>> round(patience_min(6.0, 1.0, 2.0, 0.5), 3)
    8.318
    """
    return weibull(scale_min, shape, u) * urgency


@rule
def waited_too_long(wait_min: float, tolerated_min: float) -> bool:
    """Whether a wait that ended in service is a frustration event."""
    return wait_min > tolerated_min


@rule
def service_min(distribution: int, mean_min: float, spread: float, missing_min: float, u: float) -> float:
    """Service time in minutes: the time with all facts at hand plus the handling of the missing ones.

    Parameters
    ----------
    distribution : int
        CONSTANT, EXPONENTIAL or LOGNORMAL.
    mean_min, spread : float
        Mean, and for the lognormal the standard deviation of the logarithm.
    missing_min : float
        Sum of the handling times of required facts that are not visible.

    Examples
    --------
    >>> service_min(CONSTANT, 3.0, 0.0, 0.5, 0.2)
    3.5
    """
    if distribution == LOGNORMAL:
        return lognormal(mean_min, spread, u) + missing_min
    if distribution == EXPONENTIAL:
        return exponential(mean_min, u) + missing_min
    return mean_min + missing_min


@rule
def logit(probability: float) -> float:
    """Log odds; 0 and 1 become odds so extreme that they are certain.

    Examples
    --------
    >>> logit(0.5), logit(1.0)
    (0.0, 50.0)
    """
    if probability <= 0.0:
        return IMPOSSIBLE
    if probability >= 1.0:
        return _CERTAIN
    return math.log(probability / (1.0 - probability))


@rule
def resolution_probability(resolves_logit: float, difficulty: float, missing_weight: float) -> float:
    """Probability that a contact resolves the need (logistic in difficulty and missing facts).

    Parameters
    ----------
    resolves_logit : float
        Log odds for a case of average difficulty with every required fact visible.
    difficulty : float
        Logits; the same at every attempt of a journey.
    missing_weight : float
        Sum of the weights of required facts that are not visible.

    Examples
    --------
    >>> resolution_probability(logit(0.5), 0.0, 0.0)
    0.5
    """
    against = difficulty + missing_weight - resolves_logit
    if against <= -_CERTAIN:
        return 1.0
    return 1.0 / (1.0 + math.exp(min(against, _NEVER)))


@rule
def resolves(u: float, resolves_logit: float, difficulty: float, missing_weight: float) -> bool:
    """Whether a contact resolves the need: a uniform draw below `resolution_probability`.

    It takes an exponential only where bounds of the probability from a table do not decide.

    Examples
    --------
    >>> resolves(0.3, logit(0.5), 0.0, 0.0), resolves(0.3, logit(0.5), 1.0, 0.0)
    (True, False)
    """
    place = (difficulty + missing_weight - resolves_logit + _REACH) * _STRETCHES
    if 0.0 <= place < 2.0 * _REACH * _STRETCHES:
        stretch = int(place)
        if u < _RESOLVES[stretch + 1] - _ROUNDING:
            return True
        if u > _RESOLVES[stretch] + _ROUNDING:
            return False
    return u < resolution_probability(resolves_logit, difficulty, missing_weight)


@rule
def transferred(u: float, share_logit: float, difficulty: float) -> bool:
    """Whether a contact is put through to a colleague: a hard case exceeds the competence of who took it more often.

    Parameters
    ----------
    u : float
    share_logit : float
        Log odds for a case of average difficulty; `IMPOSSIBLE` where nobody puts contacts through.
    difficulty : float
        Logits.

    Examples
    --------
    >>> [transferred(0.3, *case) for case in ((logit(0.2), 0.0), (logit(0.2), 1.0), (IMPOSSIBLE, 100.0))]
    [False, True, False]
    """
    return share_logit > IMPOSSIBLE and resolves(u, share_logit, -difficulty, 0.0)


@rule
def revenue_eur(mean_eur: float, spread: float, u: float) -> float:
    """Revenue of a purchase (lognormal), in euro, to the cent.

    Examples
    --------
    >>> revenue_eur(79.956, 0.0, 0.5)
    79.96
    """
    return to_cent(lognormal(mean_eur, spread, u))


@rule
def to_cent(amount_eur: float) -> float:
    """Nearest cent, in euro."""
    return math.floor(amount_eur * 100.0 + 0.5) / 100.0
