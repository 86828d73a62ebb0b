"""The reference engine: a SimPy process per customer that reads like the customer's story."""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator
from typing import Any

from simpy import Environment, Event

from sim.engines import steps
from sim.engines.line import ARRIVAL, ROSTER_CHANGE, SERVICE_END, STARTED, Line, later
from sim.engines.log import ABANDONED, NOWHERE, RESEARCH, RESOLVED, SERVICE, Log, Records
from sim.engines.state import (
    Customer,
    Journey,
    Prospect,
    as_records,
    customer_rows,
    customers,
    new_journey,
    prospects,
)
from sim.parameters import Parameters, Timeline
from sim.population import Population
from sim.rules import clock
from sim.scenario import MINUTES_PER_WEEK

__all__ = ["simulate"]

Steps = Generator[Event, Any, Any]


def simulate(timeline: Timeline, population: Population, line: type[Line] = Line) -> Records:
    """Run one replication.

    Parameters
    ----------
    timeline : Timeline
    population : Population
    line : type
        The waiting line; tests pass one built on `simpy.Resource` as a second witness.

    Returns
    -------
    Records
    """
    return _World(timeline, population, line).run()


class _Person:
    """A customer with the journey under way and the needs to come."""

    def __init__(self, customer: Customer, candidates: list[tuple[float, int, int, float]]) -> None:
        self.customer = customer
        self.journey = new_journey()
        self.candidates = candidates  # base needs, the next one last: arose_min, need, key, threshold
        self.follow_ups: list[tuple[float, int, int, int, int]] = []  # heap: arose_min, key, need, parent, bought_at


class _World:
    """One replication: the company, its customers, and the log."""

    def __init__(self, timeline: Timeline, population: Population, line: type[Line]) -> None:
        self.timeline = timeline
        self.env = Environment()
        self.log = Log()
        self.lines = [line(self.env) if roster else None for roster in timeline.rosters[0]]
        self.people = _people(timeline, population)
        self.prospects = prospects(population)
        weeks = len(timeline.state_of_week)
        # words heard by each prospect in each week: bad, good
        self.heard = [[[0, 0] for _ in range(weeks)] for _ in self.prospects]

    def run(self) -> Records:
        for touchpoint, line in enumerate(self.lines):
            if line is not None:
                self.env.process(self.keep_roster(touchpoint, line))
        customers = len(self.people) - len(self.prospects)
        for person in self.people[:customers]:
            self.env.process(self.live(person))
        for position, (prospect, person) in enumerate(zip(self.prospects, self.people[customers:], strict=True)):
            self.env.process(self.hear(position, prospect, person))
        self.env.run(until=self.timeline.end_min)
        p = self.company(self.timeline.end_min)
        for person in self.people:
            steps.close(self.log, p, person.customer, person.journey, self.timeline.end_min)
        return Records(
            self.log.contacts.to_array(),
            self.log.frustrations.to_array(),
            self.log.journeys.to_array(),
            self.log.messages.to_array(),
            customer_rows(as_records([person.customer for person in self.people])),
        )

    def keep_roster(self, touchpoint: int, line: Line) -> Steps:
        """Shifts change, week after week."""
        week = 0.0
        while True:
            state = self.timeline.state_of_week[clock.week(week)]
            for minute, agents, is_open in self.timeline.rosters[state][touchpoint]:
                yield later(self.env, week + minute - self.env.now, ROSTER_CHANGE, touchpoint)
                line.staff(agents, is_open)
            week += MINUTES_PER_WEEK

    def company(self, at_min: float) -> Parameters:
        """The company as it is at a time."""
        return self.timeline.states[self.timeline.state_of_week[clock.week(at_min)]]

    def live(self, person: _Person) -> Steps:
        """Needs arise one after the other; one that arises during a journey waits for its end."""
        customer, journey = person.customer, person.journey
        while True:
            if customer.message_min < min(max(_next_need_min(person), self.env.now), self.timeline.end_min):
                if self.gets_message(person):
                    return
                continue
            if not person.candidates and not person.follow_ups:
                return
            follows = _follow_up_is_next(person)
            if follows:
                arose, key, need, parent, bought_at = heapq.heappop(person.follow_ups)
                threshold = -math.inf
            else:
                arose, need, key, threshold = person.candidates.pop()
                parent, bought_at = 0, NOWHERE
            begins = max(arose, self.env.now)
            if begins >= self.timeline.end_min:
                return
            p = self.company(begins)
            if not steps.may_want(p, customer, threshold, begins):
                continue
            if steps.leaves(p, customer, begins):
                return
            if not steps.wants(p, customer, threshold, begins):
                continue
            yield from self.let_pass(person, begins - self.env.now)
            steps.begin_journey(p, customer, journey, need, key, arose, parent, bought_at)
            yield from self.solve(person)
            if customer.left_min == customer.left_min:  # has left: not NaN
                return

    def gets_message(self, person: _Person) -> bool:
        """A message between journeys, which may bring a need. Returns whether the customer has left before it."""
        customer, now = person.customer, person.customer.message_min
        p = self.company(now)
        if steps.leaves(p, customer, now):
            return True
        key = steps.message_key(customer)
        if steps.receive(self.log, p, customer):
            heapq.heappush(person.follow_ups, (clock.on_grid(now), key, p.brings, 0, NOWHERE))
        return False

    def hear(self, position: int, prospect: Prospect, person: _Person) -> Steps:
        """A prospect hears of the company, and may become a customer some week."""
        week = 0
        while True:
            week += 1
            yield later(self.env, week * MINUTES_PER_WEEK - self.env.now, ARRIVAL, person.customer.number)
            bad, good = self.heard[position][week - 1]
            p = self.company(self.env.now)
            steps.hears(p, prospect, good, bad)
            joined = steps.joins(p, prospect, self.env.now)
            if joined == joined:  # not NaN
                break
        steps.join(p, person.customer, joined, self.timeline.start_expectation)
        person.candidates = [candidate for candidate in person.candidates if candidate[0] >= joined]
        yield from self.live(person)

    def tell(self, customer: Customer, journey: Journey) -> None:
        """Talk about a journey that has ended."""
        if not self.prospects:
            return
        count = steps.number_told(self.company(self.env.now), journey)
        for which in range(count):
            position = steps.told_prospect(journey, which, len(self.prospects))
            self.heard[position][clock.week(self.env.now)][int(journey.disconfirmation > 0.0)] += 1

    def solve(self, person: _Person) -> Steps:
        """One journey: perhaps research, then contacts until the need is resolved or given up."""
        customer, journey = person.customer, person.journey
        p = self.company(self.env.now)
        look_at = steps.researches_at(p, customer, journey)
        if look_at != NOWHERE:
            yield from self.research(person, look_at)
        resolved_at = NOWHERE
        while True:
            steps.choose(self.company(self.env.now), customer, journey, self.env.now)
            if journey.touchpoint == NOWHERE:
                break
            yield from self.wait_for_opening(person, journey.touchpoint)
            if steps.is_closed(self.company(self.env.now), customer, journey.touchpoint):
                continue
            outcome = yield from self.visit(person)
            if outcome == RESOLVED:
                resolved_at = journey.touchpoint
                break
            pause = steps.next_step(self.company(self.env.now), customer, journey, outcome)
            if pause < 0.0:
                break
            yield from self.let_pass(person, pause)
        now = self.env.now
        p = self.company(now)
        dissatisfied = steps.finish(self.log, p, customer, journey, resolved_at, now)
        self.tell(customer, journey)
        for which in range(p.follow_ups[journey.need]):
            arises = steps.follow_up_min(p, journey, which, resolved_at, dissatisfied, now)
            if arises == arises:  # not NaN
                key, need = steps.follow_up_key(p, journey, which), p.follow_need[journey.need][which]
                heapq.heappush(person.follow_ups, (arises, key, need, journey.number, journey.bought_at))

    def research(self, person: _Person, touchpoint: int) -> Steps:
        """Look at products and prices before choosing where to be served."""
        customer, journey = person.customer, person.journey
        yield from self.wait_for_opening(person, touchpoint)
        p = self.company(self.env.now)
        if steps.is_closed(p, customer, touchpoint):
            return
        steps.arrive(customer, journey, RESEARCH, touchpoint, self.env.now)
        duration = steps.begin_research(p, journey, self.env.now)
        yield later(self.env, duration, SERVICE_END, customer.number)
        steps.finish_research(self.log, customer, journey, self.env.now)
        yield from self.let_pass(person, steps.research_pause_min(p, journey))

    def visit(self, person: _Person) -> Steps:
        """One service contact: wait, be served, and have the need resolved or not. Returns the outcome."""
        customer, journey = person.customer, person.journey
        steps.arrive(customer, journey, SERVICE, journey.touchpoint, self.env.now)
        line = self.lines[journey.touchpoint]
        if line is not None:
            turn = line.enter(customer.number, steps.patience_min(self.company(self.env.now), customer, journey))
            answer = STARTED if turn is None else (yield turn)
            p = self.company(self.env.now)
            if answer != STARTED:
                steps.leave_unserved(self.log, p, customer, journey, answer, self.env.now)
                return answer
            steps.waited(self.log, p, customer, journey, self.env.now)
        p = self.company(self.env.now)
        if p.deferred[journey.touchpoint]:
            answer = steps.answer_min(p, customer, journey)
            patience = steps.answer_patience_min(p, customer, journey)
            yield later(self.env, min(answer, patience), ARRIVAL, customer.number)
            if patience < answer:
                p = self.company(self.env.now)
                steps.leave_unserved(self.log, p, customer, journey, ABANDONED, self.env.now)
                return ABANDONED
        p = self.company(self.env.now)
        duration, logits = steps.begin_service(self.log, p, customer, journey, self.env.now)
        yield later(self.env, duration, SERVICE_END, customer.number)
        if line is not None:
            line.leave(customer.number)
        return steps.end_service(self.log, p, customer, journey, logits, self.env.now, self.company(self.env.now))

    def wait_for_opening(self, person: _Person, touchpoint: int) -> Steps:
        lingers = True
        while wait := steps.opening_wait_min(
            self.company(self.env.now), person.customer, person.journey, touchpoint, self.env.now, lingers
        ):
            yield from self.let_pass(person, wait)
            lingers = False

    def let_pass(self, person: _Person, duration_min: float) -> Steps:
        """Come back after a while, in the order of customers among equal instants even if the while is 0."""
        yield later(self.env, duration_min, ARRIVAL, person.customer.number)


def _next_need_min(person: _Person) -> float:
    """When the next need arises; infinity for never."""
    base = person.candidates[-1][0] if person.candidates else math.inf
    return min(base, person.follow_ups[0][0]) if person.follow_ups else base


def _follow_up_is_next(person: _Person) -> bool:
    if not person.candidates:
        return True
    return bool(person.follow_ups) and person.follow_ups[0][0] < person.candidates[-1][0]


def _people(timeline: Timeline, population: Population) -> list[_Person]:
    columns = (population.candidates[name].tolist() for name in ("arises_min", "need", "key", "threshold"))
    candidates = list(zip(*columns, strict=True))
    starts = population.need_of.tolist()
    return [
        _Person(customer, candidates[starts[number] : starts[number + 1]][::-1])
        for number, customer in enumerate(customers(timeline, population))
    ]
