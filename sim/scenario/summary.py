"""How a scenario prints itself."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from sim.scenario.schema import Touchpoint

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

__all__ = ["as_html", "as_text", "lines"]

_WARNINGS_SHOWN = 5

Line = tuple[str, list[str]]


def lines(scenario: Scenario) -> list[Line]:
    """Headings with what stands under them."""
    document = scenario.document
    register = scenario.assumptions()
    assumptions = int(register["assumption"].sum())
    found: list[Line] = [("scenario", [f"{document.name} ({scenario.file})"])]
    if document.question:
        found.append(("question", [" ".join(document.question.split())]))
    customers = {name: int(float(segment.customers)) for name, segment in document.segments.items()}
    found += [
        ("segments", [f"{name}: {number:,} customers" for name, number in customers.items()]),
        ("touchpoints", [f"{name}: {_touchpoint(each)}" for name, each in document.touchpoints.items()]),
        ("needs", [f"{name}: at {', '.join(need.served_at)}" for name, need in document.needs.items()]),
        (
            "strategies",
            [
                f"{name}{' (baseline)' if position == 0 else ''}: {', '.join(strategy.levers) or 'no levers'}"
                for position, (name, strategy) in enumerate(document.strategies.items())
            ],
        ),
        ("numbers", [f"{len(register) - assumptions} with a source, {assumptions} assumptions"]),
    ]
    if scenario.warnings:
        shown = [str(problem) for problem in scenario.warnings[:_WARNINGS_SHOWN]]
        more = len(scenario.warnings) - len(shown)
        found.append((f"{len(scenario.warnings)} warnings", shown + ([f"and {more} more"] if more else [])))
    return found


def _touchpoint(touchpoint: Touchpoint) -> str:
    week = "always open" if all(touchpoint.open.slots) else f"open {sum(touchpoint.open.slots) / 4:g} h a week"
    if touchpoint.agents is None:
        return f"{'self-service' if touchpoint.kind == 'self_service' else 'answered later'}, {week}"
    agents = touchpoint.agents.slots(touchpoint.open)
    least = min((number for number, is_open in zip(agents, touchpoint.open.slots, strict=True) if is_open), default=0)
    staff = f"{least}" if least == max(agents) else f"{least} to {max(agents)}"
    return f"{staff} agent{'' if max(agents) == 1 else 's'}, {week}"


def as_text(found: list[Line]) -> str:
    """Plain text, one heading per block."""
    width = max(len(heading) for heading, _ in found) + 2
    return "\n".join(
        f"{heading if position == 0 else '':<{width}}{entry}"
        for heading, entries in found
        for position, entry in enumerate(entries)
    )


def as_html(found: list[Line]) -> str:
    """Lay out a small table for notebooks."""
    rows = "".join(
        f'<tr><th style="text-align:left;vertical-align:top">{html.escape(heading)}</th>'
        f'<td style="text-align:left">{"<br>".join(map(html.escape, entries))}</td></tr>'
        for heading, entries in found
    )
    return f"<table>{rows}</table>"
