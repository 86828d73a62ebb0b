"""What a scenario file may say about money over time, and about what is expected to come out."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from sim.scenario.part import Part, default
from sim.scenario.quantities import Factor, Kind, Length, Quantity, Replications, Seed

__all__ = ["BandEnd", "Economics", "Expectation", "SharePerYear"]

SharePerYear = Annotated[
    Quantity,
    Kind(
        "a share per year such as '8 % per year'",
        {"% per year": Fraction(1, 100), "per year": Fraction(1)},
        low=0.0,
        high=1.0,
        unit="share per year",
    ),
]
BandEnd = Annotated[
    Quantity,
    Kind(
        "a number in the unit of the KPI, a share also as '60 %'",
        {"%": Fraction(1, 100)},
        low=-1e12,
        high=1e12,
        bare=True,
        remedy="leave an end open with a number that no KPI reaches",
    ),
]


def _listed(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


_OneOrTwo = Annotated[
    list[str],
    BeforeValidator(_listed),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}]}
    ),
]


class Economics(Part):
    """How money that comes later, and money beyond the simulated time, is counted in a business case."""

    horizon: Length = default("3 years")
    """Time over which money is counted, from the start of measuring; whole months (12 a year)."""
    discount_rate: SharePerYear = default("8 % per year")
    """What money is worth less when it comes a year later."""
    carry_on: Literal["last_quarter", "measured_period"] = "last_quarter"
    """What goes on flat from the end of the simulation to the horizon: the monthly rates of its last quarter, or of
    the whole measured period, which matters where levers ramp up or the year has seasons."""
    fade: SharePerYear = default("0 % per year")
    """Share of the difference to the baseline that is lost per year beyond the simulated time, e.g. to imitation."""
    lifetime_value: bool = False
    """Show beside the net present value what customers are worth beyond the horizon; it is never part of it."""


class Expectation(Part):
    """What a strategy, or the difference between two, should come out as, and why."""

    kpi: str
    """Name of a KPI."""
    strategy: _OneOrTwo
    """One strategy, or ``[strategy, against]`` for the paired difference of the first minus the second."""
    band: list[BandEnd] | None = None
    """``[low, high]`` for the mean, in the unit of the KPI."""
    sign: Literal["better", "worse", "higher", "lower", "no_difference"] | None = None
    """Of a difference: better or worse as the KPI counts it, or no more than what matters (decision.primary)."""
    reason: str
    """Why it should be so, stated before looking."""
    replications: Replications = default(10)
    seed: Seed = default(1)
    scale: Factor = default(1)
    """Factor on customers and rosters."""
