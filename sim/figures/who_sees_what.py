"""Who sees what: of the facts that arise at one touchpoint, how much another one sees."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.heat import SEEN, cells
from sim.figures.naming import by_own_names
from sim.figures.style import INK, finished, sentence, wrapped
from sim.labels import label, number
from sim.messages import say
from sim.scenario import Document, Scenario
from sim.scenario.paths import unknown
from sim.strategy import schedule

__all__ = ["visibility", "who_sees_what"]

_COLUMNS, _CELL, _BETWEEN, _BELOW = 4, 28, 44, 44
_NARROW = 9
"""Letters that fit below a cell."""


def visibility(scenario: Scenario, strategy: str) -> pd.DataFrame:
    """Who sees what at the end of a run under a strategy, once its levers have taken effect.

    Returns
    -------
    pandas.DataFrame
        Columns ``fact``, ``from``, ``to``, ``share``; one row per cell.

    Raises
    ------
    ArgumentError
        The scenario has no such strategy.

    Examples
    --------
    >>> from sim.scenario import load
    >>> case = load("scenarios/shoe_retailer.yaml")
    >>> for strategy in ("siloed", "integrated"):
    ...     cells = visibility(case, strategy).set_index(["fact", "from", "to"])["share"]
    ...     print(bool(cells["identity", "store", "web"] > 0.5))
    False
    True
    """
    if strategy not in scenario.strategies:
        raise ArgumentError(unknown("strategy", str(strategy), scenario.strategies))
    plan = schedule(scenario, strategy)
    document: Document = plan.documents[plan.state_of_week[-1]]
    rows = [
        (fact.value, origin, target, float(share))
        for fact, matrix in document.visibility.items()
        for origin, row in matrix.items()
        for target, share in row.items()
    ]
    return pd.DataFrame(rows, columns=["fact", "from", "to", "share"])


@by_own_names
def who_sees_what(scenario: Scenario, strategy: str | None = None) -> go.Figure:
    """Draw who sees what under a strategy: one small matrix per fact, from rows to columns, in per cent.

    A fact arises at the touchpoint of the row; the cell says how often the touchpoint of the column sees it.

    Parameters
    ----------
    scenario : Scenario
    strategy : str, optional
        By default the first of the scenario.

    Raises
    ------
    ArgumentError
        The scenario has no such strategy.
    """
    name = scenario.strategies[0] if strategy is None else strategy
    seen = visibility(scenario, name)
    facts, places = list(dict.fromkeys(seen["fact"])), list(scenario.document.touchpoints)
    names = [sentence(label(place)) for place in places]
    heads = [wrapped(name, _NARROW) for name in names]
    columns = min(_COLUMNS, len(facts))
    rows = math.ceil(len(facts) / columns)
    height = rows * _CELL * len(places) + (rows - 1) * (_BETWEEN + _BELOW)
    figure = make_subplots(
        rows,
        columns,
        shared_yaxes=True,
        horizontal_spacing=0.02,
        vertical_spacing=(_BETWEEN + _BELOW) / height if rows > 1 else 0.0,
        subplot_titles=[f"<b>{sentence(label(fact))}</b>  {number(_elsewhere(seen, fact), 2)} %" for fact in facts],
    )
    figure.update_annotations(font={"size": 15, "color": INK}, yshift=2)
    for at, fact in enumerate(facts):
        shares = seen[seen["fact"] == fact].set_index(["from", "to"])["share"]
        percent = [[100.0 * shares.get((origin, target), math.nan) for target in places] for origin in places]
        hover = [
            [
                say("sees.hover", fact=label(fact), origin=label(origin), target=label(target), percent=number(share))
                for target, share in zip(places, row, strict=True)
            ]
            for origin, row in zip(places, percent, strict=True)
        ]
        heat = cells(percent, heads, [f"{each}  " for each in names], most=100.0, colour=SEEN, hover=hover)
        figure.add_trace(heat, row=at // columns + 1, col=at % columns + 1)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    figure.update_xaxes(showgrid=False, tickangle=0, tickfont={"size": 12}, ticks="")
    figure.update_xaxes(title_text=say("sees.seen at"), row=rows)
    figure.update_yaxes(title_text=say("sees.arose at"), col=1)
    shares = {fact: _elsewhere(seen, fact) for fact in facts}
    least = min(shares, key=lambda fact: shares[fact])
    title = say(
        "sees.finding",
        strategy=label(name),
        percent=number(_elsewhere(seen), 2),
        fact=label(least),
        least=number(shares[least], 2),
    )
    finished(figure, title, say("sees.subtitle"), height, legend=False)
    figure.update_layout(margin={"t": figure.layout.margin.t + 30}, height=figure.layout.height + 30)
    return figure


def _elsewhere(seen: pd.DataFrame, fact: str | None = None) -> float:
    """Mean visibility between different touchpoints, in %."""
    rows = seen[(seen["from"] != seen["to"]) & (True if fact is None else seen["fact"] == fact)]
    return 100.0 * float(rows["share"].mean()) if len(rows) else 0.0
