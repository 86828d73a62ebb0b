"""Pictures of the workshop: who sees what, where customers go, which frustrations; each with its numbers as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from sim.comparison import Comparison
from sim.figures import frustrations as by_type
from sim.figures.bars import side_by_side
from sim.figures.heat import SEEN, cells
from sim.figures.naming import by_own_names
from sim.figures.style import INK, box, finished, sentence, signed
from sim.figures.who_sees_what import visibility
from sim.labels import label, number
from sim.messages import say
from sim.output_analysis import Estimate, mean, paired_difference
from sim.scenario import Scenario

__all__ = ["VIEWS", "Picture", "frustrations", "goes", "picture", "sees", "visibility"]

VIEWS = ("sees", "goes", "frustrations")
"""Names of the pictures, in the order in which they are offered."""
_CELL, _HEAD, _GAP, _NEAR, _WIDTH, _LETTER = 36, 30, 24, 10, 800, 8
"""Pixels: of a cell, of a heading, above a heading, between both worlds, of all, of a letter."""


@dataclass(frozen=True)
class Picture:
    """A figure, and the same numbers as a table for those who read or hear them.

    Parameters
    ----------
    figure : Figure
    table : DataFrame
        Rounded, with headings in words.
    """

    figure: go.Figure
    table: pd.DataFrame


def picture(view: str, comparison: Comparison) -> Picture:
    """Draw one of `VIEWS`."""
    if view == "sees":
        return sees(comparison.scenario, comparison.strategies[-1])
    return goes(comparison) if view == "goes" else frustrations(comparison)


# --- who sees what ---------------------------------------------------------------------------------------------------


@by_own_names
def sees(scenario: Scenario, strategy: str) -> Picture:
    """Draw who sees what in both worlds: a small matrix per fact, from rows to columns, in per cent."""
    worlds = (scenario.strategies[0], strategy)
    seen = {world: visibility(scenario, world) for world in worlds}
    facts = list(dict.fromkeys(seen[strategy]["fact"]))
    places = list(scenario.document.touchpoints)
    names = {place: sentence(label(place)) for place in places}
    per_row = max(1, _WIDTH // (_CELL * len(places) + _GAP))
    blocks = [facts[first : first + per_row] for first in range(0, len(facts), per_row)] or [[]]
    columns = max(len(blocks[0]), 1)
    panel = _CELL * len(places)
    block_height = len(worlds) * panel + (len(worlds) - 1) * _NEAR
    height = len(blocks) * (block_height + _HEAD + _GAP) - _HEAD - _GAP
    figure = make_subplots(len(blocks) * len(worlds), columns, shared_yaxes=True, horizontal_spacing=0.02)
    beside = -_LETTER * (max(map(len, names.values())) + 2)
    for row, (at, block, lane, world) in enumerate(
        [(at, block, lane, world) for at, block in enumerate(blocks) for lane, world in enumerate(worlds)], 1
    ):
        top = 1 - (at * (block_height + _HEAD + _GAP) + lane * (panel + _NEAR)) / height
        spread = [max(top - panel / height, 0.0), top]
        for column in range(1, columns + 1):
            place = {"row": row, "col": column}
            figure.update_yaxes(domain=spread, **place)
            if column > len(block):
                figure.update_xaxes(visible=False, **place)
                figure.update_yaxes(visible=False, **place)
                continue
            fact = block[column - 1]
            figure.add_trace(_matrix(seen[world], world, fact, names), **place)
            is_lowest = lane == len(worlds) - 1 and (block is blocks[-1] or column > len(blocks[-1]))
            figure.update_xaxes(showticklabels=is_lowest, tickangle=-35, ticks="", showgrid=False, **place)
            if is_lowest:
                figure.update_xaxes(title={"text": say("sees.seen at"), "standoff": 4}, **place)
            if lane == 0:
                middle = sum(figure.get_subplot(row, column).xaxis.domain) / 2
                head = {"text": f"<b>{sentence(label(fact))}</b>", "font": {"size": 15, "color": INK}}
                above = {
                    "x": middle,
                    "xref": "paper",
                    "y": top,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "yshift": 2,
                    "xanchor": "center",
                }
                figure.add_annotation(box(**head, **above))
        name = f"<b>{sentence(label(world))}</b><br>{say('sees.arose at')}"
        left = {"x": 0, "xref": "paper", "xanchor": "right", "xshift": beside}
        figure.add_annotation(box(text=name, y=sum(spread) / 2, yref="paper", yanchor="middle", textangle=-90, **left))
    figure.update_yaxes(autorange="reversed", ticks="", showgrid=False)
    before, after = (_elsewhere(seen[world]) for world in worlds)
    key = "workshop.sees_title_same" if f"{before:.0f}" == f"{after:.0f}" else "workshop.sees_title_all"
    title = say(key, strategy=label(strategy), before=f"{before:.0f}", after=f"{after:.0f}")
    finished(figure, title, say("workshop.sees_subtitle"), height, legend=False)
    margin = {"t": figure.layout.margin.t + _HEAD, "b": 100, "l": -beside + 2 * _HEAD}
    figure.update_layout(margin=margin, height=figure.layout.height + _HEAD + 40)
    table = pd.concat([frame.assign(world=world) for world, frame in seen.items()])
    wide = table.pivot_table(index=["fact", "from", "to"], columns="world", values="share", sort=False).reset_index()
    return Picture(
        figure,
        pd.DataFrame(
            {
                say("workshop.fact"): [label(fact) for fact in wide["fact"]],
                say("sees.arose at"): [label(place) for place in wide["from"]],
                say("sees.seen at"): [label(place) for place in wide["to"]],
                **{f"{label(world)}, %": [number(100 * share) for share in wide[world]] for world in worlds},
            }
        ),
    )


def _matrix(seen: pd.DataFrame, world: str, fact: str, names: dict[str, str]) -> go.Heatmap:
    """One small matrix, in per cent; what the case does not declare is left blank."""
    shares = seen[seen["fact"] == fact].set_index(["from", "to"])["share"]
    percent = [[100.0 * float(shares.get((origin, target), math.nan)) for target in names] for origin in names]

    def said(origin: str, target: str, share: float) -> str:
        text = say("sees.hover", fact=label(fact), origin=names[origin], target=names[target], percent=number(share))
        return f"{label(world)}<br>{text}"

    hover = [
        [said(origin, target, share) for target, share in zip(names, row, strict=True)]
        for origin, row in zip(names, percent, strict=True)
    ]
    return cells(percent, list(names.values()), list(names.values()), most=100.0, colour=SEEN, hover=hover)


def _elsewhere(seen: pd.DataFrame) -> float:
    """Mean visibility between different touchpoints, in %."""
    shares = seen[seen["from"] != seen["to"]]["share"]
    return 100 * float(shares.mean()) if len(shares) else 0.0


# --- where customers go, and what frustrates them --------------------------------------------------------------------


def goes(comparison: Comparison) -> Picture:
    """Draw visits per 100 journeys by touchpoint, and how 100 journeys end, in both worlds."""
    confidence = float(comparison.scenario.document.decision.confidence)
    worlds = (comparison.baseline, comparison.strategies[-1])
    values = {world: _per_100_journeys(comparison, world) for world in worlds}
    places = list(dict.fromkeys(place for world in worlds for place in values[world]))
    none = np.zeros(comparison.pairs)
    estimates = {
        world: [mean(values[world].get(place, none), confidence, least=0.0) for place in places] for world in worlds
    }
    gaps = [
        paired_difference(values[worlds[1]].get(place, none), values[worlds[0]].get(place, none), confidence)
        for place in places
    ]
    figure = side_by_side(
        comparison,
        estimates,
        places,
        title=_goes_finding(worlds[1], dict(zip(places, gaps, strict=True))),
        subtitle=say("workshop.goes_subtitle", pairs=comparison.pairs, percent=number(100 * confidence)),
        axis=label("per_100_journeys"),
        unit=label("per_100_journeys"),
    )
    table = pd.DataFrame(
        {
            say("workshop.place"): places,
            **{
                f"{label(world)}, {label('per_100_journeys')}": [number(estimate.mean) for estimate in estimates[world]]
                for world in worlds
            },
            say("difference"): [signed(gap.mean, "") for gap in gaps],
            _interval_heading(confidence): [_interval(gap) for gap in gaps],
        }
    )
    return Picture(figure, table)


def _per_100_journeys(comparison: Comparison, world: str) -> dict[str, NDArray[np.float64]]:
    """Visits by touchpoint and ends of journeys, per 100 journeys, by replication; in the order of the case."""
    flows, journeys = (comparison.aggregates[name] for name in ("flows", "journeys"))
    replications = range(comparison.pairs)
    ends = _counts(journeys[journeys["strategy"] == world], "outcome", replications)
    visits = _counts(flows[flows["strategy"] == world], "from", replications)
    all_journeys = ends.sum(axis=1).replace(0, np.nan)
    order = [*comparison.scenario.document.touchpoints, "research"]
    found = {say("workshop.visits", place=label(place)): visits[place] for place in order if place in visits}
    found |= {say("workshop.ends", outcome=label(str(outcome))): ends[outcome] for outcome in ends}
    return {name: (100.0 * counts / all_journeys).to_numpy(dtype=np.float64) for name, counts in found.items()}


def _counts(rows: pd.DataFrame, by: str, replications: range) -> pd.DataFrame:
    table = rows.pivot_table(index="replication", columns=by, values="count", aggfunc="sum", fill_value=0, sort=False)
    return table.reindex(replications, fill_value=0).rename(columns=str)


def _goes_finding(strategy: str, gaps: dict[str, Estimate]) -> str:
    clear = {place: gap for place, gap in gaps.items() if gap.ci_low > 0.0 or gap.ci_high < 0.0}
    if not clear:
        return say("workshop.goes_title_open", strategy=label(strategy))
    place = max(clear, key=lambda name: abs(clear[name].mean))
    return say("workshop.goes_title", strategy=label(strategy), place=place, difference=signed(clear[place].mean, ""))


def frustrations(comparison: Comparison) -> Picture:
    """Draw frustration events per 100 journeys by type, in both worlds, see `sim.figures.frustrations`."""
    ending = "_per_100_journeys"
    table = comparison.table
    rows = table[table["kpi"].str.endswith(ending) & ~table["primary"]]
    rows = rows[(rows["mean"] > 0.0) | (rows["baseline_mean"] > 0.0)].sort_values("baseline_mean", ascending=False)
    baseline, strategy = comparison.baseline, comparison.strategies[-1]
    each = rows.to_dict("records")
    readable = pd.DataFrame(
        {
            say("workshop.kind"): [label(row["kpi"].removesuffix(ending)) for row in each],
            f"{label(baseline)}, {label('per_100_journeys')}": [number(row["baseline_mean"]) for row in each],
            f"{label(strategy)}, {label('per_100_journeys')}": [number(row["mean"]) for row in each],
            say("difference"): [signed(row["difference"], row["unit"]) for row in each],
            _interval_heading(float(comparison.scenario.document.decision.confidence)): [
                say("interval", low=signed(row["ci_low"], row["unit"]), high=signed(row["ci_high"], row["unit"]))
                for row in each
            ],
        }
    )
    return Picture(by_type(comparison), readable)


def _interval_heading(confidence: float) -> str:
    return say("interval of", percent=number(100 * confidence))


def _interval(estimate: Estimate) -> str:
    return say("interval", low=signed(estimate.ci_low, ""), high=signed(estimate.ci_high, ""))
