"""Who the customers are: persistent traits and base needs, drawn before an engine starts.

The population depends on scenario, seed and replication, never on the strategy: the same persons in every world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.gamma import gamma_quantiles
from sim.jit import HAS_NUMBA, borrowed, kernel_from_the_front, rule
from sim.luck import Purpose, derive, draw, name_key, run_key, uniform
from sim.rules.clock import on_grid, profile_min
from sim.rules.distributions import exponential, lognormal_of_median, normal
from sim.rules.loyalty import repurchase_log_ratio
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, WEEKS_PER_YEAR, Document, Segment

__all__ = ["CANDIDATE", "Population", "log_most_needs", "populate"]

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

CANDIDATE = np.dtype([("arises_min", "f8"), ("key", "u8"), ("threshold", "f8"), ("need", "i8")])
_SAME_RATE_FROM = 1e6
_SLOWEST = 1e-300  # per minute: never
_EARLIEST = 1.0 - 1e-9  # of the time at the largest rate: engines add up weeks, and rounding errors with them
_HOURS_PER_WEEK = 168
_GUIDES = 1024


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
        The candidates of customer c are ``need_of[c]`` up to ``need_of[c + 1]``, in time order; those that a prospect
        cannot live to have are left out.
    candidates : record array, shape (candidates,)
        Fields of `CANDIDATE`: when the need would arise, in minutes since the start of the run, on the grid; root of
        the journey's luck; logarithm of the rate ratio above which the candidate becomes a need
        (`sim.rules.choice.needs_again`); position of the need.
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
    candidates: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.segment)


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
    traits = _traits(document, key, segment)
    prospects = sum(sizes[len(document.segments) :])
    joins_min = np.where(
        np.arange(len(key)) < len(key) - prospects, 0.0, _EARLIEST * traits.joining_at / _joins_at_most(document)
    )
    return Population(
        segment=segment,
        key=key,
        prospects=prospects,
        **traits._asdict(),
        **_base_needs(document, key, segment, joins_min),
    )


class _Traits(NamedTuple):
    """Fields of `Population` that are drawn for each customer alone."""

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
    bought_before: Positions


class _Segments(NamedTuple):
    """What decides about traits, by segment."""

    tolerance: Floats
    tolerance_spread: Floats
    sensitivity_spread: Floats
    bought_before: Floats  # [s, j], share


def _traits(document: Document, key: Keys, segment: Positions) -> _Traits:
    segments, touchpoints = document.segments.values(), tuple(document.touchpoints)
    of = _Segments(
        tolerance=np.array([float(each.tolerance) for each in segments]),
        tolerance_spread=np.array([float(each.tolerance_spread) for each in segments]),
        sensitivity_spread=np.array([float(each.sensitivity_spread) for each in segments]),
        bought_before=np.array(
            [[float(each.bought_before.get(name, 0.0)) for name in touchpoints] for each in segments]
        ),
    )
    columns: dict[str, Any] = {name: np.zeros(len(key)) for name in _Traits._fields}
    columns["taste"] = np.zeros((len(key), len(touchpoints)))
    columns["bought_before"] = np.zeros(len(key), np.int64)
    drawn = _Traits(**columns)
    names = np.array([name_key(name) for name in touchpoints], np.uint64)
    _draw_traits(_keys(key), _keys(names), segment, of, drawn)
    return drawn


@kernel_from_the_front
def _draw_traits(keys: Keys, touchpoints: Keys, segment: Positions, of: _Segments, drawn: _Traits) -> None:
    """Fill in the traits of all customers."""
    for who in range(len(keys)):
        key, group = keys[who], segment[who]
        spread = of.tolerance_spread[group]
        drawn.tolerance[who] = lognormal_of_median(of.tolerance[group], spread, draw(key, Purpose.TOLERANCE))
        drawn.sensitivity[who] = lognormal_of_median(1.0, of.sensitivity_spread[group], draw(key, Purpose.SENSITIVITY))
        drawn.willing[who] = draw(key, Purpose.WILLING_TO_IDENTIFY)
        drawn.gives[who] = normal(draw(key, Purpose.GIVES))
        drawn.leaving_at[who] = exponential(1.0, draw(key, Purpose.LEAVING))
        drawn.shares[who] = draw(key, Purpose.SHARES)
        drawn.first_message[who] = exponential(1.0, draw(key, Purpose.MESSAGE_GAP))
        drawn.first_move[who] = exponential(1.0, draw(key, Purpose.MOVES))
        drawn.joining_at[who] = exponential(1.0, draw(key, Purpose.JOINS))
        taste, bought_before = derive(key, Purpose.TASTE), derive(key, Purpose.BOUGHT_BEFORE)
        for j in range(len(touchpoints)):
            drawn.taste[who, j] = -math.log(exponential(1.0, uniform(derive(taste, touchpoints[j]))))
            had_bought = uniform(derive(bought_before, touchpoints[j])) < of.bought_before[group, j]
            drawn.bought_before[who] |= int(had_bought) << j


def _keys(keys: Keys) -> Any:
    """Keys for a kernel; plain Python wants its own whole numbers."""
    return keys if HAS_NUMBA else keys.tolist()


def _joins_at_most(document: Document) -> float:
    """Bound of the rate at which prospects become customers, per minute, whatever they hear and levers change."""
    words = document.word_of_mouth
    if _may_change(document, "word_of_mouth", "*"):
        return math.inf
    is_moved = float(words.persuades) != 0.0 or float(words.deters) != 0.0
    return max(_SLOWEST, float(words.joins) / MINUTES_PER_YEAR * math.exp(float(words.at_most) if is_moved else 0.0))


def _may_change(document: Document, *pattern: str) -> bool:
    """Whether a lever may change a number of that place, where `*` stands for any name."""
    changed = [change.path.split(".") for lever in document.levers.values() for change in lever.changes]
    return any(
        len(path) == len(pattern)
        and all("*" in (own, other) or own == other for own, other in zip(path, pattern, strict=True))
        for path in changed
    )


class _Streams(NamedTuple):
    """What decides about candidates for base needs, by need."""

    key: Any  # [k], of luck
    per_week: Floats  # [s, k], at the largest rate
    log_most: Floats  # [s, k], logarithm of the largest rate in relation to the segment's
    passed: Floats  # [k, 169], share of a week's needs that have arisen by the start of each hour, and 1 at the end
    guide: npt.NDArray[np.int16]  # [k, n], see `sim.rules.clock.profile_min`
    weeks: float  # that the run lasts


def _base_needs(document: Document, key: Keys, segment: Positions, joins_min: Floats) -> dict[str, Any]:
    """Candidates for base needs of all customers: the last fields of `Population`."""
    streams = _streams(document)
    begins = np.flatnonzero(joins_min < streams.weeks * MINUTES_PER_WEEK)
    own_rate = np.zeros(len(key))
    own_rate[begins] = _own_rate(document, key[begins], segment[begins])
    # the expected number plus six standard deviations; the kernel says so if that is not enough
    expected = float((own_rate * streams.per_week.sum(axis=1)[segment]).sum()) * streams.weeks
    room = int(expected + 6.0 * math.sqrt(expected) + 16.0)
    while True:
        need_of, candidates = np.zeros(len(key) + 1, np.int64), np.empty(room, CANDIDATE)
        count = _draw_base_needs(_keys(key), segment, joins_min, own_rate, streams, need_of, candidates)
        if count <= room:
            return {"need_of": need_of, "candidates": candidates[:count]}
        room = count


def _streams(document: Document) -> _Streams:
    segments, needs = document.segments.values(), document.needs
    log_most = np.array([log_most_needs(document, each) for each in segments])
    profiles = [document.profiles.get(need.profile) if need.profile else None for need in needs.values()]
    hours = [(1.0,) * _HOURS_PER_WEEK if each is None else each.hours for each in profiles]
    passed = np.array([np.concatenate([[0.0], np.cumsum(each)]) / np.sum(each) for each in hours])
    passed[:, -1] = 1.0
    parts = np.arange(_GUIDES) / _GUIDES
    return _Streams(
        key=_keys(np.array([name_key(name) for name in needs], np.uint64)),
        per_week=np.exp(np.maximum(log_most, 0.0))
        * [[float(each.needs_per_year.get(name, 0.0)) / WEEKS_PER_YEAR for name in needs] for each in segments],
        log_most=log_most,
        passed=passed,
        guide=np.array([np.searchsorted(each, parts, side="right") - 1 for each in passed], np.int16),
        weeks=(float(document.run.warm_up) + float(document.run.measured)) / MINUTES_PER_WEEK,
    )


def log_most_needs(document: Document, segment: Segment) -> list[float]:
    """Logarithm of each need's largest rate in relation to the segment's; minus infinity where it never changes."""
    rise = math.log1p(float(document.loyalty.several_touchpoints_rate))
    sensitivity = float(document.loyalty.repurchase_sensitivity)
    level = 0.0 if _may_change(document, "segments", "*", "loyalty_level") else float(segment.loyalty_level)
    most = repurchase_log_ratio(100.0, level, sensitivity, rise)
    return [most if need.buys else -math.inf for need in document.needs.values()]


def _own_rate(document: Document, key: Keys, segment: Positions) -> Floats:
    """Rate of a customer's needs in relation to the segment's (gamma with mean 1)."""
    u, own = np.asarray(uniform(derive(key, int(Purpose.NEED_RATE)))), np.ones(len(key))
    for position, each in enumerate(document.segments.values()):
        shape, here = float(each.rate_shape), segment == position
        if shape < _SAME_RATE_FROM:
            own[here] = gamma_quantiles(shape, u[here]) / shape
    return own


@kernel_from_the_front
def _draw_base_needs(
    key: Keys,
    segment: Positions,
    joins_min: Floats,
    own_rate: Floats,
    owned: _Streams,
    need_of: Positions,
    candidates: npt.NDArray[Any],
) -> int:
    """Fill the candidates of each customer in time order; returns their number, which may exceed the room.

    A Poisson stream per customer and need at the largest rate, in the time of the weekly profile (inversion of the
    cumulative rate, Çinlar 1975), keyed by its ordinal.
    """
    streams, needs, found = borrowed(owned), len(owned.key), 0
    number, average, due_min, rate = np.zeros(needs, np.int64), np.zeros(needs), np.zeros(needs), np.zeros(needs)
    stream_key, next_key = streams.key.copy(), streams.key.copy()
    for who in range(len(own_rate)):
        group, base = segment[who], derive(key[who], Purpose.BASE_NEED)
        for which in range(needs):
            stream_key[which] = derive(base, streams.key[which])
            next_key[which] = derive(stream_key[which], 0)
            rate[which] = own_rate[who] * streams.per_week[group, which]
            number[which], average[which] = 0, _gap_weeks(next_key[which], rate[which])
            due_min[which] = _due_min(average[which], streams, which)
        while True:
            which = 0
            for other in range(1, needs):
                if due_min[other] < due_min[which]:
                    which = other
            if due_min[which] == math.inf:
                break
            if due_min[which] >= joins_min[who]:
                if found < len(candidates):
                    candidate = candidates[found]
                    candidate["arises_min"] = on_grid(due_min[which])
                    candidate["key"], candidate["need"] = next_key[which], which
                    threshold = streams.log_most[group, which]
                    if threshold > -math.inf:
                        threshold += math.log(draw(next_key[which], Purpose.NEED_ACCEPTED))
                    candidate["threshold"] = threshold
                found += 1
            number[which] += 1
            next_key[which] = derive(stream_key[which], int(number[which]))
            average[which] += _gap_weeks(next_key[which], rate[which])
            due_min[which] = _due_min(average[which], streams, which)
        need_of[who + 1] = found
    return found


@rule
def _due_min(average_weeks: float, streams: _Streams, which: int) -> float:
    """When a need arises, in minutes; infinity where that is after the run."""
    if average_weeks >= streams.weeks:
        return math.inf
    return profile_min(average_weeks, streams.passed[which], streams.guide[which])


@rule
def _gap_weeks(key: Any, rate: float) -> float:
    """Time from one need of a stream to the next, whose key it takes, in average weeks."""
    if rate <= 0.0:
        return math.inf
    return exponential(1.0 / rate, draw(key, Purpose.NEED_GAP))
