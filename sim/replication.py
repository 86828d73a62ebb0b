"""One unit of work: a strategy and replication, from scenario to the little that a comparison needs of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from threading import Event
from typing import Any

import pandas as pd
from pydantic import BaseModel

from sim.kpis import measure
from sim.parameters import names
from sim.scenario import Agents, Decision, Document, OpeningHours, Quantity, Scenario, WeekProfile
from sim.simulation import Engine, replicate
from sim.tables import Columns, frames
from sim.tally import Tally, tally

__all__ = ["Replication", "Unit", "identity", "measured", "simulated"]

_WITHOUT_EFFECT: dict[type[BaseModel], frozenset[str]] = {
    Document: frozenset({"name", "question", "description", "sources", "economics", "expect"}),
    Decision: frozenset({"primary", "confidence"}),
}
_WORDS = frozenset({"label", "catalogue"})


@dataclass(frozen=True)
class Unit:
    """What is to be done: one replication of one strategy.

    Parameters
    ----------
    scenario : Scenario
        In the size in which it is simulated.
    strategy : str
    seed, replication : int
    place : str
        What tells this scenario from others of the same experiment; for messages.
    """

    scenario: Scenario
    strategy: str
    seed: int
    replication: int
    place: str = ""

    def __str__(self) -> str:
        return f"strategy {self.strategy!r}, replication {self.replication}{self.place and f', at {self.place}'}"


@dataclass(frozen=True)
class Replication:
    """What one unit of work of a comparison returns: small enough to send between machines.

    Parameters
    ----------
    strategy : str
    replication : int
    kpis : dict of str to float
        Value of each KPI, NaN where undefined.
    tally : Tally
        The counts and sums behind them and behind figures.
    """

    strategy: str
    replication: int
    kpis: dict[str, float]
    tally: Tally


def measured(unit: Unit, engine: Engine | None = None, stop: Event | None = None) -> Replication:
    """Simulate one replication and keep its KPIs and tally only."""
    tables = replicate(unit.scenario, unit.strategy, unit.seed, unit.replication, engine, stop, lasting=False)
    return _summarised(unit, tables)


def simulated(
    unit: Unit, engine: Engine | None = None, stop: Event | None = None
) -> tuple[dict[str, pd.DataFrame], Replication]:
    """Simulate one replication and keep its tables, too."""
    tables = replicate(unit.scenario, unit.strategy, unit.seed, unit.replication, engine, stop)
    return frames(tables, names(unit.scenario.document), unit.replication), _summarised(unit, tables)


def _summarised(unit: Unit, tables: Columns) -> Replication:
    counted = tally(tables, unit.scenario.document)
    return Replication(unit.strategy, unit.replication, measure(counted, unit.scenario, unit.strategy), counted)


@lru_cache(maxsize=32)
def identity(scenario: Scenario, strategy: str) -> str:
    """SHA-256 of all in a scenario that decides what happens under one strategy, and what is measured.

    Other strategies and levers, words, sources, ranges of numbers, primary KPIs and the confidence have no part in it,
    nor how a number or opening hours are written. Everything else has, the order of names included.
    """
    document = scenario.document
    uses = document.strategies[strategy].levers
    decisive = document.model_copy(
        update={
            "strategies": {strategy: document.strategies[strategy]},
            "levers": {name: document.levers[name] for name in uses},
        }
    )
    return hashlib.sha256(json.dumps(_plain(decisive), separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """What decides about results, as JSON can hold it."""
    if isinstance(value, BaseModel):
        left_out = _WORDS | _WITHOUT_EFFECT.get(type(value), frozenset())
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields if name not in left_out}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Quantity):
        return value.value
    if isinstance(value, OpeningHours):
        return "".join("01"[is_open] for is_open in value.slots)
    if isinstance(value, Agents):
        return [value.roster if value.number is None else value.number.value, value.scale]
    if isinstance(value, WeekProfile):
        return value.hours
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"cannot tell whether {value!r} decides about results")
