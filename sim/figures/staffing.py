"""How busy staffed touchpoints are over the week, and how long customers wait there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from sim.errors import ArgumentError
from sim.figures.naming import by_own_names
from sim.figures.style import INK, TOUCHPOINT_COLOURS, colours, finished, joined, replication_count, rounded, tint
from sim.labels import label, number
from sim.messages import say
from sim.scenario import MINUTES_PER_WEEK
from sim.scenario.calendar import DAYS, HOURS_PER_WEEK

if TYPE_CHECKING:
    from sim.experiment import RunResult

__all__ = ["busy_agents", "load", "waiting"]

_MIN_PER_HOUR = 60.0
_PANEL = 190
_LONG_MIN = (2.0, 10.0)


def busy_agents(run: RunResult, touchpoint: str) -> NDArray[np.float64]:
    """Mean number of agents in service in each hour of the week, over the measured period and all replications.

    Parameters
    ----------
    run : RunResult
    touchpoint : str

    Returns
    -------
    ndarray, shape (168,)
        From Monday 00:00.
    """
    period = run.scenario.document.run
    begin = float(period.warm_up)
    end = begin + float(period.measured)
    served = run.contacts[(run.contacts["touchpoint"] == touchpoint) & run.contacts["started_min"].notna()]
    start = served["started_min"].to_numpy(dtype=np.float64).clip(begin, end)
    until = served["ended_min"].fillna(end).to_numpy(dtype=np.float64).clip(begin, end)
    minutes = np.zeros(HOURS_PER_WEEK)
    while len(start):
        hour = np.floor(start / _MIN_PER_HOUR)
        stop = np.minimum(until, (hour + 1.0) * _MIN_PER_HOUR)
        minutes += np.bincount(hour.astype(np.int64) % HOURS_PER_WEEK, stop - start, HOURS_PER_WEEK)
        on = stop < until
        start, until = stop[on], until[on]
    weeks = (end - begin) / MINUTES_PER_WEEK * run.contacts["replication"].nunique()
    return minutes / (_MIN_PER_HOUR * max(weeks, 1e-9))


@by_own_names
def load(run: RunResult) -> go.Figure:
    """Draw agents in service and agents on the roster by hour of the week, one panel per staffed touchpoint."""
    document = run.scenario.scaled(run.scale).document
    staffed = _staffed(run)
    colour = colours(list(document.touchpoints), TOUCHPOINT_COLOURS)
    figure = make_subplots(
        len(staffed),
        1,
        shared_xaxes=True,
        vertical_spacing=0.28 / len(staffed),
        subplot_titles=[f"<b>{label(n)}</b>" for n in staffed],
    )
    said = []
    for row, name in enumerate(staffed, start=1):
        part = document.touchpoints[name]
        roster = np.zeros(HOURS_PER_WEEK)
        if part.agents is not None:
            roster = np.reshape(part.agents.slots(part.open), (HOURS_PER_WEEK, -1)).mean(axis=1)
        busy = busy_agents(run, name)
        full = np.divide(busy, roster, out=np.zeros(HOURS_PER_WEEK), where=roster >= 0.999 * np.ceil(roster.max()) / 2)
        peak = int(full.argmax())
        said.append(
            say(
                "load.busiest",
                place=label(name),
                day=label(DAYS[peak // 24]),
                hour=peak % 24,
                percent=number(100 * float(full[peak]), 2),
            )
        )
        hours = list(range(HOURS_PER_WEEK))
        figure.add_trace(
            go.Bar(
                x=[hour + 0.5 for hour in hours],
                y=rounded(busy.tolist(), 3),
                width=1,
                marker={"color": colour[name], "line": {"width": 0}},
                name=say("load.in service", place=label(name)),
            ),
            row=row,
            col=1,
        )
        figure.add_trace(
            go.Scatter(
                x=[*hours, HOURS_PER_WEEK],
                y=rounded([*roster.tolist(), float(roster[-1])], 3),
                line={"shape": "hv", "color": INK, "width": 2},
                mode="lines",
                name=say("load.roster"),
                showlegend=row == 1,
            ),
            row=row,
            col=1,
        )
    figure.update_yaxes(title_text=say("load.agents"), rangemode="tozero", nticks=5)
    figure.update_xaxes(
        tickvals=[24 * day + 12 for day in range(7)],
        ticktext=[label(day) for day in DAYS],
        showgrid=False,
        range=[0, HOURS_PER_WEEK],
    )
    figure.update_xaxes(title_text=say("load.axis"), row=len(staffed), col=1)
    for day in range(1, 7):
        figure.add_vline(x=24 * day, line={"color": "#DDDDDD", "width": 1}, layer="below")
    figure.update_annotations(x=0, xanchor="left", font_size=14)
    subtitle = say("load.subtitle", strategy=label(run.strategy), replications=_count(run))
    finished(figure, "; ".join(said), subtitle, _PANEL * len(staffed) + 20)
    figure.update_layout(legend_y=1 + 34 / (_PANEL * len(staffed)), margin_t=figure.layout.margin.t + 34)
    return figure


@by_own_names
def waiting(run: RunResult) -> go.Figure:
    """Draw which share of arrivals waits longer than a given time, one line per staffed touchpoint."""
    colour = colours(list(run.scenario.document.touchpoints), TOUCHPOINT_COLOURS)
    waits = {name: _waits(run, name) for name in _staffed(run)}
    every = np.concatenate(list(waits.values()))
    longest = float(np.quantile(every, 0.995)) if len(every) else 1.0
    minutes = np.linspace(0.0, max(longest, 1.0), 81)
    figure = go.Figure()
    said = []
    for name, waited in waits.items():
        longer = np.array([100.0 * float((waited > at).mean()) if len(waited) else np.nan for at in minutes])
        figure.add_trace(
            go.Scatter(
                x=rounded(minutes.tolist(), 3),
                y=rounded(longer.tolist(), 3),
                mode="lines",
                name=label(name),
                line={"color": colour[name], "width": 4},
                fill="tozeroy",
                fillcolor=tint(colour[name], 0.12),
            )
        )
        if len(waited):
            longer_than = {at: number(100 * float((waited > at).mean()), 2) for at in _LONG_MIN}
            found = [say("waiting.longer", percent=share, minutes=number(at)) for at, share in longer_than.items()]
            said.append(say("waiting.at", found=joined(found), place=label(name)))
    figure.update_xaxes(title_text=say("waiting.axis"), rangemode="tozero")
    figure.update_yaxes(title_text=say("waiting.share axis"), rangemode="tozero")
    subtitle = say("waiting.subtitle", strategy=label(run.strategy), replications=_count(run))
    subtitle = " ".join([subtitle, *run.caveats])
    return finished(figure, "; ".join(said) or say("waiting.nobody"), subtitle, 320)


def _staffed(run: RunResult) -> list[str]:
    found = [name for name, part in run.scenario.document.touchpoints.items() if part.kind == "staffed"]
    if not found:
        raise ArgumentError("the scenario has no staffed touchpoint")
    return found


def _waits(run: RunResult, touchpoint: str) -> NDArray[np.float64]:
    contacts = run.contacts[
        (run.contacts["touchpoint"] == touchpoint) & run.contacts["measured"] & run.contacts["ended_min"].notna()
    ]
    waited = contacts["started_min"].fillna(contacts["ended_min"]) - contacts["arrived_min"]
    return waited.to_numpy(dtype=np.float64)


def _count(run: RunResult) -> str:
    return replication_count(int(run.contacts["replication"].nunique()))
