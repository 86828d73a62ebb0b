"""The same networks as scenarios of journeysim, in both engines."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from sim.engines import reference
from sim.engines.log import ABANDONED, Records
from sim.jit import HAS_NUMBA
from sim.parameters import Timeline, timeline
from sim.population import Population, populate
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, Scenario, load
from sim.strategy import schedule

from .competitor import Competitor, Visits
from .network import Network

__all__ = ["CUSTOMERS", "available", "scenario_of"]

CUSTOMERS = 6_000
"""Many enough that a customer hardly ever has two needs at a time, so that needs arrive in a Poisson stream."""


def available() -> list[Competitor]:
    """Both engines, as far as numba is installed."""
    found = [
        Competitor("reference", "journeysim, reference engine (SimPy)", partial(_prepare, reference.simulate), _read)
    ]
    if HAS_NUMBA:
        found.insert(0, Competitor("compiled", "journeysim, compiled engine", partial(_prepare, _compiled), _read))
    return found


def _compiled(plan: Timeline, population: Population) -> Records:
    """A run as comparisons make it: what was written in one is not kept for the next."""
    from sim.engines import compiled  # needs numba

    return compiled.simulate(plan, population, lasting=False)


def scenario_of(network: Network, minutes: float, customers: int = CUSTOMERS) -> Scenario:
    """A scenario with nothing but the network: no facts, no loyalty, no frustration that has consequences.

    A run lasts whole weeks, so the network is slowed down until the duration fills them.
    """
    slower = _slower(minutes)
    per_year = network.needs_per_min / slower * MINUTES_PER_YEAR / customers

    def duration(mean_min: float) -> str:
        return f"{mean_min * slower!r} min"

    services = {
        desk.name: {
            "service_time": {"distribution": "exponential", "mean": duration(desk.service_min)},
            "resolves": desk.resolves,
            "fit": math.log(desk.share),  # logit: shares are proportional to exp(fit)
        }
        for desk in network.desks
    }
    content = {
        "name": network.title,
        "run": {"measured": f"{_weeks(minutes)} weeks"},
        "segments": {
            "all": {
                "customers": customers,
                "needs_per_year": {"need": f"{per_year!r} per year"},
                "patience": duration(network.patience_min),
            }
        },
        "touchpoints": {
            desk.name: {"kind": "self_service"} if desk.agents is None else {"kind": "staffed", "agents": desk.agents}
            for desk in network.desks
        },
        "needs": {"need": {"served_at": services}},
        "behaviour": {
            "choice_spread": 1 if len(network.desks) > 1 else 0,
            "redials": network.redials,
            "redial_after": duration(network.redial_after_min),
            "comes_back": network.comes_back,
            "pause": duration(network.pause_min),
            "max_contacts": 100,
        },
        "strategies": {"only": {}},
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.yaml"
        file.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
        return load(file)


def _weeks(minutes: float) -> int:
    return math.ceil(minutes / MINUTES_PER_WEEK)


def _slower(minutes: float) -> float:
    return _weeks(minutes) * MINUTES_PER_WEEK / minutes


def _prepare(
    simulate: Callable[..., Records], network: Network, minutes: float
) -> Callable[[int], tuple[Records, float]]:
    scenario = scenario_of(network, minutes)
    plan = timeline(schedule(scenario, "only"))
    return lambda seed: (simulate(plan, populate(scenario.document, seed, 0)), _slower(minutes))


def _read(run: tuple[Records, float]) -> Visits:
    records, slower = run
    contacts = records.contacts[~np.isnan(records.contacts["ended_min"])]
    left = np.where(np.isnan(contacts["started_min"]), contacts["ended_min"], contacts["started_min"])
    return Visits(
        contacts["touchpoint"].astype(np.int64),
        contacts["arrived_min"] / slower,
        (left - contacts["arrived_min"]) / slower,
        contacts["outcome"] == ABANDONED,
    )
