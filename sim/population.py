"""Who the customers are: persistent traits and base needs, drawn before an engine starts.

The population depends on scenario, seed and replication, never on the strategy: the same persons in every world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from sim.jit import HAS_NUMBA, kernel
from sim.luck import Purpose, derive, draw, name_key, run_key, uniform
from sim.rules.clock import TICKS_PER_MIN, profile_min
from sim.rules.distributions import exponential
from sim.rules.loyalty import repurchase_ratio
from sim.scenario import MINUTES_PER_WEEK, WEEKS_PER_YEAR, Document

__all__ = ["Population", "populate"]

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

_CANDIDATE = np.dtype([("arises_min", "f8"), ("key", "u8"), ("accepted", "f8"), ("need", "i8")])
_SAME_RATE_FROM = 1e6
_HOURS_PER_WEEK = 168


@dataclass(frozen=True)
class Population:
    """Customers with their traits, and the candidates for their base needs.

    Parameters
    ----------
    segment : int array, shape (customers,)
        Position of the segment.
    key : uint64 array, shape (customers,)
        Root of the customer's luck.
    tolerance : float array, shape (customers,)
        Frustration in a journey, in points, at which the customer gives up.
    sensitivity : float array, shape (customers,)
        Multiplier of every severity.
    willing : float array, shape (customers,)
        Uniform trait compared with the share of customers a touchpoint identifies.
    gives : float array, shape (customers,)
        Standard normal: how much satisfaction it takes until a customer shares data.
    leaving_at : float array, shape (customers,)
        Cumulative hazard at which the customer leaves (standard exponential).
    taste : float array, shape (customers, touchpoints)
        Standard Gumbel shocks.
    shares : float array, shape (customers,)
        Uniform trait compared with the share of customers who share their data at the start.
    first_message, first_move, joining_at : float array, shape (customers,)
        Standard exponential: time to the first message and to the first change of address in units of their means,
        cumulative hazard at which a prospect becomes a customer.
    prospects : int
        How many of the last customers are not customers yet.
    bought_before : int array, shape (customers,)
        Bit j is set for a customer who had bought at touchpoint j before the run.
    need_of : int array, shape (customers + 1,)
        The candidates of customer c are ``need_of[c]`` up to ``need_of[c + 1]``, in time order.
    need_min : float array, shape (candidates,)
        When the need would arise, in minutes since the start of the run.
    need : int array, shape (candidates,)
        Position of the need.
    need_key : uint64 array, shape (candidates,)
        Root of the journey's luck.
    need_accepted : float array, shape (candidates,)
        Uniform draw that decides whether the candidate becomes a need (`sim.rules.choice.needs_again`).
    """

    segment: Positions
    key: Keys
    tolerance: Floats
    sensitivity: Floats
    willing: Floats
    gives: Floats
    leaving_at: Floats
    taste: Floats
    shares: Floats
    first_message: Floats
    first_move: Floats
    joining_at: Floats
    prospects: int
    bought_before: Positions
    need_of: Positions
    need_min: Floats
    need: Positions
    need_key: Keys
    need_accepted: Floats

    def __len__(self) -> int:
        return len(self.segment)

    @cached_property
    def candidates(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The last four fields as one record array, with instants on the grid."""
        rows = np.empty(len(self.need), _CANDIDATE)
        rows["arises_min"] = np.floor(self.need_min * TICKS_PER_MIN + 0.5) / TICKS_PER_MIN
        rows["key"], rows["accepted"], rows["need"] = self.need_key, self.need_accepted, self.need
        return rows


def populate(document: Document, seed: int, replication: int) -> Population:
    """Draw the customers of one replication.

    Parameters
    ----------
    document : Document
        The scenario without any lever.
    seed, replication : int

    Returns
    -------
    Population
    """
    root = run_key(seed, replication)
    groups = [(name, position, segment.customers) for position, (name, segment) in enumerate(document.segments.items())]
    groups += [
        (f"{name}/prospects", position, segment.prospects)
        for position, (name, segment) in enumerate(document.segments.items())
    ]
    sizes = [int(float(count)) for *_, count in groups]
    key = np.concatenate(
        [
            derive(np.uint64(derive(root, name_key(name))), np.arange(size, dtype=np.uint64))
            for (name, *_), size in zip(groups, sizes, strict=True)
        ]
    )
    segment = np.repeat([position for _, position, _ in groups], sizes)

    def trait(attribute: str) -> Floats:
        values = [float(getattr(each, attribute)) for each in document.segments.values()]
        spread: Floats = np.array(values)[segment]
        return spread

    def draw(purpose: Purpose) -> Floats:
        return _draw(key, purpose)

    need_of, need_min, need, need_key = _base_needs(document, key, segment)
    return Population(
        segment=segment,
        key=key,
        tolerance=trait("tolerance") * np.exp(trait("tolerance_spread") * ndtri(draw(Purpose.TOLERANCE))),
        sensitivity=np.exp(trait("sensitivity_spread") * ndtri(draw(Purpose.SENSITIVITY))),
        willing=draw(Purpose.WILLING_TO_IDENTIFY),
        gives=ndtri(draw(Purpose.GIVES)),
        leaving_at=-np.log(draw(Purpose.LEAVING)),
        taste=-np.log(-np.log(_per_touchpoint(document, key, Purpose.TASTE))),
        shares=draw(Purpose.SHARES),
        first_message=-np.log(draw(Purpose.MESSAGE_GAP)),
        first_move=-np.log(draw(Purpose.MOVES)),
        joining_at=-np.log(draw(Purpose.JOINS)),
        prospects=sum(sizes[len(document.segments) :]),
        bought_before=_bought_before(document, key, segment),
        need_of=need_of,
        need_min=need_min,
        need=need,
        need_key=need_key,
        need_accepted=_draw(need_key, Purpose.NEED_ACCEPTED),
    )


def _draw(key: Keys, purpose: Purpose) -> Floats:
    return np.asarray(uniform(derive(key, int(purpose))), dtype=np.float64)


def _per_touchpoint(document: Document, key: Keys, purpose: Purpose) -> Floats:
    """One draw per customer and touchpoint, shape (customers, touchpoints)."""
    draws = derive(key, int(purpose))
    return np.stack([uniform(derive(draws, name_key(name))) for name in document.touchpoints], axis=1)


def _bought_before(document: Document, key: Keys, segment: Positions) -> Positions:
    draws = _per_touchpoint(document, key, Purpose.BOUGHT_BEFORE)
    mask = np.zeros(len(key), dtype=np.int64)
    for position, name in enumerate(document.touchpoints):
        share = np.array([float(each.bought_before.get(name, 0.0)) for each in document.segments.values()])
        mask |= (draws[:, position] < share[segment]).astype(np.int64) << position
    return mask


def _base_needs(document: Document, key: Keys, segment: Positions) -> tuple[Positions, Floats, Positions, Keys]:
    """Candidates for base needs of all customers: see the last fields of `Population`."""
    weeks = (float(document.run.warm_up) + float(document.run.measured)) / MINUTES_PER_WEEK
    sensitivity = float(document.loyalty.repurchase_sensitivity)
    several = float(document.loyalty.several_touchpoints_rate)
    per_week, flat = [], (1.0,) * _HOURS_PER_WEEK
    for each in document.segments.values():
        level = float(each.loyalty_level)
        capped = [
            float(each.needs_per_year.get(name, 0.0))
            / WEEKS_PER_YEAR
            * (repurchase_ratio(100.0, level, sensitivity, several) if need.buys else 1.0)
            for name, need in document.needs.items()
        ]
        per_week.append(capped)
    shape = np.array([float(each.rate_shape) for each in document.segments.values()])[segment]
    gamma = gammaincinv(shape, _draw(key, Purpose.NEED_RATE)) / shape
    rates = np.array(per_week)[segment] * np.where(shape < _SAME_RATE_FROM, gamma, 1.0)[:, None]
    hours = [
        flat if need.profile is None else document.profiles[need.profile].hours for need in document.needs.values()
    ]
    passed = np.array([np.concatenate([[0.0], np.cumsum(each)]) / np.sum(each) for each in hours])
    streams = np.array([name_key(name) for name in document.needs], np.uint64)
    keys: tuple[Any, Any] = (
        (key, streams) if HAS_NUMBA else (key.tolist(), streams.tolist())
    )  # plain Python wants its own
    # the expected number plus six standard deviations; the loop says so if that is not enough
    room = int(rates.sum() * weeks + 6.0 * np.sqrt(rates.sum() * weeks) + 16.0)
    while True:
        need_of = np.zeros(len(key) + 1, np.int64)
        need_min, need, need_key = np.zeros(room), np.zeros(room, np.int64), np.zeros(room, np.uint64)
        found = _draw_base_needs(*keys, rates, weeks, passed, need_of, need_min, need, need_key)
        if found <= room:
            return need_of, need_min[:found], need[:found], need_key[:found]
        room *= 2


@kernel
def _draw_base_needs(
    key: Keys,
    streams: Keys,
    rates: Floats,
    weeks: float,
    passed: Floats,
    need_of: Positions,
    need_min: Floats,
    need: Positions,
    need_key: Keys,
) -> int:
    """Fill the candidates of each customer in time order; returns their number, which may exceed the room.

    A Poisson stream per customer and need at the capped rate, in the time of the weekly profile (inversion of the
    cumulative rate, Çinlar 1975), keyed by its ordinal.
    """
    found = 0
    for who in range(len(rates)):
        base = derive(key[who], Purpose.BASE_NEED)
        for which in range(len(streams)):
            if rates[who][which] <= 0.0:
                continue
            stream = derive(base, streams[which])
            now, ordinal = 0.0, 0
            while True:
                journey = derive(stream, ordinal)
                now += exponential(1.0 / rates[who][which], draw(journey, Purpose.NEED_GAP))
                if now >= weeks:
                    break
                ordinal += 1
                if found < len(need_min):
                    at_min = profile_min(now, passed[which])
                    index = found
                    while index > need_of[who] and need_min[index - 1] > at_min:
                        need_min[index] = need_min[index - 1]
                        need[index] = need[index - 1]
                        need_key[index] = need_key[index - 1]
                        index -= 1
                    need_min[index] = at_min
                    need[index] = which
                    need_key[index] = journey
                found += 1
        need_of[who + 1] = found
    return found
