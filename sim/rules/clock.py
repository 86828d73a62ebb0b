"""Time on a binary grid: every instant is a multiple of 2**-16 minutes, so sums are exact and ties are real."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.jit import rule

__all__ = [
    "SLOTS_PER_WEEK",
    "SLOT_MIN",
    "TICKS_PER_MIN",
    "on_grid",
    "opens_in",
    "profile_min",
    "slot",
    "slots",
    "week",
]

TICKS_PER_MIN = 65536.0
_WEEK_MIN = 10080.0
_HALF_TICK_MIN = 0.5 / TICKS_PER_MIN
_NEVER_MIN = 68719476736.0  # 2 ** 36: 130,000 years: no run lasts so long, and ticks still are exact whole numbers
SLOT_MIN = 15.0
"""Opening hours and rosters change on quarter hours only."""
SLOTS_PER_WEEK = 672


@rule
def on_grid(duration_min: float) -> float:
    """Nearest grid instant, in minutes, of a duration of at least 0.

    Whatever takes longer than any run can last takes 130,000 years.

    Examples
    --------
    >>> on_grid(1.0), on_grid(0.1) * 65536
    (1.0, 6554.0)
    """
    return int(min(duration_min, _NEVER_MIN) * TICKS_PER_MIN + 0.5) / TICKS_PER_MIN


@rule
def slots(at_min: float) -> int:
    """Quarter hour of the run, from 0; exact on the grid, where half a tick keeps off what rounding could touch.

    Examples
    --------
    >>> slots(14.9), slots(15.0)
    (0, 1)
    """
    return int((at_min + _HALF_TICK_MIN) * (1.0 / SLOT_MIN))


@rule
def slot(at_min: float) -> int:
    """Quarter hour of the week, from 0 for Monday 00:00.

    Examples
    --------
    >>> slot(14.9), slot(15.0), slot(10080.0)
    (0, 1, 0)
    """
    return slots(at_min) - week(at_min) * SLOTS_PER_WEEK


@rule
def week(at_min: float) -> int:
    """Week of the run, from 0."""
    return int((at_min + _HALF_TICK_MIN) * (1.0 / _WEEK_MIN))


@rule
def opens_in(at_min: float, slots_until_open: int) -> float:
    """Minutes until a touchpoint opens, 0 if it is open.

    Parameters
    ----------
    at_min : float
        Now.
    slots_until_open : int
        Quarter hours from the start of the present slot to the next open one; 0 if the present one is open.

    Examples
    --------
    >>> opens_in(20.0, 0), opens_in(20.0, 2)
    (0.0, 25.0)
    """
    if slots_until_open == 0:
        return 0.0
    return (slots(at_min) + slots_until_open) * SLOT_MIN - at_min


@rule
def profile_min(weeks: float, passed: Sequence[float], guide: Sequence[int]) -> float:
    """Minutes at which so many average weeks of a weekly profile have passed.

    Parameters
    ----------
    weeks : float
        Time in average weeks.
    passed : sequence of float
        Share of a week's needs that have arisen by the start of each of its hours, and 1 at its end.
    guide : sequence of int
        The hour by whose start, at the latest, so many equal parts of the week's needs have arisen: where to begin to
        look (a guide table: Chen & Asau 1974).

    Examples
    --------
    >>> profile_min(1.5, [hour / 168 for hour in range(169)], [0, 84])
    15120.0
    """
    whole = math.floor(weeks)
    rest = weeks - whole
    low = guide[int(rest * len(guide))]
    while passed[low + 1] <= rest:
        low += 1
    inside = (rest - passed[low]) / (passed[low + 1] - passed[low])
    return whole * _WEEK_MIN + 60.0 * (low + inside)
