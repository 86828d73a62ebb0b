"""The shipped case at the sizes that matter in practice: workshop, comparison, tables, memory, start-up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import sim
from sim.engines import compiled, reference
from sim.engines.log import Records
from sim.parameters import Timeline, names, timeline
from sim.population import Population, populate
from sim.scenario import Scenario
from sim.strategy import schedule
from sim.tables import columns, frames

__all__ = [
    "CASE",
    "Measurement",
    "comparisons",
    "journey_model",
    "levers",
    "million",
    "replications",
    "scaling",
    "start_up",
    "year",
]

CASE = Path(__file__).parents[2] / "scenarios" / "shoe_retailer.yaml"
STRATEGIES = ("siloed", "integrated")
WORKSHOP_CUSTOMERS = 1_000
SEED = 1


@dataclass(frozen=True)
class Measurement:
    """One measured number."""

    name: str
    value: float
    unit: str
    note: str = ""


def journey_model(rounds: int, scale: float) -> list[Measurement]:
    """Contacts per second of both engines, population included, in alternating rounds."""
    case = _case(scale)
    runs = {"compiled": _run(case, compiled.simulate), "reference": _run(case, reference.simulate)}
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    runs["compiled"]()
    for _ in range(rounds):
        for name, run in runs.items():
            records, elapsed = _processor_time(run)
            speeds[name].append(len(records.contacts) / elapsed)
    ratios = [fast / slow for fast, slow in zip(speeds["compiled"], speeds["reference"], strict=True)]
    size = f"{CASE.stem}, scale {scale:g}, {len(records.contacts):,} contacts"
    return [
        *(Measurement(f"{name} engine", median(each), "contacts/s", size) for name, each in speeds.items()),
        Measurement(
            "compiled against reference", median(ratios), "times as fast", f"{min(ratios):.0f} to {max(ratios):.0f}"
        ),
    ]


def comparisons(rounds: int, standard: bool) -> list[Measurement]:
    """Wall time of `sim.compare` when everything is warm; beside it processor time, for others may use the machine."""
    workshop = _case(WORKSHOP_CUSTOMERS / _customers(sim.load(CASE)))
    short = workshop.change({"run.warm_up": "0 weeks"})
    found = []
    for name, case in (("workshop", short), ("workshop with warm-up", workshop)):
        _compare(case, 2)
        times, processor = zip(*(_both_times(lambda case=case: _compare(case, 20)) for _ in range(rounds)), strict=True)
        weeks = (float(case.document.run.warm_up) + float(case.document.run.measured)) / 10_080.0
        size = f"{WORKSHOP_CUSTOMERS:,} customers, {weeks:.0f} weeks, 20 replications, 2 strategies"
        about = f"{size}; best {min(times):.3g} s, processor {min(processor):.3g} s"
        found.append(Measurement(name, median(times), "s", about))
    if standard:
        case = _case(1.0)
        times, processor = zip(
            *(_both_times(lambda: _compare(case, 20)) for _ in range(max(1, rounds // 2))), strict=True
        )
        about = (
            f"{CASE.stem} at its real size, 20 replications, 2 strategies;"
            f" best {min(times):.3g} s, processor {min(processor):.3g} s"
        )
        found.append(Measurement("standard comparison", median(times), "s", about))
    return found


def million(contacts: int) -> list[Measurement]:
    """Memory, and the way to DataFrames, of one replication of about that many contacts."""
    once = _run(_case(0.1), compiled.simulate)()
    case = _case(0.1 * contacts / len(once.contacts))
    plan, population = _prepared(case)
    records = compiled.simulate(plan, population)
    count = len(records.contacts)
    tables: dict[str, Any] = {}

    def to_frames() -> None:
        tables.update(frames(columns(records, plan), names(case.document), 0))

    tables_s = median(_processor_time(to_frames)[1] for _ in range(3))
    logs = (records.contacts, records.frustrations, records.journeys)
    rows = {"contacts": records.contacts, "frustrations": records.frustrations, "journeys": records.journeys}
    shares = ", ".join(f"{name} {len(table) / count:.2f} × {table.itemsize} B" for name, table in rows.items())
    return [
        Measurement("a contact in memory", records.contacts.itemsize, "bytes", "one row of the log"),
        Measurement("the whole log per contact", sum(log.nbytes for log in logs) / count, "bytes", shares),
        Measurement(
            "tables as DataFrames", tables_s / count * 1e6, "s per million contacts", f"all five, {count:,} contacts"
        ),
    ]


def scaling(customers: tuple[int, ...], weeks: int) -> list[Measurement]:
    """Processor time per contact as the company grows, on a short horizon.

    Runs follow each other as in a comparison, which writes into the same memory again; the first one, for which the
    system has to clear memory, stands beside them.
    """
    found = []
    for count in customers:
        case = _case(count / _customers(sim.load(CASE)))
        case = case.change({"run.warm_up": "0 weeks", "run.measured": f"{weeks} weeks"})
        plan, population = _prepared(case)
        records, first_s = _processor_time(lambda p=plan, d=population: compiled.simulate(p, d, lasting=False))
        contacts, draws, runs = len(records.contacts), [], []
        for _ in range(max(3, 30_000 // count)):
            population, draw_s = _processor_time(lambda c=case: populate(c.document, SEED, 0))
            _, run_s = _processor_time(lambda p=plan, d=population: compiled.simulate(p, d, lasting=False))
            draws.append(draw_s / contacts * 1e9)
            runs.append(run_s / contacts * 1e9)
        about = (
            f"population {median(draws):.0f} ns of it; fresh memory {first_s / contacts * 1e9 - median(runs):+.0f} ns"
        )
        found.append(Measurement(f"{count:,} customers", median(draws) + median(runs), "ns per contact", about))
    return found


def year(customers: int) -> list[Measurement]:
    """A large company over a year in a process of its own: time, and the most memory that it took."""
    scale = customers / _customers(sim.load(CASE))
    program = (
        f"import resource, sys, time, sim; case = sim.load({str(CASE)!r}).change({{'run.warm_up': '0 weeks'}});"
        "begin = time.process_time();"
        f"run = sim.run(case, {STRATEGIES[0]!r}, replications=1, scale={scale!r}, collect='kpis', executor='serial',"
        " progress=False);"
        "elapsed = time.process_time() - begin;"
        "most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024);"
        "print(elapsed, most, run.aggregates['flows']['count'].sum())"
    )
    paths = os.pathsep.join([str(CASE.parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    elapsed, most, contacts = map(float, done.stdout.split())
    about = f"processor time, {contacts:,.0f} contacts, KPIs included"
    return [
        Measurement(f"{customers:,} customers, a year", elapsed, "s", about),
        Measurement("memory it takes", most / 1e9, "GB", "of the whole process"),
    ]


def replications(counts: tuple[int, ...], threads: tuple[int, ...]) -> list[Measurement]:
    """Wall time per replication and strategy of a workshop comparison."""
    case = _case(WORKSHOP_CUSTOMERS / _customers(sim.load(CASE)))
    found = []
    for workers in threads:
        _compare(case, 2, workers)
        for count in counts:
            elapsed = min(_wall_time(lambda n=count, w=workers: _compare(case, n, w)) for _ in range(2))
            name = f"{count} replications, {workers} thread{'s' if workers > 1 else ''}"
            found.append(Measurement(name, elapsed / count / len(STRATEGIES) * 1e3, "ms per replication"))
    return found


def levers(rounds: int, scale: float) -> list[Measurement]:
    """Processor time per contact of the strategies of the case, from no lever to all."""
    case = _case(scale)
    found = []
    for strategy in case.strategies:
        run = _run(case, compiled.simulate, strategy)
        run()
        times = [_processor_time(run) for _ in range(rounds)]
        each_ns = [elapsed / len(records.contacts) * 1e9 for records, elapsed in times]
        count = len(case.document.strategies[strategy].levers)
        found.append(Measurement(strategy, median(each_ns), "ns per contact", f"{count} levers"))
    return found


def start_up() -> list[Measurement]:
    """Wall time of a new process that runs one small replication, without and with compiled code on disk."""
    program = (
        f"import sim; case = sim.load({str(CASE)!r});"
        f"sim.run(case, {STRATEGIES[0]!r}, replications=1, scale=0.02, progress=False, executor='serial')"
    )
    with tempfile.TemporaryDirectory() as cache:
        paths = os.pathsep.join([str(CASE.parents[1]), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "XDG_CACHE_HOME": cache, "PYTHONPATH": paths}

        def process(code: str = program) -> None:
            subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)

        cold, warm, imports = _wall_time(process), _wall_time(process), _wall_time(lambda: process("import sim"))
    return [
        Measurement("first process ever", cold, "s", "compiles"),
        Measurement(
            "every later process", warm, "s", f"compiled code from the cache; {imports:.2g} s of it import sim"
        ),
    ]


def _case(scale: float) -> Scenario:
    case = sim.load(CASE)
    return case if scale == 1.0 else case.scaled(scale)


def _customers(case: Scenario) -> float:
    return sum(float(segment.customers) for segment in case.document.segments.values())


def _prepared(case: Scenario, strategy: str = STRATEGIES[0]) -> tuple[Timeline, Population]:
    return timeline(schedule(case, strategy)), populate(case.document, SEED, 0)


def _run(
    case: Scenario, simulate: Callable[[Timeline, Population], Records], strategy: str = STRATEGIES[0]
) -> Callable[[], Records]:
    plan = timeline(schedule(case, strategy))
    return lambda: simulate(plan, populate(case.document, SEED, 0))


def _compare(case: Scenario, count: int, workers: int | None = None) -> None:
    seed = time.perf_counter_ns() % 1_000_000_000  # new luck each time, so that nothing can have been kept
    sim.compare(case, list(STRATEGIES), replications=count, seed=seed, executor=workers, store=False, progress=False)


def _wall_time(task: Callable[[], Any]) -> float:
    gc.collect()
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def _both_times(task: Callable[[], Any]) -> tuple[float, float]:
    """Wall time, and processor time of all threads."""
    begin = time.process_time()
    elapsed = _wall_time(task)
    return elapsed, time.process_time() - begin


def _processor_time(task: Callable[[], Any]) -> tuple[Any, float]:
    gc.collect()
    begin = time.thread_time()
    result = task()
    return result, time.thread_time() - begin
