"""Sweeps: the same experiment at every point of a grid of scenario values, with the same luck at all of them."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.copies import caveats
from sim.errors import ArgumentError, Problem, ScenarioError
from sim.experiment import check_arguments, check_primary, obtained, strategy_names
from sim.kpis import catalogue
from sim.labels import kpi_label, label, number, signed, value
from sim.messages import path_label, say
from sim.output_analysis import Estimate, classify, mean, paired_difference
from sim.replication import Unit
from sim.scenario import Scenario
from sim.scenario.paths import unknown
from sim.scenario.reading import CHANGED
from sim.simulation import Engine
from sim.store import Place, opened
from sim.verdicts import filled
from sim.workers import Workers

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["COLUMNS", "Sweep", "sweep"]

COLUMNS = {
    "strategy": "strategy",
    "kpi": "name of the KPI",
    "unit": "unit of all values of the row",
    "better": "which direction is good: higher or lower",
    "mean": "mean over the replications",
    "ci_low": "lower end of its t-interval, at the scenario's confidence, for this row alone",
    "ci_high": "its upper end",
    "difference": "mean of the paired differences to the baseline at the same point; NaN for the baseline",
    "diff_low": "lower end of its paired t-interval, at the scenario's confidence, for this row alone",
    "diff_high": "its upper end",
    "verdict": "what the difference means, given the KPI's indifference zone (0 where it is not primary), for this row"
    " alone; missing for the baseline",
    "replications": "replications of this point that have a value",
}
"""Columns of `Sweep.table` after those of the swept paths, with their meaning."""

_FILE = "(sweep)"
_OF_LEVER = ("coverage", "start")
_SHOWN_POINTS = 20
Point = tuple[Any, ...]


@dataclass(frozen=True, repr=False)
class Sweep:
    """The KPIs of strategies at every point of a grid.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before any change.
    grid : dict of str to tuple
        Values by path, as they were given.
    strategies : tuple of str
        The first is the baseline.
    seed : int
    scale : float
        Factor on customers and rosters.
    replications : pandas.DataFrame
        Tidy: a column per path, strategy, replication, kpi, value.
    alike : dict of str to tuple
        Values of staff, by path, that a copy cannot tell apart, for agents are whole.
    """

    scenario: Scenario
    grid: dict[str, tuple[Any, ...]]
    strategies: tuple[str, ...]
    seed: int
    scale: float
    replications: pd.DataFrame
    alike: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """What was changed from point to point."""
        return list(self.grid)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per point, strategy and KPI: a column per path, then those of `COLUMNS`."""
        confidence = float(self.scenario.document.decision.confidence)
        kpis = catalogue(self.scenario)
        values, points = self.by_point, list(itertools.product(*self.grid.values()))
        primary = self.scenario.document.decision.primary
        rows = []
        for at, strategy, kpi in itertools.product(range(len(points)), self.strategies, kpis):
            own = values[at, strategy, kpi.name]
            level = mean(own, confidence, kpi.least)
            gap, verdict = None, None
            if strategy != self.strategies[0]:
                gap = paired_difference(own, values[at, self.strategies[0], kpi.name], confidence)
                zone = float(primary[kpi.name]) if kpi.name in primary else 0.0
                verdict = classify(gap.ci_low, gap.ci_high, zone, kpi.better).value
            told = (strategy, kpi.name, kpi.unit, kpi.better, level.mean, level.ci_low, level.ci_high)
            rows.append((*points[at], *told, *_ends(gap), verdict, level.n))
        table = pd.DataFrame(rows, columns=[*self.paths, *COLUMNS])
        return table.assign(**{path: _column(table[path].tolist()) for path in self.paths})

    @cached_property
    def by_point(self) -> dict[tuple[int, str, str], np.ndarray[Any, np.dtype[np.float64]]]:
        """Values of all replications by position of the point in the grid, strategy and KPI."""
        count = int(self.replications["replication"].nunique())
        kpis = [kpi.name for kpi in catalogue(self.scenario)]
        # rows are in the order of points, strategies, replications and KPIs
        values = self.replications["value"].to_numpy(dtype=np.float64)
        shape = (-1, len(self.strategies), count, len(kpis))
        return {
            (at, strategy, kpi): block[:, which]
            for at, point in enumerate(values.reshape(shape))
            for strategy, block in zip(self.strategies, point, strict=True)
            for which, kpi in enumerate(kpis)
        }

    @property
    def caveats(self) -> tuple[str, ...]:
        """What may not be taken from the copy that was simulated, in sentences; empty at full size."""
        told = caveats(self.scenario, self.scale, self.strategies)
        return (
            *told,
            *(
                say("copy.swept", path=path_label(path), values=", ".join(map(str, values)))
                for path, values in self.alike.items()
            ),
        )

    def figure(self, kpi: str | None = None) -> go.Figure:
        """Draw how a KPI follows the swept values; its title says what was found.

        One path gives lines with their intervals, two give heat maps, of the differences to the baseline where there
        are other strategies.

        Parameters
        ----------
        kpi : str, optional
            By default the first primary KPI, or the first of all.

        Raises
        ------
        ArgumentError
            The KPI does not exist, or more than two paths were swept.
        """
        from sim.figures.response import response  # figures come after measures in the order of imports

        return response(self, kpi)

    def __repr__(self) -> str:
        blocks = [f"{kpi_label(kpi)}\n{table.to_string(index=False)}" for kpi, table in self._readable.items()]
        return "\n\n".join([self._headline, *map(filled, self.caveats), *blocks])

    def _repr_html_(self) -> str:
        blocks = [
            f"<p><b>{escape(kpi_label(kpi))}</b></p>{table.to_html(index=False, border=0)}"
            for kpi, table in self._readable.items()
        ]
        head = [f"<p>{escape(text)}</p>" for text in (self._headline, *self.caveats)]
        return "".join([*head, *blocks])

    @property
    def _headline(self) -> str:
        count = int(self.replications["replication"].nunique())
        points = math.prod(map(len, self.grid.values()))
        scale = "" if self.scale == 1.0 else f", scale {number(self.scale)}"
        hidden = f" (the first {_SHOWN_POINTS} are shown, all are in .table)" if points > _SHOWN_POINTS else ""
        return (
            f"{self.scenario.document.name}: {', '.join(map(label, self.strategies))}\n"
            f"{points} point{'s' if points > 1 else ''} of {' x '.join(self.paths)}{hidden}\n"
            f"{count} replication{'s' if count > 1 else ''} at each, seed {self.seed}{scale}"
        )

    @property
    def _readable(self) -> dict[str, pd.DataFrame]:
        """For each primary KPI, or all where none is declared, a row per point."""
        chosen = list(self.scenario.document.decision.primary) or [kpi.name for kpi in catalogue(self.scenario)]
        confidence = number(100 * float(self.scenario.document.decision.confidence))
        points = list(itertools.product(*self.grid.values()))[:_SHOWN_POINTS]
        shown: dict[str, pd.DataFrame] = {}
        for kpi in chosen:
            rows = self.table[self.table["kpi"] == kpi].to_dict("records")
            told = []
            for at, point in enumerate(points):
                row = dict(zip((path.split(".", 1)[-1] for path in self.paths), map(str, point), strict=True))
                for each in rows[at * len(self.strategies) :][: len(self.strategies)]:
                    name, unit = label(each["strategy"]), each["unit"]
                    row[name] = value(each["mean"], unit)
                    if each["strategy"] != self.strategies[0]:
                        ends = (signed(each[end], unit) for end in ("difference", "diff_low", "diff_high"))
                        row[f"{name}: difference ({confidence} %)"] = "{} ({} to {})".format(*ends)
                told.append(row)
            shown[kpi] = pd.DataFrame(told)
        return shown


def sweep(
    scenario: Scenario,
    grid: Mapping[str, Sequence[Any]],
    strategies: Sequence[str] | None = None,
    replications: int = 10,
    seed: int = 1,
    *,
    scale: float = 1.0,
    engine: Engine | None = None,
    executor: Workers = None,
    store: Place = None,
    progress: bool = True,
) -> Sweep:
    """Simulate strategies at every point of a grid of values, with the same luck at all points.

    Parameters
    ----------
    scenario : Scenario
    grid : mapping of str to sequence
        Values to try by path, each as in `Scenario.change`; the points are all combinations.
        ``levers.<name>.coverage`` and ``levers.<name>.start`` set how far and from when the strategies that use the
        lever use it (``strategies.*.levers.<name>.coverage``); other strategies stay as they are.
    strategies : sequence of str, optional
        The first is the baseline of differences. By default all of the scenario.
    replications, seed, scale, engine, executor, progress
        As in `sim.run`; `scale` comes after the change. Intervals need at least 2 replications.
    store : Store, str, Path, bool or None
        As in `sim.compare`. What was finished before Ctrl-C is kept there.

    Returns
    -------
    Sweep

    Raises
    ------
    ArgumentError
        All arguments that cannot be used, at once.
    ScenarioError
        All that is wrong with any point, before anything is simulated.
    KeyboardInterrupt
        On Ctrl-C, within two seconds.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> agents = {"touchpoints.hotline.agents": [50, 100]}
    >>> result = sim.sweep(case, agents, ["siloed"], 2, scale=0.02, store=False, progress=False)
    >>> result.table[["touchpoints.hotline.agents", "strategy"]].drop_duplicates().to_numpy().tolist()
    [[50, 'siloed'], [100, 'siloed']]
    """
    names = strategy_names(scenario, strategies)
    values = _checked(grid)
    check_arguments(names, scenario, replications, seed, scale, engine, executor)
    if not names:
        raise ArgumentError("a sweep needs at least one strategy")
    check_primary(scenario)
    place, points = opened(store), list(itertools.product(*values.values()))
    changed = _changed(scenario, values, points, names, scale)
    alike = _alike(values, changed) if scale != 1.0 else {}
    for path, same in alike.items():
        warnings.warn(
            f"{path}: the values {', '.join(map(str, same))} give the same whole agents at scale {scale:g}",
            stacklevel=2,
        )
    units = [
        Unit(world, name, int(seed), replication, _written(values, point))
        for point, world in zip(points, changed, strict=True)
        for name in names
        for replication in range(replications)
    ]
    results = obtained(units, engine, executor, place, progress)
    kpis = list(results[0].kpis)
    rows = len(kpis) * replications * len(names)
    frame = {
        path: _column([point[which] for point in points]).repeat(rows).reset_index(drop=True)
        for which, path in enumerate(values)
    }
    told = {
        "strategy": np.repeat([result.strategy for result in results], len(kpis)),
        "replication": np.repeat([result.replication for result in results], len(kpis)),
        "kpi": kpis * len(results),
        "value": np.array([list(result.kpis.values()) for result in results], dtype=np.float64).ravel(),
    }
    return Sweep(scenario, values, tuple(names), int(seed), scale, pd.DataFrame({**frame, **told}), alike)


def _ends(gap: Estimate | None) -> tuple[float, float, float]:
    return (math.nan, math.nan, math.nan) if gap is None else (gap.mean, gap.ci_low, gap.ci_high)


def _checked(grid: Mapping[str, Sequence[Any]]) -> dict[str, tuple[Any, ...]]:
    """The grid as tuples of values as a file could hold them, if it is one."""
    if not isinstance(grid, Mapping) or not grid:
        raise ArgumentError(f"grid must be a mapping such as {{'touchpoints.hotline.agents': [2, 3]}}, got {grid!r}")
    problems, values = [], {}
    for path, given in grid.items():
        listed = given.tolist() if isinstance(given, np.ndarray) else given
        if isinstance(listed, str | Mapping) or not isinstance(listed, Sequence | range) or not len(listed):
            problems.append(f"{path}: expected a list of values, got {given!r}")
            continue
        values[str(path)] = tuple(item.item() if isinstance(item, np.generic) else item for item in listed)
        twice = [item for at, item in enumerate(listed) if item in listed[:at]]
        if twice:
            problems.append(f"{path}: the value {twice[0]!r} is named twice")
    if problems:
        raise ArgumentError("\n".join(problems))
    return values


def _changed(
    scenario: Scenario, values: dict[str, tuple[Any, ...]], points: list[Point], names: list[str], scale: float
) -> list[Scenario]:
    """The scenario at every point; raises ScenarioError with what is wrong at any of them."""
    problems: list[Problem] = []
    targets: dict[str, list[str]] = {}
    for path in values:
        try:
            targets[path] = _targets(scenario, path, names)
        except ValueError as error:
            problems.append(Problem(_FILE, 0, path, str(error)))
    changed = []
    for point in points if not problems else ():
        settings = {target: option for path, option in zip(values, point, strict=True) for target in targets[path]}
        try:
            changed.append(scenario.change(settings).scaled(scale))
        except ScenarioError as error:
            problems += [replace(each, file=_FILE) if each.file == CHANGED else each for each in error.problems]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return changed


def _alike(values: Mapping[str, Sequence[Any]], changed: Sequence[Scenario]) -> dict[str, tuple[Any, ...]]:
    """Values of staff, by path, that give the same rosters where all else is the same; of several sets the largest."""
    places = itertools.product(*(range(len(options)) for options in values.values()))
    rosters = dict(zip(places, map(_rosters, changed), strict=True))
    found = {}
    for which, (path, options) in enumerate(values.items()):
        if not path.startswith("touchpoints.") or not path.endswith((".agents", ".staffing")):
            continue
        sets: dict[Any, list[Any]] = {}
        for place, roster in rosters.items():
            sets.setdefault((place[:which], place[which + 1 :], roster), []).append(options[place[which]])
        largest = max(sets.values(), key=len)
        if len(largest) > 1:
            found[path] = tuple(largest)
    return found


def _rosters(scenario: Scenario) -> tuple[tuple[int, ...] | None, ...]:
    return tuple(touchpoint.roster for touchpoint in scenario.document.touchpoints.values())


def _targets(scenario: Scenario, path: str, names: list[str]) -> list[str]:
    """Paths of the file that a path of a sweep stands for; raises ValueError where it stands for none."""
    section, *keys = path.split(".")
    if section != "levers" or len(keys) != 2 or keys[1] not in _OF_LEVER:
        return [path]
    document, lever = scenario.document, keys[0]
    if lever not in document.levers:
        raise ValueError(unknown("lever", lever, document.levers))
    if not any(lever in document.strategies[name].levers for name in names):
        raise ValueError(f"no strategy of this sweep uses the lever {lever!r}, so all points would be the same")
    return [
        f"strategies.{name}.levers.{lever}.{keys[1]}"
        for name, strategy in document.strategies.items()
        if lever in strategy.levers
    ]


def _written(values: Mapping[str, Any], point: Point) -> str:
    return ", ".join(f"{path} = {option}" for path, option in zip(values, point, strict=True))


def _column(options: list[Any]) -> pd.Series[Any]:
    """Numbers as numbers, all else as it was written."""
    plain = all(isinstance(option, int | float) and not isinstance(option, bool) for option in options)
    return pd.Series(options if plain else [str(option) for option in options])
