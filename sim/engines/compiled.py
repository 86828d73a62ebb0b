"""The compiled engine: the same steps as the reference engine, in one event loop compiled by numba.

In a first-come-first-served line all that decides a customer's wait is known on arrival: who stands before them,
when those services end, the roster, and their patience. So a contact is one event, an arrival at a staffed
touchpoint; everything else concerns one customer alone and runs ahead until that customer's next such arrival.
"""

from __future__ import annotations

from threading import Event
from typing import Any, NamedTuple

import numpy as np

from sim.engines import steps
from sim.engines.events import Events, events, pop, push
from sim.engines.known_wait import STARTED, Lines, lines, serve_until, stand_in_line
from sim.engines.log import (
    ABANDONED,
    CONTACTS,
    FRUSTRATIONS,
    JOURNEYS,
    MESSAGES,
    NOWHERE,
    RESEARCH,
    RESOLVED,
    SERVICE,
    UNFINISHED,
    ContactRow,
    FrustrationRow,
    JourneyRow,
    MessageRow,
    Records,
)
from sim.engines.state import journey_dtype, starting_customers
from sim.jit import borrowed, kernel, rule
from sim.layout import dtype_of
from sim.parameters import Timeline
from sim.population import Population
from sim.rules import clock
from sim.scenario import MINUTES_PER_WEEK

__all__ = ["simulate"]

_CHOOSING, _ARRIVING, _CLOSED, _HEARING = range(4)
_PENDING, _FREE = MESSAGES + 1, MESSAGES + 2  # positions in `filled`, after those of the tables
_TURNS = 300_000  # events after which the kernel gives Python a chance to stop it: some tenths of a second
_ROOM = 64  # more rows than one turn of the loop in `_advance` can write into any table

_FOLLOW_UP = np.dtype(
    [("arose_min", "f8"), ("key", "u8"), ("need", "i8"), ("parent", "i8"), ("bought_at", "i8"), ("next", "i8")]
)


class _Log(NamedTuple):
    contacts: Any
    frustrations: Any
    journeys: Any
    messages: Any
    filled: Any


class _World(NamedTuple):
    """All that one replication reads and changes."""

    states: Any  # parameters
    state_of_week: Any
    end_min: float
    start_expectation: float
    heard: Any  # [prospect][week][bad, good], words
    need_of: Any  # candidates of customer c: need_of[c] to need_of[c + 1]
    need_min: Any
    need: Any
    need_key: Any
    need_accepted: Any
    customers: Any
    journeys: Any
    next_need: Any  # [c], position of the next candidate
    phase: Any  # [c]
    first_pending: Any  # [c], position in `pending` of the earliest follow-up need; -1 for none
    pending: Any  # follow-up needs, linked per customer in time order; the free ones are linked, too
    lines: Lines
    events: Events


def simulate(timeline: Timeline, population: Population, stop: Event | None = None) -> Records:
    """Run one replication; see `sim.engines.reference.simulate`, which writes the identical log.

    Parameters
    ----------
    timeline : Timeline
    population : Population
    stop : threading.Event, optional
        When it is set by another thread, the run ends soon with KeyboardInterrupt.

    Returns
    -------
    Records
    """
    world = _world(timeline, population)
    expected = len(population.need) * 2 + 1000
    log = _Log(
        np.empty(expected, dtype_of(ContactRow)),
        np.empty(expected, dtype_of(FrustrationRow)),
        np.empty(expected, dtype_of(JourneyRow)),
        np.empty(1000, dtype_of(MessageRow)),
        np.zeros(_FREE + 1, np.int64),
    )
    begun = 0
    while True:
        begun = _run(world, log, begun)
        if begun < 0:
            break
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        world, log = _with_room(world, log)
    return Records(
        log.contacts[: log.filled[CONTACTS]],
        log.frustrations[: log.filled[FRUSTRATIONS]],
        log.journeys[: log.filled[JOURNEYS]],
        log.messages[: log.filled[MESSAGES]],
        world.customers,
    )


def _world(timeline: Timeline, population: Population) -> _World:
    count = len(population)
    pending = np.zeros(count + 1000, _FOLLOW_UP)
    pending["next"] = np.arange(1, len(pending) + 1)
    return _World(
        states=timeline.records,
        state_of_week=np.asarray(timeline.state_of_week, np.int64),
        end_min=timeline.end_min,
        start_expectation=timeline.start_expectation,
        heard=np.zeros((population.prospects, len(timeline.state_of_week), 2), np.int32),
        need_of=population.need_of.astype(np.int64),
        need_min=population.need_min,
        need=population.need.astype(np.int64),
        need_key=population.need_key,
        need_accepted=population.need_accepted,
        customers=starting_customers(timeline, population),
        journeys=np.zeros(count, journey_dtype()),
        next_need=population.need_of[:-1].astype(np.int64),
        phase=np.where(np.arange(count) < count - population.prospects, _CHOOSING, _HEARING).astype(np.int8),
        first_pending=np.full(count, -1, np.int64),
        pending=pending,
        lines=lines(timeline),
        events=events(count),
    )


def _with_room(world: _World, log: _Log) -> tuple[_World, _Log]:
    """Twice the room in every table that is nearly full."""
    tables = log.contacts, log.frustrations, log.journeys, log.messages
    contacts, frustrations, journeys, messages = (
        _doubled(rows) if filled + _ROOM > len(rows) else rows
        for rows, filled in zip(tables, log.filled[: len(tables)], strict=True)
    )
    if log.filled[_PENDING] + _ROOM > len(world.pending):
        size = len(world.pending)
        pending = _doubled(world.pending)
        pending["next"][size:] = np.arange(size + 1, len(pending) + 1)
        world = world._replace(pending=pending)
    return world, _Log(contacts, frustrations, journeys, messages, log.filled)


def _doubled(rows: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    larger = np.zeros(2 * len(rows), rows.dtype)
    larger[: len(rows)] = rows
    return larger


@kernel
def _run(owned: _World, owned_log: _Log, begun: int) -> int:
    """Go on until all is done (-1), or for a while, or until a table needs more room (customers begun so far)."""
    world = _World(
        borrowed(owned.states),
        borrowed(owned.state_of_week),
        owned.end_min,
        owned.start_expectation,
        borrowed(owned.heard),
        borrowed(owned.need_of),
        borrowed(owned.need_min),
        borrowed(owned.need),
        borrowed(owned.need_key),
        borrowed(owned.need_accepted),
        borrowed(owned.customers),
        borrowed(owned.journeys),
        borrowed(owned.next_need),
        borrowed(owned.phase),
        borrowed(owned.first_pending),
        borrowed(owned.pending),
        Lines(
            borrowed(owned.lines.state_of_week),
            borrowed(owned.lines.agents),
            borrowed(owned.lines.is_open),
            borrowed(owned.lines.until_change),
            borrowed(owned.lines.ends),
            borrowed(owned.lines.busy),
            borrowed(owned.lines.last_start),
        ),
        Events(borrowed(owned.events.heap), borrowed(owned.events.size), owned.events.shift),
    )
    log = _Log(
        borrowed(owned_log.contacts),
        borrowed(owned_log.frustrations),
        borrowed(owned_log.journeys),
        borrowed(owned_log.messages),
        borrowed(owned_log.filled),
    )
    count = len(world.customers)
    left = _TURNS
    while begun < count or world.events.size[0] > 0:
        left -= 1
        if left < 0 or not _has_room(world, log):
            return begun
        if begun < count:
            now, who = 0.0, begun
            begun += 1
        else:
            now, who = pop(world.events)
        _advance(world, log, who, now)
    p = _company(world, world.end_min)
    for who in range(count):
        if not _has_room(world, log):
            return begun
        if world.phase[who] != _CLOSED:
            steps.close(log, p, world.customers[who], world.journeys[who], world.end_min)
            world.phase[who] = _CLOSED
    return -1


@rule
def _has_room(world: _World, log: _Log) -> bool:
    filled = log.filled
    return bool(
        filled[CONTACTS] + _ROOM <= len(log.contacts)
        and filled[FRUSTRATIONS] + _ROOM <= len(log.frustrations)
        and filled[JOURNEYS] + _ROOM <= len(log.journeys)
        and filled[MESSAGES] + _ROOM <= len(log.messages)
        and filled[_PENDING] + _ROOM <= len(world.pending)
    )


@rule
def _company(world: _World, at_min: float) -> Any:
    """The company as it is at a time."""
    return world.states[world.state_of_week[clock.week(at_min)]]


@rule
def _advance(world: _World, log: _Log, who: int, now: float) -> None:
    """Follow one customer until the next arrival at a staffed touchpoint, or until nothing more happens."""
    customer, journey = world.customers[who], world.journeys[who]
    arrives = world.phase[who] == _ARRIVING
    if world.phase[who] == _HEARING:
        now = _hear(world, who, now)
    while now < world.end_min:
        if not arrives:
            if not _has_room(world, log):
                world.phase[who] = _CHOOSING
                push(world.events, now, who)
                return
            if not customer.journey_open:
                if customer.left_min == customer.left_min:  # has left: not NaN
                    return
                now = _next_journey(world, log, who, now)
                continue
            steps.choose(_company(world, now), customer, journey, now)
        goes_on, resolved_at = journey.touchpoint != NOWHERE, NOWHERE
        if goes_on:
            if not arrives:
                now = _opened(world, who, journey.touchpoint, now)
                if now >= world.end_min:
                    return
                p = _company(world, now)
                if steps.is_closed(p, customer, journey.touchpoint):
                    continue
                if p.staffed[journey.touchpoint]:
                    world.phase[who] = _ARRIVING
                    push(world.events, now, who)
                    return
            arrives = False
            outcome, now = _visit(world, log, who, now)
            if now >= world.end_min:
                return
            if outcome == RESOLVED:
                goes_on, resolved_at = False, journey.touchpoint
            else:
                pause = steps.next_step(_company(world, now), customer, journey, outcome)
                goes_on = pause >= 0.0
                now += max(pause, 0.0)
        if not goes_on:
            _finish(world, log, who, resolved_at, now)


@rule
def _hear(world: _World, who: int, now: float) -> float:
    """What a prospect heard in the week before; returns when life as a customer begins, if it does."""
    position, week = who - (len(world.customers) - len(world.heard)), clock.week(now)
    if week > 0:
        bad, good = world.heard[position, week - 1, 0], world.heard[position, week - 1, 1]
        joined = steps.joins(_company(world, now), world.customers[who], good, bad, now, world.start_expectation)
        if joined == joined:  # not NaN
            world.phase[who] = _CHOOSING
            while (
                world.next_need[who] < world.need_of[who + 1]
                and clock.on_grid(world.need_min[world.next_need[who]]) < joined
            ):
                world.next_need[who] += 1
            return joined
    following = (week + 1) * float(MINUTES_PER_WEEK)
    if following < world.end_min:
        push(world.events, following, who)
    return np.inf


@rule
def _tell(world: _World, who: int, now: float) -> None:
    """A customer talks about a journey that has ended."""
    prospects, journey = len(world.heard), world.journeys[who]
    if prospects == 0:
        return
    for which in range(steps.number_told(_company(world, now), journey)):
        position = steps.told_prospect(journey, which, prospects)
        world.heard[position, clock.week(now), int(journey.disconfirmation > 0.0)] += 1


@rule
def _next_journey(world: _World, log: _Log, who: int, now: float) -> float:
    """The next need of a customer, and research if the journey begins with it. Returns the instant after that."""
    customer, journey = world.customers[who], world.journeys[who]
    candidate, follow_up = world.next_need[who], world.first_pending[who]
    has_candidate, has_follow_up = candidate < world.need_of[who + 1], follow_up >= 0
    base_min = clock.on_grid(world.need_min[candidate]) if has_candidate else np.inf
    next_need = min(base_min, world.pending[follow_up].arose_min) if has_follow_up else base_min
    if customer.message_min < min(max(next_need, now), world.end_min):
        return now if _get_message(world, log, who) else np.inf
    if not has_candidate and not has_follow_up:
        return np.inf
    follows = has_follow_up and world.pending[follow_up].arose_min < base_min
    arose = world.pending[follow_up].arose_min if follows else base_min
    begins = max(arose, now)
    if begins >= world.end_min:
        return np.inf
    p = _company(world, begins)
    if steps.leaves(p, customer, begins):
        return np.inf
    if follows:
        taken = world.pending[follow_up]
        steps.begin_journey(p, customer, journey, taken.need, taken.key, arose, taken.parent, taken.bought_at)
        world.first_pending[who] = taken.next
        taken.next = log.filled[_FREE]
        log.filled[_FREE] = follow_up
        log.filled[_PENDING] -= 1
    else:
        world.next_need[who] += 1
        need = world.need[candidate]
        if not steps.wants(p, customer, need, world.need_accepted[candidate]):
            return now
        steps.begin_journey(p, customer, journey, need, world.need_key[candidate], arose, 0, NOWHERE)
    at = steps.researches_at(p, customer, journey)
    if at == NOWHERE:
        return begins
    now = _opened(world, who, at, begins)
    if now >= world.end_min:
        return now
    p = _company(world, now)
    if steps.is_closed(p, customer, at):
        return now
    steps.arrive(customer, journey, RESEARCH, at, now)
    duration, _ = steps.begin_service(log, p, customer, journey, now)
    now += duration
    if now >= world.end_min:
        return now
    steps.finish_research(log, customer, journey, now)
    return now + steps.research_pause_min(p, journey)


@rule
def _opened(world: _World, who: int, touchpoint: int, now: float) -> float:
    """When a customer arrives who waits for a touchpoint to open."""
    lingers = True
    while now < world.end_min:
        p = _company(world, now)
        wait = steps.opening_wait_min(p, world.customers[who], world.journeys[who], touchpoint, now, lingers)
        if wait == 0.0:
            return now
        now += wait
        lingers = False
    return now


@rule
def _visit(world: _World, log: _Log, who: int, now: float) -> tuple[int, float]:
    """One service contact. Returns its outcome and when it ends; what is not over by the end of the run has none."""
    customer, journey = world.customers[who], world.journeys[who]
    p = _company(world, now)
    here = journey.touchpoint
    steps.arrive(customer, journey, SERVICE, here, now)
    answer = STARTED
    if p.staffed[here]:
        answer, now = stand_in_line(world.lines, here, now, steps.patience_min(p, customer, journey))
    elif p.deferred[here]:
        answer_min = steps.answer_min(p, customer, journey)
        patience_min = steps.answer_patience_min(p, customer, journey)
        if patience_min < answer_min:
            answer = ABANDONED
        now += min(answer_min, patience_min)
    if now >= world.end_min:
        return UNFINISHED, now
    p = _company(world, now)
    if answer != STARTED:
        steps.leave_unserved(log, p, customer, journey, answer, now)
        return answer, now
    if p.staffed[here]:
        steps.waited(log, p, customer, journey, now)
    duration, logits = steps.begin_service(log, p, customer, journey, now)
    now += duration
    if p.staffed[here]:
        serve_until(world.lines, here, now)
    if now >= world.end_min:
        return UNFINISHED, now
    return steps.end_service(log, p, customer, journey, logits, now, _company(world, now)), now


@rule
def _finish(world: _World, log: _Log, who: int, resolved_at: int, now: float) -> None:
    """The journey ends, and its follow-up needs join those to come, in time order."""
    customer, journey = world.customers[who], world.journeys[who]
    p = _company(world, now)
    dissatisfied = steps.finish(log, p, customer, journey, resolved_at, now)
    _tell(world, who, now)
    for which in range(p.follow_ups[journey.need]):
        arises = steps.follow_up_min(p, journey, which, resolved_at, dissatisfied, now)
        if arises == arises:  # not NaN
            key, need = steps.follow_up_key(p, journey, which), p.follow_need[journey.need][which]
            _add_need(world, log, who, arises, key, need, journey.number, journey.bought_at)


@rule
def _get_message(world: _World, log: _Log, who: int) -> bool:
    """A message between journeys, which may bring a need. Returns whether the customer is still there."""
    customer = world.customers[who]
    now = customer.message_min
    p = _company(world, now)
    if steps.leaves(p, customer, now):
        return False
    key = steps.message_key(customer)
    if steps.receive(log, p, customer):
        _add_need(world, log, who, clock.on_grid(now), key, p.brings, 0, NOWHERE)
    return True


@rule
def _add_need(
    world: _World, log: _Log, who: int, arises: float, key: Any, need: int, parent: int, bought_at: int
) -> None:
    """A need joins those to come, in time order."""
    new = log.filled[_FREE]
    row = world.pending[new]
    log.filled[_FREE] = row.next
    log.filled[_PENDING] += 1
    row.arose_min = arises
    row.key = key
    row.need = need
    row.parent = parent
    row.bought_at = bought_at
    before, after = -1, world.first_pending[who]
    while after >= 0 and (
        world.pending[after].arose_min < arises
        or (world.pending[after].arose_min == arises and world.pending[after].key < row.key)
    ):
        before, after = after, world.pending[after].next
    row.next = after
    if before < 0:
        world.first_pending[who] = new
    else:
        world.pending[before].next = new
