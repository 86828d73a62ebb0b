"""The tables of one replication, restricted to what is measured, with the joins that several KPIs need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.parameters import names
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, Document
from sim.tables import CONTACT_OUTCOMES, JOURNEY_OUTCOMES, PURPOSES, Columns

__all__ = [
    "ABANDONED",
    "FCR_WINDOW_MIN",
    "JOURNEY_RESOLVED",
    "RESOLVED",
    "SERVICE",
    "Results",
    "Table",
    "changes",
    "mean",
    "per_customer",
    "ratio",
    "where",
]

FCR_WINDOW_MIN = float(MINUTES_PER_WEEK)
RESOLVED, ABANDONED, _UNFINISHED = map(CONTACT_OUTCOMES.index, ("resolved", "abandoned", "unfinished"))
JOURNEY_RESOLVED, _JOURNEY_UNFINISHED = map(JOURNEY_OUTCOMES.index, ("resolved", "unfinished"))
SERVICE = PURPOSES.index("service")

Table = Mapping[str, npt.NDArray[Any]]


class _Rows(Table):
    """Some rows of a table; a column is picked out when somebody asks for it, for most KPIs read a few."""

    def __init__(self, table: Table, rows: npt.NDArray[np.bool_]) -> None:
        self._table, self._rows = table, np.flatnonzero(rows)
        self._columns: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._columns:
            self._columns[name] = self._table[name].take(self._rows)
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


class Results:
    """Tables of one replication, restricted to journeys whose need arose in the measured period.

    Parameters
    ----------
    tables : Columns
        The tables of one replication, see `sim.tables.columns`.
    document : Document
    strategy : str

    Attributes
    ----------
    contacts : dict of array
        Service contacts only.
    frustrations, journeys, messages, staffing_by_week : dict of array
    customers, prospects : dict of array
        Whoever is or was a customer, and whoever was none at the start of the run.
    finished : dict of array
        Journeys that ended.
    """

    def __init__(self, tables: Columns, document: Document, strategy: str) -> None:
        contacts = tables["contacts"]
        self.document = document
        self.strategy = strategy
        self.contacts = where(contacts, contacts["measured"] & (contacts["purpose"] == SERVICE))
        self.frustrations = where(tables["frustrations"], tables["frustrations"]["measured"])
        self.journeys = where(tables["journeys"], tables["journeys"]["measured"])
        self.finished = where(self.journeys, self.journeys["outcome"] != _JOURNEY_UNFINISHED)
        self.messages = where(tables["messages"], tables["messages"]["measured"])
        people = tables["customers"]
        self.prospects = where(people, ~(people["joined_min"] == 0.0))  # those who joined later, too
        self.customers = where(people, ~np.isnan(people["joined_min"]))
        self.staffing_by_week = tables["staffing"]
        self.touchpoints = names(document).touchpoints

    @property
    def years(self) -> float:
        """Length of the measured period in years of 52 weeks."""
        return float(self.document.run.measured) / MINUTES_PER_YEAR

    @property
    def start_min(self) -> float:
        """Start of the measured period."""
        return float(self.document.run.warm_up)

    @property
    def end_min(self) -> float:
        """End of the measured period and of the run."""
        return self.start_min + float(self.document.run.measured)

    @cached_property
    def staffing(self) -> Table:
        """Agent minutes of the measured period, one row per touchpoint."""
        weekly = self.staffing_by_week
        return {
            name: np.bincount(weekly["touchpoint"], weekly[name], len(self.touchpoints))
            for name in ("rostered_min", "busy_min")
        }

    def places(self, touchpoint: str | None) -> list[int]:
        """Position of a touchpoint, or of all staffed ones."""
        if touchpoint is not None:
            return [self.touchpoints.index(touchpoint)]
        return [j for j, name in enumerate(self.touchpoints) if self.document.touchpoints[name].kind == "staffed"]

    def at(self, touchpoint: str | None) -> Table:
        """Finished contacts at one touchpoint, or at all staffed ones."""
        contacts = self.contacts
        here = np.isin(contacts["touchpoint"], self.places(touchpoint))
        return where(contacts, here & (contacts["outcome"] != _UNFINISHED))

    @cached_property
    def first_contacts(self) -> Table:
        """First service contact of each journey, if what follows within the window could be seen."""
        first = changes(self.contacts["customer"], self.contacts["journey"])
        return where(self.contacts, first & self.window_closed)

    @property
    def window_closed(self) -> npt.NDArray[np.bool_]:
        """Whether the window after a contact lies within the run."""
        closed: npt.NDArray[np.bool_] = self.contacts["ended_min"] + FCR_WINDOW_MIN <= self.end_min
        return closed

    @cached_property
    def first_at_silo(self) -> Table:
        """First served contact of each journey at a touchpoint: touchpoint, and `again` for another one in time."""
        names = ("customer", "journey", "touchpoint", "contact", "arrived_min", "ended_min")
        rows = np.flatnonzero(~np.isnan(self.contacts["started_min"]))
        keys = [self.contacts[name][rows] for name in reversed(names[:4])]
        rows = rows[np.lexsort(keys)]
        served = {"closed": self.window_closed[rows], **{name: self.contacts[name][rows] for name in names}}
        first = changes(served["customer"], served["journey"], served["touchpoint"])
        gap_min = np.append(served["arrived_min"][1:], np.inf) - served["ended_min"]
        again = np.append(~first[1:], False) & (gap_min <= FCR_WINDOW_MIN)
        return where({"touchpoint": served["touchpoint"], "again": again}, first & served["closed"])

    @cached_property
    def there(self) -> Table:
        """Customers who were there when measuring began."""
        left, joined = self.customers["left_min"], self.customers["joined_min"]
        return where(self.customers, (joined <= self.start_min) & (np.isnan(left) | (left >= self.start_min)))


def where(table: Table, rows: npt.NDArray[np.bool_]) -> Table:
    """Some rows of a table."""
    return _Rows(table, rows)


def changes(*keys: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Rows that differ from the one before them in any key."""
    changed = np.ones(len(keys[0]), np.bool_)
    changed[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return changed


def ratio(part: float, whole: float) -> float:
    """A part of a whole; NaN where there is nothing."""
    return float(part) / float(whole) if whole else float("nan")


def mean(values: npt.NDArray[Any]) -> float:
    """Mean of an array; NaN where it is empty."""
    return float(values.mean()) if len(values) else float("nan")


def per_customer(results: Results, amount: float) -> float:
    """An amount per customer and year; customers are those who were there when measuring began."""
    return ratio(amount / results.years, len(results.there["left_min"]))
