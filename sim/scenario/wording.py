"""What pydantic finds wrong, in words for the author of a scenario file."""

from __future__ import annotations

import re
import typing
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.paths import at, closest, expected, unknown
from sim.scenario.quantities import shown
from sim.scenario.schema import Fact, FrustrationType, LeverUse

__all__ = ["reworded"]

_WRONG_TYPE = re.compile(r".*_(type|parsing)$")


def reworded(error: ValidationError) -> list[tuple[str, str]]:
    """Path and message of each thing that is wrong."""
    return [_reworded(details) for details in error.errors(include_url=False)]


def _reworded(details: ErrorDetails) -> tuple[str, str]:
    is_key = details["loc"][-1:] == ("[key]",)
    keys = [str(key) for key in (details["loc"][:-1] if is_key else details["loc"])]
    return ".".join(keys), _key_message(keys[-1], details) if is_key else _message(keys, details)


def _key_message(key: str, details: ErrorDetails) -> str:
    if details["type"] == "enum":
        return _unknown_member(key, str(details["ctx"]["expected"]))
    return _bad_name(key)


def _unknown_member(name: str, members: str) -> str:
    """Message for a name outside a fixed list; pydantic lists the members in its context."""
    known: type[Fact] | type[FrustrationType] = Fact if f"'{Fact.IDENTITY}'" in members else FrustrationType
    return unknown("fact" if known is Fact else "frustration", name, known)


_EXAMPLES = {"changes": ", such as [{path: touchpoints.hotline.wage, factor: 0.9}]"}


def _bad_name(name: object) -> str:
    if str(name).isdecimal():
        return f"got the name {str(name)!r}, expected a letter first; if it belongs to a number, write a decimal point"
    slug = re.sub(r"\W+", "_", str(name).lower(), flags=re.ASCII).strip("_")
    remedy = f", such as {slug!r}" if re.fullmatch(r"[a-z][a-z0-9_]*", slug) else ""
    return f"got the name {str(name)!r}, expected small letters, digits and '_', beginning with a letter{remedy}"


def _as_uses(got: Any) -> str:
    """How to write levers that a strategy uses, from a name or a list of names; nothing where it is something else."""
    names = got.split(",") if isinstance(got, str) else got if isinstance(got, list) else []
    uses: dict[str, Any] = {}
    for entry in names:
        uses |= entry if isinstance(entry, dict) else {entry.strip(): None} if isinstance(entry, str) else {"": None}
    if not uses or not all(re.fullmatch(r"[a-z][a-z0-9_]*", str(name)) for name in uses):
        return ""
    written = ", ".join(f"{name}: {_flow(use)}" for name, use in uses.items())
    return f"; write {{{written}}}"


def _flow(use: Any) -> str:
    """A mapping of numbers in one line of YAML."""
    inside = use if isinstance(use, dict) else {}
    return f"{{{', '.join(f'{key}: {value}' for key, value in inside.items())}}}"


def _message(keys: list[str], details: ErrorDetails) -> str:
    kind, got = details["type"], details["input"]
    here = at(keys)
    wanted = expected(here) if here is not None else ""
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "missing":
        return f"missing, expected {wanted}{_EXAMPLES.get(keys[-1], '')}"
    if kind == "extra_forbidden":
        parent = at(keys[:-1])
        if keys[-1] == "<<":
            return "merging with '<<' is not read; write the keys out, or put them in a file and extend it"
        if keys[-1].isdecimal():
            return f"unknown key {keys[-1]!r}; a comma divides entries, write a decimal point"
        return unknown("key", keys[-1], parent.model.model_fields if parent and parent.model else ())
    if kind == "string_pattern_mismatch":
        return _bad_name(got)
    if kind == "too_short":
        return "empty, expected at least one entry"
    if kind == "literal_error" and here is not None:
        options = [str(option) for option in typing.get_args(here.type)]
        return f"got {shown(got)}, expected {wanted}{_closest(got, options)}"
    if _WRONG_TYPE.match(kind):
        quotes = "; put it in quotes" if wanted == "text" and isinstance(got, int | float) else ""
        brackets = f"; write [{got}]" if wanted == "a list" and isinstance(got, str) else ""
        if len(keys) > 1 and keys[-1] == "levers":
            brackets = _as_uses(got)
        is_use = here is not None and here.model is LeverUse and not isinstance(got, list | bool)
        is_share = is_use and str(got).rstrip(" %").replace(".", "", 1).isdigit()
        coverage = f"; write {{coverage: {got if is_share else 1}}}" if is_use else ""
        return f"got {shown(got)}, expected {wanted}{quotes}{brackets}{coverage}"
    return f"got {shown(got)}: {details['msg']}"


def _closest(got: Any, options: list[str]) -> str:
    close = closest(str(got), options)
    return f"; did you mean {close!r}?" if close else ""
