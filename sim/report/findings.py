"""What a report says about the comparison: the differences, what frustrates, where customers go, two lives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.figures.by_type import MOST_TYPES, largest_types
from sim.figures.by_type import frustrations as draw_frustrations
from sim.figures.forest import differences
from sim.figures.lives import twin_lines
from sim.figures.sankey import flows as draw_flows
from sim.figures.style import (
    BAD,
    GOOD,
    NEUTRAL,
    STRATEGY_COLOURS,
    SUBTLE,
    VERDICT_COLOURS,
    colours,
    joined,
    sentence,
    shown_value,
)
from sim.kpis import Kpi, catalogue
from sim.labels import kpi_label, label, number, unit_of_difference
from sim.messages import definition, kpi_name, say
from sim.output_analysis import Verdict
from sim.report.answer import ranked
from sim.report.parts import Amount, Cell, Chart, Paragraph, Section, Series, Table
from sim.report.words import blocks, said
from sim.scenario import MINUTES_PER_WEEK
from sim.verdicts import VerdictRow, interval_text

if TYPE_CHECKING:
    from sim.comparison import Comparison
    from sim.twins import Twins

__all__ = ["comparison", "flows", "frustrations", "twins"]

_TWINS = 3
_FEW = 2
"""So many strategies are named one by one in a title."""
_TYPE = "_per_100_journeys"
_OUTCOMES = {"resolved": GOOD, "given_up": BAD, "unfinished": NEUTRAL}
_OPEN = SUBTLE
"""Colour of what is not clear, where an empty marker cannot be drawn."""


def comparison(result: Comparison) -> Section:
    """Verdicts on the primary KPIs, all KPIs, and the forest plot."""
    figure = differences(result)
    finding, subtitle = said(figure)
    kpis = {kpi.name: kpi for kpi in catalogue(result.scenario)}
    primary = list(result.scenario.document.decision.primary)
    paragraphs: list[Paragraph] = []
    for head, items in blocks(str(result.verdict)):
        paragraphs += [head, items] if items else [head]
    rows = result.table.to_dict("records")
    # one bar says no more than its row of the table
    alone = len(result.strategies) == 2
    return Section(
        "comparison",
        say("comparison.heading"),
        finding,
        tables=(
            _verdicts(result, finding) if alone else _overview(result),
            _differences(result, say("comparison.all", count=len(kpis)), rows),
        ),
        figures=(figure,),
        charts=() if alone else tuple(_change(result, kpis[name], subtitle) for name in primary),
        notes=tuple(_defined(kpis[name]) for name in primary),
        more=tuple(paragraphs),
    )


def _verdicts(result: Comparison, title: str) -> Table:
    """The primary KPIs of one strategy, for a slide."""
    percent = number(100 * float(result.scenario.document.decision.confidence))
    heads = (
        *(say("kpi"), say("strategy"), say("comparison.baseline", baseline=label(result.baseline))),
        *(
            say("comparison.mean"),
            sentence(say("difference")),
            say("interval of", percent=percent),
            say("comparison.verdict"),
        ),
    )
    rows = []
    for row in result.verdict.rows:
        low, high = (str(Amount(end, row.unit, signed=True)) for end in (row.ci_low, row.ci_high))
        amounts = (
            Amount(row.baseline_mean, row.unit),
            Amount(row.mean, row.unit),
            Amount(row.difference, row.unit, True),
        )
        interval = say("interval", low=low, high=high)
        rows.append((sentence(kpi_label(row.kpi)), label(row.strategy), *amounts, interval, label(row.verdict.value)))
    return Table(title, heads, tuple(rows), ("deck",), tuple(sentence(str(row)) for row in result.verdict.rows))


def _overview(result: Comparison) -> Table:
    """What every strategy changes about every primary KPI, for a slide; who is better on most comes first."""
    order = ranked(result)
    by_kpi: dict[str, dict[str, VerdictRow]] = {}
    for row in result.verdict.rows:
        by_kpi.setdefault(row.kpi, {})[row.strategy] = row
    (best, better, worse), (last, fewest, more) = order[0], order[-1]
    title = say(
        "comparison.extremes",
        all=len(by_kpi),
        best=label(best),
        better=better,
        worse=worse,
        last=label(last),
        fewest=fewest,
        more=more,
    )
    heads = [
        f"{kpi_name(kpi)}, {unit_of_difference('share')}" if rows[best].unit == "share" else kpi_label(kpi)
        for kpi, rows in by_kpi.items()
    ]
    rows = tuple(
        (label(strategy), *(_changed(found[strategy]) for found in by_kpi.values())) for strategy, _, _ in order
    )
    return Table(title, (say("strategy"), *map(sentence, heads)), rows if by_kpi else (), ("deck",))


def _changed(row: VerdictRow) -> str:
    return f"{Amount(row.difference, row.unit, signed=True)}\n{label(row.verdict.value)}"


def _differences(result: Comparison, title: str, rows: list[dict[Any, Any]]) -> Table:
    percent = number(100 * float(result.scenario.document.decision.confidence))
    heads = (
        *(say("kpi"), say("strategy"), say("comparison.baseline", baseline=label(result.baseline))),
        *(say("comparison.mean"), sentence(say("difference")), say("comparison.low", percent=percent)),
        *(say("comparison.high", percent=percent), say("unit"), say("comparison.verdict")),
    )
    return Table(
        title,
        heads,
        tuple(
            (
                sentence(kpi_label(row["kpi"])),
                label(row["strategy"]),
                Amount(row["baseline_mean"], row["unit"]),
                Amount(row["mean"], row["unit"]),
                *(Amount(row[end], row["unit"], signed=True) for end in ("difference", "ci_low", "ci_high")),
                _unit(row["unit"]),
                label(row["verdict"]) if row["primary"] else "",
            )
            for row in rows
        ),
        ("page", "workbook"),
    )


def _unit(unit: str) -> str:
    return say("comparison.share unit") if unit == "share" else unit_of_difference(unit)


def _change(result: Comparison, kpi: Kpi, how_sure: str) -> Chart:
    """One KPI: what each strategy changes, with its interval."""
    rows = result.table[result.table["kpi"] == kpi.name].to_dict("records")
    unit = unit_of_difference(kpi.unit)
    verdicts = [row for row in result.verdict.rows if row.kpi == kpi.name]
    zone = float(rows[0]["indifference"])
    subtitle = say("comparison.zone", zone=str(Amount(zone, kpi.unit)), unit=unit, how_sure=how_sure)
    colour = [_OPEN if row.verdict is Verdict.NOT_ENOUGH_EVIDENCE else VERDICT_COLOURS[row.verdict] for row in verdicts]

    def shown(column: str) -> tuple[float, ...]:
        return tuple(shown_value(row[column], kpi.unit) for row in rows)

    return Chart(
        "bars",
        f"{sentence(kpi_name(kpi.name))}: {_found(verdicts)}",
        subtitle,
        say("comparison.axis", baseline=label(result.baseline), unit=unit, better=say(f"definitions.{kpi.better}")),
        tuple(_with_interval(row) for row in rows),
        (Series(say("difference"), shown("difference"), tuple(colour), shown("ci_low"), shown("ci_high")),),
        (_defined(kpi), *(sentence(f"{label(row.strategy)}: {row}") for row in verdicts)),
    )


def _found(rows: list[VerdictRow]) -> str:
    """Which strategies change a KPI, and how; of several alike the one that changes it most."""
    told = []
    for verdict in Verdict:
        alike = [row for row in rows if row.verdict is verdict]
        changed = [
            say("comparison.by", strategy=label(row.strategy), difference=str(Amount(row.difference, row.unit, True)))
            for row in sorted(alike, key=lambda row: -abs(row.difference))
        ]
        if alike and (len(rows) <= _FEW or (len(alike) == 1 and verdict in (Verdict.BETTER, Verdict.WORSE))):
            told.append(say("comparison.found", verdict=label(verdict), found=joined(changed)))
        elif alike:
            key = "most" if verdict in (Verdict.BETTER, Verdict.WORSE) else "count"
            told.append(
                say(f"comparison.{key}", verdict=label(verdict), count=len(alike), all=len(rows), by=changed[0])
            )
    return "; ".join(told)


def _with_interval(row: dict[Any, Any]) -> str:
    """A strategy and, below it, its difference with its interval where it has one."""
    difference = str(Amount(row["difference"], row["unit"], signed=True))
    if not math.isnan(row["ci_low"]):
        difference += f" ({interval_text(row['ci_low'], row['ci_high'], row['unit'])})"
    return f"{label(row['strategy'])}\n{difference}"


def frustrations(result: Comparison) -> Section | None:
    """Which frustrations happen, by type and strategy."""
    table = result.table[result.table["kpi"].str.endswith(_TYPE) & (result.table["kpi"] != f"frustrations{_TYPE}")]
    today = table.drop_duplicates("kpi").set_index("kpi")["baseline_mean"]
    means: dict[str, Mapping[Any, float]] = {result.baseline: today.to_dict()}
    for strategy, own in table.groupby("strategy", sort=False):
        means[str(strategy)] = own.set_index("kpi")["mean"].to_dict()
    every, _ = largest_types(means, result.baseline, len(today))
    if not every:
        return None
    figure = draw_frustrations(result)
    finding, _ = said(figure)
    colour = colours(result.scenario.strategies, STRATEGY_COLOURS)
    shown, rest = largest_types(means, result.baseline, MOST_TYPES)
    chart = Chart(
        "bars",
        finding,
        say("frustrations.subtitle", pairs=result.pairs),
        say("types.axis"),
        (*map(_type, shown), *([sentence(say("types.others", count=len(rest)))] if rest else [])),
        tuple(
            Series(
                label(strategy),
                (*(each[kpi] for kpi in shown), *([sum(each[kpi] for kpi in rest)] if rest else [])),
                (colour[strategy],),
            )
            for strategy, each in means.items()
        ),
        (say("frustrations.note"),),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_type(kpi), *(Amount(means[strategy][kpi], "events") for strategy in result.strategies)) for kpi in every
    )
    heads = (say("frustrations.type"), *(label(strategy) for strategy in result.strategies))
    by_type = Table(say("types.axis"), heads, rows, ("page", "workbook"))
    return Section(
        "frustrations", say("frustrations.heading"), finding, tables=(by_type,), figures=(figure,), charts=(chart,)
    )


def _type(kpi: str) -> str:
    return sentence(label(kpi.removesuffix(_TYPE)))


def flows(result: Comparison) -> Section:
    """Where customers go from contact to contact, and how their journeys end."""
    figures = tuple(draw_flows(result, strategy) for strategy in (result.baseline, ranked(result)[0][0]))
    findings = [said(figure)[0] for figure in figures]
    journeys = result.aggregates["journeys"]
    counts = journeys.groupby(["strategy", "outcome"], observed=True)["count"].sum().unstack(fill_value=0)
    shares = counts.mul(100.0 / counts.sum(axis=1), axis=0).reindex(
        index=list(result.strategies), columns=list(_OUTCOMES), fill_value=0.0
    )
    per_100 = {outcome: dict(zip(result.strategies, map(float, shares[outcome]), strict=True)) for outcome in _OUTCOMES}
    resolved = [
        say("flows.resolved", count=number(per_100["resolved"][name]), strategy=label(name))
        for name in result.strategies
    ]
    chart = Chart(
        "stacked",
        _resolved(resolved, per_100["resolved"]),
        say("flows.chart", pairs=result.pairs),
        say("flows.axis"),
        tuple(label(name) for name in result.strategies),
        tuple(
            Series(label(outcome), tuple(per_100[outcome].values()), (colour,)) for outcome, colour in _OUTCOMES.items()
        ),
        (say("flows.finding", resolved=joined(resolved)), *findings),
    )
    ends = Table(
        say("flows.axis"),
        (say("strategy"), *(label(outcome) for outcome in _OUTCOMES)),
        tuple(
            (label(name), *(Amount(per_100[outcome][name], "journeys") for outcome in _OUTCOMES))
            for name in result.strategies
        ),
        ("page", "workbook"),
    )
    return Section("flows", say("flows.heading"), findings[-1], tables=(ends,), figures=figures, charts=(chart,))


def _resolved(told: list[str], per_100: dict[str, float]) -> str:
    """Under which strategies most and fewest journeys are resolved; all of them, where they are few."""
    if len(told) <= _FEW + 1:
        return say("flows.finding", resolved=joined(told))
    most, fewest = (
        say("flows.by", strategy=label(name), count=number(per_100[name]))
        for name in (max(per_100, key=per_100.__getitem__), min(per_100, key=per_100.__getitem__))
    )
    return say("flows.extremes", most=most, fewest=fewest)


def twins(result: Comparison) -> Section | None:
    """Follow the customers whose year differs most; None where no year differs."""
    found = result.twins(_TWINS, strategy=ranked(result)[0][0])
    who, measured = found.customers, ("severity", "resolved", "loyalty")
    if all((who[f"{each}_baseline"] == who[f"{each}_strategy"]).all() for each in measured):
        return None
    figures = tuple(
        twin_lines(found, customer, result.scenario) for customer in found.customers["customer"].tolist()[:2]
    )
    finding, subtitle = said(figures[0])
    measures = [("severity", "points"), ("resolved", "journeys"), ("loyalty", "points")]
    worlds = {"baseline": label(found.baseline), "strategy": label(found.strategy)}
    heads = [
        f"{say(f'twins.{measure}')}: {name}" for measure in (*dict(measures), "left_week") for name in worlds.values()
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            say("twins.customer", customer=who["customer"], segment=label(who["segment"])),
            *(Amount(float(who[f"{measure}_{world}"]), unit) for measure, unit in measures for world in worlds),
            *(Amount(who[f"left_min_{world}"] // MINUTES_PER_WEEK, "weeks") for world in worlds),
        )
        for who in found.customers.to_dict("records")
    )
    chart = Chart(
        "lines",
        finding,
        subtitle,
        say("lives.lost so far"),
        (),
        tuple(_life(found, world, name, result) for world, name in worlds.items()),
        (say("twins.note"),),
        across=say("lives.week"),
    )
    table = Table(say("twins.table"), (say("twins.who"), *heads), rows, ("page", "workbook"))
    return Section(
        "twins",
        say("twins.heading"),
        finding,
        tables=(table,),
        figures=figures,
        charts=(chart,),
        more=(say("twins.note"),),
    )


def _life(found: Twins, world: str, name: str, result: Comparison) -> Series:
    """Points that the first of the customers has lost by each week, as steps."""
    first = found.customers["customer"].iloc[0]
    lived = found.table[found.table["customer"] == first]
    events = lived[(lived["world"] == world) & (lived["event"] == "frustration")]
    events = events.sort_values("at_min", kind="stable")
    weeks = [lived["at_min"].min() / MINUTES_PER_WEEK]
    lost = [0.0]
    for at, severity in zip(events["at_min"] / MINUTES_PER_WEEK, events["severity"], strict=True):
        weeks += [at, at]
        lost += [lost[-1], lost[-1] + severity]
    weeks.append(lived["at_min"].max() / MINUTES_PER_WEEK)
    lost.append(lost[-1])
    strategy = {"baseline": found.baseline, "strategy": found.strategy}[world]
    colour = colours(result.scenario.strategies, STRATEGY_COLOURS)[strategy]
    return Series(name, tuple(round(each, 6) for each in lost), (colour,), at=tuple(round(week, 6) for week in weeks))


def _defined(kpi: Kpi) -> str:
    return f"{sentence(kpi_label(kpi.name))}: {definition(kpi.name, kpi.definition)}"
