"""What a report is made of: sections of paragraphs, tables, figures and charts, alike for page, deck and workbook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from sim.labels import label, signed, value

__all__ = [
    "Amount",
    "Cell",
    "Chart",
    "Content",
    "Paragraph",
    "Section",
    "Series",
    "Table",
    "bounds",
    "decimals",
    "ends",
    "gap",
    "longest",
    "named",
    "number_format",
    "with_decimals",
]

Where = Literal["page", "deck", "workbook"]
_EVERYWHERE: tuple[Where, ...] = ("page", "deck", "workbook")


@dataclass(frozen=True)
class Amount:
    """A number in a table, with what it takes to write it.

    Parameters
    ----------
    value : float
        As it was computed; NaN where there is none.
    unit : str
        As in `sim.kpis`: a share is written in per cent, its difference in percentage points.
    signed : bool
        A difference, which has a plus where it is positive.

    Examples
    --------
    >>> str(Amount(0.0563, "share", signed=True)), str(Amount(float("nan"), "min"))
    ('+5.63', '-')
    """

    value: float
    unit: str
    signed: bool = False

    def __str__(self) -> str:
        return signed(self.value, self.unit) if self.signed else value(self.value, self.unit)


Cell = str | Amount
Paragraph = str | tuple[str, ...]
"""A text, or the items of a list."""


@dataclass(frozen=True)
class Table:
    """Rows below their heads.

    Parameters
    ----------
    title : str
        On a slide of its own, what it says.
    heads : tuple of str
    rows : tuple of tuple of Cell
    where : tuple of {"page", "deck", "workbook"}
    notes : tuple of str
        For the notes of its slides.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    where: tuple[Where, ...] = _EVERYWHERE
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """One series of a chart.

    Parameters
    ----------
    name : str
    values : tuple of float
        One per category; of ``lines``, the heights.
    colours : tuple of str
        ``#RRGGBB``; one for all, or one per value.
    low, high : tuple of float
        Ends of the interval around each value; empty where there is none.
    at : tuple of float
        Of ``lines``: where each value stands on the horizontal axis.
    """

    name: str
    values: tuple[float, ...]
    colours: tuple[str, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    at: tuple[float, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart that deck and workbook draw natively, so that whoever gets it can edit it.

    Parameters
    ----------
    kind : {"bars", "stacked", "lines"}
    finding : str
        What it shows, as a sentence: the title of its slide.
    subtitle : str
        What is drawn, and how sure it is.
    axis : str
        Title of the axis of the values, with their unit.
    categories : tuple of str
        Empty for ``lines``.
    series : tuple of Series
    notes : tuple of str
        Definitions.
    across : str
        Of ``lines``: title of the horizontal axis.
    """

    kind: Literal["bars", "stacked", "lines"]
    finding: str
    subtitle: str
    axis: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    across: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a report.

    Parameters
    ----------
    name : str
        Tells it from the others; anchor on the page.
    heading : str
        What it is about, in a word or two; also the name of its sheet.
    finding : str
        What was found, as a sentence.
    paragraphs : tuple of Paragraph
    tables : tuple of Table
    figures : tuple of Figure
        For the page.
    charts : tuple of Chart
        For deck and workbook; each is a slide.
    notes : tuple of str
        Definitions, for the notes of slides.
    more : tuple of Paragraph
        What a slide has no room for.
    brief : tuple of str
        What a slide says instead of the paragraphs, which stand in its notes; empty where they are short.
    headline : str
        Title of that slide, if it is not the finding, which then stands below it.
    """

    name: str
    heading: str
    finding: str
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[go.Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    more: tuple[Paragraph, ...] = ()
    brief: tuple[str, ...] = ()
    headline: str = ""

    def tables_for(self, where: Where) -> list[Table]:
        """The tables of page, deck or workbook."""
        return [table for table in self.tables if where in table.where and table.rows]


@dataclass(frozen=True)
class Content:
    """All that page, deck and workbook say.

    Parameters
    ----------
    language : str
    title, subtitle : str
    caveats : tuple of str
        What must be known before anything is read; a copy of the company is no answer about its size.
    sections : sequence of Section
    """

    language: str
    title: str
    subtitle: str
    caveats: tuple[str, ...]
    sections: Sequence[Section]


def named(name: str, given: str | None) -> str:
    """What the scenario calls something, else its name as a label."""
    return given or label(name)


def number_format(values: Sequence[float], signed: bool = False) -> str:
    """Choose a number format of office programs that shows the largest of some numbers with three digits.

    Examples
    --------
    >>> number_format([12.3, 0.5]), number_format([1234.5]), number_format([0.5], signed=True)
    ('#,##0.0', '#,##0', '+#,##0.000;-#,##0.000;0')
    """
    return with_decimals(decimals(values), signed)


def with_decimals(count: int, signed: bool = False) -> str:
    """Number format of office programs with so many decimals."""
    plain = "#,##0" + ("." + "0" * count if count else "")
    return f"+{plain};-{plain};0" if signed else plain


def decimals(values: Sequence[float], digits: int = 3) -> int:
    """How many decimals show the largest of some numbers with so many digits; of whole numbers none.

    Examples
    --------
    >>> decimals([12.3, 0.5]), decimals([0.0123], digits=1), decimals([7.0, 3.0])
    (1, 2, 0)
    """
    known = [abs(each) for each in values if not math.isnan(each)]
    if all(each == int(each) for each in known):
        return 0
    return min(6, max(0, digits - 1 - math.floor(math.log10(max(known)))))


def gap(chart: Chart) -> int:
    """Room between the categories of a bar chart, in per cent of a bar; a lonely bar shall not fill the chart."""
    beside = len(chart.series) if chart.kind == "bars" else 1
    return 60 if len(chart.categories) * beside > 2 else 250


def longest(chart: Chart) -> float:
    """Length of the longest bar of a stacked chart."""
    return max(map(sum, zip(*(series.values for series in chart.series), strict=True)), default=0.0)


def bounds(chart: Chart) -> tuple[float, float]:
    """Both ends of the axis of values of a bar chart: 0, every bar and every interval lie between them.

    Examples
    --------
    >>> bounds(Chart("bars", "", "", "", ("a",), (Series("", (-64.0,), ("#000000",), (-79.7,), (-48.3,)),)))
    (-80.0, 0.0)
    """
    if chart.kind == "stacked":
        return 0.0, longest(chart)
    every = [each for series in chart.series for each in (*series.values, *series.low, *series.high)]
    known = [0.0, *(each for each in every if not math.isnan(each))]
    span = (max(known) - min(known)) or 1.0
    step = next(
        size
        for power in range(-12, 15)
        for size in (10.0**power, 2.0 * 10.0**power, 5.0 * 10.0**power)
        if span / size <= 8.0
    )
    return math.floor(min(known) / step) * step + 0.0, math.ceil(max(known) / step) * step + 0.0


def ends(chart: Chart) -> tuple[int, int, int]:
    """Both ends of the horizontal axis of a chart of lines, and the step between its ticks."""
    along = [at for series in chart.series for at in series.at if not math.isnan(at)] or [0.0]
    step = max(1, math.ceil((max(along) - min(along)) / 12))
    return step * math.floor(min(along) / step), step * math.ceil(max(along) / step), step
