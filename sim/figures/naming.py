"""Figures call strategies, touchpoints and segments what the scenario file labels them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, ParamSpec, TypeVar

from sim.labels import language, spoken
from sim.scenario import Scenario
from sim.scenario.own_names import own_names

__all__ = ["by_own_names", "named_by"]

_P = ParamSpec("_P")
_Drawn = TypeVar("_Drawn")


def by_own_names(draw: Callable[_P, _Drawn]) -> Callable[_P, _Drawn]:
    """Let a function that draws a scenario, or results of one, use the names of the file, in the language spoken.

    Parameters
    ----------
    draw : callable
        Its first argument is a scenario or has one, perhaps by the comparison it rests on.
    """

    @functools.wraps(draw)
    def named(*args: _P.args, **kwargs: _P.kwargs) -> _Drawn:
        with named_by(_scenario_of(next(iter([*args, *kwargs.values()])))):
            return draw(*args, **kwargs)

    return named


@contextmanager
def named_by(scenario: Scenario | None) -> Iterator[None]:
    """Use the names of a scenario's file, if there is one, while the block lasts."""
    with nullcontext() if scenario is None else language(spoken(), own_names(scenario)):
        yield


def _scenario_of(subject: Any) -> Scenario:
    if isinstance(subject, Scenario):
        return subject
    scenario: Scenario = getattr(subject, "comparison", subject).scenario
    return scenario
