"""Competitors in Python: SimPy in two manners, Ciw, salabim."""

from __future__ import annotations

from bisect import bisect
from collections import deque
from collections.abc import Callable, Generator
from importlib.metadata import version
from importlib.util import find_spec
from itertools import accumulate
from random import Random
from typing import Any

from simpy import Environment, Event, Resource

from .competitor import Competitor, Visits, visits_of_rows
from .network import Network

__all__ = ["available"]

_Row = tuple[int, float, float, bool]  # desk, arrived, left the line, abandoned


def available() -> list[Competitor]:
    """Those whose package is installed."""
    simpy_version = f"SimPy {version('simpy')}"
    found = [
        Competitor("SimPy", f"{simpy_version}, textbook: request | timeout", _prepare_simpy, visits_of_rows),
        Competitor("SimPy, own line", f"{simpy_version}, a FIFO line of 15 lines", _prepare_own_line, visits_of_rows),
    ]
    if find_spec("ciw"):
        found.append(Competitor("Ciw", f"Ciw {version('ciw')}", _prepare_ciw, _read_ciw))
    if find_spec("salabim"):
        about = f"salabim {version('salabim')}, generators, no trace, no monitors"
        found.append(Competitor("salabim", about, _prepare_salabim, visits_of_rows))
    return found


class _Luck:
    """Draws of one run."""

    def __init__(self, network: Network, seed: int) -> None:
        self.random = Random(seed).random
        self.exponential = Random(seed + 1).expovariate
        self.network = network
        self.shares = list(accumulate(desk.share for desk in network.desks))[:-1]

    def choice(self) -> int:
        return bisect(self.shares, self.random()) if self.shares else 0

    def after_abandoning(self, here: int) -> tuple[int, float] | None:
        """Next desk and pause; None for giving up."""
        network, u = self.network, self.random()
        if u < network.redials:
            return here, self.exponential(1.0 / network.redial_after_min)
        return self.after_failing() if u < network.redials + network.comes_back else None

    def after_failing(self) -> tuple[int, float]:
        return self.choice(), self.exponential(1.0 / self.network.pause_min)


# --- SimPy ---


def _prepare_simpy(network: Network, minutes: float) -> Callable[[int], list[_Row]]:
    def run(seed: int) -> list[_Row]:
        env, luck, log = Environment(), _Luck(network, seed), []
        desks = [None if desk.agents is None else Resource(env, desk.agents) for desk in network.desks]

        def customer() -> Generator[Event, Any, None]:
            here = luck.choice()
            while True:
                desk, line = network.desks[here], desks[here]
                arrived = env.now
                if line is None:
                    log.append((here, arrived, arrived, False))
                    yield env.timeout(luck.exponential(1.0 / desk.service_min))
                    served = True
                else:
                    with line.request() as request:
                        answer = yield request | env.timeout(luck.exponential(1.0 / network.patience_min))
                        served = request in answer
                        log.append((here, arrived, env.now, not served))
                        if served:
                            yield env.timeout(luck.exponential(1.0 / desk.service_min))
                if served and luck.random() < desk.resolves:
                    return
                following = luck.after_failing() if served else luck.after_abandoning(here)
                if following is None:
                    return
                here, pause = following
                yield env.timeout(pause)

        return _let_pass(env, luck, customer, minutes, log)

    return run


def _prepare_own_line(network: Network, minutes: float) -> Callable[[int], list[_Row]]:
    def run(seed: int) -> list[_Row]:
        env, luck, log = Environment(), _Luck(network, seed), []
        free = [desk.agents for desk in network.desks]
        lines: list[deque[Event]] = [deque() for _ in network.desks]

        def customer() -> Generator[Event, Any, None]:
            here = luck.choice()
            while True:
                desk, line = network.desks[here], lines[here]
                arrived, served = env.now, True
                if free[here] is not None:
                    if free[here] > 0:
                        free[here] -= 1
                    else:  # only those who wait need a timer
                        turn = env.event()
                        line.append(turn)
                        yield turn | env.timeout(luck.exponential(1.0 / network.patience_min))
                        served = turn.triggered
                        if not served:
                            line.remove(turn)
                log.append((here, arrived, env.now, not served))
                if served:
                    yield env.timeout(luck.exponential(1.0 / desk.service_min))
                    if line:
                        line.popleft().succeed()
                    elif free[here] is not None:
                        free[here] += 1
                    if luck.random() < desk.resolves:
                        return
                following = luck.after_failing() if served else luck.after_abandoning(here)
                if following is None:
                    return
                here, pause = following
                yield env.timeout(pause)

        return _let_pass(env, luck, customer, minutes, log)

    return run


def _let_pass(
    env: Environment, luck: _Luck, customer: Callable[[], Generator[Event, Any, None]], minutes: float, log: list[_Row]
) -> list[_Row]:
    def arrivals() -> Generator[Event, Any, None]:
        while True:
            yield env.timeout(luck.exponential(luck.network.needs_per_min))
            env.process(customer())

    env.process(arrivals())
    env.run(until=minutes)
    return log


# --- Ciw ---


def _prepare_ciw(network: Network, minutes: float) -> Callable[[int], Any]:
    """Nodes, counted from 1: the desks, then the redials of each desk, then the pause after failing; -1 is leaving."""
    import ciw

    desks, count = network.desks, len(network.desks)
    pause = 2 * count + 1
    shares = [desk.share for desk in desks]

    class Desk(ciw.routing.Probabilistic):  # type: ignore[misc]
        """Who was served in vain pauses; who abandons redials, pauses or leaves."""

        def __init__(self, redial: int, resolves: float) -> None:
            super().__init__(destinations=[pause], probs=[1.0 - resolves])
            shares = [network.redials, network.comes_back]
            self.abandoning = ciw.routing.Probabilistic(destinations=[redial, pause], probs=shares)

        def initialise(self, simulation: Any, node: Any) -> None:
            super().initialise(simulation, node)
            self.abandoning.initialise(simulation, node)

        def next_node_for_jockeying(self, ind: Any) -> Any:
            return self.abandoning.next_node(ind)

    described = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(network.needs_per_min * share) for share in shares]
        + [None] * (count + 1),
        service_distributions=[ciw.dists.Exponential(1.0 / desk.service_min) for desk in desks]
        + [ciw.dists.Exponential(1.0 / (network.redial_after_min or 1.0))] * count
        + [ciw.dists.Exponential(1.0 / (network.pause_min or 1.0))],
        number_of_servers=[float("inf") if desk.agents is None else desk.agents for desk in desks]
        + [float("inf")] * (count + 1),
        reneging_time_distributions=[
            None if desk.agents is None else ciw.dists.Exponential(1.0 / network.patience_min) for desk in desks
        ]
        + [None] * (count + 1),
        routing=ciw.routing.NetworkRouting(
            routers=[
                *(Desk(count + 1 + j, desk.resolves) for j, desk in enumerate(desks)),
                *(ciw.routing.Direct(to=1 + j) for j in range(count)),
                ciw.routing.Probabilistic(destinations=list(range(1, count + 1)), probs=shares),
            ]
        ),
    )

    def run(seed: int) -> Any:
        ciw.seed(seed)
        simulation = ciw.Simulation(described)
        simulation.simulate_until_max_time(minutes)
        return count, simulation.get_all_records()

    return run


def _read_ciw(run: tuple[int, list[Any]]) -> Visits:
    count, records = run
    return visits_of_rows(
        (
            record.node - 1,
            record.arrival_date,
            record.arrival_date + record.waiting_time,
            record.record_type == "renege",
        )
        for record in records
        if record.node <= count
    )


# --- salabim ---


def _prepare_salabim(network: Network, minutes: float) -> Callable[[int], list[_Row]]:
    import salabim

    salabim.yieldless(False)

    class Customer(salabim.Component):  # type: ignore[misc]
        def setup(self, luck: _Luck, desks: list[Any], log: list[_Row]) -> None:
            self.luck, self.desks, self.log = luck, desks, log

        def process(self) -> Generator[Any, Any, None]:
            luck, here = self.luck, self.luck.choice()
            while True:
                desk, line = network.desks[here], self.desks[here]
                arrived, served = self.env.now(), True
                if line is not None:
                    yield self.request(line, fail_delay=luck.exponential(1.0 / network.patience_min))
                    served = not self.failed()
                self.log.append((here, arrived, self.env.now(), not served))
                if served:
                    yield self.hold(luck.exponential(1.0 / desk.service_min))
                    if line is not None:
                        self.release()
                    if luck.random() < desk.resolves:
                        return
                following = luck.after_failing() if served else luck.after_abandoning(here)
                if following is None:
                    return
                here, pause = following
                yield self.hold(pause)

    class Arrivals(salabim.Component):  # type: ignore[misc]
        def setup(self, luck: _Luck, desks: list[Any], log: list[_Row]) -> None:
            self.given = {"luck": luck, "desks": desks, "log": log}

        def process(self) -> Generator[Any, Any, None]:
            while True:
                yield self.hold(self.given["luck"].exponential(network.needs_per_min))
                Customer(**self.given)

    def run(seed: int) -> list[_Row]:
        env = salabim.Environment(trace=False)
        log: list[_Row] = []
        desks = [
            None if desk.agents is None else salabim.Resource(desk.name, capacity=desk.agents, monitor=False)
            for desk in network.desks
        ]
        Arrivals(luck=_Luck(network, seed), desks=desks, log=log)
        env.run(till=minutes)
        return log

    return run
