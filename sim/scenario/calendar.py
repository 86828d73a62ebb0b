"""The week: when a touchpoint is open, who serves there, and when needs arise.

A week is 672 quarter hours, or 168 hours, from Monday 00:00.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pydantic_core import CoreSchema, core_schema

from sim.scenario.quantities import AGENTS, IN_COPY, Quantity, shown

__all__ = [
    "DAYS",
    "HOURS_PER_WEEK",
    "SLOTS_PER_WEEK",
    "SLOT_MIN",
    "Agents",
    "OpeningHours",
    "WeekProfile",
    "whole_agents",
]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS_PER_WEEK = 168
SLOT_MIN = 15.0
SLOTS_PER_WEEK = 672
_SLOTS_PER_DAY = 96
_SLOTS_PER_HOUR = 4
_GOLDEN_RATIO = (math.sqrt(5.0) - 1.0) / 2.0

_EXAMPLE = "expected 'always' or hours such as 'Mon-Fri 8:30-18:00, Sat 10:00-20:00'"
_ROSTER_EXAMPLE = (
    "expected a whole number of at least 0, or a roster such as {Mon-Fri 8:00-12:00: 3, Sat 9:00-14:00: 2}"
)
_PROFILE_EXAMPLE = "expected 24 numbers of at least 0 per day, such as {Mon-Fri: [0, 0, ...], Sat: [...]}"
_LARGEST_WEIGHT = 1e9
_DAY = "|".join(DAYS)
_PART = re.compile(rf"(?:({_DAY})(?:\s*-\s*({_DAY}))?\s+)?(\d{{1,2}}):(\d{{2}})\s*-\s*(\d{{1,2}}):(\d{{2}})")
_DAY_RANGE = re.compile(rf"({_DAY})(?:\s*-\s*({_DAY}))?")


def _days(first: str, last: str | None) -> list[int]:
    """Days of a range; 'Sat-Mon' runs over the end of the week."""
    start = DAYS.index(first)
    length = 1 if last is None else (DAYS.index(last) - start) % 7 + 1
    return [(start + offset) % 7 for offset in range(length)]


def _slot(hour: str, minute: str) -> int:
    if int(hour) > 24 or int(minute) > 59 or (int(hour) == 24 and int(minute) > 0):
        raise ValueError(f"got the time '{hour}:{minute}', expected a time from 0:00 to 24:00")
    if int(minute) % 15:
        raise ValueError(f"got the time '{hour}:{minute}', expected a quarter hour (:00, :15, :30 or :45)")
    return int(hour) * 4 + int(minute) // 15


def _slots(text: str, expected: str) -> Iterator[int]:
    """Slots of the week that a text such as 'Mon-Fri 8:30-18:00, Sat 10:00-20:00' covers, in the order written."""
    days: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"got {text!r}, {expected}")
        if match[1]:
            days = _days(match[1], match[2])
        if not days:
            raise ValueError(f"got {text!r} without a day, {expected}")
        start, end = _slot(match[3], match[4]), _slot(match[5], match[6])
        if start >= end:
            raise ValueError(
                f"got {part.strip()!r}, which ends before it starts; split a night: until 24:00, from 0:00"
            )
        for day in days:
            yield from range(day * _SLOTS_PER_DAY + start, day * _SLOTS_PER_DAY + end)


@lru_cache(maxsize=256)
def _slots_until_open(is_open: tuple[bool, ...]) -> tuple[int, ...]:
    waits = [0] * SLOTS_PER_WEEK
    wait = SLOTS_PER_WEEK
    for index in reversed(range(2 * SLOTS_PER_WEEK)):
        wait = 0 if is_open[index % SLOTS_PER_WEEK] else min(wait + 1, SLOTS_PER_WEEK)
        waits[index % SLOTS_PER_WEEK] = wait
    return tuple(waits)


@dataclass(frozen=True)
class OpeningHours:
    """When a touchpoint is open, the same every week.

    Parameters
    ----------
    slots : tuple of bool
        One per quarter hour of the week, from Monday 00:00; 672 long.
    text : str
        As written in the file.

    Examples
    --------
    >>> hours = OpeningHours.parse("Mon-Fri 8:30-18:00, Sat 10:00-20:00")
    >>> hours.slots[33], hours.slots[34], sum(hours.slots) / 4
    (False, True, 57.5)
    """

    slots: tuple[bool, ...] = field(repr=False)
    text: str = field(compare=False)

    @classmethod
    def always(cls) -> OpeningHours:
        """Open at any time."""
        return cls((True,) * SLOTS_PER_WEEK, "always")

    @classmethod
    def never(cls) -> OpeningHours:
        """Closed for good."""
        return cls((False,) * SLOTS_PER_WEEK, "never")

    @property
    def slots_until_open(self) -> tuple[int, ...]:
        """Quarter hours until the next open one, for each of the week; 672 where it never opens."""
        return _slots_until_open(self.slots)

    def extended(self, quarter_hours: int) -> OpeningHours:
        """So much longer at the end of every stretch of open hours.

        Examples
        --------
        >>> sum(OpeningHours.parse("Mon-Fri 9:00-17:00").extended(4).slots) / 4
        45.0
        """
        if quarter_hours == 0:
            return self
        slots = tuple(
            any(self.slots[slot - back] for back in range(quarter_hours + 1)) for slot in range(SLOTS_PER_WEEK)
        )
        return OpeningHours(slots, self.text)

    @classmethod
    def parse(cls, raw: Any) -> OpeningHours:
        """Read what a file says; raises ValueError with a remedy."""
        if isinstance(raw, OpeningHours):
            return raw
        if not isinstance(raw, str):
            raise ValueError(f"got {shown(raw)}, {_EXAMPLE}")
        if raw.strip() == "always":
            return cls.always()
        covered = set(_slots(raw, _EXAMPLE))
        return cls(tuple(slot in covered for slot in range(SLOTS_PER_WEEK)), raw)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(lambda hours: hours.text)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "examples": ["always", "Mon-Fri 8:30-18:00, Sat 10:00-20:00"]}


@dataclass(frozen=True)
class Agents:
    """How many agents serve at a staffed touchpoint: one number for all open hours, or a roster.

    Parameters
    ----------
    number : Quantity or None
        So many whenever the touchpoint is open; None with a roster.
    roster : tuple of int or None
        One number per quarter hour of the week; hours that the roster does not mention are 0.
    source : str or None
        Where the roster comes from; the number carries its own source.
    scale : float
        Of a copy of the company; number and roster are those of full size.

    Examples
    --------
    >>> agents = Agents.parse({"Mon-Fri 8:00-12:00": 3, "Sat 9:00-14:00": 2})
    >>> agents.slots(OpeningHours.parse("Mon-Fri 9:00-18:00"))[32:37]
    (0, 0, 0, 0, 3)
    """

    number: Quantity | None = None
    roster: tuple[int, ...] | None = field(default=None, repr=False)
    source: str | None = None
    scale: float = 1.0

    @classmethod
    def parse(cls, raw: Any) -> Agents:
        """Read what a file says; raises ValueError with a remedy."""
        if isinstance(raw, Agents):
            return raw
        if not isinstance(raw, dict):
            try:
                return cls(AGENTS.parse(raw))
            except ValueError:
                if isinstance(raw, int | float) and AGENTS.high < raw < float("inf"):
                    raise
                raise ValueError(f"got {shown(raw)}, {_ROSTER_EXAMPLE}") from None
        if isinstance(raw.get(IN_COPY), float):
            there = cls.parse({key: value for key, value in raw.items() if key != IN_COPY})
            return replace(there, scale=raw[IN_COPY])
        if "value" in raw or "low" in raw or "high" in raw:
            return cls(AGENTS.parse(raw))
        source = raw.get("source")
        if source is not None and not isinstance(source, str):
            raise ValueError(f"got the source {shown(source)}, expected text")
        roster: dict[int, int] = {}
        for hours, number in raw.items():
            if hours == "source":
                continue
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise ValueError(
                    f"got {shown(number)} agents for {str(hours)!r}, expected a whole number of at least 0"
                )
            if number > AGENTS.high:
                raise ValueError(f"got {number!r} agents for {str(hours)!r}, {AGENTS.expectation(number)}")
            for slot in _slots(str(hours), _ROSTER_EXAMPLE):
                if slot in roster:
                    day, hour, minute = DAYS[slot // 96], slot % 96 // 4, slot % 4 * 15
                    raise ValueError(
                        f"{day} {hour}:{minute:02d} is in the roster twice, the second time in {str(hours)!r}"
                    )
                roster[slot] = number
        if not roster:
            raise ValueError(f"got an empty roster, {_ROSTER_EXAMPLE}")
        return cls(roster=tuple(roster.get(slot, 0) for slot in range(SLOTS_PER_WEEK)), source=source)

    def slots(self, opening: OpeningHours, rostered: OpeningHours | None = None) -> tuple[int, ...]:
        """Agents per quarter hour of the week, 672 long, 0 while the touchpoint is closed; whole in a copy."""
        return whole_agents(self.at_full_size(opening, rostered), self.scale)

    def at_full_size(self, opening: OpeningHours, rostered: OpeningHours | None = None) -> tuple[int, ...]:
        """As `slots`, of the company of which this is a copy.

        Where it is open longer than the hours that were `rostered`, agents stay as in the last rostered quarter hour.
        """
        if self.roster is not None:
            agents = [
                number if is_open else 0
                for number, is_open in zip(self.roster, (rostered or opening).slots, strict=True)
            ]
            last = 0
            for slot in (*range(SLOTS_PER_WEEK), *range(SLOTS_PER_WEEK)):
                if (rostered or opening).slots[slot] or not opening.slots[slot]:
                    last = agents[slot]
                else:
                    agents[slot] = last
            return tuple(agents)
        number = int(float(self.number)) if self.number is not None else 0
        return tuple(number if is_open else 0 for is_open in opening.slots)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda agents: agents.roster if agents.number is None else float(agents.number)
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0}
        in_full = {"value": count, "low": count, "high": count, "source": {"type": "string"}}
        return {
            "anyOf": [
                count,
                {"type": "object", "properties": in_full, "required": ["value"], "additionalProperties": False},
                {"type": "object", "properties": {"source": {"type": "string"}}, "additionalProperties": count},
            ]
        }


def whole_agents(wanted: Sequence[float], scale: float = 1.0) -> tuple[int, ...]:
    """Whole agents in place of fractions of them: one more in some hours than in others, so that the mean comes true.

    Each hour of the week has its own threshold, from the multiples of the golden ratio, which spread evenly over any
    stretch (ordered dithering). So more wanted never means fewer at any hour, and whole numbers stay. Over forty hours
    and more the mean is right to a fifteenth of an agent, over four hours to a fifth.

    Parameters
    ----------
    wanted : sequence of float
        Agents per quarter hour, from Monday 00:00.
    scale : float
        Of a copy. In a smaller one, at least one agent serves wherever at least one does at full size.

    Examples
    --------
    >>> whole_agents([1.5] * 16)
    (1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2)
    >>> whole_agents([0.4, 1.0, 30.0], scale=0.1)
    (0, 1, 3)
    """
    agents = []
    for slot, number in enumerate(wanted):
        threshold = slot // _SLOTS_PER_HOUR * _GOLDEN_RATIO % 1.0
        whole = math.floor(round(scale * number, 9) + threshold) if number > 0.0 else 0
        agents.append(max(whole, 1) if scale < 1.0 <= number else whole)
    return tuple(agents)


@dataclass(frozen=True)
class WeekProfile:
    """When in the week needs arise.

    Parameters
    ----------
    hours : tuple of float
        Relative weights of the 168 hours of the week, from Monday 00:00; only their proportions count.
    source : str or None
        Where the profile comes from.

    Examples
    --------
    >>> WeekProfile.parse({"Mon-Fri": [0] * 8 + [1] * 10 + [0] * 6}).hours[7:10]
    (0.0, 1.0, 1.0)
    """

    hours: tuple[float, ...] = field(repr=False)
    source: str | None = None

    @classmethod
    def parse(cls, raw: Any) -> WeekProfile:
        """Read what a file says; raises ValueError with a remedy."""
        if isinstance(raw, WeekProfile):
            return raw
        if not isinstance(raw, dict):
            raise ValueError(f"got {shown(raw)}, {_PROFILE_EXAMPLE}")
        source = raw.get("source")
        if source is not None and not isinstance(source, str):
            raise ValueError(f"got the source {shown(source)}, expected text")
        by_day: dict[int, list[float]] = {}
        for days, weights in raw.items():
            if days == "source":
                continue
            match = _DAY_RANGE.fullmatch(str(days).strip())
            if match is None:
                raise ValueError(f"got the day {str(days)!r}, expected a day or a range of days such as 'Mon-Fri'")
            if not isinstance(weights, list) or len(weights) != 24:
                got = f"{len(weights)} numbers" if isinstance(weights, list) else repr(weights)
                raise ValueError(f"got {got} for {str(days)!r}, {_PROFILE_EXAMPLE}")
            for weight in weights:
                if not isinstance(weight, int | float) or isinstance(weight, bool) or not weight >= 0:
                    raise ValueError(
                        f"got the weight {shown(weight)} for {str(days)!r}, expected a number of at least 0"
                    )
                if weight > _LARGEST_WEIGHT:
                    raise ValueError(
                        f"got the weight {weight!r} for {str(days)!r}, expected at most {_LARGEST_WEIGHT:,.0f}; "
                        "only proportions count"
                    )
            for day in _days(match[1], match[2]):
                if day in by_day:
                    raise ValueError(f"{DAYS[day]} is in the profile twice, the second time in {str(days)!r}")
                by_day[day] = [float(weight) for weight in weights]
        if not any(weight for weights in by_day.values() for weight in weights):
            raise ValueError("got a profile in which every hour is 0, expected at least one hour above 0")
        return cls(tuple(weight for day in range(7) for weight in by_day.get(day, [0.0] * 24)), source)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(lambda profile: profile.hours)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        weights = {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 24, "maxItems": 24}
        days = {rf"^({_DAY})(\s*-\s*({_DAY}))?$": weights}
        return {
            "type": "object",
            "properties": {"source": {"type": "string"}},
            "patternProperties": days,
            "additionalProperties": False,
        }
