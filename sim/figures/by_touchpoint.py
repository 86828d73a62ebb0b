"""What a touchpoint believes of itself, and what its customers find there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from sim.figures.naming import by_own_names
from sim.figures.style import (
    INK,
    STRATEGY_COLOURS,
    SUBTLE,
    box,
    colours,
    finished,
    rounded,
    sentence,
    shown_value,
    signed,
)
from sim.kpis import catalogue
from sim.labels import label, number, value
from sim.messages import say
from sim.output_analysis import Estimate, mean

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["against_expectation", "first_contact_resolution"]

_STEP, _ROW, _AROUND = 20, 26, 20
_CUSTOMER, _SILO = "fcr_customer_share", "fcr_silo_share"
_GAP = "experience_gap_points"


@by_own_names
def first_contact_resolution(comparison: Comparison) -> go.Figure:
    """Draw both first-contact resolutions: what each touchpoint reports of itself, and what customers live through.

    A touchpoint counts a matter as settled when the customer does not come back to it within a week. A customer counts
    it as settled when it is. The vertical lines carry the customers' view down to the reports.
    """
    rows = {_CUSTOMER: f"<b>{say('fcr.customers')}</b>", _SILO: say("fcr.all")}
    rows |= {f"{_SILO}_{place}": sentence(label(place)) for place in comparison.scenario.document.touchpoints}
    found = _estimates(comparison, list(rows))
    figure = _dots(comparison, rows, found, "share")
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    for strategy in comparison.strategies:
        lived = found[strategy][_CUSTOMER].mean
        if not np.isnan(lived):
            line = {"color": colour[strategy], "width": 1.5, "dash": "dot"}
            figure.add_vline(x=rounded([shown_value(lived, "share")])[0], line=line, layer="below")
    figure.update_xaxes(title_text=say("fcr.axis"))
    lived, reported = (found[comparison.baseline][kpi].mean for kpi in (_CUSTOMER, _SILO))
    title = say(
        "fcr.finding" if reported > lived else "fcr.no gap",
        baseline=label(comparison.baseline),
        reported=value(reported, "share"),
        lived=value(lived, "share"),
    )
    return finished(figure, title, say("fcr.subtitle", **_how_sure(comparison)), _height(comparison, rows))


@by_own_names
def against_expectation(comparison: Comparison) -> go.Figure:
    """Draw experience minus expectation of contacts at each touchpoint, all strategies side by side.

    Expectations are formed by what a customer has met before: a touchpoint that becomes better is soon expected to be.
    """
    places = list(comparison.scenario.document.touchpoints)
    rows = {f"{_GAP}_{place}": sentence(label(place)) for place in places}
    found = _estimates(comparison, list(rows))
    figure = _dots(comparison, rows, found, "points", below=0.7)
    figure.add_vline(x=0.0, line={"color": INK, "width": 1})
    for text, anchor, shift in ((say("gap.below"), "right", -8), (say("gap.above"), "left", 8)):
        place = {"x": 0.0, "xanchor": anchor, "xshift": shift, "y": 0.0, "yref": "paper", "yanchor": "bottom"}
        figure.add_annotation(**box(text=text, font={"size": 13, "color": SUBTLE}, **place))
    figure.update_xaxes(title_text=say("gap.axis"))
    title = _gap_finding(comparison, {place: f"{_GAP}_{place}" for place in places}, found)
    return finished(figure, title, say("gap.subtitle", **_how_sure(comparison)), _height(comparison, rows))


def _gap_finding(comparison: Comparison, kpis: Mapping[str, str], found: Mapping[str, Mapping[str, Estimate]]) -> str:
    today = found[comparison.baseline]
    baseline = label(comparison.baseline)
    below = {place: today[kpi].mean for place, kpi in kpis.items() if today[kpi].ci_high < 0.0}
    if not below:
        return say("gap.none", baseline=baseline)
    worst = min(below, key=lambda place: below[place])
    key = "gap.all" if len(below) == len(kpis) else "gap.some"
    first = say(
        key,
        baseline=baseline,
        count=len(below),
        all=len(kpis),
        place=label(worst),
        points=signed(below[worst], "points"),
    )
    place_of = {kpi: place for place, kpi in kpis.items()}
    rows = comparison.table[comparison.table["kpi"].isin(place_of)]
    clear = rows[(rows["ci_low"] > 0.0) | (rows["ci_high"] < 0.0)].to_dict("records")
    if not clear:
        return first
    most = max(clear, key=lambda row: abs(row["difference"]))
    before, points = (signed(most[end], "points") for end in ("baseline_mean", "mean"))
    changed = {"strategy": label(most["strategy"]), "place": label(place_of[most["kpi"]])}
    return say("gap.change", first=first, before=before, points=points, **changed)


def _estimates(comparison: Comparison, kpis: Sequence[str]) -> dict[str, dict[str, Estimate]]:
    """Mean and interval of each KPI by strategy; a KPI that is undefined everywhere is NaN."""
    rows = comparison.replications[comparison.replications["kpi"].isin(kpis)]
    values = rows.groupby(["strategy", "kpi"], observed=True)["value"]
    confidence = float(comparison.scenario.document.decision.confidence)
    least = {kpi.name: kpi.least for kpi in catalogue(comparison.scenario)}
    return {
        strategy: {
            kpi: mean(values.get_group((strategy, kpi)).to_numpy(np.float64), confidence, least[kpi]) for kpi in kpis
        }
        for strategy in comparison.strategies
    }


def _dots(
    comparison: Comparison,
    rows: Mapping[str, str],
    found: Mapping[str, Mapping[str, Estimate]],
    unit: str,
    below: float = 0.0,
) -> go.Figure:
    """One row per KPI, in it one dot with its interval per strategy, below each other; `below` leaves rows empty."""
    strategies = comparison.strategies
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    apart = _STEP / _row_height(comparison)
    figure = go.Figure()
    for at, strategy in enumerate(strategies):
        shown = [(row, found[strategy][kpi]) for row, kpi in enumerate(rows)]
        shown = [(row, estimate) for row, estimate in shown if not np.isnan(estimate.mean)]
        middle, low, high = (
            [shown_value(getattr(estimate, end), unit) for _, estimate in shown]
            for end in ("mean", "ci_low", "ci_high")
        )
        figure.add_trace(
            go.Scatter(
                name=label(strategy),
                mode="markers",
                x=rounded(middle),
                y=rounded([row + apart * (at - (len(strategies) - 1) / 2) for row, _ in shown]),
                marker={"size": 11, "color": colour[strategy]},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": rounded([top - dot for top, dot in zip(high, middle, strict=True)]),
                    "arrayminus": rounded([dot - end for dot, end in zip(middle, low, strict=True)]),
                    "thickness": 2,
                    "width": 3,
                },
                customdata=[list(rows.values())[row] for row, _ in shown],
                hovertemplate=f"%{{customdata}}: %{{x}}<extra>{label(strategy)}</extra>",
            )
        )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[f"{name}  " for name in rows.values()],
        range=[len(rows) - 0.4 + below, -0.6],
        showgrid=False,
    )
    return figure


def _row_height(comparison: Comparison) -> int:
    return _ROW + _STEP * (len(comparison.strategies) - 1)


def _height(comparison: Comparison, rows: Mapping[str, str]) -> int:
    return len(rows) * _row_height(comparison) + _AROUND


def _how_sure(comparison: Comparison) -> dict[str, object]:
    percent = number(100 * float(comparison.scenario.document.decision.confidence))
    return {"pairs": comparison.pairs, "percent": percent}
