"""The waiting line of the compiled engine: what becomes of a customer is known on arrival.

In a first-come-first-served line nobody who comes later matters; what does is when the services under way end, the
roster, and the customer's patience (the idea of Lindley's recursion, with a roster and abandonment).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engines.log import ABANDONED, TURNED_AWAY
from sim.engines.state import Customer, Journey
from sim.engines.steps import patience_min
from sim.jit import rule
from sim.layout import padded
from sim.parameters import Parameters, Timeline
from sim.rules import clock

__all__ = ["STARTED", "Lines", "lines", "serve_until", "stand_in_line"]

_ROOM = 4  # times the agents, so that rows rarely move to the front

STARTED = -1
"""Answer of a line: it is this customer's turn. The other answers are ABANDONED and TURNED_AWAY."""


class Lines(NamedTuple):
    """The lines of all touchpoints [j]; those of self-service stay empty."""

    state_of_week: Any
    agents: Any  # [state][j][672], by quarter hour of the week
    is_open: Any  # [state][j][672]
    until_change: Any  # [state][j][672], quarter hours to the next change of the roster, or of the week
    ends: Any  # [j][n], when services end, ascending; those that have ended stay until there is no room behind
    first: Any  # [j], position of the earliest that may be under way
    behind: Any  # [j], position behind the last
    last_start: Any  # [j]


def lines(timeline: Timeline) -> Lines:
    """Empty lines with the rosters of a run."""
    touchpoints = padded(len(timeline.rosters[0]))
    shape = len(timeline.rosters), touchpoints, clock.SLOTS_PER_WEEK
    agents, is_open, until_change = np.zeros(shape, np.int64), np.zeros(shape, np.bool_), np.zeros(shape, np.int64)
    slots = np.arange(clock.SLOTS_PER_WEEK)
    for state, rosters in enumerate(timeline.rosters):
        for j, roster in enumerate(rosters):
            if not roster:
                continue
            starts = np.array([minute / clock.SLOT_MIN for minute, *_ in roster], np.int64)
            stretch = np.searchsorted(starts, slots, side="right") - 1
            agents[state, j] = np.array([staff for _, staff, _ in roster])[stretch]
            is_open[state, j] = np.array([opens for *_, opens in roster])[stretch]
            until_change[state, j] = np.append(starts, clock.SLOTS_PER_WEEK)[stretch + 1] - slots
    return Lines(
        state_of_week=np.asarray(timeline.state_of_week, np.int64),
        agents=agents,
        is_open=is_open,
        until_change=until_change,
        ends=np.zeros((touchpoints, _ROOM * max(1, int(agents.max())))),
        first=np.zeros(touchpoints, np.int64),
        behind=np.zeros(touchpoints, np.int64),
        last_start=np.zeros(touchpoints),
    )


@rule
def stand_in_line(
    line: Lines, p: Parameters, customer: Customer, journey: Journey, j: int, now: float
) -> tuple[int, float]:
    """How waiting ends for a customer who arrives now: the answer, and when.

    At equal instants the roster changes first, then services end, then patience does. Who is served at once needs no
    patience.
    """
    ends, free, behind = line.ends[j], line.first[j], line.behind[j]
    at, gives_up, waits = max(now, line.last_start[j]), now, False
    while True:
        if at > now and not waits:
            waits, gives_up = True, now + patience_min(p, customer, journey)
        if at > gives_up:
            return ABANDONED, gives_up
        slot, week = clock.slot(at), clock.week(at)
        if week >= len(line.state_of_week):
            return ABANDONED, at  # long after the end of the run
        state = line.state_of_week[week]
        if not line.is_open[state, j, slot]:
            return TURNED_AWAY, at
        while free < behind and ends[free] <= at:
            free += 1
        if behind - free < line.agents[state, j, slot]:
            line.first[j] = free  # nobody starts before `at` any more: forget what has ended by then
            line.last_start[j] = at
            return STARTED, at
        following = (clock.slots(at) + line.until_change[state, j, slot]) * clock.SLOT_MIN
        if free < behind:
            following = min(following, ends[free])
        at = following


@rule
def serve_until(line: Lines, j: int, end: float) -> None:
    """A service begins that ends then."""
    ends, first, index = line.ends[j], line.first[j], line.behind[j]
    if index == len(ends):
        index -= first
        for position in range(index):
            ends[position] = ends[first + position]
        first = 0
        line.first[j] = first
    line.behind[j] = index + 1
    while index > first and ends[index - 1] > end:
        ends[index] = ends[index - 1]
        index -= 1
    ends[index] = end
