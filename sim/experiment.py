"""Run strategies over replications, in parallel, and compare them.

A unit of work is one strategy and replication. Its result depends on the scenario, the seed and the two alone, and
results are put in the order of strategies and replications, so serial and parallel runs give identical tables.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from html import escape
from os import PathLike, fspath
from typing import TYPE_CHECKING, Literal, SupportsIndex

import numpy as np
import pandas as pd

from sim.aggregates import aggregate
from sim.comparison import Comparison
from sim.copies import caveats
from sim.errors import ArgumentError, ScenarioError
from sim.kpis import catalogue
from sim.labels import kpi_label, label, number, value
from sim.memory import available_bytes, needed_bytes
from sim.messages import say
from sim.output_analysis import mean
from sim.replication import Replication, Unit, measured, simulated
from sim.scenario import Scenario
from sim.scenario.paths import unknown
from sim.simulation import Engine, engine_name
from sim.store import Key, Place, Store, StoreWarning, opened
from sim.tables import TABLES
from sim.verdicts import filled
from sim.workers import Workers, carry_out

if TYPE_CHECKING:
    from sim.figures import RunFigures

__all__ = [
    "LARGEST_SCALE",
    "RunResult",
    "Workers",
    "aggregates",
    "check_arguments",
    "check_primary",
    "compare",
    "obtained",
    "run",
    "strategy_names",
    "tidy",
]


_MOST_REPLICATIONS = 100_000
_SEEDS = 2**64
LARGEST_SCALE = 1000.0


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
    tables : dict of pandas.DataFrame
        By name; column `replication` tells the replications apart. Empty after ``collect="kpis"``.
    kpis_by_replication : pandas.DataFrame
        Tidy: strategy, replication, kpi, value.
    aggregates : dict of pandas.DataFrame
        Small tables for figures, each with strategy and replication in front.
    """

    scenario: Scenario
    strategy: str
    seed: int
    scale: float
    tables: dict[str, pd.DataFrame]
    kpis_by_replication: pd.DataFrame
    aggregates: dict[str, pd.DataFrame]

    @property
    def contacts(self) -> pd.DataFrame:
        """One row per visit of a customer to a touchpoint."""
        return self._table("contacts")

    @property
    def frustrations(self) -> pd.DataFrame:
        """One row per frustration event."""
        return self._table("frustrations")

    @property
    def journeys(self) -> pd.DataFrame:
        """One row per journey: all contacts of a customer for one need."""
        return self._table("journeys")

    @property
    def customers(self) -> pd.DataFrame:
        """One row per customer."""
        return self._table("customers")

    @property
    def staffing(self) -> pd.DataFrame:
        """One row per touchpoint and measured week."""
        return self._table("staffing")

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise ArgumentError(f"this run kept no {name}, only KPIs; run it with collect='tables'")
        return self.tables[name]

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """One row per KPI: kpi, unit, better, mean, ci_low, ci_high, replications (those with a value)."""
        confidence = float(self.scenario.document.decision.confidence)
        values = self.kpis_by_replication.groupby("kpi")["value"]
        kpis = catalogue(self.scenario)
        estimates = [mean(values.get_group(kpi.name).to_numpy(dtype=np.float64), confidence, kpi.least) for kpi in kpis]
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
    def figures(self) -> RunFigures:
        """Figures of the run."""
        from sim.figures import RunFigures  # figures come after measures in the order of imports

        return RunFigures(self)

    def __repr__(self) -> str:
        return "\n\n".join([self._headline, *map(filled, self._warned), self._readable.to_string(index=False)])

    def _repr_html_(self) -> str:
        head = "".join(f"<p>{escape(text)}</p>" for text in (self._headline, *self._warned))
        return head + self._readable.to_html(index=False, border=0)

    @property
    def _headline(self) -> str:
        count = int(self.kpis_by_replication["replication"].nunique())
        scale = "" if self.scale == 1.0 else f", scale {number(self.scale)}"
        contacts = f"; {len(self.contacts):,} contacts" if self.tables else ""
        return (
            f"{self.scenario.document.name}: {label(self.strategy)}, {count} "
            f"replication{'s' if count > 1 else ''}, seed {self.seed}{scale}{contacts}"
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What may not be taken from the copy that was simulated, in sentences; empty at full size."""
        return caveats(self.scenario, self.scale, [self.strategy])

    @property
    def _warned(self) -> list[str]:
        told = self.caveats
        return [*told, say("copy.totals")] if told else []

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


def run(
    scenario: Scenario,
    strategy: str | None = None,
    *,
    replications: int = 5,
    seed: int = 1,
    scale: float = 1.0,
    collect: Literal["tables", "kpis"] = "tables",
    engine: Engine | None = None,
    executor: Workers = None,
    progress: bool = True,
) -> RunResult:
    """Simulate one strategy, always anew, and keep every table.

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
    collect : {"tables", "kpis"}
        What to keep of each replication: everything, or KPIs and the small tables behind figures alone, so that memory
        does not grow with the number of replications.
    engine : {"compiled", "reference"}, optional
        Both give identical results; the compiled one is the default where numba is installed.
    executor : Executor, int, "serial" or None
        Who does the work: an executor of one's own, a number of workers, this thread alone, or None for all cores.
        Workers are threads for the compiled engine and processes for the reference engine.
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
    ['web', 'hotline', 'store', 'mail']
    """
    name = strategy_names(scenario, None if strategy is None else [strategy])[0]
    keeps_tables = collect == "tables"
    check_arguments([name], scenario, replications, seed, scale, engine, executor, keeps_tables=keeps_tables)
    if collect not in ("tables", "kpis"):
        raise ArgumentError(f"collect must be 'tables' or 'kpis', got {collect!r}")
    sized = scenario.scaled(scale)
    units = [Unit(sized, name, int(seed), replication) for replication in range(replications)]
    tables: dict[str, pd.DataFrame] = {}
    if collect == "tables":
        results = carry_out(simulated, units, engine, executor, progress)
        parts = [part for part, _ in results]
        tables = {table.name: pd.concat([part[table.name] for part in parts], ignore_index=True) for table in TABLES}
        small = [replication for _, replication in results]
    else:
        small = carry_out(measured, units, engine, executor, progress)
    return RunResult(
        scenario=scenario,
        strategy=name,
        seed=int(seed),
        scale=scale,
        tables=tables,
        kpis_by_replication=tidy(small),
        aggregates=aggregates(small, [sized] * len(small)),
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
    store: Place = None,
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
    store : Store, str, Path, bool or None
        Where results are kept, so that no replication is simulated twice: a store or its folder, None for the default
        one (see `Store`), False for nowhere. The result is the same with any.

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
    >>> few = {"replications": 2, "scale": 0.02, "progress": False}
    >>> result = sim.compare(case, ["siloed", "integrated"], store=False, **few)
    >>> result.table["strategy"].unique().tolist()
    ['integrated']
    """
    names = strategy_names(scenario, strategies)
    check_arguments(names, scenario, replications, seed, scale, engine, executor)
    if len(names) < 2:
        raise ArgumentError(f"a comparison needs at least two strategies, got {names}")
    check_primary(scenario)
    sized = scenario.scaled(scale)
    units = [Unit(sized, name, int(seed), replication) for name in names for replication in range(replications)]
    results = obtained(units, engine, executor, opened(store), progress)
    return Comparison(
        scenario=scenario,
        strategies=tuple(names),
        seed=int(seed),
        scale=scale,
        replications=tidy(results),
        aggregates=aggregates(results, [sized] * len(results)),
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


def strategy_names(scenario: Scenario, strategies: Sequence[str] | None) -> list[str]:
    """The strategies asked for, by default all; raise ArgumentError if they are no list, or the scenario is none."""
    if not isinstance(scenario, Scenario):
        remedy = f"; write sim.load({fspath(scenario)!r})" if isinstance(scenario, str | PathLike) else ""
        raise ArgumentError(f"scenario must be what sim.load returns, got a {type(scenario).__name__}{remedy}")
    if isinstance(strategies, str):
        raise ArgumentError(
            f"strategies must be a list of names, got the text {strategies!r}; write [{strategies!r}, …]"
        )
    return list(scenario.strategies if strategies is None else strategies)


def check_arguments(
    names: Sequence[str],
    scenario: Scenario,
    replications: int,
    seed: int,
    scale: float,
    engine: Engine | None,
    executor: Workers,
    *,
    keeps_tables: bool = False,
) -> None:
    """Raise ArgumentError with all arguments that cannot be used, or would need more memory than there is."""
    engine_name(engine)
    problems = [
        unknown("strategy", str(name), scenario.strategies) for name in names if name not in scenario.strategies
    ]
    problems += [f"strategy {name!r} is named twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if not _is_whole(replications, 1):
        problems.append(f"replications must be a whole number of at least 1, got {replications!r}")
    elif operator.index(replications) > _MOST_REPLICATIONS:
        problems.append(
            f"replications must be at most {_MOST_REPLICATIONS:,}, got {replications!r}; "
            "four times as many make an interval half as wide, so 100 is many"
        )
    if not _is_whole(seed, 0):
        problems.append(f"seed must be a whole number of at least 0, got {seed!r}")
    elif operator.index(seed) >= _SEEDS:
        problems.append(f"seed must be below 2**64, got {seed!r}; any small number will do")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0.0 < scale < float("inf"):
        problems.append(f"scale must be a number above 0, got {scale!r}")
    elif scale > LARGEST_SCALE:
        problems.append(
            f"scale must be at most {LARGEST_SCALE:g}, got {scale!r}; it is a factor on customers and rosters, "
            "where 0.1 takes a tenth"
        )
    if not (executor is None or executor == "serial" or isinstance(executor, Executor) or _is_whole(executor, 1)):
        problems.append(
            f"executor must be an Executor, a number of workers of at least 1, 'serial' or None, got {executor!r}"
        )
    if not problems:
        problems += _memory(scenario, scale, operator.index(replications) if keeps_tables else 1)
    if problems:
        raise ArgumentError("\n".join(problems))


def _memory(scenario: Scenario, scale: float, kept: int) -> Iterator[str]:
    """Refuse what would not fit into the memory of this machine."""
    needed, available = needed_bytes(scenario.document, scale, kept), available_bytes()
    if needed <= available:
        return
    alone = needed_bytes(scenario.document, scale)
    which, remedy = f"the tables of {kept} replications need", "ask for fewer replications, or for KPIs without tables"
    if alone > available:
        which, needed = "one replication needs", alone
        remedy = f"simulate a part of the company, with scale at most {_one_digit(scale * available / alone / 4.0)}"
    yield f"{which} at least {needed / 1e9:,.0f} GB of memory, this machine has {available / 1e9:,.0f} GB; {remedy}"


def _one_digit(factor: float) -> str:
    """Round a factor down to one digit that counts.

    Examples
    --------
    >>> _one_digit(0.0379)
    '0.03'
    """
    power = math.floor(math.log10(factor))
    return f"{math.floor(factor / 10.0**power) * 10.0**power:g}"


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, SupportsIndex) and not isinstance(value, bool) and operator.index(value) >= least


def obtained(
    units: Sequence[Unit], engine: Engine | None, executor: Workers, store: Store | None, progress: bool
) -> list[Replication]:
    """Results of all units, in their order: from the store where they are there, else simulated and kept.

    Units that must have the same result are simulated once.
    """
    keys = [Key.of(unit) for unit in units]
    found = {} if store is None else store.look_up(dict.fromkeys(keys))
    key_of = dict(zip(units, keys, strict=True))
    missing = {key: unit for key, unit in zip(keys, units, strict=True) if key not in found}

    def keep(unit: Unit, result: Replication) -> None:
        nonlocal store
        if store is None:
            return
        try:
            store.keep(key_of[unit], result, unit.scenario.document.name)
        except OSError as error:
            warnings.warn(f"results are not kept: {error}", StoreWarning, stacklevel=2)
            store = None

    fresh = carry_out(
        measured,
        list(missing.values()),
        engine,
        executor,
        progress,
        done_before=len(units) - len(missing),
        finished=keep,
    )
    found |= zip(missing, fresh, strict=True)
    return [found[key] for key in keys]


def tidy(results: Sequence[Replication]) -> pd.DataFrame:
    """KPIs of replications below each other: strategy, replication, kpi, value."""
    rows = [
        (result.strategy, result.replication, kpi, amount) for result in results for kpi, amount in result.kpis.items()
    ]
    return pd.DataFrame(rows, columns=["strategy", "replication", "kpi", "value"]).astype({"value": "float64"})


def aggregates(results: Sequence[Replication], scenarios: Sequence[Scenario]) -> dict[str, pd.DataFrame]:
    """Small tables of replications, each of its scenario, below each other with strategy and replication in front."""
    found = aggregate([result.tally for result in results], [scenario.document for scenario in scenarios])
    strategies = np.array([result.strategy for result in results])
    replications = np.array([result.replication for result in results])
    for frame in found.values():
        run = frame.pop("run").to_numpy()
        frame.insert(0, "strategy", strategies[run])
        frame.insert(1, "replication", replications[run])
    return found
