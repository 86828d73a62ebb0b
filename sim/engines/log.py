"""What an engine writes down: rows of positions and numbers, in four tables and a list of customers.

A missing number is NaN and a missing position is NOWHERE; `sim.tables` turns both into missing values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from sim.layout import dtype_of, position

__all__ = [
    "ABANDONED",
    "CAUSES",
    "CLOSED",
    "CLOSING",
    "COMPETENCE",
    "CONTACTS",
    "FREQUENCY",
    "FRUSTRATIONS",
    "GAVE_UP_WAITING",
    "GIVEN_UP",
    "JOURNEYS",
    "MESSAGES",
    "NOT_OFFERED",
    "NOWHERE",
    "NO_ANSWER",
    "NO_CONSENT",
    "PASSED_ON",
    "RESEARCH",
    "RESOLVED",
    "SERVICE",
    "STALE_ADDRESS",
    "STILL_OPEN",
    "STOCK_REPLY",
    "SUITS",
    "SYSTEM",
    "TARGETS",
    "TURNED_AWAY",
    "UNFINISHED",
    "UNRESOLVED",
    "UNWELCOME",
    "WAITING",
    "ContactRow",
    "CustomerRow",
    "FrustrationRow",
    "JourneyRow",
    "Log",
    "MessageRow",
    "Records",
]

# positions in sim.tables.CONTACT_OUTCOMES
RESOLVED, UNRESOLVED, PASSED_ON, ABANDONED, TURNED_AWAY, UNFINISHED = range(6)
"""Outcomes of a contact."""
# positions in sim.tables.JOURNEY_OUTCOMES, where 0 is RESOLVED, too
GIVEN_UP, STILL_OPEN = 1, 2
RESEARCH, SERVICE = range(2)
CAUSES = (
    *("identity", "orders", "case", "assortment", "price", "profile", "knowledge", "promise"),  # facts, in their order
    *("waiting", "gave_up_waiting", "closing", "competence", "system", "no_answer", "stock_reply", "not_offered"),
    *("closed", "targets", "frequency", "stale_address", "no_consent"),
)
WAITING, GAVE_UP_WAITING, CLOSING, COMPETENCE, SYSTEM, NO_ANSWER, STOCK_REPLY, NOT_OFFERED = range(8, 16)
CLOSED, TARGETS, FREQUENCY, STALE_ADDRESS, NO_CONSENT = range(16, 21)
# positions in sim.tables.MESSAGE_OUTCOMES
SUITS, UNWELCOME = range(2)
NOWHERE = -1
"""No touchpoint."""
CONTACTS, FRUSTRATIONS, JOURNEYS, MESSAGES = range(4)
"""Positions in `Log.filled`."""
_NAN = float("nan")


@dataclass(slots=True)
class ContactRow:
    """A visit to a touchpoint; columns as in `sim.tables.CONTACTS`."""

    customer: int = position("i4")
    journey: int = position("i4")
    contact: int = position("i2")
    department: int = position("i1")
    purpose: int = position("i1")
    touchpoint: int = position("i1")
    outcome: int = position("i1")
    need: int = position("i1")
    measured: bool = position("?")
    arrived_min: float = position("f8", _NAN)
    started_min: float = position("f8", _NAN)
    ended_min: float = position("f8", _NAN)
    experience: float = position("f8", _NAN)
    expectation: float = position("f8", _NAN)


@dataclass(slots=True)
class FrustrationRow:
    """A frustration event; columns as in `sim.tables.FRUSTRATIONS`."""

    customer: int = position("i4")
    journey: int = position("i4")
    contact: int = position("i2")
    touchpoint: int = position("i1")
    type: int = position("i1")
    cause: int = position("i1")
    source_touchpoint: int = position("i1", NOWHERE)
    need: int = position("i1", NOWHERE)
    measured: bool = position("?")
    at_min: float = position("f8", _NAN)
    severity: float = position("f8", _NAN)
    cost_min: float = position("f8")


@dataclass(slots=True)
class MessageRow:
    """A message to a customer; columns as in `sim.tables.MESSAGES`."""

    customer: int = position("i4")
    outcome: int = position("i1")
    brings: bool = position("?")
    measured: bool = position("?")
    at_min: float = position("f8", _NAN)


@dataclass(slots=True)
class JourneyRow:
    """All contacts for one need; columns as in `sim.tables.JOURNEYS`."""

    customer: int = position("i4")
    journey: int = position("i4")
    parent: int = position("i4")
    contacts: int = position("i2")
    departments: int = position("i2")
    need: int = position("i1")
    outcome: int = position("i1")
    resolved_at: int = position("i1", NOWHERE)
    lost_to: int = position("i1", NOWHERE)
    measured: bool = position("?")
    arose_min: float = position("f8", _NAN)
    ended_min: float = position("f8", _NAN)
    revenue_eur: float = position("f8")
    margin_eur: float = position("f8")
    lost_eur: float = position("f8")
    goodwill_eur: float = position("f8")
    difficulty: float = position("f8", _NAN)
    experience: float = position("f8", _NAN)
    expectation: float = position("f8", _NAN)
    satisfaction: float = position("f8", _NAN)
    loyalty: float = position("f8", _NAN)


@dataclass(slots=True)
class CustomerRow:
    """A customer at the end of the run; columns as in `sim.tables.CUSTOMERS`."""

    customer: int = position("i4")
    segment: int = position("i2")
    shares: bool = position("?")
    joined_min: float = position("f8", _NAN)
    left_min: float = position("f8", _NAN)
    loyalty: float = position("f8", _NAN)
    expectation: float = position("f8", _NAN)


_Row = TypeVar("_Row")


class _Rows(list[_Row]):
    """Rows that appear when their position is asked for, so that writing looks as it does on an array."""

    def __init__(self, layout: Callable[[], _Row]) -> None:
        super().__init__()
        self.layout = layout

    def __getitem__(self, index: Any) -> Any:
        if index == len(self):
            self.append(self.layout())
        return super().__getitem__(index)

    def to_array(self) -> np.ndarray[Any, np.dtype[Any]]:
        """All rows as one record array."""
        names = [part.name for part in fields(self.layout)]  # type: ignore[arg-type]
        return np.array([tuple(getattr(row, name) for name in names) for row in self], dtype_of(self.layout))


class Log:
    """The tables of a run, and how many rows of each are filled."""

    def __init__(self) -> None:
        self.contacts = _Rows(ContactRow)
        self.frustrations = _Rows(FrustrationRow)
        self.journeys = _Rows(JourneyRow)
        self.messages = _Rows(MessageRow)
        self.filled = [0, 0, 0, 0]


@dataclass(frozen=True)
class Records:
    """What an engine returns: record arrays in any order of rows.

    Parameters
    ----------
    contacts, frustrations, journeys, messages : record array
        Fields of `ContactRow`, `FrustrationRow`, `JourneyRow`, `MessageRow`; rows of different customers in any order,
        those of one customer in order of time.
    customers : record array
        Fields of `CustomerRow`, in the order of customers.
    """

    contacts: np.ndarray[Any, np.dtype[Any]]
    frustrations: np.ndarray[Any, np.dtype[Any]]
    journeys: np.ndarray[Any, np.dtype[Any]]
    messages: np.ndarray[Any, np.dtype[Any]]
    customers: np.ndarray[Any, np.dtype[Any]]
