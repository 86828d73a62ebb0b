"""How a file writes opening hours and rosters: days and times in place of quarter hours."""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.calendar import DAYS, SLOTS_PER_WEEK

__all__ = ["hours_text", "roster"]

_DAY = SLOTS_PER_WEEK // len(DAYS)


def hours_text(slots: Sequence[bool]) -> str:
    """Opening hours as a file writes them.

    Examples
    --------
    >>> from sim.scenario import OpeningHours
    >>> hours_text(OpeningHours.parse("Mon 9:00-17:30, Tue-Fri 9:00-17:30, Sat 10:00-14:00").slots)
    'Mon-Fri 9:00-17:30, Sat 10:00-14:00'
    """
    return "always" if all(slots) else ", ".join(_spans([int(is_open) for is_open in slots]))


def roster(agents: Sequence[int]) -> dict[str, int]:
    """Build a roster as a file writes it; the hours in which nobody serves are left out.

    Examples
    --------
    >>> from sim.scenario import OpeningHours
    >>> roster([2 * is_open for is_open in OpeningHours.parse("Mon-Tue 9:00-12:00").slots])
    {'Mon-Tue 9:00-12:00': 2}
    """
    return _spans(list(agents))


def _spans(numbers: list[int]) -> dict[str, int]:
    """Times of constant number other than 0, with the days that share them taken together, in the order of the week."""
    days = [numbers[at * _DAY : (at + 1) * _DAY] for at in range(len(DAYS))]
    spans: dict[str, int] = {}
    first = 0
    while first < len(days):
        last = first
        while last + 1 < len(days) and days[last + 1] == days[first]:
            last += 1
        name = DAYS[first] if last == first else f"{DAYS[first]}-{DAYS[last]}"
        for start, end, number in _runs(days[first]):
            spans[f"{name} {_time(start)}-{_time(end)}"] = number
        first = last + 1
    return spans


def _runs(day: list[int]) -> list[tuple[int, int, int]]:
    edges = [slot for slot in range(1, len(day)) if day[slot] != day[slot - 1]]
    pairs = zip([0, *edges], [*edges, len(day)], strict=True)
    return [(start, end, day[start]) for start, end in pairs if day[start]]


def _time(slot: int) -> str:
    return f"{slot // 4}:{slot % 4 * 15:02d}"
