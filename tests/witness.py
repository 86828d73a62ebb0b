"""The engines that have to write identical logs, and the one that exists for tests only.

Add an engine to `ENGINES`, and every test that takes an `engine` holds it to the others.
"""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import pandas as pd
from simpy import Environment, Event, Resource
from simpy.resources.resource import Request

from sim.engines import reference
from sim.engines.line import PATIENCE_END, STARTED, later
from sim.engines.log import ABANDONED, TURNED_AWAY, Records
from sim.jit import HAS_NUMBA
from sim.parameters import Timeline, timeline
from sim.population import Population, populate
from sim.scenario import Scenario
from sim.strategy import schedule
from sim.tables import columns, frames

Engine = Callable[[Timeline, Population], Records]
Tables = dict[str, pd.DataFrame]


class StockLine:
    """`sim.engines.line.Line` once more, in the textbook manner: SimPy's own Resource, ``request | patience``."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.desk = Resource(env, capacity=1)
        self.desk._capacity = 0  # the constructor wants at least one agent
        self.closing = Event(env)
        self.requests: dict[int, Request] = {}

    def enter(self, who: int, patience_min: float) -> Event | None:
        request = self.requests[who] = self.desk.request()
        return None if request.triggered else self.env.process(self._wait(who, request, patience_min))

    def leave(self, who: int) -> None:
        self.desk.release(self.requests.pop(who))

    def staff(self, agents: int, is_open: bool) -> None:
        self.desk._capacity = agents
        if not is_open:
            self.closing.succeed()
            self.closing = Event(self.env)
            return
        for _ in range(agents):  # one call serves the head of the queue only
            self.desk._trigger_put(None)

    def _wait(self, who: int, request: Request, patience_min: float) -> Generator[Event, Any, int]:
        closing = self.closing
        yield self.env.any_of([request, closing, later(self.env, patience_min, PATIENCE_END, who)])
        if request.triggered:
            return STARTED
        request.cancel()
        del self.requests[who]
        return TURNED_AWAY if closing.triggered else ABANDONED


ENGINES: dict[str, Engine] = {
    "reference": reference.simulate,
    "stock_resource": partial(reference.simulate, line=StockLine),
}
if HAS_NUMBA:
    from sim.engines import compiled

    ENGINES["compiled"] = compiled.simulate
FASTEST = "compiled" if HAS_NUMBA else "reference"


def simulate(
    scenario: Scenario, strategy: str | None = None, seed: int = 1, replication: int = 0, engine: str = "reference"
) -> Tables:
    """The tables of one replication, written by a given engine."""
    plan = timeline(schedule(scenario, strategy or scenario.strategies[0]))
    return tables(engine, plan, populate(scenario.document, seed, replication), replication)


def tables(engine: str, plan: Timeline, population: Population, replication: int = 0) -> Tables:
    """What a given engine makes of a timeline and a population."""
    return frames(columns(ENGINES[engine](plan, population), plan), plan.names, replication)


def assert_identical(left: Tables, right: Tables) -> None:
    """Every field of every row of every table."""
    assert left.keys() == right.keys()
    for name, table in left.items():
        pd.testing.assert_frame_equal(table, right[name], check_exact=True, obj=name)
