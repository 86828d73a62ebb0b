"""What patterns are measured by: pure functions of tables, one replication at a time.

Tables are those of `sim.tables`; a *call* is a service contact at one staffed touchpoint, an *issue* a finished journey
for a need that is not a purchase, a *purchase* a journey with revenue. Every function gives NaN where a group it compares
has fewer than `least` observations.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.kpis import FCR_WINDOW_MIN
from sim.scenario import MINUTES_PER_WEEK

__all__ = [
    "LEAST",
    "Line",
    "ServiceTimes",
    "Slopes",
    "abandonment_line",
    "calls_again_share",
    "complaint_risk_ratio",
    "disconfirmation_slopes",
    "failure_effect",
    "first_resolution_share",
    "hand_over_hours",
    "leaving_shares",
    "mean_patience_min",
    "patience_index",
    "repeat_share",
    "satisfaction_by_contacts",
    "service_times",
    "share_of_issues",
    "silo_resolution_share",
    "spend_ratios",
    "switched_share",
    "top_share",
    "weibull_mean",
]

LEAST = 30
_HOUR_MIN = 60.0
_DAY_MIN = 1440.0
_QUARTER_MIN = 90 * _DAY_MIN
_SHORTEST_SERVICE_S = 10.0
_WHO = ["customer", "journey"]


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


class Slopes(NamedTuple):
    """Slopes of two half-lines that meet at zero."""

    below: float
    above: float


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
    following = _next(first, calls, "ended_min", "arrived_min")
    return float((following <= _HOUR_MIN).mean())


def silo_resolution_share(
    contacts: pd.DataFrame, end_min: float, touchpoint: str | None = None, least: int = LEAST
) -> float:
    """First-contact resolution as a silo would count it: as KPI fcr_silo_share, over the given contacts.

    Parameters
    ----------
    contacts : DataFrame
        Service contacts: customer, journey, contact, touchpoint, arrived_min, started_min, ended_min.
    end_min : float
        End of the run.
    touchpoint : str, optional
        One silo; by default all, each for itself.
    least : int
    """
    served = contacts[contacts["started_min"].notna()].sort_values([*_WHO, "touchpoint", "contact"], kind="stable")
    silo = served.groupby([*_WHO, "touchpoint"], observed=True, sort=False)
    again = silo["arrived_min"].shift(-1) - served["ended_min"] <= FCR_WINDOW_MIN
    counted = (silo.cumcount() == 0) & (served["ended_min"] + FCR_WINDOW_MIN <= end_min)
    if touchpoint is not None:
        counted &= served["touchpoint"] == touchpoint
    return float(1.0 - again[counted].mean()) if counted.sum() >= least else math.nan


def first_resolution_share(contacts: pd.DataFrame, end_min: float, least: int = LEAST) -> float:
    """Share of journeys whose first service contact resolved the need, whatever the touchpoint.

    Parameters
    ----------
    contacts : DataFrame
        Service contacts: customer, journey, contact, ended_min, outcome.
    end_min : float
        End of the run.
    least : int
    """
    first = contacts.sort_values([*_WHO, "contact"]).drop_duplicates(_WHO)
    first = first[first["ended_min"] + FCR_WINDOW_MIN <= end_min]
    return float((first["outcome"] == "resolved").mean()) if len(first) >= least else math.nan


def satisfaction_by_contacts(issues: pd.DataFrame, least: int = LEAST) -> pd.Series[float]:
    """Mean satisfaction of resolved issues by the number of contacts it took, from 1 to 4.

    Parameters
    ----------
    issues : DataFrame
        contacts, outcome, satisfaction.
    least : int
        Issues per number of contacts.

    Returns
    -------
    Series
        Points by number of contacts, NaN where there are too few issues.
    """
    resolved = issues[issues["outcome"] == "resolved"]
    return _each(resolved["satisfaction"], resolved["contacts"], range(1, 5), "mean", least)


def leaving_shares(issues: pd.DataFrame, customers: pd.DataFrame, end_min: float, least: int = LEAST) -> pd.Series[Any]:
    """Share of customers who leave within 90 days after an issue, by how the issue ended.

    Parameters
    ----------
    issues : DataFrame
        customer, contacts, outcome, ended_min.
    customers : DataFrame
        customer, left_min.
    end_min : float
        End of the run; issues whose 90 days it cuts off are left out, as are those of customers who left meanwhile.
    least : int
        Issues per group.

    Returns
    -------
    Series
        Shares for first_contact, several_contacts and unresolved.
    """
    seen = _still_there(issues, customers, end_min)
    group = np.select(
        [seen["outcome"] != "resolved", seen["contacts"] > 1], ["unresolved", "several_contacts"], "first_contact"
    )
    leaves = (seen["left_min"] - seen["ended_min"] <= _QUARTER_MIN).astype(np.float64)
    return _each(leaves, pd.Series(group, seen.index), ("first_contact", "several_contacts", "unresolved"), "mean", least)


def share_of_issues(issues: pd.DataFrame, marked: pd.DataFrame, least: int = LEAST) -> float:
    """Share of issues that occur in `marked`.

    Parameters
    ----------
    issues, marked : DataFrame
        customer, journey; an issue may be marked many times.
    least : int
    """
    if len(issues) < least:
        return math.nan
    found = pd.MultiIndex.from_frame(issues[_WHO]).isin(pd.MultiIndex.from_frame(marked[_WHO]))
    return float(found.mean())


def switched_share(
    issues: pd.DataFrame, contacts: pd.DataFrame, self_service: Collection[str], to: str, least: int = LEAST
) -> float:
    """Share of issues with a visit to a self-service touchpoint, research included, before a contact at another one.

    Parameters
    ----------
    issues : DataFrame
        customer, journey.
    contacts : DataFrame
        customer, journey, contact, touchpoint.
    self_service : collection of str
    to : str
        The touchpoint that customers come to.
    least : int
    """
    first = contacts[contacts["touchpoint"].isin(self_service)].groupby(_WHO)["contact"].min()
    last = contacts[contacts["touchpoint"] == to].groupby(_WHO)["contact"].max()
    both = pd.concat([first, last], axis=1, keys=["first", "last"]).dropna()
    return share_of_issues(issues, both[both["first"] < both["last"]].reset_index(), least)


def disconfirmation_slopes(journeys: pd.DataFrame, least: int = LEAST) -> Slopes:
    """Piecewise regression of satisfaction on experience minus expectation, with the bend at zero.

    Parameters
    ----------
    journeys : DataFrame
        experience, expectation, satisfaction; unfinished journeys do not count.
    least : int
        Journeys on either side.
    """
    felt = journeys.dropna(subset="satisfaction")
    difference = (felt["experience"] - felt["expectation"]).to_numpy(np.float64)
    if min((difference < 0.0).sum(), (difference > 0.0).sum()) < max(least, 2):
        return Slopes(math.nan, math.nan)
    design = np.column_stack([np.ones_like(difference), np.minimum(difference, 0.0), np.maximum(difference, 0.0)])
    _, below, above = np.linalg.lstsq(design, felt["satisfaction"].to_numpy(np.float64))[0]
    return Slopes(float(below), float(above))


def failure_effect(
    issues: pd.DataFrame, purchases: pd.DataFrame, customers: pd.DataFrame, end_min: float, least: int = LEAST
) -> tuple[float, float]:
    """Compare issues that were given up with those resolved at the first contact: feeling, and behaviour after it.

    Parameters
    ----------
    issues : DataFrame
        customer, contacts, outcome, ended_min, satisfaction.
    purchases : DataFrame
        customer, ended_min.
    customers : DataFrame
        customer, left_min.
    end_min : float
        End of the run; see `leaving_shares`.
    least : int
        Issues of either kind.

    Returns
    -------
    score, repurchase : float
        Relative change of the mean satisfaction, put on a scale from 1 to 5 as reviews have it, and of the share of
        customers who buy within 90 days.
    """
    seen = _still_there(issues, customers, end_min)
    buys = _next(seen, purchases, "ended_min", "ended_min") <= _QUARTER_MIN
    failed = (seen["outcome"] == "given_up").to_numpy()
    smooth = ((seen["outcome"] == "resolved") & (seen["contacts"] == 1)).to_numpy()
    if min(failed.sum(), smooth.sum()) < least:
        return math.nan, math.nan
    score = 1.0 + 4.0 * seen["satisfaction"].to_numpy() / 100.0
    return _relative(score[failed].mean(), score[smooth].mean()), _relative(buys[failed].mean(), buys[smooth].mean())


def hand_over_hours(issues: pd.DataFrame, contacts: pd.DataFrame, least: int = LEAST) -> pd.Series[Any]:
    """Median hours from the first contact until an issue is resolved, by hand-overs from 0 to 4 (and more).

    Parameters
    ----------
    issues : DataFrame
        customer, journey, departments, outcome, ended_min.
    contacts : DataFrame
        Service contacts: customer, journey, arrived_min.
    least : int
        Issues per number of hand-overs.
    """
    resolved = issues[issues["outcome"] == "resolved"]
    began = contacts.groupby(_WHO)["arrived_min"].min().rename("began_min").reset_index()
    resolved = resolved.merge(began, on=_WHO)
    hours = (resolved["ended_min"] - resolved["began_min"]) / _HOUR_MIN
    return _each(hours, resolved["departments"].clip(upper=4), range(5), "median", least)


def complaint_risk_ratio(
    complaints: pd.DataFrame, customers: pd.DataFrame, start_min: float, end_min: float, least: int = LEAST
) -> float:
    """Share who leave in the last quarter of a period, of those who complained before to those who did not.

    Parameters
    ----------
    complaints : DataFrame
        Journeys that are complaints: customer, arose_min.
    customers : DataFrame
        customer, left_min.
    start_min, end_min : float
        The period.
    least : int
        Customers with, and without, a complaint who are there when the last quarter begins.
    """
    until = start_min + 0.75 * (end_min - start_min)
    there = customers[customers["left_min"].isna() | (customers["left_min"] >= until)]
    early = complaints["arose_min"].between(start_min, until, inclusive="left")
    complained = there["customer"].isin(complaints.loc[early, "customer"])
    if min(complained.sum(), (~complained).sum()) < least:
        return math.nan
    left = there["left_min"] < end_min
    return _ratio(left[complained].mean(), left[~complained].mean())


def spend_ratios(purchases: pd.DataFrame, least: int = LEAST) -> tuple[float, float]:
    """Compare buyers who bought at several touchpoints with those who bought at one.

    Parameters
    ----------
    purchases : DataFrame
        customer, resolved_at, revenue_eur.
    least : int
        Buyers of either kind.

    Returns
    -------
    spend, per_purchase : float
        Ratio of revenue per buyer, and of revenue per purchase.
    """
    buyers = purchases.groupby("customer").agg(
        places=("resolved_at", "nunique"), revenue=("revenue_eur", "sum"), purchases=("revenue_eur", "size")
    )
    several, one = buyers[buyers["places"] > 1], buyers[buyers["places"] == 1]
    if min(len(several), len(one)) < least:
        return math.nan, math.nan
    each = [group["revenue"].sum() / group["purchases"].sum() for group in (several, one)]
    return _ratio(several["revenue"].mean(), one["revenue"].mean()), _ratio(*each)


def repeat_share(
    purchases: pd.DataFrame, start_min: float, end_min: float, enter_min: float, follow_min: float, least: int = LEAST
) -> float:
    """Share of those who buy at the beginning of a period that buy again, on another day, within a stated time.

    Parameters
    ----------
    purchases : DataFrame
        customer, ended_min.
    start_min, end_min : float
        The period.
    enter_min : float
        How long its beginning lasts.
    follow_min : float
        Time after a buyer's first purchase.
    least : int
        Buyers.
    """
    if start_min + enter_min + follow_min > end_min:
        return math.nan
    seen = purchases[purchases["ended_min"] >= start_min]
    first = seen.groupby("customer")["ended_min"].min()
    first = first[first < start_min + enter_min]
    if len(first) < least:
        return math.nan
    since = seen["ended_min"] - seen["customer"].map(first)
    other_day = seen["ended_min"] // _DAY_MIN > seen["customer"].map(first) // _DAY_MIN
    again = seen.loc[other_day & (since <= follow_min), "customer"].nunique()
    return again / len(first)


def top_share(purchases: pd.DataFrame, top: float = 0.2, least: int = LEAST) -> float:
    """Share of purchases made by the busiest buyers.

    Parameters
    ----------
    purchases : DataFrame
        customer.
    top : float
        Share of buyers.
    least : int
        Buyers.

    Examples
    --------
    >>> top_share(pd.DataFrame({"customer": [1] * 6 + [2, 3, 4, 5]}), 0.2, least=5)
    0.6
    """
    counts = purchases["customer"].value_counts().to_numpy(np.float64)
    if len(counts) < least:
        return math.nan
    # Between two whole numbers of buyers the share of purchases goes straight.
    reached = np.concatenate([[0.0], np.cumsum(counts)])
    return float(np.interp(top * len(counts), np.arange(len(reached)), reached) / reached[-1])


def _next(rows: pd.DataFrame, events: pd.DataFrame, after: str, at: str) -> npt.NDArray[np.float64]:
    """Minutes from each row to the same customer's next event, in the order of rows; NaN without one."""
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


def _still_there(issues: pd.DataFrame, customers: pd.DataFrame, end_min: float) -> pd.DataFrame:
    """Issues with left_min of customers who were there at their end, and whose 90 days after it were seen."""
    seen = issues.merge(customers[["customer", "left_min"]], on="customer")
    return seen[(seen["ended_min"] + _QUARTER_MIN <= end_min) & ~(seen["left_min"] <= seen["ended_min"])]


def _each(
    values: pd.Series[Any], group: pd.Series[Any], groups: Collection[Hashable], statistic: str, least: int
) -> pd.Series[Any]:
    """Statistic of the values by group, NaN for a group with fewer than `least` values."""
    by_group = values.groupby(group)
    result = by_group.agg(statistic).where(by_group.size() >= least)
    return result.reindex(list(groups))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _relative(value: float, reference: float) -> float:
    return _ratio(value, reference) - 1.0
