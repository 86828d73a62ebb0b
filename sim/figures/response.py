"""How a KPI follows what a sweep changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.lines import banded
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
from sim.messages import path_label, say
from sim.output_analysis import paired_difference
from sim.scenario.paths import unknown

if TYPE_CHECKING:
    from sim.sweeping import Sweep

__all__ = ["response", "sweep_page"]

_HEIGHT = 380
_CELL, _MAP_HEAD = 56, 34


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


def sweep_page(sweep: Sweep) -> str:
    """Write the figures of all primary KPIs, or of the first KPI, as one HTML page that works without a network."""
    kpis = list(sweep.scenario.document.decision.primary) or sweep.table["kpi"].iloc[:1].tolist()
    return plain_page(sweep.scenario.document.name, {kpi: response(sweep, kpi) for kpi in kpis})


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
    (path,) = sweep.paths
    kpi, unit, what = rows["kpi"].iloc[0], rows["unit"].iloc[0], path_label(path)
    options, baseline = sweep.grid[path], sweep.strategies[0]
    written = [_written(option) for option in options]
    own = rows[rows["strategy"] == baseline]["mean"]
    first, last = (sweep.by_point[point, baseline, kpi] for point in (0, len(options) - 1))
    gap = paired_difference(last, first, float(sweep.scenario.document.decision.confidence))
    name = _short(kpi)
    if len(options) > 1 and (gap.ci_low > 0.0 or gap.ci_high < 0.0):
        first_part = say(
            "response.rises" if gap.mean > 0.0 else "response.falls",
            kpi=name,
            first=value(own.iloc[0], unit),
            last=f"{value(own.iloc[-1], unit)}{' %' * (unit == 'share')}",
            baseline=label(baseline),
            what=what,
            begin=written[0],
            end=written[-1],
        )
    elif len(options) > 1:
        first_part = say("response.not clear", what=what, kpi=name, baseline=label(baseline))
    else:
        first_part = say("response.at one value", kpi=name, what=what, value=written[0])
    alike: dict[str, list[str]] = {}
    for other in sweep.strategies[1:]:
        alike.setdefault(_against(rows[rows["strategy"] == other], written), []).append(label(other))
    others = [
        say("response.are" if len(names) > 1 else "response.is", strategies=joined(names), found=found)
        for found, names in alike.items()
    ]
    against = [say("response.against", baseline=label(baseline), found=", ".join(others))] if others else []
    return "; ".join([first_part, *against])


def _against(rows: pd.DataFrame, options: Sequence[str]) -> str:
    """Where a strategy is clearly above or below the baseline."""
    sides = {say("response.higher"): rows["diff_low"] > 0.0, say("response.lower"): rows["diff_high"] < 0.0}
    where = {side: [option for option, hit in zip(options, hits, strict=True) if hit] for side, hits in sides.items()}
    for side, found in where.items():
        if len(found) == len(options):
            return say("response.everywhere", side=side)
    clear = [say("response.somewhere", side=side, values=joined(found)) for side, found in where.items() if found]
    rest = [option for option in options if not any(option in found for found in where.values())]
    unclear = (
        say("response.somewhere", side=say("response.alike"), values=joined(rest))
        if clear
        else say("response.alike everywhere")
    )
    return joined([*clear, *([unclear] if rest else [])])


# --- two paths -------------------------------------------------------------------------------------------------------


def _maps(sweep: Sweep, rows: pd.DataFrame) -> go.Figure:
    across, up = sweep.paths
    others = sweep.strategies[1:]
    unit, better, kpi = (rows[column].iloc[0] for column in ("unit", "better", "kpi"))
    shown = others or sweep.strategies
    column = "difference" if others else "mean"
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
                z=[rounded([shown_value(cell[column], unit) for cell in line]) for line in columns],
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
    figure.update_layout(coloraxis=_colour_axis(rows, column, unit, better if others else None))
    figure.update_annotations(font_size=14)
    subtitle = say(
        "response.difference subtitle" if others else "response.level subtitle",
        mean=_how_many(sweep),
        kpi=sentence(kpi_label(kpi)),
        baseline=label(sweep.strategies[0]),
        unit=unit_of_difference(unit),
        percent=_confidence(sweep),
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
    return bool(cell["diff_low"] > 0.0 or cell["diff_high"] < 0.0)


def _colour_axis(rows: pd.DataFrame, column: str, unit: str, better: str | None) -> dict[str, Any]:
    """Differences run from bad over white to good, around 0; levels from white to dark."""
    amounts = [shown_value(amount, unit) for amount in rows[column] if not math.isnan(amount)]
    shown_unit = "%" if better is None and unit == "share" else unit_of_difference(unit)
    bar = {"title": {"text": shown_unit, "font": {"size": 14}}, "thickness": 14}
    if better is None:
        return {"colorscale": [[0, "#EFF7FC"], [1, "#56B4E9"]], "colorbar": bar}
    ends = [tint(BAD, 0.75), "#FFFFFF", tint(GOOD, 0.75)]
    low, middle, high = ends if better == "higher" else ends[::-1]
    most = rounded([max((abs(amount) for amount in amounts), default=1.0) or 1.0])[0] or 1.0
    return {"colorscale": [[0, low], [0.5, middle], [1, high]], "cmin": -most, "cmax": most, "colorbar": bar}


def _finding_of_differences(sweep: Sweep, rows: pd.DataFrame) -> str:
    parts = []
    for strategy in sweep.strategies[1:]:
        cells = rows[rows["strategy"] == strategy].to_dict("records")
        higher = sum(cell["diff_low"] > 0.0 for cell in cells)
        lower = sum(cell["diff_high"] < 0.0 for cell in cells)
        good, bad = (higher, lower) if rows["better"].iloc[0] == "higher" else (lower, higher)
        counts = {label("better"): good, label("worse"): bad, say("response.alike"): len(cells) - good - bad}
        found = joined([say("response.count", what=word, count=count) for word, count in counts.items() if count])
        parts.append(say("response.points", strategy=label(strategy), found=found, all=len(cells)))
    kpi, baseline = _short(rows["kpi"].iloc[0]), label(sweep.strategies[0])
    return say("response.map finding", kpi=kpi, baseline=baseline, found="; ".join(parts))


def _finding_of_levels(sweep: Sweep, rows: pd.DataFrame) -> str:
    kpi, unit = rows["kpi"].iloc[0], rows["unit"].iloc[0]
    known = rows.dropna(subset="mean").sort_values("mean").to_dict("records")
    if not known:
        return say("response.no value", kpi=_short(kpi))
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


def _short(kpi: str) -> str:
    """Name a KPI without its unit, for a sentence."""
    name, _, rest = kpi_label(kpi).partition(": ")
    name = name.rpartition(", ")[0] or name
    return f"{name} ({rest})" if rest else name


def _how_many(sweep: Sweep) -> str:
    count = int(sweep.replications["replication"].nunique())
    return say("response.mean of", replications=replication_count(count))


def _confidence(sweep: Sweep) -> str:
    return number(100 * float(sweep.scenario.document.decision.confidence))
