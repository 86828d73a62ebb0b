"""The forest plot: what each strategy changes against the baseline, KPI by KPI."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.naming import by_own_names
from sim.figures.style import (
    SUBTLE,
    VERDICT_COLOURS,
    ZONE,
    box,
    finished,
    joined,
    rounded,
    shown_value,
    signed,
    wrapped,
)
from sim.labels import kpi_label, label, number, unit_of_difference
from sim.messages import kpi_name, say
from sim.output_analysis import Verdict

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["MAIN_KPIS", "differences", "finding"]

MAIN_KPIS = ("contacts_per_journey", "waiting_min", "churn_share", "margin_eur_per_customer")
"""Shown below the primary KPIs, as background; no verdict is given on them."""

_COLUMNS = 3
_LONG_TITLE = 168
"""Characters of two lines."""
_HALO = MappingProxyType({"bgcolor": "rgba(255,255,255,0.5)", "borderpad": 0})
_BESIDE, _TICKS = 0.045, 4
"""Room between panels as part of the width, and ticks of a panel, at most: those of neighbours must not meet."""
_SMALL, _MARK = 12, 8
"""Size of an interval in words; half the width of a point, with which the words begin or end near an edge."""
_ROW_HEIGHT, _PANEL_HEAD, _GAP, _X_AXIS = 48, 54, 8, 52


@by_own_names
def differences(comparison: Comparison, kpis: Sequence[str] | None = None) -> go.Figure:
    """Draw paired differences to the baseline with their intervals, one panel per KPI in its own unit.

    Parameters
    ----------
    comparison : Comparison
    kpis : sequence of str, optional
        Names of KPIs; by default the primary ones, then `MAIN_KPIS`.

    Raises
    ------
    ArgumentError
        A KPI that does not exist.
    """
    table = comparison.table
    known = table["kpi"].drop_duplicates().tolist()
    primary = table[table["primary"]]["kpi"].drop_duplicates().tolist()
    others = [kpi for kpi in MAIN_KPIS if kpi in known and kpi not in primary]
    chosen = [*primary, *others] if kpis is None else list(kpis)
    missing = [kpi for kpi in chosen if kpi not in known]
    if missing or not chosen:
        raise ArgumentError(f"unknown KPIs {missing}; known are {', '.join(known)}" if missing else "no KPI is named")
    columns = min(_COLUMNS, len(chosen))
    rows = -(-len(chosen) // columns)
    strategies = comparison.strategies[1:]
    panel = _ROW_HEIGHT * len(strategies)
    height = rows * panel + (rows - 1) * (_X_AXIS + _PANEL_HEAD + _GAP)
    figure = make_subplots(
        rows,
        columns,
        shared_yaxes=True,
        horizontal_spacing=_BESIDE,
        vertical_spacing=(_X_AXIS + _PANEL_HEAD + _GAP) / height if rows > 1 else 0,
    )
    for position, kpi in enumerate(chosen):
        row, column = divmod(position, columns)
        _panel(figure, table[table["kpi"] == kpi], strategies, row + 1, column + 1)
    figure.update_yaxes(
        tickvals=list(range(len(strategies))),
        ticktext=[f"{label(strategy)}  " for strategy in strategies],
        range=[len(strategies) - 0.4, -0.6],
        showgrid=False,
    )
    _legend(figure, table[table["kpi"].isin(chosen)])
    finished(figure, finding(comparison), _how_sure(comparison), height)
    # panel titles stand between the legend and the plot, a row of its own
    figure.update_layout(
        margin={"t": figure.layout.margin.t + _PANEL_HEAD},
        height=figure.layout.height + _PANEL_HEAD,
        legend={"y": 1 + _PANEL_HEAD / height},
    )
    return figure


def _panel(figure: go.Figure, rows: pd.DataFrame, strategies: Sequence[str], row: int, column: int) -> None:
    first = rows.iloc[0]
    unit, zone = first["unit"], shown_value(first["indifference"], first["unit"])
    place = {"row": row, "col": column}
    ends, points = [0.0], []
    for each in rows.to_dict("records"):
        at = strategies.index(each["strategy"])
        middle, low, high = (shown_value(each[key], unit) for key in ("difference", "ci_low", "ci_high"))
        ends += [x for x in (middle, low, high) if not math.isnan(x)]
        figure.add_trace(_estimate(each, at, middle, low, high), **place)
        points.append((each, at, middle))
    # Shapes go to panels that hold a trace only.
    if first["primary"] and zone > 0.0:
        left, right = rounded([-zone, zone])
        figure.add_vrect(x0=left, x1=right, fillcolor=ZONE, line_width=0, layer="below", **place)
        ends += [-zone, zone]
    figure.add_vline(x=0, line={"color": SUBTLE, "width": 1.5}, layer="below", **place)
    width = max(ends) - min(ends) or 1.0
    for each, at, middle in points:
        if not math.isnan(middle):
            along = (middle - min(ends)) / width
            side = "left" if along < 1 / 3 else "right" if along > 2 / 3 else "center"
            beside = {"xanchor": side, "xshift": {"left": -_MARK, "center": 0, "right": _MARK}[side]}
            text = {"x": rounded([middle])[0], "y": at, "yshift": 16, "text": _said(each)}
            figure.add_annotation(box(**text, **beside, **_HALO), **place)
    better = say("forest.better left" if first["better"] == "lower" else "forest.better right")
    figure.update_xaxes(
        range=rounded([min(ends) - 0.14 * width, max(ends) + 0.14 * width]),
        nticks=_TICKS,
        showgrid=False,
        ticks="outside",
        tickcolor=SUBTLE,
        title={
            "text": f"{unit_of_difference(unit)}  <b>{better}</b>",
            "standoff": 6,
        },
        **place,
    )
    axis = figure.get_subplot(row, column)
    figure.add_annotation(
        box(
            xref="paper",
            yref="paper",
            x=axis.xaxis.domain[0],
            y=axis.yaxis.domain[1],
            xanchor="left",
            yanchor="bottom",
            align="left",
            yshift=6,
            text=f"<b>{wrapped(kpi_label(first['kpi']), 26)}</b>"
            if first["primary"]
            else wrapped(kpi_label(first["kpi"]), 28),
        )
    )


def _said(each: dict[Hashable, Any]) -> str:
    """Write a difference and, smaller, its interval where there is one."""
    middle, low, high = (signed(each[key], each["unit"]) for key in ("difference", "ci_low", "ci_high"))
    if math.isnan(each["ci_low"]):
        return middle
    return f'{middle} <span style="font-size:{_SMALL}px">({say("interval", low=low, high=high)})</span>'


def _estimate(each: dict[Hashable, Any], at: int, middle: float, low: float, high: float) -> go.Scatter:
    verdict = Verdict(each["verdict"]) if each["primary"] else None
    colour = SUBTLE if verdict is None or verdict is Verdict.NOT_ENOUGH_EVIDENCE else VERDICT_COLOURS[verdict]
    plus, minus = rounded([high - middle, middle - low])
    ends = [signed(each[end], each["unit"]) for end in ("ci_low", "ci_high")]
    return go.Scatter(
        x=rounded([middle]),
        y=[at],
        mode="markers",
        marker=_marker(verdict),
        error_x={"type": "data", "array": [plus], "arrayminus": [minus], "color": colour, "thickness": 3, "width": 0},
        showlegend=False,
        hovertemplate=(
            f"{label(each['strategy'])}: {signed(each['difference'], each['unit'])}"
            f" ({say('interval', low=ends[0], high=ends[1])})<extra></extra>"
        ),
    )


def _marker(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"symbol": "diamond", "size": 9, "color": SUBTLE}
    line = {"color": SUBTLE, "width": 2 if verdict is Verdict.NOT_ENOUGH_EVIDENCE else 0}
    return {"symbol": "circle", "size": 13, "color": VERDICT_COLOURS[verdict], "line": line}


def _legend(figure: go.Figure, rows: pd.DataFrame) -> None:
    """One entry per verdict that occurs, and one for KPIs without a verdict."""
    found = [verdict for verdict in Verdict if verdict.value in set(rows["verdict"])]
    entries = [(_marker(verdict), label(verdict.value)) for verdict in found]
    if not rows["primary"].all():
        entries.append((_marker(None), say("forest.background")))
    if rows["primary"].any():
        entries.append(({"symbol": "square", "size": 14, "color": ZONE}, say("forest.zone")))
    for marker, name in entries:
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name))


def finding(comparison: Comparison) -> str:
    """What the comparison found on the primary KPIs, as a sentence without its full stop."""
    rows = comparison.verdict.rows
    if not rows:
        return say("forest.no primary", baseline=label(comparison.baseline))
    found: dict[str, dict[Verdict, list[str]]] = {
        strategy: {
            verdict: [kpi_name(row.kpi) for row in rows if (row.strategy, row.verdict) == (strategy, verdict)]
            for verdict in Verdict
        }
        for strategy in comparison.strategies[1:]
    }
    title = "; ".join(f"{label(strategy)}: {_verdicts(kpis)}" for strategy, kpis in found.items())
    if len(title) <= _LONG_TITLE:
        return title
    return _best(found, len(comparison.scenario.document.decision.primary))


def _best(found: dict[str, dict[Verdict, list[str]]], kpis: int) -> str:
    """Which strategies are better on most KPIs, where all that was found would be too long to say."""
    better = {strategy: len(verdicts[Verdict.BETTER]) for strategy, verdicts in found.items()}
    if not any(better.values()):
        return say("forest.none better", count=len(found))
    best = []
    for strategy in [strategy for strategy, count in better.items() if count == max(better.values())]:
        told = {"strategy": label(strategy), "better": better[strategy], "all": kpis}
        worse = len(found[strategy][Verdict.WORSE])
        best.append(
            say("forest.better and worse on", **told, worse=worse) if worse else say("forest.better on", **told)
        )
    return say("forest.best", count=len(found), found=joined(best))


def _verdicts(found: dict[Verdict, list[str]]) -> str:
    said = [
        say("forest.on", verdict=label(verdict.value), kpis=joined(found[verdict]))
        for verdict in (Verdict.BETTER, Verdict.WORSE)
        if found[verdict]
    ]
    open_ = found[Verdict.NOT_ENOUGH_EVIDENCE]
    if not said and not open_:
        return say("forest.no difference")
    if not said and not found[Verdict.NO_RELEVANT_DIFFERENCE]:
        return say("forest.no evidence")
    if open_:
        said.append(say("forest.on", verdict=label(Verdict.NOT_ENOUGH_EVIDENCE.value), kpis=joined(open_)))
    return ", ".join(said) if said else label(Verdict.NO_RELEVANT_DIFFERENCE.value)


def _how_sure(comparison: Comparison) -> str:
    confidence = number(100 * float(comparison.scenario.document.decision.confidence))
    key = "forest.how sure" if comparison.pairs > 1 else "forest.not sure"
    return say(key, baseline=label(comparison.baseline), percent=confidence, pairs=comparison.pairs)
