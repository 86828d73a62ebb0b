"""How much work customers bring to each touchpoint, hour by hour, estimated before anything is simulated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.scenario.calendar import HOURS_PER_WEEK, SLOTS_PER_WEEK, OpeningHours
from sim.scenario.quantities import WEEKS_PER_YEAR
from sim.scenario.schema import Document, Need, Segment

__all__ = ["offered_load"]

Floats = npt.NDArray[np.float64]

_ROUNDS = 50
_SLOTS_PER_HOUR = 4


def offered_load(document: Document) -> dict[str, Floats]:
    """Mean number of agents kept busy by first contacts, for each hour of the week.

    Base needs and follow-ups of resolved ones, times the share that chooses the touchpoint (logit over those that
    serve the need, with the wait for opening), times the mean service time with every fact visible. Contacts that
    would wait for opening, are repeated, or take longer for a missing fact are left out: a lower bound.

    Parameters
    ----------
    document : Document

    Returns
    -------
    dict
        By touchpoint, float array of shape (168,), in agents (erlang).
    """
    load = {name: np.zeros(HOURS_PER_WEEK) for name in document.touchpoints}
    is_open = {name: _open_share(touchpoint.open) for name, touchpoint in document.touchpoints.items()}
    hours_closed = {name: _hours_until_open(touchpoint.open) for name, touchpoint in document.touchpoints.items()}
    for segment in document.segments.values():
        profiles = {name: _profile(document, need) for name, need in document.needs.items()}
        choices = {name: _choices(document, segment, need, hours_closed) for name, need in document.needs.items()}
        for name, per_week in _needs_per_week(document, segment, profiles, choices).items():
            for touchpoint, chosen in choices[name].items():
                service_min = float(document.needs[name].served_at[touchpoint].service_time.mean)
                contacts = per_week * profiles[name] * chosen * is_open[touchpoint]
                load[touchpoint] += float(segment.customers) * contacts * service_min / 60.0
    return load


def _profile(document: Document, need: Need) -> Floats:
    """Share of the week's needs in each hour."""
    hours = np.ones(HOURS_PER_WEEK) if need.profile is None else np.array(document.profiles[need.profile].hours)
    return np.asarray(hours / hours.sum(), dtype=np.float64)


def _open_share(opening: OpeningHours) -> Floats:
    slots = np.array(opening.slots, dtype=np.float64).reshape(HOURS_PER_WEEK, _SLOTS_PER_HOUR)
    return np.asarray(slots.mean(axis=1), dtype=np.float64)


def _hours_until_open(opening: OpeningHours) -> Floats:
    """Hours from the start of each hour until the touchpoint is open."""
    is_open: npt.NDArray[np.int64] = np.flatnonzero(np.tile(opening.slots, 2))
    starts = np.arange(0, SLOTS_PER_WEEK, _SLOTS_PER_HOUR)
    return np.asarray((is_open[np.searchsorted(is_open, starts)] - starts) / _SLOTS_PER_HOUR, dtype=np.float64)


def _choices(document: Document, segment: Segment, need: Need, hours_closed: dict[str, Floats]) -> dict[str, Floats]:
    """Share of customers that takes each touchpoint, by hour of the week."""
    names = list(need.served_at)
    if not names:
        return {}
    cost = float(segment.opening_delay_cost) * float(need.urgency)
    utility = np.stack(
        [
            (float(segment.taste[name]) if name in segment.taste else 0.0)
            + float(need.served_at[name].fit)
            - cost * hours_closed[name]
            for name in names
        ]
    )
    scale = float(np.hypot(float(document.behaviour.taste_spread), float(document.behaviour.choice_spread)))
    best = utility.max(axis=0)
    weights = np.exp((utility - best) / scale) if scale > 0 else (utility == best).astype(np.float64)
    return dict(zip(names, weights / weights.sum(axis=0), strict=True))


def _needs_per_week(
    document: Document, segment: Segment, profiles: dict[str, Floats], choices: dict[str, dict[str, Floats]]
) -> dict[str, float]:
    """Needs per customer and week, with those that resolved needs cause."""
    base = {
        name: float(segment.needs_per_year[name]) / WEEKS_PER_YEAR if name in segment.needs_per_year else 0.0
        for name in document.needs
    }
    total = dict(base)
    for _ in range(_ROUNDS):
        caused = dict.fromkeys(document.needs, 0.0)
        for name, need in document.needs.items():
            resolved = {
                touchpoint: total[name]
                * float(profiles[name] @ choices[name][touchpoint])
                * float(need.served_at[touchpoint].resolves)
                for touchpoint in need.served_at
            }
            for follow_up in need.follow_ups:
                if follow_up.after == "resolved":
                    at = need.served_at if follow_up.resolved_at is None else follow_up.resolved_at
                    caused[follow_up.need] += float(follow_up.share) * sum(resolved[touchpoint] for touchpoint in at)
        before, total = total, {name: base[name] + caused[name] for name in base}
        if all(abs(total[name] - before[name]) <= 1e-9 * total[name] for name in total):
            break
    return total
