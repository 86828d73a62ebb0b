"""One day in two worlds, read off the log: where every customer is from moment to moment.

The film shows what happened: a place is a fact of the log, only the way from one place to the next is the drawer's.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import ArgumentError
from sim.scenario import Scenario
from sim.scenario.paths import unknown
from sim.simulation import simulate

__all__ = [
    "BETWEEN",
    "DAY_MIN",
    "GONE",
    "HOME",
    "SERVED",
    "WAITING",
    "Film",
    "FilmedWorld",
    "follow",
    "most_different_day",
    "shoot",
]

HOME, BETWEEN, WAITING, SERVED, GONE = range(5)
"""Where a customer can be: at home without an open need, between two contacts of one, in line, in service, gone."""
DAY_MIN = 1440
STEP_MIN = 3.0
FLASH_MIN = 9.0
"""How long a frustration is seen."""

Tables = dict[str, pd.DataFrame]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FilmedWorld:
    """One world during the film; rows are instants, columns customers or touchpoints.

    Parameters
    ----------
    place : array of int, (instants, customers)
        `HOME`, `BETWEEN`, `WAITING`, `SERVED` or `GONE`.
    touchpoint : array of int, (instants, customers)
        Position of the touchpoint where the customer waits or is served; -1 elsewhere.
    rank : array of int, (instants, customers)
        Place in line from 0 among all who wait there, or the seat in service; -1 elsewhere.
    loyalty : array of float, (instants, customers)
        Points after the last journey that ended; before the first, the level of the segment.
    frustrated : array of bool, (instants, customers)
        A frustration event happened at most `FLASH_MIN` ago.
    waiting, served : array of int, (instants, touchpoints)
        All customers who wait and who are served, shown or not.
    events : pandas.DataFrame
        All frustration events of the day in order of time: at_min, customer, touchpoint, type.
    waited_min : array of float, (instants,)
        Minutes that all customers have waited in line since midnight.
    """

    place: Whole
    touchpoint: Whole
    rank: Whole
    loyalty: Floats
    frustrated: npt.NDArray[np.bool_]
    waiting: Whole
    served: Whole
    events: pd.DataFrame
    waited_min: Floats


@dataclass(frozen=True)
class Film:
    """One day of the same customers in two worlds.

    Parameters
    ----------
    scenario : Scenario
        In the size in which it was simulated.
    strategies : tuple of str
        The two worlds, the baseline first.
    replication : int
    day : int
        Number of the day, from 0 for the Monday of week 0.
    most_different : bool
        The day was chosen because the two worlds differ most on it.
    at_min : array of float
        The instants, in minutes since Monday 00:00 of week 0.
    people : pandas.DataFrame
        The customers shown: customer, segment.
    in_touch : int
        Customers who have a contact on this day in either world.
    worlds : tuple of FilmedWorld
    """

    scenario: Scenario
    strategies: tuple[str, str]
    replication: int
    day: int
    most_different: bool
    at_min: Floats
    people: pd.DataFrame
    in_touch: int
    worlds: tuple[FilmedWorld, FilmedWorld]

    @property
    def touchpoints(self) -> list[str]:
        """Names in the order of the file."""
        return list(self.scenario.document.touchpoints)


def shoot(
    scenario: Scenario,
    baseline: str,
    strategy: str,
    seed: int,
    replication: int = 0,
    day: int | None = None,
    customers: int = 200,
    step_min: float = STEP_MIN,
) -> Film:
    """Simulate one replication of two strategies and follow the customers through one day of both.

    Parameters
    ----------
    scenario : Scenario
        In the size in which it is simulated.
    baseline, strategy : str
    seed, replication : int
    day : int, optional
        Number of the day, from 0 for the Monday of week 0; by default the one after the warm-up on which the numbers
        of frustration events differ most, see `most_different_day`.
    customers : int
        How many to show at most. Those who wait in line go first, so that lines are whole; the others are taken
        evenly from all who are in touch with the company on this day in either world.
    step_min : float
        Minutes between two instants.

    Raises
    ------
    ArgumentError
        All arguments that cannot be used, at once.
    """
    document = scenario.document
    warm_up = float(document.run.warm_up)
    end = warm_up + float(document.run.measured)
    days = math.ceil(end / DAY_MIN)
    problems = [
        unknown("strategy", name, scenario.strategies)
        for name in (baseline, strategy)
        if name not in scenario.strategies
    ]
    if day is not None and not 0 <= day < days:
        problems.append(f"day must be from 0 to {days - 1}, the last day of the run, got {day}")
    if replication < 0:
        problems.append(f"replication must be at least 0, got {replication}")
    if customers < 1:
        problems.append(f"customers must be at least 1, got {customers}")
    if not 0.0 < step_min <= 60.0:
        problems.append(f"step_min must be above 0 and at most 60 minutes, got {step_min}")
    if problems:
        raise ArgumentError("\n".join(problems))
    logs = [simulate(scenario, name, seed, replication) for name in (baseline, strategy)]
    chosen = most_different_day(logs, warm_up, end) if day is None else day
    midnight = float(chosen * DAY_MIN)
    today = pd.concat([_during(log["contacts"], midnight) for log in logs], ignore_index=True)
    shown = _shown(today, customers)
    segments = logs[0]["customers"].set_index("customer")["segment"].astype(str)
    at_min = _instants(today, midnight, end, step_min)
    lines = [name for name, touchpoint in document.touchpoints.items() if touchpoint.kind == "staffed"]
    levels = {name: float(segment.loyalty_level) for name, segment in document.segments.items()}
    people = pd.DataFrame({"customer": shown, "segment": segments.reindex(shown).to_numpy()})
    first, second = (follow(log, people, at_min, list(document.touchpoints), lines, levels) for log in logs)
    return Film(
        scenario=scenario,
        strategies=(baseline, strategy),
        replication=replication,
        day=chosen,
        most_different=day is None,
        at_min=at_min,
        people=people,
        in_touch=int(today["customer"].nunique()),
        worlds=(first, second),
    )


def most_different_day(logs: Sequence[Tables], warm_up_min: float, end_min: float) -> int:
    """The day of the measured period on which the number of frustration events differs most between two worlds.

    Of several such days it is the one on which the minutes waited differ most, and of these the first. A frustration
    counts on the day on which it happens, a wait on the day on which it begins.
    """
    first, last = math.ceil(warm_up_min / DAY_MIN), max(math.ceil(end_min / DAY_MIN), 1)
    first = min(first, last - 1)
    events, waits = [], []
    for log in logs:
        contacts = log["contacts"]
        waited = (_wait_end(contacts) - contacts["arrived_min"]).fillna(0.0).to_numpy()
        events.append(_by_day(log["frustrations"]["at_min"], None, last))
        waits.append(_by_day(contacts["arrived_min"], waited, last))
    gaps = [np.abs(worlds[1] - worlds[0])[first:] for worlds in (events, waits)]
    return first + int(np.lexsort((-gaps[1], -gaps[0]))[0])


def follow(
    log: Tables,
    people: pd.DataFrame,
    at_min: Floats,
    touchpoints: Sequence[str],
    lines: Sequence[str],
    loyalty_levels: dict[str, float],
) -> FilmedWorld:
    """Read off the log of one world where customers are at some instants of one day.

    Who has arrived and is not yet served waits; at the instant of arrival already, and no longer at the instant at
    which service begins. Somebody whose need is open and who is neither waiting nor in service is between contacts.

    Parameters
    ----------
    log : dict of DataFrame
        contacts, frustrations, journeys and customers, of one replication.
    people : DataFrame
        The customers to follow: customer, segment.
    at_min : array of float
        Instants in ascending order, since Monday 00:00 of week 0, within one day.
    touchpoints : sequence of str
    lines : sequence of str
        Touchpoints whose waiting counts in `FilmedWorld.waited_min`.
    loyalty_levels : dict of str to float
        Loyalty of each segment before the first journey ends, points.
    """
    midnight = math.floor(at_min[0] / DAY_MIN) * DAY_MIN
    column = {int(customer): position for position, customer in enumerate(people["customer"])}
    shape = (len(at_min), len(people))
    place = np.full(shape, HOME)
    touchpoint, rank = np.full(shape, -1), np.full(shape, -1)

    def rows(start: float, end: float) -> slice:
        """Instants from `start` until just before `end`; without an end, all that follow."""
        last = len(at_min) if math.isnan(end) else int(np.searchsorted(at_min, end))
        return slice(int(np.searchsorted(at_min, start)), last)

    own = log["customers"][log["customers"]["customer"].isin(column)]
    for who, left in zip(own["customer"], own["left_min"], strict=True):
        if not math.isnan(left):
            place[rows(left, math.nan), column[who]] = GONE
    journeys = log["journeys"][log["journeys"]["customer"].isin(column)]
    for who, arose, ended in zip(journeys["customer"], journeys["arose_min"], journeys["ended_min"], strict=True):
        place[rows(arose, ended), column[who]] = BETWEEN
    contacts = _during(log["contacts"], midnight)
    waiting = np.zeros((len(at_min), len(touchpoints)), np.int64)
    served = np.zeros_like(waiting)
    for position, name in enumerate(touchpoints):
        here = contacts[contacts["touchpoint"] == name].sort_values(["arrived_min", "customer"], kind="stable")
        queued = [rows(*span) for span in zip(here["arrived_min"], _wait_end(here), strict=True)]
        ahead = np.zeros(len(at_min), np.int64)
        for who, when in zip(here["customer"], queued, strict=True):
            if who in column:
                place[when, column[who]] = WAITING
                touchpoint[when, column[who]] = position
                rank[when, column[who]] = ahead[when]
            ahead[when] += 1
        waiting[:, position] = ahead
        begun = here[here["started_min"].notna()].sort_values(["started_min", "customer"], kind="stable")
        spans = list(zip(begun["started_min"], begun["ended_min"], strict=True))
        for who, span, seat in zip(begun["customer"], spans, _seats(spans), strict=True):
            when = rows(*span)
            if who in column:
                place[when, column[who]] = SERVED
                touchpoint[when, column[who]] = position
                rank[when, column[who]] = seat
            served[when, position] += 1
    events = log["frustrations"]
    events = events[(events["at_min"] >= midnight) & (events["at_min"] < midnight + DAY_MIN)]
    events = events.sort_values(["at_min", "customer"], kind="stable", ignore_index=True)
    frustrated = np.zeros(shape, np.bool_)
    for who, at in zip(events["customer"], events["at_min"], strict=True):
        if who in column:
            frustrated[rows(at, at + FLASH_MIN), column[who]] = True
    return FilmedWorld(
        place=place,
        touchpoint=touchpoint,
        rank=rank,
        loyalty=_loyalty(journeys, people, at_min, loyalty_levels),
        frustrated=frustrated,
        waiting=waiting,
        served=served,
        events=events[["at_min", "customer", "touchpoint", "type"]],
        waited_min=_waited(contacts[contacts["touchpoint"].isin(lines)], at_min, float(midnight)),
    )


def _wait_end(contacts: pd.DataFrame) -> pd.Series[Any]:
    """When waiting ended, in service or without; NaN for who still waits at the end of the run."""
    return contacts["started_min"].fillna(contacts["ended_min"])


def _during(contacts: pd.DataFrame, midnight: float) -> pd.DataFrame:
    """Contacts that are under way at some time of a day."""
    over = contacts["ended_min"] < midnight
    return contacts[(contacts["arrived_min"] < midnight + DAY_MIN) & ~over]


def _by_day(at_min: pd.Series[Any], weights: Floats | None, days: int) -> Floats:
    day = (at_min.to_numpy() // DAY_MIN).astype(np.int64)
    counted: Floats = np.bincount(day, weights, minlength=days)[:days].astype(np.float64)
    return counted


def _shown(today: pd.DataFrame, most: int) -> list[int]:
    """Customers to show, by number."""
    everybody = np.unique(today["customer"].to_numpy())
    in_line = np.unique(today.loc[_wait_end(today) > today["arrived_min"], "customer"].to_numpy())
    others = np.setdiff1d(everybody, in_line)
    first = in_line[_evenly(len(in_line), most)]
    rest = others[_evenly(len(others), most - len(first))]
    return sorted(int(customer) for customer in [*first, *rest])


def _evenly(count: int, most: int) -> Whole:
    """Positions of `most` of `count` things at even distances; all of them if there are no more."""
    taken = min(count, most)
    positions: Whole = np.arange(taken) * count // max(taken, 1)
    return positions


def _instants(today: pd.DataFrame, midnight: float, end: float, step_min: float) -> Floats:
    """From the full hour before the first contact of the day to the one after the last; the whole day without any."""
    until = min(midnight + DAY_MIN, end)
    first, last = 0.0, until - midnight
    if len(today):
        first = float(today["arrived_min"].clip(lower=midnight).min()) - midnight
        last = float(today["ended_min"].fillna(until).clip(upper=until).max()) - midnight
    hours = math.floor(first / 60.0), math.ceil(last / 60.0)
    at_min: Floats = midnight + np.arange(hours[0] * 60.0, hours[1] * 60.0 + 1e-9, step_min)
    return at_min


def _seats(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Give each service, in order of start, the lowest seat that is free."""
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    seats = []
    for start, end in spans:
        while taken and taken[0][0] <= start:
            heapq.heappush(free, heapq.heappop(taken)[1])
        seat = heapq.heappop(free) if free else len(taken)
        heapq.heappush(taken, (math.inf if math.isnan(end) else end, seat))
        seats.append(seat)
    return seats


def _loyalty(journeys: pd.DataFrame, people: pd.DataFrame, at_min: Floats, levels: dict[str, float]) -> Floats:
    loyalty = np.tile([levels[segment] for segment in people["segment"]], (len(at_min), 1)).astype(np.float64)
    column = {int(customer): position for position, customer in enumerate(people["customer"])}
    ended = journeys[journeys["loyalty"].notna()].sort_values("ended_min", kind="stable")
    for who, at, points in zip(ended["customer"], ended["ended_min"], ended["loyalty"], strict=True):
        loyalty[int(np.searchsorted(at_min, at)) :, column[who]] = points
    return loyalty


def _waited(contacts: pd.DataFrame, at_min: Floats, midnight: float) -> Floats:
    start = contacts["arrived_min"].clip(lower=midnight).to_numpy()
    end = _wait_end(contacts).fillna(math.inf).to_numpy()
    waits: Floats = np.maximum(np.minimum(at_min[:, None], end) - start, 0.0).sum(axis=1)
    return waits
