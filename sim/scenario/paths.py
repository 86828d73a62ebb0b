"""Dotted paths through a scenario file, such as ``needs.return.value``, and what may stand at their end."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union

from pydantic import BaseModel

from sim.scenario.calendar import Agents, OpeningHours, WeekProfile
from sim.scenario.quantities import AGENTS, Kind
from sim.scenario.schema import Document

__all__ = [
    "Paths",
    "Place",
    "WrittenNumber",
    "at",
    "closest",
    "expected",
    "numbers",
    "place",
    "step",
    "unknown",
]


class Place(NamedTuple):
    """What the file format allows at a path: the type, and the kind where it is a number."""

    type: Any
    kind: Kind | None

    @property
    def model(self) -> type[BaseModel] | None:
        """The class whose keys may stand here, if there is one."""
        return self.type if isinstance(self.type, type) and issubclass(self.type, BaseModel) else None

    @property
    def is_value(self) -> bool:
        """True where what stands here is one value, though it may be written as a mapping."""
        return self.model is None and typing.get_origin(self.type) not in (dict, list)


class WrittenNumber(NamedTuple):
    """A number as a file writes it, or its default."""

    kind: Kind
    raw: Any


def place(annotation: Any) -> Place:
    """Read an annotation of the schema."""
    kind = None
    while True:
        origin = typing.get_origin(annotation)
        if origin is Annotated:
            annotation, *metadata = typing.get_args(annotation)
            kind = next((item for item in metadata if isinstance(item, Kind)), kind)
        elif origin in (Union, types.UnionType) and type(None) in typing.get_args(annotation):
            options = [option for option in typing.get_args(annotation) if option is not type(None)]
            annotation = Union[tuple(options)]  # noqa: UP007  # from a list of types
        else:
            return Place(annotation, kind)


@cache
def _places(model: type[BaseModel]) -> dict[str, Place]:
    annotations = typing.get_type_hints(model, include_extras=True)
    return {name: place(annotations[name]) for name in model.model_fields}


@cache
def _entry(container: Any) -> Place | None:
    """What stands in a mapping or a list."""
    if typing.get_origin(container) is dict:
        return place(typing.get_args(container)[1])
    return place(typing.get_args(container)[0]) if typing.get_origin(container) is list else None


def step(here: Place, key: str) -> Place | None:
    """Go to what may stand under `key`; None where no such key can exist."""
    return _entry(here.type) if here.model is None else _places(here.model).get(key)


def at(keys: Iterable[str]) -> Place | None:
    """Find what may stand at a path of the file format; None where nothing can."""
    here: Place | None = Place(Document, None)
    for key in keys:
        here = None if here is None else step(here, key)
    return here


def numbers(raw: Any, here: Place | None = None, path: str = "") -> Iterator[tuple[str, WrittenNumber]]:
    """All numbers of a raw scenario with their paths, those left at their default included.

    What is not valid is passed on as written, or left out where no number can be made out.
    """
    here = here or Place(Document, None)
    if here.kind is not None:
        if raw is not None:
            yield path, WrittenNumber(here.kind, raw)
    elif here.type is Agents:
        if isinstance(raw, int) or (isinstance(raw, dict) and "value" in raw):
            yield path, WrittenNumber(AGENTS, raw)
    elif here.model is not None:
        given = raw if isinstance(raw, dict) else {}
        for name, field in here.model.model_fields.items():
            below = step(here, name)
            written = given.get(name)
            if written is None and not field.is_required():
                written = {} if isinstance(field.default, BaseModel) else field.default
            if below is not None:
                yield from numbers(written, below, f"{path}.{name}" if path else name)
    elif not here.is_value:
        entries = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
        for key, written in entries:
            below = step(here, str(key))
            if below is not None:
                yield from numbers(written, below, f"{path}.{key}")


class Paths:
    """Paths of numbers, to look up those that patterns with `*` stand for.

    Parameters
    ----------
    paths : iterable of str

    Examples
    --------
    >>> Paths(["needs.order.value", "needs.return.value", "run.measured"]).matching("needs.*.value")
    ('needs.order.value', 'needs.return.value')
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._like: dict[tuple[int, str], list[tuple[str, list[str]]]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        for path in paths:
            keys = path.split(".")
            for first in (keys[0], "*"):
                self._like.setdefault((len(keys), first), []).append((path, keys))

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Those of the paths that a pattern stands for, in their order."""
        if pattern not in self._found:
            wanted = pattern.split(".")
            self._found[pattern] = tuple(
                path
                for path, keys in self._like.get((len(wanted), wanted[0]), ())
                if all(want in ("*", key) for want, key in zip(wanted, keys, strict=True))
            )
        return self._found[pattern]


def closest(name: str, options: Iterable[str], alike: float = 0.6) -> str | None:
    """Find the option that a misspelt name probably means; None where none is close."""
    return next(iter(difflib.get_close_matches(name, list(options), 1, alike)), None)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Message for a name that does not exist, with the closest one that does."""
    options = [str(option) for option in known]
    close = closest(name, options)
    if close:
        return f"unknown {what} {name!r}, did you mean {close!r}?"
    listed = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return (
        f"unknown {what} {name!r}, expected one of: {listed}" if options else f"unknown {what} {name!r}, there is none"
    )


def expected(here: Place) -> str:
    """Say what may stand at a place."""
    if here.kind is not None:
        return here.kind.name
    if here.type is OpeningHours:
        return "'always' or hours such as 'Mon-Fri 8:30-18:00'"
    if here.type is Agents:
        return "a whole number or a roster such as {Mon-Fri 8:00-12:00: 3}"
    if here.type is WeekProfile:
        return "24 numbers per day such as {Mon-Fri: [0, 0, ...]}"
    if typing.get_origin(here.type) is Literal:
        return " or ".join(repr(option) for option in typing.get_args(here.type))
    if isinstance(here.type, type) and issubclass(here.type, StrEnum):
        return "one of " + ", ".join(here.type)
    if here.type is str:
        return "text"
    if here.type is bool:
        return "true or false"
    if typing.get_origin(here.type) is list:
        return "a list"
    return "a mapping (key: value)" if not here.is_value else "a number written like the one it changes"
