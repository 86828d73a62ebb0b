"""Charts on slides, drawn by the office program itself from numbers that can be edited there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.figures.style import INK, SUBTLE
from sim.report.parts import Chart, Content, Series, bounds, ends, gap, longest, number_format
from sim.report.slides import BODY_END, BODY_TOP, FONT, MARGIN, box, inner, points, rgb, slide, styled
from sim.report.wrapping import LINE, NO_BREAK, lines

if TYPE_CHECKING:
    from pptx.chart.chart import Chart as NativeChart
    from pptx.presentation import Presentation
    from pptx.slide import Slide

__all__ = ["chart_slide"]

_SUBTITLE_HEIGHT = 0.75  # inches
_NAME_SIZES = ((9, 16), (14, 13), (16, 11), (10_000, 9))
"""Most lines of names beside bars, and their size in points."""
_SMALLEST_LABEL_SHARE = 0.04
_MOST_LABELS = 30
"""More numbers than this are too close to each other to be read."""
_LEGEND_SIZE = 13
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_ERROR_BARS = (
    '<c:errBars xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:errBarType val="both"/>'
    '<c:errValType val="cust"/><c:noEndCap val="0"/><c:plus>{plus}</c:plus><c:minus>{minus}</c:minus>'
    '<c:spPr><a:ln w="22225"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
)


def chart_slide(slides: Presentation, content: Content, chart: Chart, notes: Sequence[str]) -> None:
    """Show a chart that can be edited.

    Parameters
    ----------
    slides : Presentation
    content : Content
    chart : Chart
    notes : sequence of str
    """
    from pptx.util import Inches

    on = slide(slides, content, chart.finding, notes)
    box(on, [chart.subtitle], content, BODY_TOP - 0.05, _SUBTITLE_HEIGHT, 13, SUBTLE)
    top = BODY_TOP + _SUBTITLE_HEIGHT
    several = len(chart.series) > 1
    if several and chart.kind == "bars":
        top += _legend(on, content, chart, top)
    kind, data = _data(chart)
    native = on.shapes.add_chart(kind, *map(Inches, (MARGIN, top, inner(), BODY_END - top)), data).chart
    native.font.size, native.font.name = points(14), FONT
    native.has_title = False
    native.has_legend = several and chart.kind != "bars"
    if native.has_legend:
        from pptx.enum.chart import XL_LEGEND_POSITION

        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(native, chart)
    for drawn, series in zip(native.plots[0].series, chart.series, strict=True):
        _paint(drawn, chart, series)


def _legend(on: Slide, content: Content, chart: Chart, top: float) -> float:
    """Name the bars in their order from above, which office programs keep or turn round; returns its height."""
    names = [series.name.replace(" ", NO_BREAK) for series in chart.series]
    rows = lines("   ".join(f"\u25a0{NO_BREAK}{name}" for name in names), inner(), _LEGEND_SIZE)
    height = rows * _LEGEND_SIZE * LINE / 72.0 + 0.1
    frame = box(on, [""], content, top, height, _LEGEND_SIZE, INK).text_frame
    for name, series in zip(names, chart.series, strict=True):
        for text, colour in (("\u25a0", series.colours[0]), (f"{NO_BREAK}{name}   ", INK)):
            run = frame.paragraphs[0].add_run()
            run.text = text
            styled(run, content, _LEGEND_SIZE, colour)
    return height


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
    values.major_gridlines.format.line.color.rgb = rgb("#E6E6E6")
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
    others.tick_labels.font.size = points(next(points for most, points in _NAME_SIZES if lines <= most))
    others.major_tick_mark = XL_TICK_MARK.NONE
    others.format.line.color.rgb = rgb(SUBTLE)
    native.plots[0].gap_width = gap(chart)
    if chart.kind == "bars" and len(chart.series) > 1:
        native.plots[0].overlap = -5


def _paint(drawn: Any, chart: Chart, series: Series) -> None:
    if chart.kind == "lines":
        drawn.smooth = False
        drawn.format.line.width = points(3)
        drawn.format.line.color.rgb = rgb(series.colours[0])
        return
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = rgb(series.colours[0])
    if len(series.colours) > 1:
        for at, colour in enumerate(series.colours):
            fill = drawn.points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = rgb(colour)
    if series.low:
        _error_bars(drawn, series)
    elif len(chart.categories) * len(chart.series) <= _MOST_LABELS:
        _labels(drawn, chart)


def _labels(drawn: Any, chart: Chart) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    labels = drawn.data_labels
    labels.show_value = True
    labels.font.size = points(11)
    plain = number_format([each for series in chart.series for each in series.values])
    if chart.kind == "stacked":
        # a short piece of a bar has no room for its number
        plain = f'[<{_SMALLEST_LABEL_SHARE * longest(chart):.6g}]"";{plain}'
        labels.font.color.rgb = rgb("#FFFFFF")
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
    frame.paragraphs[0].font.size, frame.paragraphs[0].font.bold = points(13), False
