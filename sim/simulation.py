"""One replication of one strategy, from scenario to tables."""

from __future__ import annotations

import pandas as pd

from typing import Literal

from sim.engines import reference
from sim.errors import ArgumentError
from sim.jit import HAS_NUMBA
from sim.parameters import timeline
from sim.population import populate
from sim.scenario import Scenario
from sim.strategy import schedule
from sim.tables import frames

__all__ = ["Engine", "engine_name", "simulate"]

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


def simulate(
    scenario: Scenario, strategy: str, seed: int, replication: int, engine: Engine | None = None
) -> dict[str, pd.DataFrame]:
    """Simulate one replication.

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

    Returns
    -------
    dict of str to DataFrame
        The tables of `sim.tables.TABLES`.
    """
    plan = timeline(schedule(scenario, strategy))
    population = populate(scenario.document, seed, replication)
    if engine_name(engine) == "reference":
        return frames(reference.simulate(plan, population), plan, population, replication)
    from sim.engines import compiled  # needs numba

    return frames(compiled.simulate(plan, population), plan, population, replication)
