"""Opening hours and rosters to choose from in a workshop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from sim.scenario import OpeningHours
from sim.scenario.calendar import DAYS, SLOTS_PER_WEEK
from sim.scenario.spans import hours_text

__all__ = ["presets", "staffed"]

_DAY = SLOTS_PER_WEEK // len(DAYS)
_SHIFT = 8
"""Two hours, in quarter hours."""
_SATURDAY, _SUNDAY = 5, 6


def presets(opening: OpeningHours) -> dict[str, OpeningHours]:
    """Opening hours near the present ones, by name; those that would change nothing are left out.

    Parameters
    ----------
    opening : OpeningHours
        As the case has them.

    Returns
    -------
    dict of str to OpeningHours
        ``as_in_case`` first; then up to two hours longer or shorter every evening, two hours earlier, Saturday or
        Sunday open as the day before or closed, and always.

    Examples
    --------
    >>> list(presets(OpeningHours.parse("Mon-Fri 9:00-17:00")))
    ['as_in_case', 'evening_longer', 'evening_shorter', 'morning_earlier', 'saturday_open', 'always_open']
    """
    return dict(_presets(opening))


@cache
def _presets(opening: OpeningHours) -> Mapping[str, OpeningHours]:
    days = [list(opening.slots[day * _DAY : (day + 1) * _DAY]) for day in range(len(DAYS))]
    found = {
        "as_in_case": days,
        "evening_longer": [_evening(day, _SHIFT) for day in days],
        "evening_shorter": [_evening(day, -_SHIFT) for day in days],
        "morning_earlier": [_evening(day[::-1], _SHIFT)[::-1] for day in days],
    }
    for at, name in ((_SATURDAY, "saturday"), (_SUNDAY, "sunday")):
        if any(days[at]):
            found[f"{name}_closed"] = [[False] * _DAY if day == at else slots for day, slots in enumerate(days)]
        else:
            found[f"{name}_open"] = [days[at - 1] if day == at else slots for day, slots in enumerate(days)]
    found["always_open"] = [[True] * _DAY for _ in DAYS]
    hours: dict[str, OpeningHours] = {}
    for name, week in found.items():
        slots = tuple(slot for day in week for slot in day)
        if name == "as_in_case" or (any(slots) and slots not in [known.slots for known in hours.values()]):
            hours[name] = opening if name == "as_in_case" else OpeningHours(slots, hours_text(slots))
    return MappingProxyType(hours)


def _evening(day: list[bool], by: int) -> list[bool]:
    """Move the last closing time of a day; a day that is closed stays closed."""
    if not any(day):
        return day
    closing = len(day) - day[::-1].index(True)
    if by > 0:
        return [is_open or closing <= slot < closing + by for slot, is_open in enumerate(day)]
    return [is_open and slot < closing + by for slot, is_open in enumerate(day)]


def staffed(agents: Sequence[int], opening: OpeningHours, more: int) -> tuple[int, ...]:
    """Agents per quarter hour of a week with other hours and more (or fewer) people.

    Where it is newly open, as many serve as in the nearest staffed quarter hour of the day, or at the same time of the
    last day that was staffed then. Where anybody served, at least one still does.

    Parameters
    ----------
    agents : sequence of int
        As the case has them, 0 where it is closed; 672 long.
    opening : OpeningHours
        The new ones.
    more : int
        Added wherever anybody serves.

    Examples
    --------
    >>> hours = OpeningHours.parse("Mon 9:00-10:00")
    >>> longer = OpeningHours.parse("Mon 9:00-11:00")
    >>> staffed([2 if is_open else 0 for is_open in hours.slots], longer, more=1)[36:45]
    (3, 3, 3, 3, 3, 3, 3, 3, 0)
    """
    before = [slot for slot, number in enumerate(agents) if number]
    if not before:
        return tuple(more if is_open and more > 0 else 0 for is_open in opening.slots)

    def nearest(slot: int) -> int:
        same_day = [other for other in before if other // _DAY == slot // _DAY]
        same_time = [other for back in range(1, len(DAYS)) if agents[other := (slot - back * _DAY) % SLOTS_PER_WEEK]]
        near = same_day or same_time[:1] or before
        return agents[min(near, key=lambda other: abs(slot - other))]

    return tuple(
        max(1, (number or nearest(slot)) + more) if is_open else 0
        for slot, (number, is_open) in enumerate(zip(agents, opening.slots, strict=True))
    )
