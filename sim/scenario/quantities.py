"""Numbers as a scenario file writes them: with a unit, and where known a range and a source.

A value is ``6 min``, or ``{value: 6 min, low: 4 min, high: 9 min, source: Q4}``. Inside the program every
duration is in minutes, every rate per year (of 52 weeks), every amount in euro.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from pydantic_core import CoreSchema, core_schema

__all__ = [
    "AGENTS",
    "COUNT",
    "IN_COPY",
    "MINUTES_PER_WEEK",
    "MINUTES_PER_YEAR",
    "WEEKS_PER_YEAR",
    "ChangeFactor",
    "Contacts",
    "Count",
    "Duration",
    "Factor",
    "Kind",
    "Length",
    "LogEffect",
    "LogSpread",
    "LogitSpread",
    "Longer",
    "Money",
    "MoneyPerHour",
    "MoneyPerMonth",
    "Number",
    "People",
    "Points",
    "Positive",
    "Quantity",
    "RatePerYear",
    "Replications",
    "Rise",
    "Seed",
    "Shape",
    "Share",
    "SignedDuration",
    "Spread",
    "Told",
    "Written",
    "shown",
]

MINUTES_PER_WEEK = 7 * 24 * 60
WEEKS_PER_YEAR = 52
MINUTES_PER_YEAR = WEEKS_PER_YEAR * MINUTES_PER_WEEK

_DURATION = {
    "s": Fraction(1, 60),
    "min": Fraction(1),
    "h": Fraction(60),
    "day": Fraction(1440),
    "days": Fraction(1440),
    "week": Fraction(MINUTES_PER_WEEK),
    "weeks": Fraction(MINUTES_PER_WEEK),
    "month": Fraction(MINUTES_PER_YEAR, 12),
    "months": Fraction(MINUTES_PER_YEAR, 12),
    "year": Fraction(MINUTES_PER_YEAR),
    "years": Fraction(MINUTES_PER_YEAR),
}
_RATE = {
    "per year": Fraction(1),
    "per month": Fraction(12),
    "per week": Fraction(WEEKS_PER_YEAR),
    "per day": Fraction(7 * WEEKS_PER_YEAR),
}
_UNITS = {*_DURATION, *_RATE, "%", "% per year", "points", "EUR", "EUR per hour", "EUR per month", "EUR per year"}
"""All that a file may use somewhere."""
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*")
_LONGEST_NUMBER = 400
IN_COPY = "scale of the copy"
"""Key beside a number or roster of agents that a file never has: of a scaled copy, with the scale."""
_PARTS = ("value", "low", "high", "source")


def shown(raw: Any) -> str:
    """How a message quotes what a file says."""
    if isinstance(raw, dict):
        return "a mapping (key: value)"
    if isinstance(raw, list):
        return "a list"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "nothing" if raw is None else repr(raw)


@dataclass(frozen=True)
class Kind:
    """What one kind of number may look like: its units, its bounds, and how a message describes it.

    Parameters
    ----------
    name : str
        How a message describes such a number.
    units : dict
        Units a file may use, each with its size in the canonical unit; exact, so that '35 %' is 0.35.
    low, high : float
        Bounds that a number may reach, in the canonical unit.
    above : float or None
        Bound that a number may not reach.
    bare : bool
        True where a number may be written without a unit.
    remedy : str
        What to do about a number beyond `high` (or far below 0, where it may be negative). With a remedy, `high` keeps
        what nobody means out of a run, and a message names it; without one, `name` itself says the bounds.
    whole : bool
        True where only whole numbers make sense.
    unit : str
        The canonical unit.

    Examples
    --------
    >>> kind = Kind("a duration such as '6 min'", {"min": Fraction(1), "h": Fraction(60)}, low=0.0, unit="min")
    >>> kind.number("1.5 h")
    90.0
    """

    name: str
    units: dict[str, Fraction] = field(hash=False)
    low: float = float("-inf")
    high: float = float("inf")
    above: float | None = None
    bare: bool = False
    whole: bool = False
    unit: str = ""
    remedy: str = ""

    @property
    def limit(self) -> str:
        """The largest number allowed, in years or hours where it is a duration."""
        unit = self.unit if self.unit != "min" else "years" if self.high >= MINUTES_PER_YEAR else "h"
        number = self.high / float(self.units.get(unit, 1))
        return f"{number:,.0f} {unit}".strip()

    @property
    def bounds(self) -> str:
        """How a message describes what is allowed, with the limit where there is one to be told."""
        if not self.remedy:
            return self.name
        if self.low == -self.high:
            return f"{self.name} from -{self.limit} to {self.limit}"
        return f"{self.name}, at most {self.limit}"

    def allows(self, number: float) -> bool:
        """Tell whether a number in canonical units lies within the bounds."""
        within = self.low <= number <= self.high and (self.above is None or number > self.above)
        return within and not (self.whole and number != int(number))

    def number(self, text: Any) -> float:
        """Read one number as written, in canonical units; raises ValueError with a remedy."""
        if isinstance(text, bool) or not isinstance(text, int | float | str):
            raise ValueError(f"got {shown(text)}, expected {self.name}")
        if len(str(text)) > _LONGEST_NUMBER:
            raise ValueError(f"got {len(str(text)):,} characters, expected {self.name}")
        return self._read(text)

    @lru_cache(maxsize=65536, typed=True)  # noqa: B019  # kinds live as long as the program
    def _read(self, text: int | float | str) -> float:
        """Read what a changed copy of a scenario says like the copy before it."""
        match = _NUMBER.fullmatch(str(text))
        if match is None:
            raise ValueError(f"got {text!r}, expected {self.name}")
        unit = match[2]
        if unit.startswith(","):
            raise ValueError(f"got {text!r}, expected {self.name}; write a decimal point and nothing between thousands")
        if unit == "" and not self.bare:
            raise ValueError(f"got {text!r} without a unit, expected {self.name}")
        if unit != "" and unit not in self.units:
            raise ValueError(f"got {text!r} {self._wrong_unit(match[1], unit)}")
        try:
            number = float(Fraction(match[1]) * (self.units[unit] if unit else 1))
        except OverflowError:
            raise ValueError(f"got {text!r}, which is too large, {self.expectation(float('inf'))}") from None
        if not self.allows(number):
            raise ValueError(f"got {text!r}, {self.expectation(number)}")
        return number

    def _wrong_unit(self, amount: str, unit: str) -> str:
        """Say what was expected in place of a unit that is unknown, or known and not in place."""
        misplaced = unit in _UNITS
        said = f"with the unit {unit!r}, which does not fit here" if misplaced else f"with the unknown unit {unit!r}"
        begun = [known for known in self.units if unit.lower().startswith(known.lower())]
        close = max(begun, key=len, default="") or next(iter(difflib.get_close_matches(unit, self.units, 1)), "")
        if close:
            remedy = f"did you mean {close!r}?"
        elif self.units:
            remedy = f"known units: {', '.join(self.units)}"
        else:
            remedy = f"write {float(amount) / 100.0:g}" if unit == "%" else "write it without a unit"
        return f"{said}, expected {self.name}; {remedy}"

    def expectation(self, number: float) -> str:
        """Say what was expected instead of a number that is not allowed, and what to do."""
        too_far = number > self.high or (number < self.low and self.low == -self.high)
        return f"expected {self.bounds}; {self.remedy}" if too_far and self.remedy else f"expected {self.name}"

    def parse(self, raw: Any) -> Quantity:
        """Read a number, or one with range and source; raises ValueError with a remedy."""
        if isinstance(raw, Quantity):
            return raw
        if not isinstance(raw, dict):
            return Quantity(self.number(raw), kind=self)
        unknown = [key for key in raw if key not in (*_PARTS, IN_COPY)]
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}, expected the keys value, low, high, source")
        if raw.get("value") is None:
            raise ValueError("the key 'value' is missing, expected {value, low, high, source}")
        value = self.number(raw["value"])
        low = None if raw.get("low") is None else self.number(raw["low"])
        high = None if raw.get("high") is None else self.number(raw["high"])
        if (low is None) != (high is None):
            raise ValueError(f"got a range without '{'low' if low is None else 'high'}', expected both low and high")
        if low is not None and high is not None and not low <= value <= high:
            raise ValueError(
                f"got low {raw['low']}, value {raw['value']}, high {raw['high']}, expected low <= value <= high"
            )
        source = raw.get("source")
        if source is not None and not isinstance(source, str):
            raise ValueError(f"got the source {shown(source)}, expected text")
        return Quantity(value, low, high, source, self)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(float)
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return _json_schema({"type": ["number", "string"] if self.bare else "string", "description": self.name})


@dataclass(frozen=True)
class Quantity:
    """A number with the range and the source that were declared for it.

    Parameters
    ----------
    value, low, high : float
        In canonical units: minutes, euro, per year, or bare. `low` and `high` are None where no range was given.
    source : str or None
        Id of an entry in the scenario's ``sources``, or free text; None makes the value an assumption.
    kind : Kind or None
        What such a number may look like in a file.

    Examples
    --------
    >>> float(Quantity(2.5))
    2.5
    >>> Quantity(2.5).is_assumption
    True
    """

    value: float
    low: float | None = None
    high: float | None = None
    source: str | None = None
    kind: Kind | None = None

    def __float__(self) -> float:
        return self.value

    @property
    def is_assumption(self) -> bool:
        """True where no source stands behind the number."""
        return self.source is None or self.source.lower().startswith("assumption")


_EUR = Fraction(1)
_LONGER = "write '1000 years' for what never happens"
_DEARER = "write euro, not cents, and mind the unit"

COUNT = Kind(
    "a whole number of at least 0", {}, low=0.0, high=1e6, bare=True, whole=True, remedy="no customer lives to see more"
)
AGENTS = replace(
    COUNT, high=1e5, remedy="count those of one touchpoint at one time; for a larger company write a tenth of it"
)

Duration = Annotated[
    Quantity,
    Kind(
        "a duration of at least 0, such as '6 min' or '3 weeks'",
        _DURATION,
        low=0.0,
        high=1e9 * MINUTES_PER_YEAR,
        unit="min",
        remedy=_LONGER,
    ),
]
Length = Annotated[
    Quantity,
    Kind(
        "a duration of at least 0, such as '6 min' or '3 weeks'",
        _DURATION,
        low=0.0,
        high=100.0 * MINUTES_PER_YEAR,
        unit="min",
        remedy="nobody can say what a company is like then; write some years at most",
    ),
]
"""How long a run, or the horizon of a decision, may be: month after month takes time and memory."""
Longer = Annotated[
    Quantity,
    Kind(
        "a duration of at least 0, such as '30 min'",
        _DURATION,
        low=0.0,
        high=1440.0,
        unit="min",
        remedy="a day has no more",
    ),
]
"""How much longer a day may be."""
SignedDuration = Annotated[
    Quantity,
    Kind(
        "a duration such as '-26 weeks' or '0 weeks'",
        _DURATION,
        low=-100.0 * MINUTES_PER_YEAR,
        high=100.0 * MINUTES_PER_YEAR,
        unit="min",
        remedy="it counts from the end of the warm-up",
    ),
]
Money = Annotated[
    Quantity,
    Kind("an amount of at least 0, such as '12.50 EUR'", {"EUR": _EUR}, low=0.0, high=1e12, unit="EUR", remedy=_DEARER),
]
MoneyPerHour = Annotated[
    Quantity,
    Kind(
        "an amount of at least 0, such as '28 EUR per hour'",
        {"EUR per hour": _EUR},
        low=0.0,
        high=1e6,
        unit="EUR per hour",
        remedy=_DEARER,
    ),
]
MoneyPerMonth = Annotated[
    Quantity,
    Kind(
        "an amount of at least 0, such as '500 EUR per month'",
        {"EUR per month": _EUR, "EUR per year": Fraction(1, 12)},
        low=0.0,
        high=1e11,
        unit="EUR per month",
        remedy=_DEARER,
    ),
]
RatePerYear = Annotated[
    Quantity,
    Kind(
        "a rate of at least 0, such as '2.4 per year'",
        _RATE,
        low=0.0,
        high=1e5,
        unit="per year",
        remedy="it is the rate of one customer; mind the unit (per year, per month, per week, per day)",
    ),
]
Share = Annotated[
    Quantity,
    Kind(
        "a share from 0 to 1, or '0 %' to '100 %'", {"%": Fraction(1, 100)}, low=0.0, high=1.0, bare=True, unit="share"
    ),
]
Points = Annotated[
    Quantity, Kind("points from 0 to 100", {"points": Fraction(1)}, low=0.0, high=100.0, bare=True, unit="points")
]
Number = Annotated[
    Quantity,
    Kind("a number", {}, low=-1e6, high=1e6, bare=True, remedy="as a utility, 1 multiplies the odds by 2.7"),
]
"""A utility, or what belongs to no narrower kind and may be negative."""
Spread = Annotated[
    Quantity,
    Kind("a number of at least 0", {}, low=0.0, high=1e9, bare=True, remedy="write 1e9 for a bound that never holds"),
]
LogSpread = Annotated[
    Quantity,
    Kind(
        "a number of at least 0",
        {},
        low=0.0,
        high=10.0,
        bare=True,
        remedy="it is the standard deviation of a logarithm, where 0.5 is moderate and 2 is wide",
    ),
]
LogitSpread = Annotated[
    Quantity,
    Kind(
        "a number of at least 0",
        {},
        low=0.0,
        high=100.0,
        bare=True,
        remedy="it is a standard deviation in logits, where 1 is moderate and 5 is wide",
    ),
]
LogEffect = Annotated[
    Quantity,
    Kind(
        "a number of at least 0",
        {},
        low=0.0,
        high=20.0,
        bare=True,
        remedy="it changes a logarithm: 1 stands for a factor of 2.7, 20 for one of 485 million",
    ),
]
Rise = Annotated[
    Quantity,
    Kind(
        "a number of at least 0",
        {},
        low=0.0,
        high=10.0,
        bare=True,
        remedy="it is a rise as a share, where 0.1 stands for a tenth more",
    ),
]
Told = Annotated[
    Quantity,
    Kind("a number of at least 0", {}, low=0.0, high=1e3, bare=True, remedy="it is the number of persons one talks to"),
]
Positive = Annotated[
    Quantity,
    Kind("a number above 0", {}, high=1e6, above=0.0, bare=True, remedy="it is a factor, where 1 changes nothing"),
]
Factor = Annotated[
    Quantity,
    Kind("a number above 0", {}, high=100.0, above=0.0, bare=True, remedy="it is a factor, where 1 changes nothing"),
]
ChangeFactor = Annotated[
    Quantity,
    Kind("a number of at least 0", {}, low=0.0, high=1e6, bare=True, remedy="it is a factor, where 1 changes nothing"),
]
Shape = Annotated[
    Quantity,
    Kind("a number of at least 0.05", {}, low=0.05, high=1e9, bare=True, remedy="from 1e6 on all are alike"),
]
Count = Annotated[Quantity, COUNT]
People = Annotated[
    Quantity,
    replace(COUNT, high=1e9, remedy="for a larger company write a tenth of its customers, agents and lever costs"),
]
Contacts = Annotated[
    Quantity,
    replace(COUNT, high=100.0, remedy="nobody has so many contacts for one need; tolerance ends a journey, too"),
]
Replications = Annotated[
    Quantity, replace(COUNT, high=1e4, remedy="four times as many make an interval half as wide, so 100 is many")
]
Seed = Annotated[Quantity, replace(COUNT, high=2.0**53, remedy="any small number will do")]


class _LikeAnother:
    """Accepts anything: what kind of number is due is known, and checked, once the whole file is read."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return _json_schema({"type": ["number", "string"]})


def _json_schema(scalar: dict[str, Any]) -> dict[str, Any]:
    in_full = {"value": scalar, "low": scalar, "high": scalar, "source": {"type": "string"}}
    return {
        "anyOf": [
            scalar,
            {"type": "object", "properties": in_full, "required": ["value"], "additionalProperties": False},
        ]
    }


Written = Annotated[Quantity | str | float | dict[str, Any], _LikeAnother()]
"""A number written like another one; a loaded scenario holds it as a Quantity of that one's kind."""
