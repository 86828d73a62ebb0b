"""A slide of the deck with its title, its texts and its notes: what all slides share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.figures.style import INK, SUBTLE, sentence
from sim.report.parts import Content
from sim.report.wrapping import LINE, lines, shortened

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

__all__ = [
    "BODY_END",
    "BODY_TOP",
    "FONT",
    "HEIGHT",
    "MARGIN",
    "WIDTH",
    "box",
    "inner",
    "place",
    "points",
    "rgb",
    "slide",
    "styled",
    "write",
]

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  # inches, 16:9
_TITLE_TOP, _TITLE_HEIGHT, _FOOT_TOP, _FOOT_HEIGHT = 0.4, 0.95, 7.05, 0.35
BODY_TOP, BODY_END = 1.5, 6.95
"""What a slide shows lies between these, in inches."""
FONT = "Arial"
_LONGEST_TITLE, _LONGEST_SENTENCE = 130, 160
"""Characters; a title of one sentence may be a little longer before it is cut."""
_TITLE_SIZES = (24, 21, 18)
"""In points; the largest with which a title fits."""
_LANGUAGES = {"en": "ENGLISH_UK", "de": "GERMAN"}


def inner() -> float:
    """Width between the margins, in inches."""
    return WIDTH - 2 * MARGIN


def slide(slides: Presentation, content: Content, title: str, notes: Sequence[str]) -> Slide:
    """Add a slide with a title, a foot and notes.

    Parameters
    ----------
    slides : Presentation
    content : Content
    title : str
        One that is too long is cut, and stands in full in the notes.
    notes : sequence of str
        Each is written once.
    """
    from pptx.enum.text import MSO_ANCHOR

    fresh = slides.slides.add_slide(slides.slide_layouts[5])
    head = fresh.shapes.title
    assert head is not None
    place(head, MARGIN, _TITLE_TOP, inner(), _TITLE_HEIGHT)
    full = sentence(title)
    short = shortened(full, _LONGEST_TITLE, _LONGEST_SENTENCE)
    heights = {size: lines(short, inner(), size, bold=True) * size * LINE / 72.0 for size in _TITLE_SIZES}
    size = next((size for size, height in heights.items() if height <= _TITLE_HEIGHT), _TITLE_SIZES[-1])
    write(head.text_frame, [short], content, size, INK, bold=True)
    head.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    box(fresh, [f"{content.title} · {len(slides.slides)}"], content, _FOOT_TOP, _FOOT_HEIGHT, 11, SUBTLE)
    told = notes if short == full else (full, *notes)
    if told:
        frame = fresh.notes_slide.notes_text_frame
        assert frame is not None
        frame.text = "\n".join(dict.fromkeys(told))
    return fresh


def box(
    on: Slide,
    texts: list[str],
    content: Content,
    top: float,
    height: float,
    size: int,
    colour: str,
    space: int = 0,
) -> Any:
    """Write paragraphs between the margins of a slide."""
    from pptx.util import Inches

    shape = on.shapes.add_textbox(*map(Inches, (MARGIN, top, inner(), height)))
    write(shape.text_frame, texts, content, size, colour, space=space)
    return shape


def write(
    frame: Any, texts: list[str], content: Content, size: int, colour: str, bold: bool = False, space: int = 0
) -> None:
    """Write paragraphs into a frame; its text begins where the frame does, as tables and charts do."""
    from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = 0
    frame.text = texts[0]
    for text in texts[1:]:
        frame.add_paragraph().text = text
    for paragraph in frame.paragraphs:
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, points(space)
        for run in paragraph.runs:
            styled(run, content, size, colour, bold)


def styled(run: Any, content: Content, size: int, colour: str, bold: bool = False) -> None:
    """Give a run of letters its look and its language."""
    from pptx.enum.lang import MSO_LANGUAGE_ID

    run.font.size, run.font.bold, run.font.name = points(size), bold, FONT
    run.font.color.rgb = rgb(colour)
    run.font.language_id = MSO_LANGUAGE_ID[_LANGUAGES[content.language]]


def place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    """Put a shape somewhere, in inches."""
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def points(size: float) -> Any:
    """A size in points."""
    from pptx.util import Pt

    return Pt(size)


def rgb(colour: str) -> Any:
    """A colour from ``#RRGGBB``."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.removeprefix("#"))
