"""Measure a case against the patterns, and report what is inside its band and what is not."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

import pandas as pd

from sim import experiment
from sim.experiment import Workers
from sim.labels import label, number
from sim.output_analysis import mean
from sim.patterns.catalogue import CATALOGUE
from sim.patterns.observed import Observed, hotline_of
from sim.patterns.reach import REACH
from sim.scenario import Scenario
from sim.simulation import Engine

__all__ = ["PatternReport", "PatternVerdict", "measure"]

_WIDTH = 100


class PatternVerdict(StrEnum):
    """Whether a measured number lies in its band, if it speaks of the case at all."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NOT_MEASURABLE = "not_measurable_here"
    INFORMATION = "for_information"
    """The case is not held against this pattern."""


@dataclass(frozen=True, repr=False)
class PatternReport:
    """Every pattern with its measured number, its band and a verdict; prints itself.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    replications, seed : int
    scale : float
    hotline : str
        The touchpoint whose calls were looked at.
    table : pandas.DataFrame
        One row per measure: id, pattern, measure, unit, value (mean over replications), ci_low, ci_high (its
        t-interval), band_low, band_high, verdict, reason (why there is no value), why (why the case is held against the
        pattern, or whom it speaks of otherwise), evidence (source of the band).
    """

    scenario: Scenario
    strategy: str
    replications: int
    seed: int
    scale: float
    hotline: str
    table: pd.DataFrame

    def __repr__(self) -> str:
        lines = textwrap.wrap(self._headline, _WIDTH)
        told = self.table["verdict"] == PatternVerdict.INFORMATION
        for title, table in (
            ("", self.table[~told]),
            ("For information, for these speak of others:", self.table[told]),
        ):
            lines += ["", title] if title and len(table) else []
            for pattern, rows in table.groupby(["id", "pattern"], sort=False):
                lines += ["", " ".join(map(str, pattern))]
                texts = [_sentence(row) for row in rows.to_dict("records")]
                for text in [f"({rows['why'].iloc[0]})", *texts] if title else texts:
                    lines += textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent=" " * 8)
        return "\n".join([*lines, "", self._summary])

    def _repr_html_(self) -> str:
        shown = self.table.drop(columns="evidence").assign(verdict=self.table["verdict"].map(label))
        shown["band_high"] = shown["band_high"].mask(shown["band_high"] == math.inf)
        table = shown.to_html(index=False, border=0, na_rep="", float_format=number)
        return f"<p>{escape(self._headline)}</p>{table}<p>{escape(self._summary)}</p>"

    @property
    def _headline(self) -> str:
        plural = "s" if self.replications > 1 else ""
        scale = "" if self.scale == 1.0 else f", scale {number(self.scale)}"
        return (
            f"{self.scenario.document.name}: {label(self.strategy)} against known patterns, {self.replications} "
            f"replication{plural}, seed {self.seed}{scale}; calls are those at {self.hotline}"
        )

    @property
    def _summary(self) -> str:
        counts = self.table["verdict"].value_counts()
        *held, told = (f"{counts.get(verdict, 0)} {label(verdict)}" for verdict in PatternVerdict)
        return f"{', '.join(held)}; besides, {told}"


def measure(
    scenario: Scenario,
    strategy: str | None = None,
    *,
    replications: int = 3,
    seed: int = 1,
    scale: float = 1.0,
    hotline: str | None = None,
    engine: Engine | None = None,
    executor: Workers = None,
    progress: bool = True,
) -> PatternReport:
    """Simulate a strategy and measure every pattern in each replication.

    Bands were declared before measuring. A number outside its band says where the case, or the model, differs from the
    world the data come from; a number inside says little where the case was calibrated to it, as its sources tell.

    Parameters
    ----------
    scenario : Scenario
    strategy : str, optional
        By default the first of the scenario, its baseline; the patterns describe companies as they are today.
    replications, seed, scale, engine, executor, progress
        As in `sim.run`; intervals need at least 2 replications.
    hotline : str, optional
        The staffed touchpoint that patterns of calls (P01 to P04, P09) speak of. By default the one with most contacts
        for needs that are not purchases.

    Returns
    -------
    PatternReport

    Raises
    ------
    ArgumentError
        An argument cannot be used, or the scenario has no staffed touchpoint.

    Examples
    --------
    >>> import sim
    >>> from sim.patterns import measure
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> report = measure(case, replications=1, scale=0.02, progress=False)
    >>> report.hotline, report.table["id"].nunique()
    ('hotline', 15)
    """
    # Before the run, which takes a while: a touchpoint that cannot be used.
    hotline_of(scenario, pd.DataFrame({"need": [], "touchpoint": []}), hotline)
    result = experiment.run(
        scenario,
        strategy,
        replications=replications,
        seed=seed,
        scale=scale,
        engine=engine,
        executor=executor,
        progress=progress,
    )
    chosen = hotline_of(scenario, result.contacts, hotline)
    observed = [
        Observed(scenario, chosen, {name: table[table["replication"] == each] for name, table in result.tables.items()})
        for each in range(replications)
    ]
    return PatternReport(
        scenario=scenario,
        strategy=result.strategy,
        replications=replications,
        seed=result.seed,
        scale=scale,
        hotline=chosen,
        table=_table(scenario, observed),
    )


def _table(scenario: Scenario, observed: list[Observed]) -> pd.DataFrame:
    confidence = float(scenario.document.decision.confidence)
    rows = []
    speaks = scenario.document.patterns
    for each in CATALOGUE:
        held = not speaks or each.id in speaks
        values = [math.nan if each.formula is None else each.formula(replication) for replication in observed]
        estimate = mean(values, confidence)
        verdict = _verdict(estimate.mean, each.band_low, each.band_high) if held else PatternVerdict.INFORMATION
        rows.append(
            {
                "id": str(each.id),
                "pattern": each.pattern,
                "measure": each.measure,
                "unit": each.unit,
                "value": estimate.mean,
                "ci_low": estimate.ci_low,
                "ci_high": estimate.ci_high,
                "band_low": each.band_low,
                "band_high": each.band_high,
                "verdict": str(verdict),
                "reason": each.reason if math.isnan(estimate.mean) else "",
                "why": speaks.get(each.id, REACH[each.id]),
                "evidence": each.evidence,
            }
        )
    return pd.DataFrame(rows)


def _verdict(value: float, low: float, high: float) -> PatternVerdict:
    if math.isnan(value):
        return PatternVerdict.NOT_MEASURABLE
    return PatternVerdict.INSIDE if low <= value <= high else PatternVerdict.OUTSIDE


def _sentence(row: dict[Hashable, Any]) -> str:
    what, verdict = row["measure"], label(row["verdict"])
    if row["reason"]:
        return f"{what}: not measurable here ({row['reason']})"
    low, high = row["band_low"], row["band_high"]
    band = f"from {number(low)}" if math.isinf(high) else f"{number(low)} to {number(high)}"
    interval = "" if math.isnan(row["ci_low"]) else f" ({number(row['ci_low'])} to {number(row['ci_high'])})"
    said = "" if row["verdict"] == PatternVerdict.INFORMATION else f": {verdict}"
    return f"{what}: {number(row['value'])} {row['unit']}{interval}, band {band}{said}"
