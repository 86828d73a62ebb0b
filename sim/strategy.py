"""What a strategy makes of a scenario over time: lead time, ramp, coverage, and levers that meet on one number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.scenario import MINUTES_PER_WEEK, Document, LeverUse, Quantity, Scenario

__all__ = ["Schedule", "effect", "pace", "schedule"]


@dataclass(frozen=True)
class Schedule:
    """The company as it is, week by week.

    Parameters
    ----------
    documents : tuple of Document
        The different states of the company, in the order in which they first hold.
    state_of_week : tuple of int
        For each week of the run, warm-up included, the position in `documents`.
    """

    documents: tuple[Document, ...]
    state_of_week: tuple[int, ...]


def effect(coverage: float, since_start_min: float, lead_time_min: float, ramp_min: float, dip: float = 0.0) -> float:
    """Share of a lever's full effect in the week that begins `since_start_min` after its start.

    Nothing before the lead time is over, then a straight ramp in weekly steps. With a dip things first get worse
    while people learn: by `dip` when the ramp begins, by nothing when it ends.

    Examples
    --------
    >>> [effect(0.5, 10080.0 * w, 10080.0, 20160.0) for w in range(4)]
    [0.0, 0.25, 0.5, 0.5]
    >>> [round(effect(1.0, 10080.0 * w, 0.0, 40320.0, dip=0.4), 4) for w in range(4)]
    [-0.05, 0.3, 0.65, 1.0]
    """
    running = since_start_min - lead_time_min
    if running < 0.0:
        return 0.0
    if ramp_min <= MINUTES_PER_WEEK:
        return coverage
    ramped = min(1.0, (running + MINUTES_PER_WEEK) / ramp_min)
    return coverage * (ramped - dip * (1.0 - ramped))


def pace(document: Document, uses: Mapping[str, LeverUse], lever: str) -> float:
    """Factor on a lever's lead time and ramp by levers of the strategy that hasten it and start no later.

    Examples
    --------
    >>> from sim import load
    >>> document = load("scenarios/shoe_retailer.yaml").document
    >>> pace(document, document.strategies["integrated"].levers, "customer_id")
    0.83
    """
    return math.prod(
        1.0 - float(use.coverage) * float(document.levers[name].hastens)
        for name, use in uses.items()
        if name != lever and float(use.start) <= float(uses[lever].start)
    )


def schedule(scenario: Scenario, strategy: str) -> Schedule:
    """Lay out a strategy over the weeks of a run.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Name of one of its strategies.

    Returns
    -------
    Schedule
    """
    document = scenario.document
    uses = document.strategies[strategy].levers
    warm_up = float(document.run.warm_up)
    weeks = math.ceil((warm_up + float(document.run.measured)) / MINUTES_PER_WEEK) + 1  # the end is an instant, too
    documents: list[Document] = []
    states: dict[tuple[float, ...], int] = {}
    state_of_week = []
    paces = {name: pace(document, uses, name) for name in uses}
    moves = _moves(scenario, uses)
    for week in range(weeks):
        effects = tuple(
            effect(
                float(use.coverage),
                week * MINUTES_PER_WEEK - warm_up - float(use.start),
                paces[name] * float(document.levers[name].lead_time),
                paces[name] * float(document.levers[name].ramp),
                float(document.levers[name].dip),
            )
            for name, use in uses.items()
        )
        if effects not in states:
            states[effects] = len(documents)
            documents.append(_with_levers(scenario, moves, dict(zip(uses, effects, strict=True))))
        state_of_week.append(states[effects])
    return Schedule(tuple(documents), tuple(state_of_week))


def _moves(scenario: Scenario, uses: Iterable[str]) -> list[tuple[str, str, str, float]]:
    """What levers change at full effect: lever, path, rule and amount, the same in every week."""
    found = []
    for name in uses:
        for change in scenario.document.levers[name].changes:
            for path in scenario.matching(change.path):
                number = scenario.quantity(path).kind.number  # type: ignore[union-attr]
                for rule in ("to", "closes", "factor", "add"):
                    given = getattr(change, rule)
                    if given is not None:
                        amount = float(given) if isinstance(given, Quantity) else number(given)
                        found.append((name, path, rule, amount))
    return found


def _with_levers(
    scenario: Scenario, moves: Iterable[tuple[str, str, str, float]], effects: Mapping[str, float]
) -> Document:
    """Apply levers at their present effect. A lever without effect touches nothing."""
    changes: dict[str, list[tuple[str, float, float]]] = {}
    for name, path, rule, amount in moves:
        if effects[name] != 0.0:
            changes.setdefault(path, []).append((rule, amount, effects[name]))
    return scenario.with_values({path: _combined(scenario.quantity(path), which) for path, which in changes.items()})


def _combined(base: Quantity, changes: list[tuple[str, float, float]]) -> float:
    """Value of one number under all levers that change it.

    Parameters
    ----------
    base : Quantity
    changes : list of (rule, amount, effect)
        The rule is "to", "closes", "factor" or "add".

    Returns
    -------
    float
        Shortfalls of shares multiply, factors multiply, amounts add; the result stays within the number's bounds.
    """
    assert base.kind is not None
    value = base.value
    targets = [
        min(base.kind.high, max(base.kind.low, base.value + size * (amount - base.value)))  # a dip may overshoot
        for rule, amount, size in changes
        if rule == "to"
    ]
    if base.kind.high == 1.0:
        value = 1.0 - (1.0 - value) * math.prod(
            (1.0 - target) / (1.0 - base.value) for target in targets if target > base.value
        )
        value *= math.prod(target / base.value for target in targets if target < base.value)
    elif targets:
        (value,) = targets
    closed = [1.0 - size * amount for rule, amount, size in changes if rule == "closes"]
    if closed:
        value = 1.0 - (1.0 - value) * math.prod(closed)
    value *= math.prod(1.0 + size * (amount - 1.0) for rule, amount, size in changes if rule == "factor")
    value += math.fsum(size * amount for rule, amount, size in changes if rule == "add")
    return min(base.kind.high, max(base.kind.low, value))
