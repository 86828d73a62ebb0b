"""Which frustrations customers live through, strategy by strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from sim.figures.bars import side_by_side
from sim.figures.own_names import by_own_names
from sim.figures.style import signed
from sim.labels import label, number
from sim.messages import say
from sim.output_analysis import Estimate, mean
from sim.scenario import FrustrationType

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["frustrations"]


@by_own_names
def frustrations(comparison: Comparison) -> go.Figure:
    """Draw frustration events per 100 journeys by type, all strategies side by side, most frequent first.

    Types that never happen are left out.
    """
    confidence = float(comparison.scenario.document.decision.confidence)
    names = {f"{kind.value}_per_100_journeys": kind.value for kind in FrustrationType}
    values = comparison.replications[comparison.replications["kpi"].isin(names)].groupby(["strategy", "kpi"])["value"]
    found: dict[str, dict[str, Estimate]] = {
        strategy: {
            kind: mean(values.get_group((strategy, kpi)).to_numpy(dtype=np.float64), confidence)
            for kpi, kind in names.items()
        }
        for strategy in comparison.strategies
    }
    today = found[comparison.baseline]
    kinds = [kind for kind in names.values() if any(found[strategy][kind].mean > 0.0 for strategy in found)]
    kinds.sort(key=lambda kind: -today[kind].mean)
    return side_by_side(
        comparison,
        {strategy: [estimates[kind] for kind in kinds] for strategy, estimates in found.items()},
        [label(kind) for kind in kinds],
        title=_finding(comparison, today, kinds),
        subtitle=say("types.how sure", pairs=comparison.pairs, percent=number(100 * confidence)),
        axis=say("types.axis"),
        unit=say("types.hover"),
    )


def _finding(comparison: Comparison, today: dict[str, Estimate], kinds: list[str]) -> str:
    baseline = label(comparison.baseline)
    if not kinds:
        return say("types.nobody")
    most = kinds[0]
    rate = number(today[most].mean)
    first = say("types.most", baseline=baseline, kind=label(most), rate=rate)
    rows = comparison.table[comparison.table["kpi"].isin([f"{kind}_per_100_journeys" for kind in kinds])]
    clear = rows[(rows["ci_low"] > 0.0) | (rows["ci_high"] < 0.0)]
    if clear.empty:
        return say("types.not clear", first=first)
    largest = clear.sort_values("difference", key=lambda gap: -gap.abs(), kind="stable").iloc[0]
    kind = largest["kpi"].removesuffix("_per_100_journeys")
    difference = signed(largest["difference"], largest["unit"])
    change = say("types.change", strategy=label(largest["strategy"]), difference=difference)
    if kind == most:
        return say("types.and changes", first=first, change=change)
    return say("types.other changes", first=first, kind=label(kind), change=change)
