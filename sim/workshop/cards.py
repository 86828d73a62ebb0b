"""The answer in words and large numbers, as HTML that screen readers follow, too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from sim.comparison import Comparison
from sim.figures.style import STRATEGY_COLOURS, colours, joined, sentence, signed
from sim.kpis import catalogue
from sim.labels import kpi_label, label, number, value
from sim.messages import say
from sim.output_analysis import Estimate, Verdict, mean

__all__ = ["HEADLINE", "Row", "cards", "finding", "rows", "table", "table_html"]

HEADLINE = (
    "frustrations_per_100_journeys",
    "fcr_customer_share",
    "loyalty_mean_points",
    "contribution_eur_per_customer",
)
"""Shown in any case, after the primary KPIs of the scenario."""
_SIGNS = {
    Verdict.BETTER: "\u25b2",
    Verdict.WORSE: "\u25bc",
    Verdict.NO_RELEVANT_DIFFERENCE: "=",
    Verdict.NOT_ENOUGH_EVIDENCE: "?",
}
"""What tells the states apart without colour; up is good."""


@dataclass(frozen=True)
class Row:
    """One KPI in both worlds.

    Parameters
    ----------
    kpi, unit : str
    baseline, strategy : Estimate
        Mean over the replications, with its interval.
    difference, ci_low, ci_high : float
        Paired difference, strategy minus baseline, with its interval.
    zone : float
        Half-width of the indifference zone; NaN for a KPI that is not primary.
    verdict : Verdict or None
        None for a KPI that is not primary.
    """

    kpi: str
    unit: str
    baseline: Estimate
    strategy: Estimate
    difference: float
    ci_low: float
    ci_high: float
    zone: float
    verdict: Verdict | None

    @property
    def state(self) -> str:
        """The verdict in words."""
        return say(f"workshop.{'no_threshold' if self.verdict is None else self.verdict.value}")


def rows(comparison: Comparison) -> list[Row]:
    """Primary KPIs first, then those of `HEADLINE` that are not among them."""
    strategy, confidence = comparison.strategies[-1], float(comparison.scenario.document.decision.confidence)
    values = comparison.replications.groupby(["strategy", "kpi"])["value"]
    table = comparison.table
    told = {row["kpi"]: row for row in table[table["strategy"] == strategy].to_dict("records")}
    primary = list(comparison.scenario.document.decision.primary)
    known = [kpi.name for kpi in catalogue(comparison.scenario)]
    chosen = [*primary, *(name for name in HEADLINE if name in known and name not in primary)]
    verdicts = {row.kpi: row.verdict for row in comparison.verdict.rows if row.strategy == strategy}
    found = []
    for name in chosen:
        row = told[name]
        means = [
            mean(values.get_group((world, name)).to_numpy(dtype=np.float64), confidence)
            for world in (comparison.baseline, strategy)
        ]
        found.append(
            Row(
                name,
                str(row["unit"]),
                means[0],
                means[1],
                float(row["difference"]),
                float(row["ci_low"]),
                float(row["ci_high"]),
                float(row["indifference"]),
                verdicts.get(name),
            )
        )
    return found


def finding(comparison: Comparison) -> str:
    """Say in one line what was found."""
    strategy, baseline = sentence(label(comparison.strategies[-1])), label(comparison.baseline)
    states = [row.verdict for row in comparison.verdict.rows]
    if not states:
        return say("workshop.no_verdict", strategy=strategy, baseline=baseline)
    counts = [(say(f"workshop.{verdict.value}"), states.count(verdict)) for verdict in Verdict if verdict in states]
    found = joined([say("verdict.on", verdict=verdict, count=count) for verdict, count in counts])
    return say("workshop.finding", strategy=strategy, baseline=baseline, found=found)


def cards(comparison: Comparison, as_in_case: Comparison | None = None) -> str:
    """Lay out one card per KPI: both worlds side by side, the paired difference, and what may be said.

    Parameters
    ----------
    comparison : Comparison
    as_in_case : Comparison, optional
        The same strategies with nothing moved, where it differs.
    """
    before = {} if as_in_case is None else {row.kpi: row for row in rows(as_in_case)}
    colour = colours(comparison.scenario.strategies, STRATEGY_COLOURS)
    names = [
        f'<span class="jsw-name"><span><span class="jsw-swatch" style="background:{colour[name]}"></span>'
        f"{escape(sentence(comparison.scenario.document.strategies[name].label or label(name)))}</span></span>"
        for name in (comparison.baseline, comparison.strategies[-1])
    ]
    return f'<div class="jsw-cards">{"".join(_card(row, names, before.get(row.kpi)) for row in rows(comparison))}</div>'


def _card(row: Row, names: Sequence[str], before: Row | None) -> str:
    title, _, unit = kpi_label(row.kpi).partition(", ")
    worlds = "".join(
        f'<div class="jsw-world">{name}'
        f'<span class="jsw-number" data-kpi="{row.kpi}" data-world="{world}" data-value="{estimate.mean!r}">'
        f"{value(estimate.mean, row.unit)}</span>"
        f'<span class="jsw-interval">{_interval(estimate.ci_low, estimate.ci_high, row.unit)}</span>'
        + (
            ""
            if was is None
            else f'<span class="jsw-before">{say("workshop.before", value=value(was.mean, row.unit))}</span>'
        )
        + "</div>"
        for world, name, estimate, was in (
            ("baseline", names[0], row.baseline, None if before is None else before.baseline),
            ("strategy", names[1], row.strategy, None if before is None else before.strategy),
        )
    )
    state = "none" if row.verdict is None else row.verdict.value
    sign = "" if row.verdict is None else f'<span aria-hidden="true">{_SIGNS[row.verdict]}</span> '
    zone = "" if math.isnan(row.zone) else say("workshop.matters_from", zone=value(row.zone, row.unit))
    return (
        f'<section class="jsw-card" aria-label="{escape(kpi_label(row.kpi))}"><h3>{escape(sentence(title))}'
        f'<span class="jsw-unit">{escape(unit) or "&nbsp;"}</span></h3>'
        f'<div class="jsw-worlds">{worlds}</div>'
        f'<div class="jsw-difference"><span class="jsw-name">{say("difference")}</span> '
        f'<b data-kpi="{row.kpi}" data-world="difference" data-value="{row.difference!r}">'
        f"{signed(row.difference, row.unit)}</b> "
        f'<span class="jsw-interval">{_signed_interval(row)}</span></div>'
        f'<div class="jsw-state jsw-{state}" data-kpi="{row.kpi}">{sign}{row.state}</div>'
        f'<div class="jsw-zone">{zone}</div></section>'
    )


def _interval(low: float, high: float, unit: str) -> str:
    return say("interval", low=value(low, unit), high=value(high, unit))


def _signed_interval(row: Row) -> str:
    return say("interval", low=signed(row.ci_low, row.unit), high=signed(row.ci_high, row.unit))


def table(comparison: Comparison) -> pd.DataFrame:
    """All that the cards say, as a table in words."""
    heading = say("interval of", percent=number(100 * float(comparison.scenario.document.decision.confidence)))
    names = [label(name) for name in (comparison.baseline, comparison.strategies[-1])]
    found = rows(comparison)
    return pd.DataFrame(
        {
            say("kpi"): [kpi_label(row.kpi) for row in found],
            names[0]: [value(row.baseline.mean, row.unit) for row in found],
            names[1]: [value(row.strategy.mean, row.unit) for row in found],
            say("difference"): [signed(row.difference, row.unit) for row in found],
            heading: [_signed_interval(row) for row in found],
            say("workshop.state"): [row.state for row in found],
        }
    )


def table_html(frame: pd.DataFrame, caption: str) -> str:
    """Write a table as HTML with a caption, text escaped."""
    head = "".join(f'<th scope="col">{escape(str(column))}</th>' for column in frame.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape('' if _is_missing(cell) else str(cell))}</td>" for cell in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return (
        f'<table class="jsw-table"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _is_missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
