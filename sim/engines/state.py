"""The state of a customer and of the journey that is under way, in both engines."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sim.engines.log import NOWHERE, CustomerRow
from sim.layout import dtype_of, padded, position
from sim.parameters import FRUSTRATION_TYPES, Timeline
from sim.population import Population
from sim.rules.knowledge import identifies, identifying_share
from sim.scenario import MINUTES_PER_WEEK

__all__ = [
    "Customer",
    "Journey",
    "Prospect",
    "as_records",
    "customer_rows",
    "customers",
    "journey_dtype",
    "new_journey",
    "prospects",
    "starting_customers",
    "starting_prospects",
]

_NAN = float("nan")
_BLOCK = 1024  # customers, who stay close by until all their fields are read or written


# Large fields stand before small ones, and small ones are no wider than they must be: what is read less from memory
# is read sooner. A set of touchpoints is a whole number with one bit for each.


@dataclass(slots=True)
class Customer:
    """Traits and state of one customer."""

    # traits
    key: int = position("u8")
    tolerance: float = position("f8")
    sensitivity: float = position("f8")
    willing: float = position("f8")
    gives: float = position("f8")  # standard normal: how much satisfaction it takes to share data
    taste: list[float] = position("f8", shape="touchpoints")
    # state
    leaving_left: float = position("f8")  # cumulative hazard until leaving
    loyalty: float = position("f8")
    expectation: float = position("f8")
    expectations: list[float] = position("f8", shape="touchpoints")
    bought_last_min: float = position("f8")
    bought_earlier_min: float = position("f8")
    several_until_min: float = position("f8")  # at home on several touchpoints: bought at another than the time before
    joined_min: float = position("f8")  # NaN: not a customer yet
    left_min: float = position("f8", _NAN)
    aged_min: float = position("f8")
    remembered: float = position("f8", 1.0)  # hazard ratio of the worst journey that is remembered
    remembered_until_min: float = position("f8")
    message_min: float = position("f8", math.inf)  # when the next message is due
    message_load: float = position("f8")  # received, fading over a month, as of message_load_min
    message_load_min: float = position("f8")
    moves_min: float = position("f8", math.inf)  # next change of address
    number: int = position("i4")
    purchases: int = position("i4")
    journeys: int = position("i4")
    displaced: int = position("i4")  # journeys that suffered from a touchpoint taken away
    messages: int = position("i4")  # due so far
    moves: int = position("i4")
    known: int = position("i4")  # touchpoints where the customer was identified
    bought: int = position("i4")  # touchpoints where the customer bought
    profile: int = position("i4")  # touchpoints that know what suits the customer
    segment: int = position("i2")
    bought_last_at: int = position("i1", NOWHERE)
    bought_earlier_at: int = position("i1", NOWHERE)  # the purchase before the last one
    shares: bool = position("?", True)  # data: consent to messages, identification, profile
    stale: bool = position("?", False)  # marketing has an old address
    journey_open: bool = position("?", False)


@dataclass(slots=True)
class Prospect:
    """What decides when somebody becomes a customer."""

    joining_left: float = position("f8")  # cumulative hazard until joining
    inclination: float = position("f8", 1.0)  # hazard ratio of what was heard
    heard_good: int = position("i4")
    heard_bad: int = position("i4")


@dataclass(slots=True)
class Journey:
    """The journey under way, and its present contact."""

    # the need
    key: int = position("u8")
    arose_min: float = position("f8")
    difficulty: float = position("f8")
    expectation: float = position("f8")
    # so far
    points: float = position("f8")  # lost by events and by contacts that left the need open
    worst_points: float = position("f8")
    promise_wait_min: float = position("f8")
    disconfirmation: float = position("f8")  # experience minus expectation, of the whole journey
    # the present contact
    contact_key: int = position("u8")
    arrived_min: float = position("f8")
    started_min: float = position("f8", _NAN)
    contact_points: float = position("f8")  # lost by events of this contact
    contact_worst_points: float = position("f8")
    contact_expectation: float = position("f8")
    # the need
    number: int = position("i4")
    parent: int = position("i4")  # number of the journey that caused it; 0 for base needs
    # so far, sets of touchpoints
    failed: int = position("i4")  # that left the need open
    told: int = position("i4")  # where the case was told
    seen: int = position("i4")  # whose products and prices were seen
    refused: int = position("i4")  # where the service turned out not to be offered
    promised: int = position("i4")  # where a promise was made that is to be kept
    # so far
    visits: int = position("i2")  # research included
    contacts: int = position("i2")
    departments: int = position("i2")
    events: list[int] = position("i2", shape="types")  # by frustration type
    need: int = position("i1")
    bought_at: int = position("i1", NOWHERE)  # where the order was placed that it is about
    served_at: int = position("i1", NOWHERE)
    promise_to: int = position("i1", NOWHERE)  # where a promise is kept, if that is what comes next
    worst: int = position("i1", NOWHERE)  # type of the event that cost most
    measured: bool = position("?", False)  # arose after the warm-up
    recovered: bool = position("?", False)  # a complaint settled with goodwill
    # what comes next
    touchpoint: int = position("i1", NOWHERE)
    avoided: int = position("i1", NOWHERE)
    displaced_from: int = position("i1", NOWHERE)  # would have been taken, but is closed for good
    # the present contact
    contact_open: bool = position("?", False)
    contact_worst: int = position("i1", NOWHERE)  # type of the event of this contact that cost most
    purpose: int = position("i1")


def starting_customers(
    timeline: Timeline, population: Population, spare: np.ndarray[Any, np.dtype[Any]] | None = None
) -> np.ndarray[Any, np.dtype[Any]]:
    """Customers at the start of a run, as one record array: the spare one if it is as long."""
    dtype = dtype_of(Customer, touchpoints=padded(population.taste.shape[1]))
    fits = spare is not None and spare.dtype == dtype and len(spare) == len(population)
    people = spare if spare is not None and fits else np.empty(len(population), dtype)
    columns = _columns(timeline, population)
    for begin in range(0, len(people), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        people[block].view(np.uint8)[:] = 0
        people["taste"][block, : population.taste.shape[1]] = population.taste[block]
        for name, values in columns.items():
            people[name][block] = values[block] if isinstance(values, np.ndarray) else values
    return people


def _columns(timeline: Timeline, population: Population) -> dict[str, Any]:
    """What is not 0 of customers at the start of a run, but for taste."""
    start, count = timeline.states[0], len(population)
    known = np.zeros(count, np.int64)
    shares = population.shares < start.shares_at_start
    for j, share in enumerate(start.identifies):
        of_sharing = identifying_share(share, start.sharing_identifies, True)
        willing = np.where(shares, identifies(population.willing, of_sharing), identifies(population.willing, share))
        known |= willing.astype(np.int64) << j
    is_customer = np.arange(count) < count - population.prospects
    bought = np.where(is_customer, population.bought_before, 0)
    message_min = move_min = np.full(count, np.inf)
    if any(state.messages_per_min > 0.0 for state in timeline.states):
        rate = start.messages_per_min if start.messages_per_min > 0.0 else 1.0 / MINUTES_PER_WEEK
        message_min = population.first_message / rate
    if start.moves_per_min > 0.0:
        move_min = population.first_move / start.moves_per_min
    return {
        "number": np.arange(count),
        "segment": population.segment,
        "key": population.key,
        "tolerance": population.tolerance,
        "sensitivity": population.sensitivity,
        "willing": population.willing,
        "gives": population.gives,
        "leaving_left": population.leaving_at,
        "known": known & bought,
        "profile": np.where(shares, known & bought, 0),
        "bought": bought,
        "purchases": np.bitwise_count(bought),
        "loyalty": np.asarray(start.loyalty_level)[population.segment],
        "expectation": timeline.start_expectation,
        "expectations": timeline.start_expectation,
        "remembered": 1.0,
        "joined_min": np.where(is_customer, 0.0, np.nan),
        "left_min": np.nan,
        "shares": shares,
        "bought_last_at": NOWHERE,
        "bought_earlier_at": NOWHERE,
        "message_min": message_min,
        "moves_min": move_min,
    }


def starting_prospects(population: Population) -> np.ndarray[Any, np.dtype[Any]]:
    """Prospects at the start of a run, as one record array."""
    prospects = np.zeros(population.prospects, dtype_of(Prospect))
    prospects["joining_left"] = population.joining_at[len(population) - population.prospects :]
    prospects["inclination"] = 1.0
    return prospects


def customers(timeline: Timeline, population: Population) -> list[Customer]:
    """Customers at the start of a run, as plain Python objects."""
    rows = starting_customers(timeline, population)
    columns = {part.name: rows[part.name].tolist() for part in fields(Customer)}
    return [Customer(*values) for values in zip(*columns.values(), strict=True)]


def prospects(population: Population) -> list[Prospect]:
    """Prospects at the start of a run, as plain Python objects."""
    return [Prospect(*values) for values in starting_prospects(population).tolist()]


def customer_rows(people: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    """What is told of customers at the end of a run."""
    rows = np.empty(len(people), dtype_of(CustomerRow))
    for begin in range(0, len(people), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        rows["customer"][block] = people["number"][block]
        for name in rows.dtype.names[1:] if rows.dtype.names else ():
            rows[name][block] = people[name][block]
    return rows


def as_records(people: list[Customer]) -> np.ndarray[Any, np.dtype[Any]]:
    """Customers as one record array."""
    rows = [tuple(getattr(customer, part.name) for part in fields(Customer)) for customer in people]
    return np.array(rows, dtype_of(Customer, touchpoints=len(people[0].taste)))


def new_journey() -> Journey:
    """A journey that has not begun."""
    return Journey(events=[0] * len(FRUSTRATION_TYPES))


def journey_dtype() -> np.dtype[Any]:
    """Record type of a journey."""
    return dtype_of(Journey, types=len(FRUSTRATION_TYPES))
