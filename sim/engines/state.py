"""The state of a customer and of the journey that is under way, in both engines."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sim.engines.log import NOWHERE
from sim.layout import dtype_of, padded, position
from sim.parameters import FRUSTRATION_TYPES, Timeline
from sim.population import Population
from sim.rules.knowledge import identifies, identifying_share
from sim.scenario import MINUTES_PER_WEEK

__all__ = ["Customer", "Journey", "as_records", "customers", "journey_dtype", "new_journey", "starting_customers"]

_NAN = float("nan")


@dataclass(slots=True)
class Customer:
    """Traits and state of one customer."""

    # traits
    number: int = position("i8")
    segment: int = position("i8")
    key: int = position("u8")
    tolerance: float = position("f8")
    sensitivity: float = position("f8")
    willing: float = position("f8")
    taste: list[float] = position("f8", shape="touchpoints")
    # state
    leaving_left: float = position("f8")  # cumulative hazard until leaving
    known: int = position("i8")  # bit j: identified at touchpoint j
    bought: int = position("i8")  # bit j: bought at touchpoint j
    purchases: int = position("i8")
    loyalty: float = position("f8")
    expectation: float = position("f8")
    expectations: list[float] = position("f8", shape="touchpoints")
    shares: bool = position("?", True)  # data: consent to messages, identification, profile
    profile: int = position("i8")  # bit j: touchpoint j knows what suits the customer
    bought_last_at: int = position("i8", NOWHERE)
    bought_last_min: float = position("f8")
    bought_earlier_at: int = position("i8", NOWHERE)  # the purchase before the last one
    bought_earlier_min: float = position("f8")
    several_until_min: float = position("f8")  # at home on several touchpoints: bought at another than the time before
    displaced: int = position("i8")  # journeys that suffered from a touchpoint taken away
    # messages
    message_min: float = position("f8", math.inf)  # when the next one is due
    messages: int = position("i8")  # due so far
    message_load: float = position("f8")  # received, fading over a month, as of message_load_min
    message_load_min: float = position("f8")
    moves: int = position("i8")
    moves_min: float = position("f8", math.inf)  # next change of address
    stale: bool = position("?", False)  # marketing has an old address
    # prospects
    joined_min: float = position("f8")  # NaN: not a customer yet
    joining_left: float = position("f8")  # cumulative hazard until joining
    heard_good: int = position("i8")
    heard_bad: int = position("i8")
    aged_min: float = position("f8")
    remembered: float = position("f8", 1.0)  # hazard ratio of the worst journey that is remembered
    remembered_until_min: float = position("f8")
    left_min: float = position("f8", _NAN)
    journeys: int = position("i8")
    journey_open: bool = position("?", False)


@dataclass(slots=True)
class Journey:
    """The journey under way, and its present contact."""

    # the need
    need: int = position("i8")
    key: int = position("u8")
    arose_min: float = position("f8")
    parent: int = position("i8")  # number of the journey that caused it; 0 for base needs
    bought_at: int = position("i8", NOWHERE)  # where the order was placed that it is about
    # so far
    number: int = position("i8")
    expectation: float = position("f8")
    difficulty: float = position("f8")
    visits: int = position("i8")  # research included
    contacts: int = position("i8")
    departments: int = position("i8")
    failed: int = position("i8")  # bit j: touchpoint j left the need open
    told: int = position("i8")  # bit j: the case was told at j
    seen: int = position("i8")  # bit j: products and prices of j were seen
    served_at: int = position("i8", NOWHERE)
    refused: int = position("i8")  # bit j: the service turned out not to be offered at j
    promised: int = position("i8")  # bit j: a promise made at j is to be kept
    promise_to: int = position("i8", NOWHERE)  # where, if that is what comes next
    promise_wait_min: float = position("f8")
    recovered: bool = position("?", False)  # a complaint settled with goodwill
    disconfirmation: float = position("f8")  # experience minus expectation, of the whole journey
    points: float = position("f8")  # lost by events and by contacts that left the need open
    worst: int = position("i8", NOWHERE)  # type of the event that cost most
    worst_points: float = position("f8")
    events: list[int] = position("i8", shape="types")  # by frustration type
    # what comes next
    touchpoint: int = position("i8", NOWHERE)
    avoided: int = position("i8", NOWHERE)
    displaced_from: int = position("i8", NOWHERE)  # would have been taken, but is closed for good
    # the present contact
    contact_open: bool = position("?", False)
    contact_key: int = position("u8")
    purpose: int = position("i8")
    arrived_min: float = position("f8")
    started_min: float = position("f8", _NAN)
    contact_points: float = position("f8")  # lost by events of this contact
    contact_expectation: float = position("f8")


def starting_customers(timeline: Timeline, population: Population) -> np.ndarray[Any, np.dtype[Any]]:
    """Customers at the start of a run, as one record array."""
    start = timeline.states[0]
    touchpoints = population.taste.shape[1]
    people = np.zeros(len(population), dtype_of(Customer, touchpoints=padded(touchpoints)))
    known = np.zeros(len(population), np.int64)
    shares = population.shares < start.shares_at_start
    for j, share in enumerate(start.identifies):
        of_sharing = identifying_share(share, start.sharing_identifies, True)
        willing = np.where(shares, identifies(population.willing, of_sharing), identifies(population.willing, share))
        known |= willing.astype(np.int64) << j
    people["number"] = np.arange(len(population))
    people["segment"] = population.segment
    people["key"] = population.key
    people["tolerance"] = population.tolerance
    people["sensitivity"] = population.sensitivity
    people["willing"] = population.willing
    people["taste"][:, :touchpoints] = population.taste
    people["leaving_left"] = population.leaving_at
    people["known"] = known & population.bought_before
    people["bought"] = population.bought_before
    people["purchases"] = np.bitwise_count(population.bought_before)
    people["loyalty"] = np.asarray(start.loyalty_level)[population.segment]
    people["expectation"] = timeline.start_expectation
    people["expectations"] = timeline.start_expectation
    people["remembered"] = 1.0
    people["left_min"] = np.nan
    people["shares"] = shares
    people["profile"] = np.where(people["shares"], people["known"], 0)
    people["bought_last_at"] = NOWHERE
    people["bought_earlier_at"] = NOWHERE
    people["message_min"] = np.inf
    if any(state.messages_per_min > 0.0 for state in timeline.states):
        rate = start.messages_per_min if start.messages_per_min > 0.0 else 1.0 / MINUTES_PER_WEEK
        people["message_min"] = population.first_message / rate
    people["moves_min"] = np.inf
    if start.moves_per_min > 0.0:
        people["moves_min"] = population.first_move / start.moves_per_min
    prospects = slice(len(population) - population.prospects, None)
    people["joined_min"][prospects] = np.nan
    people["joining_left"] = population.joining_at
    for name in ("known", "profile", "bought", "purchases"):
        people[name][prospects] = 0
    return people


def customers(timeline: Timeline, population: Population) -> list[Customer]:
    """Customers at the start of a run, as plain Python objects."""
    rows = starting_customers(timeline, population)
    columns = {part.name: rows[part.name].tolist() for part in fields(Customer)}
    return [Customer(*values) for values in zip(*columns.values(), strict=True)]


def as_records(people: list[Customer]) -> np.ndarray[Any, np.dtype[Any]]:
    """Customers as one record array."""
    rows = [tuple(getattr(customer, part.name) for part in fields(Customer)) for customer in people]
    return np.array(rows, dtype_of(Customer, touchpoints=len(people[0].taste)))


def new_journey() -> Journey:
    """A journey that has not begun."""
    return Journey(events=[0] * len(FRUSTRATION_TYPES))


def journey_dtype() -> np.dtype[Any]:
    """Record type of a journey."""
    return dtype_of(Journey, types=padded(len(FRUSTRATION_TYPES)))
