"""The books: month by month and touchpoint by touchpoint, in whole cents, so that sums are exact.

Journeys and contacts count as they do for KPIs: those whose need arose in the measured period. A purchase is booked
in the month in which its journey ended, a contact in the month in which the customer arrived. Months are those of
`sim.tally`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.results import Results
from sim.scenario import MINUTES_PER_WEEK, Document
from sim.tally import MINUTES_PER_MONTH, MONTHS_PER_YEAR, Tally, month_edges_min

__all__ = ["COMPANY", "LINES", "MINUTES_PER_MONTH", "MONTHS_PER_YEAR", "Books", "Line", "books"]

COMPANY = "company"
"""Stands in the column touchpoint for money that belongs to no touchpoint."""

_MIN_PER_HOUR = 60.0
Cents = npt.NDArray[np.int64]


class Books:
    """What the lines of the ledger are booked from; shapes in brackets: j touchpoints, m months.

    Parameters
    ----------
    tally : Tally
    document : Document
    """

    def __init__(self, tally: Tally, document: Document) -> None:
        self.tally = tally
        self.document = document
        self.results = Results(tally, document, strategy="")
        self.edges_min = month_edges_min(document)

    def wages(self, minutes: npt.NDArray[np.float64]) -> Cents:
        """Minutes [j, m] at the wage of their touchpoint, as a cost."""
        return -_cells(minutes * self.results.per_touchpoint("wage")[:, None] / _MIN_PER_HOUR)


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


def _rostered(books: Books) -> Cents:
    passed = np.pad(np.cumsum(books.tally.rostered_min, axis=1), ((0, 0), (1, 0)))
    weeks = books.edges_min[0] + MINUTES_PER_WEEK * np.arange(passed.shape[1])
    return books.wages(np.diff([np.interp(books.edges_min, weeks, row) for row in passed], axis=1))


def _contact_costs(books: Books) -> Cents:
    return -_cells(books.tally.contacts * books.results.per_touchpoint("cost_per_contact")[:, None])


def _messages(books: Books) -> Cents:
    cost = float(books.document.marketing.cost_per_message)
    return -_cells(cost * books.tally.messages[None, :].astype(np.float64))


def _cells(eur: npt.NDArray[np.float64]) -> Cents:
    """Amounts by touchpoint and month in cents: sums up to a month are rounded, so no cent is lost between months."""
    cents = np.rint(100.0 * np.cumsum(eur, axis=1)).astype(np.int64)
    return np.diff(cents, axis=1, prepend=0)


LINES = (
    Line(
        "margin",
        "margin",
        "contribution margin of purchases, where the journey was resolved",
        lambda books: books.tally.margin_cents,
    ),
    Line("rostered_hours", "cost_to_serve", "rostered hours at their wage, needed or not", _rostered, fixed=True),
    Line("contact_costs", "cost_to_serve", "cost per service contact", _contact_costs),
    Line(
        "goodwill",
        "cost_to_serve",
        "what going beyond the standard cost, where the complaint was settled",
        lambda books: -books.tally.goodwill_cents,
    ),
    Line("messages", "marketing", "marketing messages", _messages, of_company=True),
    Line(
        "revenue", None, "revenue of purchases, where the journey was resolved", lambda books: books.tally.revenue_cents
    ),
    Line(
        "workload",
        None,
        "service minutes at their wage: the part of the rostered hours that is used",
        lambda books: books.wages(books.tally.workload_min),
    ),
)
"""All lines. A new kind of cost is one more line here: business case, waterfall and profit and loss follow it."""


def books(tallies: Sequence[Tally], documents: Sequence[Document]) -> dict[str, pd.DataFrame]:
    """The books of some runs as small frames.

    Parameters
    ----------
    tallies : sequence of Tally
    documents : sequence of Document
        What each belongs to; the same company, though perhaps with other numbers.

    Returns
    -------
    dict of str to DataFrame
        Each begins with ``run``, the position of the tally. ``ledger``: month, touchpoint, line, cents; zeros are left
        out. ``activity``: month, months (its length), customers (mean number who are there), left, purchases.
        ``channels``: touchpoint, resolved, purchases (journeys resolved there), assists, assisted_purchases (journeys
        resolved elsewhere that visited it, research included), assisted_cents (margin of those).
    """
    each = [Books(tally, document) for tally, document in zip(tallies, documents, strict=True)]
    return {"ledger": _ledger(each), "activity": _activity(each), "channels": _channels(each)}


def _ledger(each: Sequence[Books]) -> pd.DataFrame:
    touchpoints, months = each[0].results.touchpoints, len(each[0].edges_min) - 1
    cents = np.zeros((len(each), len(LINES), len(touchpoints) + 1, months), np.int64)
    for run, own in enumerate(each):
        for at, line in enumerate(LINES):
            places = slice(len(touchpoints), None) if line.of_company else slice(len(touchpoints))
            cents[run, at, places] = line.book(own)
    run_of, line_of, place, month = np.nonzero(cents)
    return pd.DataFrame(
        {
            "run": run_of,
            "month": month,
            "touchpoint": np.array([*touchpoints, COMPANY])[place],
            "line": np.array([line.name for line in LINES])[line_of],
            "cents": cents[run_of, line_of, place, month],
        }
    )


def _activity(each: Sequence[Books]) -> pd.DataFrame:
    lengths = np.diff(each[0].edges_min)
    runs, months = len(each), len(lengths)
    return pd.DataFrame(
        {
            "run": np.repeat(np.arange(runs), months),
            "month": np.tile(np.arange(months), runs),
            "months": np.tile(lengths / MINUTES_PER_MONTH, runs),
            "customers": np.concatenate([own.tally.there_min / lengths for own in each]),
            "left": np.concatenate([own.tally.left for own in each]),
            "purchases": np.concatenate([own.tally.purchases.sum(axis=0) for own in each]),
        }
    )


def _channels(each: Sequence[Books]) -> pd.DataFrame:
    touchpoints = each[0].results.touchpoints
    assists = np.concatenate([own.tally.assists for own in each])
    return pd.DataFrame(
        {
            "run": np.repeat(np.arange(len(each)), len(touchpoints)),
            "touchpoint": list(touchpoints) * len(each),
            "resolved": np.concatenate([own.tally.resolved for own in each]),
            "purchases": np.concatenate([own.tally.purchases.sum(axis=1) for own in each]),
            "assists": assists[:, 0],
            "assisted_purchases": assists[:, 1],
            "assisted_cents": assists[:, 2],
        }
    )
