"""A waiting line: first in, first out, with a roster and customers who give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simpy import Environment, Event

from sim.engines.log import ABANDONED, TURNED_AWAY

__all__ = ["ARRIVAL", "PATIENCE_END", "ROSTER_CHANGE", "SERVICE_END", "STARTED", "Line", "later"]

# What happens first when instants are equal: shifts change, services end, patience ends, customers act. Within
# one kind the customer's number decides.
ROSTER_CHANGE, SERVICE_END, PATIENCE_END, ARRIVAL = range(4)
_FIRST_PRIORITY = 2  # SimPy's own URGENT and NORMAL events come before
_CUSTOMER_BITS = 40

STARTED = -1
"""Answer of a line: it is this customer's turn. The other answers are ABANDONED and TURNED_AWAY."""


def later(env: Environment, delay_min: float, kind: int, who: int) -> Event:
    """An event after a delay, ranked among equal instants by kind and number."""
    event = Event(env)
    event._ok = True
    event._value = None
    rank: Any = _FIRST_PRIORITY + (kind << _CUSTOMER_BITS | who)  # SimPy compares priorities as plain numbers
    env.schedule(event, priority=rank, delay=delay_min)
    return event


class Line:
    """The line of one staffed touchpoint.

    Who is being served when a shift ends is served to the end. Who still waits when the touchpoint closes is
    turned away.

    Parameters
    ----------
    env : simpy.Environment
    """

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.agents = 0
        self.busy = 0
        self.waiting: dict[int, Event] = {}  # insertion order is the queue

    def enter(self, who: int, patience_min: float) -> Event | None:
        """Join the line. Returns None when served at once, else an event that carries the answer."""
        if self.busy < self.agents and not self.waiting:
            self.busy += 1
            return None
        turn = Event(self.env)
        self.waiting[who] = turn
        if patience_min < float("inf"):
            later(self.env, patience_min, PATIENCE_END, who).callbacks.append(self._gives_up(who, turn))
        return turn

    def leave(self, who: int) -> None:
        """A service ends, and the next in line is called."""
        self.busy -= 1
        self._call()

    def staff(self, agents: int, is_open: bool) -> None:
        """The roster changes."""
        self.agents = agents
        if not is_open:
            turned_away, self.waiting = self.waiting, {}
            for turn in turned_away.values():
                turn.succeed(TURNED_AWAY)
        self._call()

    def _call(self) -> None:
        while self.waiting and self.busy < self.agents:
            self.busy += 1
            self.waiting.pop(next(iter(self.waiting))).succeed(STARTED)

    def _gives_up(self, who: int, turn: Event) -> Callable[[Event], None]:
        def gives_up(_: Event) -> None:
            # the customer may have been served since, or stand in line again for another contact
            if self.waiting.get(who) is turn:
                del self.waiting[who]
                turn.succeed(ABANDONED)

        return gives_up
