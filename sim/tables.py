"""The tables a run produces: every column with its type, unit and meaning, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engines.log import (
    CAUSES,
    ContactRow,
    CustomerRow,
    FrustrationRow,
    JourneyRow,
    MessageRow,
    Records,
)
from sim.jit import kernel
from sim.layout import dtype_of
from sim.parameters import FRUSTRATION_TYPES, Names, Timeline
from sim.scenario import MINUTES_PER_WEEK

__all__ = [
    "CONTACTS",
    "CONTACT_OUTCOMES",
    "CUSTOMERS",
    "FRUSTRATIONS",
    "JOURNEYS",
    "JOURNEY_OUTCOMES",
    "MESSAGES",
    "MESSAGE_OUTCOMES",
    "PURPOSES",
    "STAFFING",
    "TABLES",
    "Column",
    "Columns",
    "Table",
    "by_customer",
    "columns",
    "columns_of",
    "frames",
    "in_order",
]

CONTACT_OUTCOMES = ("resolved", "unresolved", "passed_on", "abandoned", "turned_away", "unfinished")
JOURNEY_OUTCOMES = ("resolved", "given_up", "unfinished")
PURPOSES = ("research", "service")
MESSAGE_OUTCOMES = ("suits", "unwelcome")
_RESEARCH = PURPOSES.index("research")


@dataclass(frozen=True)
class Column:
    """One column: its pandas dtype, its unit, what it says."""

    name: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: what a row is, by which columns rows are sorted, which columns it has."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_REPLICATION = Column("replication", "int32", "", "number of the replication, from 0")
_CUSTOMER = Column("customer", "int32", "", "number of the customer, from 0, in the order of segments in the file")
_SEGMENT = Column("segment", "category", "", "name of the customer's segment")
_JOURNEY = Column("journey", "int32", "", "number of the journey of this customer, from 1, in order of start")
_CONTACT = Column("contact", "int32", "", "number of the contact in the journey, from 1; research counts")
_NEED = Column("need", "category", "", "name of the need")
_MEASURED = Column("measured", "bool", "", "the journey's need arose after the warm-up")

CONTACTS = Table(
    "contacts",
    "one visit of a customer to a touchpoint",
    ("replication", "customer", "journey", "contact"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        _JOURNEY,
        _NEED,
        _CONTACT,
        Column("purpose", "category", "", "research (to look, before choosing where to be served) or service"),
        Column("touchpoint", "category", "", "name of the touchpoint"),
        Column("department", "int32", "", "hand-overs in the journey before this contact"),
        Column("arrived_min", "float64", "min", "arrival, since Monday 00:00 of week 0"),
        Column("started_min", "float64", "min", "start of service; NaN if never served"),
        Column("ended_min", "float64", "min", "end of service, or of waiting; NaN if unfinished"),
        Column("outcome", "category", "", "resolved, unresolved, passed_on, abandoned, turned_away or unfinished"),
        Column("experience", "float64", "points 0-100", "how the contact felt; NaN if unfinished"),
        Column("expectation", "float64", "points 0-100", "what the customer expected of this touchpoint on arrival"),
        _MEASURED,
    ),
)

FRUSTRATIONS = Table(
    "frustrations",
    "one frustration event",
    ("replication", "customer", "journey", "contact", "at_min"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        Column("journey", "int32", "", "number of the journey; 0 for a message between journeys"),
        Column("need", "category", "", "name of the need; missing for a message"),
        Column("contact", "int32", "", "number of the contact in the journey, from 1; 0 for a message"),
        Column("touchpoint", "category", "", "where it happened; for a message, where marketing works"),
        Column("type", "category", "", "frustration type, see FrustrationType"),
        Column("at_min", "float64", "min", "when it happened, since Monday 00:00 of week 0"),
        Column("cause", "category", "", "a fact that is not visible, or another of sim.engines.log.CAUSES"),
        Column("source_touchpoint", "category", "", "where the missing fact was known; missing where none applies"),
        Column("severity", "float64", "points 0-100", "points of experience it cost this customer"),
        Column(
            "cost_min", "float64", "min", "waiting, delay, or handling of a missing fact, once per fact and contact"
        ),
        _MEASURED,
    ),
)

JOURNEYS = Table(
    "journeys",
    "all contacts of a customer for one need",
    ("replication", "customer", "journey"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        _JOURNEY,
        _NEED,
        Column("parent", "Int32", "", "journey that caused this need; missing for base needs"),
        Column("arose_min", "float64", "min", "when the need arose, since Monday 00:00 of week 0"),
        Column("ended_min", "float64", "min", "when it was resolved or given up; NaN if unfinished"),
        Column("contacts", "int32", "", "service contacts so far"),
        Column("departments", "int32", "", "hand-overs to another department"),
        Column("outcome", "category", "", "resolved, given_up or unfinished"),
        Column("resolved_at", "category", "", "touchpoint that resolved it; missing otherwise"),
        Column("revenue_eur", "float64", "EUR", "revenue if the journey ended in a purchase, else 0"),
        Column("margin_eur", "float64", "EUR", "contribution margin of that purchase before cost to serve, else 0"),
        Column(
            "lost_eur", "float64", "EUR", "revenue of the purchase that did not happen; 0 if it did, or none was meant"
        ),
        Column(
            "lost_to",
            "category",
            "",
            "costliest event type of its last contact, or of all; missing without sale or event",
        ),
        Column("goodwill_eur", "float64", "EUR", "what going beyond the standard cost"),
        Column("difficulty", "float64", "logits", "difficulty of the case, the same at every attempt"),
        Column("experience", "float64", "points 0-100", "how the journey felt; NaN if unfinished"),
        Column("expectation", "float64", "points 0-100", "what the customer expected when it began"),
        Column("satisfaction", "float64", "points 0-100", "satisfaction; NaN if unfinished"),
        Column("loyalty", "float64", "points 0-100", "loyalty after the journey; NaN if unfinished"),
        _MEASURED,
    ),
)

CUSTOMERS = Table(
    "customers",
    "one customer at the end of the run",
    ("replication", "customer"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        Column("joined_min", "float64", "min", "when a prospect became a customer; 0 for customers, NaN for prospects"),
        Column("left_min", "float64", "min", "when the customer left, since Monday 00:00 of week 0; NaN if not"),
        Column("loyalty", "float64", "points 0-100", "loyalty at the end of the run, or when leaving"),
        Column("expectation", "float64", "points 0-100", "expectation of the company at the end"),
        Column("purchases", "int32", "", "purchases in the measured period"),
        Column("revenue_eur", "float64", "EUR", "revenue in the measured period"),
        Column("shares", "bool", "", "shares data at the end, or when leaving"),
        Column("frustrations", "int32", "", "frustration events in the measured period, of journeys and messages"),
    ),
)

STAFFING = Table(
    "staffing",
    "one touchpoint in one week of the measured period",
    ("replication", "touchpoint", "week"),
    (
        _REPLICATION,
        Column("touchpoint", "category", "", "name of the touchpoint"),
        Column("week", "int32", "", "number of the week, from 0 at the start of the run"),
        Column("rostered_min", "float64", "min", "agent minutes on the roster; 0 for self-service"),
        Column("busy_min", "float64", "min", "service minutes delivered, overtime included"),
    ),
)

MESSAGES = Table(
    "messages",
    "one marketing message to a customer",
    ("replication", "customer", "at_min"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        Column("at_min", "float64", "min", "when it was sent, since Monday 00:00 of week 0"),
        Column("outcome", "category", "", "suits or unwelcome; what is wrong stands among the frustrations"),
        Column("brings", "bool", "", "it brought a need"),
        Column("measured", "bool", "", "sent after the warm-up"),
    ),
)

TABLES = (CONTACTS, FRUSTRATIONS, JOURNEYS, MESSAGES, CUSTOMERS, STAFFING)


Columns = dict[str, npt.NDArray[Any]]
"""Tables as engines and measures use them: per table a record array; names are positions in the order of the file,
outcomes and the like positions in the tuples above, and a missing position is negative."""

_LAYOUT = {
    "contacts": ContactRow,
    "frustrations": FrustrationRow,
    "journeys": JourneyRow,
    "messages": MessageRow,
    "customers": CustomerRow,
}
_STAFFING = np.dtype([("touchpoint", "i4"), ("week", "i4"), ("rostered_min", "f8"), ("busy_min", "f8")])


def columns(records: Records, timeline: Timeline) -> Columns:
    """What an engine wrote, with the staffing; rows in the order in which they were written.

    Parameters
    ----------
    records : Records
    timeline : Timeline

    Returns
    -------
    dict of array
        One entry per entry of `TABLES`.
    """
    written = {name: getattr(records, name) for name in _LAYOUT}
    return written | {"staffing": _staffing(records.contacts, timeline)}


def in_order(tables: Columns) -> Columns:
    """The same tables with rows in the order of their keys.

    Parameters
    ----------
    tables : Columns
        Rows of one customer are in order of time.

    Returns
    -------
    Columns
    """
    count, ordered = len(tables["customers"]), dict(tables)
    for name in ("contacts", "journeys", "messages"):
        ordered[name] = tables[name][by_customer(tables[name]["customer"], count)[1]]
    events = tables["frustrations"]
    # events of messages stand before those of journeys
    ordered["frustrations"] = events[by_customer(2 * events["customer"] + (events["journey"] > 0), 2 * count)[1]]
    return ordered


@kernel
def by_customer(customer: npt.NDArray[np.int32], count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Positions of rows by customer, those of one customer in their order (a counting sort).

    Parameters
    ----------
    customer : int array, shape (rows,)
        Whose row it is, from 0 up to `count`.
    count : int

    Returns
    -------
    begin : int array, shape (count + 1,)
    row : int array, shape (rows,)
        The rows of customer c are ``row[begin[c]:begin[c + 1]]``.
    """
    begin = np.zeros(count + 2, np.int64)
    for index in range(len(customer)):
        begin[customer[index] + 2] += 1
    for who in range(count):
        begin[who + 2] += begin[who + 1]
    row = np.empty(len(customer), np.int32)
    for index in range(len(customer)):
        at = customer[index] + 1
        row[begin[at]] = index
        begin[at] += 1
    return begin[:-1], row


def frames(tables: Columns, names: Names, replication: int) -> dict[str, pd.DataFrame]:
    """Tables for people: rows in order, documented columns, names instead of positions, missing values for codes.

    Parameters
    ----------
    tables : Columns
    names : Names
    replication : int

    Returns
    -------
    dict of str to DataFrame
        One frame per entry of `TABLES`, with its columns, types and row order.
    """
    ordered = in_order(tables)
    segment = ordered["customers"]["segment"]
    parts = {name: {label: rows[label] for label in rows.dtype.names or ()} for name, rows in ordered.items()}
    for name in ("contacts", "frustrations", "journeys", "messages"):
        parts[name]["segment"] = segment[ordered[name]["customer"]]
    parts["customers"] |= _of_customers(ordered)
    return {table.name: _frame(table, parts[table.name], names, replication) for table in TABLES}


def _of_customers(tables: Columns) -> dict[str, npt.NDArray[Any]]:
    """What customers bought and lived through in the measured period."""
    size, (journeys, events) = len(tables["customers"]), (tables[name] for name in ("journeys", "frustrations"))
    counted = journeys[journeys["measured"]]
    return {
        "purchases": np.bincount(counted["customer"], counted["revenue_eur"] > 0.0, size).astype(np.int32),
        "revenue_eur": np.bincount(counted["customer"], counted["revenue_eur"], size),
        "frustrations": np.bincount(events["customer"][events["measured"]], minlength=size),
    }


def columns_of(tables: dict[str, pd.DataFrame]) -> Columns:
    """The way back from frames of one replication, to compute measures from tables that were kept.

    Parameters
    ----------
    tables : dict of str to DataFrame
        As `frames` makes them.

    Returns
    -------
    Columns
    """
    found = {name: _records(tables[name], dtype_of(layout)) for name, layout in _LAYOUT.items()}
    return found | {"staffing": _records(tables["staffing"], _STAFFING)}


def _records(table: pd.DataFrame, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    rows = np.zeros(len(table), dtype)
    for name in dtype.names or ():
        rows[name] = _codes(table[name])
    return rows


def _codes(column: pd.Series[Any]) -> npt.NDArray[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy()
    if column.dtype == "Int32":
        return column.fillna(0).to_numpy(np.int32)
    return column.to_numpy()


def _staffing(contacts: npt.NDArray[Any], timeline: Timeline) -> npt.NDArray[Any]:
    """Agent minutes of the measured weeks; both ends of the measured period are whole weeks."""
    touchpoints = len(timeline.names.touchpoints)
    first, last = round(timeline.warm_up_min / MINUTES_PER_WEEK), round(timeline.end_min / MINUTES_PER_WEEK)
    per_state = np.array([[_minutes_per_week(roster) for roster in rosters] for rosters in timeline.rosters])
    busy = np.zeros((touchpoints, last - first))
    by_staff = np.array([bool(roster) for roster in timeline.rosters[0]])
    _serve(contacts, by_staff, timeline.warm_up_min, timeline.end_min, busy)
    rows = np.zeros(busy.size, _STAFFING)
    rows["touchpoint"] = np.repeat(np.arange(touchpoints), last - first)
    rows["week"] = np.tile(np.arange(first, last), touchpoints)
    rows["rostered_min"] = per_state[np.asarray(timeline.state_of_week[first:last])].T.ravel()
    rows["busy_min"] = busy.ravel()
    return rows


@kernel
def _serve(
    contacts: npt.NDArray[Any],
    by_staff: npt.NDArray[np.bool_],
    start_min: float,
    end_min: float,
    busy_min: npt.NDArray[np.float64],
) -> None:
    """Add up service minutes by touchpoint and week; research occupies nobody."""
    for index in range(len(contacts)):
        since, until = contacts[index]["started_min"], contacts[index]["ended_min"]
        at = contacts[index]["touchpoint"]
        if until != until:  # NaN: under way at the end of the run
            until = end_min
        if not since < until or until <= start_min or (by_staff[at] and contacts[index]["purpose"] == _RESEARCH):
            continue
        since = max(since, start_min)
        week = int((since - start_min) / MINUTES_PER_WEEK)
        while since < until:
            stop = min(until, start_min + (week + 1.0) * MINUTES_PER_WEEK)
            busy_min[at, week] += stop - since
            since = stop
            week += 1


def _minutes_per_week(roster: Sequence[tuple[float, int, bool]]) -> float:
    if not roster:
        return 0.0
    changes = np.array([minute for minute, *_ in roster] + [float(MINUTES_PER_WEEK)])
    return float(np.dot(np.diff(changes), [agents for _, agents, _ in roster]))


def _frame(table: Table, columns: dict[str, npt.NDArray[Any]], names: Names, replication: int) -> pd.DataFrame:
    categories: dict[str, Sequence[str]] = {
        "segment": names.segments,
        "need": names.needs,
        "touchpoint": names.touchpoints,
        "source_touchpoint": names.touchpoints,
        "resolved_at": names.touchpoints,
        "type": [kind.value for kind in FRUSTRATION_TYPES],
        "cause": CAUSES,
        "purpose": PURPOSES,
        "lost_to": [kind.value for kind in FRUSTRATION_TYPES],
        "outcome": {"journeys": JOURNEY_OUTCOMES, "messages": MESSAGE_OUTCOMES}.get(table.name, CONTACT_OUTCOMES),
    }
    count = len(next(iter(columns.values())))
    built: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "replication":
            built[column.name] = np.full(count, replication, np.int32)
        elif column.dtype == "category":
            dtype = pd.CategoricalDtype(list(categories[column.name]))
            built[column.name] = pd.Categorical.from_codes(columns[column.name], dtype=dtype, validate=False)
        elif column.dtype == "Int32":
            numbers = columns[column.name].astype(np.int32)
            built[column.name] = pd.arrays.IntegerArray(numbers, numbers == 0)
        else:
            built[column.name] = np.ascontiguousarray(columns[column.name], column.dtype)
    return pd.DataFrame(built, copy=False)
