"""What a report says about the case itself: the company, its assumptions, the limits of the answer, the measures."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sim.figures.style import BAD, NEUTRAL, joined, sentence
from sim.kpis import catalogue
from sim.labels import kpi_label, label, number, unit_label
from sim.messages import definition, say
from sim.report.parts import Amount, Cell, Chart, Section, Series, Table, named
from sim.report.words import paragraphs, plain

if TYPE_CHECKING:
    from sim.comparison import Comparison
    from sim.scenario import Document, Touchpoint

__all__ = ["assumptions", "company", "definitions", "limits"]

_SLOTS_PER_HOUR = 4.0
_MIN_PER_WEEK = 7 * 24 * 60.0
_NOTHING = float("nan")
_IN_FULL: tuple[Literal["page"], Literal["workbook"]] = ("page", "workbook")
"""Where a table has room that no slide has."""


def company(result: Comparison) -> Section:
    """Who the customers are, where they are served, what they need, and what the company could do."""
    document = result.scenario.document
    customers = sum(float(segment.customers) for segment in document.segments.values())
    finding = say(
        "company.finding",
        customers=number(customers, 12),
        segments=len(document.segments),
        touchpoints=joined([label(name) for name in document.touchpoints]),
        needs=len(document.needs),
    )
    segments = Table(
        say("company.segments", count=len(document.segments)),
        tuple(say(key) for key in ("segment", "customers", "company.rate")),
        tuple(
            (
                named(name, segment.label),
                Amount(float(segment.customers), "customers"),
                Amount(sum(map(float, segment.needs_per_year.values())), "per year"),
            )
            for name, segment in document.segments.items()
        ),
        _IN_FULL,
    )
    touchpoints = Table(
        say("company.touchpoints", count=len(document.touchpoints)),
        tuple(say(f"company.{key}") for key in ("touchpoint", "kind", "hours", "agents", "wage", "per contact")),
        tuple(_touchpoint(name, touchpoint) for name, touchpoint in document.touchpoints.items()),
        _IN_FULL,
    )
    needs = Table(
        say("company.needs", count=len(document.needs)),
        (say("need"), say("company.served at"), say("company.requires")),
        tuple(
            (
                named(name, need.label),
                ", ".join(label(place) for place in need.served_at),
                ", ".join(label(fact) for fact in need.requires) or "-",
            )
            for name, need in document.needs.items()
        ),
        _IN_FULL,
    )
    return Section(
        "company",
        say("company.heading"),
        finding,
        (_at_a_glance(document),),
        (segments, touchpoints, needs, _strategies(result), _levers(document)),
        notes=(say("company.note"),),
        more=paragraphs(document.description),
    )


def _at_a_glance(document: Document) -> tuple[str, ...]:
    segments = [
        say("company.of", name=named(name, segment.label), count=number(float(segment.customers), 12))
        for name, segment in document.segments.items()
    ]
    places = [
        say("company.of", name=named(name, place.label), count=label(place.kind))
        for name, place in document.touchpoints.items()
    ]
    needs = [named(name, need.label) for name, need in document.needs.items()]
    return tuple(
        f"{sentence(label(what))}: {'; '.join(told)}"
        for what, told in (("segments", segments), ("touchpoints", places), ("needs", needs))
    )


def _touchpoint(name: str, part: Touchpoint) -> tuple[str | Amount, ...]:
    staff = "-"
    if part.agents is not None:
        agents = part.agents.slots(part.open)
        on_duty = [count for count, is_open in zip(agents, part.open.slots, strict=True) if is_open] or [0]
        least, most = number(min(on_duty)), number(max(on_duty))
        staff = least if least == most else say("interval", low=least, high=most)
    return (
        named(name, part.label),
        label(part.kind),
        Amount(sum(part.open.slots) / _SLOTS_PER_HOUR, "h"),
        staff,
        Amount(float(part.wage) if part.agents is not None else _NOTHING, "EUR per hour"),
        Amount(float(part.cost_per_contact), "EUR"),
    )


def _strategies(result: Comparison) -> Table:
    """Which levers every strategy uses; those that reach equally far stand together."""
    document = result.scenario.document
    rows: list[tuple[Cell, ...]] = []
    for strategy in result.strategies:
        by_coverage: dict[float, list[str]] = {}
        for name, use in document.strategies[strategy].levers.items():
            by_coverage.setdefault(float(use.coverage), []).append(named(name, document.levers[name].label))
        rows += [(label(strategy), Amount(share, "share"), "; ".join(names)) for share, names in by_coverage.items()]
        if not by_coverage:
            rows.append((label(strategy), Amount(_NOTHING, "share"), say("company.no levers")))
    counts = [len(document.strategies[strategy].levers) for strategy in result.strategies]
    title = say("company.strategies", count=len(document.levers), least=min(counts), most=max(counts))
    return Table(title, tuple(say(key) for key in ("strategy", "company.coverage", "company.levers")), tuple(rows))


def _levers(document: Document) -> Table:
    heads = tuple(say(f"company.{key}") for key in ("lever", "one-off", "running", "lead time", "ramp"))
    once, monthly = (
        sum(float(cost) for cost in costs)
        for costs in (
            [lever.one_off for lever in document.levers.values()],
            [lever.running for lever in document.levers.values()],
        )
    )
    return Table(
        say("company.cost of levers", once=number(once, 12), monthly=number(monthly, 12)),
        heads,
        tuple(
            (
                named(name, lever.label),
                Amount(float(lever.one_off), "EUR"),
                Amount(float(lever.running), "EUR per month"),
                Amount(float(lever.lead_time) / _MIN_PER_WEEK, "weeks"),
                Amount(float(lever.ramp) / _MIN_PER_WEEK, "weeks"),
            )
            for name, lever in document.levers.items()
        ),
    )


def assumptions(result: Comparison) -> Section:
    """The register of all numbers with their sources, and how many have none."""
    register = result.scenario.assumptions()
    assumed = int(register["assumption"].sum())
    without, with_source = say("assumptions.assumed"), say("assumptions.sourced")
    section = register["path"].str.split(".").str[0]
    counts = pd.crosstab(section, register["assumption"]).reindex(columns=[False, True], fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    finding = say("assumptions.finding", assumed=assumed, count=len(register))
    chart = Chart(
        "stacked",
        finding,
        say("assumptions.subtitle"),
        say("assumptions.axis"),
        tuple(sentence(label(name)) for name in counts.index),
        (
            Series(with_source, tuple(map(float, counts[False])), (NEUTRAL,)),
            Series(without, tuple(map(float, counts[True])), (BAD,)),
        ),
        (say("assumptions.note"),),
    )
    numbers = Table(
        say("assumptions.register", count=len(register)),
        tuple(say(key) for key in ("path", "value", "low", "high", "unit", "source", "assumptions.kind")),
        tuple(
            (
                row["path"],
                Amount(row["value"], row["unit"]),
                Amount(row["low"], row["unit"]),
                Amount(row["high"], row["unit"]),
                "%" if row["unit"] == "share" else unit_label(row["unit"]),
                plain(row["source"]) if isinstance(row["source"], str) else "-",
                without if row["assumption"] else with_source,
            )
            for row in register.to_dict("records")
        ),
        _IN_FULL,
    )
    described = result.scenario.document.sources
    sources = Table(
        say("assumptions.sources", count=len(described)),
        (say("source"), say("assumptions.text")),
        tuple((name, plain(text)) for name, text in described.items()),
        _IN_FULL,
    )
    return Section(
        "assumptions",
        say("assumptions.heading"),
        finding,
        tables=(numbers, sources),
        charts=(chart,),
        more=(say("assumptions.note"),),
    )


def limits(result: Comparison) -> Section:
    """What the answer does not say."""
    register = result.scenario.assumptions()
    decision = result.scenario.document.decision
    known = [
        say("limits.assumptions", assumed=int(register["assumption"].sum()), count=len(register)),
        say("limits.luck", percent=number(100 * float(decision.confidence)), pairs=result.pairs)
        if result.pairs > 1
        else say("verdict.not sure"),
        say("limits.primary"),
        say("limits.twins"),
        say("limits.model"),
        say("limits.money"),
    ]
    known += result.caveats
    if result.scenario.warnings:
        known.append(say("limits.warnings", count=len(result.scenario.warnings)))
    repeat = say(
        "limits.repeat",
        pairs=result.pairs,
        seed=result.seed,
        scale=number(result.scale),
        version=version("journeysim"),
        digest=result.scenario.digest,
    )
    return Section("limits", say("limits.heading"), say("limits.finding"), (tuple(known),), more=(repeat,))


def definitions(result: Comparison) -> Section:
    """What every KPI means."""
    kpis = catalogue(result.scenario)
    table = Table(
        say("definitions.table", count=len(kpis)),
        (say("kpi"), say("unit"), say("definitions.better"), say("definitions.definition")),
        tuple(
            (
                sentence(kpi_label(kpi.name)),
                "%" if kpi.unit == "share" else unit_label(kpi.unit),
                say(f"definitions.{kpi.better}"),
                definition(kpi.name, kpi.definition),
            )
            for kpi in kpis
        ),
        _IN_FULL,
    )
    return Section("definitions", say("definitions.heading"), say("definitions.finding"), tables=(table,))
