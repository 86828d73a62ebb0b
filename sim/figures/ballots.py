"""Ballots of a workshop: where the room disagrees, and what that does to a comparison."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.figures.naming import by_own_names
from sim.figures.style import (
    INK,
    STRATEGY_COLOURS,
    SUBTLE,
    ZONE,
    box,
    colours,
    finished,
    rounded,
    shown_value,
    signed,
    tint,
    wrapped,
)
from sim.labels import kpi_label, label, number, unit_label, unit_of_difference, value
from sim.messages import path_label, say

if TYPE_CHECKING:
    from sim.ballots import BallotComparison, Ballots, Pool

__all__ = ["spread", "under_ballots"]

_LINE, _POOL_ROOM, _GAP = 11, 46, 22  # pixels
_POOL = "#0072B2"
_MIN_PER = {"weeks": 10_080.0, "days": 1_440.0, "h": 60.0, "min": 1.0}
_PANEL_HEAD, _ROW = 54, 46
_GOLDEN = 0.6180339887498949


@by_own_names
def spread(ballots: Ballots) -> go.Figure:
    """Draw every ballot, a row of lines per parameter, with the pool below; the most disputed parameter on top.

    Every row has its own scale, from the lowest to the highest value anybody gave.

    Parameters
    ----------
    ballots : Ballots
    """
    figure = go.Figure()
    pools = sorted(ballots.pools, key=lambda pool: -pool.disagreement)
    top, ticks = 0.0, []
    for at, pool in enumerate(pools):
        height = _LINE * len(pool.votes) + _POOL_ROOM
        _row(figure, pool, ballots.scenario.quantity(pool.parameter).value, top, first=at == 0)
        ticks.append((top + height / 2.0, pool))
        top += height + _GAP
        if at + 1 < len(pools):
            figure.add_hline(y=top - _GAP / 2.0, line={"color": ZONE, "width": 1}, layer="below")
    figure.update_yaxes(
        range=[top - _GAP, -_GAP / 2.0],
        tickvals=[middle for middle, _ in ticks],
        ticktext=[
            say(
                "ballots.row label",
                parameter=f"<b>{wrapped(path_label(pool.parameter), 34)}</b>",
                percent=_percent(pool),
            )
            + "  "
            for _, pool in ticks
        ],
        showgrid=False,
    )
    figure.update_xaxes(range=[-0.04, 1.04], visible=False)
    finished(figure, _finding(ballots, pools[0]), say("ballots.subtitle"), math.ceil(top))
    return figure.update_layout(margin_b=20, height=figure.layout.height - 40)


def _row(figure: go.Figure, pool: Pool, today: float, top: float, first: bool) -> None:
    low = min(today, *(vote.low for vote in pool.votes))
    high = max(today, *(vote.high for vote in pool.votes))

    def along(amount: float) -> float:
        return (amount - low) / (high - low) if high > low else 0.5

    def told(amount: float) -> str:
        return _written(amount, pool.kind.unit)

    bottom = top + _LINE * len(pool.votes)
    for line, vote in enumerate(pool.votes):
        y = top + _LINE * (line + 0.5)
        ends = [along(vote.low), along(vote.best), along(vote.high)]
        hover = f"{vote.participant}: {told(vote.low)}, {told(vote.best)}, {told(vote.high)}<extra></extra>"
        figure.add_trace(
            go.Scatter(
                x=rounded(ends),
                y=[y] * 3,
                mode="lines+markers",
                line={"color": SUBTLE, "width": 1.5},
                marker={"size": [0, 7, 0], "color": SUBTLE, "opacity": 1, "line": {"width": 0}},
                name=say("ballots.participant"),
                legendgroup="participant",
                showlegend=first and line == 0,
                hovertemplate=hover,
            )
        )
    quantiles = [pool.quantile(share) for share in (0.1, 0.5, 0.9)]
    y = bottom + 8
    figure.add_trace(
        go.Scatter(
            x=rounded([along(quantiles[0]), along(quantiles[2])]),
            y=[y, y],
            mode="lines",
            line={"color": _POOL, "width": 7},
            name=say("ballots.pool"),
            showlegend=first,
            hovertemplate=f"{told(quantiles[0])} – {told(quantiles[2])}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=rounded([along(quantiles[1])]),
            y=[y],
            mode="markers",
            marker={"symbol": "diamond", "size": 13, "color": "white", "line": {"color": _POOL, "width": 3}},
            name=say("ballots.median"),
            showlegend=first,
            hovertemplate=f"{told(quantiles[1])}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=rounded([along(today)] * 2),
            y=[top, bottom + 14],
            mode="lines",
            line={"color": INK, "width": 1.5, "dash": "dot"},
            name=say("ballots.today"),
            showlegend=first,
            hovertemplate=f"{told(today)}<extra></extra>",
        )
    )
    text = {"yanchor": "top", "y": bottom + 16, "font": {"size": 14, "color": SUBTLE}}
    middle = along(quantiles[1])
    if high > low:
        figure.add_annotation(box(x=0, xanchor="left", text=told(low), **text))
        figure.add_annotation(box(x=1, xanchor="right", text=told(high), **text))
    if 0.14 < middle < 0.86:
        font = {"size": 14, "color": _POOL}
        figure.add_annotation(
            box(x=middle, xanchor="center", text=f"<b>{told(quantiles[1])}</b>", **text | {"font": font})
        )


def _finding(ballots: Ballots, most: Pool) -> str:
    if len(ballots.participants) == 1:
        return say("ballots.one")
    if most.disagreement == 0.0:
        return say("ballots.agree")
    return say("ballots.disagree", parameter=path_label(most.parameter), percent=_percent(most))


def _percent(pool: Pool) -> str:
    return number(100.0 * pool.disagreement, 2)


def _written(amount: float, unit: str) -> str:
    """Write an amount with its unit; long times in units in which people think."""
    if unit == "share":
        return f"{value(amount, unit)} %"
    if unit == "min":
        unit = next((each for each, size in _MIN_PER.items() if abs(amount) >= 2.0 * size), "min")
        amount /= _MIN_PER[unit]
    return f"{number(amount)} {unit_label(unit)}".strip()


@by_own_names
def under_ballots(result: BallotComparison) -> go.Figure:
    """Draw the differences of the primary KPIs at the room's middle values and under its ballots, draw by draw.

    Parameters
    ----------
    result : BallotComparison
    """
    comparison = result.at_middle
    strategies = comparison.strategies[1:]
    kpis = list(comparison.scenario.document.decision.primary) or [comparison.table["kpi"].iloc[0]]
    height = 2 * _ROW * len(strategies)
    figure = make_subplots(1, len(kpis), shared_yaxes=True, horizontal_spacing=0.03)
    for column, kpi in enumerate(kpis, start=1):
        _panel(figure, result, kpi, column)
    ticks = [say(f"ballots.{name}") for name in ("at middle", "under")]
    figure.update_yaxes(
        tickvals=list(range(2 * len(strategies))),
        ticktext=[f"{label(strategy)}, {tick}  " for strategy in strategies for tick in ticks],
        range=[2 * len(strategies) - 0.4, -0.6],
        showgrid=False,
    )
    percent = number(100 * float(comparison.scenario.document.decision.confidence))
    subtitle = say("ballots.figure", baseline=label(comparison.baseline), percent=percent, pairs=comparison.pairs)
    finished(figure, _change(result), subtitle, height, legend=False)
    return figure.update_layout(
        margin={"t": figure.layout.margin.t + _PANEL_HEAD}, height=figure.layout.height + _PANEL_HEAD
    )


def _panel(figure: go.Figure, result: BallotComparison, kpi: str, column: int) -> None:
    """Draw one KPI: for each strategy every draw, the difference at middle values, and the one under the ballots."""
    comparison, place = result.at_middle, {"row": 1, "col": column}
    rows: list[dict[Hashable, Any]] = result.table[result.table["kpi"] == kpi].to_dict("records")
    unit = rows[0]["unit"]
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    for at, row in enumerate(rows):
        strategy = row["strategy"]
        gaps = [shown_value(each, unit) for each in result.differences(strategy, kpi)]
        # dots are strewn over the height of their row, always in the same way
        strewn = [2 * at + 0.78 + 0.44 * ((draw * _GOLDEN) % 1.0) for draw in range(len(gaps))]
        dots = {"size": 6, "color": tint(colour[strategy], 0.55), "line": {"width": 0}}
        hover = "%{x}<extra></extra>"
        figure.add_trace(
            go.Scatter(
                x=rounded(gaps), y=rounded(strewn), mode="markers", marker=dots, showlegend=False, hovertemplate=hover
            ),
            **place,
        )
        for below, (name, symbol) in enumerate((("middle", "square"), ("ballots", "circle"))):
            middle, low, high = (shown_value(row[f"{name}_{end}"], unit) for end in ("difference", "ci_low", "ci_high"))
            plus, minus = rounded([high - middle, middle - low])
            marker = {"size": 12, "symbol": symbol, "color": colour[strategy], "line": {"color": INK, "width": 1.5}}
            bars = {"type": "data", "array": [plus], "arrayminus": [minus], "color": INK, "thickness": 2.5}
            figure.add_trace(
                go.Scatter(
                    x=rounded([middle]),
                    y=[2 * at + below],
                    mode="markers",
                    marker=marker,
                    error_x=bars,
                    showlegend=False,
                    hovertemplate=f"{label(strategy)}: {signed(row[f'{name}_difference'], unit)}<extra></extra>",
                ),
                **place,
            )
    zone = shown_value(float(comparison.scenario.document.decision.primary.get(kpi, 0.0)), unit)
    if zone > 0.0:
        left, right = rounded([-zone, zone])
        figure.add_vrect(x0=left, x1=right, fillcolor=ZONE, line_width=0, layer="below", **place)
    figure.add_vline(x=0, line={"color": SUBTLE, "width": 1.5}, layer="below", **place)
    arrow = say("forest.better left" if rows[0]["better"] == "lower" else "forest.better right")
    title = {"text": f"{unit_of_difference(unit)}  <b>{arrow}</b>", "standoff": 6}
    figure.update_xaxes(title=title, nticks=5, showgrid=False, ticks="outside", **place)
    head = {"xref": "paper", "yref": "paper", "x": figure.get_subplot(1, column).xaxis.domain[0], "y": 1, "yshift": 6}
    corner = {"xanchor": "left", "yanchor": "bottom", "align": "left"}
    figure.add_annotation(box(text=f"<b>{wrapped(kpi_label(kpi), 26)}</b>", **head, **corner))


def _change(result: BallotComparison) -> str:
    primary = result.table[result.table["primary"]].to_dict("records")
    if not primary:
        return say("ballots.no primary")
    changes = [
        say(
            "ballots.change",
            strategy=label(row["strategy"]),
            kpi=kpi_label(row["kpi"]).split(",")[0],
            before=label(row["middle_verdict"]),
            after=label(row["ballots_verdict"]),
        )
        for row in primary
        if row["middle_verdict"] != row["ballots_verdict"]
    ]
    return say("ballots.changed", changes="; ".join(changes)) if changes else say("ballots.same")
