"""Every key of the file format, found in the schema: what is wrong is told with file, line, path, rule and value.

New keys are found by themselves. A key that no entry of `CASE` leads to is tested in a new entry with that key alone.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cases import scenario
from ruamel.yaml import YAML

from sim.errors import Problem, ScenarioError
from sim.memory import needed_bytes
from sim.scenario import Agents, OpeningHours, WeekProfile, load
from sim.scenario.paths import Place, at, step
from sim.scenario.quantities import AGENTS, Kind
from sim.scenario.schema import Document
from sim.simulation import simulate

CASE = YAML(typ="safe").load("""
name: Every key
question: Is it checked?
description: One entry of everything
sources: {log: A call log}
run: {warm_up: 1 week, measured: 2 weeks}
profiles: {day: {Mon-Sun: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}
segments:
  people: {customers: 12, prospects: 6, needs_per_year: {order: 90 per year}, taste: {web: 1, phone: 1},
    research_first: {order: 0.3}, showroom_first: {order: 0.3}, bought_before: {shop: 0.5}, tolerance: 100,
    tolerance_spread: 0.5, sensitivity_spread: 0.3, leaving_per_year: 0.2 per year}
touchpoints:
  web: {kind: self_service}
  phone: {kind: staffed, agents: 1}
  shop: {kind: staffed, agents: {value: 2, low: 1, high: 3}, open: "Mon-Sun 9:00-18:00"}
  mail: {kind: deferred, answer_time: 1 day, answer_spread: 1}
facts: {identity: {handling: 1 min}}
visibility: {identity: {web: {phone: 0.5}}}
needs:
  order:
    buys: true
    value: 50 EUR
    margin: 0.3
    served_at:
      web: {service_time: {distribution: exponential, mean: 5 min}, resolves: 0.6}
      phone: {service_time: {distribution: lognormal, mean: 5 min, spread: 1}, resolves: 0.6, passes_on: 0.3,
        promises: 0.3, promise_at: shop}
      shop: {service_time: {distribution: constant, mean: 5 min}, resolves: 0.9}
      mail: {service_time: {distribution: constant, mean: 5 min}, resolves: 0.5}
    requires: {identity: 0.5}
    follow_ups: [{need: help, after: resolved, share: 0.2, delay: 2 days, resolved_at: [shop]}]
  help:
    served_at: {phone: {service_time: {distribution: exponential, mean: 5 min}, resolves: 0.5}}
behaviour: {research_at: web, showroom_at: shop, taste_spread: 1, choice_spread: 1, pause: 2 h, comes_back: 0.3,
  redials: 0.3, switches: 0.3}
frustrations: {passed_on: {severity: 5}}
loyalty: {gain: 0.1, loss: 0.2, repurchase_sensitivity: 0.5, leaving_sensitivity: 1}
marketing: {at: web, messages: 12 per year, response: 0.1, brings: order, annoys: 1, pleases: 1}
sharing: {start: 0.5}
word_of_mouth: {tells_good: 1, tells_bad: 1, joins: 1 per year, persuades: 1, deters: 1}
levers:
  lever:
    changes:
      - {path: facts.identity.handling, to: 10 s}
      - {path: needs.order.served_at.*.resolves, add: 0.01}
      - {path: touchpoints.*.staffing, factor: 1.5}
strategies: {today: {}, joined: {levers: {lever: {coverage: 1, start: 0 weeks}}}}
decision: {primary: {loyalty_mean: 1}}
economics: {horizon: 1 year}
expect:
  - {kpi: churn_share, strategy: [joined, today], band: [0, 1], reason: It has to be something}
""")


class Key(NamedTuple):
    """A key of the file format, and the paths of the case at which it may stand."""

    pattern: str
    place: Place
    paths: list[str]


def instances(here: Place, node: Any, keys: tuple[str, ...], pattern: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Pattern, place and path of a key and of all below it."""
    if keys:
        yield ".".join(pattern), here, ".".join(keys)
    if here.model is not None:
        for name in here.model.model_fields:
            below = step(here, name)
            assert below is not None
            yield from instances(below, (node or {}).get(name), (*keys, name), (*pattern, name))
    elif not here.is_value:
        below = step(here, "0")
        assert below is not None
        entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, entry in list(entries) or [("0" if here.type is list else "new", None)]:
            yield from instances(below, entry, (*keys, str(name)), (*pattern, "*"))


def every_key() -> list[Key]:
    """All keys of the file format."""
    found: dict[str, Key] = {}
    for pattern, place, path in instances(Place(Document, None), CASE, (), ()):
        found.setdefault(pattern, Key(pattern, place, [])).paths.append(path)
    return list(found.values())


KEYS = every_key()
NUMBERS = [key for key in KEYS if key.place.kind is not None or key.place.type is Agents]
NOT_NUMBERS = [key for key in KEYS if key not in NUMBERS]


def problems(path: str, value: Any) -> tuple[list[Problem], list[str]]:
    """What is wrong with the case after one value was replaced, and the lines of its file."""
    raw: Any = copy.deepcopy(CASE)
    *parents, last = path.split(".")
    node = raw
    for key in parents:
        node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    with Path("case.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(raw, stream)
    with pytest.raises(ScenarioError) as caught:
        load("case.yaml")
    return caught.value.problems, Path("case.yaml").read_text(encoding="utf-8").splitlines()


def assert_told(key: Key, value: Any) -> None:
    """At one of the paths of the key at least, a wrong value is told as it should be."""
    told = []
    for path in key.paths:
        found, lines = problems(path, value)
        last = path.rpartition(".")[2]
        for problem in found:
            told.append(str(problem))
            if problem.path == path:
                line = lines[problem.line - 1]
                if (
                    problem.file == "case.yaml"
                    and (f"{last}:" in line or last.isdecimal())
                    and str(value) in problem.message
                    and ("expected" in problem.message or "did you mean" in problem.message)
                ):
                    return
    pytest.fail("\n".join(told))


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def kind_of(key: Key) -> Kind:
    return AGENTS if key.place.type is Agents else key.place.kind  # type: ignore[return-value]


def written(kind: Kind, number: float) -> Any:
    """A number as a file writes it."""
    return number if kind.bare else f"{number!r} {next(unit for unit, size in kind.units.items() if size == 1)}"


def test_the_case_is_valid() -> None:
    scenario(CASE)


def test_keys_are_found() -> None:
    patterns = {key.pattern for key in KEYS}
    assert {"name", "needs.*.follow_ups.*.resolved_at", "visibility.*.*.*", "levers.*.changes.*.to"} <= patterns
    assert len(NUMBERS) > 100


@pytest.mark.parametrize("key", NUMBERS, ids=lambda key: key.pattern)
def test_text_for_a_number(key: Key) -> None:
    assert_told(key, "plenty")


@pytest.mark.parametrize("key", NUMBERS, ids=lambda key: key.pattern)
def test_number_out_of_bounds(key: Key) -> None:
    kind = kind_of(key)
    assert math.isfinite(kind.high), "a number without a largest value lets nonsense into a run"
    assert kind.high == 1.0 or kind.high == 100.0 or kind.remedy, "say what to do instead"
    assert_told(key, written(kind, 10.0 * kind.high))
    assert_told(key, written(kind, -1.0 if kind.low > -1.0 else 10.0 * kind.low))
    if kind.whole:
        assert_told(key, 1.5)


@pytest.mark.parametrize("key", NOT_NUMBERS, ids=lambda key: key.pattern)
def test_wrong_type(key: Key) -> None:
    is_text = key.place.type is str
    assert_told(key, 12 if is_text or key.place.type in (OpeningHours, WeekProfile) else "No such Thing")


def extremes(key: Key) -> Iterator[tuple[str, Any]]:
    """Paths with the smallest and the largest number allowed there."""
    kind = kind_of(key)
    for path in key.paths:
        for number in (kind.high, kind.low if kind.above is None else 1e-9):
            yield path, written(kind, int(number) if kind.whole else number)


@pytest.mark.parametrize("section", sorted({key.pattern.split(".")[0] for key in NUMBERS}))
def test_whatever_is_valid_can_be_simulated(section: str) -> None:
    """Any one number at the end of its bounds ends in a run, or is refused beforehand; never in a crash."""
    case, runs = scenario(CASE), 0
    for key in NUMBERS:
        if key.pattern.split(".")[0] != section:
            continue
        for path, value in extremes(key):
            try:
                changed = case.change({path: value})
            except ScenarioError:
                continue
            if needed_bytes(changed.document) < 1e6 and path != "run.warm_up":
                simulate(changed, "joined", 1, 0, "reference")
                runs += 1
    # the smallest run is refused, the largest one is too large
    assert (runs > 0) == (section != "run")


def test_the_schema_reaches_every_number_of_a_case() -> None:
    patterns = {key.pattern for key in KEYS}
    for path in scenario(CASE)._numbers:
        keys = path.split(".")
        assert any(
            len(pattern.split(".")) == len(keys)
            and all(wanted in ("*", name) for wanted, name in zip(pattern.split("."), keys, strict=True))
            for pattern in patterns
        ), path
        assert at(keys) is not None
