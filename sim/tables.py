"""The tables a run produces: every column with its type, unit and meaning, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.engines.log import CAUSES, Records
from sim.parameters import FRUSTRATION_TYPES, Timeline
from sim.population import Population

__all__ = ["CONTACTS", "CUSTOMERS", "FRUSTRATIONS", "JOURNEYS", "STAFFING", "TABLES", "Column", "Table", "frames"]

CONTACT_OUTCOMES = ("resolved", "unresolved", "passed_on", "abandoned", "turned_away", "unfinished")
JOURNEY_OUTCOMES = ("resolved", "given_up", "unfinished")
PURPOSES = ("research", "service")


@dataclass(frozen=True)
class Column:
    """One column: its pandas dtype, its unit, what it says."""

    name: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: what a row is, which columns it has, how rows are sorted."""

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
    ("replication", "customer", "journey", "contact", "type"),
    (
        _REPLICATION,
        _CUSTOMER,
        _SEGMENT,
        _JOURNEY,
        _NEED,
        _CONTACT,
        Column("touchpoint", "category", "", "where it happened"),
        Column("type", "category", "", "frustration type, see FrustrationType"),
        Column("at_min", "float64", "min", "when it happened, since Monday 00:00 of week 0"),
        Column("cause", "category", "", "the fact that was not visible, or waiting, gave_up_waiting, closing, competence"),
        Column("source_touchpoint", "category", "", "where the missing fact was known; missing where none applies"),
        Column("severity", "float64", "points 0-100", "points of experience it cost this customer"),
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
        Column("left_min", "float64", "min", "when the customer left, since Monday 00:00 of week 0; NaN if still there"),
        Column("loyalty", "float64", "points 0-100", "loyalty at the end of the run, or when leaving"),
        Column("expectation", "float64", "points 0-100", "expectation of the company at the end"),
        Column("purchases", "int32", "", "purchases in the measured period"),
        Column("revenue_eur", "float64", "EUR", "revenue in the measured period"),
        Column("frustrations", "int32", "", "frustration events of journeys in the measured period"),
    ),
)

STAFFING = Table(
    "staffing",
    "one touchpoint over the measured period",
    ("replication", "touchpoint"),
    (
        _REPLICATION,
        Column("touchpoint", "category", "", "name of the touchpoint"),
        Column("rostered_min", "float64", "min", "agent minutes on the roster; 0 for self-service"),
        Column("busy_min", "float64", "min", "service minutes delivered, overtime included"),
    ),
)

TABLES = (CONTACTS, FRUSTRATIONS, JOURNEYS, CUSTOMERS, STAFFING)


def frames(records: Records, timeline: Timeline, population: Population, replication: int) -> dict[str, pd.DataFrame]:
    """Turn what an engine wrote into the documented tables.

    Parameters
    ----------
    records : Records
        Rows in any order.
    timeline : Timeline
    population : Population
    replication : int

    Returns
    -------
    dict of str to DataFrame
        One frame per entry of `TABLES`, with its columns, types and row order.
    """
    contacts, frustrations, journeys, customers = (
        _columns(part) for part in (records.contacts, records.frustrations, records.journeys, records.customers)
    )
    journeys["measured"] = journeys["arose_min"] >= timeline.warm_up_min
    in_journey = _positions(journeys, contacts), _positions(journeys, frustrations)
    for part, row in zip((contacts, frustrations), in_journey, strict=True):
        part["measured"] = journeys["measured"][row]
        part["need"] = journeys["need"][row]
    for part in (contacts, frustrations, journeys):
        part["segment"] = population.segment[part["customer"]]
    size, measured = len(population), journeys["measured"]
    buyer, revenue = journeys["customer"][measured], journeys["revenue_eur"][measured]
    customers["customer"] = customers["number"]
    customers["purchases"] = np.bincount(buyer, revenue > 0.0, size)
    customers["revenue_eur"] = np.bincount(buyer, revenue, size)
    customers["frustrations"] = np.bincount(frustrations["customer"][frustrations["measured"]], minlength=size)
    columns = {
        "contacts": contacts,
        "frustrations": frustrations,
        "journeys": journeys,
        "customers": customers,
        "staffing": _staffing(contacts, timeline),
    }
    return {table.name: _frame(table, columns[table.name], timeline, replication) for table in TABLES}


def _columns(rows: np.ndarray[Any, np.dtype[Any]]) -> dict[str, Any]:
    return {name: rows[name] for name in rows.dtype.names or ()}


def _positions(journeys: dict[str, Any], part: dict[str, Any]) -> Any:
    """Row of each part's journey."""
    most = np.int64(journeys["journey"].max(initial=0)) + 1
    keys = journeys["customer"] * most + journeys["journey"]
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], part["customer"] * most + part["journey"])]


def _staffing(contacts: dict[str, Any], timeline: Timeline) -> dict[str, Any]:
    start, end = timeline.warm_up_min, timeline.end_min
    touchpoints = np.arange(len(timeline.names.touchpoints))
    until = np.where(np.isnan(contacts["ended_min"]), end, contacts["ended_min"])
    busy = np.clip(until, start, end) - np.clip(contacts["started_min"], start, end)
    served = ~np.isnan(contacts["started_min"])
    return {
        "touchpoint": touchpoints,
        "rostered_min": [_rostered_min(roster, start, end) for roster in timeline.rosters],
        "busy_min": np.bincount(contacts["touchpoint"][served], busy[served], len(touchpoints)),
    }


def _rostered_min(roster: Sequence[tuple[float, int, bool]], start: float, end: float) -> float:
    """Agent minutes between two instants."""
    if not roster:
        return 0.0
    changes = np.array([minute for minute, *_ in roster] + [10080.0])
    passed = np.concatenate([[0.0], np.cumsum(np.diff(changes) * [agents for _, agents, _ in roster])])

    def until(at: float) -> float:
        weeks, rest = divmod(at, 10080.0)
        return float(weeks * passed[-1] + np.interp(rest, changes, passed))

    return until(end) - until(start)


def _frame(table: Table, columns: dict[str, Any], timeline: Timeline, replication: int) -> pd.DataFrame:
    names = timeline.names
    categories: dict[str, Sequence[str]] = {
        "segment": names.segments,
        "need": names.needs,
        "touchpoint": names.touchpoints,
        "source_touchpoint": names.touchpoints,
        "resolved_at": names.touchpoints,
        "type": [kind.value for kind in FRUSTRATION_TYPES],
        "cause": CAUSES,
        "purpose": PURPOSES,
        "outcome": JOURNEY_OUTCOMES if table.name == "journeys" else CONTACT_OUTCOMES,
    }
    count = len(next(iter(columns.values())))
    built: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "replication":
            built[column.name] = np.full(count, replication, np.int32)
        elif column.dtype == "category":
            codes = np.asarray(columns[column.name]).astype(np.int64)
            built[column.name] = pd.Categorical.from_codes(codes, categories=list(categories[column.name]))
        elif column.dtype == "Int32":
            numbers = np.asarray(columns[column.name]).astype(np.int32)
            built[column.name] = pd.arrays.IntegerArray(numbers, numbers == 0)
        else:
            built[column.name] = np.asarray(columns[column.name]).astype(column.dtype)
    return pd.DataFrame(built).sort_values(list(table.key), ignore_index=True)
