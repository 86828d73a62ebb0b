"""Where the money of a strategy comes from, and when it is back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from sim.errors import ArgumentError
from sim.figures.lines import banded
from sim.figures.naming import by_own_names
from sim.figures.plain_page import plain_page
from sim.figures.style import (
    BAD,
    GOOD,
    INK,
    NEUTRAL,
    STRATEGY_COLOURS,
    SUBTLE,
    box,
    colours,
    finished,
    joined,
    rounded,
    sentence,
)
from sim.labels import euros, label, number
from sim.messages import say
from sim.output_analysis import Verdict
from sim.scenario.paths import unknown

if TYPE_CHECKING:
    from sim.economics import BusinessCase

__all__ = ["BusinessCaseFigures", "business_case_page", "cash_flow", "payback", "waterfall", "worth"]

_ROW, _HEIGHT = 44, 400
_NAMED = 3
"""Most strategies that a title names one by one."""
_ROOM_FOR_TEXT = 0.14


@dataclass(frozen=True)
class BusinessCaseFigures:
    """The figures of a business case, as ``case.figures``.

    Parameters
    ----------
    case : BusinessCase
    """

    case: BusinessCase

    def waterfall(self, strategy: str | None = None) -> go.Figure:
        """Where the net present value of a strategy comes from; by default of the last one."""
        return waterfall(self.case, strategy)

    def cash_flow(self) -> go.Figure:
        """Discounted money so far, month by month, all strategies with their bands."""
        return cash_flow(self.case)


@by_own_names
def business_case_page(case: BusinessCase) -> str:
    """Write the cash flow, and the waterfall of every strategy, as one HTML page that works without a network."""
    drawn = {strategy: waterfall(case, strategy) for strategy in case.comparison.strategies[1:]}
    title = say("case.page", name=case.comparison.scenario.document.name)
    comparison = case.comparison
    told = say(
        "case.told",
        strategies=joined([label(strategy) for strategy in comparison.strategies[1:]]),
        baseline=label(comparison.baseline),
        pairs=comparison.pairs,
        seed=comparison.seed,
        scale=number(comparison.scale),
        digest=comparison.scenario.digest,
    )
    caveats = [*comparison.caveats, say("copy.amounts")] if comparison.caveats else []
    return plain_page(title, {"cash_flow": cash_flow(case), **drawn}, [told], caveats)


@by_own_names
def waterfall(case: BusinessCase, strategy: str | None = None) -> go.Figure:
    """Draw the parts of a strategy's net present value, which add up to it.

    Parameters
    ----------
    case : BusinessCase
    strategy : str, optional
        By default the last of the comparison.

    Raises
    ------
    ArgumentError
        The business case has no such strategy.
    """
    others = case.comparison.strategies[1:]
    name = others[-1] if strategy is None else strategy
    if name not in others:
        raise ArgumentError(unknown("strategy", str(name), others))
    parts = case.waterfall[case.waterfall["strategy"] == name]
    row = case.table[case.table["strategy"] == name].iloc[0]
    bars, so_far = [], 0.0
    for part, eur, low, high in parts[["part", "eur", "ci_low", "ci_high"]].itertuples(index=False):
        bars.append(_Bar(sentence(label(part)), so_far, eur, low, high, GOOD if eur > 0.0 else BAD))
        so_far += eur
    total = (row["npv_eur"], row["npv_low"], row["npv_high"])
    bars.append(_Bar(f"<b>{sentence(label('net_present_value'))}</b>", 0.0, *total, NEUTRAL))
    figure = go.Figure(
        go.Bar(
            orientation="h",
            base=rounded([bar.start for bar in bars], 6),
            x=rounded([bar.eur for bar in bars], 6),
            y=[f"{bar.name}  " for bar in bars],
            marker={"color": [bar.colour for bar in bars]},
            error_x={
                "type": "data",
                "array": [x or None for x in rounded([bar.half_width for bar in bars], 6)],
                "color": INK,
                "thickness": 1.5,
                "width": 4,
            },
            customdata=[_band(bar.low, bar.high) for bar in bars],
            hovertemplate="%{y}: %{x:,.0f} EUR %{customdata}<extra></extra>",
        )
    )
    for at, bar in enumerate(bars):
        figure.add_annotation(**box(text=euros(bar.eur), x=bar.right, y=at, xanchor="left", xshift=6))
    low, high = min(bar.left for bar in bars), max(bar.right for bar in bars)
    room = _ROOM_FOR_TEXT * ((high - low) or 1.0)
    figure.add_vline(x=0.0, line={"color": INK, "width": 1})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(
        title_text=say("case.parts axis", baseline=label(case.comparison.baseline)),
        tickformat=",",
        range=[low - room / 4, high + room],
    )
    subtitle = say(
        "case.parts subtitle",
        years=case.duration,
        rate=number(100 * float(case.economics.discount_rate)),
        percent=_confidence(case),
        pairs=case.comparison.pairs,
        carried=_carried(case),
    )
    return finished(figure, worth(case, name), subtitle, _ROW * len(bars) + 20, legend=False)


@dataclass(frozen=True)
class _Bar:
    """One step of a waterfall, in EUR."""

    name: str
    start: float
    eur: float
    low: float
    high: float
    colour: str

    @property
    def half_width(self) -> float:
        return 0.0 if math.isnan(self.low) else (self.high - self.low) / 2.0

    @property
    def left(self) -> float:
        return min(self.start, self.start + self.eur - self.half_width)

    @property
    def right(self) -> float:
        return max(self.start, self.start + self.eur + self.half_width)


def worth(case: BusinessCase, strategy: str) -> str:
    """What a strategy is worth, as a sentence without its full stop, and what most of it comes from."""
    row = case.table[case.table["strategy"] == strategy].iloc[0]
    told = {"strategy": label(strategy), "years": case.duration, "eur": euros(row["npv_eur"])}
    interval = _band(row["npv_low"], row["npv_high"])
    told["interval"] = f" {interval}" if interval else ""
    own = case.waterfall[case.waterfall["strategy"] == strategy].sort_values("eur")["part"]
    part = own.iloc[0 if row["verdict"] == "loses" else -1]
    return say(f"case.{row['verdict']}", **told, part=label(part))


@by_own_names
def cash_flow(case: BusinessCase) -> go.Figure:
    """Draw the discounted money so far at the end of each month; the last point is the net present value."""
    colour = colours(case.comparison.scenario.strategies, STRATEGY_COLOURS)
    figure = go.Figure()
    for strategy in case.comparison.strategies[1:]:
        own = case.cumulated[case.cumulated["strategy"] == strategy]
        at = [int(own["month"].iloc[0]) - 1, *own["month"]]
        middle, low, high = (rounded([0.0, *own[end]], 6) for end in ("eur", "ci_low", "ci_high"))
        hover = f"{say('case.hover')}<extra>{label(strategy)}</extra>"
        drawn = banded(at, middle, low, high, colour[strategy], name=label(strategy), hovertemplate=hover)
        figure.add_traces(drawn)
    figure.add_hline(y=0.0, line={"color": INK, "width": 1})
    simulated = case.streams.simulated
    if simulated < case.streams.horizon:
        figure.add_vline(x=simulated, line={"color": SUBTLE, "width": 1, "dash": "dash"})
        figure.add_annotation(
            **box(text=f"{say('case.simulated')}  ", x=simulated, y=1, yref="paper", xanchor="right", yanchor="top"),
        )
        figure.add_annotation(
            **box(text=f"  {say('case.carried on')}", x=simulated, y=1, yref="paper", xanchor="left", yanchor="top"),
        )
    figure.update_xaxes(title_text=say("case.month axis"), dtick=6, showgrid=False)
    figure.update_yaxes(title_text=say("case.so far axis", baseline=label(case.comparison.baseline)), tickformat=",")
    subtitle = say(
        "case.so far subtitle",
        pairs=case.comparison.pairs,
        percent=_confidence(case),
        early=say("case.early") if case.cumulated["month"].min() < 0 else "",
        carried=_carried(case),
    )
    return finished(figure, payback(case), subtitle, _HEIGHT)


def payback(case: BusinessCase) -> str:
    """When the money is back, as a sentence; of strategies whose net present value is not clear, that it is not."""
    rows = case.table.to_dict("records")
    back = sorted((row for row in rows if row["verdict"] == "pays"), key=lambda row: row["payback_months"])
    after = [say("case.back after", strategy=label(row["strategy"]), months=row["payback_months"]) for row in back]
    told = [say("case.back", found=joined(after))] if back else []
    if len(back) > _NAMED:
        told = [say("case.back any", count=len(back), all=len(rows), first=after[0])]
    for verdict, key in (("loses", "loses"), (Verdict.NOT_ENOUGH_EVIDENCE, "open")):
        found = [label(row["strategy"]) for row in rows if row["verdict"] == verdict]
        if len(found) > _NAMED:
            told.append(say(f"case.{key} any", count=len(found), all=len(rows), years=case.duration))
        elif found:
            told.append(say(f"case.{key} some", found=joined(found), years=case.duration))
    return "; ".join(told)


def _carried(case: BusinessCase) -> str:
    if case.streams.simulated >= case.streams.horizon:
        return say("case.all simulated")
    return say(f"case.carried {case.economics.carry_on}", month=number(case.streams.simulated))


def _band(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"({say('interval', low=euros(low), high=euros(high))})"


def _confidence(case: BusinessCase) -> str:
    return number(100 * float(case.comparison.scenario.document.decision.confidence))
