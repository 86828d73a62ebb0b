"""Run strategies over replications, in parallel, and compare them.

A unit of work is one strategy and replication. Its result depends on the scenario, the seed and the two alone, and
results are put in the order of strategies and replications, so serial and parallel runs give identical tables.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from threading import Event
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, TypeVar

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from sim import parameters
from sim.comparison import Comparison
from sim.errors import ArgumentError, ScenarioError
from sim.kpis import aggregate, catalogue, measure
from sim.labels import kpi_label, label, number, value
from sim.output_analysis import mean
from sim.scenario import Scenario
from sim.scenario.paths import unknown
from sim.simulation import Engine, engine_name, replicate
from sim.tables import frames

if TYPE_CHECKING:
    from sim.figures import RunFigures

__all__ = ["Replication", "RunResult", "Workers", "check_primary", "compare", "run"]

Workers = Executor | int | Literal["serial"] | None
"""Who does the work: an executor of one's own, a number of workers, this thread alone, or None for all cores. Workers
are threads for the compiled engine and processes for the reference engine."""

_IDLE_SECONDS = 300
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Replication:
    """What one unit of work of a comparison returns: small enough to send between machines.

    Parameters
    ----------
    strategy : str
    replication : int
    kpis : dict of str to float
        Value of each KPI, NaN where undefined.
    aggregates : dict of pandas.DataFrame
        Small tables for figures.
    """

    strategy: str
    replication: int
    kpis: dict[str, float]
    aggregates: dict[str, pd.DataFrame]


@dataclass(frozen=True, repr=False)
class RunResult:
    """All tables of one strategy's replications; the columns are described in `sim.tables`.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before `scale`.
    strategy : str
    seed : int
    scale : float
        Factor on customers and rosters.
    contacts, frustrations, journeys, customers, staffing : pandas.DataFrame
        Column `replication` tells the replications apart.
    kpis_by_replication : pandas.DataFrame
        Tidy: strategy, replication, kpi, value.
    aggregates : dict of pandas.DataFrame
        Small tables for figures, each with strategy and replication in front.
    """

    scenario: Scenario
    strategy: str
    seed: int
    scale: float
    contacts: pd.DataFrame
    frustrations: pd.DataFrame
    journeys: pd.DataFrame
    customers: pd.DataFrame
    staffing: pd.DataFrame
    kpis_by_replication: pd.DataFrame
    aggregates: dict[str, pd.DataFrame]

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """One row per KPI: kpi, unit, better, mean, ci_low, ci_high, replications (those with a value)."""
        confidence = float(self.scenario.document.decision.confidence)
        values = self.kpis_by_replication.groupby("kpi")["value"]
        kpis = catalogue(self.scenario)
        estimates = [mean(values.get_group(kpi.name).to_numpy(dtype=np.float64), confidence) for kpi in kpis]
        return pd.DataFrame(
            {
                "kpi": [kpi.name for kpi in kpis],
                "unit": [kpi.unit for kpi in kpis],
                "better": [kpi.better for kpi in kpis],
                "mean": [estimate.mean for estimate in estimates],
                "ci_low": [estimate.ci_low for estimate in estimates],
                "ci_high": [estimate.ci_high for estimate in estimates],
                "replications": [estimate.n for estimate in estimates],
            }
        )

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the run by name."""
        return {name: getattr(self, name) for name in _TABLES}

    @property
    def figures(self) -> RunFigures:
        """Figures of the run."""
        from sim.figures import RunFigures  # figures come after measures in the order of imports

        return RunFigures(self)

    def __repr__(self) -> str:
        return f"{self._headline}\n\n{self._readable.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>" + self._readable.to_html(index=False, border=0)

    @property
    def _headline(self) -> str:
        count = int(self.kpis_by_replication["replication"].nunique())
        scale = "" if self.scale == 1.0 else f", scale {number(self.scale)}"
        return (
            f"{self.scenario.document.name}: {label(self.strategy)}, {count} "
            f"replication{'s' if count > 1 else ''}, seed {self.seed}{scale}; {len(self.contacts):,} contacts"
        )

    @property
    def _readable(self) -> pd.DataFrame:
        confidence = number(100 * float(self.scenario.document.decision.confidence))
        each = self.kpis.to_dict("records")
        return pd.DataFrame(
            {
                "KPI": [kpi_label(row["kpi"]) for row in each],
                "mean": [value(row["mean"], row["unit"]) for row in each],
                f"{confidence} % from": [value(row["ci_low"], row["unit"]) for row in each],
                "to": [value(row["ci_high"], row["unit"]) for row in each],
            }
        )


_TABLES = ("contacts", "frustrations", "journeys", "customers", "staffing")


def run(
    scenario: Scenario,
    strategy: str | None = None,
    *,
    replications: int = 5,
    seed: int = 1,
    scale: float = 1.0,
    engine: Engine | None = None,
    executor: Workers = None,
    progress: bool = True,
) -> RunResult:
    """Simulate one strategy and keep every table.

    Parameters
    ----------
    scenario : Scenario
    strategy : str, optional
        By default the first of the scenario, its baseline.
    replications : int
        Independent repetitions, at least 1.
    seed : int
        At least 0. The same seed gives the same customers with the same luck under every strategy.
    scale : float
        Factor on customers and rosters, above 0.
    executor : Executor, int, "serial" or None
        Who does the work; None takes one process per core.
    progress : bool
        Show a progress bar.

    Raises
    ------
    ArgumentError
        All arguments that cannot be used, at once.
    KeyboardInterrupt
        On Ctrl-C, within two seconds; what was begun is dropped.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> result = sim.run(case, "siloed", replications=1, scale=0.02, progress=False)
    >>> result.contacts["touchpoint"].cat.categories.to_list()
    ['web', 'hotline', 'store']
    """
    name = scenario.strategies[0] if strategy is None else strategy
    _check([name], scenario, replications, seed, scale, engine, executor)
    sized = _sized(scenario, scale)
    results = _carry_out(_simulated, sized, [name], replications, seed, engine, executor, progress)
    tables = {table: pd.concat([tables[table] for tables, _ in results], ignore_index=True) for table in _TABLES}
    measured = [replication for _, replication in results]
    return RunResult(
        scenario=scenario,
        strategy=name,
        seed=int(seed),
        scale=scale,
        kpis_by_replication=_tidy(measured),
        aggregates=_aggregates(measured),
        **tables,
    )


def compare(
    scenario: Scenario,
    strategies: Sequence[str] | None = None,
    *,
    replications: int = 20,
    seed: int = 1,
    scale: float = 1.0,
    engine: Engine | None = None,
    executor: Workers = None,
    progress: bool = True,
) -> Comparison:
    """Simulate strategies with the same customers and the same luck, and compare them with the first.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str, optional
        At least two; the first is the baseline. By default all of the scenario.
    replications, seed, scale, engine, executor, progress
        As in `run`. Intervals need at least 2 replications.

    Raises
    ------
    ArgumentError
        All arguments that cannot be used, at once.
    ScenarioError
        The scenario declares primary KPIs that do not exist.
    KeyboardInterrupt
        On Ctrl-C, within two seconds; what was begun is dropped.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> result = sim.compare(case, ["siloed", "integrated"], replications=2, scale=0.02, progress=False)
    >>> result.table["strategy"].unique().tolist()
    ['integrated']
    """
    if isinstance(strategies, str):
        raise ArgumentError(
            f"strategies must be a list of names, got the text {strategies!r}; write [{strategies!r}, …]"
        )
    names = list(scenario.strategies if strategies is None else strategies)
    _check(names, scenario, replications, seed, scale, engine, executor)
    if len(names) < 2:
        raise ArgumentError(f"a comparison needs at least two strategies, got {names}")
    check_primary(scenario)
    results = _carry_out(_measured, _sized(scenario, scale), names, replications, seed, engine, executor, progress)
    return Comparison(
        scenario=scenario,
        strategies=tuple(names),
        seed=int(seed),
        scale=scale,
        replications=_tidy(results),
        aggregates=_aggregates(results),
    )


def check_primary(scenario: Scenario) -> None:
    """Raise ScenarioError if the scenario declares primary KPIs that do not exist."""
    known = [kpi.name for kpi in catalogue(scenario)]
    missing = [name for name in scenario.document.decision.primary if name not in known]
    if missing:
        content = scenario.content
        raise ScenarioError(
            [content.problem(f"decision.primary.{name}", unknown("KPI", name, known)) for name in missing]
        )


def _check(
    names: Sequence[str],
    scenario: Scenario,
    replications: int,
    seed: int,
    scale: float,
    engine: Engine | None,
    executor: Workers,
) -> None:
    engine_name(engine)
    problems = [
        unknown("strategy", str(name), scenario.strategies) for name in names if name not in scenario.strategies
    ]
    problems += [f"strategy {name!r} is named twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if not _is_whole(replications, 1):
        problems.append(f"replications must be a whole number of at least 1, got {replications!r}")
    if not _is_whole(seed, 0):
        problems.append(f"seed must be a whole number of at least 0, got {seed!r}")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0.0 < scale < float("inf"):
        problems.append(f"scale must be a number above 0, got {scale!r}")
    if not (executor is None or executor == "serial" or isinstance(executor, Executor) or _is_whole(executor, 1)):
        problems.append(
            f"executor must be an Executor, a number of processes of at least 1, 'serial' or None, got {executor!r}"
        )
    if problems:
        raise ArgumentError("\n".join(problems))


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, SupportsIndex) and not isinstance(value, bool) and operator.index(value) >= least


def _sized(scenario: Scenario, scale: float) -> Scenario:
    return scenario if scale == 1.0 else scenario.scaled(scale)


def _simulated(
    scenario: Scenario, strategy: str, seed: int, replication: int, engine: Engine, stop: Event | None = None
) -> tuple[dict[str, pd.DataFrame], Replication]:
    tables = replicate(scenario, strategy, seed, replication, engine, stop)
    kpis = measure(tables, scenario, strategy)
    small = Replication(strategy, replication, kpis, aggregate(tables, scenario))
    return frames(tables, parameters.names(scenario.document), replication), small


def _measured(
    scenario: Scenario, strategy: str, seed: int, replication: int, engine: Engine, stop: Event | None = None
) -> Replication:
    tables = replicate(scenario, strategy, seed, replication, engine, stop)
    return Replication(strategy, replication, measure(tables, scenario, strategy), aggregate(tables, scenario))


def _carry_out(
    task: Callable[..., _Result],
    scenario: Scenario,
    strategies: Sequence[str],
    replications: int,
    seed: int,
    engine: Engine | None,
    executor: Workers,
    progress: bool,
) -> list[_Result]:
    """Results of all units of work, ordered by strategy and replication whoever did them."""
    chosen = engine_name(engine)
    units = [(strategy, replication) for strategy in strategies for replication in range(replications)]
    call = partial(task, scenario, seed=int(seed), engine=chosen)
    calls = [partial(call, strategy=strategy, replication=replication) for strategy, replication in units]
    with tqdm(total=len(units), desc="simulating", unit="replication", disable=not progress) as bar:
        if executor == "serial" or executor == 1 or (executor is None and len(units) == 1):
            results = []
            for each, unit in zip(calls, units, strict=True):
                results.append(_with_unit(each, unit))
                bar.update()
            return results
        if isinstance(executor, Executor):
            return _gather(executor, calls, units, bar, _cancel)
        workers = executor or os.cpu_count() or 1
        if chosen == "compiled":
            return _in_threads(workers, calls, units, bar)
        # Imported here: start-up of processes is not everybody's business, and it takes its time.
        from loky import get_reusable_executor

        own = get_reusable_executor(max_workers=workers, timeout=_IDLE_SECONDS)
        # Killing the processes fails what is pending; cancelling it as well would confuse loky.
        return _gather(own, calls, units, bar, lambda _: own.shutdown(wait=False, kill_workers=True))


def _in_threads(
    workers: int, calls: Sequence[Callable[..., _Result]], units: Sequence[tuple[str, int]], bar: tqdm[None]
) -> list[_Result]:
    """Compiled code lets go of the interpreter, so threads suffice; they stop when asked to."""
    stop = Event()

    def abandon(futures: Iterable[Future[_Result]]) -> None:
        stop.set()
        _cancel(futures)

    # Strategies take turns by a few replications, so that a population is drawn once for all of them.
    order = sorted(range(len(units)), key=lambda index: (units[index][1] // workers, index))
    threads = ThreadPoolExecutor(workers)
    try:
        results = _gather(
            threads,
            [partial(calls[index], stop=stop) for index in order],
            [units[index] for index in order],
            bar,
            abandon,
        )
    finally:
        threads.shutdown(wait=False)  # an interruption does not wait for a thread that compiles
    return [result for _, result in sorted(zip(order, results, strict=True), key=lambda pair: pair[0])]


def _gather(
    executor: Executor,
    calls: Sequence[Callable[[], _Result]],
    units: Sequence[tuple[str, int]],
    bar: tqdm[None],
    abandon: Callable[[Iterable[Future[_Result]]], None],
) -> list[_Result]:
    """Submit the calls and wait; on any failure or interruption abandon all of them at once."""
    unit_of: dict[Future[_Result], tuple[str, int]] = {}
    try:
        for call, unit in zip(calls, units, strict=True):
            unit_of[executor.submit(call)] = unit
        for future in as_completed(unit_of):
            _with_unit(future.result, unit_of[future])
            bar.update()
        return [future.result() for future in unit_of]
    except BaseException:
        abandon(unit_of)
        raise


def _cancel(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


def _with_unit(call: Callable[[], _Result], unit: tuple[str, int]) -> _Result:
    try:
        return call()
    except Exception as error:
        error.add_note(f"in strategy {unit[0]!r}, replication {unit[1]}")
        raise


def _tidy(results: Sequence[Replication]) -> pd.DataFrame:
    rows = [
        (result.strategy, result.replication, kpi, amount) for result in results for kpi, amount in result.kpis.items()
    ]
    return pd.DataFrame(rows, columns=["strategy", "replication", "kpi", "value"]).astype({"value": "float64"})


def _aggregates(results: Sequence[Replication]) -> dict[str, pd.DataFrame]:
    return {
        name: pd.concat(
            [
                result.aggregates[name].assign(strategy=result.strategy, replication=result.replication)
                for result in results
            ],
            ignore_index=True,
        ).pipe(lambda table: table[["strategy", "replication", *table.columns.drop(["strategy", "replication"])]])
        for name in results[0].aggregates
    }
