"""Lines with their bands: a mean, and how sure it is, over what runs along the axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sim.figures.style import tint

__all__ = ["banded"]

_SHADE = 0.18
Numbers = Sequence[float | None]


def banded(
    at: Sequence[float], middle: Numbers, low: Numbers, high: Numbers, colour: str, **line: Any
) -> list[go.Scatter]:
    """Draw a line with the band around it, the band first; a band with gaps is left out.

    Parameters
    ----------
    at : sequence of float
    middle, low, high : sequence of float or None
    colour : str
    **line
        What else the line is to have: name, hover, markers.
    """
    drawn = go.Scatter(x=list(at), y=list(middle), **{"mode": "lines", "line": {"color": colour, "width": 2.5}, **line})
    if None in low or None in high:
        return [drawn]
    band = go.Scatter(
        x=[*at, *reversed(at)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=tint(colour, _SHADE),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )
    return [band, drawn]
