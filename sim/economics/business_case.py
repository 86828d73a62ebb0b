"""The business case of a comparison: net present value, payback and return, with intervals, and where it comes from."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.comparison import Comparison
from sim.copies import caveats, lost
from sim.economics.cash_flows import payback
from sim.economics.streams import LEVER_PARTS, PARTS, Streams
from sim.errors import ArgumentError
from sim.labels import euros, label, number, signed
from sim.ledger import LINES
from sim.messages import say
from sim.output_analysis import Estimate, Verdict, mean
from sim.scenario import Economics

if TYPE_CHECKING:
    from sim.figures.business_case import BusinessCaseFigures

__all__ = ["COLUMNS", "BusinessCase", "business_case"]

WIDTH = 100

COLUMNS = {
    "strategy": "strategy that is compared",
    "baseline": "strategy it is compared with",
    "npv_eur": "net present value: mean of the paired differences of all discounted money, strategy minus baseline",
    "npv_low": "lower end of its paired t-interval, at the scenario's confidence",
    "npv_high": "its upper end",
    "verdict": "pays or loses where that interval lies on one side of 0, else not_enough_evidence",
    "present_value_eur": "mean discounted margin less costs of the strategy itself",
    "baseline_value_eur": "the same of the baseline",
    "investment_eur": "discounted one-off and running costs of levers, strategy minus baseline",
    "return_share": "net present value per euro of investment; NaN where there is none",
    "return_low": "lower end of its interval",
    "return_high": "its upper end",
    "payback_months": "months of measured time until the discounted mean cash flow has brought back what was spent, for"
    " good; missing if not within the horizon",
    "payback_early": "the same of the upper end of the cash flow's band",
    "payback_late": "the same of the lower end",
    "pays_share": "share of replications with a net present value above 0: the luck of one company's future",
    "positive_probability": "probability that the mean net present value is above 0 (t-distribution): how sure the"
    " simulation is of the mean, whatever a single future brings",
    "lifetime_eur": "mean worth of customers beyond the horizon, strategy minus baseline, not part of the net present"
    " value; NaN unless it is switched on",
    "lifetime_low": "lower end of its interval",
    "lifetime_high": "its upper end",
    "replications": "pairs of replications used",
}
"""Columns of `BusinessCase.table` with their meaning."""


def business_case(result: Comparison, **economics: Any) -> BusinessCase:
    """Count the money of a comparison over years; nothing is simulated.

    Parameters
    ----------
    result : Comparison
    **economics
        What is to differ from the section ``economics`` of the scenario, as a file would write it, e.g.
        ``horizon="5 years"``, ``discount_rate="5 % per year"``, ``carry_on="measured_period"``,
        ``fade="10 % per year"``, ``lifetime_value=True``.

    Returns
    -------
    BusinessCase

    Raises
    ------
    ArgumentError
        `result` is no comparison.
    ScenarioError
        A value of `economics` is not valid.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> few = {"replications": 2, "scale": 0.02, "store": False, "progress": False}
    >>> result = sim.compare(case, ["siloed", "training"], **few)
    >>> sim.business_case(result, horizon="2 years").table["strategy"].tolist()
    ['training']
    """
    if not isinstance(result, Comparison):
        raise ArgumentError(f"a business case needs the result of sim.compare, got {type(result).__name__}")
    if not economics:
        return BusinessCase(result)
    changed = result.scenario.change({f"economics.{name}": value for name, value in economics.items()})
    return BusinessCase(replace(result, scenario=changed))


@dataclass(frozen=True, repr=False)
class BusinessCase:
    """The money of strategies, by month over a horizon, against the baseline.

    Amounts are those of the company as the scenario declares it: those of a run at another scale are divided by it.
    The intervals speak of the luck of the simulation, not of wrong assumptions. The differences beyond the simulated
    time are those of its last quarter (see `Economics.carry_on`), with their luck.

    Parameters
    ----------
    comparison : Comparison
        Its scenario says how money is counted, see `economics`.
    """

    comparison: Comparison

    @property
    def economics(self) -> Economics:
        """How money that comes later, and beyond the simulated time, is counted."""
        return self.comparison.scenario.document.economics

    @cached_property
    def streams(self) -> Streams:
        """The money by replication and month."""
        return Streams(self.comparison, self.economics)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per strategy but the baseline; the columns are described in `COLUMNS`."""
        return pd.DataFrame([self._row(strategy) for strategy in self._others], columns=list(COLUMNS)).astype(
            dict.fromkeys(("payback_months", "payback_early", "payback_late"), "Int64")
        )

    @cached_property
    def replications(self) -> pd.DataFrame:
        """Discounted differences of every replication: strategy, replication, a column per part, npv_eur.

        Parts are rounded to the cent, and their sum is the net present value.
        """
        rows = []
        for strategy in self._others:
            parts = {
                name: np.rint(100.0 * (flow @ self.streams.factors)) for name, flow in self._parts[strategy].items()
            }
            table = pd.DataFrame({name: cents / 100.0 for name, cents in parts.items()})
            table.insert(0, "replication", range(self.comparison.pairs))
            table.insert(0, "strategy", strategy)
            rows.append(table.assign(npv_eur=np.sum(list(parts.values()), axis=0) / 100.0))
        return pd.concat(rows, ignore_index=True)

    @cached_property
    def waterfall(self) -> pd.DataFrame:
        """Where the net present value comes from: strategy, part, eur, ci_low, ci_high; means add up to its mean."""
        rows = []
        for strategy, own in self.replications.groupby("strategy", sort=False):
            for part in PARTS:
                found = self._estimate(own[part].to_numpy(np.float64))
                rows.append((strategy, part, found.mean, found.ci_low, found.ci_high))
        return pd.DataFrame(rows, columns=["strategy", "part", "eur", "ci_low", "ci_high"])

    @cached_property
    def cumulated(self) -> pd.DataFrame:
        """Discounted difference so far at the end of each month: strategy, month, eur, ci_low, ci_high, simulated.

        Month 1 is the first of the measured period; at the end of the last one it is the net present value (but for
        rounding). ``simulated`` tells months that were simulated from those that are carried on.
        """
        rows = []
        for strategy in self._others:
            so_far = np.cumsum(sum(self._parts[strategy].values()) * self.streams.factors, axis=1)
            for month, values in zip(self.streams.months, so_far.T, strict=True):
                found = self._estimate(values)
                simulated = month + 1 <= self.streams.simulated
                rows.append((strategy, month + 1, found.mean, found.ci_low, found.ci_high, simulated))
        return pd.DataFrame(rows, columns=["strategy", "month", "eur", "ci_low", "ci_high", "simulated"])

    @cached_property
    def cash_flows(self) -> pd.DataFrame:
        """Money of each month, not discounted: strategy, month, line, counted, eur, difference_eur, simulated.

        All are means over replications; costs are negative. Lines that are not counted are contained in others: revenue
        in the margin, workload in the rostered hours.
        """
        rows = []
        base = self.comparison.baseline
        lines: list[tuple[str, bool]] = [(line.name, line.part is not None) for line in LINES]
        for strategy in self.comparison.strategies:
            for name, counted in [*lines, *((part, True) for part in LEVER_PARTS)]:
                ours, theirs = (
                    self.streams.levers(each)[name][None] if name in LEVER_PARTS else self.streams.carried(each, name)
                    for each in (strategy, base)
                )
                means = zip(self.streams.months, ours.mean(axis=0), (ours - theirs).mean(axis=0), strict=True)
                rows += [
                    (strategy, month + 1, name, counted, eur, gap, month + 1 <= self.streams.simulated)
                    for month, eur, gap in means
                ]
        columns = ["strategy", "month", "line", "counted", "eur", "difference_eur", "simulated"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def customer_value(self) -> pd.DataFrame:
        """What a customer is worth under each strategy, for as long as nothing changes.

        Columns: strategy, measure, mean, ci_low, ci_high, difference, diff_low, diff_high. Measures are
        ``margin_eur_per_year`` (after costs per contact, before rostered hours), ``retention_share`` (per year) and
        ``lifetime_value_eur``, see `sim.economics.cash_flows.lifetime_value`.
        """
        rows = []
        base = self.streams.customer(self.comparison.baseline)
        for strategy in self.comparison.strategies:
            for measure, values in self.streams.customer(strategy).items():
                own, gap = self._estimate(values), self._estimate(values - base[measure])
                row = (strategy, measure, own.mean, own.ci_low, own.ci_high)
                rows.append(
                    (*row, *((gap.mean, gap.ci_low, gap.ci_high) if strategy != self.comparison.baseline else _NONE))
                )
        columns = ["strategy", "measure", "mean", "ci_low", "ci_high", "difference", "diff_low", "diff_high"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def figures(self) -> BusinessCaseFigures:
        """The figures of this business case, e.g. ``case.figures.waterfall()``."""
        from sim.figures.business_case import BusinessCaseFigures  # figures come later in the order of imports

        return BusinessCaseFigures(self)

    @property
    def duration(self) -> str:
        """The horizon in words, in the language that is spoken."""
        return _duration(self.streams.horizon)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the numbers rest on, in sentences, in the language that is spoken."""
        economics, streams = self.economics, self.streams
        told = [say("case.discount", percent=number(100.0 * float(economics.discount_rate)))]
        if streams.horizon > streams.simulated:
            told.append(
                say(
                    "case.goes on" if float(economics.fade) else "case.goes on as it is",
                    simulated=number(streams.simulated),
                    horizon=streams.horizon,
                    basis=say(f"case.basis {economics.carry_on}"),
                    fade=number(100.0 * float(economics.fade)),
                )
            )
        return (*told, say("case.roster"), say("case.luck"))

    @property
    def _others(self) -> tuple[str, ...]:
        return self.comparison.strategies[1:]

    @cached_property
    def _parts(self) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
        return {strategy: self.streams.differences(strategy) for strategy in self._others}

    @property
    def _confidence(self) -> float:
        return float(self.comparison.scenario.document.decision.confidence)

    def _estimate(self, values: npt.NDArray[np.float64]) -> Estimate:
        return mean(values, self._confidence)

    def _row(self, strategy: str) -> dict[str, Any]:
        values = self.replications.loc[self.replications["strategy"] == strategy, "npv_eur"].to_numpy(np.float64)
        npv, investment = self._estimate(values), self.streams.investment(strategy)
        path = self.cumulated[self.cumulated["strategy"] == strategy]
        lifetime = self._estimate(np.full(len(values), math.nan))
        if self.economics.lifetime_value:
            ours, theirs = (self.streams.beyond_horizon(each) for each in (strategy, self.comparison.baseline))
            lifetime = self._estimate(ours - theirs)
        levels = [float(self.streams.present_value(each).mean()) for each in (strategy, self.comparison.baseline)]
        back = [payback(path[end].to_numpy(np.float64), self.streams.first) for end in ("eur", "ci_high", "ci_low")]
        if math.isnan(npv.ci_low):
            back[1:] = [None, None]
        returns = [x / investment if investment > 0.0 else math.nan for x in (npv.mean, npv.ci_low, npv.ci_high)]
        told = (
            *(strategy, self.comparison.baseline, npv.mean, npv.ci_low, npv.ci_high, _verdict(npv)),
            *(*levels, investment, *returns),
            *(*back, float(np.mean(values > 0.0)), _above_zero(npv)),
            *(lifetime.mean, lifetime.ci_low, lifetime.ci_high, npv.n),
        )
        return dict(zip(COLUMNS, told, strict=True))

    # --- how it prints ---

    def __repr__(self) -> str:
        blocks = [_fill(self._headline), *map(_fill, self._warned)]
        for row in self._rows:
            blocks.append("\n".join(_fill(line, "  ") for line in self._told(row)))
            blocks.append(self._readable(row["strategy"]).to_string(index=False))
        blocks.append("\n".join(_fill(f"- {sentence}", "  ") for sentence in self.assumptions))
        return "\n\n".join(blocks)

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(text)}</p>" for text in (self._headline, *self._warned)]
        for row in self._rows:
            parts.append("<p>" + "<br>".join(map(escape, self._told(row))) + "</p>")
            parts.append(self._readable(row["strategy"]).to_html(index=False, border=0))
        parts.append("<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in self.assumptions) + "</ul>")
        return "".join(parts)

    @property
    def _warned(self) -> list[str]:
        told = caveats(self.comparison.scenario, self.comparison.scale, ())
        return [*told, say("copy.amounts")] if told else []

    @property
    def _rows(self) -> list[dict[str, Any]]:
        return [{str(name): item for name, item in row.items()} for row in self.table.to_dict("records")]

    @property
    def _headline(self) -> str:
        comparison = self.comparison
        plural = "" if comparison.pairs == 1 else "s"
        return (
            f"{comparison.scenario.document.name}: business case over {self.duration} against "
            f"{label(comparison.baseline)}, {comparison.pairs} paired replication{plural}"
        )

    def _told(self, row: dict[str, Any]) -> list[str]:
        sure = f"{number(100 * self._confidence)} % interval "
        told = [
            f"{label(row['strategy'])}: net present value {euros(row['npv_eur'])} EUR"
            + _between(euros(row["npv_low"]), euros(row["npv_high"]), sure)
        ]
        if row["investment_eur"] > 0.0:
            share, low, high = (number(100 * row[name], 2) for name in ("return_share", "return_low", "return_high"))
            put = euros(row["investment_eur"], sign=False)
            told.append(f"  for {put} EUR put into levers: return {share} %{_between(low, high, unit=' %')}")
        told.append(f"  {self._payback(row)}")
        pays = round(row["pays_share"] * row["replications"])
        positive = row["positive_probability"]
        told.append(
            f"  pays in {pays} of {row['replications']} simulated future{'' if row['replications'] == 1 else 's'}"
            + ("" if math.isnan(positive) else f"; probability that the mean is above 0: {_percent(positive)}")
        )
        if not math.isnan(row["lifetime_eur"]):
            told.append(
                f"  beyond the horizon, not counted above: customers worth {euros(row['lifetime_eur'])} EUR more"
                + _between(euros(row["lifetime_low"]), euros(row["lifetime_high"]))
            )
        missing = lost(self.comparison.scenario, self.comparison.scale)
        return told + [f"  {each}" for each in missing if each.strategy == row["strategy"]]

    def _payback(self, row: dict[str, Any]) -> str:
        first, early, late = (row[name] for name in ("payback_months", "payback_early", "payback_late"))
        if row["verdict"] == "not_enough_evidence":
            when = "not within that time" if pd.isna(first) else f"after {_duration(int(first))}"
            return f"not enough evidence whether it pays back within {self.duration}; on average {when}"
        if pd.isna(first):
            soon = "" if pd.isna(early) else f" (at best after {_duration(int(early))})"
            return f"does not pay back within {self.duration}{soon}"
        last = "not at all" if pd.isna(late) else f"{int(late)}"
        ends = "" if pd.isna(early) else f" (from the band of the cash flow: {int(early)} to {last})"
        return f"pays back {say('case.months', months=int(first))} after measuring begins{ends}"

    def _readable(self, strategy: str) -> pd.DataFrame:
        own = self.waterfall[self.waterfall["strategy"] == strategy].to_dict("records")
        row = self.table[self.table["strategy"] == strategy].to_dict("records")[0]
        lines = [(label(each["part"]), each["eur"], each["ci_low"], each["ci_high"]) for each in own]
        lines.append((label("net_present_value"), row["npv_eur"], row["npv_low"], row["npv_high"]))
        return pd.DataFrame(
            {
                "where it comes from": [name for name, *_ in lines],
                "EUR": [_eur(amount) for _, amount, *_ in lines],
                f"{number(100 * self._confidence)} % interval": [
                    "-" if math.isnan(low) else f"{_eur(low)} to {_eur(high)}" for _, _, low, high in lines
                ],
            }
        )


_NONE = (math.nan, math.nan, math.nan)
_ALL_DIGITS = 15
"""Of a table whose lines add up to the euro."""


def _verdict(npv: Estimate) -> str:
    return "pays" if npv.ci_low > 0.0 else "loses" if npv.ci_high < 0.0 else Verdict.NOT_ENOUGH_EVIDENCE.value


def _between(low: str, high: str, sure: str = "", unit: str = "") -> str:
    """An interval in brackets, where there is one."""
    return "" if "-" in (low, high) else f" ({sure}{low} to {high}{unit})"


def _above_zero(npv: Estimate) -> float:
    """Probability that the mean is above 0, from its t-distribution; NaN for fewer than 2 replications."""
    return 1.0 - npv.p_value / 2.0 if npv.mean > 0.0 else npv.p_value / 2.0


def _eur(amount: float) -> str:
    return "-" if math.isnan(amount) else signed(float(round(amount)), "EUR", _ALL_DIGITS)


def _percent(share: float) -> str:
    """A probability in whole per cent; few replications know its tails no better."""
    return "more than 99 %" if share > 0.99 else "less than 1 %" if share < 0.01 else f"{number(round(100 * share))} %"


def _duration(months: int) -> str:
    years, rest = divmod(months, 12)
    return say("case.months", months=months) if rest else say("case.years", years=years)


def _fill(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent + " " * (len(text) - len(text.lstrip())))
