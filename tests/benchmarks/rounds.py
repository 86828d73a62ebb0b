"""Competitors side by side: alternating rounds, ratios within a round, and each one's results against theory."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from .competitor import Competitor, Visits
from .network import Network, stationary

__all__ = ["Check", "Standing", "compete"]

CONFIDENCE = 0.999  # of each interval; some fifty of them are computed in a run
WIDEST = 0.5  # half-width of an interval, as a share of the theory, up to which it tells anything
_BATCHES = 8  # per round
_ENDING_MIN = 120.0  # contacts that arrive later may not be logged any more when the run ends
_MOST_CONTACTS = 1_000_000


@dataclass(frozen=True)
class Check:
    """A measure of one desk against theory."""

    desk: str
    measure: str
    theory: float
    estimate: float
    half_width: float
    allowance: float

    @property
    def tells(self) -> bool:
        """The interval is narrow enough to tell anything."""
        return self.half_width <= WIDEST * self.theory

    @property
    def holds(self) -> bool:
        """The theory lies in the interval, give or take the allowance."""
        return abs(self.estimate - self.theory) <= self.half_width + self.allowance * self.theory


@dataclass(frozen=True)
class Standing:
    """What one competitor achieved on one network.

    Parameters
    ----------
    contacts_per_s : float
        Of processor time; median over rounds.
    slower, slower_low, slower_high : float
        Time per contact as a multiple of that of the first competitor: median, smallest and largest ratio of a round.
    """

    name: str
    about: str
    contacts: int
    contacts_per_s: float
    slower: float
    slower_low: float
    slower_high: float
    checks: tuple[Check, ...]

    @property
    def agrees(self) -> bool | None:
        """Whether all checks hold, None if there are too few contacts to tell; the speed counts only if they do."""
        if not all(check.holds for check in self.checks):
            return False
        return True if all(check.tells for check in self.checks) else None


def compete(network: Network, competitors: Sequence[Competitor], rounds: int, seconds: float) -> list[Standing]:
    """Let competitors run a network in turns, the first one before each of the others.

    Parameters
    ----------
    network : Network
    competitors : sequence of Competitor
        The first one is what the others are compared with.
    rounds : int
    seconds : float
        Time for one run, as far as the warm-up and `_MOST_CONTACTS` permit.
    """
    minutes = [_duration(network, competitor, seconds) for competitor in competitors]
    runs = [competitor.prepare(network, duration) for competitor, duration in zip(competitors, minutes, strict=True)]
    speeds = np.zeros((len(competitors), rounds))
    ratios = np.ones((len(competitors), rounds))
    contacts = [0] * len(competitors)
    batches: list[list[npt.NDArray[np.float64]]] = [[] for _ in competitors]

    def speed(index: int, seed: int) -> float:
        log, elapsed = _timed(runs[index], seed)
        visits = competitors[index].read(log)
        contacts[index] += len(visits)
        batches[index].append(_batches(network, minutes[index], visits))
        return len(visits) / elapsed

    for each in range(rounds):
        for index in range(1, len(competitors)):
            seed = 1 + each * len(competitors) + index
            first, speeds[index, each] = speed(0, seed), speed(index, seed)  # right after each other
            ratios[index, each] = first / speeds[index, each]
            speeds[0, each] = max(speeds[0, each], first)
    return [
        Standing(
            name=competitor.name,
            about=competitor.about,
            contacts=contacts[index],
            contacts_per_s=float(np.median(speeds[index])),
            slower=float(np.median(ratios[index])),
            slower_low=float(ratios[index].min()),
            slower_high=float(ratios[index].max()),
            checks=_checks(network, np.concatenate(batches[index])),
        )
        for index, competitor in enumerate(competitors)
    ]


def _timed(run: Any, seed: int) -> tuple[Any, float]:
    gc.collect()
    begin = time.thread_time()  # processor time: others may use the machine, too
    log = run(seed)
    return log, time.thread_time() - begin


def _duration(network: Network, competitor: Competitor, seconds: float) -> float:
    """Minutes to simulate in a round; finding out warms the competitor up."""
    per_min = sum(theory.contacts_per_min for theory in stationary(network))
    minutes = shortest = 2.5 * network.warm_up_min + _ENDING_MIN + 600.0
    while True:
        run = competitor.prepare(network, minutes)
        if minutes == shortest:
            run(0)
        _, elapsed = _timed(run, 0)
        longest = _MOST_CONTACTS / per_min
        if elapsed > 0.3 * seconds or minutes >= longest:
            return min(max(minutes * seconds / elapsed, shortest), longest)
        minutes = min(4.0 * minutes, longest)


def _batches(network: Network, minutes: float, visits: Visits) -> npt.NDArray[np.float64]:
    """Contacts, sum of waits and number abandoned by batch and desk, shape (batches, desks, 3)."""
    edges = np.linspace(network.warm_up_min, minutes - _ENDING_MIN, _BATCHES + 1)
    batch = np.searchsorted(edges, visits.arrived_min, side="right") - 1
    inside = (batch >= 0) & (batch < _BATCHES)
    cell = batch[inside] * len(network.desks) + visits.desk[inside]
    size = _BATCHES * len(network.desks)
    sums = [
        np.bincount(cell, weights, size)
        for weights in (None, visits.waited_min[inside], visits.abandoned[inside].astype(np.float64))
    ]
    return np.stack(sums, axis=1).reshape(_BATCHES, len(network.desks), 3)


def _checks(network: Network, batches: npt.NDArray[np.float64]) -> tuple[Check, ...]:
    theory = stationary(network)
    return tuple(
        Check(
            network.desks[j].name,
            measure,
            expected,
            *_ratio(batches[:, j, column], batches[:, j, 0]),
            network.allowance,
        )
        for j in network.staffed
        for column, measure, expected in (
            (1, "waiting_min", theory[j].wait_min),
            (2, "abandonment_share", theory[j].abandoned),
        )
    )


def _ratio(parts: npt.NDArray[np.float64], wholes: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Ratio of two sums over batches, and half the width of its interval (delta method)."""
    count = len(parts)
    ratio = float(parts.sum() / wholes.sum())
    spread = float(np.std(parts - ratio * wholes, ddof=1)) / float(wholes.mean())
    return ratio, float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, count - 1)) * spread / math.sqrt(count)
