"""Where customers go: from contact to contact to the end of their journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from sim.errors import ArgumentError
from sim.figures.naming import by_own_names
from sim.figures.style import (
    BAD,
    GOOD,
    NEUTRAL,
    SUBTLE,
    TOUCHPOINT_COLOURS,
    box,
    colours,
    finished,
    rounded,
    signed,
    tint,
)
from sim.labels import label, number
from sim.messages import say
from sim.output_analysis import mean, paired_difference
from sim.scenario.paths import unknown

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["flows"]

_MOST_STEPS = 3
_WORTH_A_STEP = 5.0
_WORTH_A_NODE = 1.0
_WORTH_A_LINK = 0.2
_LATER, _OTHER, _RESEARCH = "later_contacts", "other_touchpoints", "research"
_HEADS = ("flows.first", "flows.second", "flows.third")
_OUTCOMES = {"resolved": GOOD, "given_up": BAD, "unfinished": NEUTRAL}
_HEIGHT = 430
_HEADS_HEIGHT = 24
_PAD = 14
_EDGE = 0.001
"""Where the first step is: plotly takes a place of 0 for none."""

Node = tuple[int, str]


@by_own_names
def flows(comparison: Comparison, strategy: str | None = None) -> go.Figure:
    """Draw how 100 journeys go from contact to contact to their outcome.

    Contacts beyond the third, or that fewer than 5 of 100 journeys reach, are one node; so are touchpoints that fewer
    than 1 of 100 journeys meet at a step. Flows of fewer than 0.2 of 100 journeys are left out.

    Parameters
    ----------
    comparison : Comparison
    strategy : str, optional
        By default the baseline.

    Raises
    ------
    ArgumentError
        The strategy is not part of the comparison.
    """
    name = comparison.baseline if strategy is None else strategy
    if name not in comparison.strategies:
        raise ArgumentError(unknown("strategy", name, comparison.strategies))
    moves, last_step = _links(_moves(comparison, name))
    size = pd.concat([moves.groupby(end)["count"].sum() for end in ("source", "target")], axis=1).max(axis=1)
    links = moves[moves["count"] >= _WORTH_A_LINK]
    touchpoints = comparison.scenario.document.touchpoints
    colour_of = colours(list(touchpoints), TOUCHPOINT_COLOURS) | _OUTCOMES
    research_at = comparison.scenario.document.behaviour.research_at
    if research_at is not None:
        colour_of[_RESEARCH] = colour_of[research_at]
    order = _order(list(touchpoints), research_at)
    nodes: list[Node] = sorted({*links["source"], *links["target"]}, key=lambda node: (node[0], order.index(node[1])))
    across, down = _places(nodes, links)
    colour = {node: colour_of.get(node[1], NEUTRAL) for node in nodes}
    position = {node: at for at, node in enumerate(nodes)}
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            valueformat=".1f",
            valuesuffix=f" {say('flows.of 100')}",
            node={
                "label": [_said(node, float(size[node]), research_at) for node in nodes],
                "color": [colour[node] for node in nodes],
                "x": rounded(across),
                "y": rounded(down),
                "thickness": 16,
                "pad": _PAD,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [position[node] for node in links["source"]],
                "target": [position[node] for node in links["target"]],
                "value": rounded(links["count"].tolist()),
                "color": [tint(colour[node], 0.35) for node in links["source"]],
                "hovertemplate": "%{source.label} → %{target.label}: %{value}<extra></extra>",
            },
        )
    )
    heads = {step: say(_HEADS[step - 1]) for step in range(1, last_step + 1)}
    heads |= {last_step + 1: say("flows.later"), last_step + 2: say("flows.in the end")}
    steps = sorted({node[0] for node in nodes})
    for at, step in enumerate(steps):
        x = at / (len(steps) - 1)
        anchor = "left" if at == 0 else "right" if step == steps[-1] else "center"
        head = box(x=x, y=1, xref="paper", yref="paper", yanchor="bottom", yshift=14, xanchor=anchor, text=heads[step])
        figure.add_annotation(head | {"font": {"size": 14, "color": SUBTLE}})
    title, subtitle = _finding(comparison, name)
    finished(figure, title, subtitle, _HEIGHT, legend=False)
    return figure.update_layout(margin={"t": figure.layout.margin.t + _HEADS_HEIGHT, "b": 24})


def _order(touchpoints: list[str], research_at: str | None) -> list[str]:
    """Names of nodes from top to bottom, under any strategy: as in the scenario, research above its touchpoint."""
    at = touchpoints.index(research_at) if research_at is not None else 0
    return [*touchpoints[:at], _RESEARCH, *touchpoints[at:], _OTHER, _LATER, *_OUTCOMES]


def _places(nodes: list[Node], links: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Middle of each node, from 0 to 1: steps from left to right, each centred, its nodes in their order."""
    drawn = pd.concat([links.groupby(end)["count"].sum() for end in ("source", "target")], axis=1).max(axis=1)
    steps = sorted({step for step, _ in nodes})
    columns = {step: [node for node in nodes if node[0] == step] for step in steps}
    # As plotly does: the fullest step fills the height.
    scale = min(
        (_HEIGHT - _PAD * (len(column) - 1)) / sum(drawn[node] for node in column) for column in columns.values()
    )
    x, y = [], []
    for at, column in enumerate(columns.values()):
        heights = [scale * float(drawn[node]) for node in column]
        top = (_HEIGHT - sum(heights) - _PAD * (len(column) - 1)) / 2
        for height in heights:
            x.append(min(max(at / (len(steps) - 1), _EDGE), 1 - _EDGE))
            y.append((top + height / 2) / _HEIGHT)
            top += height + _PAD
    return x, y


def _moves(comparison: Comparison, strategy: str) -> pd.DataFrame:
    every = comparison.aggregates["flows"]
    return every[every["strategy"] == strategy].astype({"from": "str", "to": "str"})


def _links(moves: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Count moves per 100 journeys between nodes (step, name); tell the last step with nodes of its own."""
    journeys = int(moves.loc[moves["step"] == 1, "count"].sum())
    counted = moves.groupby(["step", "from", "to"])["count"].sum().mul(100.0 / max(journeys, 1)).reset_index()
    reaching = counted.groupby("step")["count"].sum()
    last_step = int(max((step for step in reaching.index[reaching >= _WORTH_A_STEP] if step <= _MOST_STEPS), default=1))
    met = counted.groupby(["step", "from"])["count"].sum()
    rare = set(met.index[met < _WORTH_A_NODE])
    later, end = (last_step + 1, _LATER), last_step + 2

    def node(step: int, name: str) -> Node:
        if step > last_step:
            return later
        return (step, _OTHER) if (step, name) in rare else (step, name)

    counted["source"] = [node(step, name) for step, name in zip(counted["step"], counted["from"], strict=True)]
    counted["target"] = [
        (end, name) if name in _OUTCOMES else node(step + 1, name)
        for step, name in zip(counted["step"], counted["to"], strict=True)
    ]
    between = counted[(counted["source"] != later) | (counted["target"] != later)]
    return between.groupby(["source", "target"], sort=True)["count"].sum().reset_index(), last_step


def _said(node: Node, size: float, research_at: str | None) -> str:
    name = node[1]
    where = f" ({label(research_at)})" if name == _RESEARCH and research_at is not None else ""
    return f"{label(name)}{where} {number(size, 2)}"


def _finding(comparison: Comparison, strategy: str) -> tuple[str, str]:
    confidence = float(comparison.scenario.document.decision.confidence)
    ends = {name: _per_100_journeys(comparison, strategy, "to", name) for name in ("resolved", "given_up")}
    switches = {name: _per_100_journeys(comparison, name, "switch", "yes") for name in {comparison.baseline, strategy}}
    switched = mean(switches[strategy], confidence)
    resolved, given_up = (number(mean(ends[name]).mean, 2) for name in ("resolved", "given_up"))
    title = say(
        "flows.title",
        strategy=label(strategy),
        resolved=resolved,
        given_up=given_up,
        switched=number(switched.mean, 2),
    )
    subtitle = say(
        "flows.subtitle",
        least=number(_WORTH_A_LINK),
        switched=number(switched.mean),
        percent=number(100 * confidence),
        low=number(switched.ci_low),
        high=number(switched.ci_high),
        pairs=comparison.pairs,
    )
    if strategy != comparison.baseline:
        gap = paired_difference(switches[strategy], switches[comparison.baseline], confidence)
        difference, low, high = (signed(each, "contacts") for each in (gap.mean, gap.ci_low, gap.ci_high))
        subtitle += say(
            "flows.difference",
            baseline=label(comparison.baseline),
            difference=difference,
            interval=say("interval", low=low, high=high),
        )
        clear = gap.ci_low > 0.0 or gap.ci_high < 0.0
        subtitle += "." if clear else say("flows.not clear")
    return title, subtitle


def _per_100_journeys(comparison: Comparison, strategy: str, column: str, wanted: str) -> NDArray[np.float64]:
    """How many moves of a kind, one value per replication."""
    moves = _moves(comparison, strategy)
    elsewhere = (moves["from"] != moves["to"]) & (moves["from"] != _RESEARCH) & ~moves["to"].isin(list(_OUTCOMES))
    moves = moves.assign(switch=np.where(elsewhere, "yes", "no"))
    journeys = moves[moves["step"] == 1].groupby("replication")["count"].sum()
    hits = moves[moves[column] == wanted].groupby("replication")["count"].sum()
    share = 100.0 * hits.reindex(journeys.index, fill_value=0) / journeys
    return share.to_numpy(dtype=np.float64)
