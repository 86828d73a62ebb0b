"""Figures below each other as one page that works without a network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go

from sim.labels import spoken

__all__ = ["plain_page"]


def plain_page(title: str, figures: Mapping[str, go.Figure]) -> str:
    """Write figures as one HTML page; the library that draws is inside.

    Parameters
    ----------
    title : str
    figures : mapping of str to Figure
        By a name that no other figure of the page has.

    Returns
    -------
    str
        The same for the same figures, byte for byte.
    """
    drawn = [
        figure.to_html(
            full_html=False,
            include_plotlyjs=at == 0,
            div_id=f"figure-{name}",
            config={"displaylogo": False, "responsive": True, "displayModeBar": False},
        )
        for at, (name, figure) in enumerate(figures.items())
    ]
    head = f'<meta charset="utf-8">\n<link rel="icon" href="data:,">\n<title>{escape(title)}</title>'
    body = "\n".join(drawn)
    return f'<!DOCTYPE html>\n<html lang="{spoken()}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
