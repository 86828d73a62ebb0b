"""Words of figures, verdicts and scenario files, as plain text for pages, slides and cells."""

from __future__ import annotations

import re
from itertools import pairwise

import plotly.graph_objects as go

__all__ = ["blocks", "paragraphs", "plain", "said"]

_LONG_PARAGRAPH = 500
"""Characters; a longer one is hard to read in one piece."""


def plain(text: str) -> str:
    r"""A text of a scenario file in one line, without the marks for names in it.

    Examples
    --------
    >>> plain("The other, `step_by_step`,\n  begins later.")
    'The other, step_by_step, begins later.'
    """
    return " ".join(text.replace("`", "").split())


def paragraphs(text: str) -> tuple[str, ...]:
    r"""A text of a scenario file in paragraphs: its own, and where one is too long, at the ends of sentences.

    Examples
    --------
    >>> paragraphs("One.\n\nTwo `names`.")
    ('One.', 'Two names.')
    """
    return tuple(piece for own in re.split(r"\n\s*\n", text.strip()) for piece in _pieces(plain(own)) if piece)


def _pieces(text: str) -> list[str]:
    """Sentences, as many together as make no long paragraph."""
    ends = [0, *(found.end() for found in re.finditer(r"(?<=[.!?]) (?=[A-ZÄÖÜ])", text)), len(text)]
    pieces = [""]
    for begin, end in pairwise(ends):
        if pieces[-1] and len(pieces[-1]) + end - begin > _LONG_PARAGRAPH:
            pieces.append("")
        pieces[-1] += text[begin:end]
    return [piece.strip() for piece in pieces]


def blocks(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Heads of a printed verdict with their items, as wide as they need to be."""
    found = []
    for block in text.split("\n\n"):
        head, *items = (" ".join(part.split()) for part in block.split("\n  - "))
        found.append((head, tuple(items)))
    return found


def said(figure: go.Figure) -> tuple[str, str]:
    """Title and subtitle of a figure, as plain sentences."""
    title, subtitle = figure.layout.title.text, figure.layout.title.subtitle.text
    # lines may break after a hyphen
    lines = [(text or "").replace("-<br>", "-").replace("<br>", " ") for text in (title, subtitle)]
    told = [re.sub(r"<[^>]+>", "", text) for text in lines]
    return told[0], told[1]
