"""The film: customers as dots between touchpoints, two worlds side by side and in step."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.figures.style import BAD, INK, NEUTRAL, SUBTLE, TOUCHPOINT_COLOURS, ZONE, box, colours, finished, joined, tint
from sim.film import BETWEEN, DAY_MIN, GONE, HOME, SERVED, WAITING, Film, FilmedWorld
from sim.labels import label, number, spoken
from sim.messages import say

__all__ = ["film", "film_page"]

_EXTENT = 1000
"""Positions are whole numbers from 0 to this, so that a film of some hundred frames stays small."""
_KEY = 72
"""What is kept free above for legend and colours: plotly moves the title if they stand in the margin."""
_WIDE, _HIGH = 580, 430
"""Pixels of a panel on a small screen, to judge how many dots fit into a place."""
_PITCH, _DOT = 17.0, 12.0
"""Pixels between the middles of two dots, at most, and across a dot, at most."""
_LETTER = 7.5
"""Pixels of a letter in the name of a touchpoint."""
_LEAST_WIDTH, _LEAST_HEIGHT = 1180, 660
"""Pixels of the page below which it scrolls, for words would lie over each other."""
_WIDER = 1.36
"""Lines of title and subtitle are so many times as long as in a figure as narrow as a page."""
_SLIDER_FROM, _SLIDER_INSET, _HOUR_BELOW = 0.29, 10, 62
"""Where the slider begins, as part of the width; pixels from there to its first step, and from plot to hours."""
_PLAY_MS, _SLOW_MS = 120, 400
"""How long one step of the film takes."""
_NEWS_MIN = 20.0
"""How long the latest frustration is named."""
_RING, _NO_RING = 3, 0
_NOTHING = "\u00a0"
"""A text that is there and says nothing: one that is empty would come flying in when it has something to say."""

_PAGE_STYLE = (
    "html,body{margin:0;height:100%;overflow:hidden}main>div{height:100%}"
    f"main{{height:100vh;min-width:{_LEAST_WIDTH}px;min-height:{_LEAST_HEIGHT}px}}"
    f"@media(max-width:{_LEAST_WIDTH - 1}px),(max-height:{_LEAST_HEIGHT - 1}px){{html,body{{overflow:auto}}}}"
    "@media(min-width:1800px) and (min-height:950px)"
    "{main{width:calc(100vw/1.4);height:calc(100vh/1.4);transform:scale(1.4);transform-origin:0 0}}"
    "@media(min-width:3600px) and (min-height:1900px)"
    "{main{width:calc(100vw/2.8);height:calc(100vh/2.8);transform:scale(2.8);transform-origin:0 0}}"
)
"""On a large screen everything grows, so that it can be read from the back of a room; a narrow one scrolls."""

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Area:
    """A rectangle in which dots have numbered seats."""

    left: float
    right: float
    bottom: float
    top: float

    def seats(self, count: int, line: bool = False) -> Whole:
        """Positions of so many seats, (count, 2): rows from the top in the middle, or a line that begins at the left.

        A line that is longer than the area turns at its end; where all is full, seats move closer together.
        """
        if count == 0:
            return np.zeros((0, 2), np.int64)
        pitch = self.pitch(count)
        columns = math.floor(self._pixels()[0] / pitch)
        if not line:  # rows of equal length
            columns = math.ceil(count / math.ceil(count / columns))
        row, column = np.divmod(np.arange(count), columns)
        across, down = pitch / _WIDE * _EXTENT, pitch / _HIGH * _EXTENT
        if line:
            column = np.where(row % 2 == 1, columns - 1 - column, column)
        start = (self.left + self.right) / 2 - across * (columns - 1) / 2
        seats: Whole = np.rint(np.column_stack([start + across * column, self.top - down * (row + 0.5)])).astype(int)
        return seats

    def pitch(self, count: int) -> float:
        """Pixels between the middles of two dots, of so many."""
        wide, high = self._pixels()
        pitch = _PITCH
        while math.floor(wide / pitch) * math.floor(high / pitch) < count:
            pitch *= 0.96
        return pitch

    def fitting(self, text: str) -> str:
        """As much of a name as fits above, whole words where one fits."""
        letters = math.floor(self._pixels()[0] / _LETTER)
        if len(text) <= letters:
            return text
        words = textwrap.shorten(text, letters, placeholder="…")
        return words if len(words) > 1 else f"{text[: letters - 1]}…"

    def _pixels(self) -> tuple[float, float]:
        return (self.right - self.left) / _EXTENT * _WIDE, (self.top - self.bottom) / _EXTENT * _HIGH


def film(reel: Film) -> go.Figure:
    """Draw a film: play, pause, or move the time by hand.

    Every dot is a customer; its colour is loyalty, a red ring a frustration within the last minutes. Above are the
    touchpoints, each with its service and its waiting line, or with requests that wait for an answer; below them
    customers whose need is open but who are in touch with nobody, and at the bottom those at home. Where a dot is at
    the full steps is what the log says; between two steps it glides.

    Parameters
    ----------
    reel : Film
        See `sim.film.shoot`.
    """
    stage = _Stage(reel)
    figure = make_subplots(1, 2, horizontal_spacing=0.03)
    for panel in (1, 2):
        stage.build(figure, panel)
        figure.add_trace(_dots(reel, stage, panel - 1), row=1, col=panel)
        figure.add_trace(_words(reel, stage, panel - 1), row=1, col=panel)
    figure.add_trace(_flash_in_legend(), row=1, col=1)
    figure.update_xaxes(range=[0, _EXTENT], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-4, _EXTENT + _KEY], visible=False, fixedrange=True)
    events = [len(world.events) for world in reel.worlds]
    title = say(
        "film.title",
        day=say(f"day.{reel.day % 7}"),
        week=reel.day // 7,
        first=_whole(events[0]),
        second=_whole(events[1]),
        baseline=label(reel.strategies[0]),
        strategy=label(reel.strategies[1]),
    )
    finished(figure, title, _subtitle(reel), _HIGH, legend=False, wider=_WIDER)
    figure.update_layout(coloraxis=_loyalty_scale(reel), margin={"b": 20}, autosize=True, hovermode="closest")
    figure.update_layout(showlegend=True, legend={"itemsizing": "trace", "y": 1, "yanchor": "top"})
    frames = [_frame(reel, stage, at) for at in range(len(reel.at_min))]
    figure.frames = [go.Frame(frame) for frame in frames]
    figure.update_layout(updatemenus=[_buttons()], sliders=[_slider(reel)])
    for hour in _hours(reel):
        figure.add_annotation(hour)
    return figure


def film_page(figure: go.Figure, name: str) -> str:
    """Write a film as one HTML page as large as the window, that works without a network."""
    figure = go.Figure(figure).update_layout(height=None)
    drawn = figure.to_html(
        full_html=False,
        include_plotlyjs=True,
        auto_play=False,
        div_id="film",
        default_width="100%",
        default_height="100%",
        config={"displaylogo": False, "responsive": True, "displayModeBar": False},
    )
    head = (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(name)}</title>\n'
        f"<style>{_PAGE_STYLE}</style>"
    )
    body = f"<body>\n<main>{drawn}</main>\n</body>"
    return f'<!DOCTYPE html>\n<html lang="{spoken()}">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


# --- the stage -------------------------------------------------------------------------------------------------------


class _Stage:
    """Where the places are, the same in both worlds, with enough seats for both."""

    def __init__(self, reel: Film) -> None:
        self.touchpoints = reel.touchpoints
        self.colour = colours(self.touchpoints, TOUCHPOINT_COLOURS)
        width = _EXTENT / len(self.touchpoints)
        edges = [(width * j + 8, width * (j + 1) - 8) for j in range(len(self.touchpoints))]
        lost = np.flatnonzero(np.any([(world.place == GONE).any(axis=0) for world in reel.worlds], axis=0))
        floor = 65 if len(lost) else 0
        kinds = [touchpoint.kind for touchpoint in reel.scenario.document.touchpoints.values()]
        # Nobody waits at a self-service touchpoint, so there is no line to draw, but for who waits all the same.
        self.lines = [kind != "self_service" or _most(reel, WAITING, j) >= 0 for j, kind in enumerate(kinds)]
        self.deferred = [kind == "deferred" for kind in kinds]
        lowest = [700 if later else 620 if line else 420 for line, later in zip(self.lines, self.deferred, strict=True)]
        self.service = [_Area(*ends, bottom, 760) for ends, bottom in zip(edges, lowest, strict=True)]
        self.line = [_Area(*ends, 420, max(420, bottom - 50)) for ends, bottom in zip(edges, lowest, strict=True)]
        self.between = _Area(8, 992, 205 + 0.5 * floor, 370)
        self.home = _Area(8, 992, floor, 155 + 0.5 * floor)
        self.gone = _Area(250, 992, 0, 45)
        everybody = len(reel.people)
        crowds = [(self.home, everybody), (self.between, everybody), (self.gone, len(lost))]
        crowds += [
            (area, _most(reel, place, j) + 1)
            for place, areas in ((WAITING, self.line), (SERVED, self.service))
            for j, area in enumerate(areas)
        ]
        self.dot = round(min(_DOT, *(0.9 * area.pitch(count) for area, count in crowds)), 1)
        self.seats = {HOME: self.home.seats(everybody), BETWEEN: self.between.seats(everybody)}
        self.seats[GONE] = np.zeros((everybody, 2), np.int64)
        self.seats[GONE][lost] = self.gone.seats(len(lost))
        self.queues, self.services = (
            [area.seats(_most(reel, place, j) + 1, line=place == WAITING) for j, area in enumerate(areas)]
            for place, areas in ((WAITING, self.line), (SERVED, self.service))
        )
        self.anybody_gone = len(lost) > 0

    def at(self, world: FilmedWorld, instant: int) -> Whole:
        """Position of every dot at one instant, (customers, 2)."""
        place, touchpoint, rank = world.place[instant], world.touchpoint[instant], world.rank[instant]
        spots = np.empty((len(place), 2), np.int64)
        for own, seats in self.seats.items():
            here = place == own
            spots[here] = seats[here]
        for j in range(len(self.touchpoints)):
            for own, lists in ((WAITING, self.queues), (SERVED, self.services)):
                here = (place == own) & (touchpoint == j)
                spots[here] = lists[j][rank[here]]
        return spots

    def build(self, figure: go.Figure, panel: int) -> None:
        """Draw the places of one world and say what they are."""
        where: dict[str, Any] = {"row": 1, "col": panel}

        def area(of: _Area, fill: str, edge: str, dash: str = "solid") -> None:
            line = {"color": edge, "width": 1.5, "dash": dash}
            corners = {"x0": of.left, "x1": of.right, "y0": of.bottom, "y1": of.top}
            figure.add_shape(type="rect", **corners, fillcolor=fill, line=line, layer="below", **where)

        def name(of: _Area, text: str, colour: str = SUBTLE) -> None:
            anchors = {"xanchor": "left", "yanchor": "bottom", "xshift": 2}
            figure.add_annotation(
                **box(text=text, x=of.left, y=of.top, **anchors, font={"size": 14, "color": colour}), **where
            )

        for j, touchpoint in enumerate(self.touchpoints):
            own = self.colour[touchpoint]
            area(self.service[j], tint(own, 0.25), own)
            name(self.service[j], f"<b>{self.service[j].fitting(label(touchpoint))}</b>", INK)
            if self.deferred[j]:  # requests that wait for an answer, not customers in line
                area(self.line[j], tint(own, 0.1), own)
            elif self.lines[j]:
                area(self.line[j], "white", NEUTRAL, "dot")
        area(self.between, "white", ZONE)
        name(self.between, say("film.between"))
        area(self.home, tint(ZONE, 0.5), ZONE)
        name(self.home, say("film.home"))
        if self.anybody_gone:
            area(self.gone, "white", ZONE)
            name(_Area(8, 240, 0, 0), say("film.gone"))


def _most(reel: Film, place: int, touchpoint: int) -> int:
    """Highest place in line, or seat, that is ever taken there in either world; -1 for none."""
    taken = (world.rank[(world.place == place) & (world.touchpoint == touchpoint)] for world in reel.worlds)
    return max(int(ranks.max(initial=-1)) for ranks in taken)


# --- what moves ------------------------------------------------------------------------------------------------------


def _dots_at(reel: Film, stage: _Stage, world: int, at: int) -> dict[str, Any]:
    shown = reel.worlds[world]
    spots = stage.at(shown, at)
    return {
        "x": spots[:, 0].tolist(),
        "y": spots[:, 1].tolist(),
        "marker": {
            "color": np.rint(shown.loyalty[at]).astype(int).tolist(),
            "line": {"width": np.where(shown.frustrated[at], _RING, _NO_RING).tolist()},
        },
    }


def _words_at(reel: Film, stage: _Stage, world: int, at: int) -> dict[str, Any]:
    shown, now = reel.worlds[world], float(reel.at_min[at])
    so_far = int(np.searchsorted(shown.events["at_min"].to_numpy(), now, side="right"))
    texts = [
        f"<b>{label(reel.strategies[world])}</b>",
        _sums(reel, stage, world, at, so_far),
        _news(shown, so_far, now),
    ]
    texts.append(_dots_of(reel))
    for j, line in enumerate(stage.lines):
        waits = "film.unanswered" if stage.deferred[j] else "film.waiting"
        texts += [
            _counted("film.served", int(shown.served[at, j]), _drawn(shown, at, SERVED, j)),
            _counted(waits, int(shown.waiting[at, j]), _drawn(shown, at, WAITING, j)) if line else _NOTHING,
        ]
    return {"text": texts}


def _sums(reel: Film, stage: _Stage, world: int, at: int, so_far: int) -> str:
    """What happened to all customers since midnight, and whose waiting is not in the sum."""
    left_out = [
        label(name)
        for name, touchpoint in reel.scenario.document.touchpoints.items()
        if touchpoint.kind != "staffed" and stage.lines[reel.touchpoints.index(name)]
    ]
    sums = say("film.sums", frustrations=_whole(so_far), waited=number(float(reel.worlds[world].waited_min[at]), 3))
    return sums + (say("film.without", places=joined(left_out)) if left_out else "")


def _dots_of(reel: Film) -> str:
    """Say whom counts and dots are, where they differ."""
    if len(reel.people) == reel.in_touch:
        return _NOTHING
    return say("film.counts", shown=_whole(len(reel.people)), count=_whole(reel.in_touch))


def _drawn(shown: FilmedWorld, at: int, place: int, touchpoint: int) -> int:
    """How many dots stand in a place."""
    return int(((shown.place[at] == place) & (shown.touchpoint[at] == touchpoint)).sum())


def _counted(key: str, everybody: int, dots: int) -> str:
    """Say how many there are, and how many dots where not all of them are shown."""
    return say(key, count=_whole(everybody)) + ("" if dots == everybody else f" ({_whole(dots)} \u25cf)")


def _news(world: FilmedWorld, so_far: int, now: float) -> str:
    """The latest frustration, as long as it is news."""
    if so_far == 0:
        return _NOTHING
    last = world.events.iloc[so_far - 1]
    if now - float(last["at_min"]) > _NEWS_MIN:
        return _NOTHING
    return f"{_clock(float(last['at_min']))} {label(str(last['touchpoint']))}: {label(str(last['type']))}"


def _dots(reel: Film, stage: _Stage, world: int) -> go.Scatter:
    start = _dots_at(reel, stage, world, 0)
    who = zip(reel.people["customer"], reel.people["segment"], strict=True)
    start["marker"] |= {"size": stage.dot, "coloraxis": "coloraxis"}
    start["marker"]["line"] |= {"color": BAD}
    return go.Scatter(
        mode="markers",
        showlegend=False,
        text=[say("film.hover", customer=customer, segment=label(segment)) for customer, segment in who],
        hovertemplate=f"%{{text}}, {label('loyalty')} %{{marker.color}}<extra></extra>",
        cliponaxis=False,
        **start,
    )


def _words(reel: Film, stage: _Stage, world: int) -> go.Scatter:
    words = [(0, 980, "right", 18, INK), (0, 934, "right", 14, INK), (0, 896, "right", 14, BAD)]
    words.append((0, 858, "right", 13, SUBTLE))
    for service, line in zip(stage.service, stage.line, strict=True):
        words.append((round(service.right), round(service.top + 55), "left", 13, INK))  # above the name of the place
        words.append((round(line.right), round(line.top + 20), "left", 13, INK))
    x, y, sides, sizes, tints = (list(each) for each in zip(*words, strict=True))
    return go.Scatter(
        x=x,
        y=y,
        mode="text",
        textposition=[f"middle {side}" for side in sides],
        textfont={"size": sizes, "color": tints},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        **_words_at(reel, stage, world, 0),
    )


def _flash_in_legend() -> go.Scatter:
    marker = {"size": 11, "color": "white", "line": {"color": BAD, "width": _RING}}
    away = [-10 * _EXTENT]  # out of sight; a point without a place would be seen while others move
    return go.Scatter(x=away, y=away, mode="markers", name=say("film.flash"), marker=marker)


def _frame(reel: Film, stage: _Stage, at: int) -> dict[str, Any]:
    data: list[dict[str, Any]] = []
    for world in range(2):
        data += [_dots_at(reel, stage, world, at), _words_at(reel, stage, world, at)]
    return {"name": str(at), "data": data, "traces": [0, 1, 2, 3]}


# --- what frames it --------------------------------------------------------------------------------------------------


def _loyalty_scale(reel: Film) -> dict[str, Any]:
    """Colours of loyalty, dark to light for any common colour vision, over the fives between which nearly all lie."""
    every = np.concatenate([world.loyalty.ravel() for world in reel.worlds])
    low, high = np.percentile(every, (2, 98)) if len(every) else (0.0, 100.0)
    low, high = math.floor(low / 5.0) * 5, math.ceil(high / 5.0) * 5
    bar = {"title": {"text": say("film.loyalty"), "font": {"size": 14}}, "thickness": 10, "outlinewidth": 0}
    bar |= {"orientation": "h", "len": 0.3, "x": 1, "xanchor": "right", "y": 1, "yanchor": "top", "ypad": 4}
    return {"colorscale": "Viridis", "cmin": low, "cmax": max(high, low + 5), "colorbar": bar}


def _subtitle(reel: Film) -> str:
    shown = len(reel.people)
    who = "film.all" if shown == reel.in_touch else "film.some"
    return say(
        "film.how",
        why=say("film.most different") if reel.most_different else "",
        who=say(who, shown=_whole(shown), count=_whole(reel.in_touch)),
        replication=reel.replication,
        step=number(float(reel.at_min[1] - reel.at_min[0])),
    )


def _moving(milliseconds: int, mode: str) -> dict[str, Any]:
    """How to go from frame to frame; nothing but the dots and words is drawn again."""
    return {
        "frame": {"duration": milliseconds, "redraw": False},
        "transition": {"duration": milliseconds, "easing": "cubic-in-out"},
        "fromcurrent": True,
        "mode": mode,
    }


def _buttons() -> dict[str, Any]:
    choices = [
        (f"▶ {say('film.play')}", [None, _moving(_PLAY_MS, "immediate")]),
        (f"▷ {say('film.slowly')}", [None, _moving(_SLOW_MS, "immediate")]),
        (f"❚❚ {say('film.pause')}", [[None], _moving(0, "immediate")]),
    ]
    return {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 22, "r": 10},
        "font": {"size": 14},
        "buttons": [{"label": text, "method": "animate", "args": args} for text, args in choices],
    }


def _slider(reel: Film) -> dict[str, Any]:
    day = say(f"day.{reel.day % 7}")
    return {
        "active": 0,
        "x": _SLIDER_FROM,
        "len": 1 - _SLIDER_FROM,
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 8, "b": 4},
        "currentvalue": {"prefix": f"{day} ", "font": {"size": 22, "color": INK}, "xanchor": "left"},
        "ticklen": 0,
        "minorticklen": 0,
        "font": {"size": 12, "color": "rgba(0,0,0,0)"},  # unseen: they would stand at odd times, see `_hours`
        "steps": [
            {"label": _clock(float(at)), "method": "animate", "args": [[str(position)], _moving(0, "immediate")]}
            for position, at in enumerate(reel.at_min)
        ],
    }


def _hours(reel: Film) -> list[dict[str, Any]]:
    """Full hours below the slider: each, or each second or third of a long day."""
    first, last = float(reel.at_min[0]), float(reel.at_min[-1])
    every = 60 * math.ceil((last - first) / (12 * 60.0)) or 60
    notes = []
    for at in range(math.ceil(first / every) * every, math.floor(last) + 1, every):
        along = (at - first) / max(last - first, 1.0)
        shift = _SLIDER_INSET * (1.0 - 2.0 * along)
        place = {"xref": "paper", "yref": "paper", "x": round(_SLIDER_FROM + (1 - _SLIDER_FROM) * along, 4), "y": 0}
        tick = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": SUBTLE, "ax": 0, "ay": 14}
        moved = {"xshift": round(shift, 1), "yshift": -_HOUR_BELOW, "font": {"size": 12, "color": SUBTLE}}
        notes.append(box(text=_clock(at), **place) | tick | moved)
    return notes


def _whole(count: int) -> str:
    """Write a count in full, as the language does."""
    return number(float(count), max(3, len(str(count))))


def _clock(at_min: float) -> str:
    minute = math.floor(at_min % DAY_MIN)
    return f"{minute // 60:02d}:{minute % 60:02d}"
