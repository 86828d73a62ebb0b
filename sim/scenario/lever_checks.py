"""What must hold for levers: they change numbers that exist, may change, and stay within their bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.scenario.draft import Draft, Finding
from sim.scenario.paths import Paths, closest
from sim.scenario.quantities import Kind, Quantity
from sim.scenario.schema import Document, LeverChange

__all__ = ["FIXED_OVER_TIME", "check_levers", "with_amounts"]

FIXED_OVER_TIME = (
    "run.*",
    "decision.*",
    "decision.primary.*",
    "segments.*.customers",
    "segments.*.prospects",
    "segments.*.messages_tolerated",
    "sharing.start",
    "sharing.spread",
    "marketing.cost_per_message",
    "behaviour.goodwill_cost",
    "segments.*.needs_per_year.*",
    "segments.*.rate_shape",
    "segments.*.bought_before.*",
    "segments.*.tolerance",
    "segments.*.tolerance_spread",
    "segments.*.sensitivity_spread",
    "touchpoints.*.agents",
    "touchpoints.*.wage",
    "touchpoints.*.cost_per_contact",
    "behaviour.max_contacts",
    "behaviour.regular_from",
    "experience.start_expectation",
    "loyalty.repurchase_sensitivity",
    "loyalty.several_touchpoints_rate",
    "loyalty.promoter_from",
    "loyalty.detractor_below",
)
"""Numbers that hold for a whole run: they are drawn or fixed before it starts, so no lever can move them."""

_SECTIONS_OF_PLANS = ("levers", "strategies", "economics", "expect")
_MATRIX = {"visibility": ("visibility", "touchpoints")}
"""Sections that other sections are filled in from."""
_RULES = ("to", "closes", "factor", "add")


def check_levers(draft: Draft, known_wrong: list[str]) -> Iterator[Finding]:
    """Find all that is wrong with the changes of levers, and with strategies that combine them.

    Parameters
    ----------
    draft : Draft
    known_wrong : list of str
        Paths at which other mistakes were found; a lever is not blamed for those.
    """
    fixed = {path for pattern in FIXED_OVER_TIME for path in draft.paths.matching(pattern)}
    for path, _ in draft.each("levers.*"):
        seen: set[str] = set()
        for change_path, change in draft.each(f"{path}.changes.*"):
            if not isinstance(change, dict):
                continue
            targets = _targets(draft, change)
            if targets or not isinstance(change.get("path"), str):
                yield from _check_change(draft, change_path, change, targets, fixed)
            else:
                yield from _check_rules(change_path, change)
                yield from _no_target(draft, f"{change_path}.path", change["path"], known_wrong)
            twice = [target for target in targets if target in seen]
            if twice:
                yield f"{change_path}.path", f"this lever changes {twice[0]} twice; say it once"
            seen.update(targets)
    yield from _check_strategies(draft)


def _targets(draft: Draft, change: dict[str, Any]) -> tuple[str, ...]:
    pattern = change.get("path")
    return draft.paths.matching(pattern) if isinstance(pattern, str) else ()


def _check_change(
    draft: Draft, path: str, change: dict[str, Any], targets: Sequence[str], fixed: set[str]
) -> Iterator[Finding]:
    yield from _check_rules(path, change)
    unmovable = [target for target in targets if target in fixed or target.split(".")[0] in _SECTIONS_OF_PLANS]
    if unmovable:
        yield f"{path}.path", f"{unmovable[0]} holds for a whole run, no lever can change it"
        return
    rules = _rules(change)
    if len(rules) != 1:
        return
    kinds = {kind.name: kind for kind in (_kind(draft, target) for target in targets) if kind is not None}
    if rules[0] == "closes":
        no_shares = [target for target in targets if (kind := _kind(draft, target)) is not None and kind.high != 1.0]
        if no_shares:
            yield f"{path}.closes", f"{no_shares[0]} is no share, nothing is missing to 1; use to, factor or add"
        return
    if rules[0] != "factor" and len(kinds) > 1:
        yield f"{path}.path", f"got numbers of several kinds ({'; '.join(kinds)}), expected one kind per change"
        return
    for kind in list(kinds.values())[:1]:
        yield from _check_amount(draft, f"{path}.{rules[0]}", rules[0], kind, targets)


def _rules(change: dict[str, Any]) -> list[str]:
    return [rule for rule in _RULES if change.get(rule) is not None]


def _check_rules(path: str, change: dict[str, Any]) -> Iterator[Finding]:
    rules = _rules(change)
    if len(rules) != 1:
        yield path, f"got {' and '.join(rules) or 'no amount'}, expected exactly one of to, closes, factor, add"


def _kind(draft: Draft, target: str) -> Kind | None:
    quantity = draft.quantities[target]
    return None if quantity is None else quantity.kind


def _check_amount(draft: Draft, path: str, rule: str, kind: Kind, targets: Sequence[str]) -> Iterator[Finding]:
    """Check that the amount is a number of the right kind, and that no target leaves its bounds at full coverage."""
    try:
        amount = (
            draft.quantities[path] if rule == "factor" else amount_kind(rule, kind).parse(draft.get(*path.split(".")))
        )
    except ValueError as error:
        yield path, str(error)
        return
    for target in targets:
        base = draft.quantities[target]
        if base is None or base.kind is None or amount is None or rule == "to":
            continue
        result = base.value * amount.value if rule == "factor" else base.value + amount.value
        if not base.kind.allows(round(result, 9)):
            yield path, f"at full coverage {target} becomes {result:g}, {base.kind.expectation(result)}"
            return


def amount_kind(rule: str, kind: Kind) -> Kind:
    """Kind of a lever's amount: like the number it changes, but what is added may be negative."""
    if rule == "to":
        return kind
    return replace(kind, low=-kind.high, above=None, name=f"{kind.name} to add (may be negative)")


def _no_target(draft: Draft, path: str, pattern: str, known_wrong: list[str]) -> Iterator[Finding]:
    """Name the first part of the path at which nothing is left."""
    paths = [each.split(".") for each in draft.quantities]
    wanted = pattern.split(".")
    for depth, key in enumerate(wanted):
        below = [each for each in paths if len(each) > depth and key in ("*", each[depth])]
        if not below:
            options = list(dict.fromkeys(each[depth] for each in paths if len(each) > depth))
            close = closest(key, options)
            parent = ".".join(wanted[:depth])
            suspects = [".".join([*wanted[:depth], name]) for name in (key, close) if name]
            if known_wrong and any(section in known_wrong for section in _MATRIX.get(wanted[0], (wanted[0],))):
                return  # the section as a whole is wrong
            if any(Paths(known_wrong).matching(suspect) for suspect in suspects):
                return
            where = f" in {parent}" if parent else ""
            remedy = f"did you mean {close!r}?" if close else f"there is: {', '.join(options) or 'nothing'}"
            yield path, f"there is no number {pattern!r}: no {key!r}{where}, {remedy}"
            return
        paths = below
    rest = next(".".join(each[len(wanted) :]) for each in paths)
    yield path, f"{pattern!r} is not a number but holds several, such as {pattern}.{rest}"


def _check_strategies(draft: Draft) -> Iterator[Finding]:
    """Only shares can be set by two levers at once; their shortfalls multiply."""
    for path, strategy in draft.each("strategies.*.levers"):
        setters: dict[str, str] = {}
        for name in strategy if isinstance(strategy, dict) else ():
            for _, change in draft.each(f"levers.{name}.changes.*"):
                if not isinstance(change, dict) or change.get("to") is None:
                    continue
                for target in _targets(draft, change):
                    kind = _kind(draft, target)
                    other = setters.setdefault(target, name)
                    if other != name and kind is not None and kind.high != 1.0:
                        message = (
                            f"the levers {other!r} and {name!r} both set {target}; use factor or add, or one lever"
                        )
                        yield f"{path}.{name}", message


def with_amounts(document: Document, draft: Draft) -> Document:
    """Copy of the document with `to` and `add` of every lever as numbers of the kind they change."""
    levers = {
        name: lever.model_copy(update={"changes": [_with_amount(change, draft) for change in lever.changes]})
        for name, lever in document.levers.items()
    }
    return document.model_copy(update={"levers": levers})


def _with_amount(change: LeverChange, draft: Draft) -> LeverChange:
    kind = _kind(draft, draft.paths.matching(change.path)[0])
    assert kind is not None
    amounts: dict[str, Quantity] = {
        rule: amount_kind(rule, kind).parse(raw)
        for rule, raw in (("to", change.to), ("add", change.add))
        if raw is not None
    }
    return change.model_copy(update=amounts)
