"""The frustration ledger: who lives through what, between which touchpoints, and which sales it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.bars import side_by_side
from sim.figures.heat import FRUSTRATING, OTHER, cells
from sim.figures.naming import by_own_names
from sim.figures.style import INK, finished, joined, sentence, signed, wrapped
from sim.labels import label, number
from sim.messages import say
from sim.output_analysis import mean, paired_difference
from sim.scenario.paths import unknown

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["frustrations_by_pair", "frustrations_by_segment", "lost_sales"]

Values = npt.NDArray[np.float64]
"""One number per replication."""

_CELL, _HEAD = 30, 34
_WORTH_A_BAR = 0.01
_KINDS_NAMED = 3
_CHANGES_NAMED = 2
_NARROW = 12


# --- by segment ------------------------------------------------------------------------------------------------------


@by_own_names
def frustrations_by_segment(comparison: Comparison, strategy: str | None = None) -> go.Figure:
    """Draw frustration events per 100 journeys of each segment by type, in the baseline and another world.

    Parameters
    ----------
    comparison : Comparison
    strategy : str, optional
        The other world; by default the last strategy of the comparison. With the baseline, it stands alone.

    Raises
    ------
    ArgumentError
        The comparison has no such strategy.
    """
    worlds = _worlds(comparison, strategy)
    segments = list(comparison.scenario.document.segments)
    rates = {world: _rates_by_segment(comparison, world) for world in worlds}
    today = rates[worlds[0]]
    kinds = list(dict.fromkeys(kind for world in worlds for kind, _ in rates[world]))
    none = np.zeros(comparison.pairs)
    size = {kind: sum(today.get((kind, segment), none).mean() for segment in segments) for kind in kinds}
    kinds.sort(key=lambda kind: -size[kind])
    means = {
        world: [[_mean(rates[world].get((kind, segment), none)) for segment in segments] for kind in kinds]
        for world in worlds
    }
    figure = _panels(worlds)
    for column, world in enumerate(worlds, 1):
        totals = [_total(rates[world], segment, none) for segment in segments]
        names = [
            f"<b>{number(total.mean())}</b><br>{wrapped(sentence(label(segment)), _NARROW)}"
            for segment, total in zip(segments, totals, strict=True)
        ]
        hover = [
            [
                f"{label(world)}, {label(segment)}<br>{label(kind)}: {number(rate)} {say('types.hover')}"
                for segment, rate in zip(segments, row, strict=True)
            ]
            for kind, row in zip(kinds, means[world], strict=True)
        ]
        most = max((rate for rows in means.values() for row in rows for rate in row), default=1.0)
        heat = cells(means[world], names, [f"{label(kind)}  " for kind in kinds], most=most, hover=hover)
        figure.add_trace(heat, row=1, col=column)
    title = _segment_finding(comparison, rates, segments, kinds)
    return _grid(figure, title, say("segments.subtitle", pairs=comparison.pairs), len(kinds))


def _rates_by_segment(comparison: Comparison, strategy: str) -> dict[tuple[str, str], Values]:
    """Events per 100 journeys of the segment, by type and segment."""
    journeys = _per_replication(comparison, "journeys", strategy, ["segment"])
    events = _per_replication(comparison, "events", strategy, ["type", "segment"])
    return {
        (kind, segment): 100.0 * _ratio(count, journeys.get((segment,), np.zeros_like(count)))
        for (kind, segment), count in events.items()
    }


def _total(rates: dict[tuple[str, str], Values], segment: str, none: Values) -> Values:
    return sum((rate for (_, who), rate in rates.items() if who == segment), none)


def _segment_finding(
    comparison: Comparison,
    rates: dict[str, dict[tuple[str, str], Values]],
    segments: Sequence[str],
    kinds: Sequence[str],
) -> str:
    """Who meets most today and in what, and for whom most changes in the other world, where there is one."""
    baseline, *others = rates
    today, none = rates[baseline], np.zeros(comparison.pairs)
    if not today:
        return say("types.nobody")
    totals = {segment: _total(today, segment, none) for segment in segments}
    found = _most_frustrated(comparison, today, totals, kinds)
    for strategy in others:
        after = {segment: _total(rates[strategy], segment, none) for segment in segments}
        gaps = {each: paired_difference(after[each], totals[each], _confidence(comparison)) for each in segments}
        clear = [each for each, gap in gaps.items() if gap.ci_low > 0.0 or gap.ci_high < 0.0]
        if clear:
            segment = max(clear, key=lambda each: abs(gaps[each].mean))
            before, rate = (number(_mean(values[segment])) for values in (totals, after))
            changed = {"strategy": label(strategy), "segment": label(segment)}
            found = say("segments.change", found=found, before=before, rate=rate, **changed)
    return found


def _most_frustrated(
    comparison: Comparison,
    today: dict[tuple[str, str], Values],
    totals: dict[str, Values],
    kinds: Sequence[str],
) -> str:
    baseline, none = label(comparison.baseline), np.zeros(comparison.pairs)
    order = sorted(totals, key=lambda segment: -totals[segment].mean())
    most, least = order[0], order[-1]
    gap = paired_difference(totals[most], totals[least], _confidence(comparison))
    if not gap.ci_low > 0.0:
        return say("segments.alike", baseline=baseline)
    found = say(
        "segments.most",
        baseline=baseline,
        most=label(most),
        rate=number(totals[most].mean()),
        least=label(least),
        other=number(totals[least].mean()),
    )
    gaps = {kind: today.get((kind, most), none).mean() - today.get((kind, least), none).mean() for kind in kinds}
    kind = max(gaps, key=lambda name: gaps[name])
    return say("segments.because", found=found, kind=label(kind), difference=signed(gaps[kind], "events"))


# --- by pair of touchpoints ------------------------------------------------------------------------------------------


@by_own_names
def frustrations_by_pair(comparison: Comparison, strategy: str | None = None) -> go.Figure:
    """Draw where frustrations happen, and where in the company the fact was known that was missing there.

    Rows are touchpoints where the customer was, columns those where the missing fact arose. Events that have another
    cause, such as a queue, stand apart in grey.

    Parameters
    ----------
    comparison : Comparison
    strategy : str, optional
        The other world; by default the last strategy of the comparison. With the baseline, it stands alone.

    Raises
    ------
    ArgumentError
        The comparison has no such strategy.
    """
    worlds = _worlds(comparison, strategy)
    places = list(comparison.scenario.document.touchpoints)
    rates = {world: _rates_by_pair(comparison, world) for world in worlds}
    means = {world: {pair: _mean(sum(kinds.values())) for pair, kinds in rates[world].items()} for world in worlds}
    most = max((rate for world in worlds for (_, origin), rate in means[world].items() if origin), default=1.0)
    most_others = max((rate for world in worlds for (_, origin), rate in means[world].items() if not origin), default=1)
    names = [sentence(label(place)) for place in places]
    figure = _panels(worlds)
    for column, world in enumerate(worlds, 1):
        for origins, colour, full, heads in (
            (places, FRUSTRATING, most, range(len(places))),
            ([""], OTHER, most_others, [len(places)]),
        ):
            values = [[means[world].get((place, origin), 0.0) for origin in origins] for place in places]
            hover = [[_pair_hover(world, place, origin, rates[world]) for origin in origins] for place in places]
            heat = cells(values, heads, [f"{name}  " for name in names], most=full, colour=colour, hover=hover)
            figure.add_trace(heat, row=1, col=column)
    columns = [wrapped(text, _NARROW) for text in (*names, say("pairs.other cause"))]
    figure.update_xaxes(title_text=say("pairs.known at"), tickvals=list(range(len(columns))), ticktext=columns)
    figure.update_yaxes(title_text=say("pairs.met at"), col=1)
    title = _pair_finding(comparison, worlds, rates)
    return _grid(figure, title, say("pairs.subtitle", pairs=comparison.pairs), len(places), cell=44, below=40)


Pairs = dict[tuple[str, str], dict[str, Values]]
"""Events per 100 journeys by (where met, where known) and type."""


def _rates_by_pair(comparison: Comparison, strategy: str) -> Pairs:
    journeys = _per_replication(comparison, "journeys", strategy, [])[()]
    found: Pairs = {}
    events = _per_replication(comparison, "events", strategy, ["touchpoint", "source_touchpoint", "type"])
    for (place, origin, kind), count in events.items():
        found.setdefault((place, origin), {})[kind] = 100.0 * _ratio(count, journeys)
    return found


def _pair_hover(world: str, place: str, origin: str, rates: Pairs) -> str:
    kinds = rates.get((place, origin), {})
    first = sorted(kinds, key=lambda kind: -kinds[kind].mean())[:_KINDS_NAMED]
    where = say("pairs.from", place=label(place), origin=label(origin)) if origin else label(place)
    return "<br>".join(
        [f"{label(world)}: {where}", *(f"{label(kind)}: {number(_mean(kinds[kind]))}" for kind in first)]
    )


def _pair_finding(comparison: Comparison, worlds: Sequence[str], rates: dict[str, Pairs]) -> str:
    today = rates[worlds[0]]
    none = np.zeros(comparison.pairs)
    known = {pair: kinds for pair, kinds in today.items() if pair[1]}
    all_events, events = (sum((sum(kinds.values()) for kinds in pairs.values()), none) for pairs in (today, known))
    baseline = label(worlds[0])
    if not known:
        return say("pairs.none", baseline=baseline)
    place, origin = max(known, key=lambda pair: _mean(sum(known[pair].values())))
    return say(
        "pairs.finding",
        baseline=baseline,
        known=number(_mean(events)),
        all=number(_mean(all_events)),
        pair=say("pairs.from", place=label(place), origin=label(origin)),
        rate=number(_mean(sum(known[place, origin].values()))),
    )


# --- lost sales ------------------------------------------------------------------------------------------------------


@by_own_names
def lost_sales(comparison: Comparison) -> go.Figure:
    """Draw the revenue that customers gave up by cause, EUR per customer and year, all strategies side by side.

    A cause is the frustration that cost the given-up journey most. The bars of a strategy add up to its
    ``lost_sales_eur_per_customer``; causes below 1 % of the sum are left out, the subtitle has what they hold together.
    """
    strategies = comparison.strategies
    found = {strategy: _lost_by_cause(comparison, strategy) for strategy in strategies}
    none = np.zeros(comparison.pairs)
    causes = list(dict.fromkeys(cause for strategy in strategies for cause in found[strategy]))
    size = {cause: max(found[strategy].get(cause, none).mean() for strategy in strategies) for cause in causes}
    causes.sort(key=lambda cause: -size[cause])
    least = _WORTH_A_BAR * max((sum(eur.values(), none).mean() for eur in found.values()), default=0.0)
    shown = [cause for cause in causes if size[cause] >= least]
    rest = causes[len(shown) :]
    confidence = _confidence(comparison)
    subtitle = say("lost.subtitle", pairs=comparison.pairs, percent=number(100 * confidence))
    if rest:
        left_out = max(sum(found[strategy].get(cause, none).mean() for cause in rest) for strategy in strategies)
        subtitle += say("lost.left out", count=len(rest), eur=number(left_out, 2))
    return side_by_side(
        comparison,
        {
            strategy: [mean(found[strategy].get(cause, none), confidence, least=0.0) for cause in shown]
            for strategy in strategies
        },
        [_cause(cause) for cause in shown],
        title=_lost_finding(comparison, found),
        subtitle=subtitle,
        axis=say("lost.axis"),
        unit=say("lost.unit"),
    )


def _lost_by_cause(comparison: Comparison, strategy: str) -> dict[str, Values]:
    """EUR per customer and year: the KPI, divided as the sums of the replication are."""
    sums = _per_replication(comparison, "lost_sales", strategy, ["cause"], "eur")
    whole = np.sum([np.zeros(comparison.pairs), *sums.values()], axis=0)
    values = comparison.replications
    rows = values[(values["strategy"] == strategy) & (values["kpi"] == "lost_sales_eur_per_customer")]
    kpi = rows.sort_values("replication")["value"].to_numpy(dtype=np.float64)
    return {cause: kpi * np.nan_to_num(_ratio(eur, whole)) for (cause,), eur in sums.items()}


def _cause(cause: str) -> str:
    return say("lost.no event") if cause == "none" else label(cause)


def _lost_finding(comparison: Comparison, found: dict[str, dict[str, Values]]) -> str:
    today = found[comparison.baseline]
    if not today:
        return say("lost.nothing", baseline=label(comparison.baseline))
    cause = max(today, key=lambda name: today[name].mean())
    first = say(
        "lost.most",
        baseline=label(comparison.baseline),
        eur=number(sum(_mean(eur) for eur in today.values())),
        cause=_cause(cause),
        part=number(today[cause].mean()),
    )
    rows = comparison.table[comparison.table["kpi"] == "lost_sales_eur_per_customer"]
    clear = rows[(rows["ci_low"] > 0.0) | (rows["ci_high"] < 0.0)]
    if clear.empty:
        return say("lost.not clear", first=first)
    changes = [
        say("types.change", strategy=label(row["strategy"]), difference=signed(row["difference"], row["unit"]))
        for row in clear.sort_values("difference", key=lambda gap: -gap.abs(), kind="stable").to_dict("records")
    ]
    if len(changes) > _CHANGES_NAMED:
        return say("lost.changes most", first=first, change=changes[0])
    return say("lost.changes", first=first, changes=joined(changes))


# --- what they share -------------------------------------------------------------------------------------------------


def _worlds(comparison: Comparison, strategy: str | None) -> tuple[str, ...]:
    name = comparison.strategies[-1] if strategy is None else strategy
    if name not in comparison.strategies:
        raise ArgumentError(unknown("strategy", str(name), comparison.strategies))
    return tuple(dict.fromkeys((comparison.baseline, name)))


def _per_replication(
    comparison: Comparison, aggregate: str, strategy: str, by: Sequence[str], amount: str = "count"
) -> dict[tuple[str, ...], Values]:
    """Sums of a small table by some of its columns, one number per replication; 0 where a replication has none."""
    frame = comparison.aggregates[aggregate]
    rows = frame[frame["strategy"] == strategy]
    sums = rows.groupby([*by, "replication"], observed=True, sort=False)[amount].sum()
    size = comparison.pairs
    found: dict[tuple[str, ...], Values] = {} if by else {(): np.zeros(size)}
    for key, value in sums.items():
        *names, replication = key if isinstance(key, tuple) else (key,)
        found.setdefault(tuple(map(str, names)), np.zeros(size))[int(replication)] = value
    return found


def _ratio(part: Values, whole: Values) -> Values:
    shares: Values = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0.0)
    return shares


def _mean(values: Values | int) -> float:
    return mean(np.atleast_1d(np.asarray(values, dtype=np.float64))).mean


def _confidence(comparison: Comparison) -> float:
    return float(comparison.scenario.document.decision.confidence)


def _panels(worlds: Sequence[str]) -> go.Figure:
    figure = make_subplots(
        1,
        len(worlds),
        shared_yaxes=True,
        horizontal_spacing=0.03,
        column_titles=[f"<b>{sentence(label(world))}</b>" for world in worlds],
    )
    figure.update_annotations(font={"size": 16, "color": INK}, yshift=4)
    return figure


def _grid(figure: go.Figure, title: str, subtitle: str, rows: int, cell: int = _CELL, below: int = 20) -> go.Figure:
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    figure.update_xaxes(showgrid=False, tickangle=0, ticks="")
    finished(figure, title, subtitle, max(rows * cell, 120), legend=False)
    margin, height = figure.layout.margin, figure.layout.height
    figure.update_layout(margin={"t": margin.t + _HEAD, "b": margin.b + below}, height=height + _HEAD + below)
    return figure
