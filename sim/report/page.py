"""The report as one page that works without a network."""

from __future__ import annotations

from html import escape

from sim.figures.plain_page import drawn, html_page
from sim.figures.style import sentence
from sim.labels import language
from sim.messages import say
from sim.report.drawing import drawing
from sim.report.parts import Amount, Cell, Content, Paragraph, Section, Table
from sim.report.words import said

__all__ = ["page"]

_STYLE = """
body{font:17px/1.45 Arial,"Liberation Sans",sans-serif;color:#222;margin:0 auto;max-width:1400px;padding:16px 28px 60px}
h1{font-size:32px;margin:.3em 0 0}.subtitle{font-size:18px;color:#555;margin:.2em 0 1em}
nav{font-size:15px;border-bottom:2px solid #e6e6e6;padding-bottom:10px}nav a{color:#0072B2;margin-right:18px}
section{margin-top:44px;border-top:2px solid #e6e6e6;padding-top:6px}
.about{font-size:15px;color:#555;margin:.4em 0 0;text-transform:uppercase;letter-spacing:.06em}
h2{font-size:25px;line-height:1.25;margin:.15em 0 .5em}h3{font-size:18px;margin:1.5em 0 .3em}
p,li{max-width:1100px}li{margin:.25em 0}p{overflow-wrap:anywhere}
table{border-collapse:collapse;font-size:15px}
th,td{padding:4px 16px 4px 0;border-bottom:1px solid #e6e6e6;text-align:left;vertical-align:top}
th.n,td.n{text-align:right}td.n{white-space:nowrap}td:first-child{min-width:11em}th{color:#555;vertical-align:bottom}code{font-size:14px}
summary{font-size:18px;font-weight:bold;margin:1.2em 0 .3em;cursor:pointer}
@media print{details{display:block}nav{display:none}}
"""
_LONG = 60


def page(content: Content) -> str:
    """Write a report as one HTML page; the library that draws is inside, opening it sends no request.

    Parameters
    ----------
    content : Content

    Returns
    -------
    str
        The same for the same content, byte for byte.
    """
    links = "".join(f'<a href="#{part.name}">{escape(part.heading)}</a>' for part in content.sections)
    with language(content.language):
        contents = say("report.contents")
        body = "\n".join(_section(part) for part in content.sections)
    caveats = "".join(f'<p class="caveat">{escape(text)}</p>\n' for text in content.caveats)
    head = (
        f"<h1>{escape(content.title)}</h1>\n"
        f'<p class="subtitle">{escape(content.subtitle)}</p>\n'
        f"{caveats}"
        f'<nav aria-label="{escape(contents)}">{links}</nav>'
    )
    with language(content.language):
        return html_page(content.title, _STYLE, f"{head}\n{body}")


def _section(part: Section) -> str:
    figures = part.figures or [drawing(chart) for chart in part.charts]
    drawings = [drawn(figure, f"{part.name}-{at}") for at, figure in enumerate(figures, start=1)]
    is_said = any(said(figure)[0] == sentence(part.finding) for figure in part.figures)
    title = "" if is_said else f"<h2>{escape(sentence(part.finding))}</h2>"
    parts = [
        f'<section id="{part.name}">\n<p class="about">{escape(part.heading)}</p>',
        title,
        *drawings,
        *(_paragraph(each) for each in (*part.paragraphs, *part.more) if each),
        *(_table(table, table.title != part.finding) for table in part.tables_for("page")),
        "</section>",
    ]
    return "\n".join(each for each in parts if each)


def _paragraph(text: Paragraph) -> str:
    if isinstance(text, str):
        return f"<p>{escape(text)}</p>"
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in text) + "</ul>"


def _table(table: Table, titled: bool) -> str:
    numeric = [any(isinstance(row[column], Amount) for row in table.rows) for column in range(len(table.heads))]
    head = "".join(_cell("th", text, number) for text, number in zip(table.heads, numeric, strict=True))
    rows = "\n".join(
        "<tr>" + "".join(_cell("td", cell, number) for cell, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in table.rows
    )
    inner = f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'
    title = escape(sentence(table.title))
    if len(table.rows) > _LONG:
        return f"<details>\n<summary>{title}</summary>\n{inner}\n</details>"
    return f"<h3>{title}</h3>\n{inner}" if titled else inner


def _cell(tag: str, cell: Cell, number: bool) -> str:
    kind = ' class="n"' if number else ""
    return f"<{tag}{kind}>{escape(str(cell))}</{tag}>"
