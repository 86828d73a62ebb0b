"""Measures of journeys and buyers: pure functions of the tables of one replication.

An *issue* is a finished journey for a need that is not a purchase, a *purchase* a journey with revenue. Every function
gives NaN where a group has fewer than `least` observations.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.patterns.calls import LEAST, minutes_to_next

__all__ = [
    "Slopes",
    "basket_ratio",
    "buyers_share",
    "complaint_risk_ratio",
    "disconfirmation_slopes",
    "failure_effect",
    "first_resolution_share",
    "frequency_ratio",
    "hand_over_hours",
    "leaving_rates",
    "reopened_shares",
    "satisfaction_by_contacts",
    "share_of_issues",
    "spend_ratio",
    "switched_share",
    "top_share",
]

_HOUR_MIN = 60.0
_DAY_MIN = 1440.0
_QUARTER_MIN = 90 * _DAY_MIN
_WHO = ["customer", "journey"]


class Slopes(NamedTuple):
    """Slopes of two half-lines that meet at zero."""

    below: float
    above: float


def first_resolution_share(contacts: pd.DataFrame, least: int = LEAST) -> float:
    """Share of journeys that their first answered contact settled, of the contacts given.

    With the contacts at one touchpoint it is what customers say about it; with all of them, about the company.

    Parameters
    ----------
    contacts : DataFrame
        Service contacts of finished journeys: customer, journey, contact, started_min, outcome.
    least : int
        Journeys.
    """
    answered = contacts[contacts["started_min"].notna()]
    first = answered.sort_values([*_WHO, "contact"]).drop_duplicates(_WHO)
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


def leaving_rates(issues: pd.DataFrame, customers: pd.DataFrame, end_min: float, least: int = LEAST) -> pd.Series[Any]:
    """Rate of leaving in the 90 days after an issue, by the worst of the customer's issues in the last 90 days.

    Each issue counts until the customer's next one ends, so that every day counts once.

    Parameters
    ----------
    issues : DataFrame
        customer, contacts, outcome, ended_min.
    customers : DataFrame
        customer, left_min.
    end_min : float
        End of the run.
    least : int
        Issues per group.

    Returns
    -------
    Series
        Per day, for first_contact, several_contacts and unresolved.
    """
    ended = issues.sort_values(["customer", "ended_min"]).merge(customers[["customer", "left_min"]], on="customer")
    following = ended.groupby("customer")["ended_min"].shift(-1)
    bounds = [following, (ended["ended_min"] + _QUARTER_MIN).clip(upper=end_min), ended["left_min"]]
    until = pd.concat(bounds, axis=1).min(axis=1)
    failed, several = ended["outcome"] != "resolved", ended["contacts"] > 1
    group = np.select(
        [_recent(ended, failed), _recent(ended, several)], ["unresolved", "several_contacts"], "first_contact"
    )
    days = (until - ended["ended_min"]) / _DAY_MIN
    seen = pd.DataFrame({"days": days, "leaves": ended["left_min"] <= until})[days > 0.0]
    by_group = seen.groupby(group[days > 0.0])
    rates = (by_group["leaves"].sum() / by_group["days"].sum()).where(by_group.size() >= least)
    return rates.reindex(["first_contact", "several_contacts", "unresolved"])


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
        End of the run; issues whose 90 days it cuts off are left out, and those of customers who left meanwhile.
    least : int
        Issues of either kind.

    Returns
    -------
    score, repurchase : float
        Relative change of the mean satisfaction, put on a scale from 1 to 5 as reviews have it, and of the share of
        customers who buy within 90 days.
    """
    seen = _still_there(issues, customers, end_min)
    buys = minutes_to_next(seen, purchases, "ended_min", "ended_min") <= _QUARTER_MIN
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
        customer, joined_min, left_min.
    start_min, end_min : float
        The period.
    least : int
        Customers with, and without, a complaint who are there when the last quarter begins.
    """
    until = start_min + 0.75 * (end_min - start_min)
    there = customers[_there(customers, until)]
    early = complaints["arose_min"].between(start_min, until, inclusive="left")
    complained = there["customer"].isin(complaints.loc[early, "customer"])
    if min(complained.sum(), (~complained).sum()) < least:
        return math.nan
    left = there["left_min"] < end_min
    return _ratio(left[complained].mean(), left[~complained].mean())


def reopened_shares(issues: pd.DataFrame, journeys: pd.DataFrame, least: int = LEAST) -> pd.Series[Any]:
    """Share of resolved issues that come back as the same need, by hand-overs from 0 to 4 (and more).

    Parameters
    ----------
    issues : DataFrame
        customer, journey, need, departments, outcome.
    journeys : DataFrame
        All journeys: customer, parent, need.
    least : int
        Issues per number of hand-overs.
    """
    resolved = issues[issues["outcome"] == "resolved"]
    caused = journeys.loc[journeys["parent"].notna(), ["customer", "parent", "need"]]
    same = [frame.astype({"need": str}) for frame in (resolved[[*_WHO, "need"]], caused)]
    back = pd.MultiIndex.from_frame(same[0]).isin(pd.MultiIndex.from_frame(same[1]))
    by_hand_overs = pd.Series(back, index=resolved.index)
    return _each(by_hand_overs, resolved["departments"].clip(upper=4), range(5), "mean", least)


def spend_ratio(purchases: pd.DataFrame, least: int = LEAST) -> float:
    """Revenue of buyers who bought at several touchpoints, relative to those who bought at one.

    Parameters
    ----------
    purchases : DataFrame
        customer, resolved_at, revenue_eur.
    least : int
        Buyers of either kind.
    """
    buyers = purchases.groupby("customer").agg(places=("resolved_at", "nunique"), revenue=("revenue_eur", "sum"))
    several, one = buyers[buyers["places"] > 1], buyers[buyers["places"] == 1]
    if min(len(several), len(one)) < least:
        return math.nan
    return _ratio(several["revenue"].mean(), one["revenue"].mean())


def basket_ratio(purchases: pd.DataFrame, least: int = LEAST) -> float:
    """The same per purchase, for the same need at the same touchpoint.

    Parameters
    ----------
    purchases : DataFrame
        customer, need, resolved_at, revenue_eur.
    least : int
        Purchases of either kind of buyers; needs and touchpoints with fewer do not count.
    """
    several = purchases.groupby("customer")["resolved_at"].transform("nunique") > 1
    alike = [purchases["need"].astype(str), purchases["resolved_at"].astype(str)]
    return _alike_ratio(purchases["revenue_eur"], several, alike, least)


def frequency_ratio(purchases: pd.DataFrame, half_min: float, least: int = LEAST) -> float:
    """Purchases after a time of buyers on several touchpoints before it, relative to one, at equal inclination.

    Buyers with equally many purchases before are equally inclined to buy, whatever the number of touchpoints.

    Parameters
    ----------
    purchases : DataFrame
        customer, resolved_at, ended_min.
    half_min : float
        The time.
    least : int
        Buyers of either kind; numbers of purchases that fewer have made do not count.
    """
    early = purchases["ended_min"] < half_min
    before = purchases[early].groupby("customer").agg(number=("resolved_at", "size"), places=("resolved_at", "nunique"))
    before = before[before["number"] > 1]  # who bought once bought at one place
    after = purchases[~early].groupby("customer").size().reindex(before.index, fill_value=0)
    return _alike_ratio(after, before["places"] > 1, [before["number"]], least)


def buyers_share(
    purchases: pd.DataFrame, customers: pd.DataFrame, start_min: float, until_min: float, least: int = LEAST
) -> float:
    """Share of the customers who are there at a time that buy until another.

    Parameters
    ----------
    purchases : DataFrame
        customer, ended_min.
    customers : DataFrame
        customer, joined_min, left_min.
    start_min, until_min : float
    least : int
        Customers.
    """
    there = customers.loc[_there(customers, start_min), "customer"]
    if len(there) < least:
        return math.nan
    buyers = purchases.loc[purchases["ended_min"].between(start_min, until_min), "customer"]
    return float(there.isin(buyers).mean())


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


def _there(customers: pd.DataFrame, at_min: float) -> pd.Series[bool]:
    """Who is a customer at a time: prospects who have not joined are none."""
    return (customers["joined_min"] <= at_min) & ~(customers["left_min"] < at_min)


def _alike_ratio(values: pd.Series[Any], several: pd.Series[bool], alike: list[pd.Series[Any]], least: int) -> float:
    """Mean of the values of several relative to the others, each compared with its like."""
    groups = {
        name: values[who].groupby([each[who] for each in alike]).agg(["mean", "size"])
        for name, who in (("several", several), ("one", ~several))
    }
    pairs = pd.concat(groups, axis=1, join="inner")
    pairs = pairs[(pairs["several", "size"] >= least) & (pairs["one", "size"] >= least)]
    weight = pairs["several", "size"]
    return _ratio((weight * pairs["several", "mean"]).sum(), (weight * pairs["one", "mean"]).sum())


def _still_there(issues: pd.DataFrame, customers: pd.DataFrame, end_min: float) -> pd.DataFrame:
    """Issues with left_min of customers who were there at their end, and whose 90 days after it were seen."""
    seen = issues.merge(customers[["customer", "left_min"]], on="customer")
    return seen[(seen["ended_min"] + _QUARTER_MIN <= end_min) & ~(seen["left_min"] <= seen["ended_min"])]


def _recent(ended: pd.DataFrame, which: pd.Series[bool]) -> pd.Series[bool]:
    """Whether such an issue of the same customer ended in the 90 days up to each row; rows by customer and time."""
    last = ended["ended_min"].where(which).groupby(ended["customer"]).ffill()
    return ended["ended_min"] - last <= _QUARTER_MIN


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
