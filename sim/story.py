"""One customer's time in one world as a story to read aloud: what the log says, in sentences, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from sim.errors import ArgumentError
from sim.labels import label, number
from sim.messages import TEXTS, say
from sim.scenario import MINUTES_PER_WEEK, Fact

__all__ = ["story"]

_DAY_MIN = 1440
_SHORTEST_WAIT_MIN = 1.0
"""A shorter wait is not worth a sentence."""

Row = dict[Hashable, Any]


def story(tables: dict[str, pd.DataFrame], customer: int, journeys: int = 4) -> str:
    """Tell what a customer lived through in the measured period, in the language that is spoken now.

    Told are the journeys that cost the customer most, in order of time; the others are summed up in a sentence. Every
    sentence says what a row of a table says: touchpoints, waits, frustrations and what was missing, how contacts and
    journeys ended, and loyalty.

    Parameters
    ----------
    tables : dict of DataFrame
        contacts, frustrations, journeys and customers, of one replication and strategy.
    customer : int
        Number of the customer.
    journeys : int
        How many journeys to tell, at least 1.

    Returns
    -------
    str
        Paragraphs, one per journey and one for the end, with empty lines between them.

    Raises
    ------
    ArgumentError
        No such customer, a number of journeys below 1, or tables of more than one replication or strategy.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> run = sim.run(case, "siloed", replications=1, scale=0.02, progress=False)
    >>> print(story(run.tables, 22).splitlines()[0])  # doctest: +ELLIPSIS
    On ... of week ..., at ..., the customer ...
    """
    if journeys < 1:
        raise ArgumentError(f"journeys must be at least 1, got {journeys}")
    own = {name: tables[name][tables[name]["customer"] == customer] for name in _READ}
    if own["customers"].empty:
        raise ArgumentError(f"customer {customer} does not exist; there are {len(tables['customers'])}, from 0")
    if len(own["customers"]) > 1:
        raise ArgumentError("a story needs the tables of one replication and one strategy, got those of several")
    lived = {name: own[name][own[name]["measured"]] for name in ("journeys", "contacts", "frustrations")}
    needs = lived["journeys"]
    cost = lived["frustrations"].groupby("journey")["severity"].sum().reindex(needs["journey"], fill_value=0.0)
    told = sorted(cost.sort_values(ascending=False, kind="stable").index[:journeys].tolist())
    parts, week = [], -1
    for row in needs[needs["journey"].isin(told)].to_dict("records"):
        visits = lived["contacts"][lived["contacts"]["journey"] == row["journey"]].to_dict("records")
        events = lived["frustrations"][lived["frustrations"]["journey"] == row["journey"]].to_dict("records")
        text, week = _journey(row, visits, events, week)
        parts.append(text)
    rest = cost.drop(told)
    if len(rest):
        key = "story.rest one" if len(rest) == 1 else "story.rest"
        if not rest.any():
            key = "story.rest calm"
        parts.append(say(key, count=len(rest), points=_points(float(rest.sum()))))
    person = own["customers"].to_dict("records")[0]
    parts.append(_end(person, needs, float(cost.sum())))
    return "\n\n".join(parts)


_READ = ("contacts", "frustrations", "journeys", "customers")


def _journey(journey: Row, visits: Sequence[Row], events: Sequence[Row], week: int) -> tuple[str, int]:
    """Tell one journey; returns the text, and the week in which it was last said to be."""
    need = label(str(journey["need"]))
    parts: list[str] = []
    before: Row | None = None
    for visit in visits:
        when = _when(visit["arrived_min"], None if before is None else before["arrived_min"], week)
        week = int(visit["arrived_min"] // MINUTES_PER_WEEK)
        parts.append(say(_opening(visit, before), when=when, place=_place(visit["touchpoint"]), need=need))
        parts += _contact(visit, [event for event in events if event["contact"] == visit["contact"]])
        before = visit
    if journey["outcome"] == "given_up":
        parts.append(say("story.given up"))
    if math.isnan(journey["loyalty"]):
        parts.append(say("story.open"))
    else:
        parts.append(say("story.loyalty", points=_points(journey["loyalty"])))
    return " ".join(part for part in parts if part), week


def _opening(visit: Row, before: Row | None) -> str:
    if before is None:
        return "story.researches" if visit["purpose"] == "research" else "story.begins"
    if before["purpose"] == "research":
        return "story.turns"
    return "story.next" if before["outcome"] == "passed_on" else "story.again"


def _contact(visit: Row, events: Sequence[Row]) -> list[str]:
    """Tell of one visit what happened after it began."""
    started, ended, arrived = visit["started_min"], visit["ended_min"], visit["arrived_min"]
    parts = []
    if started - arrived >= _SHORTEST_WAIT_MIN:
        parts.append(say("story.waits", minutes=_minutes(started - arrived)))
    causes = list(dict.fromkeys((str(event["cause"]), event["source_touchpoint"]) for event in events))
    for cause, source in causes:
        kinds = [
            _known("story.type", str(event["type"]), kind=label(str(event["type"])))
            for event in events
            if (str(event["cause"]), event["source_touchpoint"]) == (cause, source)
        ]
        why = _why(cause, source, visit["touchpoint"])
        parts.append(say("story.lives through", what=_listed(list(dict.fromkeys(kinds))), why=why))
    if visit["purpose"] != "research":
        outcome = str(visit["outcome"])
        spent = 0.0 if math.isnan(ended) else ended - arrived
        parts.append(_known("story.ends", outcome, outcome=label(outcome), minutes=_minutes(spent)))
    return parts


def _why(cause: str, source: Any, here: Any) -> str:
    """What was missing, where it was known, or what else the cause was."""
    if cause not in list(Fact):
        return _known("story.cause", cause, cause=label(cause))
    fact = _known("story.fact", cause, otherwise=label(cause))
    if pd.isna(source):
        return say("story.missing somewhere", fact=fact, here=_place(here))
    if source == here:
        return say("story.missing here", fact=fact, here=_place(here))
    return say("story.missing", fact=fact, source=_place(source), here=_place(here))


def _end(person: Row, needs: pd.DataFrame, cost: float) -> str:
    parts = [] if len(needs) else [say("story.nothing")]
    if not math.isnan(person["left_min"]):
        parts.append(say("story.leaves", when=_when(person["left_min"], None, -1)))
    resolved = int((needs["outcome"] == "resolved").sum())
    sums = {"points": _points(cost), "loyalty": _points(person["loyalty"])}
    parts.append(say("story.end", resolved=resolved, journeys=len(needs), **sums))
    return " ".join(parts)


def _known(key: str, name: str, otherwise: str | None = None, **values: object) -> str:
    """Say what there are own words for, else the general text, else `otherwise`."""
    own = f"{key}.{name}"
    if own in TEXTS:
        return say(own, **values)
    return say(key, **values) if otherwise is None else otherwise


def _place(touchpoint: Any) -> str:
    return _known("story.place", str(touchpoint), touchpoint=label(str(touchpoint)))


def _when(at_min: float, before_min: float | None, week: int) -> str:
    """Say when, as briefly as the last time that was said allows."""
    minute = math.floor(at_min % _DAY_MIN)
    day, time = int(at_min // _DAY_MIN), f"{minute // 60}:{minute % 60:02d}"
    if day * _DAY_MIN // MINUTES_PER_WEEK != week or before_min is None:
        return say("story.week", day=say(f"day.{day % 7}"), week=day // 7, time=time)
    if before_min // _DAY_MIN != day:
        return say("story.on", day=say(f"day.{day % 7}"), time=time)
    return say("story.at", time=time)


def _minutes(minutes: float) -> str:
    return say("story.minutes", count=max(1, round(minutes)))


def _points(points: float) -> str:
    return number(round(points), 12)


def _listed(parts: Sequence[str]) -> str:
    return f" {say('and')} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
