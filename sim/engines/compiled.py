"""The compiled engine: the same steps as the reference engine, in one event loop compiled by numba.

In a first-come-first-served line all that decides a customer's wait is known on arrival: who stands before them,
when those services end, the roster, and their patience. So a contact is one event, an arrival at a staffed
touchpoint; everything else concerns one customer alone and runs ahead until that customer's next such arrival.
Prospects hear once a week what they were told, all at the same instant.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from sim.engines import steps
from sim.engines.calendar import due_min, is_empty, owner, pop, push, soonest
from sim.engines.known_wait import STARTED, serve_until, stand_in_line
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
    Records,
)
from sim.engines.state import customer_rows
from sim.engines.world import (
    ARRIVING,
    BEGUN,
    CHOOSING,
    ENDED,
    FREE,
    OPEN,
    PENDING,
    WEEK,
    WORDS,
    Tables,
    World,
    has_room,
    new_tables,
    new_world,
    with_room,
)
from sim.jit import borrowed, kernel_from_the_front, prefetch, rule
from sim.parameters import Timeline
from sim.population import Population
from sim.rules import clock
from sim.scenario import MINUTES_PER_WEEK

__all__ = ["simulate"]

_TURNS = 100_000  # events after which the kernel gives Python a chance to stop it: less than a tenth of a second


class _Spare(threading.local):
    """Tables and customers that a thread may write anew, since nobody reads any more what is in them."""

    kept: tuple[Tables | None, Any] = None, None


_SPARE = _Spare()


def simulate(
    timeline: Timeline, population: Population, stop: threading.Event | None = None, *, lasting: bool = True
) -> Records:
    """Run one replication; see `sim.engines.reference.simulate`, which writes the identical log.

    Parameters
    ----------
    timeline : Timeline
    population : Population
    stop : threading.Event, optional
        When it is set by another thread, the run ends soon with KeyboardInterrupt.
    lasting : bool
        Whether the records are to last. If not, the next run of this thread may overwrite them, which saves the time
        in which the system clears memory, a tenth of a run.

    Returns
    -------
    Records
    """
    kept, _SPARE.kept = (None, None) if lasting else _SPARE.kept, (None, None)
    log, world = new_tables(timeline, population, kept[0]), new_world(timeline, population, kept[1])
    while not _run(world, log):
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt
        world, log = with_room(world, log)
    if not lasting:
        _SPARE.kept = log, world.customers
    return Records(
        log.contacts[: log.filled[CONTACTS]],
        log.frustrations[: log.filled[FRUSTRATIONS]],
        log.journeys[: log.filled[JOURNEYS]],
        log.messages[: log.filled[MESSAGES]],
        customer_rows(world.customers),
    )


@kernel_from_the_front
def _run(owned: World, owned_log: Tables) -> bool:
    """Go on until all is done (True), or for a while, or until a table needs more room."""
    world, log = borrowed(owned), borrowed(owned_log)
    filled, first_prospect = log.filled, len(world.customers) - len(world.prospects)
    for _ in range(_TURNS):
        if not has_room(world, log):
            return False
        if filled[BEGUN] < first_prospect:
            who, now = filled[BEGUN], 0.0
            filled[BEGUN] += 1
        else:
            now = np.inf if is_empty(world.events) else due_min(world.events, soonest(world.events))
            next_week = (filled[WEEK] + 1.0) * MINUTES_PER_WEEK
            if min(now, next_week) >= world.end_min:
                return _all_closed(world, log)
            if next_week <= now:
                filled[WEEK] += 1
                _hear(world, next_week)
                continue
            who = pop(world.events)
            _fetch_next(world)
        _advance(world, log, who, now)
    return False


@rule
def _fetch_next(world: World) -> None:
    """Fetch the records of whoever is due next, while somebody else has the turn."""
    if not is_empty(world.events):
        upcoming = owner(world.events, soonest(world.events))
        prefetch(world.customers, upcoming)
        prefetch(world.progress, upcoming)


@rule
def _all_closed(world: World, log: Tables) -> bool:
    """The run is over for everybody; False if a table needs more room first."""
    p = _company(world, world.end_min)
    for who in range(len(world.customers)):
        if not has_room(world, log):
            return False
        if world.progress[who].phase != ENDED:
            steps.close(log, p, world.customers[who], _journey(world, who), world.end_min)
            world.progress[who].phase = ENDED
    return True


@rule
def _company(world: World, at_min: float) -> Any:
    """The company as it is at a time."""
    if len(world.states) == 1:
        return world.states[0]
    return world.states[world.state_of_week[clock.week(at_min)]]


@rule
def _journey(world: World, who: int) -> Any:
    """The journey of a customer that is under way."""
    return world.journeys[world.progress[who].journey]


@rule
def _advance(world: World, log: Tables, who: int, now: float) -> None:
    """Follow one customer until the next arrival at a staffed touchpoint, or until nothing more happens."""
    customer, progress = world.customers[who], world.progress[who]
    prefetch(world.candidates, progress.next_need)
    arrives = progress.phase == ARRIVING
    while now < world.end_min:
        if not arrives:
            if not has_room(world, log):
                progress.phase = CHOOSING
                push(world.events, now, who)
                return
            if not customer.journey_open:
                if customer.left_min == customer.left_min:  # has left: not NaN
                    return
                now = _next_journey(world, log, who, now)
                continue
            steps.choose(_company(world, now), customer, _journey(world, who), now)
        journey = _journey(world, who)
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
                    progress.phase = ARRIVING
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
def _hear(world: World, now: float) -> None:
    """Prospects hear what they were told in the week before, and some decide to become customers."""
    week = clock.week(now)
    p, before = _company(world, now), world.states[world.state_of_week[week - 1]]
    changed = (
        p.persuades != before.persuades
        or p.deters != before.deters
        or p.persuasion_at_most != before.persuasion_at_most
    )
    word = world.first_word[week - 1]
    while word >= 0:
        heard = world.words[word]
        steps.hears(p, world.prospects[heard.prospect], heard.good, 1 - heard.good)
        word = heard.next
    first = len(world.customers) - len(world.prospects)
    kept, index = 0, 0
    while world.undecided[index] < len(world.prospects):
        position = world.undecided[index]
        index += 1
        prospect = world.prospects[position]
        if changed:
            steps.hears(p, prospect, 0, 0)
        joined = steps.joins(p, prospect, now)
        if joined == joined:  # not NaN
            steps.join(p, world.customers[first + position], joined, world.start_expectation)
            _begin(world, first + position, joined)
        else:
            world.undecided[kept] = position
            kept += 1
    world.undecided[kept] = len(world.prospects)


@rule
def _begin(world: World, who: int, joined: float) -> None:
    """A prospect becomes a customer at that time, and has no needs from before."""
    progress = world.progress[who]
    progress.phase = CHOOSING
    while progress.next_need < progress.last_need and world.candidates[progress.next_need].arises_min < joined:
        progress.next_need += 1
    if joined < world.end_min:
        push(world.events, joined, who)


@rule
def _tell(world: World, log: Tables, who: int, now: float) -> None:
    """A customer talks about a journey that has ended."""
    prospects, journey, week = len(world.prospects), _journey(world, who), clock.week(now)
    if prospects == 0:
        return
    for which in range(steps.number_told(_company(world, now), journey)):
        new = log.filled[WORDS]
        log.filled[WORDS] += 1
        word = world.words[new]
        word.prospect = steps.told_prospect(journey, which, prospects)
        word.good = int(journey.disconfirmation > 0.0)
        word.next = world.first_word[week]
        world.first_word[week] = new


@rule
def _next_journey(world: World, log: Tables, who: int, now: float) -> float:
    """The next need of a customer, and research if the journey begins with it. Returns the instant after that."""
    customer, progress = world.customers[who], world.progress[who]
    has_candidate, has_follow_up = progress.next_need < progress.last_need, progress.first_pending >= 0
    base_min = world.candidates[progress.next_need].arises_min if has_candidate else np.inf
    arises = min(base_min, world.pending[progress.first_pending].arose_min) if has_follow_up else base_min
    if customer.message_min < min(max(arises, now), world.end_min):
        return now if _get_message(world, log, who) else np.inf
    if not has_candidate and not has_follow_up:
        return np.inf
    follows = has_follow_up and world.pending[progress.first_pending].arose_min < base_min
    begins = max(arises, now)
    if begins >= world.end_min:
        return np.inf
    p = _company(world, begins)
    threshold = -np.inf if follows else world.candidates[progress.next_need].threshold
    if not steps.may_want(p, customer, threshold, begins):
        progress.next_need += 1
        return now
    if steps.leaves(p, customer, begins):
        return np.inf
    if not steps.wants(p, customer, threshold, begins):
        progress.next_need += 1
        return now
    progress.journey = world.places[log.filled[OPEN]]
    log.filled[OPEN] += 1
    journey = world.journeys[progress.journey]
    if follows:
        taken = world.pending[progress.first_pending]
        steps.begin_journey(p, customer, journey, taken.need, taken.key, arises, taken.parent, taken.bought_at)
        following = taken.next
        taken.next = log.filled[FREE]
        log.filled[FREE] = progress.first_pending
        log.filled[PENDING] -= 1
        progress.first_pending = following
    else:
        candidate = world.candidates[progress.next_need]
        progress.next_need += 1
        prefetch(world.candidates, progress.next_need + 1)
        steps.begin_journey(p, customer, journey, candidate.need, candidate.key, arises, 0, NOWHERE)
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
    now += steps.begin_research(p, journey, now)
    if now >= world.end_min:
        return now
    steps.finish_research(log, customer, journey, now)
    return now + steps.research_pause_min(p, journey)


@rule
def _opened(world: World, who: int, touchpoint: int, now: float) -> float:
    """When a customer arrives who waits for a touchpoint to open."""
    lingers = True
    while now < world.end_min:
        p = _company(world, now)
        wait = steps.opening_wait_min(p, world.customers[who], _journey(world, who), touchpoint, now, lingers)
        if wait == 0.0:
            return now
        now += wait
        lingers = False
    return now


@rule
def _visit(world: World, log: Tables, who: int, now: float) -> tuple[int, float]:
    """One service contact. Returns its outcome and when it ends; what is not over by the end of the run has none."""
    customer, journey = world.customers[who], _journey(world, who)
    p = _company(world, now)
    here = journey.touchpoint
    steps.arrive(customer, journey, SERVICE, here, now)
    answer = STARTED
    if p.staffed[here]:
        answer, now = stand_in_line(world.lines, p, customer, journey, here, now)
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
def _finish(world: World, log: Tables, who: int, resolved_at: int, now: float) -> None:
    """The journey ends, and its follow-up needs join those to come, in time order."""
    customer, journey = world.customers[who], _journey(world, who)
    p = _company(world, now)
    dissatisfied = steps.finish(log, p, customer, journey, resolved_at, now)
    _tell(world, log, who, now)
    for which in range(p.follow_ups[journey.need]):
        arises = steps.follow_up_min(p, journey, which, resolved_at, dissatisfied, now)
        if arises == arises:  # not NaN
            key, need = steps.follow_up_key(p, journey, which), p.follow_need[journey.need][which]
            _add_need(world, log, who, arises, key, need, journey.number, journey.bought_at)
    log.filled[OPEN] -= 1
    world.places[log.filled[OPEN]] = world.progress[who].journey


@rule
def _get_message(world: World, log: Tables, who: int) -> bool:
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
    world: World, log: Tables, who: int, arises: float, key: Any, need: int, parent: int, bought_at: int
) -> None:
    """A need joins those to come, in time order."""
    new = log.filled[FREE]
    row = world.pending[new]
    log.filled[FREE] = row.next
    log.filled[PENDING] += 1
    row.arose_min = arises
    row.key = key
    row.need = need
    row.parent = parent
    row.bought_at = bought_at
    progress = world.progress[who]
    before, after = -1, progress.first_pending
    while after >= 0 and (
        world.pending[after].arose_min < arises
        or (world.pending[after].arose_min == arises and world.pending[after].key < row.key)
    ):
        before, after = after, world.pending[after].next
    row.next = after
    if before < 0:
        progress.first_pending = new
    else:
        world.pending[before].next = new
