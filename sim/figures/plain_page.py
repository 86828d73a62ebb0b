"""Figures below each other as one page that works without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from sim.labels import spoken

__all__ = ["PAGE_STYLE", "drawn", "html_page", "plain_page"]

PAGE_STYLE = """
body{font:16px/1.45 Arial,"Liberation Sans",sans-serif;color:#222;margin:0 auto;max-width:1400px;padding:16px 28px}
h1{font-size:30px;margin:.3em 0 0}.run{color:#666;font-size:14px;overflow-wrap:anywhere}
.caveat{background:#fff4e0;border-left:4px solid #E69F00;padding:8px 18px;margin:.6em 0}
figure{margin:1.2em 0;overflow-x:auto;overflow-y:hidden}figure>div{min-width:900px}
.wide{overflow-x:auto}
"""
"""What all pages share: caveats stand out; on a narrow screen figures and tables are as wide as they have to be and are
moved sideways, each for itself."""


def plain_page(
    title: str, figures: Mapping[str, go.Figure], told: Sequence[str] = (), caveats: Sequence[str] = ()
) -> str:
    """Write figures as one HTML page; the library that draws is inside.

    Parameters
    ----------
    title : str
    figures : mapping of str to Figure
        By a name that no other figure of the page has.
    told : sequence of str
        What was simulated, and how to repeat it.
    caveats : sequence of str
        What must be known before the figures are read.

    Returns
    -------
    str
        The same for the same figures, byte for byte.
    """
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            *(f'<p class="run">{escape(text)}</p>' for text in told),
            *(f'<p class="caveat">{escape(text)}</p>' for text in caveats),
            *(drawn(figure, name) for name, figure in figures.items()),
        ]
    )
    return html_page(title, "", body)


def html_page(title: str, style: str, body: str) -> str:
    """Write a page around a body of figures, in the language that is spoken; it opens without a network.

    Parameters
    ----------
    title : str
    style : str
        CSS besides `PAGE_STYLE`.
    body : str
        HTML; figures in it are `drawn`.
    """
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>{PAGE_STYLE}{style}</style>\n<script>{get_plotlyjs()}</script>\n"
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def drawn(figure: go.Figure, name: str) -> str:
    """Write a figure as a part of a page that holds plotly.js; `name` tells it from the page's other figures."""
    drawing = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=f"figure-{name}",
        default_width="100%",
        default_height=f"{figure.layout.height}px",
        config={"displaylogo": False, "responsive": True, "displayModeBar": False},
    )
    return f"<figure>{drawing}</figure>"
