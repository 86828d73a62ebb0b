"""Numbers in cells: the darker, the more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from sim.figures.style import BAD, INK, NEUTRAL, rounded
from sim.labels import number

__all__ = ["FRUSTRATING", "OTHER", "SEEN", "cells", "in_cell"]

SEEN = "#0072B2"
FRUSTRATING = BAD
OTHER = NEUTRAL
_TEXT_SIZE = 13
_NOTHING = "\u2013"


def in_cell(amount: float) -> str:
    """Write a number as short as a cell needs it; nothing at all is a dash.

    Examples
    --------
    >>> [in_cell(x) for x in (123.4, 12.34, 1.234, 0.0123, 0.0)]
    ['123', '12', '1.2', '<0.1', '–']
    """
    if math.isnan(amount):
        return ""
    if amount == 0.0:
        return _NOTHING
    if abs(amount) < 0.1:
        return f"<{number(0.1)}"
    return number(round(amount, 0 if abs(amount) >= 10.0 else 1), 12)


def cells(
    values: Sequence[Sequence[float]],
    x: Sequence[str] | Sequence[int],
    y: Sequence[str],
    *,
    most: float,
    colour: str = FRUSTRATING,
    hover: Sequence[Sequence[str]] | None = None,
) -> go.Heatmap:
    """Draw a matrix of numbers as shaded cells.

    Parameters
    ----------
    values : sequence of sequence of float
        One row per `y`, one column per `x`; NaN leaves a cell empty.
    x : sequence of str or of int
        Names, or positions on an axis that is named otherwise.
    y : sequence of str
    most : float
        Value of the full colour, the same in panels that are to be compared.
    colour : str
    hover : sequence of sequence of str, optional
        What to say of each cell.
    """
    return go.Heatmap(
        z=[rounded(row) for row in values],
        x=list(x),
        y=list(y),
        text=[[in_cell(value) for value in row] for row in values],
        texttemplate="%{text}",
        textfont={"size": _TEXT_SIZE},
        customdata=None if hover is None else [list(row) for row in hover],
        hovertemplate="%{customdata}<extra></extra>" if hover is not None else None,
        hoverinfo="skip" if hover is None else None,
        zmin=0.0,
        zmax=rounded([most or 1.0])[0],
        colorscale=[[0.0, "#FFFFFF"], [1.0, colour]],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverlabel={"bgcolor": "white", "font": {"color": INK}},
    )
