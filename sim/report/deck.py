"""The report as a PowerPoint deck: one finding per slide, native charts, definitions in the notes."""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sim.figures.style import INK, SUBTLE, sentence
from sim.labels import language
from sim.messages import say
from sim.report.parts import (
    Amount,
    Chart,
    Content,
    Paragraph,
    Section,
    Series,
    Table,
    bounds,
    ends,
    gap,
    longest,
    number_format,
)
from sim.report.settled import settled

if TYPE_CHECKING:
    from pptx.chart.chart import Chart as NativeChart
    from pptx.presentation import Presentation
    from pptx.slide import Slide

__all__ = ["deck"]

_WIDTH, _HEIGHT, _MARGIN = 13.333, 7.5, 0.6  # inches, 16:9
_TITLE_HEIGHT, _SUBTITLE_HEIGHT, _FOOT = 1.35, 0.75, 0.35
_BODY_TOP = 0.35 + _TITLE_HEIGHT
_TITLE_SIZES = ((70, 30), (130, 26), (220, 22), (10_000, 18))
"""Most characters of a title, and its size in points."""
_NAME_SIZES = ((9, 16), (14, 13), (16, 11), (10_000, 9))
"""Most lines of names beside bars, and their size in points."""
_MOST_ROWS = 12
_SMALLEST_LABEL_SHARE = 0.04
_MOST_LABELS = 30
"""More numbers than this are too close to each other to be read."""
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_FONT = "Arial"
_LANGUAGES = {"en": "ENGLISH_UK", "de": "GERMAN"}
_ERROR_BARS = (
    '<c:errBars xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:errBarType val="both"/>'
    '<c:errValType val="cust"/><c:noEndCap val="0"/><c:plus>{plus}</c:plus><c:minus>{minus}</c:minus>'
    '<c:spPr><a:ln w="22225"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
)


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
    slides.slide_width, slides.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
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
    slide = _slide(slides, content, content.title, ())
    assert slide.shapes.title is not None
    _place(slide.shapes.title, _MARGIN, 2.2, _WIDTH - 2 * _MARGIN, 1.2)
    _write(slide.shapes.title.text_frame, [content.title], content, 44, INK, bold=True)
    _box(slide, [content.subtitle], content, 3.5, 1.6, 22, SUBTLE)
    if content.caveats:
        _box(slide, list(content.caveats), content, 5.1, 1.9, 14, INK, space=6)


def _section(slides: Presentation, content: Content, section: Section) -> None:
    if section.paragraphs:
        _text_slide(slides, content, section.finding, section.paragraphs, section.notes)
    for table in section.tables_for("deck"):
        _table_slide(slides, content, table, section.notes)
    for chart in section.charts:
        _chart_slide(slides, content, chart, (*chart.notes, *section.notes))


def _slide(slides: Presentation, content: Content, title: str, notes: tuple[str, ...]) -> Slide:
    from pptx.enum.text import MSO_ANCHOR

    slide = slides.slides.add_slide(slides.slide_layouts[5])
    head = slide.shapes.title
    assert head is not None
    _place(head, _MARGIN, 0.35, _WIDTH - 2 * _MARGIN, _TITLE_HEIGHT)
    size = next(points for most, points in _TITLE_SIZES if len(title) <= most)
    _write(head.text_frame, [sentence(title)], content, size, INK, bold=True)
    head.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    place = f"{content.title} · {len(slides.slides)}"
    _box(slide, [place], content, _HEIGHT - _FOOT - 0.1, _FOOT, 11, SUBTLE)
    if notes:
        frame = slide.notes_slide.notes_text_frame
        assert frame is not None
        frame.text = "\n".join(dict.fromkeys(notes))
    return slide


def _text_slide(
    slides: Presentation, content: Content, title: str, paragraphs: tuple[Paragraph, ...], notes: tuple[str, ...]
) -> None:
    slide = _slide(slides, content, title, notes)
    lines = [
        line for text in paragraphs for line in ([text] if isinstance(text, str) else [f"•  {item}" for item in text])
    ]
    room = _HEIGHT - _FOOT - 0.3 - _BODY_TOP
    length = sum(1 + len(line) // 95 for line in lines)
    size = 20 if length <= 9 else 18 if length <= 13 else 15 if length <= 20 else 12
    _box(slide, lines, content, _BODY_TOP, room, size, INK, space=10 if length <= 13 else 6)


def _table_slide(slides: Presentation, content: Content, table: Table, notes: tuple[str, ...]) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    slide = _slide(slides, content, table.title, notes)
    rows = [[str(cell) for cell in row] for row in table.rows[:_MOST_ROWS]]
    numeric = [any(isinstance(row[column], Amount) for row in table.rows) for column in range(len(table.heads))]
    width = _WIDTH - 2 * _MARGIN
    size = 11 if len(rows) > 8 else 14 if len(rows) > 4 or len(table.heads) > 5 else 18
    shape = slide.shapes.add_table(
        len(rows) + 1, len(table.heads), Inches(_MARGIN), Inches(_BODY_TOP), Inches(width), Inches(0.4)
    )
    # a column is as wide as its longest text, within bounds; heads break into lines
    wanted = [
        min(60, max(9, *map(len, head.split()), *(len(row[at]) for row in rows))) + 4
        for at, head in enumerate(table.heads)
    ]
    for column, characters in zip(shape.table.columns, wanted, strict=True):
        column.width = Inches(width * characters / sum(wanted))
    for at, row in enumerate([list(table.heads), *rows]):
        shape.table.rows[at].height = Inches(0.3)
        for column, text in enumerate(row):
            cell = shape.table.cell(at, column)
            cell.margin_left = cell.margin_right = Inches(0.06)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            _write(cell.text_frame, [text], content, size, "#FFFFFF" if at == 0 else INK, bold=at == 0)
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if numeric[column] else PP_ALIGN.LEFT
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb("#444444" if at == 0 else "#F4F4F4" if at % 2 else "#FFFFFF")
            cell.text_frame.paragraphs[0].font.size = Pt(size)
    left_out = len(table.rows) - len(rows)
    if left_out:
        text = say("report.more rows", count=left_out)
        _box(slide, [text], content, _HEIGHT - 2 * _FOOT - 0.15, _FOOT, 12, SUBTLE)


def _chart_slide(slides: Presentation, content: Content, chart: Chart, notes: tuple[str, ...]) -> None:
    from pptx.util import Inches

    slide = _slide(slides, content, chart.finding, notes)
    _box(slide, [chart.subtitle], content, _BODY_TOP - 0.05, _SUBTITLE_HEIGHT, 13, SUBTLE)
    top = _BODY_TOP + _SUBTITLE_HEIGHT
    place = (_MARGIN, top, _WIDTH - 2 * _MARGIN, _HEIGHT - _FOOT - 0.2 - top)
    kind, data = _data(chart)
    native = slide.shapes.add_chart(kind, *map(Inches, place), data).chart
    native.font.size, native.font.name = _points(14), _FONT
    native.has_title = False
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        from pptx.enum.chart import XL_LEGEND_POSITION

        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(native, chart)
    for drawn, series in zip(native.plots[0].series, chart.series, strict=True):
        _paint(drawn, chart, series)


def _data(chart: Chart) -> tuple[Any, Any]:
    from pptx.chart.data import CategoryChartData, XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    if chart.kind == "lines":
        lines = XyChartData(number_format="General")
        for series in chart.series:
            line = lines.add_series(series.name)
            for at, height in zip(series.at, series.values, strict=True):
                if not (math.isnan(at) or math.isnan(height)):
                    line.add_data_point(at, height)
        return XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, lines
    bars = CategoryChartData(number_format="General")
    bars.categories = chart.categories
    for series in chart.series:
        bars.add_series(series.name, [None if math.isnan(each) else each for each in series.values])
    kind = XL_CHART_TYPE.BAR_STACKED if chart.kind == "stacked" else XL_CHART_TYPE.BAR_CLUSTERED
    return kind, bars


def _axes(native: NativeChart, chart: Chart) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.oxml import parse_xml

    values, others = native.value_axis, native.category_axis
    values.has_title = True
    _title(values, chart.axis)
    values.major_gridlines.format.line.color.rgb = _rgb("#E6E6E6")
    values.format.line.fill.background()
    every = [each for series in chart.series for each in (*series.values, *series.low, *series.high)]
    values.tick_labels.number_format = number_format([each for each in every if not math.isnan(each)])
    values.tick_labels.number_format_is_linked = False
    if chart.kind == "lines":
        others.has_title = True
        _title(others, chart.across)
        others.has_major_gridlines = False
        others.minimum_scale, others.maximum_scale, others.major_unit = ends(chart)
        # beside the plot, also where a line lies below zero
        others.tick_label_position = values.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        return
    values.minimum_scale, values.maximum_scale = bounds(chart)
    # the first category on top, its name beside the plot even where bars go to the left, and the scale below
    others.reverse_order = True
    values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    others.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    every_name = parse_xml(f'<c:tickLblSkip xmlns:c="{_CHARTS}" val="1"/>')
    others._element.find(f"{{{_CHARTS}}}noMultiLvlLbl").addprevious(every_name)
    lines = sum(1 + name.count("\n") for name in chart.categories)
    others.tick_labels.font.size = _points(next(points for most, points in _NAME_SIZES if lines <= most))
    others.major_tick_mark = XL_TICK_MARK.NONE
    others.format.line.color.rgb = _rgb(SUBTLE)
    native.plots[0].gap_width = gap(chart)
    if chart.kind == "bars" and len(chart.series) > 1:
        native.plots[0].overlap = -5


def _paint(drawn: Any, chart: Chart, series: Series) -> None:
    if chart.kind == "lines":
        drawn.smooth = False
        drawn.format.line.width = _points(3)
        drawn.format.line.color.rgb = _rgb(series.colours[0])
        return
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = _rgb(series.colours[0])
    if len(series.colours) > 1:
        for at, colour in enumerate(series.colours):
            fill = drawn.points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = _rgb(colour)
    if series.low:
        _error_bars(drawn, series)
    elif len(chart.categories) * len(chart.series) <= _MOST_LABELS:
        _labels(drawn, chart)


def _labels(drawn: Any, chart: Chart) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    labels = drawn.data_labels
    labels.show_value = True
    labels.font.size = _points(11)
    plain = number_format([each for series in chart.series for each in series.values])
    if chart.kind == "stacked":
        # a short piece of a bar has no room for its number
        plain = f'[<{_SMALLEST_LABEL_SHARE * longest(chart):.6g}]"";{plain}'
        labels.font.color.rgb = _rgb("#FFFFFF")
        labels.font.bold = True
        labels.position = XL_LABEL_POSITION.CENTER
    else:
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.number_format, labels.number_format_is_linked = plain, False


def _error_bars(drawn: Any, series: Series) -> None:
    """Give bars their intervals, which python-pptx has no words for."""
    from pptx.oxml import parse_xml

    ends = zip(series.values, series.low, series.high, strict=True)
    lengths = [(high - middle, middle - low) for middle, low, high in ends]
    plus, minus = (_literal([pair[side] for pair in lengths]) for side in (0, 1))
    element = drawn._element
    categories = element.find(f"{{{_CHARTS}}}cat")
    categories.addprevious(parse_xml(_ERROR_BARS.format(plus=plus, minus=minus, colour=INK.removeprefix("#"))))


def _literal(lengths: list[float]) -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{length!r}</c:v></c:pt>' for at, length in enumerate(lengths) if not math.isnan(length)
    )
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(lengths)}"/>{points}</c:numLit>'


def _title(axis: Any, text: str) -> None:
    frame = axis.axis_title.text_frame
    frame.text = text
    frame.paragraphs[0].font.size, frame.paragraphs[0].font.bold = _points(13), False


def _box(
    slide: Slide, lines: list[str], content: Content, top: float, height: float, size: int, colour: str, space: int = 0
) -> None:
    from pptx.util import Inches

    box = slide.shapes.add_textbox(*map(Inches, (_MARGIN, top, _WIDTH - 2 * _MARGIN, height)))
    _write(box.text_frame, lines, content, size, colour, space=space)


def _write(
    frame: Any, lines: list[str], content: Content, size: int, colour: str, bold: bool = False, space: int = 0
) -> None:
    from pptx.enum.lang import MSO_LANGUAGE_ID
    from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.text = lines[0]
    for line in lines[1:]:
        frame.add_paragraph().text = line
    for paragraph in frame.paragraphs:
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, _points(space)
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = _points(size), bold, _FONT
            run.font.color.rgb = _rgb(colour)
            run.font.language_id = MSO_LANGUAGE_ID[_LANGUAGES[content.language]]


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _points(size: float) -> Any:
    from pptx.util import Pt

    return Pt(size)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.removeprefix("#"))
