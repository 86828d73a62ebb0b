"""One customer's year in two worlds, side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.naming import named_by
from sim.figures.style import BAD, INK, STRATEGY_COLOURS, TOUCHPOINT_COLOURS, colours, finished, rounded
from sim.labels import label, number
from sim.messages import say
from sim.scenario import MINUTES_PER_WEEK, FrustrationType, Scenario

if TYPE_CHECKING:
    from sim.twins import Twins

__all__ = ["twin_lines"]

_SYMBOLS = (
    *("triangle-up", "square", "diamond", "star", "cross", "x", "hourglass", "pentagon", "triangle-down", "bowtie"),
    *("hexagram", "star-triangle-up", "star-square", "star-diamond", "diamond-tall", "diamond-wide", "hexagon"),
    *("octagon", "triangle-left", "triangle-right"),
)
_SYMBOL = dict(zip((kind.value for kind in FrustrationType), _SYMBOLS, strict=False))
_WORLDS = ("baseline", "strategy")
_LANE, _LINES, _HEAD = 150, 110, 24
_ROW, _ROWS = 13, 6
"""Pixels from one row of contacts to the next, and how many rows there are at most."""
_CLOSE_WEEKS = 0.9
"""Contacts nearer than this would lie on each other in one row."""
_SEEN_THROUGH = 0.75
_ENTRY, _HEADING = 22, 24
"""Pixels of a name and of a heading in the legend."""
_LONGEST_WAIT_MIN = 20.0


def twin_lines(twins: Twins, customer: int | None = None, scenario: Scenario | None = None) -> go.Figure:
    """Draw one customer's year in both worlds on one time axis.

    A circle is a contact, in the touchpoint's colour: full when it resolved the need, larger after a longer wait;
    contacts of a few days stand in rows below each other. What it cost the customer rises above it, event by event. A
    dotted line is where the customer left the company. The lines below add it up over the year.

    Parameters
    ----------
    twins : Twins
    customer : int, optional
        One of ``twins.customers``; by default the first, whose year differs most.
    scenario : Scenario, optional
        Gives strategies and touchpoints the names and colours that they have in other figures.

    Raises
    ------
    ArgumentError
        The customer is not one of the twins.
    """
    known = twins.customers["customer"].tolist()
    number_of = known[0] if customer is None else customer
    if number_of not in known:
        raise ArgumentError(f"customer {number_of!r} is not one of {', '.join(map(str, known))}")
    with named_by(scenario):
        return _drawn(twins, number_of, scenario)


def _drawn(twins: Twins, number_of: int, scenario: Scenario | None) -> go.Figure:
    who = twins.customers[twins.customers["customer"] == number_of].iloc[0]
    table = twins.table[twins.table["customer"] == number_of]
    names = {"baseline": twins.baseline, "strategy": twins.strategy}
    met = sorted(set(twins.table["touchpoint"]))
    every = met if scenario is None else list(scenario.document.touchpoints)
    colour_of = {name: colour for name, colour in colours(every, TOUCHPOINT_COLOURS).items() if name in met}
    strategies = list(names.values()) if scenario is None else scenario.strategies
    line_colour = colours(strategies, STRATEGY_COLOURS)
    lanes = {world: _Lane(table[table["world"] == world]) for world in _WORLDS}
    highest = max(lane.highest for lane in lanes.values()) or 1.0
    rows = max(lane.rows for lane in lanes.values())
    height = _LANE + _ROW * rows
    below = 1.12 * highest / _LANE * _ROW
    figure = make_subplots(
        3,
        1,
        shared_xaxes=True,
        vertical_spacing=0.09,
        row_heights=[height, height, _LINES],
        subplot_titles=[f"<b>{label(names[world])}</b>: {_year(who, world)}" for world in _WORLDS]
        + [f"<b>{say('lives.lost so far')}</b>"],
    )
    for row, lane in enumerate(lanes.values(), start=1):
        _draw(figure, lane, row, below, colour_of)
        figure.update_yaxes(range=rounded([-below * (rows + 0.8), 1.12 * highest]), row=row, col=1)
    _legend(figure, table, colour_of)
    for world in _WORLDS:
        year = table[table["world"] == world]
        figure.add_trace(_line(year, table, label(names[world]), line_colour[names[world]]), row=3, col=1)
    figure.update_yaxes(title_text=say("lives.lost"), nticks=4)
    for row in (1, 2):  # contacts stand below zero, where no points are
        figure.update_yaxes(tickvals=_ticks(highest), row=row, col=1)
    figure.update_yaxes(rangemode="tozero", row=3, col=1)
    figure.update_xaxes(title_text=say("lives.week"), row=3, col=1)
    figure.update_annotations(x=0, xanchor="left", font_size=14, yshift=4)
    for row, world in enumerate(_WORLDS, start=1):
        _mark_leaving(figure, who[f"left_min_{world}"], row)
    title = say(
        "lives.title",
        customer=number_of,
        segment=label(who["segment"]),
        before=number(who["severity_baseline"], 2),
        baseline=label(twins.baseline),
        after=number(who["severity_strategy"], 2),
        strategy=label(twins.strategy),
    )
    subtitle = say("lives.subtitle", replication=twins.replication)
    finished(figure, title, subtitle, max(2 * height + _LINES + 60, _legend_height(figure)), legend=False)
    return figure.update_layout(
        showlegend=True,  # beside the plot, not above it
        legend={"orientation": "v", "x": 1.01, "y": 1, "yanchor": "top", "itemsizing": "trace", "tracegroupgap": 6},
        margin={"t": figure.layout.margin.t + _HEAD},
        height=figure.layout.height + _HEAD,
    )


def _legend_height(figure: go.Figure) -> int:
    named = [trace for trace in figure.data if trace.name]
    return _ENTRY * len(named) + _HEADING * len({trace.legendgroup for trace in named})


def _ticks(highest: float) -> list[float]:
    """Points from zero on, at most four of them, at whole steps of 1, 2 or 5."""
    rough = highest / 3.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1.0, 2.0, 5.0, 10.0) if each * power >= rough)
    return [round(step * at, 6) for at in range(math.floor(highest / step) + 1)]


def _year(who: pd.Series[Any], world: str) -> str:
    said = {"resolved": who[f"resolved_{world}"], "loyalty": number(who[f"loyalty_{world}"])}
    left_min = who[f"left_min_{world}"]
    if np.isnan(left_min):
        return say("lives.year", **said)
    return say("lives.year left", **said, week=int(left_min // MINUTES_PER_WEEK))


def _mark_leaving(figure: go.Figure, left_min: float, row: int) -> None:
    """Draw a line where the customer left the company, if ever."""
    if np.isnan(left_min):
        return
    figure.add_vline(
        x=round(left_min / MINUTES_PER_WEEK, 3),
        line={"color": INK, "width": 2, "dash": "dot"},
        annotation={"text": say("lives.left"), "xanchor": "right", "font": {"size": 13, "color": INK}},
        row=row,
        col=1,
    )


def _weeks(at_min: pd.Series[float]) -> list[float]:
    return [round(float(at) / MINUTES_PER_WEEK, 3) for at in at_min]


class _Lane:
    """One world: its contacts in rows, and what happened in each, stacked."""

    def __init__(self, lane: pd.DataFrame) -> None:
        visit = ["journey", "contact"]
        contacts = lane[lane["event"] == "contact"].sort_values("at_min", kind="stable")
        self.contacts = contacts.assign(row=_rows(contacts["at_min"]))
        self.rows = int(self.contacts["row"].max()) if len(contacts) else 0
        events = lane[lane["event"] == "frustration"]
        # Events belong to a contact and are stacked above its arrival.
        self.events = events.assign(top=events.groupby(visit)["severity"].cumsum()).merge(
            self.contacts[[*visit, "at_min", "row"]], on=visit, how="left", suffixes=("", "_contact")
        )
        grouped = self.events.groupby(visit)
        self.stems = grouped.agg(at=("at_min_contact", "first"), top=("top", "max"), row=("row", "first"))
        self.highest = float(self.stems["top"].max()) if len(self.stems) else 0.0


def _rows(at_min: pd.Series[float]) -> list[int]:
    """Give each contact, in order of time, the first row where it lies on no other, or the one used longest ago."""
    last = [-math.inf] * _ROWS
    rows = []
    for at in at_min:
        free = [row for row in range(_ROWS) if at - last[row] >= _CLOSE_WEEKS * MINUTES_PER_WEEK]
        row = free[0] if free else int(np.argmin(last))
        last[row] = at
        rows.append(row)
    return rows


def _draw(figure: go.Figure, lane: _Lane, row: int, below: float, colour_of: Mapping[str, str]) -> None:
    """Draw one world; `below` is the distance of two rows of contacts."""
    stems, contacts = lane.stems, lane.contacts
    where = {"row": row, "col": 1}
    ends = zip(
        _weeks(stems["at"]), rounded((-below * stems["row"]).tolist()), rounded(stems["top"].tolist()), strict=True
    )
    spans = [(week, foot, top) for week, foot, top in ends]
    figure.add_trace(
        go.Scatter(
            x=[x for week, _, _ in spans for x in (week, week, None)],
            y=[y for _, foot, top in spans for y in (foot, top, None)],
            mode="lines",
            line={"color": BAD, "width": 1},
            opacity=_SEEN_THROUGH,
            hoverinfo="skip",
            showlegend=False,
        ),
        **where,
    )
    for kind, each in lane.events.groupby("what", sort=False):
        figure.add_trace(
            go.Scatter(
                x=_weeks(each["at_min_contact"]),
                y=rounded(each["top"].tolist(), 3),
                mode="markers",
                marker={
                    "symbol": _SYMBOL[str(kind)],
                    "size": 9,
                    "color": BAD,
                    "opacity": _SEEN_THROUGH,
                    "line": {"color": "white", "width": 0.7},
                },
                customdata=rounded(each["severity"].tolist(), 2),
                hovertemplate=f"{label(str(kind))}: %{{customdata}} {say('lives.points')}<extra></extra>",
                showlegend=False,
            ),
            **where,
        )
    colour = [colour_of[touchpoint] for touchpoint in contacts["touchpoint"]]
    done = contacts["what"].isin(["resolved", "research"])
    waited = np.nan_to_num(contacts["waited_min"].to_numpy(dtype=np.float64))
    figure.add_trace(
        go.Scatter(
            x=_weeks(contacts["at_min"]),
            y=rounded((-below * contacts["row"]).tolist()),
            mode="markers",
            marker={
                "size": [round(8.0 + 0.6 * minutes, 1) for minutes in waited.clip(0.0, _LONGEST_WAIT_MIN)],
                "color": [own if full else "white" for own, full in zip(colour, done, strict=True)],
                "opacity": _SEEN_THROUGH,
                "line": {"color": colour, "width": 2},
            },
            text=[
                f"{label(each['touchpoint'])}: {label(each['need'])}, {label(each['what'])}, "
                f"{say('lives.waited', minutes=number(float(minutes), 2))}"
                for each, minutes in zip(contacts.to_dict("records"), waited, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        ),
        **where,
    )


def _line(lane: pd.DataFrame, table: pd.DataFrame, name: str, colour: str) -> go.Scatter:
    events = lane[lane["event"] == "frustration"].sort_values("at_min", kind="stable")
    weeks = [*_weeks(table["at_min"].agg(["min"])), *_weeks(events["at_min"]), *_weeks(table["at_min"].agg(["max"]))]
    total = events["severity"].cumsum().tolist()
    return go.Scatter(
        x=weeks,
        y=rounded([0.0, *total, total[-1] if total else 0.0], 3),
        mode="lines",
        name=name,
        line={"shape": "hv", "width": 3, "color": colour},
        legendgroup="lines",
        legendgrouptitle_text=f"<b>{say('lives.lost so far')}</b>",
    )


def _legend(figure: go.Figure, table: pd.DataFrame, colour_of: Mapping[str, str]) -> None:
    def entry(name: str, group: str, heading: str, marker: dict[str, Any]) -> None:
        figure.add_trace(
            go.Scatter(
                x=[None],
                y=[None],
                mode="markers",
                name=name,
                marker=marker,
                legendgroup=group,
                legendgrouptitle_text=f"<b>{heading}</b>",
            ),
            row=1,
            col=1,
        )

    for touchpoint, colour in colour_of.items():
        entry(label(touchpoint), "contacts", say("lives.contact at"), {"size": 11, "color": colour})
    at = say("lives.contact at")
    entry(label("unresolved"), "contacts", at, {"size": 11, "color": "white", "line": {"color": INK, "width": 2}})
    entry(
        say("lives.long wait"),
        "contacts",
        at,
        {"size": 20, "color": "white", "line": {"color": INK, "width": 1}},
    )
    happened = set(table.loc[table["event"] == "frustration", "what"])
    for kind, symbol in _SYMBOL.items():
        if kind in happened:
            entry(label(kind), "events", say("lives.frustration"), {"symbol": symbol, "size": 10, "color": BAD})
