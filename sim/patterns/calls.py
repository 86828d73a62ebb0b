"""Measures of calls: pure functions of the service contacts at one staffed touchpoint, in one replication.

Every function gives NaN where a group has fewer than `least` observations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.scenario import MINUTES_PER_WEEK

__all__ = [
    "LEAST",
    "Line",
    "ServiceTimes",
    "abandonment_line",
    "calls_again_share",
    "mean_patience_min",
    "minutes_to_next",
    "patience_index",
    "service_times",
    "weibull_mean",
]

LEAST = 30
_HOUR_MIN = 60.0
_SHORTEST_SERVICE_S = 10.0


class ServiceTimes(NamedTuple):
    """Mean and standard deviation of ln(seconds), and ``(1 + C²) / 2`` with the coefficient of variation C."""

    ln_mean: float
    ln_sd: float
    variability: float


class Line(NamedTuple):
    """A straight line through points, with its coefficient of determination."""

    slope: float
    intercept: float
    r_squared: float


def service_times(calls: pd.DataFrame, least: int = LEAST) -> ServiceTimes:
    """Lognormal fit to service times of at least 10 s (shorter ones are cut off in the call log, too).

    ``(1 + C²) / 2`` is the factor by which variable service lengthens the queue of M/G/1 against M/D/1 times two.

    Parameters
    ----------
    calls : DataFrame
        started_min, ended_min; calls that were not served do not count.
    least : int

    Examples
    --------
    >>> calls = pd.DataFrame({"started_min": [0.0, 0.0], "ended_min": [math.e, math.e**3]})
    >>> round(service_times(calls, least=2).ln_mean - math.log(60.0), 6)
    2.0
    """
    seconds = (calls["ended_min"] - calls["started_min"]).dropna().to_numpy() * 60.0
    seconds = seconds[seconds >= _SHORTEST_SERVICE_S]
    if len(seconds) < max(least, 2):
        return ServiceTimes(math.nan, math.nan, math.nan)
    logs = np.log(seconds)
    squared_variation = float(seconds.var(ddof=1) / seconds.mean() ** 2)
    return ServiceTimes(float(logs.mean()), float(logs.std(ddof=1)), (1.0 + squared_variation) / 2.0)


def abandonment_line(calls: pd.DataFrame, least: int = LEAST) -> Line:
    """Share of callers who give up against the mean wait of all callers, over hours of the week.

    An hour of the week has one roster and one expected load, so its weeks are repetitions of one setting. Points are
    weighted with their calls. With exponential patience the slope is 1 / mean patience (Brown et al. 2005, 7.1.1).

    Parameters
    ----------
    calls : DataFrame
        arrived_min, started_min, ended_min, outcome.
    least : int
        Calls that make an hour of the week a point; three points make a line.

    Returns
    -------
    Line
        Slope per minute.
    """
    until = calls["started_min"].fillna(calls["ended_min"])
    hour = calls["arrived_min"] % MINUTES_PER_WEEK // _HOUR_MIN
    points = (
        pd.DataFrame({"wait": until - calls["arrived_min"], "abandoned": calls["outcome"] == "abandoned"})
        .groupby(hour)
        .agg(wait=("wait", "mean"), abandoned=("abandoned", "mean"), calls=("wait", "size"))
    )
    points = points[points["calls"] >= least]
    if len(points) < 3 or points["wait"].nunique() < 2 or points["abandoned"].nunique() < 2:
        return Line(math.nan, math.nan, math.nan)
    x, y, weight = (points[name].to_numpy(np.float64) for name in ("wait", "abandoned", "calls"))
    dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    slope = float((weight * dx * dy).sum() / (weight * dx * dx).sum())
    unexplained = (weight * (dy - slope * dx) ** 2).sum() / (weight * dy * dy).sum()
    return Line(
        slope, float(np.average(y, weights=weight) - slope * np.average(x, weights=weight)), 1.0 - float(unexplained)
    )


def weibull_mean(scale: float, shape: float) -> float:
    """Mean of a Weibull distribution, ``scale * Gamma(1 + 1 / shape)``.

    Examples
    --------
    >>> weibull_mean(3.0, 1.0), weibull_mean(3.0, 0.5)
    (3.0, 6.0)
    """
    return scale * math.gamma(1.0 + 1.0 / shape)


def mean_patience_min(calls: pd.DataFrame, patience_min: Mapping[tuple[str, str], float]) -> float:
    """Mean declared patience of the callers, in minutes.

    Parameters
    ----------
    calls : DataFrame
        segment, need.
    patience_min : mapping
        Mean patience by segment and need.
    """
    counts = calls.groupby(["segment", "need"], observed=True).size()
    if not len(counts):
        return math.nan
    means = [patience_min[str(segment), str(need)] for segment, need in counts.index]
    return float(np.average(means, weights=counts))


def patience_index(calls: pd.DataFrame, least: int = LEAST) -> float:
    """Served per abandoned call among those that had to wait (Brown et al. 2005, 5.3).

    With exponential times it estimates how patient callers are in units of the time they are asked to wait, so it falls
    when the line grows.

    Parameters
    ----------
    calls : DataFrame
        arrived_min, started_min, outcome.
    least : int
        Calls of either kind.
    """
    abandoned = int((calls["outcome"] == "abandoned").sum())
    served = int((calls["started_min"] > calls["arrived_min"]).sum())
    return served / abandoned if min(served, abandoned) >= least else math.nan


def calls_again_share(calls: pd.DataFrame, abandoned: bool, end_min: float, least: int = LEAST) -> float:
    """Share of calls after which the same customer calls again within an hour, for whatever need.

    Parameters
    ----------
    calls : DataFrame
        customer, arrived_min, started_min, ended_min, outcome.
    abandoned : bool
        After giving up in line; else after being served.
    end_min : float
        End of the run; calls whose hour it cuts off are left out.
    least : int
    """
    first = calls[(calls["outcome"] == "abandoned") if abandoned else calls["started_min"].notna()]
    first = first[first["ended_min"] + _HOUR_MIN <= end_min]
    if len(first) < least:
        return math.nan
    following = minutes_to_next(first, calls, "ended_min", "arrived_min")
    return float((following <= _HOUR_MIN).mean())


def minutes_to_next(rows: pd.DataFrame, events: pd.DataFrame, after: str, at: str) -> npt.NDArray[np.float64]:
    """Minutes from each row to the same customer's next event.

    Parameters
    ----------
    rows, events : DataFrame
        customer, and the columns named by `after` and `at`.
    after, at : str
        Column with the instant in `rows`, and in `events`.

    Returns
    -------
    ndarray
        In the order of rows; NaN where no event follows.
    """
    order = np.argsort(rows[after].to_numpy(), kind="stable")
    left = rows.iloc[order][["customer", after]].rename(columns={after: "after_min"})
    right = events[["customer", at]].dropna().rename(columns={at: "at_min"}).sort_values("at_min")
    paired = pd.merge_asof(
        left,
        right,
        left_on="after_min",
        right_on="at_min",
        by="customer",
        direction="forward",
        allow_exact_matches=False,
    )
    gaps = np.empty(len(rows))
    gaps[order] = (paired["at_min"] - paired["after_min"]).to_numpy()
    return gaps
