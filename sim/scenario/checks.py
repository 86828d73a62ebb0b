"""All that must hold in a scenario beyond the form of each value; every problem of a file is found at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.scenario.calendar import SLOT_MIN
from sim.scenario.completing import completed
from sim.scenario.decision_checks import check_decisions
from sim.scenario.draft import Draft, Finding
from sim.scenario.lever_checks import check_levers, with_amounts
from sim.scenario.paths import unknown
from sim.scenario.quantities import MINUTES_PER_WEEK
from sim.scenario.reading import Content
from sim.scenario.resembling import resembling
from sim.scenario.schema import Document
from sim.scenario.wording import reworded

__all__ = ["checked"]

_REFERENCES = (
    ("segments.*.needs_per_year.*", "needs", "need"),
    ("segments.*.research_first.*", "needs", "need"),
    ("segments.*.showroom_first.*", "needs", "need"),
    ("segments.*.taste.*", "touchpoints", "touchpoint"),
    ("segments.*.bought_before.*", "touchpoints", "touchpoint"),
    ("visibility.*.*", "touchpoints", "touchpoint"),
    ("visibility.*.*.*", "touchpoints", "touchpoint"),
    ("needs.*.served_at.*", "touchpoints", "touchpoint"),
    ("strategies.*.levers.*", "levers", "lever"),
)
"""Keys that are names of something declared in a section, and what a message calls it."""

_NAMES = (
    ("needs.*.profile", "profiles", "profile"),
    ("needs.*.follow_ups.*.need", "needs", "need"),
    ("needs.*.follow_ups.*.resolved_at.*", "touchpoints", "touchpoint"),
    ("needs.*.served_at.*.promise_at", "touchpoints", "touchpoint"),
    ("behaviour.research_at", "touchpoints", "touchpoint"),
    ("expect.*.strategy", "strategies", "strategy"),
    ("expect.*.strategy.*", "strategies", "strategy"),
    ("behaviour.showroom_at", "touchpoints", "touchpoint"),
    ("marketing.at", "touchpoints", "touchpoint"),
    ("marketing.brings", "needs", "need"),
)
"""Values that are such names."""

_ABOVE_ZERO = (
    ("run.measured", "some weeks, such as '52 weeks'"),
    ("loyalty.half_life", "a duration above 0; leave it out where loyalty never fades"),
    ("decision.write_off", "a duration above 0, such as '3 years'"),
    ("behaviour.max_contacts", "at least 1"),
    ("behaviour.accustomed_after", "at least 1"),
)

_AT_MOST = {"touchpoints": 31, "needs": 127, "segments": 127}
"""Sets of touchpoints are kept as bits of one number, needs and segments as numbers of one byte."""
_MOST_FOLLOW_UPS = 31
"""Of one need, so that an engine knows how many needs one journey can cause."""

_ONLY_FOR = {
    "answer_time": ("deferred",),
    "answer_spread": ("deferred",),
    "tracked": ("deferred",),
    "deadline": ("deferred",),
    "staffing": ("staffed",),
    "competes": ("staffed",),
    "goodwill": ("staffed",),
    "softens": ("staffed", "deferred"),
    "saves": ("staffed", "deferred"),
}
"""Numbers of a touchpoint that belong to some kinds of touchpoints."""


def checked(content: Content) -> Document:
    """Check a scenario and return its validated document.

    Parameters
    ----------
    content : Content

    Returns
    -------
    Document
        With defaults filled in, full visibility matrices, and lever amounts as numbers of the kind they change.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    raw = completed(content.raw)
    draft = Draft(raw)
    findings = [*_references(draft), *_rules(draft)]
    document = None
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        known = {path for path, _ in findings}
        findings += [(path, message) for path, message in reworded(error) if path not in known]
    findings += check_levers(draft, [path for path, _ in findings])
    findings += [each for each in resembling(content) if any(path.startswith(f"{each[0]}.") for path, _ in findings)]
    problems = [*content.problems, *(content.problem(path, message) for path, message in findings)]
    if problems or document is None:
        raise ScenarioError(list(dict.fromkeys(problems)))
    return with_amounts(document, draft)


def _references(draft: Draft) -> Iterator[Finding]:
    for pattern, section, what in _REFERENCES:
        names = draft.names(section)
        for path, _ in draft.each(pattern):
            parent, _, name = path.rpartition(".")
            if names is not None and name not in names and isinstance(draft.get(*parent.split(".")), dict):
                comma = "; a comma divides entries, write a decimal point" if name.isdecimal() else ""
                yield path, unknown(what, name, names) + comma
    for pattern, section, what in _NAMES:
        names = draft.names(section)
        for path, name in draft.each(pattern):
            if names is not None and isinstance(name, str) and name not in names:
                yield path, unknown(what, name, names)


def _rules(draft: Draft) -> Iterator[Finding]:
    yield from _sizes(draft)
    yield from _run_and_decision(draft)
    yield from _segments(draft)
    yield from _touchpoints(draft)
    yield from _services(draft)
    yield from _follow_ups(draft)
    yield from _promised(draft)
    yield from _without_end(draft)
    yield from _behaviour(draft)
    yield from check_decisions(draft)


def _sizes(draft: Draft) -> Iterator[Finding]:
    for section, most in _AT_MOST.items():
        count = len(draft.names(section) or ())
        if count > most:
            yield section, f"got {count} {section}, expected at most {most}; put together those that are alike"
    for path, rules in draft.each("needs.*.follow_ups"):
        if isinstance(rules, list) and len(rules) > _MOST_FOLLOW_UPS:
            yield path, f"got {len(rules)} follow-ups, expected at most {_MOST_FOLLOW_UPS}; put together those alike"


def _run_and_decision(draft: Draft) -> Iterator[Finding]:
    for path in ("run.warm_up", "run.measured"):
        minutes = draft.number(path)
        if minutes is not None and minutes % MINUTES_PER_WEEK:
            yield path, f"got {draft.written(path)}, expected whole weeks, such as '26 weeks' (a year has 52)"
    for path, wanted in _ABOVE_ZERO:
        if draft.number(path) == 0:
            yield path, f"got {draft.written(path)}, expected {wanted}"
    confidence = draft.number("decision.confidence")
    if confidence in (0.0, 1.0):
        yield (
            "decision.confidence",
            f"got {draft.written('decision.confidence')}, expected between 0 and 1, such as 0.95",
        )
    promoter, detractor = draft.number("loyalty.promoter_from"), draft.number("loyalty.detractor_below")
    if promoter is not None and detractor is not None and promoter < detractor:
        yield (
            "loyalty.promoter_from",
            f"got {promoter:g}, expected at least detractor_below ({detractor:g}); else one is both",
        )


def _segments(draft: Draft) -> Iterator[Finding]:
    customers = [draft.number(f"{path}.customers") for path, _ in draft.each("segments.*")]
    if customers and all(number == 0 for number in customers):
        yield "segments", "no segment has a customer, expected at least one customer"
    for first, place in (("research_first", "research_at"), ("showroom_first", "showroom_at")):
        if draft.get("behaviour", place) is None:
            for path, _ in draft.each(f"segments.*.{first}.*"):
                if draft.number(path):
                    yield path, f"got research before the need, but behaviour.{place} names no touchpoint for it"
                    break
    for path, _ in draft.each("segments.*.showroom_first.*"):
        segment, need = path.split(".")[1], path.rpartition(".")[2]
        shares = [
            draft.number(f"segments.{segment}.{first}.{need}") or 0.0 for first in ("research_first", "showroom_first")
        ]
        if math.fsum(shares) > 1.0 + 1e-9:
            yield path, f"got {shares[1]:g} with research_first {shares[0]:g}, expected at most 1 in all"


def _touchpoints(draft: Draft) -> Iterator[Finding]:
    for path, _ in draft.each("touchpoints.*"):
        name = path.rpartition(".")[2]
        agents, wage = draft.get(*path.split("."), "agents"), draft.number(f"{path}.wage")
        if draft.is_staffed(name) and agents is None:
            yield f"{path}.agents", "missing, expected a number or a roster, because the touchpoint is staffed"
        kind = draft.kind_of(name)
        if kind in ("self_service", "deferred") and agents is not None:
            yield f"{path}.agents", f"got agents at a {kind} touchpoint; delete them, or make it 'kind: staffed'"
        if kind in ("self_service", "deferred") and wage:
            yield f"{path}.wage", f"got a wage at a {kind} touchpoint; use cost_per_contact, or 'kind: staffed'"
        yield from _only_for_kinds(draft, path, name)
    research_at = draft.get("behaviour", "research_at")
    if isinstance(research_at, str) and draft.kind_of(research_at) in ("staffed", "deferred"):
        kind = draft.kind_of(research_at)
        yield "behaviour.research_at", f"got {research_at!r}, which is {kind}, expected a self_service touchpoint"
    showroom_at = draft.get("behaviour", "showroom_at")
    if isinstance(showroom_at, str) and draft.kind_of(showroom_at) == "deferred":
        yield "behaviour.showroom_at", f"got {showroom_at!r}, which is deferred, expected a place to look around"
    if draft.get("marketing", "at") is None:
        by_levers = [path for path, target in draft.each("levers.*.changes.*.path") if target == "marketing.messages"]
        for path in (["marketing.messages"] if draft.number("marketing.messages") else []) + by_levers:
            yield path, "got messages, but marketing.at names no touchpoint whose view marketing has"
    if draft.number("marketing.response") and draft.get("marketing", "brings") is None:
        yield "marketing.response", "got a response to messages, but marketing.brings names no need for it"


def _only_for_kinds(draft: Draft, path: str, name: str) -> Iterator[Finding]:
    """Numbers that mean nothing for this kind of touchpoint."""
    kind = draft.kind_of(name)
    for attribute, kinds in _ONLY_FOR.items():
        written = draft.get(*path.split("."), attribute) is not None
        if kind is not None and kind not in kinds and written:
            yield (
                f"{path}.{attribute}",
                f"got it at a {kind} touchpoint; it means something for {' and '.join(kinds)} ones only",
            )
    longer = draft.number(f"{path}.stays_open")
    if longer is not None and longer % SLOT_MIN:
        yield (
            f"{path}.stays_open",
            f"got {draft.written(f'{path}.stays_open')}, expected quarter hours, such as '30 min'",
        )


def _services(draft: Draft) -> Iterator[Finding]:
    for path, _ in draft.each("needs.*.served_at.*"):
        name = path.rpartition(".")[2]
        for attribute, done in (("passes_on", "passed on"), ("transfers", "put through")):
            if draft.kind_of(name) == "self_service" and draft.number(f"{path}.{attribute}"):
                yield (
                    f"{path}.{attribute}",
                    f"got contacts {done} at {name!r}, a self_service touchpoint; only staff can do that",
                )
        promise_at, served_at = draft.get(*path.split("."), "promise_at"), draft.get(*path.split(".")[:3])
        known = isinstance(promise_at, str) and promise_at in (draft.names("touchpoints") or ())
        if known and isinstance(served_at, dict) and promise_at not in served_at:
            yield (
                f"{path}.promise_at",
                f"got {promise_at!r}, expected one that serves this need: {', '.join(served_at)}",
            )
        distribution = draft.get(*path.split("."), "service_time", "distribution")
        mean, spread = draft.number(f"{path}.service_time.mean"), draft.number(f"{path}.service_time.spread")
        if distribution in ("exponential", "constant") and spread:
            yield (
                f"{path}.service_time.spread",
                f"got {draft.written(f'{path}.service_time.spread')} for {distribution} service times; "
                "only lognormal ones have a spread",
            )
        if distribution in ("exponential", "lognormal") and mean == 0:
            yield (
                f"{path}.service_time.mean",
                f"got {draft.written(f'{path}.service_time.mean')} for {distribution} service times, "
                "expected a duration above 0; only constant ones may be 0",
            )


def _promised(draft: Draft) -> Iterator[Finding]:
    """Needs about what a purchase promised have to follow a purchase, and to require the promise."""
    needs = {path.rpartition(".")[2]: need for path, need in draft.each("needs.*") if isinstance(need, dict)}
    after_purchase: set[str] = set()
    following = {name for name, need in needs.items() if need.get("buys") is True}
    while following:
        caused = [each for name in following for _, each in draft.each(f"needs.{name}.follow_ups.*.need")]
        following = {each for each in caused if isinstance(each, str)} - after_purchase
        after_purchase |= following
    for name, need in needs.items():
        if need.get("promised_at_purchase") is not True:
            continue
        path = f"needs.{name}.promised_at_purchase"
        if name not in after_purchase:
            yield path, "got true, but no follow-up of a need that buys leads here, so no purchase promised anything"
        requires = need.get("requires")
        if requires is None or (isinstance(requires, dict) and "promise" not in requires):
            yield path, "got true, but the need does not require the promise, so nobody would miss it"


def _follow_ups(draft: Draft) -> Iterator[Finding]:
    touchpoints = draft.names("touchpoints") or []
    for path, follow_up in draft.each("needs.*.follow_ups.*"):
        if not isinstance(follow_up, dict) or follow_up.get("resolved_at") is None:
            continue
        if follow_up.get("after") in ("given_up", "dissatisfied"):
            yield (
                f"{path}.resolved_at",
                f"got touchpoints for a follow-up after {follow_up['after']!r}; only 'after: resolved' has them",
            )
        served_at = draft.get(*path.split(".")[:2], "served_at")
        for at_path, name in draft.each(f"{path}.resolved_at.*"):
            if isinstance(served_at, dict) and name in touchpoints and name not in served_at:
                yield at_path, f"got {name!r}, which does not serve this need, expected one of: {', '.join(served_at)}"


def _without_end(draft: Draft) -> Iterator[Finding]:
    """Needs that cause each other again and again in the same instant: time would stand still."""
    at_once: dict[str, set[str]] = {}
    for path, follow_up in draft.each("needs.*.follow_ups.*"):
        name = path.split(".")[1]
        means = [draft.number(f"{each}.service_time.mean") for each, _ in draft.each(f"needs.{name}.served_at.*")]
        always = draft.number(f"{path}.share") == 1.0 and draft.number(f"{path}.delay") == 0.0
        if 0.0 in means and always and isinstance(follow_up, dict):
            at_once.setdefault(name, set()).add(str(follow_up.get("need")))
    for name in at_once:
        reached, ahead = set[str](), set(at_once[name])
        while ahead:
            reached |= ahead
            ahead = {after for each in ahead for after in at_once.get(each, ())} - reached
        if name in reached:
            yield (
                f"needs.{name}.follow_ups",
                "the need causes itself again in the same instant, without end; give the follow-up a delay",
            )


def _behaviour(draft: Draft) -> Iterator[Finding]:
    names = ("redials", "switches", "comes_back")
    shares = [draft.number(f"behaviour.{name}") for name in names]
    known = [share for share in shares if share is not None]
    if len(known) == len(names) and math.fsum(known) > 1 + 1e-9:
        total = " + ".join(f"{name} {share:g}" for name, share in zip(names, known, strict=True))
        yield "behaviour", f"got {total} = {math.fsum(known):g}, expected at most 1: they divide the same customers"
