"""What the compiled engine reads and changes: flat arrays, one record for each customer and thing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engines.calendar import Calendar, calendar
from sim.engines.known_wait import Lines, lines
from sim.engines.log import (
    CONTACTS,
    FRUSTRATIONS,
    JOURNEYS,
    MESSAGES,
    ContactRow,
    FrustrationRow,
    JourneyRow,
    MessageRow,
)
from sim.engines.state import journey_dtype, starting_customers, starting_prospects
from sim.jit import rule
from sim.layout import dtype_of
from sim.parameters import Timeline
from sim.population import Population
from sim.rules import loyalty

__all__ = [
    "ARRIVING",
    "BEGUN",
    "CHOOSING",
    "ENDED",
    "FREE",
    "OPEN",
    "PENDING",
    "ROOM",
    "WEEK",
    "WORDS",
    "Tables",
    "World",
    "has_room",
    "new_tables",
    "new_world",
    "with_room",
]

CHOOSING, ARRIVING, ENDED = range(3)
"""Phases of a customer."""
PENDING, FREE, WORDS, OPEN, BEGUN, WEEK, SURE = range(MESSAGES + 1, MESSAGES + 8)
"""Positions in `filled`, after those of the tables: follow-up needs, the first free one, words, journeys under way, how
many customers have begun, the week that prospects have heard about, turns for which there is room for sure."""
ROOM = 64
"""More rows than one turn of the engine's loop can write into any table: a contact, twenty events, few follow-ups."""

_PROGRESS = np.dtype(
    [
        ("next_need", "i4"),  # position of the next candidate for a base need
        ("last_need", "i4"),  # behind the last one
        ("first_pending", "i4"),  # position in `pending` of the earliest follow-up need; -1 for none
        ("journey", "i4"),  # position in `journeys`, while one is under way
        ("phase", "i4"),
    ]
)
_FOLLOW_UP = np.dtype(
    [
        ("arose_min", "f8"),
        ("key", "u8"),
        ("parent", "i4"),
        ("next", "i4"),  # of the same customer in time order; the free ones are linked, too
        ("need", "i4"),
        ("bought_at", "i4"),
    ],
    align=True,
)
_WORD = np.dtype([("prospect", "i4"), ("next", "i4"), ("good", "i4")])


class Tables(NamedTuple):
    """The log as it grows."""

    contacts: Any
    frustrations: Any
    journeys: Any
    messages: Any
    filled: Any


class World(NamedTuple):
    """All that one replication reads and changes."""

    states: Any  # parameters
    state_of_week: Any
    end_min: float
    start_expectation: float
    candidates: Any  # base needs
    customers: Any
    journeys: Any  # those under way, and room for more: few are at a time, so they stay close by
    places: Any  # from number `OPEN` on, the positions in `journeys` that are free
    progress: Any  # [c]
    pending: Any  # follow-up needs
    prospects: Any
    undecided: Any  # positions of prospects who are no customers yet, ascending
    words: Any  # what prospects will have heard, linked by week
    first_word: Any  # [week], position in `words`; -1 for none
    most_words: int  # that one journey can cause
    lines: Lines
    events: Calendar


def new_world(timeline: Timeline, population: Population, spare: Any = None) -> World:
    """The world at the start of a run, with the spare array of customers if it is as long."""
    count, prospects = len(population), population.prospects
    progress = np.zeros(count, _PROGRESS)
    progress["next_need"], progress["last_need"] = population.need_of[:-1], population.need_of[1:]
    progress["first_pending"] = -1
    most_words = 1 + max(loyalty.told(sign, p.tells_good, p.tells_bad, 1.0) for p in timeline.states for sign in _FAR)
    return World(
        states=timeline.records,
        state_of_week=np.asarray(timeline.state_of_week, np.int64),
        end_min=timeline.end_min,
        start_expectation=timeline.start_expectation,
        candidates=population.candidates,
        customers=starting_customers(timeline, population, spare),
        journeys=np.zeros(count // 16 + ROOM, journey_dtype()),
        places=np.arange(count // 16 + ROOM, dtype=np.int32),
        progress=progress,
        pending=_linked(np.zeros(count // 4 + 1000, _FOLLOW_UP), 0),
        prospects=starting_prospects(population),
        undecided=np.arange(prospects + 1, dtype=np.int32),  # the last one marks the end
        words=np.zeros(prospects + ROOM * most_words, _WORD),
        first_word=np.full(len(timeline.state_of_week) + 1, -1, np.int64),
        most_words=most_words,
        lines=lines(timeline),
        events=calendar(count, timeline.end_min, len(population.candidates)),
    )


_FAR = (-100.0, 100.0)  # the largest possible disconfirmation, points


def new_tables(timeline: Timeline, population: Population, spare: Tables | None = None) -> Tables:
    """Tables with room for what is to be expected and more, spare ones if they are large enough.

    Room that stays empty takes no memory.
    """
    needs = len(population.candidates)
    messages = max(state.messages_per_min for state in timeline.states) * timeline.end_min * len(population)
    most_messages = min(int(messages), 100 * len(population)) + 1000
    if spare is None or len(spare.journeys) < 2 * needs + 1000 or len(spare.messages) < most_messages:
        spare = Tables(
            np.empty(4 * needs + 1000, dtype_of(ContactRow)),
            np.empty(4 * needs + 1000, dtype_of(FrustrationRow)),
            np.empty(2 * needs + 1000, dtype_of(JourneyRow)),
            np.empty(most_messages, dtype_of(MessageRow)),
            np.empty(0),
        )
    return spare._replace(filled=np.zeros(SURE + 1, np.int64))


@rule
def has_room(world: World, log: Tables) -> bool:
    """Whether every table has room for what may be written in one more turn."""
    filled = log.filled
    if filled[SURE] == 0:
        rows = min(
            len(log.contacts) - filled[CONTACTS],
            len(log.frustrations) - filled[FRUSTRATIONS],
            len(log.journeys) - filled[JOURNEYS],
            len(log.messages) - filled[MESSAGES],
            len(world.pending) - filled[PENDING],
        )
        words, journeys = len(world.words) - filled[WORDS], len(world.journeys) - filled[OPEN]
        filled[SURE] = max(0, min(rows // ROOM, words // world.most_words, journeys))
        if filled[SURE] == 0:
            return False
    filled[SURE] -= 1
    return True


def with_room(world: World, log: Tables) -> tuple[World, Tables]:
    """Twice the room in every table that is nearly full."""
    tables = log.contacts, log.frustrations, log.journeys, log.messages
    contacts, frustrations, journeys, messages = (
        _doubled(rows) if filled + ROOM > len(rows) else rows
        for rows, filled in zip(tables, log.filled[: len(tables)], strict=True)
    )
    if log.filled[PENDING] + ROOM > len(world.pending):
        world = world._replace(pending=_linked(_doubled(world.pending), len(world.pending)))
    if log.filled[WORDS] + world.most_words > len(world.words):
        world = world._replace(words=_doubled(world.words))
    if log.filled[OPEN] == len(world.journeys):
        more = np.arange(len(world.journeys), 2 * len(world.journeys), dtype=np.int32)
        world = world._replace(journeys=_doubled(world.journeys), places=np.append(world.places, more))
    return world, Tables(contacts, frustrations, journeys, messages, log.filled)


def _linked(pending: npt.NDArray[Any], begin: int) -> npt.NDArray[Any]:
    """The free rows from `begin` on, linked to each other."""
    pending["next"][begin:] = np.arange(begin + 1, len(pending) + 1)
    return pending


def _doubled(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    larger = np.empty(2 * len(rows), rows.dtype)
    larger[: len(rows)] = rows
    return larger
