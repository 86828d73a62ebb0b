"""Who the customers are: persistent traits and base needs, drawn before an engine starts.

The population depends on scenario, seed and replication, never on the strategy: the same persons in every world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from sim.luck import Purpose, derive, name_key, run_key, uniform
from sim.rules.loyalty import repurchase_ratio
from sim.scenario import MINUTES_PER_WEEK, WEEKS_PER_YEAR, Document, Need, Segment

__all__ = ["Population", "populate"]

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

_SAME_RATE_FROM = 1e6


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
    leaving_at : float array, shape (customers,)
        Cumulative hazard at which the customer leaves (standard exponential).
    taste : float array, shape (customers, touchpoints)
        Standard Gumbel shocks.
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
    leaving_at: Floats
    taste: Floats
    bought_before: Positions
    need_of: Positions
    need_min: Floats
    need: Positions
    need_key: Keys
    need_accepted: Floats

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
    keys = [
        derive(np.uint64(derive(root, name_key(name))), np.arange(int(float(segment.customers)), dtype=np.uint64))
        for name, segment in document.segments.items()
    ]
    key = np.concatenate(keys)
    sizes = [len(part) for part in keys]

    def trait(attribute: str) -> Floats:
        return np.repeat([float(getattr(segment, attribute)) for segment in document.segments.values()], sizes)

    def draw(purpose: Purpose) -> Floats:
        return _draw(key, purpose)

    candidates = [
        _candidates(document, segment, need_name, need, part)
        for segment, part in zip(document.segments.values(), keys, strict=True)
        for need_name, need in document.needs.items()
    ]
    offsets = np.repeat(np.cumsum([0, *sizes[:-1]]), len(document.needs))
    customer = np.concatenate([who + offset for (who, *_), offset in zip(candidates, offsets, strict=True)])
    which = np.concatenate(
        [np.full(len(who), index % len(document.needs)) for index, (who, *_) in enumerate(candidates)]
    ).astype(np.int64)
    at_min = np.concatenate([at for _, at, _ in candidates])
    journey_key = np.concatenate([journey for *_, journey in candidates])
    order = np.lexsort((which, at_min, customer))
    return Population(
        segment=np.repeat(np.arange(len(sizes)), sizes),
        key=key,
        tolerance=trait("tolerance") * np.exp(trait("tolerance_spread") * ndtri(draw(Purpose.TOLERANCE))),
        sensitivity=np.exp(trait("sensitivity_spread") * ndtri(draw(Purpose.SENSITIVITY))),
        willing=draw(Purpose.WILLING_TO_IDENTIFY),
        leaving_at=-np.log(draw(Purpose.LEAVING)),
        taste=-np.log(-np.log(_per_touchpoint(document, key, Purpose.TASTE))),
        bought_before=_bought_before(document, key, sizes),
        need_of=np.searchsorted(customer[order], np.arange(len(key) + 1)),
        need_min=at_min[order],
        need=which[order],
        need_key=journey_key[order],
        need_accepted=_draw(journey_key[order], Purpose.NEED_ACCEPTED),
    )


def _draw(key: Keys, purpose: Purpose) -> Floats:
    return np.asarray(uniform(derive(key, int(purpose))), dtype=np.float64)


def _per_touchpoint(document: Document, key: Keys, purpose: Purpose) -> Floats:
    """One draw per customer and touchpoint, shape (customers, touchpoints)."""
    draws = derive(key, int(purpose))
    return np.stack([uniform(derive(draws, name_key(name))) for name in document.touchpoints], axis=1)


def _bought_before(document: Document, key: Keys, sizes: list[int]) -> Positions:
    draws = _per_touchpoint(document, key, Purpose.BOUGHT_BEFORE)
    mask = np.zeros(len(key), dtype=np.int64)
    for position, name in enumerate(document.touchpoints):
        share = [float(segment.bought_before.get(name, 0.0)) for segment in document.segments.values()]
        mask |= (draws[:, position] < np.repeat(share, sizes)).astype(np.int64) << position
    return mask


def _candidates(
    document: Document, segment: Segment, need_name: str, need: Need, key: Keys
) -> tuple[Positions, Floats, Keys]:
    """Candidates of one need in one segment: customers, instants (min), keys.

    A Poisson stream per customer at the capped rate, in the time of the weekly profile (inversion of the
    cumulative rate, Çinlar 1975), keyed by its ordinal.
    """
    rate = float(segment.needs_per_year.get(need_name, 0.0))
    cap = 1.0
    if need.buys:
        cap = repurchase_ratio(100.0, float(segment.loyalty_level), float(document.loyalty.repurchase_sensitivity))
    weeks = (float(document.run.warm_up) + float(document.run.measured)) / MINUTES_PER_WEEK
    shape = float(segment.rate_shape)
    multiplier = np.ones(len(key))
    if shape < _SAME_RATE_FROM:
        multiplier = gammaincinv(shape, _draw(key, Purpose.NEED_RATE)) / shape
    per_week = rate * cap * multiplier / WEEKS_PER_YEAR
    who = np.flatnonzero(per_week * weeks > 1e-12)
    stream = derive(derive(key, int(Purpose.BASE_NEED)), name_key(need_name))
    now = np.zeros(len(key))
    found: list[tuple[Any, Any, Any]] = []
    ordinal = 0
    while len(who):
        journey = derive(stream[who], ordinal)
        now[who] -= np.log(_draw(journey, Purpose.NEED_GAP)) / per_week[who]
        inside = now[who] < weeks
        who = who[inside]
        found.append((who, _clock_min(document, need, now[who]), journey[inside]))
        ordinal += 1
    if not found:
        return np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint64)
    customers, instants, journeys = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return customers, instants, journeys


def _clock_min(document: Document, need: Need, weeks: Floats) -> Floats:
    """Minutes since the start of the run at which so many average weeks of the profile have passed."""
    hours = (1.0,) * 168 if need.profile is None else document.profiles[need.profile].hours
    passed = np.concatenate([[0.0], np.cumsum(hours)]) / np.sum(hours)
    whole = np.floor(weeks)
    return whole * MINUTES_PER_WEEK + np.interp(weeks - whole, passed, 60.0 * np.arange(169))
