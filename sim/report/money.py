"""What a report says about money: the business case of the comparison."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.economics import BusinessCase
from sim.economics import business_case as counted
from sim.figures.business_case import cash_flow, payback, waterfall, worth
from sim.figures.style import BAD, GOOD, NEUTRAL, STRATEGY_COLOURS, colours, sentence
from sim.labels import euros, label, number
from sim.messages import say
from sim.output_analysis import Verdict, mean
from sim.report.parts import Amount, Cell, Chart, Section, Series, Table

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["business_case", "in_sentences", "npv"]

Row = dict[Hashable, Any]
_NAMED = 3
"""Most strategies that a title names one by one."""


def in_sentences(result: Comparison) -> tuple[str, ...]:
    """What the baseline earns, and what every other strategy is worth against it; empty where a case knows no money."""
    case = counted(result)
    rows: list[Row] = case.table.to_dict("records")
    if not _knows_money(rows):
        return ()
    confidence = float(result.scenario.document.decision.confidence)
    earned = mean(case.streams.present_value(result.baseline), confidence)
    percent = number(100.0 * confidence)
    told = with_interval(earned.mean, earned.ci_low, earned.ci_high, percent, signed=False)
    return (
        say("money.earns", baseline=label(result.baseline), horizon=case.duration, **told),
        *(say("money.worth", strategy=label(row["strategy"]), **npv(row, percent)) for row in rows),
    )


def business_case(result: Comparison) -> Section | None:
    """Net present value, payback and where the money comes from; None where a case knows no money."""
    case = counted(result)
    rows: list[Row] = case.table.to_dict("records")
    if not _knows_money(rows):
        return None
    finding = _finding(case, rows)
    notes, best = _notes(case), max(rows, key=lambda row: float(row["npv_eur"]))
    heads = ("npv head", "from", "to", "investment", "return", "payback", "pays")
    return Section(
        "business-case",
        say("money.heading"),
        finding,
        tables=(
            Table(
                finding,
                (say("strategy"), *(say(f"money.{head}") for head in heads)),
                tuple(_row(case, row) for row in rows),
            ),
        ),
        figures=(cash_flow(case), waterfall(case, best["strategy"])),
        charts=(_over_time(case, rows), _parts(case, best, notes)),
        notes=notes,
        more=(notes,),
    )


def _finding(case: BusinessCase, rows: list[Row]) -> str:
    """What all strategies are worth; of many, the one that is worth most and the one that is worth least."""
    told = {row["strategy"]: say("money.npv", strategy=label(row["strategy"]), **npv(row)) for row in rows}
    if len(rows) <= _NAMED:
        return say("money.finding", horizon=case.duration, told="; ".join(told.values()))
    least, *_, most = sorted(rows, key=lambda row: float(row["npv_eur"]))
    return say(
        "money.extremes",
        horizon=case.duration,
        count=len(rows),
        most=told[most["strategy"]],
        least=told[least["strategy"]],
    )


def _knows_money(rows: list[Row]) -> bool:
    return any(row["npv_eur"] or row["present_value_eur"] or row["baseline_value_eur"] for row in rows)


def _row(case: BusinessCase, row: Row) -> tuple[Cell, ...]:
    return (
        label(row["strategy"]),
        *(Amount(row[name], "EUR", signed=True) for name in ("npv_eur", "npv_low", "npv_high")),
        Amount(row["investment_eur"], "EUR"),
        Amount(row["return_share"], "share"),
        _back(case, row),
        Amount(row["pays_share"], "share"),
    )


def _back(case: BusinessCase, row: Row) -> Cell:
    if row["verdict"] == Verdict.NOT_ENOUGH_EVIDENCE:
        return say("money.not clear")
    back = row["payback_months"]
    return say("money.never", horizon=case.duration) if pd.isna(back) else Amount(int(back), "months")


def _over_time(case: BusinessCase, rows: list[Row]) -> Chart:
    """Discounted money so far, month by month, from nothing on; the means of `sim.figures.business_case.cash_flow`."""
    colour = colours(case.comparison.scenario.strategies, STRATEGY_COLOURS)
    lines = []
    for row in rows:
        path = case.cumulated[case.cumulated["strategy"] == row["strategy"]]
        at, so_far = (tuple(map(float, path[name])) for name in ("month", "eur"))
        drawn = {"at": (at[0] - 1.0, *at), "values": (0.0, *so_far)}
        lines.append(Series(label(row["strategy"]), colours=(colour[row["strategy"]],), **drawn))
    return Chart(
        "lines",
        payback(case),
        say("money.over time", simulated=number(case.streams.simulated), horizon=case.streams.horizon),
        say("case.so far axis", baseline=label(case.comparison.baseline)),
        (),
        tuple(lines),
        across=say("case.month axis"),
    )


def _parts(case: BusinessCase, row: Row, notes: tuple[str, ...]) -> Chart:
    """Where the net present value of a strategy comes from."""
    own: list[Row] = case.waterfall[case.waterfall["strategy"] == row["strategy"]].to_dict("records")
    strategy = label(row["strategy"])
    bars = [(label(part["part"]), part["eur"], part["ci_low"], part["ci_high"]) for part in own if part["eur"]]
    bars.append((label("net_present_value"), row["npv_eur"], row["npv_low"], row["npv_high"]))
    names, values, low, high = zip(*bars, strict=True)
    shown = [f"{sentence(name)}\n{euros(eur)} EUR" for name, eur in zip(names, values, strict=True)]
    colour = [GOOD if eur > 0.0 else BAD for eur in values[:-1]] + [NEUTRAL]
    return Chart(
        "bars",
        worth(case, row["strategy"]),
        say("money.parts subtitle", horizon=case.duration),
        say("case.parts axis", baseline=label(case.comparison.baseline)),
        tuple(shown),
        (Series(strategy, values, tuple(colour), low, high),),
        notes,
    )


def with_interval(amount: float, low: float, high: float, percent: str = "", signed: bool = True) -> dict[str, str]:
    """Write an amount, and its interval where it has one, with its confidence if that is given."""
    eur = euros(amount, signed)
    if math.isnan(low) or low == high:
        return {"eur": eur, "interval": ""}
    sure = f"{say('interval of', percent=percent)}: " if percent else ""
    between = say("interval", low=euros(low, signed), high=euros(high, signed))
    return {"eur": eur, "interval": f" ({sure}{between})"}


def npv(row: Row, percent: str = "") -> dict[str, str]:
    """Write the net present value of a row of a business case, with its interval."""
    return with_interval(row["npv_eur"], row["npv_low"], row["npv_high"], percent)


def _notes(case: BusinessCase) -> tuple[str, ...]:
    caveats = [*case.comparison.caveats, say("copy.amounts")] if case.comparison.caveats else []
    return (*caveats, *case.assumptions, say("money.pays means"))
