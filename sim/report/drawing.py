"""Charts of a report drawn for its page, where no figure says more."""

from __future__ import annotations

import plotly.graph_objects as go

from sim.figures.style import INK, finished, rounded
from sim.report.parts import Chart, Series

__all__ = ["drawing"]

_PLAIN = ",~f"  # 10,000 and not 10k
_BAR, _GAP, _LINES = 20, 18, 340  # pixels


def drawing(chart: Chart) -> go.Figure:
    """Draw a chart as a figure that looks like the others.

    Parameters
    ----------
    chart : Chart
    """
    legend = len(chart.series) > 1
    if chart.kind == "lines":
        figure = go.Figure([_line(series) for series in chart.series])
        figure.add_hline(y=0, line={"color": INK, "width": 1})
        figure.update_xaxes(title_text=chart.across, showgrid=False)
        figure.update_yaxes(title_text=chart.axis, tickformat=_PLAIN)
        return finished(figure, chart.finding, chart.subtitle, _LINES, legend)
    figure = go.Figure([_bars(chart, series) for series in chart.series])
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text=chart.axis, tickformat=_PLAIN)
    beside = len(chart.series) if chart.kind == "bars" else 1
    height = max(160, len(chart.categories) * (max(2, beside) * _BAR + _GAP))
    finished(figure, chart.finding, chart.subtitle, height, legend)
    return figure.update_layout(barmode="stack" if chart.kind == "stacked" else "group")


def _line(series: Series) -> go.Scatter:
    return go.Scatter(
        name=series.name,
        x=rounded(series.at),
        y=rounded(series.values, 5),
        mode="lines",
        line={"color": series.colours[0], "width": 3},
    )


def _bars(chart: Chart, series: Series) -> go.Bar:
    bar = go.Bar(
        name=series.name,
        orientation="h",
        x=rounded(series.values, 5),
        y=[name.replace("\n", "  <br>") + "  " for name in chart.categories],
        marker={"color": list(series.colours) if len(series.colours) > 1 else series.colours[0]},
    )
    if series.low:
        ends = list(zip(series.values, series.low, series.high, strict=True))
        bar.error_x = {
            "type": "data",
            "array": rounded([high - middle for middle, _, high in ends]),
            "arrayminus": rounded([middle - low for middle, low, _ in ends]),
            "color": INK,
            "thickness": 1.5,
            "width": 4,
        }
    return bar
