"""From events to experience, expectation and satisfaction, on scales from 0 to 100."""

from __future__ import annotations

import math

from sim.jit import rule

__all__ = ["bounded", "delay_points", "drifted", "felt", "felt_severity", "learned", "satisfaction"]


@rule
def felt_severity(severity: float, sensitivity: float, repeats: int, repeat_decay: float) -> float:
    """Points that one more frustration event costs.

    Parameters
    ----------
    severity : float
        Points for the first event of its type in a journey and a customer of median sensitivity.
    sensitivity : float
        Multiplier of this customer.
    repeats : int
        Events of this type earlier in the journey.
    repeat_decay : float
        Factor per repeat.

    Examples
    --------
    >>> felt_severity(8.0, 1.0, 2, 0.5)
    2.0
    """
    points = severity * sensitivity
    for _ in range(repeats):
        points *= repeat_decay
    return points


@rule
def delay_points(points_per_log_day: float, days: float) -> float:
    """Points that the duration of a journey costs: concave, the first day weighs most."""
    return points_per_log_day * math.log1p(days) if points_per_log_day > 0.0 else 0.0


@rule
def bounded(points: float) -> float:
    """Squeeze a sum of points into 0 to 100, with slope 1 in the middle.

    Examples
    --------
    >>> bounded(50.0), bounded(1e6), bounded(-1e6)
    (50.0, 100.0, 0.0)
    """
    x = (points - 50.0) * 0.04
    if x > 700.0:
        return 100.0
    if x < -700.0:
        return 0.0
    return 100.0 / (1.0 + math.exp(-x))


@rule
def felt(base: float, lost: float, personal: float) -> float:
    """Experience, from 0 to 100, of a contact or a journey.

    Parameters
    ----------
    base : float
        Points where nothing happens.
    lost, personal : float
        Points that events and failures cost, and those that personal service adds.

    Examples
    --------
    >>> felt(60.0, 20.0, 10.0)
    50.0
    """
    return bounded(base - lost + personal)


@rule
def learned(expectation: float, experience: float, learning: float) -> float:
    """Expectation after an experience (adaptive expectation).

    Examples
    --------
    >>> learned(70.0, 80.0, 0.2)
    72.0
    """
    return expectation + learning * (experience - expectation)


@rule
def drifted(expectation: float, points: float) -> float:
    """Expectation after the market standard has risen by so many points."""
    return min(100.0, expectation + points)


@rule
def satisfaction(
    experience: float, expectation: float, base: float, expectation_weight: float, gain: float, shortfall: float
) -> float:
    """Satisfaction from expectation and asymmetric disconfirmation (Oliver 1980; Anderson & Sullivan 1993).

    Parameters
    ----------
    experience, expectation : float
        Points 0 to 100.
    base, expectation_weight : float
        Satisfaction when experience equals expectation is ``base + expectation_weight * expectation``.
    gain, shortfall : float
        Points per point above, and per point below expectation.

    Examples
    --------
    >>> satisfaction(80.0, 70.0, 0.0, 1.0, 0.5, 2.0), satisfaction(60.0, 70.0, 0.0, 1.0, 0.5, 2.0)
    (75.0, 50.0)
    """
    disconfirmation = experience - expectation
    slope = gain if disconfirmation > 0.0 else shortfall
    return min(100.0, max(0.0, base + expectation_weight * expectation + slope * disconfirmation))
