"""One replication of one strategy, from scenario to tables."""

from __future__ import annotations

from functools import lru_cache
from threading import Event, Lock
from typing import Literal

import pandas as pd

from sim.engines import reference
from sim.errors import ArgumentError
from sim.jit import HAS_NUMBA
from sim.parameters import Timeline, names, timeline
from sim.population import Population, populate
from sim.scenario import Scenario
from sim.strategy import schedule
from sim.tables import Columns, columns, frames

__all__ = ["KEPT_POPULATIONS", "Engine", "engine_name", "replicate", "simulate"]

KEPT_POPULATIONS = 4
"""How many populations are kept, each for all strategies of a replication."""
_PLANNING = Lock()

Engine = Literal["compiled", "reference"]


def engine_name(engine: Engine | None) -> Engine:
    """The engine to use: the one asked for, else the compiled one where numba is installed."""
    if engine is None:
        return "compiled" if HAS_NUMBA else "reference"
    if engine not in ("compiled", "reference"):
        raise ArgumentError(f"engine: expected 'compiled' or 'reference', got {engine!r}")
    if engine == "compiled" and not HAS_NUMBA:
        raise ArgumentError("engine: 'compiled' needs numba; install it, or use 'reference'")
    return engine


def _plan(scenario: Scenario, strategy: str) -> Timeline:
    """Timeline of a strategy; threads that ask for it at the same time wait for the one that makes it."""
    with _PLANNING:
        return _planned(scenario, strategy)


@lru_cache(maxsize=8)
def _planned(scenario: Scenario, strategy: str) -> Timeline:
    """Timeline of a strategy, kept while its replications run."""
    return timeline(schedule(scenario, strategy))


@lru_cache(maxsize=KEPT_POPULATIONS)
def _population(scenario: Scenario, seed: int, replication: int) -> Population:
    """Population of a replication, kept for the other strategies."""
    return populate(scenario.document, seed, replication)


def replicate(
    scenario: Scenario,
    strategy: str,
    seed: int,
    replication: int,
    engine: Engine | None = None,
    stop: Event | None = None,
    *,
    lasting: bool = True,
) -> Columns:
    """Simulate one replication, with tables as arrays.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Name of one of its strategies.
    seed : int
        Root of all luck; the same in every strategy that is to be compared.
    replication : int
        Number of the replication, from 0.
    engine : {"compiled", "reference"}, optional
        Both give identical tables; the compiled one is the default where numba is installed.
    stop : threading.Event, optional
        Ends a compiled run that another thread no longer wants, with KeyboardInterrupt.
    lasting : bool
        Whether the tables are to last; if not, the next run of this thread may overwrite them.

    Returns
    -------
    Columns
        See `sim.tables.columns`.
    """
    plan = _plan(scenario, strategy)
    population = _population(scenario, seed, replication)
    if engine_name(engine) == "reference":
        return columns(reference.simulate(plan, population), plan)
    from sim.engines import compiled  # needs numba

    return columns(compiled.simulate(plan, population, stop, lasting=lasting), plan)


def simulate(
    scenario: Scenario, strategy: str, seed: int, replication: int, engine: Engine | None = None
) -> dict[str, pd.DataFrame]:
    """Simulate one replication; as `replicate`, with tables as documented frames.

    Returns
    -------
    dict of str to DataFrame
        The tables of `sim.tables.TABLES`.
    """
    tables = replicate(scenario, strategy, seed, replication, engine)
    return frames(tables, names(scenario.document), replication)
