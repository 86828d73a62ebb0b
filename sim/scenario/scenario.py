"""A scenario: a checked, frozen file, with changed copies, paths to its numbers, and a register of assumptions."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.nodes import SequenceNode
from ruamel.yaml.representer import SafeRepresenter

from sim.errors import Problem, ScenarioError
from sim.scenario import changing, summary
from sim.scenario.calendar import Agents
from sim.scenario.checks import checked
from sim.scenario.paths import Paths, numbers, unknown
from sim.scenario.quantities import IN_COPY, Quantity
from sim.scenario.reading import CHANGED, Content, read
from sim.scenario.schema import Document
from sim.scenario.suspicions import suspicions

__all__ = ["Scenario", "load"]

_DECIDED = ("run", "strategies", "decision", "economics", "expect")

_PEOPLE = ("customers", "prospects")


def load(path: str | os.PathLike[str]) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path : str or path-like
        A YAML file; what it ``extends`` is merged in.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all problems of the file, each as ``file:line: path: what is wrong``.

    Examples
    --------
    >>> load("scenarios/shoe_retailer.yaml").strategies[0]
    'siloed'
    """
    return _scenario(read(path))


def _scenario(content: Content) -> Scenario:
    return Scenario(content, checked(content))


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A company, its customers, and the strategies to compare; frozen.

    Two scenarios are equal when they say the same, wherever they were written.

    Parameters
    ----------
    content : Content
        What the file says, after ``extends``, with positions.
    document : Document
        The same, validated, with all defaults filled in.
    """

    content: Content
    document: Document

    @property
    def file(self) -> str:
        """The file as the user named it."""
        return self.content.file

    @property
    def strategies(self) -> list[str]:
        """Names of the strategies; the first is the baseline."""
        return list(self.document.strategies)

    @property
    def fullest(self) -> str:
        """Strategy with most levers, the first of those: what a company would do if it did all that is thought of."""
        rollouts = self.document.strategies
        return max(rollouts, key=lambda name: len(rollouts[name].levers))

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What is legal but suspicious."""
        return tuple(sorted(suspicions(self.content, self.document)))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the scenario says; comments and the split into files do not count, the order of keys does."""
        canonical = json.dumps(self.content.raw, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

    def to_yaml(self) -> str:
        """Write the whole scenario as text of one file, which loads to an equal scenario."""
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.Representer = _Representer
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # annotated as None
        yaml.allow_unicode = True
        yaml.width = 120
        stream = io.StringIO()
        yaml.dump(self.content.raw, stream)
        return stream.getvalue()

    def change(self, changes: Mapping[str, Any]) -> Scenario:
        """Copy with some values replaced; the copy passes the same checks as a file.

        Parameters
        ----------
        changes : mapping
            Values as a file would write them, by dotted path; `*` in a path stands for every name at its place.
            A mapping below ``segments``, ``strategies`` and the like adds an entry; None deletes one.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If a path or a value is not valid.

        Examples
        --------
        >>> case = load("scenarios/shoe_retailer.yaml")
        >>> case.change({"needs.complaint.margin": "30 %"}).quantity("needs.complaint.margin").value
        0.3
        """
        spread: dict[str, Any] = {}
        for path, value in changes.items():
            for each in self.matching(path) if "*" in path else [path]:
                spread[each] = value
            if "*" in path and not self.matching(path):
                raise ScenarioError([Problem(CHANGED, 0, path, "no number has such a path")])
        return _scenario(changing.changed(self.content, spread))

    @cached_property
    def _numbers(self) -> dict[str, Quantity]:
        found = {path: written.kind.parse(written.raw) for path, written in numbers(self.content.raw)}
        found |= {
            f"visibility.{fact}.{origin}.{target}": share
            for fact, rows in self.document.visibility.items()
            for origin, row in rows.items()
            for target, share in row.items()
        }
        for name, lever in self.document.levers.items():
            for index, change in enumerate(lever.changes):
                found |= {
                    f"levers.{name}.changes.{index}.{key}": amount
                    for key, amount in (("to", change.to), ("add", change.add))
                    if isinstance(amount, Quantity)
                }
        return found

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self._numbers)

    def quantity(self, path: str) -> Quantity:
        """Return the number at a path, in canonical units, with its range and source.

        Raises
        ------
        ScenarioError
            If there is no number at the path.
        """
        if path not in self._numbers:
            raise ScenarioError([Problem(self.file, 0, path, unknown("number", path, self._numbers))])
        return self._numbers[path]

    def matching(self, pattern: str) -> list[str]:
        """Paths of all numbers that a pattern stands for; `*` is any one name at its place.

        Parameters
        ----------
        pattern : str
            E.g. ``visibility.identity.*.*``.

        Returns
        -------
        list of str
            In the order of the file; empty where nothing matches.
        """
        if "*" not in pattern:
            return [pattern] if pattern in self._numbers else []
        return list(self._paths.matching(pattern))

    def with_values(self, values: Mapping[str, float]) -> Document:
        """Copy of the document with some numbers replaced, unchecked; for what changes in the course of a run.

        Parameters
        ----------
        values : mapping
            Numbers in canonical units, by path without `*`.

        Returns
        -------
        Document
            Shares everything that does not change with this scenario's document.

        Raises
        ------
        ScenarioError
            If there is no number at a path.
        """
        tree: dict[str, Any] = {}
        for path, value in values.items():
            self.quantity(path)
            *parents, last = path.split(".")
            branch = tree
            for key in parents:
                branch = branch.setdefault(key, {})
            branch[last] = value
        document = _replaced(self.document, tree)
        assert isinstance(document, Document)
        return document

    def scaled(self, factor: float) -> Scenario:
        """Copy with people, agents and lever costs in proportion, so that costs per customer stay what they are.

        Customers and prospects are rounded half up. Agents are whole: their hours are in proportion, one more in some
        hours than in others, but where an agent serves at full size at least one does. Small pools wait longer at the
        same load, so a scaled-down copy overstates waiting.

        Parameters
        ----------
        factor : float
            Above 0; 1 changes nothing.

        Returns
        -------
        Scenario
        """
        if not (factor > 0 and math.isfinite(factor)):
            raise ScenarioError([Problem(self.file, 0, "", f"got scale {factor!r}, expected a number above 0")])
        if factor == 1:
            return self
        raw = dict(self.content.raw)
        raw["segments"] = {
            name: {**segment, **{each: _scaled(segment[each], factor) for each in _PEOPLE if each in segment}}
            for name, segment in raw["segments"].items()
        }
        raw["touchpoints"] = {
            name: touchpoint
            if touchpoint.get("agents") is None
            else {**touchpoint, "agents": _staffed(touchpoint["agents"], factor)}
            for name, touchpoint in raw["touchpoints"].items()
        }
        if self.document.levers:
            raw["levers"] = {
                name: {
                    **raw["levers"][name],
                    "one_off": _in_proportion(lever.one_off, factor),
                    "running": _in_proportion(lever.running, factor),
                }
                for name, lever in self.document.levers.items()
            }
        return _scenario(replace(self.content, raw=raw))

    def assumptions(self) -> pd.DataFrame:
        """Register of the numbers, rosters and profiles that the file states about company and customers.

        What the file leaves at its default is not listed, nor what the author decides: run, strategies, decision.

        Returns
        -------
        pandas.DataFrame
            ``path``, ``value``, ``unit``, ``low``, ``high`` (in the unit), ``source``, ``assumption`` (True where no
            source stands behind it). Rosters and profiles have no single value.
        """
        columns = ["path", "value", "unit", "low", "high", "source", "assumption"]
        table = pd.DataFrame(list(self._register()), columns=columns)
        return table.astype({"value": float, "low": float, "high": float, "assumption": bool})

    def _register(self) -> Iterator[tuple[str, float | None, str, float | None, float | None, str | None, bool]]:
        for path, number in self._numbers.items():
            section, *keys = path.split(".")
            if section not in _DECIDED and _stated(self.content.raw, [section, *keys]):
                unit = number.kind.unit if number.kind is not None else ""
                source = number.source
                yield path, number.value, unit, number.low, number.high, source, self._is_assumed(source)
        for name, touchpoint in self.document.touchpoints.items():
            if touchpoint.agents is not None and touchpoint.agents.roster is not None:
                source = touchpoint.agents.source
                yield f"touchpoints.{name}.agents", None, "roster", None, None, source, self._is_assumed(source)
        for name, profile in self.document.profiles.items():
            yield f"profiles.{name}", None, "profile", None, None, profile.source, self._is_assumed(profile.source)

    def _is_assumed(self, source: str | None) -> bool:
        """Tell whether there is no source, or one that calls itself an assumption."""
        described = self.document.sources.get(source or "", source)
        return Quantity(0.0, source=source).is_assumption or Quantity(0.0, source=described).is_assumption

    def __repr__(self) -> str:
        return summary.as_text(summary.lines(self))

    def _repr_html_(self) -> str:
        return summary.as_html(summary.lines(self))


class _Representer(SafeRepresenter):
    """Writes a list of numbers, such as a day of a profile, in one line."""

    def represent_list(self, data: list[Any]) -> SequenceNode:
        numbers_only = all(isinstance(item, int | float) for item in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=numbers_only)


_Representer.add_representer(list, _Representer.represent_list)


def _stated(node: Any, keys: list[str]) -> bool:
    for key in keys:
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list):
            node = node[int(key)]
        else:
            return False
    return node is not None


def _replaced(node: Any, tree: dict[str, Any] | float) -> Any:
    """Copy a part of the document with the numbers of a tree in place."""
    if not isinstance(tree, dict):
        if isinstance(node, Agents):
            return Agents(Quantity(tree, kind=node.number.kind if node.number else None))
        return Quantity(tree, kind=node.kind)
    if isinstance(node, list):
        return [_replaced(item, tree[str(index)]) if str(index) in tree else item for index, item in enumerate(node)]
    if isinstance(node, BaseModel):
        return node.model_copy(update={name: _replaced(getattr(node, name), branch) for name, branch in tree.items()})
    return {**node, **{key: _replaced(node[key], branch) for key, branch in tree.items()}}


def _in_proportion(amount: Quantity, factor: float) -> dict[str, str]:
    """An amount and its range times a factor, as a file would write it."""
    unit = amount.kind.unit if amount.kind is not None else ""
    numbers = {"value": amount.value, "low": amount.low, "high": amount.high}
    written = {name: f"{number * factor!r} {unit}" for name, number in numbers.items() if number is not None}
    return written if amount.source is None else {**written, "source": amount.source}


def _staffed(raw: Any, factor: float) -> dict[str, Any]:
    """Agents of a copy."""
    written = raw if isinstance(raw, dict) else {"value": raw}
    return {**written, IN_COPY: float(factor) * written.get(IN_COPY, 1.0)}


def _scaled(raw: Any, factor: float) -> Any:
    """Scale a whole number, or one with a range."""
    if isinstance(raw, dict):
        return {key: number if key == "source" else _scaled(number, factor) for key, number in raw.items()}
    return None if raw is None else math.floor(float(raw) * factor + 0.5)
