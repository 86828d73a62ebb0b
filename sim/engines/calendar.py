"""The calendar of the compiled engine: who is due when, the earliest instant first.

Events wait in buckets of equal length, unordered, until their bucket comes up; only that one is kept in order, as a
small binary heap (a calendar queue: Brown 1988, Communications of the ACM 31 (10), 1220–1227).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.errors import ArgumentError
from sim.jit import prefetch, rule
from sim.rules.clock import TICKS_PER_MIN

__all__ = ["Calendar", "calendar", "due_min", "is_empty", "owner", "pop", "push", "soonest"]

_LEAST_BUCKETS = 1024
_BITS = 63  # of a packed event
_PER_BUCKET = 1  # events over a run; four took 2 to 10 % longer, since they come up unordered and far apart in memory
_WAITING = np.dtype([("event", "i8"), ("following", "i8")])


class Calendar(NamedTuple):
    """Packed events, time above customer; a customer has one event at the most."""

    heap: Any  # events of the buckets up to the present one
    first: Any  # [bucket], some customer whose event lies in it; -1 for none
    waiting: Any  # [c], the event, and another customer whose event lies in the same bucket
    state: Any  # size of the heap, present bucket, events in all
    customer_bits: int
    bucket_bits: int  # of a packed event, below its bucket


_SIZE, _PRESENT, _COUNT = range(3)


def calendar(customers: int, end_min: float, expected: int) -> Calendar:
    """An empty calendar.

    Parameters
    ----------
    customers : int
    end_min : float
        No event is later.
    expected : int
        About how many events there will be; decides about speed only.

    Raises
    ------
    ArgumentError
        Time and customers do not fit one whole number.
    """
    customer_bits = max(1, customers.bit_length())
    ticks = int(end_min * TICKS_PER_MIN) + 1
    if ticks.bit_length() + customer_bits > _BITS:
        raise ArgumentError(f"{customers:,} customers over {end_min:,.0f} min are too many; use a smaller scale")
    bits = max(0, ticks.bit_length() - max(_LEAST_BUCKETS, expected // _PER_BUCKET).bit_length())
    return Calendar(
        heap=np.zeros(customers + 1, np.int64),
        first=np.full((ticks >> bits) + 2, -1, np.int32),  # one more, to be looked at ahead
        waiting=np.zeros(customers, _WAITING),
        state=np.array([0, -1, 0], np.int64),
        customer_bits=customer_bits,
        bucket_bits=bits + customer_bits,
    )


@rule
def is_empty(events: Calendar) -> bool:
    """Whether nobody is due any more."""
    return bool(events.state[_COUNT] == 0)


@rule
def push(events: Calendar, at_min: float, who: int) -> None:
    """Schedule a customer for an instant on the grid."""
    event: Any = (np.int64(at_min * TICKS_PER_MIN) << events.customer_bits) | who
    bucket = event >> events.bucket_bits
    events.state[_COUNT] += 1
    if bucket <= events.state[_PRESENT]:
        _into_heap(events, event)
    else:
        waiting = events.waiting[who]
        waiting.event = event
        waiting.following = events.first[bucket]
        events.first[bucket] = who


@rule
def soonest(events: Calendar) -> int:
    """The next event in order among all, of which there is one; the calendar goes on to its bucket."""
    state = events.state
    while state[_SIZE] == 0:
        state[_PRESENT] += 1
        who = events.first[state[_PRESENT]]
        prefetch(events.waiting, max(events.first[state[_PRESENT] + 1], 0))
        while who >= 0:
            _into_heap(events, events.waiting[who].event)
            who = events.waiting[who].following
    event: int = events.heap[0]
    return event


@rule
def due_min(events: Calendar, event: int) -> float:
    """When an event is due."""
    return (event >> events.customer_bits) / TICKS_PER_MIN


@rule
def owner(events: Calendar, event: int) -> int:
    """Whom an event concerns."""
    return event & ((1 << events.customer_bits) - 1)


@rule
def pop(events: Calendar) -> int:
    """Take out the next event. Returns whom it concerns."""
    first = soonest(events)
    heap, state = events.heap, events.state
    state[_SIZE] -= 1
    state[_COUNT] -= 1
    size = state[_SIZE]
    event = heap[size]
    index, child = 0, 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= event:
            break
        heap[index] = heap[child]
        index = child
        child = 2 * index + 1
    heap[index] = event
    return owner(events, first)


@rule
def _into_heap(events: Calendar, event: int) -> None:
    heap = events.heap
    index = events.state[_SIZE]
    events.state[_SIZE] += 1
    while index > 0:
        parent = (index - 1) >> 1
        if heap[parent] <= event:
            break
        heap[index] = heap[parent]
        index = parent
    heap[index] = event
