"""Changed copies of what a scenario says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.scenario.calendar import Agents
from sim.scenario.paths import Place, at, step, unknown
from sim.scenario.quantities import shown
from sim.scenario.reading import CHANGED, Content

__all__ = ["changed"]

_SECTIONS = {
    "segments": "segment",
    "touchpoints": "touchpoint",
    "needs": "need",
    "levers": "lever",
    "strategies": "strategy",
    "profiles": "profile",
}
_PARTS = ("value", "low", "high", "source")


def changed(content: Content, changes: Mapping[str, Any]) -> Content:
    """Content with some values replaced.

    Parameters
    ----------
    content : Content
    changes : mapping
        Values by dotted path; None deletes.

    Returns
    -------
    Content
        A copy; what was changed is positioned in the file "(changed)".

    Raises
    ------
    ScenarioError
        If a path leads nowhere. Whether the values are valid is for the checks to say.
    """
    raw = copy.deepcopy(content.raw)
    positions = dict(content.positions)
    problems = []
    for path, value in changes.items():
        try:
            _put(raw, path.split("."), _plain(value))
        except ValueError as error:
            problems.append(Problem(CHANGED, 0, path, str(error)))
        for known in [known for known in positions if known == path or known.startswith(path + ".")]:
            del positions[known]
        positions[path] = (CHANGED, 0)
    if problems:
        raise ScenarioError(problems)
    return replace(content, raw=raw, positions=positions)


def _plain(value: Any) -> Any:
    """Turn what a caller may hand over (numbers of NumPy, tuples) into what a file could hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    if value is None or isinstance(value, str | int | float):
        return str(value) if isinstance(value, str) else value
    raise ValueError(f"got {value!r}, expected a value as a file would write it")


def _put(raw: dict[str, Any], keys: list[str], value: Any) -> None:
    node: Any = raw
    here: Place | None = at([])
    for depth, key in enumerate(keys):
        assert here is not None
        last = depth == len(keys) - 1
        if here.is_value:
            _check_part(here, keys, depth)
        elif step(here, key) is None or (depth == 1 and _is_new(keys, node) and not (last and isinstance(value, dict))):
            what = _SECTIONS.get(keys[0], "key") if depth == 1 else "key"
            raise ValueError(unknown(what, key, here.model.model_fields if here.model else node))
        if last:
            _set(node, key, value)
        else:
            below = step(here, key)
            node = _entered(node, key, below)
            here = below


def _is_new(keys: list[str], node: Any) -> bool:
    return keys[0] in _SECTIONS and keys[1] not in node


def _check_part(here: Place, keys: list[str], depth: int) -> None:
    if (here.kind is None and here.type is not Agents) or keys[depth] not in _PARTS or depth < len(keys) - 1:
        raise ValueError(f"{'.'.join(keys[:depth])} is one value, there is nothing at {keys[depth]!r} in it")


def _entered(node: Any, key: str, below: Place | None) -> Any:
    """Enter the mapping or list under a key; make an empty one, or write a number in full, where need be."""
    index = _index(node, key)
    inner = node[index] if isinstance(node, list) else node.get(key)
    if below is not None and below.is_value and not isinstance(inner, dict):
        inner = {} if inner is None else {"value": inner}
    elif inner is None:
        inner = {}
    elif not isinstance(inner, dict | list):
        raise ValueError(f"got {shown(inner)} at {key!r}, expected a mapping")
    node[index] = inner
    return inner


def _set(node: Any, key: str, value: Any) -> None:
    index = _index(node, key)
    if value is not None:
        node[index] = value
    elif isinstance(node, dict) and key not in node:
        raise ValueError(f"there is no {key!r} to delete")
    else:
        del node[index]


def _index(node: Any, key: str) -> Any:
    if not isinstance(node, list):
        return key
    if not key.isdecimal() or int(key) >= len(node):
        raise ValueError(f"got the position {key!r}, expected a number from 0 to {len(node) - 1}")
    return int(key)
