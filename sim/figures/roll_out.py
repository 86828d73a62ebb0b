"""When the levers of a strategy take effect, and what they cost."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from sim.errors import ArgumentError
from sim.figures.heat import SEEN
from sim.figures.naming import by_own_names
from sim.figures.style import BAD, INK, SUBTLE, box, finished, rounded, sentence
from sim.labels import label, number
from sim.messages import say
from sim.scenario import MINUTES_PER_WEEK, Document, Scenario
from sim.scenario.paths import unknown
from sim.strategy import effect, pace

__all__ = ["roll_out"]

_ROW, _AROUND, _FOR_COSTS = 34, 30, 230
_HEAD = 20
_SCALE = ((0.0, BAD), (0.4999, "#F3B58A"), (0.5, "#FFFFFF"), (1.0, SEEN))
"""Of -100 to 100 %: the least loss is orange already, for people lose a tenth, not all."""


@by_own_names
def roll_out(scenario: Scenario, strategy: str) -> go.Figure:
    """Draw the share of its full effect that each lever of a strategy has, week by week, with its costs.

    Lead time is white. While people learn, a lever with a dip first makes things worse: that is orange. A lever that
    does not reach everybody stays paler than one that does; its costs are in proportion, too.

    Parameters
    ----------
    scenario : Scenario
    strategy : str

    Raises
    ------
    ArgumentError
        The scenario has no such strategy, or it has no levers.
    """
    document = scenario.document
    if strategy not in document.strategies:
        raise ArgumentError(unknown("strategy", str(strategy), scenario.strategies))
    uses = {name: use for name, use in document.strategies[strategy].levers.items() if float(use.coverage)}
    if not uses:
        raise ArgumentError(f"strategy {strategy!r} has no levers, so there is nothing to roll out")
    before = round(float(document.run.warm_up) / MINUTES_PER_WEEK)
    weeks = range(-before, math.ceil(float(document.run.measured) / MINUTES_PER_WEEK))
    order = sorted(uses, key=lambda name: float(uses[name].start))
    costs = {
        name: tuple(
            float(use.coverage) * float(eur) for eur in (document.levers[name].one_off, document.levers[name].running)
        )
        for name, use in uses.items()
    }
    effects = {name: _percent(document, strategy, name, weeks) for name in order}
    figure = go.Figure(
        go.Heatmap(
            x=[week + 0.5 for week in weeks],  # a week reaches from its own tick to the next
            y=list(range(len(order))),
            z=[rounded(effects[name], 3) for name in order],
            zmin=-100.0,
            zmax=100.0,
            colorscale=[list(step) for step in _SCALE],
            showscale=False,
            ygap=8,
            customdata=[[[label(name, "levers"), week] for week in weeks] for name in order],
            hovertemplate=f"%{{customdata[0]}}, {say('roll_out.hover')}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": INK, "width": 1.5, "dash": "dot"})
    begins = {"x": 0, "y": 1, "yref": "paper", "yanchor": "bottom", "font": {"size": 13, "color": INK}}
    figure.add_annotation(**box(text=say("roll_out.begins"), **begins))
    for row, name in enumerate(order):
        once, monthly = (_eur(amount) for amount in costs[name])
        beside = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 10}
        text = say("roll_out.cost", once=once, monthly=monthly)
        figure.add_annotation(**box(text=text, y=row, font={"size": 13, "color": SUBTLE}, **beside))
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[f"{sentence(label(name, 'levers'))}  " for name in order],
        autorange="reversed",
        showgrid=False,
        ticks="",
    )
    figure.update_xaxes(title_text=say("roll_out.axis"), dtick=13, tick0=0, showgrid=False)
    ready = max(_full_from(effects[name], weeks, float(uses[name].coverage)) for name in order)
    title = say(
        "roll_out.finding" if ready < weeks.stop else "roll_out.too late",
        strategy=label(strategy),
        when=_when(ready),
        once=_eur(sum(once for once, _ in costs.values())),
        monthly=_eur(sum(monthly for _, monthly in costs.values())),
    )
    finished(figure, title, say("roll_out.subtitle"), len(order) * _ROW + _AROUND, legend=False)
    figure.update_layout(
        margin={"r": _FOR_COSTS, "t": figure.layout.margin.t + _HEAD}, height=figure.layout.height + _HEAD
    )
    return figure


def _percent(document: Document, strategy: str, lever: str, weeks: range) -> list[float]:
    uses = document.strategies[strategy].levers
    use, part = uses[lever], document.levers[lever]
    faster = pace(document, uses, lever)
    return [
        100.0
        * effect(
            float(use.coverage),
            week * MINUTES_PER_WEEK - float(use.start),
            faster * float(part.lead_time),
            faster * float(part.ramp),
            float(part.dip),
        )
        for week in weeks
    ]


def _eur(amount: float) -> str:
    return number(round(amount), 12)


def _when(week: int) -> str:
    """Say when a week of the run begins."""
    if week == 0:
        return say("roll_out.at the start")
    return say("roll_out.before" if week < 0 else "roll_out.after", weeks=abs(week))


def _full_from(percent: list[float], weeks: range, coverage: float) -> int:
    """First week in which a lever has all the effect it will have; the end of the run if that comes later."""
    full = 100.0 * coverage - 1e-9
    return next((week for week, share in zip(weeks, percent, strict=True) if share >= full), weeks.stop)
