"""Money by month: what was simulated, what is carried on to the horizon, what levers cost, what it is worth today.

Pure functions on arrays whose last axis is the month, counted from the start of the measured period.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sim.ledger import MINUTES_PER_MONTH, MONTHS_PER_YEAR
from sim.scenario import Document

__all__ = [
    "carried_on",
    "discount_factors",
    "first_month",
    "lever_costs",
    "lifetime_value",
    "margin_parts",
    "payback",
    "rate_per_month",
]

Floats = npt.NDArray[np.float64]
_QUARTER = 3


def rate_per_month(monthly: Floats, months: Floats, last_quarter: bool) -> Floats:
    """Amount per whole month in the last quarter that was simulated, or in all of it.

    Parameters
    ----------
    monthly : array, shape (..., m)
        Amounts of the simulated months.
    months : array, shape (m,)
        Their lengths; only the last may be below 1.
    last_quarter : bool
        The last three months, or what there is of them; else all.

    Examples
    --------
    >>> float(rate_per_month(np.array([9.0, 1.0, 2.0, 1.5]), np.array([1.0, 1.0, 1.0, 0.5]), True))
    1.8
    """
    last = _QUARTER if last_quarter else len(months)
    rate: Floats = monthly[..., -last:].sum(axis=-1) / months[-last:].sum()
    return rate


def carried_on(monthly: Floats, months: Floats, horizon: int, last_quarter: bool = True, fade: float = 0.0) -> Floats:
    """Amounts up to the horizon: the simulated ones, then their rate for as long as it is not simulated.

    Parameters
    ----------
    monthly, months, last_quarter
        As in `rate_per_month`.
    horizon : int
        Months.
    fade : float
        Share by which the rate becomes less per year after the simulated time.

    Returns
    -------
    array, shape (..., horizon)

    Examples
    --------
    >>> carried_on(np.array([0.0, 4.0]), np.array([1.0, 1.0]), 4).tolist()
    [0.0, 4.0, 2.0, 2.0]
    """
    simulated = min(len(months), horizon)
    amounts = np.zeros((*monthly.shape[:-1], horizon))
    amounts[..., :simulated] = monthly[..., :simulated]
    missing = np.ones(horizon)
    missing[:simulated] -= months[:simulated]
    years = np.maximum(0.0, np.arange(horizon) - months.sum()) / MONTHS_PER_YEAR
    rate = rate_per_month(monthly, months, last_quarter)
    whole: Floats = amounts + rate[..., None] * (missing * (1.0 - fade) ** years)
    return whole


def first_month(document: Document, strategies: Iterable[str]) -> int:
    """Month of the earliest lever, at most 0: levers may start before measuring begins."""
    uses = [use for name in strategies for use in document.strategies[name].levers.values()]
    return min([0, *(math.floor(float(use.start) / MINUTES_PER_MONTH) for use in uses)])


def lever_costs(document: Document, strategy: str, first: int, horizon: int) -> tuple[Floats, Floats]:
    """One-off and running costs of a strategy's levers, in EUR, by month from `first` up to the horizon.

    Both are in proportion to coverage. The one-off cost falls due in the month in which the lever starts, running
    costs from the start on, whether or not the lever has an effect yet.
    """
    one_off, running = np.zeros(horizon - first), np.zeros(horizon - first)
    months = np.arange(first, horizon)
    for name, use in document.strategies[strategy].levers.items():
        lever, coverage = document.levers[name], float(use.coverage)
        start = float(use.start) / MINUTES_PER_MONTH
        one_off[months == math.floor(start)] += coverage * float(lever.one_off)
        running += coverage * float(lever.running) * np.clip(months + 1.0 - start, 0.0, 1.0)
    return one_off, running


def discount_factors(per_year: float, first: int, horizon: int) -> Floats:
    """Worth, in the first measured month, of one euro in each month from `first` up to the horizon.

    A month m counts ``(1 + i) ** (-m / 12)``; money spent before measuring begins weighs more than 1.

    Examples
    --------
    >>> discount_factors(0.21, -12, 7)[[0, 12, 18]].round(4).tolist()
    [1.21, 1.0, 0.9091]
    """
    factors: Floats = (1.0 + per_year) ** (-np.arange(first, horizon) / MONTHS_PER_YEAR)
    return factors


def margin_parts(ours: tuple[Floats, Floats, Floats], theirs: tuple[Floats, Floats, Floats]) -> dict[str, Floats]:
    """Divide a difference of margins by its causes: customers, purchases per customer, margin per purchase.

    Margin is the product of the three. Each cause gets the mean of what its change does over all orders in which the
    three could have changed (Shapley), so the parts add up to the difference.

    Parameters
    ----------
    ours, theirs : tuple of array
        Customers, purchases, margin; of a strategy and of its baseline.

    Returns
    -------
    dict of str to array
        Parts of ``ours[2] - theirs[2]``.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. *Contributions to the Theory of Games* II, 307-317.

    Examples
    --------
    >>> one, two = np.array([1.0]), np.array([2.0])
    >>> parts = margin_parts((two, 4 * one, 20 * one), (one, one, 5 * one))
    >>> {name: float(part[0]) for name, part in parts.items()}
    {'number_of_customers': 7.5, 'purchases_per_customer': 7.5, 'margin_per_purchase': 0.0}
    """
    (a1, b1, c1), (a0, b0, c0) = _factors(*ours), _factors(*theirs)
    # where nobody bought, a purchase is taken to be worth what it is worth to the other
    b1, b0 = np.where(np.isnan(b1), b0, b1), np.where(np.isnan(b0), b1, b0)
    c1, c0 = np.where(np.isnan(c1), c0, c1), np.where(np.isnan(c0), c1, c0)
    b1, b0, c1, c0 = (np.nan_to_num(each) for each in (b1, b0, c1, c0))
    customers = (a1 - a0) * _of_others(b1, b0, c1, c0)
    purchases = (b1 - b0) * _of_others(a1, a0, c1, c0)
    return {
        "number_of_customers": customers,
        "purchases_per_customer": purchases,
        "margin_per_purchase": ours[2] - theirs[2] - customers - purchases,
    }


def _factors(customers: Floats, purchases: Floats, margin: Floats) -> tuple[Floats, Floats, Floats]:
    nothing = np.full_like(margin, np.nan)
    often = np.divide(purchases, customers, out=nothing.copy(), where=customers > 0.0)
    return customers, often, np.divide(margin, purchases, out=nothing, where=purchases > 0.0)


def _of_others(b1: Floats, b0: Floats, c1: Floats, c0: Floats) -> Floats:
    """Mean product of two factors over the orders in which three change."""
    return (2.0 * b1 * c1 + 2.0 * b0 * c0 + b1 * c0 + b0 * c1) / 6.0


def payback(cumulated: Floats, first: int) -> int | None:
    """Months after measuring begins until what was spent has come back for good.

    Parameters
    ----------
    cumulated : array, shape (m,)
        Money so far at the end of each month from `first` up to the horizon.
    first : int

    Returns
    -------
    int or None
        The first month from whose end on the sum is never below 0 again; 0 where it never is; None where it is at the
        horizon.

    Examples
    --------
    >>> payback(np.array([-3.0, -1.0, 1.0, -1.0, 2.0, 3.0]), 0)
    5
    >>> payback(np.array([-3.0, 1.0]), -1), payback(np.array([-3.0, -1.0]), 0), payback(np.array([0.0, 1.0]), 0)
    (1, None, 0)
    """
    below = np.flatnonzero(cumulated < 0.0)
    if not len(below):
        return 0
    after = int(below[-1]) + 1
    return None if after == len(cumulated) else first + after + 1


def lifetime_value(margin_per_year: Floats, retention: Floats, discount_rate: float) -> Floats:
    """What a customer is worth who is there now, in euro: ``m * r / (1 + i - r)``.

    The discounted margins of all years to come, the first of them in a year, if margin m and retention r never
    change (Gupta & Lehmann 2003).

    Parameters
    ----------
    margin_per_year : array
        Margin per customer and year after costs that depend on the customer.
    retention : array
        Share of customers who are still there a year later.
    discount_rate : float
        Per year.

    References
    ----------
    Gupta, S. & Lehmann, D. R. (2003). Customers as assets. *Journal of Interactive Marketing* 17(1), 9-24.

    Examples
    --------
    >>> float(lifetime_value(np.array(100.0), np.array(0.8), 0.12).round(6))
    250.0
    """
    left = 1.0 + discount_rate - retention
    endless = np.full_like(retention, np.inf)
    return margin_per_year * np.divide(retention, left, out=endless, where=left > 0.0)
