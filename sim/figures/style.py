"""How every figure looks: one template, and colours that mean one thing throughout.

Colours follow Okabe & Ito, *Color Universal Design* (2008), continued with Tol's muted scheme (2021), so that people
with any common colour vision can tell them apart. Good and bad keep green and vermillion for themselves.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sim.labels import signed, spoken, unit_of_difference
from sim.messages import say
from sim.output_analysis import Verdict

__all__ = [
    "BAD",
    "GOOD",
    "INK",
    "NEUTRAL",
    "STRATEGY_COLOURS",
    "SUBTLE",
    "TOUCHPOINT_COLOURS",
    "VERDICT_COLOURS",
    "ZONE",
    "box",
    "colours",
    "finished",
    "joined",
    "replication_count",
    "rounded",
    "sentence",
    "shown_value",
    "signed",
    "tint",
    "unit_of_difference",
    "wrapped",
]

INK = "#222222"
SUBTLE = "#666666"
GRID = "#E6E6E6"
ZONE = "#E3E3E3"
"""Where a difference is too small to matter."""
GOOD = "#009E73"
BAD = "#D55E00"
NEUTRAL = "#8C8C8C"

STRATEGY_COLOURS = (
    *("#444444", "#0072B2", "#882255", "#999933", "#332288", "#44AA99"),
    *("#CC6677", "#6699CC", "#DDAA33", "#AA3377", "#661100"),
)
"""The baseline first; no other strategy has its colour."""
TOUCHPOINT_COLOURS = ("#56B4E9", "#E69F00", "#CC79A7", "#F0E442", "#AA4499", "#DDCC77")
VERDICT_COLOURS = {
    Verdict.BETTER: GOOD,
    Verdict.WORSE: BAD,
    Verdict.NO_RELEVANT_DIFFERENCE: NEUTRAL,
    Verdict.NOT_ENOUGH_EVIDENCE: "#FFFFFF",
}
"""Not enough evidence is an empty marker."""

_TITLE_SIZE, _TEXT_SIZE = 20, 14
_TITLE_WIDTH, _SUBTITLE_WIDTH = 84, 122
_LINE_HEIGHT, _SUBTITLE_LINE_HEIGHT, _LEGEND_LINE_HEIGHT, _PADDING = 26, 20, 21, 18
_LEGEND_WIDTH, _LETTER_WIDTH, _MARK_WIDTH = 900, 7, 50
"""Of a legend in a figure as narrow as a page, of a letter, and of what stands before a name."""
_STANDOFF = 14


def colours(names: Sequence[str], palette: Sequence[str]) -> dict[str, str]:
    """Give each name its colour by position; a palette that is too short starts again behind its first colour.

    Examples
    --------
    >>> colours(["today", "joined_up"], STRATEGY_COLOURS)
    {'today': '#444444', 'joined_up': '#0072B2'}
    """
    again = palette[1:]
    return {
        name: palette[position] if position < len(palette) else again[(position - len(palette)) % len(again)]
        for position, name in enumerate(names)
    }


def tint(colour: str, opacity: float) -> str:
    """Return a ``#RRGGBB`` colour made translucent.

    Examples
    --------
    >>> tint("#0072B2", 0.5)
    'rgba(0,114,178,0.5)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def rounded(values: Sequence[float], digits: int = 4) -> list[float | None]:
    """Round to significant digits; NaN becomes None, a gap. Figures stay small and repeatable as plain lists.

    Examples
    --------
    >>> rounded([1234.5678, 0.00012345, float("nan"), 0.0])
    [1235.0, 0.0001234, None, 0.0]
    """
    return [None if math.isnan(v) else float(f"{v:.{digits}g}") for v in map(float, values)]


def wrapped(text: str, width: int) -> str:
    """Break a text into lines as figures write them."""
    return "<br>".join(textwrap.wrap(text, width))


def sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """List things as a sentence does.

    Examples
    --------
    >>> joined(["waiting", "effort", "price"])
    'waiting, effort and price'
    """
    return f" {say('and')} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def replication_count(count: int) -> str:
    """Say how many replications there are."""
    return say("replications", count=count)


def finished(
    figure: go.Figure, title: str, subtitle: str, plot_height: int, legend: bool = True, wider: float = 1.0
) -> go.Figure:
    """Give a figure its title, its height and the common look; everything has its own place above the plot.

    Parameters
    ----------
    figure : Figure
        Changed and returned.
    title : str
        The finding, as a sentence.
    subtitle : str
        What is shown, and how sure it is.
    plot_height : int
        Pixels of the plot alone.
    legend : bool
        Show a legend between subtitle and plot.
    wider : float
        How many times as long as in a figure as narrow as a page lines may be.
    """
    head, below = (
        textwrap.wrap(sentence(text), int(wider * width))
        for text, width in ((title, _TITLE_WIDTH), (subtitle, _SUBTITLE_WIDTH))
    )
    text_height = _PADDING + _LINE_HEIGHT * len(head) + _SUBTITLE_LINE_HEIGHT * len(below)
    top = text_height + _PADDING + (_legend_height(figure) if legend else 0)
    font = {"size": _TEXT_SIZE}
    axis = {"gridcolor": GRID, "zeroline": False, "automargin": True, "title": {"font": font}}
    upright = {**axis, "title": {"font": font, "standoff": _STANDOFF}}
    figure.update_layout(
        template=go.layout.Template(
            layout={
                "font": {"family": "Arial, Liberation Sans, sans-serif", "size": _TEXT_SIZE, "color": INK},
                "paper_bgcolor": "white",
                "plot_bgcolor": "white",
                "colorway": list(STRATEGY_COLOURS),
                "xaxis": axis,
                "yaxis": upright,
                "hoverlabel": {"font": {"size": _TEXT_SIZE}},
            }
        ),
        title={
            "text": f"<b>{'<br>'.join(head)}</b>",
            "font": {"size": _TITLE_SIZE},
            "subtitle": {"text": "<br>".join(below), "font": {"size": _TEXT_SIZE, "color": SUBTLE}},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 12, "t": 16 if len(head) == 1 else 36},  # plotly moves longer titles up
            "y": 1,
            "yref": "container",
            "yanchor": "top",
        },
        margin={"t": top, "l": 20, "r": 20, "b": 60},
        height=top + plot_height + 60,
        showlegend=legend,
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": _TEXT_SIZE},
        },
        bargap=0.25,
        separators={"en": ".,", "de": ",."}[spoken()],
    )
    return figure


def _legend_height(figure: go.Figure) -> int:
    """Room for the names of a figure in rows of columns, as wide as the longest."""
    names = [trace.name for trace in figure.data if trace.name and trace.showlegend is not False]
    width = _MARK_WIDTH + _LETTER_WIDTH * max(map(len, names), default=0)
    return 9 + _LEGEND_LINE_HEIGHT * math.ceil(len(names) / max(1, _LEGEND_WIDTH // width))


def shown_value(amount: float, unit: str) -> float:
    """Bring a value to the scale on which people read it: shares in per cent."""
    return 100.0 * amount if unit == "share" else amount


def box(**fields: Any) -> dict[str, Any]:
    """Annotations share their font and have no arrow."""
    return {"showarrow": False, "font": {"size": _TEXT_SIZE, "color": INK}, **fields}
