"""What a report says: one section after the other, from a comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.labels import label, language, number, spoken
from sim.messages import say
from sim.report.answer import question
from sim.report.case import assumptions, company, definitions, limits
from sim.report.findings import comparison, flows, frustrations, twins
from sim.report.money import business_case
from sim.report.parts import Content, Section
from sim.scenario.own_names import own_names

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["SECTIONS", "content"]

SECTIONS: tuple[Callable[[Comparison], Section | None], ...] = (
    question,
    comparison,
    business_case,
    frustrations,
    flows,
    twins,
    company,
    assumptions,
    limits,
    definitions,
)
"""The sections in their order, each from a comparison; one that has nothing to say is None."""


def content(result: Comparison, spoken_language: str = "en") -> Content:
    """Gather all that a report says.

    Parameters
    ----------
    result : Comparison
    spoken_language : {"en", "de"}
        Texts of the scenario file stay as their author wrote them.

    Returns
    -------
    Content
    """
    with language(spoken_language):
        names = own_names(result.scenario)
    with language(spoken_language, names):
        subtitle = say(
            "report.subtitle",
            others=", ".join(label(strategy) for strategy in result.strategies[1:]),
            baseline=label(result.baseline),
            pairs=result.pairs,
        )
        title, caveats = result.scenario.document.name, result.caveats
        if caveats:
            title, caveats = say("report.copy", title=title, scale=number(result.scale)), (*caveats, say("copy.totals"))
        return Content(
            language=spoken(),
            title=title,
            subtitle=subtitle,
            caveats=caveats,
            sections=tuple(section for make in SECTIONS if (section := make(result)) is not None),
        )
