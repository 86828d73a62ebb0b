"""The report as a PowerPoint deck: one finding per slide, native charts, definitions in the notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sim.figures.style import INK, SUBTLE
from sim.labels import language
from sim.messages import say
from sim.report.parts import Content, Paragraph, Section
from sim.report.settled import settled
from sim.report.slide_charts import chart_slide
from sim.report.slide_tables import table_slides
from sim.report.slides import BODY_END, BODY_TOP, HEIGHT, MARGIN, WIDTH, box, inner, place, slide, write
from sim.report.wrapping import LINE, lines

if TYPE_CHECKING:
    from pptx.presentation import Presentation

__all__ = ["deck"]

_SIZES = (20, 18, 16)
"""Of texts, in points; the largest with which they fit."""
_SPACE = 10
"""Between paragraphs, in points."""
_BULLET = "•  "


def deck(content: Content) -> bytes:
    """Write a report as a PowerPoint file with charts that can be edited there.

    Parameters
    ----------
    content : Content

    Returns
    -------
    bytes
        The same for the same content.
    """
    import pptx
    from pptx.util import Inches

    slides = pptx.Presentation()
    slides.slide_width, slides.slide_height = Inches(WIDTH), Inches(HEIGHT)
    told = slides.core_properties
    told.title, told.author, told.language = content.title, "journeysim", content.language
    told.created = told.modified = datetime(1980, 1, 1)
    with language(content.language):
        _first_slide(slides, content)
        for section in content.sections:
            _section(slides, content, section)
    file = io.BytesIO()
    slides.save(file)
    return settled(file.getvalue())


def _first_slide(slides: Presentation, content: Content) -> None:
    first = slide(slides, content, content.title, ())
    assert first.shapes.title is not None
    place(first.shapes.title, MARGIN, 2.0, inner(), 1.2)
    write(first.shapes.title.text_frame, [content.title], content, 44, INK, bold=True)
    box(first, [content.subtitle], content, 3.3, 1.6, 22, SUBTLE)
    if content.caveats:
        box(first, list(content.caveats), content, 4.95, 1.95, 14, INK, space=6)


def _section(slides: Presentation, content: Content, section: Section) -> None:
    if section.brief:
        title, subtitle = section.headline or section.finding, section.finding if section.headline else ""
        full = _flat(section.paragraphs)
        _text_slide(slides, content, title, (subtitle, section.brief), (*full, *section.notes))
    elif section.paragraphs:
        _text_slide(slides, content, section.finding, ("", section.paragraphs), section.notes)
    for table in section.tables_for("deck"):
        table_slides(slides, content, table, section.notes)
    for chart in section.charts:
        chart_slide(slides, content, chart, (*chart.notes, *section.notes))


def _text_slide(
    slides: Presentation,
    content: Content,
    title: str,
    body: tuple[str, Sequence[Paragraph]],
    notes: Sequence[str],
) -> None:
    """Show a subtitle and paragraphs; those for which there is no room stand in the notes."""
    subtitle, paragraphs = body
    top = BODY_TOP + (0.55 if subtitle else 0.0)
    texts = _flat(paragraphs)
    size = next((size for size in _SIZES if _fits(texts, size, BODY_END - top)), _SIZES[-1])
    shown = _shown(texts, size, BODY_END - top)
    on = slide(slides, content, title, notes if shown == texts else (*texts, *notes))
    if subtitle:
        box(on, [subtitle], content, BODY_TOP, 0.5, _SIZES[-1], SUBTLE)
    box(on, shown, content, top, BODY_END - top, size, INK, space=_SPACE)


def _shown(texts: list[str], size: int, room: float) -> list[str]:
    """As many texts as fit, and how many do not."""
    for rest in range(len(texts)):
        cut = [*texts[: len(texts) - rest], say("report.in notes", count=rest)] if rest else texts
        if _fits(cut, size, room):
            return cut
    return texts[:1]


def _flat(paragraphs: Sequence[Paragraph]) -> list[str]:
    """Every text and every item of a list, a paragraph each."""
    return [
        text
        for paragraph in paragraphs
        for text in ([paragraph] if isinstance(paragraph, str) else [f"{_BULLET}{item}" for item in paragraph])
        if text
    ]


def _fits(texts: Sequence[str], size: int, room: float) -> bool:
    points = sum(lines(text, inner(), size) * size * LINE + _SPACE for text in texts)
    return points / 72.0 <= room
