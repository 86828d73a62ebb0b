"""Files kept in a workshop: scenario files that extend the case by a strategy, and the way back to its settings."""

from __future__ import annotations

import io
import itertools
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.errors import ArgumentError
from sim.messages import say
from sim.replication import identity
from sim.scenario import MINUTES_PER_WEEK, Scenario, load
from sim.workshop.controls import Control, Value, changes

__all__ = ["kept_files", "same_numbers", "settings_of", "strategy_name", "with_strategy", "write"]

_SUFFIX = ".yaml"
_HEAD = "# Kept in a workshop:"


def strategy_name(called: str, case: Scenario) -> str:
    """Name of a strategy that people call so.

    Raises
    ------
    ArgumentError
        It does not begin with a letter, or the case has a strategy of this name.
    """
    name = re.sub(r"[^a-z0-9]+", "_", called.lower()).strip("_")
    if not re.match(r"[a-z]", name):
        raise ArgumentError(say("workshop.bad_name", name=repr(called)))
    if name in case.strategies:
        raise ArgumentError(say("workshop.name_taken", name=repr(name)))
    return name


def with_strategy(scenario: Scenario, like: str, name: str, called: str) -> Scenario:
    """Add a strategy that is made as another one is."""
    return scenario.change({f"strategies.{name}": {**scenario.content.raw["strategies"][like], "label": called}})


def same_numbers(one: Scenario, other: Scenario, strategies: Iterable[str]) -> bool:
    """Tell whether strategies must give the same numbers in two scenarios."""
    return all(
        name in one.strategies and name in other.strategies and identity(one, name) == identity(other, name)
        for name in strategies
    )


def kept_files(folder: str | os.PathLike[str]) -> list[Path]:
    """Files of a folder that were kept in a workshop, in the order of their names."""
    files = sorted(Path(folder).glob(f"*{_SUFFIX}"))
    return [file for file in files if file.read_text(encoding="utf-8", errors="replace").startswith(_HEAD)]


def write(case: Scenario, kept: Scenario, name: str, paths: Sequence[str], folder: Path, overwrite: bool) -> Path:
    """Write a file that extends the case, load it again, and only then give it its name; see `Session.keep`.

    Parameters
    ----------
    case, kept : Scenario
        The base, and what the file is to say.
    name : str
        The strategy that is kept.
    paths : sequence of str
        What else differs from the case.
    folder : Path
    overwrite : bool
    """
    file = folder / f"{name}{_SUFFIX}"
    if file.exists() and not overwrite:
        raise ArgumentError(say("workshop.file_exists", file=file))
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    part = Path(temporary)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(_text(case, kept, name, paths, folder))
        if not same_numbers(load(part), kept, (kept.strategies[0], name)):
            raise ArgumentError(
                f"{case.file} does not say what this case says, for the case was changed after it was loaded; write it "
                "to a file first (case.to_yaml()) and load that"
            )
        part.chmod(0o644)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def _text(case: Scenario, kept: Scenario, name: str, paths: Sequence[str], folder: Path) -> str:
    content: dict[str, Any] = {"extends": Path(os.path.relpath(Path(case.file).resolve(), folder.resolve())).as_posix()}
    for path in [*paths, f"strategies.{name}"]:
        _copy(kept.content.raw, content, path.removesuffix(".value").split("."))
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # annotated as None
    yaml.allow_unicode = True
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(content, stream)
    return f"{_HEAD} journeysim compare {name}{_SUFFIX}\n{stream.getvalue()}"


def _copy(source: Any, target: dict[str, Any], keys: list[str]) -> None:
    """Copy what stands at a path; a list is copied whole, for a file replaces it whole."""
    key, *rest = keys
    if not rest or isinstance(source[key], list):
        target[key] = source[key]
    else:
        _copy(source[key], target.setdefault(key, {}), rest)


def settings_of(case: Scenario, known: Mapping[str, Control], kept: Scenario, strategy: str) -> dict[str, Value]:
    """Where the controls of a case stand so that it says what a kept file says, as far as they can.

    Parameters
    ----------
    case : Scenario
    known : mapping of str to Control
    kept : Scenario
    strategy : str
        The strategy that was kept.
    """
    found: dict[str, Value] = {}
    uses = kept.document.strategies[strategy].levers
    for control in known.values():
        if control.group == "levers" and control.target in uses:
            use = uses[control.target]
            told = float(use.coverage) if control.kind == "coverage" else float(use.start) / MINUTES_PER_WEEK
            found[control.name] = round(told, 6)
    people = [control for control in known.values() if control.group == "people"]
    for _, group in itertools.groupby(people, key=lambda control: control.target):
        found |= _fitting(case, known, kept, list(group))
    for control in known.values():
        if control.group == "assumptions":
            found |= _fitting(case, known, kept, [control])
    return {name: value for name, value in found.items() if value != known[name].base}


def _fitting(case: Scenario, known: Mapping[str, Control], kept: Scenario, together: list[Control]) -> dict[str, Value]:
    """Find the options of some controls with which the case says what the kept file says; nothing where none fits."""
    names = [control.name for control in together]
    combinations = [
        dict(zip(names, values, strict=True)) for values in itertools.product(*(each.options for each in together))
    ]
    told = [changes(case, kept.strategies[0], known, settings) for settings in combinations]
    paths = list(dict.fromkeys(path for each in told for path in each))
    as_kept = {path: _written(kept.content.raw, path) for path in paths}
    for settings, each in zip(combinations, told, strict=True):
        as_it_is = {path: each.get(path, _written(case.content.raw, path)) for path in paths}
        if as_it_is == as_kept:
            return settings
    return {}


def _written(raw: Any, path: str) -> Any:
    """What a scenario says at a path; None where it says nothing."""
    for key in path.split("."):
        if isinstance(raw, list):
            raw = raw[int(key)] if int(key) < len(raw) else None
        elif isinstance(raw, dict):
            raw = raw.get(key)
        else:
            return None
    return raw
