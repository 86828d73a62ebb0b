"""Bars of all strategies side by side, with how sure each mean is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from sim.figures.style import INK, STRATEGY_COLOURS, colours, finished, rounded
from sim.labels import label

if TYPE_CHECKING:
    from sim.comparison import Comparison
    from sim.output_analysis import Estimate

__all__ = ["side_by_side"]

_BAR, _MORE, _LEAST = 17, 16, 120
_PALER = 0.6
"""Opacity of bars, so that intervals are readable on the darkest colour."""
_TALL, _AXIS = 560, 28
"""Pixels of a plot above which the axis stands above it as well, and of that axis."""


def side_by_side(
    comparison: Comparison,
    estimates: Mapping[str, Sequence[Estimate]],
    names: Sequence[str],
    *,
    title: str,
    subtitle: str,
    axis: str,
    unit: str,
) -> go.Figure:
    """Draw one group of bars per name, from top to bottom, in it one bar per strategy with its interval.

    Parameters
    ----------
    comparison : Comparison
        Gives strategies their colours.
    estimates : mapping of str to sequence of Estimate
        By strategy, in the order of the names; intervals are drawn as far as they reach.
    names : sequence of str
        What is counted.
    title, subtitle, axis : str
    unit : str
        Said of each bar when somebody points at it.
    """
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    figure = go.Figure(
        [
            go.Bar(
                name=label(strategy),
                orientation="h",
                x=rounded([estimate.mean for estimate in own]),
                y=[f"{name}  " for name in names],
                marker={"color": colour[strategy], "opacity": _PALER},
                error_x={
                    "type": "data",
                    "array": rounded([estimate.ci_high - estimate.mean for estimate in own]),
                    "arrayminus": rounded([estimate.mean - estimate.ci_low for estimate in own]),
                    "color": INK,
                    "thickness": 1.5,
                    "width": 3,
                },
                hovertemplate=f"%{{y}}: %{{x}} {unit}<extra>{label(strategy)}</extra>",
            )
            for strategy, own in estimates.items()
        ]
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text=axis, rangemode="tozero")
    height = max(len(names) * (_BAR * len(estimates) + _MORE), _LEAST)
    finished(figure, title, subtitle, height)
    return _axis_above(figure, height) if height > _TALL else figure


def _axis_above(figure: go.Figure, height: int) -> go.Figure:
    """Repeat the axis above the plot, for who sees only the upper part of it."""
    figure.add_trace(go.Scatter(x=[None], y=[None], xaxis="x2", showlegend=False, hoverinfo="skip"))
    figure.update_layout(
        xaxis2={"overlaying": "x", "matches": "x", "side": "top", "showgrid": False},
        margin={"t": figure.layout.margin.t + _AXIS},
        height=figure.layout.height + _AXIS,
        legend={"y": 1 + _AXIS / height},
    )
    return figure
