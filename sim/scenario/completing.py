"""Fill in what a file may leave out, before it is validated."""

from __future__ import annotations

import re
from typing import Any

from sim.scenario.part import NAME
from sim.scenario.paths import Place, at, step
from sim.scenario.schema import Fact

__all__ = ["completed"]


def completed(raw: dict[str, Any]) -> dict[str, Any]:
    """Copy without nulls, and with a full visibility matrix for every fact.

    A key without a value has its default; an entry that holds keys itself, such as a strategy, is empty. A
    touchpoint sees what arose at itself; what arose elsewhere it sees where the file says so.
    """
    result: dict[str, Any] = _without_nulls(raw, at([]))
    given = result.get("visibility", {})
    touchpoints = result.get("touchpoints")
    if not isinstance(given, dict) or not isinstance(touchpoints, dict):
        return result
    names = [name for name in touchpoints if re.fullmatch(NAME, name)]  # of a wrong name it is enough to hear once
    result["visibility"] = {**given, **{str(fact): _matrix(given.get(fact, {}), names) for fact in Fact}}
    return result


def _without_nulls(raw: Any, here: Place | None) -> Any:
    if isinstance(raw, list):
        return [_without_nulls(item, step(here, "0") if here else None) for item in raw]
    if not isinstance(raw, dict) or here is None or here.is_value:
        return raw
    kept = {}
    for key, value in raw.items():
        below = step(here, key)
        is_part = below is not None and below.model is not None
        # '{resolves: 0,7}' reads as 0 and a key '7' without a value, which must not go unnoticed
        is_mistake = below is None or key[:1].isdecimal()
        if value is not None or is_part or is_mistake:
            kept[key] = _without_nulls({} if value is None else value, below)
    return kept


def _matrix(rows: Any, touchpoints: list[str]) -> Any:
    if not isinstance(rows, dict):
        return rows
    matrix = dict(rows)
    for origin in touchpoints:
        row = rows.get(origin, {})
        if isinstance(row, dict):
            matrix[origin] = {**{target: int(target == origin) for target in touchpoints}, **row}
    return matrix
