"""What must hold in the sections ``economics`` and ``expect``; names of KPIs are checked where KPIs are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.draft import Draft, Finding
from sim.scenario.quantities import MINUTES_PER_YEAR

__all__ = ["check_decisions"]

_MINUTES_PER_MONTH = MINUTES_PER_YEAR // 12


def check_decisions(draft: Draft) -> Iterator[Finding]:
    """Find all that is wrong with the horizon of a business case and with expectations."""
    horizon = draft.number("economics.horizon")
    if horizon is not None and (horizon == 0 or horizon % _MINUTES_PER_MONTH):
        yield (
            "economics.horizon",
            f"got {draft.written('economics.horizon')}, expected whole months, such as '3 years' or '13 weeks'",
        )
    for path, expectation in draft.each("expect.*"):
        if isinstance(expectation, dict):
            yield from _expectation(draft, path, expectation)


def _expectation(draft: Draft, path: str, told: dict[str, Any]) -> Iterator[Finding]:
    named = told.get("strategy")
    strategies = [named] if isinstance(named, str) else named
    count = len(strategies) if isinstance(strategies, list) else None
    if count is not None and count not in (1, 2):
        yield f"{path}.strategy", f"got {count} strategies, expected one, or [strategy, against]"
    elif strategies is not None and count == 2 and strategies[0] == strategies[1]:
        yield f"{path}.strategy", f"got {strategies[0]!r} against itself, expected two different strategies"
    band, sign, reason = told.get("band"), told.get("sign"), told.get("reason")
    if band is None and sign is None:
        yield path, "got neither band nor sign, expected one of them"
    if band is not None and sign is not None:
        yield path, "got both band and sign, expected one of them"
    if isinstance(band, list):
        yield from _band(draft, path, band)
    if sign is not None and count == 1:
        yield f"{path}.sign", "got the sign of one strategy, expected two, as 'strategy: [strategy, against]'"
    primary = draft.get("decision", "primary")
    if sign == "no_difference" and told.get("kpi") not in (primary if isinstance(primary, dict) else {}):
        yield (
            f"{path}.sign",
            "got no_difference for a KPI that is not in decision.primary, so nothing says which difference matters; "
            "write a band such as [-0.5, 0.5]",
        )
    if isinstance(reason, str) and not reason.strip():
        yield f"{path}.reason", "empty, expected why it should be so"
    replications = draft.number(f"{path}.replications")
    if replications is not None and replications < 2:
        yield f"{path}.replications", f"got {replications:g}, expected at least 2; one replication has no interval"


def _band(draft: Draft, path: str, band: list[Any]) -> Iterator[Finding]:
    if len(band) != 2:
        yield f"{path}.band", f"got {len(band)} number{'' if len(band) == 1 else 's'}, expected [low, high]"
        return
    low, high = (draft.number(f"{path}.band.{end}") for end in (0, 1))
    if low is not None and high is not None and low > high:
        yield f"{path}.band", f"got an empty band from {low:g} to {high:g}, expected [low, high]"
