"""From YAML files to plain content in which every value still knows its file and line."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from sim.errors import Problem, ScenarioError
from sim.scenario.paths import at, closest

__all__ = ["CHANGED", "Content", "Position", "joined", "read"]

CHANGED = "(changed)"
"""Stands for the file where a value was set by `Scenario.change`."""

_LARGEST_FILE = 20_000_000
_MOST_VALUES = 500_000
"""Far more than any company needs; aliases of aliases would fill the memory with a few lines."""

Position = tuple[str, int]
"""File as the user named it, and line."""


def joined(path: str, key: object) -> str:
    """Dotted path of a key below a path."""
    return f"{path}.{key}" if path else str(key)


@dataclass(frozen=True)
class Content:
    """What a scenario says once ``extends`` is merged in: plain values, and where each was written.

    Parameters
    ----------
    file : str
        The file as the user named it.
    raw : dict
        Mappings, lists, text, numbers, true and false, None.
    positions : dict
        File and line by dotted path.
    problems : tuple of Problem
        What was wrong but did not stop the reading.
    """

    file: str
    raw: dict[str, Any]
    positions: dict[str, Position] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def position(self, path: str) -> Position:
        """Where a path was written, or the nearest path around it."""
        while path:
            if path in self.positions:
                return self.positions[path]
            path = path.rpartition(".")[0]
        return self.file, 0

    def problem(self, path: str, message: str) -> Problem:
        """Describe a problem with the value at a path."""
        file, line = self.position(path)
        return Problem(file, line, path, message)


def read(path: str | os.PathLike[str]) -> Content:
    """Read a scenario file and all that it extends.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Content

    Raises
    ------
    ScenarioError
        If a file is missing, is not YAML, or extends itself.
    """
    file = os.fspath(path)
    return _read(file, Problem(file, 0, "", ""), ())


def _read(file: str, asked_by: Problem, chain: tuple[str, ...]) -> Content:
    identity = os.path.realpath(file)
    if identity in chain:
        names = " -> ".join(os.path.basename(name) for name in (*chain[chain.index(identity) :], identity))
        raise ScenarioError([_renamed(asked_by, f"the files extend each other in a circle: {names}")])
    own = _parsed(file, _text(file, asked_by))
    extends = own.raw.pop("extends", None)
    bases = [extends] if isinstance(extends, str) else extends
    if extends is None:
        return own
    if not isinstance(bases, list) or not all(isinstance(base, str) for base in bases):
        raise ScenarioError([own.problem("extends", "expected the name of a file, or a list of names")])
    merged = Content(file, {}, {})
    for index, base in enumerate(bases):
        asked = own.problem("extends" if isinstance(extends, str) else f"extends.{index}", "")
        name = os.path.normpath(os.path.join(os.path.dirname(file), base))
        merged = _merged(merged, _read(name, asked, (*chain, identity)))
    return _merged(merged, own)


def _renamed(problem: Problem, message: str) -> Problem:
    return Problem(problem.file, problem.line, problem.path, message)


def _text(file: str, asked_by: Problem) -> str:
    try:
        with open(file, encoding="utf-8-sig") as stream:
            text = stream.read(_LARGEST_FILE + 1)
        if len(text) > _LARGEST_FILE:
            message = f"the file has more than {_LARGEST_FILE:,} characters; it can hardly be a scenario"
            raise ScenarioError([Problem(file, 0, "", message)])
        return text
    except UnicodeDecodeError:
        raise ScenarioError([Problem(file, 0, "", "the file is not text in UTF-8; save it as UTF-8")]) from None
    except OSError as error:
        folder, name = os.path.split(file)
        try:
            beside = [entry for entry in sorted(os.listdir(folder or ".")) if entry.endswith((".yaml", ".yml"))]
        except OSError:
            beside = []
        message = "cannot be read: " + (error.strerror or "unknown reason")
        if isinstance(error, FileNotFoundError):
            message = f"there is no file {file!r}"
            close = closest(name, beside)
            message += f", did you mean {close!r}?" if close else ""
        elif isinstance(error, IsADirectoryError):
            message = "is a folder, expected a file"
            message += f" such as {os.path.join(file, _first_scenario(file))!r}" if _first_scenario(file) else ""
        raise ScenarioError([_renamed(asked_by, message)]) from None


def _first_scenario(folder: str) -> str:
    try:
        return next((entry for entry in sorted(os.listdir(folder)) if entry.endswith((".yaml", ".yml"))), "")
    except OSError:
        return ""


def _parsed(file: str, text: str) -> Content:
    """Content of one file, without what it extends."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if root is None:
            raise ScenarioError([Problem(file, 0, "", "the file is empty")])
        reader = _Reader(file, yaml)
        raw = reader.value(root, "")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ScenarioError([Problem(file, mark.line + 1 if mark else 0, "", _syntax(error))]) from None
    except RecursionError:
        raise ScenarioError(
            [Problem(file, 0, "", "brackets or indentation go too deep, expected ten levels")]
        ) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"the character {_code(error.character)} cannot stand in a text; delete it"
        raise ScenarioError([Problem(file, line, "", message)]) from None
    except YAMLError as error:
        raise ScenarioError([Problem(file, 0, "", f"not valid YAML: {' '.join(str(error).split())}")]) from None
    if not isinstance(raw, dict):
        raise ScenarioError([Problem(file, 1, "", "expected keys with values, such as 'name: My case'")])
    return Content(file, raw, reader.positions, tuple(reader.problems))


def _code(character: str | bytes | int) -> str:
    number = character if isinstance(character, int) else ord(character)
    return f"#x{number:02x}"


def _syntax(error: MarkedYAMLError) -> str:
    problem = error.problem or error.context or "unreadable"
    if "another document" in problem:
        return "the file holds several documents, divided by '---'; keep one"
    remedy = ""
    if "'\\t'" in problem:
        remedy = "; indent with spaces, not with tabs"
    elif "'%'" in problem:
        remedy = "; write the number first, such as 30 %, and put other text with a '%' in quotes"
    elif "undefined alias" in problem:
        remedy = "; put text that begins with '*' in quotes"
    elif "mapping values are not allowed" in problem:
        remedy = "; indent alike what belongs together, write a space after each colon, put text with a colon in quotes"
    elif "could not find expected ':'" in problem:
        remedy = "; write 'key: value'"
    elif "expected <block end>" in problem or "expected ',' or" in problem:
        remedy = "; check the indentation and the brackets here and in the lines above"
    return f"not valid YAML: {problem}{remedy}"


class _Reader:
    """Turns the nodes of one YAML file into plain values and notes where they stand."""

    def __init__(self, file: str, yaml: Any) -> None:
        self.file = file
        self.yaml = yaml
        self.positions: dict[str, Position] = {}
        self.problems: list[Problem] = []
        self.open_nodes: list[Node] = []
        self.values = 0

    def value(self, node: Node, path: str) -> Any:
        self.values += 1
        if self.values > _MOST_VALUES:
            message = f"more than {_MOST_VALUES:,} values, expected a scenario; do aliases (*name) refer to aliases?"
            raise ScenarioError([Problem(self.file, node.start_mark.line + 1, path, message)])
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        if any(node is other for other in self.open_nodes):
            self.problems.append(Problem(self.file, node.start_mark.line + 1, path, "the alias refers to itself"))
            return None
        self.open_nodes.append(node)
        value = self.mapping(node, path) if isinstance(node, MappingNode) else self.sequence(node, path)
        self.open_nodes.pop()
        return value

    def scalar(self, node: ScalarNode) -> Any:
        tag = str(node.tag).rpartition(":")[2]
        if tag not in ("int", "float", "bool", "null"):
            return str(node.value)
        try:
            return self.yaml.constructor.construct_object(node)
        except (ValueError, KeyError):  # more digits than Python reads, or a tag that the text belies
            return str(node.value)

    def mapping(self, node: MappingNode, path: str) -> dict[str, Any]:
        value: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
            here = joined(path, key)
            if not key:
                self.problems.append(Problem(self.file, line, path, "a key must be plain text"))
                continue
            if key in lines:
                message = f"the key {key!r} is written twice, the first time in line {lines[key]}; delete one"
                self.problems.append(Problem(self.file, line, here, message))
                continue
            lines[key] = line
            self.positions[here] = (self.file, line)
            value[key] = self.value(value_node, here)
        return value

    def sequence(self, node: Node, path: str) -> list[Any]:
        value = []
        for index, item in enumerate(node.value):
            here = joined(path, index)
            self.positions[here] = (self.file, item.start_mark.line + 1)
            value.append(self.value(item, here))
        return value


def _merged(base: Content, over: Content) -> Content:
    positions = dict(base.positions)
    raw = _overlaid(base.raw, over.raw, "", positions, over.positions)
    problems = base.problems + tuple(problem for problem in over.problems if problem not in base.problems)
    return Content(over.file, raw, positions, problems)


def _overlaid(
    base: dict[str, Any],
    over: dict[str, Any],
    path: str,
    positions: dict[str, Position],
    over_positions: dict[str, Position],
) -> dict[str, Any]:
    """Lay `over` on `base`; mappings merge by key, what is one value is replaced whole, None deletes."""
    result = dict(base)
    for key, value in over.items():
        here = joined(path, key)
        present = result.get(key)
        if isinstance(value, dict) and isinstance(present, dict) and not _is_value(here):
            result[key] = _overlaid(present, value, here, positions, over_positions)
            positions[here] = over_positions[here]
            continue
        for known in [known for known in positions if known == here or known.startswith(here + ".")]:
            del positions[known]
        if value is None and key in result:
            del result[key]
            continue
        result[key] = value
        positions |= {
            known: position
            for known, position in over_positions.items()
            if known == here or known.startswith(here + ".")
        }
    return result


def _is_value(path: str) -> bool:
    here = at(path.split("."))
    return here is not None and here.is_value
