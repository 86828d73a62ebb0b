"""From disconfirmation to loyalty, and from loyalty to buying again or leaving."""

from __future__ import annotations

import math

from sim.jit import rule

__all__ = [
    "faded",
    "inclination",
    "leaving_rate",
    "remaining",
    "remembered",
    "repurchase_log_ratio",
    "shares",
    "told",
    "updated",
]

_LN_2 = math.log(2.0)


@rule
def updated(loyalty: float, disconfirmation: float, gain: float, loss: float) -> float:
    """Loyalty after a journey: gains shrink near 100, losses shrink near 0.

    Parameters
    ----------
    loyalty : float
        Points 0 to 100.
    disconfirmation : float
        Experience minus expectation, points.
    gain, loss : float
        Points per point of disconfirmation, at loyalty 0 and at loyalty 100.

    Examples
    --------
    >>> updated(50.0, 10.0, 0.2, 0.4), updated(50.0, -10.0, 0.2, 0.4)
    (51.0, 48.0)
    """
    if disconfirmation > 0.0:
        return min(100.0, loyalty + gain * disconfirmation * (1.0 - loyalty * 0.01))
    return max(0.0, loyalty + loss * disconfirmation * loyalty * 0.01)


@rule
def faded(loyalty: float, level: float, remains: float) -> float:
    """Loyalty on its way back to the segment's level, after a time in which this share of the distance remains.

    Examples
    --------
    >>> faded(80.0, 60.0, remaining(100.0, 100.0))
    70.0
    """
    return level + (loyalty - level) * remains


@rule
def remaining(elapsed_min: float, half_life_min: float) -> float:
    """Share that remains after a while of what fades with a half-life.

    Examples
    --------
    >>> remaining(200.0, 100.0)
    0.25
    """
    return math.exp(-_LN_2 * elapsed_min / half_life_min)


@rule
def leaving_rate(base_per_min: float, loyalty: float, sensitivity: float, open_case_ratio: float) -> float:
    """Hazard of leaving, per minute.

    Parameters
    ----------
    base_per_min : float
        Hazard at loyalty 50 with no open case.
    loyalty : float
        Points 0 to 100.
    sensitivity : float
        Change of the log hazard per 50 points of loyalty.
    open_case_ratio : float
        Hazard ratio of the worst journey that is remembered; 1 for none.

    Examples
    --------
    >>> leaving_rate(0.1, 50.0, 2.0, 3.0) == 0.1 * 3.0
    True
    """
    if base_per_min == 0.0:
        return 0.0
    return base_per_min * math.exp(-sensitivity * (loyalty - 50.0) * 0.02) * open_case_ratio


@rule
def shares(before: bool, satisfaction: float, gives_above: float, withdraws_below: float) -> bool:
    """Whether a customer shares data after a journey: good experience is what it is given for.

    Examples
    --------
    >>> shares(False, 85.0, 80.0, 40.0), shares(True, 60.0, 80.0, 40.0), shares(True, 30.0, 80.0, 40.0)
    (True, True, False)
    """
    if before:
        return not satisfaction < withdraws_below
    return satisfaction > gives_above


@rule
def told(disconfirmation: float, good: float, bad: float, u: float) -> int:
    """How many people hear of a journey; bad experience makes people talk more where `bad` exceeds `good`.

    Parameters
    ----------
    disconfirmation : float
        Experience minus expectation, points.
    good, bad : float
        Mean number of people per 50 points above, and below.
    u : float
        Uniform draw that rounds the mean up or down.

    Examples
    --------
    >>> told(25.0, 1.0, 3.0, 0.5), told(-25.0, 1.0, 3.0, 0.5)
    (1, 2)
    """
    mean = disconfirmation * (good if disconfirmation > 0.0 else -bad) * 0.02
    return int(mean + u)


@rule
def inclination(good: int, bad: int, persuades: float, deters: float, at_most: float) -> float:
    """Hazard ratio of becoming a customer after so many good and bad words; talk moves it within bounds.

    Examples
    --------
    >>> inclination(0, 0, 0.3, 0.6, 2.0), round(inclination(3, 1, 0.3, 0.6, 2.0), 3)
    (1.0, 1.35)
    """
    return math.exp(min(at_most, max(-at_most, persuades * good - deters * bad)))


@rule
def remembered(
    resolved: bool, contacts: int, after_several_contacts: float, after_given_up: float, after_complaint: float
) -> float:
    """Hazard ratio with which a journey is remembered; 1 when it was resolved at the first contact.

    Parameters
    ----------
    resolved : bool
    contacts : int
    after_several_contacts, after_given_up : float
    after_complaint : float
        For a complaint that was not settled with goodwill, 1 for any other journey: voice comes shortly before exit
        (Hirschman 1970).

    Examples
    --------
    >>> remembered(True, 1, 2.0, 5.0, 1.0), remembered(True, 3, 2.0, 5.0, 1.0), remembered(False, 1, 2.0, 5.0, 1.0)
    (1.0, 2.0, 5.0)
    >>> remembered(True, 1, 2.0, 5.0, 8.0)
    8.0
    """
    if not resolved:
        return max(after_given_up, after_complaint)
    return max(after_several_contacts if contacts > 1 else 1.0, after_complaint)


@rule
def repurchase_log_ratio(loyalty: float, level: float, sensitivity: float, log_rise: float) -> float:
    """Logarithm of the rate of purchase needs relative to the rate at the segment's level of loyalty.

    Parameters
    ----------
    loyalty, level : float
        Points 0 to 100.
    sensitivity : float
        Change of the log rate per 50 points.
    log_rise : float
        Change of the log rate of a customer at home on several touchpoints; 0 for any other.

    Examples
    --------
    >>> repurchase_log_ratio(60.0, 60.0, 0.5, 0.0), repurchase_log_ratio(85.0, 60.0, 0.5, 0.25)
    (0.0, 0.5)
    """
    return sensitivity * (loyalty - level) * 0.02 + log_rise
