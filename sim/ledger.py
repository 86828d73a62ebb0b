"""The books of one replication: month by month and touchpoint by touchpoint, in whole cents, so that sums are exact.

Journeys and contacts count as they do for KPIs: those whose need arose in the measured period. A purchase is booked
in the month in which its journey ended, a contact in the month in which the customer arrived. A month is a twelfth of
a year of 52 weeks; the last one may be cut short by the end of the run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.results import JOURNEY_RESOLVED, SERVICE, Results, Table, changes, where
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, Document
from sim.tables import Columns

__all__ = ["COMPANY", "LINES", "MINUTES_PER_MONTH", "MONTHS_PER_YEAR", "Books", "Line", "books"]

MONTHS_PER_YEAR = 12
MINUTES_PER_MONTH = MINUTES_PER_YEAR / MONTHS_PER_YEAR
COMPANY = "company"
"""Stands in the column touchpoint for money that belongs to no touchpoint."""

_MIN_PER_HOUR = 60.0
Cents = npt.NDArray[np.int64]


class Books:
    """What the lines of the ledger are booked from; shapes in brackets: j touchpoints, m months.

    Parameters
    ----------
    tables : Columns
        The tables of one replication.
    document : Document
    """

    def __init__(self, tables: Columns, document: Document) -> None:
        self.results = Results(tables, document, strategy="")
        self.contacts = tables["contacts"]

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Names of the touchpoints."""
        return self.results.touchpoints

    @cached_property
    def edges_min(self) -> npt.NDArray[np.float64]:
        """Where months begin, and the end of the run."""
        start, end = self.results.start_min, self.results.end_min
        count = math.ceil((end - start) / MINUTES_PER_MONTH)
        return np.append(start + MINUTES_PER_MONTH * np.arange(count), end)

    @property
    def months(self) -> npt.NDArray[np.float64]:
        """Length of each month; below 1 only for the last."""
        return np.diff(self.edges_min).astype(np.float64) / MINUTES_PER_MONTH

    def month(self, at_min: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Month of each instant; the end of the run belongs to the last one."""
        months: npt.NDArray[np.int64] = ((at_min - self.edges_min[0]) // MINUTES_PER_MONTH).astype(np.int64)
        return months.clip(max=len(self.edges_min) - 2)

    @cached_property
    def purchases(self) -> Table:
        """Journeys that ended in a purchase."""
        return where(self.results.journeys, self.results.journeys["revenue_eur"] > 0.0)

    def booked(self, amounts_eur: npt.NDArray[np.float64], rows: Table, at_min: npt.NDArray[np.float64]) -> Cents:
        """Single amounts, each rounded to the cent, by touchpoint and month: [j, m]."""
        cents = np.zeros((len(self.touchpoints), len(self.months)), np.int64)
        np.add.at(cents, (rows["touchpoint"], self.month(at_min)), np.rint(100.0 * amounts_eur).astype(np.int64))
        return cents

    def per_touchpoint(self, eur: Callable[[Any], Any]) -> npt.NDArray[np.float64]:
        """A number of each touchpoint of the document: [j]."""
        return np.array([float(eur(self.results.document.touchpoints[name])) for name in self.touchpoints])


@dataclass(frozen=True)
class Line:
    """One line of the ledger.

    Parameters
    ----------
    name : str
    part : str or None
        Where the money of a business case comes from or goes to: lines of one part are one step of a waterfall. None
        for a line that is shown beside the others, because it is contained in one of them.
    meaning : str
    book : callable
        From `Books` to cents by touchpoint and month, [j, m]; costs are negative.
    of_company : bool
        The money belongs to the company as a whole; then `book` gives [1, m].
    fixed : bool
        It would be the same with one customer less, so it is no part of what a customer is worth.
    """

    name: str
    part: str | None
    meaning: str
    book: Callable[[Books], Cents]
    of_company: bool = False
    fixed: bool = False


def _margin(books: Books) -> Cents:
    bought = books.purchases
    return books.booked(bought["margin_eur"], {"touchpoint": bought["resolved_at"]}, bought["ended_min"])


def _revenue(books: Books) -> Cents:
    bought = books.purchases
    return books.booked(bought["revenue_eur"], {"touchpoint": bought["resolved_at"]}, bought["ended_min"])


def _rostered(books: Books) -> Cents:
    weekly = books.results.staffing_by_week["rostered_min"].reshape(len(books.touchpoints), -1)
    passed = np.pad(np.cumsum(weekly, axis=1), ((0, 0), (1, 0)))
    weeks = books.edges_min[0] + MINUTES_PER_WEEK * np.arange(passed.shape[1])
    minutes = np.diff([np.interp(books.edges_min, weeks, row) for row in passed], axis=1)
    wages = books.per_touchpoint(lambda touchpoint: touchpoint.wage) / _MIN_PER_HOUR
    return -_cells(minutes * wages[:, None])


def _workload(books: Books) -> Cents:
    contacts, edges = where(books.contacts, books.contacts["purpose"] == SERVICE), books.edges_min
    started, ended = contacts["started_min"], contacts["ended_min"]
    rows = np.flatnonzero((started < edges[-1]) & ~(ended <= edges[0]))  # never served is NaN
    touchpoint, start = contacts["touchpoint"][rows], np.maximum(started[rows], edges[0])
    end = np.where(np.isnan(ended[rows]), edges[-1], np.minimum(ended[rows], edges[-1]))
    minutes = np.zeros((len(books.touchpoints), len(books.months)))
    first, last = books.month(start), books.month(end)
    within = first == last
    np.add.at(minutes, (touchpoint[within], first[within]), (end - start)[within])
    for row in np.flatnonzero(~within):  # services under way when a month ends
        for month in range(first[row], last[row] + 1):
            passed = min(end[row], edges[month + 1]) - max(start[row], edges[month])
            minutes[touchpoint[row], month] += passed
    wages = books.per_touchpoint(lambda touchpoint: touchpoint.wage) / _MIN_PER_HOUR
    return -_cells(minutes * wages[:, None])


def _contact_costs(books: Books) -> Cents:
    contacts = books.results.contacts
    count = np.zeros((len(books.touchpoints), len(books.months)))
    np.add.at(count, (contacts["touchpoint"], books.month(contacts["arrived_min"])), 1.0)
    return -_cells(count * books.per_touchpoint(lambda touchpoint: touchpoint.cost_per_contact)[:, None])


def _goodwill(books: Books) -> Cents:
    journeys = where(books.results.journeys, books.results.journeys["goodwill_eur"] > 0.0)
    return -books.booked(journeys["goodwill_eur"], {"touchpoint": journeys["resolved_at"]}, journeys["ended_min"])


def _messages(books: Books) -> Cents:
    sent = books.month(books.results.messages["at_min"])
    cost = float(books.results.document.marketing.cost_per_message)
    return -_cells(cost * np.bincount(sent, minlength=len(books.months))[None, :].astype(np.float64))


def _cells(eur: npt.NDArray[np.float64]) -> Cents:
    """Amounts by touchpoint and month in cents: sums up to a month are rounded, so no cent is lost between months."""
    cents = np.rint(100.0 * np.cumsum(eur, axis=1)).astype(np.int64)
    return np.diff(cents, axis=1, prepend=0)


LINES = (
    Line("margin", "margin", "contribution margin of purchases, where the journey was resolved", _margin),
    Line("rostered_hours", "cost_to_serve", "rostered hours at their wage, needed or not", _rostered, fixed=True),
    Line("contact_costs", "cost_to_serve", "cost per service contact", _contact_costs),
    Line(
        "goodwill", "cost_to_serve", "what going beyond the standard cost, where the complaint was settled", _goodwill
    ),
    Line("messages", "marketing", "marketing messages", _messages, of_company=True),
    Line("revenue", None, "revenue of purchases, where the journey was resolved", _revenue),
    Line("workload", None, "service minutes at their wage: the part of the rostered hours that is used", _workload),
)
"""All lines. A new kind of cost is one more line here: business case, waterfall and profit and loss follow it."""


def books(tables: Columns, document: Document) -> dict[str, pd.DataFrame]:
    """The books of one replication as small frames.

    Parameters
    ----------
    tables : Columns
        The tables of one replication.
    document : Document

    Returns
    -------
    dict of str to DataFrame
        ``ledger``: month, touchpoint, line, cents; zeros are left out. ``activity``: month, months (its length),
        customers (mean number who are there), left, purchases. ``channels``: touchpoint, resolved, purchases (journeys
        resolved there), assists, assisted_purchases (journeys resolved elsewhere that visited it, research included),
        assisted_cents (margin of those).
    """
    own = Books(tables, document)
    return {"ledger": _ledger(own), "activity": _activity(own), "channels": _channels(own)}


def _ledger(own: Books) -> pd.DataFrame:
    names = np.array(own.touchpoints)
    months, places, lines, amounts = [], [], [], []
    for line in LINES:
        cents = line.book(own)
        place, month = np.nonzero(cents)
        months.append(month)
        places.append(np.full(len(place), COMPANY) if line.of_company else names[place])
        lines.append(np.full(len(place), line.name, "U64"))
        amounts.append(cents[place, month])
    parts = {"month": months, "touchpoint": places, "line": lines, "cents": amounts}
    return pd.DataFrame({name: np.concatenate(each) for name, each in parts.items()})


def _activity(own: Books) -> pd.DataFrame:
    edges, count = own.edges_min, len(own.months)
    left, joined = own.results.customers["left_min"], own.results.customers["joined_min"]
    until = np.where(np.isnan(left), edges[-1], left)
    here = np.array(
        [(until.clip(first, last) - joined.clip(first, last)).clip(min=0.0).sum() for first, last in pairwise(edges)]
    )
    went = left[(left >= edges[0]) & (left <= edges[-1])]
    return pd.DataFrame(
        {
            "month": np.arange(count),
            "months": own.months,
            "customers": here / np.diff(edges),
            "left": np.bincount(own.month(went), minlength=count),
            "purchases": np.bincount(own.month(own.purchases["ended_min"]), minlength=count),
        }
    )


def _channels(own: Books) -> pd.DataFrame:
    journeys, size = own.results.journeys, len(own.touchpoints)
    resolved = journeys["outcome"] == JOURNEY_RESOLVED
    bought = journeys["revenue_eur"] > 0.0
    contacts = where(own.contacts, own.contacts["measured"])
    first = changes(contacts["customer"], contacts["journey"])
    begun = np.searchsorted(_keys(journeys), _keys(where(contacts, first)))
    visited = np.zeros((len(bought), size), np.bool_)
    visited[begun[np.cumsum(first) - 1], contacts["touchpoint"]] = True
    journey, touchpoint = np.nonzero(visited)
    assisted = resolved[journey] & (journeys["resolved_at"][journey] != touchpoint)
    journey, touchpoint = journey[assisted], touchpoint[assisted]
    cents = np.rint(100.0 * journeys["margin_eur"]).astype(np.int64)
    assisted_cents = np.zeros(size, np.int64)
    np.add.at(assisted_cents, touchpoint, cents[journey])
    return pd.DataFrame(
        {
            "touchpoint": list(own.touchpoints),
            "resolved": np.bincount(journeys["resolved_at"][resolved], minlength=size),
            "purchases": np.bincount(journeys["resolved_at"][bought], minlength=size),
            "assists": np.bincount(touchpoint, minlength=size),
            "assisted_purchases": np.bincount(touchpoint, bought[journey], size).astype(np.int64),
            "assisted_cents": assisted_cents,
        }
    )


def _keys(part: Table) -> npt.NDArray[np.int64]:
    return part["customer"].astype(np.int64) << 32 | part["journey"]
