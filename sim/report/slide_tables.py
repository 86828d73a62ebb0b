"""Tables on slides: as large as they fit, and over several slides where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.figures.style import INK, SUBTLE
from sim.messages import say
from sim.report.parts import Amount, Content, Table
from sim.report.slides import BODY_END, BODY_TOP, MARGIN, box, inner, rgb, slide, write
from sim.report.wrapping import LINE, lines, longest_word, width

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

__all__ = ["table_slides"]

_SIZES = (18, 16, 14, 12)
"""Of letters, in points; the largest with which a table fits on one slide."""
_MOST_SLIDES = 2
"""Of one table; the workbook has the rest."""
_BESIDE, _ABOVE = 0.07, 0.04
"""Room around the text of a cell, in inches."""
_MORE = 0.35
"""Height of the line that says how many rows are left out, in inches."""
_HEAD, _STRIPES = "#444444", ("#FFFFFF", "#F4F4F4")


@dataclass(frozen=True)
class _Layout:
    """How a table is set in letters of some size: widths of columns, height of every row, heads first; in inches."""

    size: int
    widths: list[float]
    heights: list[float]


def table_slides(slides: Presentation, content: Content, table: Table, notes: Sequence[str]) -> None:
    """Show a table on as many slides as it needs, within reason.

    Parameters
    ----------
    slides : Presentation
    content : Content
    table : Table
    notes : sequence of str
    """
    texts = [list(table.heads), *([str(cell) for cell in row] for row in table.rows)]
    layouts = [_layout(texts, size) for size in _SIZES]
    layout = next((one for one in layouts if sum(one.heights) <= BODY_END - BODY_TOP), layouts[-1])
    pages = _pages(layout)
    shown = pages[:_MOST_SLIDES]
    for at, page in enumerate(shown, start=1):
        title = table.title if len(shown) == 1 else say("report.part", title=table.title, part=at, parts=len(shown))
        on = slide(slides, content, title, (*table.notes, *notes))
        _draw(on, content, table, [texts[0], *(texts[row] for row in page)], layout, [0, *page])
    left_out = sum(map(len, pages[_MOST_SLIDES:]))
    if left_out:
        box(on, [say("report.more rows", count=left_out)], content, BODY_END - _MORE + 0.05, _MORE, 12, SUBTLE)


def _layout(texts: list[list[str]], size: int) -> _Layout:
    """Give every column the room of its longest text, or where that is too much, at least that of its longest word."""
    around = 2 * _BESIDE + 0.03
    columns = [[(row[at], row is texts[0]) for row in texts] for at in range(len(texts[0]))]
    least = [max(longest_word(text, size, bold) for text, bold in cells) + around for cells in columns]
    # heads break into lines; they make no column wider than what stands below them needs
    whole = [
        max(low, *(width(text, size) + around for text, bold in cells if not bold))
        for low, cells in zip(least, columns, strict=True)
    ]
    widths = _shared(least, whole)
    heights = [
        max(lines(text, wide - around, size, row is texts[0]) for text, wide in zip(row, widths, strict=True))
        * (size * LINE / 72.0)
        + 2 * _ABOVE
        for row in texts
    ]
    return _Layout(size, widths, heights)


def _shared(least: list[float], whole: list[float]) -> list[float]:
    """Share the width of a slide: what a column does not need goes to those that need more."""
    base = least if sum(least) >= inner() else whole
    if base is least or sum(whole) <= inner():
        return [each * inner() / sum(base) for each in base]
    widths, spare = list(least), inner() - sum(least)
    wishes = sorted((high - low, at) for at, (low, high) in enumerate(zip(least, whole, strict=True)))
    for done, (wish, at) in enumerate(wishes):
        given = min(wish, spare / (len(wishes) - done))
        widths[at] += given
        spare -= given
    return widths


def _pages(layout: _Layout) -> list[list[int]]:
    """Rows that fit on one slide after the other, below heads of their own."""
    every = list(range(1, len(layout.heights)))
    if sum(layout.heights) <= BODY_END - BODY_TOP:
        return [every]
    pages: list[list[int]] = []
    room = 0.0
    for row, height in zip(every, layout.heights[1:], strict=True):
        if not pages or height > room:
            pages.append([])
            room = BODY_END - BODY_TOP - layout.heights[0] - _MORE
        pages[-1].append(row)
        room -= height
    return pages


def _draw(on: Slide, content: Content, table: Table, texts: list[list[str]], layout: _Layout, rows: list[int]) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches

    numeric = [any(isinstance(row[column], Amount) for row in table.rows) for column in range(len(table.heads))]
    heights = [layout.heights[row] for row in rows]
    place = (MARGIN, BODY_TOP, inner(), sum(heights))
    drawn = on.shapes.add_table(len(texts), len(table.heads), *map(Inches, place)).table
    for column, wide in zip(drawn.columns, layout.widths, strict=True):
        column.width = Inches(wide)
    for at, (row, height) in enumerate(zip(texts, heights, strict=True)):
        drawn.rows[at].height = Inches(height)
        for column, text in enumerate(row):
            cell = drawn.cell(at, column)
            write(cell.text_frame, text.split("\n"), content, layout.size, INK if at else "#FFFFFF", bold=at == 0)
            cell.margin_left = cell.margin_right = Inches(_BESIDE)
            cell.margin_top = cell.margin_bottom = Inches(_ABOVE)
            for paragraph in cell.text_frame.paragraphs:
                paragraph.alignment = PP_ALIGN.RIGHT if numeric[column] else PP_ALIGN.LEFT
            cell.fill.solid()
            cell.fill.fore_color.rgb = rgb(_STRIPES[at % 2] if at else _HEAD)
