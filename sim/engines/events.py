"""The event heap of the compiled engine: a whole number per event, the earliest instant first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.jit import rule
from sim.rules.clock import TICKS_PER_MIN

__all__ = ["Events", "events", "pop", "push"]


class Events(NamedTuple):
    """A binary heap of packed events; a customer has one event at the most."""

    heap: Any
    size: Any  # [1]
    shift: int  # bits of a customer's number


def events(customers: int) -> Events:
    """An empty heap with room for so many customers."""
    return Events(np.zeros(customers + 1, np.int64), np.zeros(1, np.int64), max(1, customers.bit_length()))


@rule
def push(events: Events, at_min: float, who: int) -> None:
    """Schedule a customer for an instant on the grid."""
    heap = events.heap
    event = (np.int64(at_min * TICKS_PER_MIN) << events.shift) | who
    index = events.size[0]
    events.size[0] += 1
    while index > 0:
        parent = (index - 1) >> 1
        if heap[parent] <= event:
            break
        heap[index] = heap[parent]
        index = parent
    heap[index] = event


@rule
def pop(events: Events) -> tuple[float, int]:
    """Take out the next event: when (min) and who."""
    heap = events.heap
    first = heap[0]
    events.size[0] -= 1
    size = events.size[0]
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
    return (first >> events.shift) / TICKS_PER_MIN, first & ((1 << events.shift) - 1)
