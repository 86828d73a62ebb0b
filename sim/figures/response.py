"""How a KPI follows what a sweep changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.lines import banded
from sim.figures.naming import by_own_names
from sim.figures.plain_page import plain_page
from sim.figures.style import (
    BAD,
    GOOD,
    INK,
    STRATEGY_COLOURS,
    colours,
    finished,
    joined,
    replication_count,
    rounded,
    sentence,
    shown_value,
    signed,
    tint,
    unit_of_difference,
)
from sim.labels import kpi_label, label, number, value
from sim.messages import kpi_name, path_label, say
from sim.output_analysis import Verdict, paired_difference
from sim.scenario.paths import unknown

if TYPE_CHECKING:
    from sim.sweeping import Sweep

__all__ = ["response", "sweep_page"]

_HEIGHT = 380
_CELL, _MAP_HEAD = 56, 34


@by_own_names
def response(sweep: Sweep, kpi: str | None = None) -> go.Figure:
    """Draw a KPI over the swept values: lines for one path, heat maps for two.

    Parameters
    ----------
    sweep : Sweep
    kpi : str, optional
        By default the first primary KPI, or the first of the table.

    Raises
    ------
    ArgumentError
        The KPI does not exist, or more than two paths were swept.
    """
    known = sweep.table["kpi"].drop_duplicates().tolist()
    name = next(iter([*sweep.scenario.document.decision.primary, *known])) if kpi is None else kpi
    if name not in known:
        raise ArgumentError(unknown("KPI", name, known))
    rows = sweep.table[sweep.table["kpi"] == name]
    if len(sweep.paths) == 1:
        return _lines(sweep, rows)
    if len(sweep.paths) == 2:
        return _maps(sweep, rows)
    raise ArgumentError(
        f"a figure shows one or two swept paths, this sweep has {len(sweep.paths)}; draw from its table instead"
    )


@by_own_names
def sweep_page(sweep: Sweep) -> str:
    """Write the figures of all primary KPIs, or of the first KPI, as one HTML page that works without a network."""
    kpis = list(sweep.scenario.document.decision.primary) or sweep.table["kpi"].iloc[:1].tolist()
    told = say(
        "response.told",
        strategies=joined([label(strategy) for strategy in sweep.strategies]),
        paths=joined([path_label(path) for path in sweep.paths]),
        replications=replication_count(int(sweep.replications["replication"].nunique())),
        seed=sweep.seed,
        scale=number(sweep.scale),
        digest=sweep.scenario.digest,
    )
    drawn = {kpi: response(sweep, kpi) for kpi in kpis}
    return plain_page(sweep.scenario.document.name, drawn, [told], sweep.caveats)


# --- one path --------------------------------------------------------------------------------------------------------


def _lines(sweep: Sweep, rows: pd.DataFrame) -> go.Figure:
    (path,) = sweep.paths
    unit, kpi = rows["unit"].iloc[0], rows["kpi"].iloc[0]
    at, ticks = _positions(sweep, path)
    colour = colours(sweep.scenario.strategies, STRATEGY_COLOURS)
    figure = go.Figure()
    for strategy in sweep.strategies:
        own = rows[rows["strategy"] == strategy]
        middle, low, high = (rounded(_shown(own[end], unit)) for end in ("mean", "ci_low", "ci_high"))
        hovers = [
            say("response.hover", at=tick, low=number(below), high=number(above)) + f"<extra>{label(strategy)}</extra>"
            for tick, below, above in zip(
                ticks, *(_shown(own[end], unit) for end in ("ci_low", "ci_high")), strict=True
            )
        ]
        line = {"name": label(strategy), "mode": "lines+markers", "marker": {"size": 9}, "hovertemplate": hovers}
        figure.add_traces(banded(at, middle, low, high, colour[strategy], **line))
    figure.update_xaxes(title_text=path_label(path), tickvals=at, ticktext=ticks, showgrid=False)
    figure.update_yaxes(title_text=kpi_label(kpi))
    subtitle = say("response.lines subtitle", mean=_how_many(sweep), percent=_confidence(sweep))
    if len(sweep.strategies) > 1:
        subtitle += say("response.surer")
    return finished(figure, _finding_of_lines(sweep, rows), subtitle, _HEIGHT)


def _finding_of_lines(sweep: Sweep, rows: pd.DataFrame) -> str:
    """How the KPI moves under the first strategy that the values touch, and where others differ from the baseline."""
    (path,) = sweep.paths
    kpi, what = rows["kpi"].iloc[0], _in_words(path)
    options, baseline = sweep.grid[path], sweep.strategies[0]
    written = [_written(option) for option in options]
    if len(options) > 1:
        first_part = _course(
            sweep, rows, next(filter(lambda each: _is_touched(sweep, kpi, each), sweep.strategies), baseline)
        )
    else:
        first_part = say("response.at one value", kpi=kpi_name(kpi), what=what, value=written[0])
    alike: dict[str, list[str]] = {}
    for other in sweep.strategies[1:]:
        alike.setdefault(_against(rows[rows["strategy"] == other], written), []).append(label(other))
    others = [say("response.is", strategies=joined(names), found=found) for found, names in alike.items()]
    against = [say("response.against", baseline=label(baseline), found=", ".join(others))] if others else []
    return "; ".join([first_part, *against])


def _is_touched(sweep: Sweep, kpi: str, strategy: str) -> bool:
    """Tell whether the swept values move a KPI of a strategy at all."""
    count = math.prod(map(len, sweep.grid.values()))
    values = [sweep.by_point[at, strategy, kpi] for at in range(count)]
    return not all(np.array_equal(each, values[0], equal_nan=True) for each in values)


def _course(sweep: Sweep, rows: pd.DataFrame, strategy: str) -> str:
    """How a KPI moves from the first to the last value of a path."""
    (path,) = sweep.paths
    kpi, unit = rows["kpi"].iloc[0], rows["unit"].iloc[0]
    options = sweep.grid[path]
    first, last = (sweep.by_point[point, strategy, kpi] for point in (0, len(options) - 1))
    gap = paired_difference(last, first, float(sweep.scenario.document.decision.confidence))
    if not (gap.ci_low > 0.0 or gap.ci_high < 0.0):
        return say("response.not clear", what=_in_words(path), kpi=kpi_name(kpi), strategy=label(strategy))
    own = rows[rows["strategy"] == strategy]["mean"]
    return say(
        "response.rises" if gap.mean > 0.0 else "response.falls",
        kpi=kpi_name(kpi),
        first=value(own.iloc[0], unit),
        last=f"{value(own.iloc[-1], unit)}{' %' * (unit == 'share')}",
        strategy=label(strategy),
        what=_in_words(path),
        begin=_written(options[0]),
        end=_written(options[-1]),
    )


def _against(rows: pd.DataFrame, options: Sequence[str]) -> str:
    """What may be said of a strategy against the baseline, and at which values."""
    verdicts = rows["verdict"].tolist()
    found = {verdict: [at for at, own in zip(options, verdicts, strict=True) if own == verdict] for verdict in Verdict}
    told = {label(verdict): values for verdict, values in found.items() if values}
    if len(told) == 1:
        return say("response.everywhere", found=next(iter(told)))
    return joined([say("response.somewhere", found=word, values=joined(values)) for word, values in told.items()])


# --- two paths -------------------------------------------------------------------------------------------------------


def _maps(sweep: Sweep, rows: pd.DataFrame) -> go.Figure:
    across, up = sweep.paths
    others = sweep.strategies[1:]
    unit, better, kpi = (rows[column].iloc[0] for column in ("unit", "better", "kpi"))
    shown = others or sweep.strategies
    column = "difference" if others else "mean"
    primary = sweep.scenario.document.decision.primary
    zone = float(primary[kpi]) if kpi in primary else 0.0
    figure = make_subplots(
        1,
        len(shown),
        shared_yaxes=True,
        horizontal_spacing=0.05,
        subplot_titles=[f"<b>{label(strategy)}</b>" for strategy in shown],
    )
    ticks = {path: _positions(sweep, path)[1] for path in sweep.paths}
    for at, strategy in enumerate(shown):
        own = rows[rows["strategy"] == strategy].to_dict("records")
        # points run over the second path first
        width = len(ticks[up])
        cells = [own[start : start + width] for start in range(0, len(own), width)]
        columns = [[cell[line] for cell in cells] for line in range(width)]
        figure.add_trace(
            go.Heatmap(
                z=[rounded([shown_value(_height(cell, bool(others)), unit) for cell in line]) for line in columns],
                x=list(range(len(ticks[across]))),
                y=list(range(width)),
                text=[[_cell(cell, bool(others)) for cell in line] for line in columns],
                texttemplate="%{text}",
                textfont={"size": 14, "color": INK},
                hovertemplate="%{text}<extra>" + label(strategy) + "</extra>",
                coloraxis="coloraxis",
                xgap=2,
                ygap=2,
            ),
            row=1,
            col=at + 1,
        )
        figure.update_xaxes(
            title_text=path_label(across),
            tickvals=list(range(len(ticks[across]))),
            ticktext=ticks[across],
            showgrid=False,
            row=1,
            col=at + 1,
        )
    figure.update_yaxes(tickvals=list(range(len(ticks[up]))), ticktext=ticks[up], showgrid=False)
    figure.update_yaxes(title_text=path_label(up), row=1, col=1)
    figure.update_layout(coloraxis=_colour_axis(rows, column, unit, better if others else None, zone))
    figure.update_annotations(font_size=14)
    subtitle = say(
        "response.difference subtitle" if others else "response.level subtitle",
        mean=_how_many(sweep),
        kpi=sentence(kpi_label(kpi)),
        baseline=label(sweep.strategies[0]),
        unit=unit_of_difference(unit),
        percent=_confidence(sweep),
        zone=say("response.zone", zone=value(zone, unit)) if zone else say("response.no zone"),
    )
    finding = _finding_of_differences(sweep, rows) if others else _finding_of_levels(sweep, rows)
    finished(figure, finding, subtitle, max(200, _CELL * len(ticks[up])), legend=False)
    return figure.update_layout(
        margin={"t": figure.layout.margin.t + _MAP_HEAD}, height=figure.layout.height + _MAP_HEAD
    )


def _cell(cell: dict[Any, Any], as_difference: bool) -> str:
    if not as_difference:
        return value(cell["mean"], cell["unit"])
    text = signed(cell["difference"], cell["unit"])
    return text if _is_clear(cell) else f"({text})"


def _is_clear(cell: dict[Any, Any]) -> bool:
    return cell["verdict"] in (Verdict.BETTER, Verdict.WORSE)


def _height(cell: dict[Any, Any], as_difference: bool) -> float:
    """What gives a cell its colour; a difference that is not clearly better or worse has none."""
    if not as_difference:
        return float(cell["mean"])
    return float(cell["difference"]) if _is_clear(cell) else 0.0


def _colour_axis(rows: pd.DataFrame, column: str, unit: str, better: str | None, zone: float) -> dict[str, Any]:
    """Differences run from bad over white to good, around 0; levels from white to dark."""
    amounts = [shown_value(amount, unit) for amount in rows[column] if not math.isnan(amount)]
    shown_unit = "%" if better is None and unit == "share" else unit_of_difference(unit)
    bar = {"title": {"text": shown_unit, "font": {"size": 14}}, "thickness": 14}
    if better is None:
        return {"colorscale": [[0, "#EFF7FC"], [1, "#56B4E9"]], "colorbar": bar}
    ends = [tint(BAD, 0.75), "#FFFFFF", tint(GOOD, 0.75)]
    low, middle, high = ends if better == "higher" else ends[::-1]
    # what does not matter is pale, however little else there is
    largest = max([2.0 * shown_value(zone, unit), *map(abs, amounts)])
    most = rounded([largest or 1.0])[0] or 1.0
    return {"colorscale": [[0, low], [0.5, middle], [1, high]], "cmin": -most, "cmax": most, "colorbar": bar}


def _finding_of_differences(sweep: Sweep, rows: pd.DataFrame) -> str:
    parts = []
    for strategy in sweep.strategies[1:]:
        verdicts = rows.loc[rows["strategy"] == strategy, "verdict"].tolist()
        counts = {label(verdict): verdicts.count(verdict) for verdict in Verdict}
        found = joined([say("response.count", what=word, count=count) for word, count in counts.items() if count])
        parts.append(say("response.is", strategies=label(strategy), found=found))
    told = {"kpi": kpi_name(rows["kpi"].iloc[0]), "baseline": label(sweep.strategies[0])}
    points = math.prod(map(len, sweep.grid.values()))
    return say("response.map finding", points=points, found="; ".join(parts), **told)


def _finding_of_levels(sweep: Sweep, rows: pd.DataFrame) -> str:
    kpi, unit = rows["kpi"].iloc[0], rows["unit"].iloc[0]
    known = rows.dropna(subset="mean").sort_values("mean").to_dict("records")
    if not known:
        return say("response.no value", kpi=kpi_name(kpi))
    least, most = (
        f"{value(row['mean'], unit)} ({', '.join(f'{path_label(path)} {_written(row[path])}' for path in sweep.paths)})"
        for row in (known[0], known[-1])
    )
    return say("response.levels", kpi=kpi_label(kpi), baseline=label(sweep.strategies[0]), least=least, most=most)


# --- words and places ------------------------------------------------------------------------------------------------


def _positions(sweep: Sweep, path: str) -> tuple[list[float], list[str]]:
    """Where the values of a path stand on its axis, and how they are written; what is no number stands evenly."""
    options = sweep.grid[path]
    written = [_written(each) for each in options]
    if all(map(_is_number, options)):
        return [float(each) for each in options], written
    found = sweep.scenario.matching(path)
    kind = sweep.scenario.quantity(path).kind if "*" not in path and found else None
    try:
        places = [kind.number(each) for each in options] if kind is not None else None
    except ValueError:
        places = None
    return (list(map(float, range(len(options)))) if places is None else places), written


def _written(option: Any) -> str:
    return number(option, 4) if _is_number(option) else str(option)


def _shown(amounts: Iterable[float], unit: str) -> list[float]:
    return [shown_value(amount, unit) for amount in amounts]


def _is_number(option: Any) -> bool:
    return isinstance(option, int | float) and not isinstance(option, bool)


def _in_words(path: str) -> str:
    """Name a path inside a sentence."""
    place, _, name = path_label(path).rpartition(": ")
    return f"{name} ({place})" if place else name


def _how_many(sweep: Sweep) -> str:
    count = int(sweep.replications["replication"].nunique())
    return say("response.mean of", replications=replication_count(count))


def _confidence(sweep: Sweep) -> str:
    return number(100 * float(sweep.scenario.document.decision.confidence))
