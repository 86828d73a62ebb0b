"""Profit and loss by channel: what is earned where journeys are resolved, what touchpoints cost, what they assist."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd

from sim.comparison import Comparison
from sim.copies import caveats
from sim.experiment import RunResult
from sim.labels import label, number
from sim.ledger import LINES
from sim.messages import say
from sim.output_analysis import mean
from sim.verdicts import filled

__all__ = ["TOTAL", "ProfitAndLoss", "profit_and_loss"]

TOTAL = "total"
_COUNTS = ("resolved", "purchases", "assists", "assisted_purchases")
_MEMO = [line.name for line in LINES if line.part is None]
_FLOWS = [line.name for line in LINES if line.part is not None]


def profit_and_loss(result: Comparison | RunResult) -> ProfitAndLoss:
    """Profit and loss by touchpoint over the measured period.

    Amounts and counts are those of the company as the scenario declares it: those of a run at another scale are divided
    by it, as in the business case.

    Revenue and margin stand where the journey was resolved. A touchpoint that only informs earns nothing there, so
    its assists are shown beside: journeys resolved elsewhere that visited it, research included. An assisted margin
    belongs to the touchpoint that resolved the journey, too, so the two must not be added.

    Parameters
    ----------
    result : Comparison or RunResult

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> run = sim.run(case, replications=2, scale=0.02, progress=False)
    >>> sim.profit_and_loss(run).table.query("item == 'result'")["touchpoint"].tolist()
    ['web', 'hotline', 'store', 'mail', 'company', 'total']
    """
    strategies = result.strategies if isinstance(result, Comparison) else (result.strategy,)
    confidence = float(result.scenario.document.decision.confidence)
    return ProfitAndLoss(
        result.scenario.document.name,
        caveats(result.scenario, result.scale, strategies),
        tuple(strategies),
        tuple(result.scenario.document.touchpoints),
        confidence,
        result.aggregates["ledger"],
        result.aggregates["channels"],
        result.scale,
    )


@dataclass(frozen=True, repr=False)
class ProfitAndLoss:
    """Profit and loss by touchpoint, at full size.

    Parameters
    ----------
    name : str
        Of the scenario.
    caveats : tuple of str
        What may not be taken from the copy that was simulated.
    strategies, touchpoints : tuple of str
        The first strategy is the baseline.
    confidence : float
        Of each interval.
    ledger, channels : pandas.DataFrame
        See `sim.ledger.books`.
    scale : float
        At which it was simulated.
    """

    name: str
    caveats: tuple[str, ...]
    strategies: tuple[str, ...]
    touchpoints: tuple[str, ...]
    confidence: float
    ledger: pd.DataFrame
    channels: pd.DataFrame
    scale: float = 1.0

    @cached_property
    def replications(self) -> pd.DataFrame:
        """Every replication: strategy, replication, touchpoint, item, unit, amount; costs negative.

        Items are the lines of the ledger, ``result`` (margin less costs), journeys ``resolved`` and ``purchases``
        here, ``assists``, ``assisted_purchases`` and ``assisted_margin``. Touchpoint ``total`` is their sum; it has no
        assists, for a journey may be assisted by several.
        """
        keys = ["strategy", "replication", "touchpoint"]
        places = [
            *self.touchpoints,
            *dict.fromkeys(self.ledger["touchpoint"][~self.ledger["touchpoint"].isin(self.touchpoints)]),
        ]
        every = pd.MultiIndex.from_product(
            [self.strategies, sorted(self.channels["replication"].unique()), places], names=keys
        )
        cents = self.ledger.pivot_table(index=keys, columns="line", values="cents", aggfunc="sum", fill_value=0)
        cents = cents.reindex(index=every, columns=[*_FLOWS, *_MEMO], fill_value=0)
        cents["result"] = cents[_FLOWS].sum(axis=1)
        counts = self.channels.set_index(keys).reindex(every, fill_value=0)
        wide = cents.join(counts)
        total = (
            wide.drop(columns=["assists", "assisted_purchases", "assisted_cents"]).groupby(keys[:2], sort=False).sum()
        )
        wide = pd.concat([wide.reset_index(), total.reset_index().assign(touchpoint=TOTAL)], ignore_index=True)
        wide = wide.rename(columns={"assisted_cents": "assisted_margin"})
        items = [
            "revenue",
            *_FLOWS,
            "result",
            *(name for name in _MEMO if name != "revenue"),
            *_COUNTS,
            "assisted_margin",
        ]
        tidy = wide.melt(id_vars=keys, value_vars=items, var_name="item", value_name="amount").dropna()
        counted = tidy["item"].isin(_COUNTS)
        tidy["unit"] = np.where(counted, "journeys", "EUR")
        tidy["amount"] = tidy["amount"].astype(np.float64) / np.where(counted, 1.0, 100.0) / self.scale
        return tidy[[*keys, "item", "unit", "amount"]].reset_index(drop=True)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Means with intervals, and paired differences to the baseline.

        Columns: strategy, touchpoint, item, unit, mean, ci_low, ci_high, difference, diff_low, diff_high (NaN for the
        baseline).
        """
        values = {
            key: part.sort_values("replication")["amount"].to_numpy(np.float64)
            for key, part in self.replications.groupby(["strategy", "touchpoint", "item", "unit"], sort=False)
        }
        rows = []
        for (strategy, touchpoint, item, unit), own in values.items():
            found = mean(own, self.confidence)
            gap = mean(own - values[self.strategies[0], touchpoint, item, unit], self.confidence)
            no_gap = strategy == self.strategies[0]
            gaps = (math.nan,) * 3 if no_gap else (gap.mean, gap.ci_low, gap.ci_high)
            rows.append((strategy, touchpoint, item, unit, found.mean, found.ci_low, found.ci_high, *gaps))
        columns = ["strategy", "touchpoint", "item", "unit", "mean", "ci_low", "ci_high"]
        return pd.DataFrame(rows, columns=[*columns, "difference", "diff_low", "diff_high"])

    def __repr__(self) -> str:
        blocks = [f"{label(name)}\n{table.to_string(index=False)}" for name, table in self._readable.items()]
        return "\n\n".join([*map(filled, self._head), *blocks])

    def _repr_html_(self) -> str:
        blocks = [
            f"<p><b>{escape(label(name))}</b></p>{table.to_html(index=False, border=0)}"
            for name, table in self._readable.items()
        ]
        return "".join([*(f"<p>{escape(text)}</p>" for text in self._head), *blocks])

    @property
    def _head(self) -> list[str]:
        count = self.channels["replication"].nunique()
        head = f"{self.name}: profit and loss by channel over the measured period, "
        told = f"mean of {count} replication{'' if count == 1 else 's'}"
        return [f"{head}{told}", *([*self.caveats, say("copy.amounts")] if self.caveats else [])]

    @property
    def _readable(self) -> dict[str, pd.DataFrame]:
        shown = {}
        for strategy in self.strategies:
            own = self.table[self.table["strategy"] == strategy]
            wide = own.pivot_table(index="item", columns="touchpoint", values="mean", sort=False, dropna=False)
            units = own.drop_duplicates("item").set_index("item")["unit"]
            shown[strategy] = pd.DataFrame(
                {
                    "": [f"{label(item)}, {units[item]}" for item in wide.index],
                    **{label(str(place)): [number(x) for x in wide[place]] for place in wide},
                }
            )
        return shown
