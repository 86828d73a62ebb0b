"""The report as an Excel workbook: numbers as numbers with their formats, and charts that draw from its cells."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sim.figures.style import INK, SUBTLE, sentence, shown_value
from sim.labels import language
from sim.messages import say
from sim.report.parts import (
    Amount,
    Cell,
    Chart,
    Content,
    Section,
    Table,
    bounds,
    decimals,
    ends,
    gap,
    number_format,
    with_decimals,
)
from sim.report.settled import settled

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["workbook"]

_LONGEST_NAME = 31  # of a sheet, by Excel's rule
_WIDEST, _NARROWEST = 58, 11  # characters of a column
_LINE_POINTS = 15.5
_LONG = 40
"""Rows of a table that has a sheet of its own."""
_LINK = "#0072B2"
_TEXT_COLUMNS, _TEXT_WIDTH = 8, 120  # a text runs over so many columns, which have at least so many characters
_CHART_ROWS, _CHART_SIZE = 24, {"width": 980, "height": 450}


def workbook(content: Content) -> bytes:
    """Write a report as an Excel workbook, one sheet per section, and one per long table, which can be filtered.

    Parameters
    ----------
    content : Content

    Returns
    -------
    bytes
        The same for the same content.
    """
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    book.set_properties({"title": content.title, "author": "journeysim", "created": datetime(1980, 1, 1)})
    formats = _Formats(book)
    taken: set[str] = set()

    def sheet(name: str) -> _Sheet:
        return _Sheet(book, book.add_worksheet(name), name, formats)

    with language(content.language):
        for section in content.sections:
            long = [table for table in section.tables_for("workbook") if len(table.rows) > _LONG]
            short = replace(section, tables=tuple(table for table in section.tables if table not in long))
            alone = not (short.tables_for("workbook") or section.paragraphs or section.more or section.charts)
            heading = section.heading if alone else say("report.all rows", heading=section.heading)
            own = None if alone else _sheet_name(section.heading, taken)
            names = [_sheet_name(heading, taken) for _ in long]
            if own:
                sheet(own).fill(content, short, {table.title: name for table, name in zip(long, names, strict=True)})
            for table, name in zip(long, names, strict=True):
                sheet(name).fill_long(content, table)
    book.close()
    return settled(file.getvalue())


def _sheet_name(heading: str, taken: set[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", " ", heading)[:_LONGEST_NAME].strip() or "-"
    name, count = plain, 2
    while name.lower() in taken:
        name = f"{plain[: _LONGEST_NAME - 4]} ({count})"
        count += 1
    taken.add(name.lower())
    return name


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._known: dict[str, Format] = {}

    def get(self, **properties: Any) -> Format:
        key = repr(sorted(properties.items()))
        if key not in self._known:
            plain = {"font_name": "Arial", "font_size": 11, "font_color": INK, "valign": "top"}
            self._known[key] = self._book.add_format(plain | properties)
        return self._known[key]

    def of(self, amount: Amount, count: int) -> Format:
        """Number format of an amount with so many decimals, a share in per cent."""
        plain = with_decimals(count, amount.signed)
        return self.get(num_format=f"{plain}%" if _per_cent(amount) else plain, align="right")


def _per_cent(amount: Amount) -> bool:
    """Whether a cell shows a share in per cent; the difference of two is written in percentage points."""
    return amount.unit == "share" and not amount.signed


def _decimals(row: Sequence[Cell]) -> dict[str, int]:
    """Decimals by unit, so that what can be compared within a row is written alike.

    The largest number shows three digits, the largest difference as well; without differences, the smallest number
    shows at least one.
    """
    by_unit: dict[str, list[Amount]] = {}
    for cell in row:
        if isinstance(cell, Amount):
            by_unit.setdefault(cell.unit, []).append(cell)
    found = {}
    for unit, amounts in by_unit.items():
        differences, others = (
            [shown_value(each.value, unit) for each in amounts if each.signed is signed] for signed in (True, False)
        )
        smallest = min((abs(each) for each in others if each and not math.isnan(each)), default=0.0)
        least = 0 if differences else decimals([smallest], digits=1)
        found[unit] = max(decimals(differences), decimals(others), least)
    return found


class _Sheet:
    """A sheet that is filled from above to below."""

    def __init__(self, book: Workbook, sheet: Worksheet, name: str, formats: _Formats) -> None:
        self._book, self._sheet, self._name, self._formats = book, sheet, name, formats
        self._row = 0
        self._widths: dict[int, int] = {}
        self._breaks: list[int] = []

    def fill(self, content: Content, section: Section, elsewhere: dict[str, str]) -> None:
        """Write a section; titles of its long tables with the sheets on which they stand."""
        self._begin()
        self._set_widths(section)
        self._text(sentence(section.finding), font_size=16, bold=True)
        self._text(f"{content.title}: {content.subtitle}", font_color=SUBTLE)
        for caveat in content.caveats:
            self._text(caveat, bold=True)
        self._row += 1
        for paragraph in (*section.paragraphs, *section.more):
            for line in [paragraph] if isinstance(paragraph, str) else [f"•  {item}" for item in paragraph]:
                if line:
                    self._text(line)
        for title, name in elsewhere.items():
            text = say("report.on sheet", title=sentence(title), name=name)
            self._text(text, font_color=_LINK)
            self._sheet.write_url(
                self._row - 1, 0, f"internal:'{name}'!A1", self._formats.get(font_color=_LINK, text_wrap=True), text
            )
        for table in section.tables_for("workbook"):
            self._row += 1
            if table.title != section.finding:
                self._text(sentence(table.title), font_size=13, bold=True)
            self._rows(table.heads, table.rows)
        tops: list[int] = []
        for at, chart in enumerate(section.charts, start=1):
            self._row += 1
            self._breaks.append(self._row)
            self._text(f"{say('report.chart', number=at)}: {chart.finding}", font_size=13, bold=True)
            self._text(chart.subtitle, font_color=SUBTLE)
            tops.append(self._row)
            self._row += _CHART_ROWS
        for at, (chart, top) in enumerate(zip(section.charts, tops, strict=True), start=1):
            self._row += 1
            self._text(say("report.numbers", number=at), font_size=13, bold=True)
            self._sheet.insert_chart(top, 0, self._chart(chart))
        self._sheet.set_h_pagebreaks(self._breaks)

    def fill_long(self, content: Content, table: Table) -> None:
        """Write a long table: its heads stay in sight, and its rows can be filtered."""
        self._begin()
        self._set_widths(Section("", "", "", tables=(table,)))
        self._text(sentence(table.title), font_size=16, bold=True)
        self._text(" ".join((f"{content.title}: {content.subtitle}.", *content.caveats)), font_color=SUBTLE)
        first = self._rows(table.heads, table.rows)
        self._sheet.freeze_panes(first, 0)
        self._sheet.repeat_rows(first - 1)
        self._sheet.autofilter(first - 1, 0, self._row - 1, len(table.heads) - 1)

    def _begin(self) -> None:
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)

    def _set_widths(self, section: Section) -> None:
        """Columns are as wide as what stands in them; together, texts have room in them."""
        columns: dict[int, list[str]] = {at: [] for at in range(_TEXT_COLUMNS)}
        for table in section.tables_for("workbook"):
            for row in (tuple(word[:22] for word in table.heads), *table.rows):
                for at, cell in enumerate(row):
                    columns.setdefault(at, []).append(str(cell))
        for chart in section.charts:
            columns[0] += [name.replace("\n", ": ") for name in chart.categories]
        self._widths = {
            at: min(_WIDEST, max(_NARROWEST, *map(len, cells)) + 3) if cells else _NARROWEST
            for at, cells in columns.items()
        }
        missing = _TEXT_WIDTH - sum(self._widths[at] for at in range(_TEXT_COLUMNS))
        self._widths[_TEXT_COLUMNS - 1] += max(0, missing)
        for at, width in self._widths.items():
            self._sheet.set_column(at, at, width)

    def _text(self, text: str, **properties: Any) -> None:
        size = properties.get("font_size", 11)
        room = 0.95 * sum(self._widths[at] for at in range(_TEXT_COLUMNS))
        lines = math.ceil(len(text) * size / 11 / room)
        style = self._formats.get(text_wrap=True, **properties)
        self._sheet.merge_range(self._row, 0, self._row, _TEXT_COLUMNS - 1, text, style)
        self._sheet.set_row(self._row, lines * _LINE_POINTS * size / 11 + 2)
        self._row += 1

    def _rows(self, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
        """Write a table; returns its first row below the heads."""
        numeric = [any(isinstance(row[column], Amount) for row in rows) for column in range(len(heads))]
        for column, head in enumerate(heads):
            side = "right" if numeric[column] else "left"
            indent = 1 if column and side == "left" else 0
            style = self._formats.get(bold=True, bottom=1, text_wrap=True, align=side, valign="bottom", indent=indent)
            self._sheet.write_string(self._row, column, head, style)
        # bold letters are wider, and words do not break
        lines = max(math.ceil(1.35 * len(head) / self._widths.get(at, _NARROWEST)) for at, head in enumerate(heads))
        self._sheet.set_row(self._row, lines * _LINE_POINTS)
        self._row += 1
        first = self._row
        for row in rows:
            longest = 1
            count = _decimals(row)
            for column, cell in enumerate(row):
                self._cell(column, cell, count)
                if isinstance(cell, str):
                    longest = max(longest, math.ceil(len(cell) / _WIDEST))
            if longest > 1:
                self._sheet.set_row(self._row, longest * _LINE_POINTS)
            self._row += 1
        return first

    def _cell(self, column: int, cell: Cell, count: dict[str, int]) -> None:
        if isinstance(cell, str):
            style = self._formats.get(text_wrap=len(cell) > _WIDEST, align="left", indent=1 if column else 0)
            self._sheet.write_string(self._row, column, cell, style)
        elif math.isnan(cell.value):
            self._sheet.write_blank(self._row, column, None)
        else:
            amount = cell.value if _per_cent(cell) else shown_value(cell.value, cell.unit)
            self._sheet.write_number(self._row, column, amount, self._formats.of(cell, count[cell.unit]))

    def _chart(self, chart: Chart) -> Any:
        """Write what a chart draws; returns the chart."""
        drawn = self._lines(chart) if chart.kind == "lines" else self._bars(chart)
        every = [each for series in chart.series for each in series.values]
        drawn.set_legend({"position": "top"} if len(chart.series) > 1 else {"none": True})
        drawn.set_title({"none": True})
        drawn.set_size(_CHART_SIZE)
        grid = {"visible": True, "line": {"color": "#E6E6E6"}}
        values = {
            "name": chart.axis,
            "name_font": {"bold": False},
            "major_gridlines": grid,
            "num_format": number_format(every),
            "line": {"none": True},
        }
        if chart.kind == "lines":
            scale = dict(zip(("min", "max", "major_unit"), ends(chart), strict=True))
            across = {"name": chart.across, "name_font": {"bold": False}, "major_gridlines": {"visible": False}}
            drawn.set_x_axis(across | scale | {"num_format": "0", "label_position": "low"})
            drawn.set_y_axis(values | {"label_position": "low"})
        else:
            # of a bar chart, y is the axis of the categories; turned round, the first is on top
            names = {"reverse": True, "label_position": "low", "major_tick_mark": "none", "interval_unit": 1}
            drawn.set_y_axis(names)
            low, high = bounds(chart)
            drawn.set_x_axis(values | {"min": low, "max": high} | {"label_position": "high"})
        return drawn

    def _bars(self, chart: Chart) -> Any:
        heads = [""]
        columns: list[list[Cell]] = [[name.replace("\n", ": ") for name in chart.categories]]
        for series in chart.series:
            heads.append(series.name)
            columns.append([Amount(each, "") for each in series.values])
            if series.low:
                bounds = list(zip(series.values, series.low, series.high, strict=True))
                heads += ["+", "\u2212"]
                columns.append([Amount(high - middle, "") for middle, _, high in bounds])
                columns.append([Amount(middle - low, "") for middle, low, _ in bounds])
        first = self._rows(heads, list(zip(*columns, strict=True)))
        last = self._row - 1
        stacked = chart.kind == "stacked"
        drawn = self._book.add_chart({"type": "bar", "subtype": "stacked"} if stacked else {"type": "bar"})
        column = 1
        for series in chart.series:
            entry: dict[str, Any] = {
                "name": [self._name, first - 1, column],
                "categories": [self._name, first, 0, last, 0],
                "values": [self._name, first, column, last, column],
                "fill": {"color": series.colours[0]},
                "gap": gap(chart),
            }
            if len(series.colours) > 1:
                entry["points"] = [{"fill": {"color": colour}} for colour in series.colours]
            if series.low:
                plus, minus = (self._area(first, last, column + side) for side in (1, 2))
                line = {"color": INK, "width": 1.75}
                entry["y_error_bars"] = {"type": "custom", "plus_values": plus, "minus_values": minus, "line": line}
            drawn.add_series(entry)
            column += 3 if series.low else 1
        return drawn

    def _lines(self, chart: Chart) -> Any:
        drawn = self._book.add_chart({"type": "scatter", "subtype": "straight"})
        # lines that have their points in common share their column
        shared = len({series.at for series in chart.series}) == 1
        heads: list[str] = []
        columns: list[tuple[float, ...]] = []
        places: list[tuple[int, int]] = []
        for series in chart.series:
            if not (shared and columns):
                heads.append(chart.across)
                columns.append(series.at)
            across = 0 if shared else len(columns) - 1
            heads.append(series.name)
            columns.append(series.values)
            places.append((across, len(columns) - 1))
        units = [f"across {at}" if head == chart.across else "" for at, head in enumerate(heads)]
        rows = [
            [Amount(each, unit) for each, unit in zip(row, units, strict=True)]
            for row in zip_longest(*columns, fillvalue=math.nan)
        ]
        first = self._rows(heads, rows)
        for series, (across, column) in zip(chart.series, places, strict=True):
            last = first + len(series.at) - 1
            drawn.add_series(
                {
                    "name": [self._name, first - 1, column],
                    "categories": [self._name, first, across, last, across],
                    "values": [self._name, first, column, last, column],
                    "line": {"color": series.colours[0], "width": 3},
                    "marker": {"type": "none"},
                }
            )
        return drawn

    def _area(self, first: int, last: int, column: int) -> str:
        from xlsxwriter.utility import xl_range_abs

        return f"='{self._name}'!{xl_range_abs(first, column, last, column)}"
