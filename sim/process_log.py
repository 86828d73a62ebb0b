"""What a run hands to process-mining tools: one row per event, with real dates.

A case is a journey, that is all contacts of a customer for one need. Its events are the need itself, per contact the
arrival, the start of service and the end, frustrations at the moment they happen, and the end of the journey. Every
column is described in `COLUMNS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import ArgumentError
from sim.experiment import RunResult
from sim.scenario.calendar import DAYS

__all__ = ["COLUMNS", "START", "LogColumn", "as_csv", "as_xes", "event_log", "monday"]

START = "2026-01-05"
"""The first Monday of 2026: an arbitrary date for Monday of week 0, which exists in no calendar."""


@dataclass(frozen=True)
class LogColumn:
    """One column of the event log: its unit, how the XES standard calls it where it does, what it says."""

    name: str
    unit: str
    xes: str
    meaning: str

    def __str__(self) -> str:
        names = [part for part in (self.unit, self.xes and f"XES {self.xes}") if part]
        return f"{self.name}: {self.meaning}" + (f" [{', '.join(names)}]" if names else "")


COLUMNS = (
    LogColumn("case_id", "", "case:concept:name", "the journey, as replication-customer-journey"),
    LogColumn(
        "activity",
        "",
        "concept:name",
        "what happens: need, research, service, frustration or journey end; after a colon the need, the touchpoint, "
        "the frustration type or the outcome",
    ),
    LogColumn(
        "timestamp",
        "",
        "time:timestamp",
        "when, ISO 8601 in local time without daylight saving, rounded to microseconds; Monday 00:00 of week 0 is the "
        "start date",
    ),
    LogColumn(
        "lifecycle",
        "",
        "lifecycle:transition",
        "of research and service: schedule (arrival), start, complete, abandon (left unserved; in XES withdraw); "
        "complete for all that has no duration",
    ),
    LogColumn(
        "resource", "", "org:resource", "touchpoint of contacts and frustrations; empty for need and journey end"
    ),
    LogColumn("strategy", "", "", "strategy that was simulated"),
    LogColumn("replication", "", "", "number of the replication, from 0"),
    LogColumn("customer", "", "", "number of the customer, from 0; the same person in every strategy"),
    LogColumn("segment", "", "", "segment of the customer"),
    LogColumn("journey", "", "", "number of the journey of this customer, from 1"),
    LogColumn("need", "", "", "what the journey is about"),
    LogColumn("parent", "", "", "journey of this customer that caused the need; empty for base needs"),
    LogColumn("measured", "", "", "the need arose after the warm-up"),
    LogColumn("contact", "", "", "number of the contact in the journey, from 1; empty for need and journey end"),
    LogColumn("department", "", "", "hand-overs in the journey before this contact"),
    LogColumn(
        "outcome", "", "", "last event of a contact or journey: how it ended; unfinished ones have no such event"
    ),
    LogColumn("waited_min", "min", "", "start of service, or leaving unserved: how long it took until then"),
    LogColumn("served_min", "min", "", "end of a contact that was served: how long service took"),
    LogColumn("experience", "points 0-100", "", "end of a contact or journey: how it felt"),
    LogColumn("frustration_type", "", "", "frustration: its type"),
    LogColumn("cause", "", "", "frustration: a fact that was not visible, or another cause"),
    LogColumn("source_touchpoint", "", "", "frustration: where the missing fact was known"),
    LogColumn("severity", "points 0-100", "", "frustration: points of experience it cost"),
    LogColumn("satisfaction", "points 0-100", "", "journey end: satisfaction"),
    LogColumn("loyalty", "points 0-100", "", "journey end: loyalty afterwards"),
    LogColumn("revenue_eur", "EUR", "", "journey end: revenue of a purchase, else 0"),
    LogColumn("margin_eur", "EUR", "", "journey end: its contribution margin before cost to serve, else 0"),
)
"""Columns of the event log, in their order."""

_NEED, _ARRIVAL, _START, _FRUSTRATION, _END, _JOURNEY_END = range(6)
"""Order of events of one contact that happen at the same instant."""
_LAST_CONTACT = np.iinfo(np.int64).max
_KEY = ["replication", "customer", "journey"]
_OF_CASE = ("case_id", "strategy", *_KEY, "segment", "need", "parent", "measured")
_ISO = "%Y-%m-%dT%H:%M:%S.%f"


def event_log(run: RunResult, start: str | date = START, warm_up: bool = False) -> pd.DataFrame:
    """Turn the tables of a run into an event log.

    Parameters
    ----------
    run : RunResult
        With tables, as ``sim.run`` gives it by default.
    start : str or date
        Date of Monday of week 0, as ``2026-01-05``; has to be a Monday, so that weekdays are right.
    warm_up : bool
        Also journeys whose need arose in the warm-up, which no KPI counts.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; ordered by case, and within a case by time and what must come first.

    Raises
    ------
    ArgumentError
        `start` is no date or no Monday, or the run kept no tables.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> run = sim.run(case, "siloed", replications=1, scale=0.02, progress=False)
    >>> log = sim.event_log(run, start="2026-01-05")
    >>> log["activity"].iloc[0].split(":")[0], bool(log["case_id"].nunique() == run.journeys["measured"].sum())
    ('need', True)
    """
    first = np.datetime64(monday(start), "us")
    journeys = run.journeys if warm_up else run.journeys[run.journeys["measured"]]
    contacts = run.contacts if warm_up else run.contacts[run.contacts["measured"]]
    frustrations = run.frustrations if warm_up else run.frustrations[run.frustrations["measured"]]
    frustrations = frustrations[frustrations["journey"] > 0]  # those of messages belong to no case
    parts = [_needs(journeys), *_contacts(contacts), _frustrations(frustrations), _ends(journeys)]
    log = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    log = log.sort_values([*_KEY, "_contact", "_at", "_order"], kind="stable", ignore_index=True)
    replication, customer, journey = (log[name].astype("str") for name in _KEY)
    log["case_id"] = replication + "-" + customer + "-" + journey
    log["strategy"] = run.strategy
    log["timestamp"] = first + _microseconds(log["_at"].to_numpy(np.float64))
    shared = journeys[[*_KEY, "parent"]]
    log = log.merge(shared, on=_KEY, how="left", validate="many_to_one")
    return log.reindex(columns=[column.name for column in COLUMNS])


def as_csv(log: pd.DataFrame) -> str:
    """Write an event log as CSV: comma, point, UTF-8, empty for missing, timestamps as ISO 8601."""
    return str(log.to_csv(index=False, lineterminator="\n", date_format=_ISO))


def as_xes(log: pd.DataFrame) -> str:
    """Write an event log as XES (IEEE 1849-2016), with what all events of a case share at its trace."""
    root = ElementTree.Element("log", {"xes.version": "1849-2016", "xes.features": ""})
    for name, prefix in (
        ("Concept", "concept"),
        ("Time", "time"),
        ("Organizational", "org"),
        ("Lifecycle", "lifecycle"),
    ):
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        ElementTree.SubElement(root, "extension", {"name": name, "prefix": prefix, "uri": uri})
    keys = {column.name: column.xes.removeprefix("case:") or column.name for column in COLUMNS}
    shared = [column.name for column in COLUMNS if column.name in _OF_CASE]
    own = [column.name for column in COLUMNS if column.name not in _OF_CASE]
    written = log.assign(
        timestamp=log["timestamp"].dt.strftime(_ISO), lifecycle=log["lifecycle"].replace("abandon", "withdraw")
    )
    for _, events in written.groupby("case_id", sort=False):
        rows = events.to_dict("records")
        trace = ElementTree.SubElement(root, "trace")
        _attributes(trace, {keys[name]: rows[0][name] for name in shared})
        for row in rows:
            _attributes(ElementTree.SubElement(trace, "event"), {keys[name]: row[name] for name in own})
    ElementTree.indent(root, "")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _attributes(parent: ElementTree.Element, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if pd.isna(value):
            continue
        kind, text = "string", str(value)
        if key == "time:timestamp":
            kind = "date"
        elif isinstance(value, bool | np.bool_):
            kind, text = "boolean", text.lower()
        elif isinstance(value, int | np.integer):
            kind = "int"
        elif isinstance(value, float):
            kind = "float"
        ElementTree.SubElement(parent, kind, {"key": key, "value": text})


def monday(start: str | date) -> date:
    """Read a start date; raise ArgumentError unless it is a Monday."""
    try:
        day = start if isinstance(start, date) else date.fromisoformat(start)
    except ValueError:
        raise ArgumentError(f"start must be a date such as {START}, got {start!r}") from None
    if day.weekday() != 0:
        raise ArgumentError(
            f"start must be a Monday, for the run begins on one; {day.isoformat()} is a {DAYS[day.weekday()]}"
        )
    return day


def _microseconds(at_min: npt.NDArray[np.float64]) -> npt.NDArray[np.timedelta64]:
    """Minutes as durations; an instant keeps its microsecond whatever the size of the number."""
    whole = np.floor(at_min)
    counted = whole.astype(np.int64) * 60_000_000 + np.rint((at_min - whole) * 60e6).astype(np.int64)
    return counted.astype("timedelta64[us]")


def _rows(table: pd.DataFrame, at: str, order: int, activity: pd.Series[str], **more: Any) -> pd.DataFrame:
    """Events of one kind, with what all events of a journey have."""
    names = table[[*_KEY, "segment", "need", "measured"]].astype({"segment": "str", "need": "str"})
    contact = table["contact"] if "contact" in table else pd.Series(pd.NA, table.index)
    around = 0 if order == _NEED else _LAST_CONTACT
    return names.assign(
        _at=table[at],
        _order=order,
        _contact=contact.fillna(around).astype("int64") if "contact" in table else around,
        contact=contact.astype("Int64"),
        activity=activity,
        **({"lifecycle": "complete"} | more),
    )


def _needs(journeys: pd.DataFrame) -> pd.DataFrame:
    return _rows(journeys, "arose_min", _NEED, "need: " + journeys["need"].astype("str"))


def _contacts(contacts: pd.DataFrame) -> list[pd.DataFrame]:
    """Arrivals, starts of service and ends."""

    def events(rows: pd.DataFrame, at: str, order: int, **more: Any) -> pd.DataFrame:
        place = rows["touchpoint"].astype("str")
        activity = rows["purpose"].astype("str") + ": " + place
        return _rows(rows, at, order, activity, resource=place, department=rows["department"].astype("Int64"), **more)

    served = contacts["started_min"].notna()
    begun, ended = contacts[served], contacts[contacts["ended_min"].notna()]
    unserved = ended["started_min"].isna()
    return [
        events(contacts, "arrived_min", _ARRIVAL, lifecycle="schedule"),
        events(begun, "started_min", _START, lifecycle="start", waited_min=begun["started_min"] - begun["arrived_min"]),
        events(
            ended,
            "ended_min",
            _END,
            lifecycle=np.where(unserved, "abandon", "complete"),
            outcome=ended["outcome"].astype("str"),
            waited_min=(ended["ended_min"] - ended["arrived_min"]).where(unserved),
            served_min=ended["ended_min"] - ended["started_min"],
            experience=ended["experience"],
        ),
    ]


def _frustrations(frustrations: pd.DataFrame) -> pd.DataFrame:
    kind = frustrations["type"].astype("str")
    return _rows(
        frustrations,
        "at_min",
        _FRUSTRATION,
        "frustration: " + kind,
        resource=frustrations["touchpoint"].astype("str"),
        frustration_type=kind,
        cause=frustrations["cause"].astype("str"),
        source_touchpoint=frustrations["source_touchpoint"].astype("object"),
        severity=frustrations["severity"],
    )


def _ends(journeys: pd.DataFrame) -> pd.DataFrame:
    over = journeys[journeys["ended_min"].notna()]
    values = {name: over[name] for name in ("experience", "satisfaction", "loyalty", "revenue_eur", "margin_eur")}
    outcome = over["outcome"].astype("str")
    return _rows(over, "ended_min", _JOURNEY_END, "journey end: " + outcome, outcome=outcome, **values)
