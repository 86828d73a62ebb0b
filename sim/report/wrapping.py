"""How much room a text takes in Arial, without the font: near enough to know how many lines it fills."""

from __future__ import annotations

import math
import re

__all__ = ["LINE", "NO_BREAK", "lines", "longest_word", "shortened", "width"]

LINE = 1.2
"""Height of a line, in heights of its letters."""
NO_BREAK = "\u00a0"
"""A space at which no line ends."""
_BOLD = 1.08
_USUAL = 0.56
_WIDTHS = {
    **dict.fromkeys("ijl'|", 0.22),
    **dict.fromkeys(f" {NO_BREAK}.,:;!I/ft·", 0.28),
    **dict.fromkeys('()[]-r"“”„•', 0.35),
    **dict.fromkeys("cksvxyzJ", 0.5),
    **dict.fromkeys("ABEKPSVXYCDHNRUw&", 0.7),
    **dict.fromkeys("GOQMm%", 0.82),
    **dict.fromkeys("W@…", 0.97),
}
"""Widths of letters, in heights of the font; `_USUAL` for all others."""
_QUOTED = re.compile("“[^”]*”|„[^“]*“")


def width(text: str, points: float, bold: bool = False) -> float:
    """Width of a text in one line, in inches.

    Examples
    --------
    >>> round(width("journey", 72.0), 2)
    3.31
    """
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * points / 72.0 * (_BOLD if bold else 1.0)


def longest_word(text: str, points: float, bold: bool = False) -> float:
    """Width of the longest piece of a text that no line breaks, in inches."""
    return max((width(word, points, bold) for word in re.split(r"[ \n]", text)), default=0.0)


def lines(text: str, inches: float, points: float, bold: bool = False) -> int:
    r"""How many lines a text fills.

    Parameters
    ----------
    text : str
    inches : float
        Width of a line.
    points : float
        Size of the font.
    bold : bool

    Examples
    --------
    >>> lines("one two three", 1.0, 72.0), lines("one\ntwo", 10.0, 12.0)
    (7, 2)
    """
    return sum(_filled(paragraph, inches, points, bold) for paragraph in text.split("\n"))


def _filled(text: str, inches: float, points: float, bold: bool) -> int:
    count, room = 1, inches
    for word in text.split(" "):
        long = width(word, points, bold)
        if long > room and room < inches:
            count, room = count + 1, inches
        broken = max(0, math.ceil(long / inches) - 1)
        count += broken
        room -= long - broken * inches + width(" ", points, bold)
    return count


def shortened(text: str, most: int, at_any_rate: int) -> str:
    """Cut a text that is too long: at the end of a sentence or of a part of it, at any rate between words.

    Parameters
    ----------
    text : str
    most : int
        Characters after which it is cut where a part of it ends.
    at_any_rate : int
        Characters after which it is cut in the middle of a sentence.

    Examples
    --------
    >>> shortened("Integrated: better on all; training: no difference", 40, 45)
    'Integrated: better on all; …'
    >>> shortened("Integrated: better on all, training on none", 40, 45)
    'Integrated: better on all, training on none'
    """
    if len(text) <= most:
        return text
    for end, limit in ((r"[;.] ", most), (r", ", at_any_rate), (r" ", at_any_rate)):
        if limit == at_any_rate >= len(text):
            return text
        names = [found.span() for found in _QUOTED.finditer(text)]
        ends = [found.end() for found in re.finditer(end, text) if most / 3 < found.end() <= limit - 1]
        cuts = [at for at in ends if not any(first < at < last for first, last in names)]
        if cuts:
            return f"{text[: cuts[-1]]}…"
    return f"{text[: at_any_rate - 2]} …"
