"""What a report says first: what was asked, and the answer."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from sim.economics import business_case
from sim.figures.business_case import payback
from sim.figures.forest import finding
from sim.figures.style import sentence
from sim.labels import euros, label, number
from sim.messages import say
from sim.output_analysis import Verdict
from sim.report.money import in_sentences, npv
from sim.report.parts import Section
from sim.report.words import blocks, plain

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["question", "ranked"]

Row = dict[Hashable, Any]


def question(result: Comparison) -> Section:
    """What was asked, and the answer: what was found, what it means in money, and the verdicts."""
    document = result.scenario.document
    asked = plain(document.question)
    answer = tuple(sentence(head) for head, items in blocks(str(result.verdict)) if items or not result.verdict.rows)
    found = f"{sentence(finding(result))}."
    how = say("question.how", pairs=result.pairs)
    money = in_sentences(result)
    rows: list[Row] = business_case(result).table.to_dict("records") if money else []
    return Section(
        "question",
        say("question.heading"),
        asked or document.name,
        (found, money, answer, how),
        brief=(found, *_worth(result, rows), how),
        headline=_headline(result, rows),
    )


def ranked(result: Comparison) -> list[tuple[str, int, int]]:
    """Strategies with the number of primary KPIs that are better and worse; most better first, then fewest worse."""
    rows = result.verdict.rows

    def count(strategy: str, verdict: Verdict) -> int:
        return sum((row.strategy, row.verdict) == (strategy, verdict) for row in rows)

    found = [(name, count(name, Verdict.BETTER), count(name, Verdict.WORSE)) for name in result.strategies[1:]]
    return sorted(found, key=lambda each: (-each[1], each[2]))


def _headline(result: Comparison, rows: list[Row]) -> str:
    """The answer in a line: the strategy that is better on most KPIs, and its money; empty without primary KPIs."""
    if not result.verdict.rows:
        return ""
    strategy, better, worse = ranked(result)[0]
    if not better:
        return say("answer.none better")
    count = len({row.kpi for row in result.verdict.rows})
    title = say("answer.better", strategy=label(strategy), better=better, all=count, worse=worse)
    row = next((row for row in rows if row["strategy"] == strategy), None)
    if row is None or row["verdict"] == Verdict.NOT_ENOUGH_EVIDENCE:
        return title
    return say("answer.worth", title=title, eur=euros(row["npv_eur"]))


def _worth(result: Comparison, rows: list[Row]) -> list[str]:
    """What the strategy better on most KPIs is worth, which are worth most and least, and when money is back."""
    if not rows:
        return []
    percent = number(100.0 * float(result.scenario.document.decision.confidence))
    case = business_case(result)
    first = ranked(result)[0][0]
    by_worth = sorted(rows, key=lambda row: -row["npv_eur"])
    chosen = {first: "worth of"}
    if len(rows) > 1:
        chosen |= {by_worth[0]["strategy"]: "highest", by_worth[-1]["strategy"]: "lowest"}
    by_name = {row["strategy"]: row for row in rows}
    told = [
        say(f"answer.{what}", strategy=label(name), horizon=case.duration, **npv(by_name[name], percent))
        for name, what in chosen.items()
    ]
    return [*told, f"{sentence(payback(case))}."]
