"""Why the same customers with the same luck: how far replications move together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.naming import by_own_names
from sim.figures.style import (
    INK,
    STRATEGY_COLOURS,
    colours,
    finished,
    joined,
    rounded,
    shown_value,
    unit_of_difference,
)
from sim.labels import kpi_label, label, number
from sim.messages import say

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["replications"]

_HEIGHT = 340
_NAMED = 3
"""Most strategies that title and subtitle name one by one."""
_LETTER_SHARE, _LEAST_BETWEEN = 0.008, 0.17
"""Width of a letter, and room between the panels, as shares of the figure."""


@by_own_names
def replications(comparison: Comparison, kpi: str | None = None) -> go.Figure:
    """Draw how replications of all strategies move together, and what that does to the intervals.

    Parameters
    ----------
    comparison : Comparison
    kpi : str, optional
        By default the first primary KPI, or the first of the table.

    Raises
    ------
    ArgumentError
        The KPI does not exist.
    """
    table = comparison.table
    name = table["kpi"].iloc[0] if kpi is None else kpi
    rows = table[table["kpi"] == name]
    if rows.empty:
        raise ArgumentError(f"unknown KPI {name!r}; known are {', '.join(table['kpi'].unique())}")
    unit = rows["unit"].iloc[0]
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    values = comparison.replications[comparison.replications["kpi"] == name]
    confidence = number(100 * float(comparison.scenario.document.decision.confidence))
    figure = make_subplots(
        1,
        2,
        column_widths=[0.56, 0.44],
        horizontal_spacing=max(_LEAST_BETWEEN, _LETTER_SHARE * max(len(label(name)) for name in comparison.strategies)),
        subplot_titles=[say("pairing.against mean"), say("pairing.around difference", percent=confidence)],
    )
    for strategy in comparison.strategies:
        own = values[values["strategy"] == strategy].sort_values("replication")
        shown = shown_value(1.0, unit) * (own["value"] - own["value"].mean())
        figure.add_trace(
            go.Scatter(
                name=label(strategy),
                x=own["replication"].tolist(),
                y=rounded(shown.tolist()),
                mode="lines+markers",
                line={"color": colour[strategy], "width": 2},
                marker={"size": 8},
            ),
            row=1,
            col=1,
        )
    texts = []
    for at, row in enumerate(rows.to_dict("records")):
        half = shown_value((row["ci_high"] - row["ci_low"]) / 2.0, unit)
        wider = half * math.sqrt(row["variance_reduction"])
        widths = {say("pairing.same luck"): half, say("pairing.independent"): wider}
        for below, (kind, width) in enumerate(widths.items()):
            texts.append(f"{label(row['strategy'])}  <br>{kind}  ")
            figure.add_trace(
                go.Scatter(
                    x=[0],
                    y=[2 * at + below],
                    mode="markers",
                    showlegend=False,
                    marker={"size": 11, "color": colour[row["strategy"]], "symbol": ("circle", "circle-open")[below]},
                    error_x={
                        "type": "data",
                        "array": rounded([width]),
                        "color": colour[row["strategy"]],
                        "thickness": 3,
                        "width": 6,
                    },
                    hovertemplate=f"± {number(width)}<extra>{label(row['strategy'])}, {kind}</extra>",
                ),
                row=1,
                col=2,
            )
    figure.add_hline(y=0, line={"color": INK, "width": 1}, layer="below", row=1, col=1)
    figure.add_vline(x=0, line={"color": INK, "width": 1.5}, layer="below", row=1, col=2)
    figure.update_xaxes(
        title_text=say("pairing.axis"), showgrid=False, tickformat="d", nticks=min(comparison.pairs, 20), row=1, col=1
    )
    figure.update_yaxes(title_text=unit_of_difference(unit), row=1, col=1)
    figure.update_xaxes(title_text=unit_of_difference(unit), nticks=6, row=1, col=2)
    figure.update_yaxes(
        tickvals=list(range(len(texts))), ticktext=texts, range=[len(texts) - 0.4, -0.6], showgrid=False, row=1, col=2
    )
    figure.update_annotations(font_size=14, yshift=2)
    subtitle = say("pairing.subtitle", kpi=kpi_label(name)) + "".join(
        say(
            "pairing.factor",
            strategy=label(row["strategy"]),
            factor=number(row["variance_reduction"], 2),
            low=number(row["variance_reduction_low"], 2),
            high=number(row["variance_reduction_high"], 2),
        )
        for row in rows.to_dict("records")
        if not math.isnan(row["variance_reduction_low"]) and len(rows) <= _NAMED
    )
    finished(figure, _finding(rows), subtitle, max(_HEIGHT, 48 * len(texts)))
    figure.update_layout(legend_y=1.09, margin_t=figure.layout.margin.t + 30, height=figure.layout.height + 30)
    return figure


def _finding(rows: pd.DataFrame) -> str:
    known = rows[rows["variance_reduction"].notna()]
    if known.empty:
        return say("pairing.unknown")
    first, *others = zip(known["strategy"], known["variance_reduction"], strict=True)
    factors = known["variance_reduction"]
    said = [say("pairing.times the replications", factor=number(first[1], 2), strategy=label(first[0]))]
    said += [say("pairing.times", factor=number(factor, 2), strategy=label(strategy)) for strategy, factor in others]
    if len(known) > _NAMED:
        said = [say("pairing.range", least=number(factors.min(), 2), most=number(factors.max(), 2))]
    if (known["variance_reduction_low"] > 1.0).all():
        verdict = "pairing.helps"
    elif (known["variance_reduction_high"] < 1.0).all():
        verdict = "pairing.harms"
    else:
        verdict = "pairing.not clear"
    return say("pairing.finding", verdict=say(verdict), found=joined(said))
