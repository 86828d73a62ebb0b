"""Which frustrations customers live through, strategy by strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from sim.figures.bars import side_by_side
from sim.figures.naming import by_own_names
from sim.figures.style import signed
from sim.labels import label, number
from sim.messages import say
from sim.output_analysis import Estimate, mean
from sim.scenario import FrustrationType

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["MOST_TYPES", "frustrations", "largest_types"]

_FEW = 3
"""Up to so many strategies every type has bars of its own; with more, so many types:"""
MOST_TYPES = 8

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
    means = {strategy: {kind: each.mean for kind, each in own.items()} for strategy, own in found.items()}
    shown, rest = largest_types(means, comparison.baseline, MOST_TYPES if len(found) > _FEW else len(names))
    others = [rest] if rest else []
    return side_by_side(
        comparison,
        {
            strategy: [own[kind] for kind in shown] + [estimates(each, strategy) for each in others]
            for strategy, own in found.items()
        },
        [label(kind) for kind in shown] + [say("types.others", count=len(each)) for each in others],
        title=_finding(comparison, today, [*shown, *rest]),
        subtitle=say("types.how sure", pairs=comparison.pairs, percent=number(100 * confidence)),
        axis=say("types.axis"),
        unit=say("types.hover"),
    )


def largest_types(means: Mapping[str, Mapping[str, float]], baseline: str, most: int) -> tuple[list[str], list[str]]:
    """Types that stand for themselves in a picture, and those that are summed up, each the most frequent today first.

    Parameters
    ----------
    means : mapping of str to mapping of str to float
        Events by strategy and type; types that never happen are left out.
    baseline : str
    most : int
        So many types stand for themselves, those that are largest under any strategy; one more does, too, for a sum of
        one is none.

    Examples
    --------
    >>> largest_types({"today": {"a": 1.0, "b": 2.0, "c": 0.5, "d": 0.0, "e": 0.4}}, "today", 2)
    (['b', 'a'], ['c', 'e'])
    """
    size = {kind: max(own[kind] for own in means.values()) for kind in means[baseline]}
    kinds = sorted((kind for kind in size if size[kind] > 0.0), key=lambda kind: -means[baseline][kind])
    if len(kinds) <= most + 1:
        return kinds, []
    largest = sorted(kinds, key=lambda kind: -size[kind])[:most]
    return [kind for kind in kinds if kind in largest], [kind for kind in kinds if kind not in largest]


def _finding(comparison: Comparison, today: dict[str, Estimate], kinds: list[str]) -> str:
    baseline = label(comparison.baseline)
    if not kinds:
        return say("types.nobody")
    most = max(kinds, key=lambda kind: today[kind].mean)
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
