"""How steps write to the log: frustration events, contacts, journeys, messages."""

from __future__ import annotations

from typing import Any

from sim.engines.log import (
    CONTACTS,
    FRUSTRATIONS,
    JOURNEYS,
    MESSAGES,
    NOWHERE,
)
from sim.engines.state import Customer, Journey
from sim.jit import rule
from sim.parameters import Parameters
from sim.rules import experience

__all__ = [
    "frustrate",
    "write_contact",
    "write_frustration",
    "write_journey",
    "write_message",
]

_NAN = float("nan")


@rule
def frustrate(
    log: Any,
    p: Parameters,
    customer: Customer,
    journey: Journey,
    kind: int,
    cause: int,
    source: int,
    now_min: float,
    cost_min: float,
) -> None:
    """A frustration event happens in a contact, and costs so much time."""
    severity = p.severity[kind] * p.stakes[journey.need] * p.sting[journey.touchpoint][kind]
    points = experience.felt_severity(severity, customer.sensitivity, journey.events[kind], p.repeat_decay)
    journey.events[kind] += 1
    journey.points += points
    journey.contact_points += points
    if points > journey.worst_points or journey.worst == NOWHERE:
        journey.worst = kind
        journey.worst_points = points
    if points > journey.contact_worst_points or journey.contact_worst == NOWHERE:
        journey.contact_worst = kind
        journey.contact_worst_points = points
    row = write_frustration(log, customer, kind, cause, source, now_min, points, journey.measured)
    row.journey = journey.number
    row.need = journey.need
    row.contact = journey.visits
    row.touchpoint = journey.touchpoint
    row.cost_min = cost_min


@rule
def write_frustration(
    log: Any, customer: Customer, kind: int, cause: int, source: int, now_min: float, points: float, measured: bool
) -> Any:
    """Write down a frustration event, so far outside of any journey. Returns the row."""
    row = log.frustrations[log.filled[FRUSTRATIONS]]
    log.filled[FRUSTRATIONS] += 1
    row.customer = customer.number
    row.journey = 0
    row.contact = 0
    row.touchpoint = NOWHERE
    row.type = kind
    row.cause = cause
    row.source_touchpoint = source
    row.need = NOWHERE
    row.measured = measured
    row.at_min = now_min
    row.severity = points
    row.cost_min = 0.0
    return row


@rule
def write_message(log: Any, p: Parameters, customer: Customer, outcome: int, brings: bool, now_min: float) -> None:
    """Write down a message."""
    row = log.messages[log.filled[MESSAGES]]
    log.filled[MESSAGES] += 1
    row.customer = customer.number
    row.outcome = outcome
    row.brings = brings
    row.measured = now_min >= p.warm_up_min
    row.at_min = now_min


@rule
def write_contact(log: Any, customer: Customer, journey: Journey, outcome: int, felt: float, ended_min: float) -> None:
    """Write down the present contact, which is over."""
    row = log.contacts[log.filled[CONTACTS]]
    log.filled[CONTACTS] += 1
    row.customer = customer.number
    row.journey = journey.number
    row.contact = journey.visits
    row.department = journey.departments
    row.purpose = journey.purpose
    row.touchpoint = journey.touchpoint
    row.outcome = outcome
    row.need = journey.need
    row.measured = journey.measured
    row.arrived_min = journey.arrived_min
    row.started_min = journey.started_min
    row.ended_min = ended_min
    row.experience = felt
    row.expectation = journey.contact_expectation
    journey.contact_open = False


@rule
def write_journey(log: Any, customer: Customer, journey: Journey, outcome: int) -> Any:
    """Write down the journey, which is over, as far as it is known in any case. Returns the row."""
    row = log.journeys[log.filled[JOURNEYS]]
    log.filled[JOURNEYS] += 1
    customer.journey_open = False
    row.customer = customer.number
    row.journey = journey.number
    row.parent = journey.parent
    row.contacts = journey.contacts
    row.departments = journey.departments
    row.need = journey.need
    row.outcome = outcome
    row.resolved_at = NOWHERE
    row.measured = journey.measured
    row.arose_min = journey.arose_min
    row.ended_min = _NAN
    row.revenue_eur = 0.0
    row.margin_eur = 0.0
    row.lost_to = NOWHERE
    row.lost_eur = 0.0
    row.goodwill_eur = 0.0
    row.difficulty = journey.difficulty
    row.experience = _NAN
    row.expectation = journey.expectation
    row.satisfaction = _NAN
    row.loyalty = _NAN
    return row
