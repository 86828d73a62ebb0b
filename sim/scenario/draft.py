"""A scenario that may still be wrong, read as far as it can be, so that one mistake does not hide another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sim.scenario.paths import Paths, closest, numbers
from sim.scenario.quantities import Quantity, shown
from sim.scenario.schema import Document

__all__ = ["Draft", "Finding"]

Finding = tuple[str, str]
"""Path and message."""


class Draft:
    """Raw content with its numbers read where they are valid.

    Parameters
    ----------
    raw : dict
        Completed content of a scenario.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    @cached_property
    def quantities(self) -> dict[str, Quantity | None]:
        """All numbers by path, defaults included; None where what is written is no valid number."""
        found: dict[str, Quantity | None] = {}
        for path, written in numbers(self.raw):
            try:
                found[path] = written.kind.parse(written.raw)
            except ValueError:
                found[path] = None
        return found

    @cached_property
    def paths(self) -> Paths:
        """Paths of all numbers."""
        return Paths(self.quantities)

    def number(self, path: str) -> float | None:
        """Return the number at a path in canonical units; None where there is none, or none that is valid."""
        quantity = self.quantities.get(path)
        return None if quantity is None else quantity.value

    def get(self, *keys: str) -> Any:
        """Return what is written at a path; None where there is nothing."""
        node: Any = self.raw
        for key in keys:
            node = _below(node, key)
        return node

    def written(self, path: str) -> str:
        """How a message quotes the number at a path."""
        raw = self.get(*path.split("."))
        return shown(raw["value"] if isinstance(raw, dict) and "value" in raw else raw)

    def names(self, section: str) -> list[str] | None:
        """Names declared in a section; None where the section itself is missing, misspelt or wrong."""
        entries = self.raw.get(section)
        if entries is None and section in ("levers", "profiles"):
            misspelt = closest(section, [key for key in self.raw if key not in Document.model_fields])
            return None if misspelt else []
        return list(entries) if isinstance(entries, dict) else None

    def each(self, pattern: str) -> Iterator[tuple[str, Any]]:
        """Path and value of all that a pattern with `*` stands for, nothing where that does not exist."""
        yield from _each(self.raw, pattern.split("."), [])

    def is_staffed(self, touchpoint: str) -> bool:
        """Tell whether a declared touchpoint is staffed."""
        return bool(self.get("touchpoints", touchpoint, "kind") == "staffed")

    def kind_of(self, touchpoint: str) -> str | None:
        """Kind of a declared touchpoint, if the file says it."""
        kind = self.get("touchpoints", touchpoint, "kind")
        return kind if isinstance(kind, str) else None


def _below(node: Any, key: str) -> Any:
    if isinstance(node, dict):
        return node.get(key)
    if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
        return node[int(key)]
    return None


def _each(node: Any, wanted: list[str], keys: list[str]) -> Iterator[tuple[str, Any]]:
    if not wanted:
        yield ".".join(keys), node
        return
    options = (
        list(node)
        if isinstance(node, dict)
        else [str(index) for index in range(len(node))]
        if isinstance(node, list)
        else []
    )
    for key in options:
        if wanted[0] in ("*", key):
            yield from _each(_below(node, key), wanted[1:], [*keys, key])
