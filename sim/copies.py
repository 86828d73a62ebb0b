"""What may not be taken from a copy of the company in another size."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sim.labels import label, number
from sim.messages import say
from sim.scenario import Quantity, Scenario
from sim.scenario.suspicions import unmoved_staffing

__all__ = ["Lost", "caveats", "lost"]


_OVERSTAFFED = 1.05
"""Staff of a copy in multiples of what is in proportion, above which it is told; an assumption, like any such bound."""


@dataclass(frozen=True)
class Lost:
    """What whole agents, who are few in a copy, keep it from showing.

    Its text is a sentence in the language that is spoken.

    Parameters
    ----------
    path : str
        Where the scenario says it.
    touchpoint : str
    strategy, lever : str, optional
        Of a lever; without them, the copy's own staff.
    times : float
        Staff of the copy in multiples of what would be in proportion.
    """

    path: str
    touchpoint: str
    strategy: str = ""
    lever: str = ""
    times: float = 1.0

    def __str__(self) -> str:
        named = {
            "touchpoint": label(self.touchpoint),
            "strategy": label(self.strategy),
            "lever": label(self.lever, "levers"),
        }
        if self.times != 1.0:
            return say("copy.one more", times=number(self.times), **named)
        return say("copy.lever" if self.lever else "copy.staffing", **named)


def lost(scenario: Scenario, scale: float) -> list[Lost]:
    """Find what is lost in a copy because agents are whole.

    Parameters
    ----------
    scenario : Scenario
        At full size.
    scale : float
        Of the copy.

    Returns
    -------
    list of Lost
        Empty at full size.

    Examples
    --------
    >>> from sim.scenario import load
    >>> [(each.path, round(each.times, 1)) for each in lost(load("scenarios/shoe_retailer.yaml"), 0.1)]
    [('touchpoints.hotline.agents', 2.4), ('strategies.more_staff.levers.more_staff', 1.0)]
    """
    return list(_found(scenario, scale)) if scale != 1.0 else []


@lru_cache(maxsize=16)
def _found(scenario: Scenario, scale: float) -> tuple[Lost, ...]:
    """What is lost, kept, for a result says it wherever it is shown."""
    return tuple(_lost(scenario, scale))


def _lost(scenario: Scenario, scale: float) -> Iterator[Lost]:
    full, copy = scenario.document, scenario.scaled(scale).document
    for name, touchpoint in copy.touchpoints.items():
        before = full.touchpoints[name]
        wanted = [scale * agents for agents in before.roster or () if agents]
        if touchpoint.roster is None or not wanted:
            continue
        times = sum(max(1.0, agents) for agents in wanted) / sum(wanted)
        if times > _OVERSTAFFED:
            yield Lost(f"touchpoints.{name}.agents", name, times=times)
        plain = {"staffing": Quantity(1.0)}
        moved = before.roster != before.model_copy(update=plain).roster
        if moved and touchpoint.roster == touchpoint.model_copy(update=plain).roster:
            yield Lost(f"touchpoints.{name}.staffing", name)
    known = {(each.strategy, each.lever, each.touchpoint) for each in unmoved_staffing(full)}
    for each in unmoved_staffing(copy):
        if (each.strategy, each.lever, each.touchpoint) not in known:
            yield Lost(each.path, each.touchpoint, each.strategy, each.lever)


def caveats(scenario: Scenario, scale: float, strategies: Collection[str]) -> tuple[str, ...]:
    """Say what may not be taken from a copy, in sentences; nothing at full size.

    Parameters
    ----------
    scenario : Scenario
        At full size.
    scale : float
        Of the copy.
    strategies : collection of str
        Those that were simulated.

    Returns
    -------
    tuple of str
        First what holds for every copy, then what this one cannot show.
    """
    if scale == 1.0:
        return ()
    missing = [each for each in lost(scenario, scale) if not each.strategy or each.strategy in strategies]
    crowded = ", ".join(
        say("copy.overstaffed", touchpoint=label(each.touchpoint), times=number(each.times))
        for each in missing
        if each.times != 1.0
    )
    return (
        say("copy.size", scale=number(scale)),
        *([say("copy.at least one", told=crowded)] if crowded else []),
        *(str(each) for each in missing if each.times == 1.0),
    )
