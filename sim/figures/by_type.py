"""Which frustrations customers live through, strategy by strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
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

_FEW, _MOST = 3, 8
"""Up to so many strategies every type has bars of its own; with more, so many types."""

Values = npt.NDArray[np.float64]


@by_own_names
def frustrations(comparison: Comparison) -> go.Figure:
    """Draw frustration events per 100 journeys by type, all strategies side by side, most frequent first.

    Types that never happen are left out; of many strategies, only the largest types stand for themselves.
    """
    confidence = float(comparison.scenario.document.decision.confidence)
    names = {f"{kind.value}_per_100_journeys": kind.value for kind in FrustrationType}
    rows = comparison.replications[comparison.replications["kpi"].isin(names)]
    values: dict[str, dict[str, Values]] = {
        str(strategy): {names[str(kpi)]: own["value"].to_numpy(dtype=np.float64) for kpi, own in each.groupby("kpi")}
        for strategy, each in rows.groupby("strategy")
    }

    def estimates(kinds: Sequence[str], strategy: str) -> Estimate:
        return mean(np.sum([values[strategy][kind] for kind in kinds], axis=0), confidence, least=0.0)

    found = {
        strategy: {kind: estimates([kind], strategy) for kind in names.values()} for strategy in comparison.strategies
    }
    today = found[comparison.baseline]
    largest = {kind: max(found[strategy][kind].mean for strategy in found) for kind in names.values()}
    kinds = sorted((kind for kind in largest if largest[kind] > 0.0), key=lambda kind: -today[kind].mean)
    shown, rest = kinds, list[str]()
    if len(found) > _FEW and len(kinds) > _MOST + 1:
        most = sorted(kinds, key=lambda kind: -largest[kind])[:_MOST]
        shown, rest = ([kind for kind in kinds if (kind in most) is wanted] for wanted in (True, False))
    others = [rest] if rest else []
    return side_by_side(
        comparison,
        {
            strategy: [own[kind] for kind in shown] + [estimates(each, strategy) for each in others]
            for strategy, own in found.items()
        },
        [label(kind) for kind in shown] + [say("types.others", count=len(each)) for each in others],
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
