"""What can be moved in a workshop: levers, people, opening hours and the least certain assumptions of a case.

A control has a value in the case and may be set to another; `changes` turns what was set into changes of the scenario.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sim.ballots.room import SOURCE
from sim.labels import label, number, signed, unit_label
from sim.messages import key_label, say
from sim.scenario import MINUTES_PER_WEEK, Lever, Quantity, Scenario
from sim.scenario.paths import at
from sim.scenario.spans import hours_text, roster
from sim.workshop.week import presets, staffed

__all__ = ["STEPS", "Control", "Value", "changes", "controls"]

Value = float | str
Group = Literal["levers", "people", "assumptions"]
Kind = Literal["coverage", "start", "agents", "hours", "assumption"]

STEPS = {-1.0: "at_low", -0.5: "towards_low", 0.0: "as_in_case", 0.5: "towards_high", 1.0: "at_high"}
"""Where in its range an assumption stands, with the text for it."""
_SOURCE = "assumption: set in a workshop"
_STARTS_WEEKS = (-26.0, -13.0, 0.0, 13.0, 26.0)
_MORE_AT_LEAST = 3
_ASSUMPTIONS = 6
_NOT_OFFERED = ("visibility", "strategies", "decision", "run")
"""Assumptions that levers move, and what the author decides; people have controls of their own."""
_EXAMPLE_PARTS = 3
_DURATIONS = ((1440.0, "days"), (60.0, "h"), (1.0, "min"))


@dataclass(frozen=True)
class Control:
    """Something that can be set.

    Parameters
    ----------
    name : str
        Unique among the controls, e.g. ``coverage.customer_id``.
    kind : {"coverage", "start", "agents", "hours", "assumption"}
        Coverage is a share, start in weeks from the beginning of the measured time, agents are people more or fewer,
        hours the name of a preset, an assumption the place in its range from -1 (low) over 0 (value) to 1 (high).
    target : str
        Lever, touchpoint, or pattern of the assumption.
    base : float or str
        Value in the case.
    options : tuple
        Values to choose from; empty where any share may be set.
    title, hint : str
        What people read.
    paths : tuple of str
        Numbers that an assumption stands for.
    """

    name: str
    kind: Kind
    target: str
    base: Value
    options: tuple[Value, ...]
    title: str
    hint: str = ""
    paths: tuple[str, ...] = ()

    @property
    def group(self) -> Group:
        """Under which heading it stands."""
        if self.kind in ("coverage", "start"):
            return "levers"
        return "assumptions" if self.kind == "assumption" else "people"

    def shown(self, value: Value) -> str:
        """Write a value of this control as people read it.

        Examples
        --------
        >>> Control("coverage.training", "coverage", "training", 0.85, (), "Training").shown(0.5)
        '50 %'
        """
        if isinstance(value, str):
            return say(f"workshop.{value}")
        if self.kind == "coverage":
            return f"{number(100 * value)} %"
        if self.kind == "start":
            return say("workshop.start_option", weeks=signed(value, "weeks"))
        if self.kind == "agents":
            return say("workshop.agents_value", value=signed(value, "")) if value else say("workshop.as_in_case")
        return say(f"workshop.{STEPS[value]}")


def controls(case: Scenario, strategy: str) -> dict[str, Control]:
    """All controls of a case under a strategy, by name, in the order in which they are shown.

    Parameters
    ----------
    case : Scenario
    strategy : str
        Its levers stand first; the others of the case are at coverage 0.
    """
    found = [*_levers(case, strategy), *_people(case), *_assumptions(case)]
    return {control.name: control for control in found}


def changes(
    case: Scenario, strategy: str, known: Mapping[str, Control], settings: Mapping[str, Value]
) -> dict[str, Any]:
    """Changes for `Scenario.change` that bring the case to these settings.

    Parameters
    ----------
    case : Scenario
    strategy : str
    known : mapping of str to Control
        The `controls` of both.
    settings : mapping
        Values by the name of the control; those that stand as in the case may be left out.

    Returns
    -------
    dict
        Values as a file would write them, by path.
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        control = known[name]
        if control.kind in ("coverage", "start"):
            found |= _lever_changes(case, strategy, known, settings, control.target)
        elif control.kind in ("agents", "hours"):
            found |= _people_changes(case, settings, control.target)
        else:
            found |= {f"{path}.value": _placed(case.quantity(path), float(value)) for path in control.paths}
    return found


# --- levers ----------------------------------------------------------------------------------------------------------


def _levers(case: Scenario, strategy: str) -> Iterator[Control]:
    document = case.document
    uses = document.strategies[strategy].levers
    for name in [*uses, *(name for name in document.levers if name not in uses)]:
        title = document.levers[name].label or label(name)
        used = name in uses
        coverage = round(float(uses[name].coverage), 6) if used else 0.0
        start = _weeks(uses[name].start) if used else _usual_start(case, name)
        yield Control(f"coverage.{name}", "coverage", name, coverage, (), title, _told(document.levers[name]))
        starts = tuple(sorted({*_STARTS_WEEKS, start}))
        yield Control(
            f"start.{name}",
            "start",
            name,
            start,
            starts,
            say("workshop.lever_start", lever=title),
            say("workshop.start_hint"),
        )


def _told(lever: Lever) -> str:
    """What a lever costs and how long it takes, for those who hover."""
    return say(
        "workshop.lever_costs",
        once=number(float(lever.one_off)),
        monthly=number(float(lever.running)),
        lead=number(_weeks(lever.lead_time)),
        ramp=number(_weeks(lever.ramp)),
    )


def _weeks(duration: Quantity) -> float:
    return round(float(duration) / MINUTES_PER_WEEK, 6)


def _usual_start(case: Scenario, lever: str) -> float:
    """When strategies that use the lever start it; else when measuring begins."""
    used = [each.levers[lever] for each in case.document.strategies.values() if lever in each.levers]
    return _weeks(used[0].start) if used else 0.0


def _lever_changes(
    case: Scenario, strategy: str, known: Mapping[str, Control], settings: Mapping[str, Value], lever: str
) -> dict[str, Any]:
    path = f"strategies.{strategy}.levers.{lever}"
    now = {kind: settings.get(f"{kind}.{lever}", known[f"{kind}.{lever}"].base) for kind in ("coverage", "start")}
    told = {f"{path}.coverage": now["coverage"], f"{path}.start": f"{now['start']:g} weeks"}
    if lever in case.document.strategies[strategy].levers:
        return {key: value for key, value in told.items() if f"{key.rpartition('.')[2]}.{lever}" in settings}
    return told


# --- people and opening hours ----------------------------------------------------------------------------------------


def _people(case: Scenario) -> Iterator[Control]:
    for name, touchpoint in case.document.touchpoints.items():
        if touchpoint.agents is not None:
            most = max(touchpoint.agents.slots(touchpoint.open))
            options = tuple(float(more) for more in range(1 - max(most, 1), max(most, _MORE_AT_LEAST) + 1))
            title = say("workshop.agents", touchpoint=_called(case, name))
            yield Control(f"agents.{name}", "agents", name, 0.0, options, title, say("workshop.agents_hint"))
        if not all(touchpoint.open.slots):
            title = say("workshop.hours", touchpoint=_called(case, name))
            options_ = tuple(presets(touchpoint.open))
            yield Control(f"hours.{name}", "hours", name, "as_in_case", options_, title, say("workshop.hours_hint"))


def _called(case: Scenario, touchpoint: str) -> str:
    return case.document.touchpoints[touchpoint].label or label(touchpoint)


def _people_changes(case: Scenario, settings: Mapping[str, Value], name: str) -> dict[str, Any]:
    touchpoint = case.document.touchpoints[name]
    preset = str(settings.get(f"hours.{name}", "as_in_case"))
    more = int(float(settings.get(f"agents.{name}", 0.0)))
    opening = presets(touchpoint.open)[preset]
    found: dict[str, Any] = (
        {} if opening == touchpoint.open else {f"touchpoints.{name}.open": hours_text(opening.slots)}
    )
    if touchpoint.agents is None:
        return found
    if touchpoint.agents.number is not None:
        if more:
            number_ = max(1, int(float(touchpoint.agents.number)) + more)
            found[f"touchpoints.{name}.agents"] = {"value": number_, "source": _SOURCE}
        return found
    agents = staffed(touchpoint.agents.slots(touchpoint.open), opening, more)
    return found | {f"touchpoints.{name}.agents": {**roster(agents), "source": _SOURCE}}


# --- assumptions -----------------------------------------------------------------------------------------------------


def _assumptions(case: Scenario) -> Iterator[Control]:
    """What the room voted on, then the widest ranges; numbers of one meaning, say of all segments, move together."""
    patterns = _patterns(case)
    width = {
        pattern: statistics.median(_relative_width(each) for each in paths.values())
        for pattern, paths in patterns.items()
    }
    voted = [pattern for pattern, paths in patterns.items() if any(map(_is_voted, paths.values()))]
    others = sorted((pattern for pattern in width if pattern not in voted), key=lambda pattern: -width[pattern])
    for pattern in [*voted, *others][: max(_ASSUMPTIONS, len(voted))]:
        paths = patterns[pattern]
        title, hint = _title(pattern), _range(list(paths.values()))
        yield Control(f"assumption.{pattern}", "assumption", pattern, 0.0, tuple(STEPS), title, hint, tuple(paths))


def _patterns(case: Scenario) -> dict[str, dict[str, Quantity]]:
    """Assumptions with a range on a scale that begins at 0, by the pattern that leaves out whose number it is.

    What the room voted on stands for itself.
    """
    found: dict[str, dict[str, Quantity]] = {}
    register = case.assumptions()
    voted = {path for path in register["path"][register["low"].notna()] if _is_voted(case.quantity(path))}
    for path in register[(register["assumption"] | register["path"].isin(voted)) & register["low"].notna()]["path"]:
        quantity = case.quantity(path)
        assert quantity.kind is not None
        from_zero = quantity.kind.low == 0.0 or quantity.kind.above == 0.0
        if path.split(".")[0] in _NOT_OFFERED or (path.startswith("touchpoints.") and path.endswith(".agents")):
            continue
        if from_zero and quantity.value and quantity.low != quantity.high:
            found.setdefault(path if path in voted else _pattern(path), {})[path] = quantity
    return found


def _is_voted(quantity: Quantity) -> bool:
    return (quantity.source or "").startswith(SOURCE)


def _pattern(path: str) -> str:
    """Put `*` for names that a file chooses.

    Examples
    --------
    >>> _pattern("needs.complaint.served_at.hotline.fit"), _pattern("behaviour.pause")
    ('needs.*.served_at.*.fit', 'behaviour.pause')
    """
    keys = path.split(".")
    fixed = [True]
    for depth in range(1, len(keys)):
        around = at(keys[:depth])
        fixed.append(around is not None and around.model is not None)
    return ".".join(key if known else "*" for key, known in zip(keys, fixed, strict=True))


def _relative_width(quantity: Quantity) -> float:
    assert quantity.low is not None
    assert quantity.high is not None
    return (quantity.high - quantity.low) / abs(quantity.value)


def _title(pattern: str) -> str:
    """Name an assumption by whose it is and what it is.

    Examples
    --------
    >>> _title("needs.*.follow_ups.*.delay"), _title("behaviour.pause")
    ('needs: follow ups, delay', 'behaviour: pause')
    """
    section, *keys = [key for key in pattern.split(".") if key != "*"]
    return f"{key_label(section)}: {', '.join(map(key_label, keys))}"


def _range(quantities: list[Quantity]) -> str:
    """Say which numbers an assumption stands for, with their ranges."""
    kept = dict.fromkeys(_one_range(quantity) for quantity in quantities)
    told = "; ".join(list(kept)[:_EXAMPLE_PARTS]) + ("; …" if len(kept) > _EXAMPLE_PARTS else "")
    return told if len(quantities) == 1 else say("workshop.several", count=len(quantities), values=told)


def _one_range(quantity: Quantity) -> str:
    assert quantity.low is not None
    assert quantity.high is not None
    assert quantity.kind is not None
    size, unit = _readable_unit(quantity)
    value, low, high = (number(amount / size) for amount in (quantity.value, quantity.low, quantity.high))
    return say("workshop.one_value", value=f"{value} {unit_label(unit)}".strip(), low=low, high=high)


def _readable_unit(quantity: Quantity) -> tuple[float, str]:
    """Unit in which people read a number, and its size in the canonical one."""
    assert quantity.kind is not None
    if quantity.kind.unit == "share":
        return 0.01, "%"
    if quantity.kind.unit == "min":
        least = quantity.low or quantity.value
        return next((size, unit) for size, unit in _DURATIONS if least >= size or unit == "min")
    return 1.0, quantity.kind.unit


def _placed(quantity: Quantity, place: float) -> Any:
    """Write the value at a place of the range, from -1 (low) over 0 (value) to 1 (high).

    Examples
    --------
    >>> from sim.scenario.quantities import COUNT
    >>> [_placed(Quantity(2.0, 1.0, 10.0, kind=COUNT), place) for place in (-1.0, -0.5, 0.5, 1.0)]
    [1, 2, 6, 10]
    """
    assert quantity.low is not None
    assert quantity.high is not None
    assert quantity.kind is not None
    end = quantity.high if place > 0 else quantity.low
    value = quantity.value + abs(place) * (end - quantity.value)
    if abs(place) < 1.0:
        value = float(f"{value:.4g}")
    if quantity.kind.whole:
        return math.floor(value + 0.5)
    unit = quantity.kind.unit
    return value if quantity.kind.bare else f"{value!r} {unit}"
