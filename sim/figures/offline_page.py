"""The result of a comparison as one page that works without a network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sim.figures.by_type import frustrations
from sim.figures.forest import differences
from sim.figures.naming import by_own_names
from sim.figures.pairing import replications
from sim.figures.plain_page import drawn, html_page
from sim.figures.sankey import flows
from sim.figures.style import sentence, signed
from sim.labels import kpi_label, label, number, value

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["page"]

_STYLE = """
h2{font-size:22px;margin:1.6em 0 .4em}
.question{font-size:20px;margin:.2em 0 .6em}
.verdict{background:#f6f6f6;border-left:4px solid #8c8c8c;padding:4px 18px}.verdict p{margin:.5em 0}
.verdict ul{margin:.2em 0}
table{border-collapse:collapse;font-size:14px}th,td{padding:3px 12px 3px 0;border-bottom:1px solid #e6e6e6}
th,td{text-align:right}th:first-child,td:first-child,th:nth-child(2),td:nth-child(2),th:last-child,td:last-child{text-align:left}
"""


@by_own_names
def page(result: Comparison) -> str:
    """Write a comparison as one HTML page: question, verdict, figures, all KPIs, and what it takes to repeat it.

    Everything is inside the page, the library that draws included; opening it sends no request.

    Parameters
    ----------
    result : Comparison

    Returns
    -------
    str
        The same for the same result, byte for byte.
    """
    document = result.scenario.document
    figures = {
        "differences": differences(result),
        "frustrations": frustrations(result),
        **{f"flows-{strategy}": flows(result, strategy) for strategy in (result.baseline, result.strategies[-1])},
        "replications": replications(result),
    }
    register = result.scenario.assumptions()
    assumed = int(register["assumption"].sum())
    others = ", ".join(label(strategy) for strategy in result.strategies[1:])
    parts = [
        f"<h1>{escape(document.name)}: {escape(others)} against {escape(label(result.baseline))}</h1>",
        f'<p class="question">{escape(" ".join(document.question.split()))}</p>' if document.question else "",
        *(f'<p class="caveat">{escape(text)}</p>' for text in result.caveats),
        f'<h2>Verdict</h2>\n<div class="verdict">\n{_verdict(str(result.verdict))}\n</div>',
        *(drawn(figure, name) for name, figure in figures.items()),
        f"<h2>All KPIs</h2>\n{_table(result)}",
        "<h2>About this result</h2>",
        f"<p>{escape(' '.join(document.description.split()))}</p>" if document.description else "",
        f"<p>{len(register) - assumed} numbers of the scenario have a source, {assumed} are assumptions.</p>",
        '<p class="run">'
        f"{result.pairs} paired replication{'' if result.pairs == 1 else 's'}, "
        f"seed {result.seed}, scale {number(result.scale)}. "
        f"Scenario digest (SHA-256): {result.scenario.digest}</p>",
    ]
    body = "\n".join(part for part in parts if part)
    return html_page(document.name, _STYLE, body)


def _verdict(text: str) -> str:
    """Turn the printed verdict into paragraphs and lists, as wide as the page."""
    blocks = []
    for block in text.split("\n\n"):
        head, *items = (escape(" ".join(part.split())) for part in block.split("\n  - "))
        blocks.append(f"<p>{head}</p>")
        if items:
            blocks.append("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
    return "\n".join(blocks)


def _table(result: Comparison) -> str:
    confidence = number(100 * float(result.scenario.document.decision.confidence))
    heads = [
        "KPI",
        "strategy",
        label(result.baseline),
        "strategy's mean",
        "difference",
        f"{confidence} % interval",
        "verdict",
    ]
    lines = []
    for row in result.table.sort_values("primary", ascending=False, kind="stable").to_dict("records"):
        unit = row["unit"]
        no_interval = row["ci_low"] != row["ci_low"]
        cells = [
            sentence(kpi_label(row["kpi"])),
            label(row["strategy"]),
            value(row["baseline_mean"], unit),
            value(row["mean"], unit),
            signed(row["difference"], unit),
            "" if no_interval else f"{signed(row['ci_low'], unit)} to {signed(row['ci_high'], unit)}",
            label(row["verdict"]) if row["primary"] else "",
        ]
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    rows = "\n".join(lines)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'
