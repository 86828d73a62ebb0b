"""What an experiment found: strategies against the baseline, with intervals, verdicts and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.copies import caveats
from sim.film import shoot
from sim.kpis import Kpi, catalogue
from sim.labels import kpi_label, label, number, signed, value
from sim.messages import say
from sim.output_analysis import (
    Estimate,
    Verdict,
    decide,
    mean,
    more_replications,
    paired_difference,
    variance_reduction,
)
from sim.scenario import Scenario
from sim.simulation import simulate
from sim.twins import Measure, Twins, find_twins
from sim.verdicts import WIDTH, VerdictRow, Verdicts, filled, interval_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from sim.figures import ComparisonFigures

__all__ = ["Comparison", "comparison_table"]

COLUMNS = {
    "strategy": "strategy that is compared",
    "kpi": "name of the KPI",
    "unit": "unit of all values of the row",
    "better": "which direction is good: higher or lower",
    "baseline": "strategy it is compared with",
    "mean": "mean over the replications used",
    "baseline_mean": "the same of the baseline",
    "difference": "mean of the paired differences, strategy minus baseline",
    "ci_low": "lower end of the paired t-interval of the difference, at the scenario's confidence, for this row alone",
    "ci_high": "its upper end",
    "p_value": "paired t-test of 'no difference', for this row alone",
    "p_holm": "primary KPIs: Holm-adjusted p-value of the verdict over all primary KPIs and strategies; else NaN",
    "primary": "the scenario declares the KPI as primary",
    "indifference": "primary KPIs: the difference below which it does not matter; else NaN",
    "verdict": "primary KPIs: better, worse, no_relevant_difference or not_enough_evidence; else missing",
    "more_replications": "estimate of how many more replications an open verdict needs; missing where none or unknown",
    "variance_reduction": "how many times the replications independent runs would need; NaN where undefined",
    "variance_reduction_low": "lower end of its interval",
    "variance_reduction_high": "its upper end",
    "replications": "pairs of replications used; pairs with a NaN are left out",
}
"""Columns of `Comparison.table` with their meaning."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """Strategies compared over the same customers with the same luck.

    Parameters
    ----------
    scenario : Scenario
        As it was given, before `scale`.
    strategies : tuple of str
        The first is the baseline.
    seed : int
    scale : float
        Factor on customers and rosters.
    replications : pandas.DataFrame
        Tidy: strategy, replication, kpi, value.
    aggregates : dict of pandas.DataFrame
        Small tables for figures, each with strategy and replication in front.
    """

    scenario: Scenario
    strategies: tuple[str, ...]
    seed: int
    scale: float
    replications: pd.DataFrame
    aggregates: dict[str, pd.DataFrame]

    @property
    def baseline(self) -> str:
        """The strategy that the others are compared with."""
        return self.strategies[0]

    @property
    def pairs(self) -> int:
        """Number of replications of each strategy."""
        return int(self.replications["replication"].nunique())

    @property
    def caveats(self) -> tuple[str, ...]:
        """What may not be taken from the copy that was simulated, in sentences; empty at full size."""
        return caveats(self.scenario, self.scale, self.strategies)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per strategy (without the baseline) and KPI; the columns are described in `COLUMNS`."""
        document = self.scenario.document
        primary = {name: float(zone) for name, zone in document.decision.primary.items()}
        return comparison_table(self.replications, self.strategies, catalogue(self.scenario), primary, self._confidence)

    @cached_property
    def verdict(self) -> Verdicts:
        """What may be said about the primary KPIs, in words when printed."""
        rows = tuple(
            VerdictRow(
                strategy=row["strategy"],
                kpi=row["kpi"],
                unit=row["unit"],
                verdict=Verdict(row["verdict"]),
                mean=row["mean"],
                baseline_mean=row["baseline_mean"],
                difference=row["difference"],
                ci_low=row["ci_low"],
                ci_high=row["ci_high"],
                indifference=row["indifference"],
                p_holm=row["p_holm"],
                more_replications=None if pd.isna(row["more_replications"]) else int(row["more_replications"]),
            )
            for row in self.table[self.table["primary"]].to_dict("records")
        )
        return Verdicts(rows, self.baseline, self._confidence, self.pairs, self.scale)

    @property
    def figures(self) -> ComparisonFigures:
        """The figures of this comparison, e.g. ``result.figures.differences()``."""
        from sim.figures import ComparisonFigures  # figures come after measures in the order of imports

        return ComparisonFigures(self)

    def film(
        self, replication: int = 0, day: int | None = None, customers: int = 200, *, strategy: str | None = None
    ) -> go.Figure:
        """Show one day of the baseline and a strategy in step, with the customers as moving dots.

        One replication of both is simulated again.

        Parameters
        ----------
        replication : int
            Which replication to look at.
        day : int, optional
            Number of the day, from 0 for the Monday of week 0; by default the one after the warm-up on which the two
            worlds differ most in frustration events, which the subtitle says.
        customers : int
            How many customers to show at most, of those who are in touch with the company on that day.
        strategy : str, optional
            The other world; by default the last strategy of the comparison.

        Raises
        ------
        ArgumentError
            All arguments that cannot be used, at once.
        """
        from sim.figures.film import film  # figures come after measures in the order of imports

        other = self.strategies[-1] if strategy is None else strategy
        reel = shoot(self.world(replication), self.baseline, other, self.seed, replication, day, customers)
        return film(reel)

    def twins(
        self,
        n: int = 3,
        *,
        strategy: str | None = None,
        replication: int = 0,
        segment: str | None = None,
        by: Measure = "all",
    ) -> Twins:
        """Follow the `n` customers whose year differs most between the baseline and a strategy.

        They show what can happen, not what is typical. One replication of both is simulated again.

        Parameters
        ----------
        n : int
            Number of customers.
        strategy : str, optional
            The other world; by default the last strategy of the comparison.
        replication : int
            Which replication to look at.
        segment : str, optional
            Look at customers of this segment only.
        by : {"all", "severity", "resolved", "loyalty"}
            What has to differ: points lost to frustrations, journeys resolved, loyalty at the end, or all three.
        """
        other = self.strategies[-1] if strategy is None else strategy
        return find_twins(self.world(replication), self.baseline, other, self.seed, replication, n, segment, by)

    def report(self, out: str | PathLike[str], language: str = "en") -> list[Path]:
        """Write what participants take home: an offline page, a deck with native charts and a workbook.

        Parameters
        ----------
        out : str or path-like
            Folder; ``report.html``, ``report.pptx`` and ``report.xlsx`` in it are replaced, nothing else.
        language : {"en", "de"}

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        ArgumentError
            An unknown language, a folder that cannot be one, or a missing package, with its remedy.
        """
        from sim.report import write  # the report comes after measures and figures in the order of imports

        return write(self, out, language)

    def world(self, replication: int) -> Scenario:
        """Return the scenario that a replication simulates, in its size."""
        return self.scenario.scaled(self.scale)

    def tables(self, replication: int = 0) -> dict[str, pd.DataFrame]:
        """All contacts, frustrations, journeys, customers and staffing of one replication, which is simulated again.

        Parameters
        ----------
        replication : int

        Returns
        -------
        dict of str to DataFrame
            The tables of `sim.tables`, those of the strategies below each other, with the column `strategy` in front.
        """
        scenario = self.world(replication)
        worlds = {name: simulate(scenario, name, self.seed, replication) for name in self.strategies}
        strategy = pd.CategoricalDtype(list(worlds))
        return {
            table: pd.concat(
                [
                    frames[table].assign(strategy=pd.Categorical([name] * len(frames[table]), dtype=strategy))
                    for name, frames in worlds.items()
                ],
                ignore_index=True,
            ).pipe(lambda rows: rows[["strategy", *rows.columns.drop("strategy")]])
            for table in next(iter(worlds.values()))
        }

    def __repr__(self) -> str:
        verdict, blocks = self.verdict, []
        for strategy, rows in zip(self.strategies[1:], self._by_strategy(self._shown), strict=True):
            blocks += [verdict.on(strategy, brief=True)] if verdict.rows else []
            blocks.append(_readable(rows, self._confidence).to_string(index=False, line_width=WIDTH))
        how_sure = verdict.how_sure if verdict.rows else str(verdict)
        return "\n\n".join([filled(self._headline), *map(filled, self._warned), *blocks, self._luck, how_sure])

    def _repr_html_(self) -> str:
        blocks = []
        for rows in self._by_strategy(self.table):
            verdicts = [label(v) if isinstance(v, str) else "" for v in rows["verdict"]]
            blocks.append(
                _readable(rows, self._confidence).assign(verdict=verdicts).to_html(index=False, border=0, na_rep="")
            )
        *head, luck = (f"<p>{escape(text)}</p>" for text in (self._headline, *self._warned, self._luck))
        return "".join([*head, *blocks]) + luck + self.verdict._repr_html_()

    def _by_strategy(self, rows: pd.DataFrame) -> list[pd.DataFrame]:
        return [rows[rows["strategy"] == strategy] for strategy in self.strategies[1:]]

    @property
    def _confidence(self) -> float:
        return float(self.scenario.document.decision.confidence)

    @property
    def _shown(self) -> pd.DataFrame:
        primary = self.table[self.table["primary"]]
        return primary if len(primary) else self.table

    @property
    def _headline(self) -> str:
        others = ", ".join(label(s) for s in self.strategies[1:])
        return say(
            "comparison.headline",
            name=self.scenario.document.name,
            others=others,
            baseline=label(self.baseline),
            pairs=self.pairs,
            seed=self.seed,
        )

    @property
    def _warned(self) -> list[str]:
        told = self.caveats
        return [*told, say("copy.totals")] if told else []

    @property
    def _luck(self) -> str:
        factors = self._shown["variance_reduction"].dropna()
        if factors.empty:
            return filled(say("comparison.no luck"))
        low, middle, high = (number(float(x), 2) for x in (factors.min(), factors.median(), factors.max()))
        return filled(say("comparison.luck", middle=middle, low=low, high=high))


def comparison_table(
    replications: pd.DataFrame,
    strategies: Sequence[str],
    kpis: Sequence[Kpi],
    primary: dict[str, float],
    confidence: float,
) -> pd.DataFrame:
    """Compare every strategy with the first, KPI by KPI.

    Parameters
    ----------
    replications : pandas.DataFrame
        Tidy: strategy, replication, kpi, value.
    strategies : sequence of str
        The first is the baseline.
    kpis : sequence of Kpi
    primary : dict of str to float
        Primary KPIs and half-width of their indifference zone.
    confidence : float
        Of each interval, and of all verdicts together.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; primary KPIs come first, in the order of `primary`.
    """
    ordered = replications.sort_values("replication", kind="stable")
    values_of = {key: part.to_numpy(dtype=np.float64) for key, part in ordered.groupby(["strategy", "kpi"])["value"]}
    by_name = {kpi.name: kpi for kpi in kpis}
    order = [by_name[name] for name in primary] + [kpi for kpi in kpis if kpi.name not in primary]
    differences: dict[tuple[str, str], Estimate] = {}
    rows: list[dict[str, Any]] = []
    for strategy in strategies[1:]:
        for kpi in order:
            values = values_of[strategy, kpi.name]
            baseline = values_of[strategies[0], kpi.name]
            difference = paired_difference(values, baseline, confidence)
            reduction = variance_reduction(values, baseline, confidence)
            differences[strategy, kpi.name] = difference
            rows.append(
                {
                    "strategy": strategy,
                    "kpi": kpi.name,
                    "unit": kpi.unit,
                    "better": kpi.better,
                    "baseline": strategies[0],
                    "mean": mean(np.where(np.isnan(baseline), np.nan, values)).mean,
                    "baseline_mean": mean(np.where(np.isnan(values), np.nan, baseline)).mean,
                    "difference": difference.mean,
                    "ci_low": difference.ci_low,
                    "ci_high": difference.ci_high,
                    "p_value": difference.p_value,
                    "p_holm": math.nan,
                    "primary": kpi.name in primary,
                    "indifference": primary.get(kpi.name, math.nan),
                    "verdict": None,
                    "more_replications": None,
                    "variance_reduction": reduction.factor,
                    "variance_reduction_low": reduction.ci_low,
                    "variance_reduction_high": reduction.ci_high,
                    "replications": difference.n,
                }
            )
    family = [row for row in rows if row["primary"]]
    decided = decide(
        [differences[row["strategy"], row["kpi"]] for row in family],
        [row["indifference"] for row in family],
        [row["better"] for row in family],
        confidence,
    )
    open_verdicts = sum(verdict is Verdict.NOT_ENOUGH_EVIDENCE for verdict, _ in decided)
    for row, (verdict, p_holm) in zip(family, decided, strict=True):
        row["verdict"], row["p_holm"] = verdict.value, p_holm
        if verdict is Verdict.NOT_ENOUGH_EVIDENCE:
            # Holm's procedure leaves each of m open verdicts at least alpha / m.
            level = 1.0 - (1.0 - confidence) / open_verdicts
            row["more_replications"] = more_replications(
                differences[row["strategy"], row["kpi"]], row["indifference"], level
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"more_replications": "Int64", "verdict": "str"})


def _readable(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Round the rows of one strategy for people."""
    strategy, baseline = rows["strategy"].iloc[0], rows["baseline"].iloc[0]
    each = rows.to_dict("records")
    return pd.DataFrame(
        {
            "KPI": [kpi_label(row["kpi"]) for row in each],
            label(baseline): [value(row["baseline_mean"], row["unit"]) for row in each],
            label(strategy): [value(row["mean"], row["unit"]) for row in each],
            say("difference"): [signed(row["difference"], row["unit"]) for row in each],
            say("interval of", percent=number(100 * confidence)): [
                interval_text(row["ci_low"], row["ci_high"], row["unit"]) for row in each
            ],
        }
    )
