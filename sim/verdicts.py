"""What may be said about the primary KPIs of a comparison, and how surely."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from html import escape

from sim.labels import kpi_label, label, number, signed, value
from sim.messages import say
from sim.output_analysis import Verdict

__all__ = ["WIDTH", "VerdictRow", "Verdicts", "filled", "interval_text"]

WIDTH = 100
"""Of printed results."""


@dataclass(frozen=True)
class VerdictRow:
    """The verdict on one primary KPI of one strategy; values as in `Comparison.table`."""

    strategy: str
    kpi: str
    unit: str
    verdict: Verdict
    mean: float
    baseline_mean: float
    difference: float
    ci_low: float
    ci_high: float
    indifference: float
    p_holm: float
    more_replications: int | None

    def __str__(self) -> str:
        mean, baseline = value(self.mean, self.unit), value(self.baseline_mean, self.unit)
        text = say("verdict.means", kpi=kpi_label(self.kpi), mean=mean, baseline=baseline)
        if math.isnan(self.ci_low):
            return say("verdict.no interval", text=text)
        difference = signed(self.difference, self.unit)
        interval = interval_text(self.ci_low, self.ci_high, self.unit)
        text = say("verdict.interval", text=text, difference=difference, interval=interval)
        if self.verdict is Verdict.NO_RELEVANT_DIFFERENCE:
            return say("verdict.within", text=text, zone=value(self.indifference, self.unit))
        if self.verdict is not Verdict.NOT_ENOUGH_EVIDENCE:
            return f"{text})"
        text = say(f"verdict.{self._why_open}", text=text, zone=value(self.indifference, self.unit))
        if self.more_replications is None:
            return say("verdict.too close", text=text)
        return say("verdict.more", text=text, more=number(self.more_replications, 12))

    @property
    def _why_open(self) -> str:
        if not any(self.ci_low <= edge <= self.ci_high for edge in (-self.indifference, self.indifference)):
            return "only alone"
        return "straddles" if self.indifference else "includes 0"


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of a comparison; its text is a few plain sentences per strategy.

    Parameters
    ----------
    rows : tuple of VerdictRow
        One per strategy and primary KPI.
    baseline : str
        Strategy that the others were compared with.
    confidence : float
        Confidence with which all verdicts hold together.
    replications : int
        Paired replications that were run.
    scale : float
        Of the copy in which they were found.
    """

    rows: tuple[VerdictRow, ...]
    baseline: str
    confidence: float
    replications: int
    scale: float = 1.0

    def __str__(self) -> str:
        if not self.rows:
            return filled(say("verdict.none"))
        strategies = dict.fromkeys(row.strategy for row in self.rows)
        return "\n\n".join([*(self.on(strategy) for strategy in strategies), self.how_sure])

    def on(self, strategy: str, *, brief: bool = False) -> str:
        """What was found about one strategy: how many KPIs are better and worse, and which.

        Parameters
        ----------
        strategy : str
        brief : bool
            Name KPIs that are clearly better or worse without their numbers, for a table beside has them.
        """
        rows = [row for row in self.rows if row.strategy == strategy]
        count = {verdict: [row for row in rows if row.verdict is verdict] for verdict in Verdict}
        found = ", ".join(
            say("verdict.on", verdict=label(verdict), count=len(hits)) for verdict, hits in count.items() if hits
        )
        named = {"strategy": label(strategy), "baseline": label(self.baseline)}
        lines = [filled(say("verdict.strategy", **named, count=len(rows), found=found))]
        for verdict, hits in count.items():
            items = [str(row) for row in hits]
            alone = all(math.isnan(row.ci_low) for row in hits)
            if hits and brief and (alone or verdict in (Verdict.BETTER, Verdict.WORSE)):
                names = "; ".join(kpi_label(row.kpi) for row in hits)
                items = [say("verdict.no interval", text=names) if alone else names]
            lines += [filled(f"  - {label(verdict)}: {item}", "    ") for item in items]
        return "\n".join(lines)

    @property
    def how_sure(self) -> str:
        """How far the verdicts may be trusted."""
        told = "verdict.how sure" if self.replications > 1 else "verdict.not sure"
        sure = say(told, pairs=self.replications, percent=number(100 * self.confidence))
        copy = "" if self.scale == 1.0 else f" {say('copy.verdict', scale=number(self.scale))}"
        return filled(sure + copy)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre style='white-space:pre-wrap'>{escape(str(self))}</pre>"


def interval_text(low: float, high: float, unit: str) -> str:
    """An interval in words."""
    return "-" if math.isnan(low) else say("interval", low=signed(low, unit), high=signed(high, unit))


def filled(text: str, indent: str = "") -> str:
    """Text in lines of the width of printed results."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent)
