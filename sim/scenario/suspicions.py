"""What is legal in a scenario but probably not meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.errors import Problem
from sim.scenario.calendar import DAYS, HOURS_PER_WEEK
from sim.scenario.draft import Draft, Finding
from sim.scenario.offered_load import offered_load
from sim.scenario.paths import Paths, closest, unknown
from sim.scenario.quantities import MINUTES_PER_WEEK, Quantity
from sim.scenario.reading import Content
from sim.scenario.resembling import resembling
from sim.scenario.schema import Document, LeverUse, Need, Touchpoint
from sim.scenario.schema_decisions import Expectation

__all__ = ["UnmovedStaffing", "suspicions", "unmoved_staffing"]

_CATALOGUE = tuple(f"L{number}" for number in range(1, 16))
"""Ids of levers in the mechanism catalogue."""
_SLOTS_PER_HOUR = 4
_OVERLOADED = 1.0 + 1e-9


def suspicions(content: Content, document: Document) -> list[Problem]:
    """Everything suspicious in a valid scenario.

    Parameters
    ----------
    content : Content
    document : Document

    Returns
    -------
    list of Problem
    """
    findings = [
        *resembling(content),
        *_sources_and_ranges(content, document),
        *_unused(document),
        *_services(document),
        *_knowledge(document),
        *_plans(document),
        *_loops(document),
        *_staffing(document),
    ]
    return [content.problem(path, message) for path, message in findings]


def _sources_and_ranges(content: Content, document: Document) -> Iterator[Finding]:
    draft = Draft(content.raw)
    for path, quantity in draft.quantities.items():
        if quantity is None:
            continue
        if quantity.low is not None and quantity.low == quantity.high:
            yield path, f"the range has no width, low and high are both {quantity.low:g}"
        yield from _source(document, path, quantity.source)
    for name, touchpoint in document.touchpoints.items():
        if touchpoint.agents is not None:
            yield from _source(document, f"touchpoints.{name}.agents", touchpoint.agents.source)
    for name, profile in document.profiles.items():
        yield from _source(document, f"profiles.{name}", profile.source)
    for name, lever in document.levers.items():
        for index, change in enumerate(lever.changes):
            for rule, amount in (("to", change.to), ("add", change.add)):
                source = getattr(amount, "source", None)
                yield from _source(document, f"levers.{name}.changes.{index}.{rule}", source)


def _source(document: Document, path: str, source: str | None) -> Iterator[Finding]:
    """Look up the ids of a source; a source with longer parts is free text."""
    ids = [] if source is None else re.split(r"\s*[,;]\s*", source)
    for each in ids if all(re.fullmatch(r"\S+", each) for each in ids) else []:
        if each not in document.sources and each.lower() != "assumption":
            close = closest(each, document.sources)
            remedy = f"did you mean {close!r}?" if close else "declare it there, or describe the source in words"
            yield path, f"got the source {each!r}, which is not under sources; {remedy}"


def _unused(document: Document) -> Iterator[Finding]:
    used_levers = {name for strategy in document.strategies.values() for name in strategy.levers}
    for name, lever in document.levers.items():
        if name not in used_levers:
            yield f"levers.{name}", "no strategy uses this lever"
        if not lever.changes and not float(lever.hastens):
            yield f"levers.{name}.changes", "this lever changes nothing"
    used_profiles = {need.profile for need in document.needs.values()}
    for name in document.profiles:
        if name not in used_profiles:
            yield f"profiles.{name}", "no need uses this profile"
    serving = {name for need in document.needs.values() for name in need.served_at}
    for name in document.touchpoints:
        if name not in serving and name != document.behaviour.research_at:
            yield f"touchpoints.{name}", "no need is served here"
    for name, segment in document.segments.items():
        if not float(segment.customers):
            yield f"segments.{name}.customers", "nobody is in this segment"
        if not any(map(float, segment.needs_per_year.values())):
            yield f"segments.{name}.needs_per_year", "these customers never have a need"
    arising = _arising(document)
    for name in document.needs:
        if name not in arising:
            yield f"needs.{name}", "never arises: no segment has it per year, and no need that arises is followed by it"


def _arising(document: Document) -> set[str]:
    arising = {
        name for segment in document.segments.values() for name, rate in segment.needs_per_year.items() if float(rate)
    }
    while True:
        caused = {
            follow_up.need
            for name in arising
            for follow_up in document.needs[name].follow_ups
            if float(follow_up.share)
        }
        if caused <= arising:
            return arising
        arising |= caused


def _services(document: Document) -> Iterator[Finding]:
    """What can be done for nobody, or goes on without end."""
    moved = [change.path for lever in document.levers.values() for change in lever.changes]
    for name, need in document.needs.items():
        for index, follow_up in enumerate(need.follow_ups):
            if follow_up.resolved_at == []:
                path = f"needs.{name}.follow_ups.{index}.resolved_at"
                yield path, "names no touchpoint, so that this follow-up never arises; leave it out for all"
        paths = {f"needs.{name}.served_at.{where}.offered": each for where, each in need.served_at.items()}
        if not any(float(each.offered) or _is_moved(path, moved) for path, each in paths.items()):
            yield f"needs.{name}.served_at", "offered is 0 wherever this need is served: nobody can be helped"
        for where, each in need.served_at.items():
            here = f"needs.{name}.served_at.{where}"
            if each.promise_at is not None and not float(each.promises) and not _is_moved(f"{here}.promises", moved):
                yield f"{here}.promise_at", "says where promises are kept, but promises is 0: none is made"
            if not float(each.resolves) and float(each.passes_on) == 1.0:
                yield f"{here}.passes_on", "every case is passed on and none is resolved: it goes round without end"
    carries = {f"touchpoints.{name}.carries": each.carries for name, each in document.touchpoints.items()}
    if not any(float(share) or _is_moved(path, moved) for path, share in carries.items()):
        yield next(iter(carries)), "carries is 0 at every touchpoint: no product is sold anywhere"
    for name, touchpoint in document.touchpoints.items():
        if touchpoint.kind == "self_service" and float(touchpoint.steers):
            yield f"touchpoints.{name}.steers", "got it at a self_service touchpoint, where there is no staff to do so"


def _is_moved(path: str, patterns: list[str]) -> bool:
    """Tell whether any of the levers changes a number."""
    return any(Paths([path]).matching(pattern) for pattern in patterns)


def _knowledge(document: Document) -> Iterator[Finding]:
    """A touchpoint that does not see what arose at itself, unless a source stands for it or others see no more."""
    for fact, rows in document.visibility.items():
        for name, row in rows.items():
            own, path = row[name], f"visibility.{fact}.{name}.{name}"
            more = next((other for other, share in row.items() if float(share) > float(own)), None)
            if more is not None:
                yield path, f"got {float(own):g}: {name} sees less of what arose at itself than {more} does"
            elif float(own) < 1.0 and own.source is None:
                yield path, f"got {float(own):g}: {name} does not see all that arose at itself; delete it, or say why"


def _plans(document: Document) -> Iterator[Finding]:
    """Levers that a strategy pays for but never sees at work, slips in plans, and what is said twice."""
    for name, lever in document.levers.items():
        if lever.catalogue is not None and lever.catalogue not in _CATALOGUE:
            yield f"levers.{name}.catalogue", unknown("id of the catalogue", lever.catalogue, _CATALOGUE)
    for name, strategy in document.strategies.items():
        for lever_name, use in strategy.levers.items():
            path = f"strategies.{name}.levers.{lever_name}"
            if float(use.coverage):
                yield from ((path, message) for message in _timing(document, lever_name, use))
    yield from ((each.path, str(each)) for each in unmoved_staffing(document))
    yield from _strategies(document)
    for index, expectation in enumerate(document.expect):
        same = [at for at, other in enumerate(document.expect[:index]) if _same(expectation, other)]
        if same:
            yield f"expect.{index}", f"expects the same as expect.{same[0]}; delete one"


def _strategies(document: Document) -> Iterator[Finding]:
    """Strategies that are no alternatives to each other, and a baseline that is no longer the world as it is."""
    names = list(document.strategies)
    for at, name in enumerate(names):
        levers = document.strategies[name].levers
        same = next((other for other in names[:at] if document.strategies[other].levers == levers), None)
        if same is not None:
            told = "the same levers as" if levers else "no levers, as"
            yield (
                f"strategies.{name}",
                f"{told} {same!r}: the two are one world, with no difference between them",
            )
    if document.strategies[names[0]].levers and not all(each.levers for each in document.strategies.values()):
        without = next(name for name in names if not document.strategies[name].levers)
        yield (
            f"strategies.{names[0]}",
            f"stands first, so differences are measured from it, and uses levers; {without!r} uses none, put it first "
            "if it is the company as it is",
        )


def _timing(document: Document, name: str, use: LeverUse) -> Iterator[str]:
    lever, start = document.levers[name], float(use.start)
    if start + float(lever.lead_time) >= float(document.run.measured):
        yield "start plus lead time lies after the end of the run: no effect"
    length = float(document.run.warm_up) + float(document.run.measured)
    if -start > max(length, float(lever.lead_time) + float(lever.ramp)):
        yield (
            f"starts {-start / MINUTES_PER_WEEK:g} weeks before measuring begins, longer ago than the whole run of "
            f"{length / MINUTES_PER_WEEK:g} weeks"
        )


class UnmovedStaffing(NamedTuple):
    """Staff that a lever adds or removes, but too little for one agent more or less at any hour."""

    strategy: str
    lever: str
    touchpoint: str
    before: float
    after: float

    @property
    def path(self) -> str:
        """Where the strategy takes up the lever."""
        return f"strategies.{self.strategy}.levers.{self.lever}"

    def __str__(self) -> str:
        moved = f"from {self.before:g} to {self.after:g}"
        return f"staffing of {self.touchpoint} {moved} changes no hour: agents are whole persons"


def unmoved_staffing(document: Document) -> Iterator[UnmovedStaffing]:
    """Find the staff that levers change without an effect, in the order of strategies."""
    for name, strategy in document.strategies.items():
        for lever, use in strategy.levers.items():
            for where, before, after in _staffing_moved(document, lever, use):
                touchpoint = document.touchpoints[where]
                changed = touchpoint.model_copy(update={"staffing": Quantity(after)})
                if after != before and changed.roster == touchpoint.roster:
                    yield UnmovedStaffing(name, lever, where, before, after)


def _staffing_moved(document: Document, lever: str, use: LeverUse) -> Iterator[tuple[str, float, float]]:
    """Touchpoints whose staffing a lever changes, from what to what."""
    for change in document.levers[lever].changes:
        for where, touchpoint in document.touchpoints.items():
            if touchpoint.agents is None or not _is_moved(f"touchpoints.{where}.staffing", [change.path]):
                continue
            before = after = float(touchpoint.staffing)
            if isinstance(change.to, Quantity):
                after = float(change.to)
            elif change.factor is not None:
                after = before * float(change.factor)
            elif isinstance(change.add, Quantity):
                after = before + float(change.add)
            yield where, before, before + float(use.coverage) * (after - before)


def _same(one: Expectation, other: Expectation) -> bool:
    return one.model_copy(update={"reason": ""}) == other.model_copy(update={"reason": ""})


def _loops(document: Document) -> Iterator[Finding]:
    """Follow-ups that cause each other without end: a branching process with a mean of one or more."""
    names = list(document.needs)
    mean = np.array([[_caused(document.needs[cause], name) for cause in names] for name in names])
    in_loop = np.linalg.matrix_power((mean > 0).astype(float) + np.eye(len(names)), len(names)) > 0
    seen: set[str] = set()
    for position, name in enumerate(names):
        loop = np.flatnonzero(in_loop[position] & in_loop[:, position])
        if name not in seen and max(abs(np.linalg.eigvals(mean[np.ix_(loop, loop)]))) >= 1.0 - 1e-9:
            seen.update(names[each] for each in loop)
            others = ", ".join(names[each] for each in loop)
            yield f"needs.{name}.follow_ups", f"each need causes one or more others on average, without end: {others}"


def _caused(need: Need, name: str) -> float:
    """Largest mean number of follow-up needs of one name; a journey is either resolved or given up."""
    shares = {"resolved": 0.0, "given_up": 0.0, "dissatisfied": 0.0}
    for follow_up in need.follow_ups:
        if follow_up.need == name:
            shares[follow_up.after] += float(follow_up.share)
    return max(shares["resolved"], shares["given_up"]) + shares["dissatisfied"]


def _staffing(document: Document) -> Iterator[Finding]:
    load = offered_load(document)
    for name, touchpoint in document.touchpoints.items():
        if touchpoint.agents is not None:
            yield from _roster(f"touchpoints.{name}.agents", touchpoint)
            yield from _overload(f"touchpoints.{name}.agents", touchpoint, load[name])


def _roster(path: str, touchpoint: Touchpoint) -> Iterator[Finding]:
    assert touchpoint.agents is not None
    agents = touchpoint.agents.slots(touchpoint.open)
    alone = [slot for slot, is_open in enumerate(touchpoint.open.slots) if is_open and agents[slot] == 0]
    if alone:
        yield path, f"open without agents for {len(alone) / 4:g} h a week, first on {_clock(alone[0])}"
    roster = touchpoint.agents.roster or ()
    idle = [slot for slot, number in enumerate(roster) if number and not touchpoint.open.slots[slot]]
    if idle:
        yield path, f"agents while closed for {len(idle) / 4:g} h a week, first on {_clock(idle[0])}; they do not count"


def _clock(slot: int) -> str:
    return f"{DAYS[slot // 96]} {slot % 96 // 4}:{slot % 4 * 15:02d}"


def _overload(
    path: str, touchpoint: Touchpoint, load: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> Iterator[Finding]:
    assert touchpoint.agents is not None
    agents = np.array(touchpoint.agents.slots(touchpoint.open), dtype=float).reshape(HOURS_PER_WEEK, _SLOTS_PER_HOUR)
    mean_agents = agents.mean(axis=1)
    staffed = mean_agents > 0
    ratio = np.divide(load, mean_agents, out=np.zeros(HOURS_PER_WEEK), where=staffed)
    over = int((ratio > _OVERLOADED).sum())
    if over:
        worst = int(ratio.argmax())
        yield (
            path,
            f"offered load above the roster in {over} of {int(staffed.sum())} staffed hours, worst on "
            f"{_clock(worst * _SLOTS_PER_HOUR)}: {load[worst]:.1f} agents busy, {mean_agents[worst]:g} there "
            f"({ratio[worst]:.0%}), even without repeat contacts",
        )
