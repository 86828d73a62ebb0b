"""Plans in a scenario file: levers, strategies, what is decided on."""

from __future__ import annotations

from sim.scenario.part import Name, Part, default
from sim.scenario.quantities import ChangeFactor, Duration, Money, MoneyPerMonth, Share, SignedDuration, Spread, Written

__all__ = ["Decision", "Lever", "LeverChange", "LeverUse", "Strategy"]


class LeverChange(Part):
    """What a lever changes at full coverage: exactly one of `to`, `closes`, `factor`, `add`."""

    path: str
    """Dotted path of a number; `*` stands for every name at its place."""
    to: Written | None = None
    """Written with the unit of the number at `path`."""
    closes: Share | None = None
    """Of a share: how much of what is missing to 1 is no longer missing. Unlike `to` it never lowers a number, wherever
    it stands today, so it suits a path with `*`."""
    factor: ChangeFactor | None = None
    add: Written | None = None
    """Written with the unit of the number at `path`."""


class Lever(Part):
    """Something a company can invest in."""

    label: str | None = None
    catalogue: str | None = None
    """Id in the mechanism catalogue, e.g. L1."""
    changes: list[LeverChange]
    one_off: Money = default("0 EUR")
    running: MoneyPerMonth = default("0 EUR per month")
    lead_time: Duration = default("0 min")
    """Time from the start until the first effect."""
    ramp: Duration = default("0 min")
    """Time from the first to the full effect, rising in weekly steps."""
    dip: Share = default(0)
    """How far things first get worse while people learn, as a share of the full effect; gone by the end of the ramp."""
    hastens: Share = default(0)
    """Share by which lead time and ramp shrink for the strategy's other levers that start no earlier."""


class LeverUse(Part):
    """How far and from when a strategy uses a lever."""

    coverage: Share = default(1)
    start: SignedDuration = default("0 weeks")
    """Relative to the end of the warm-up."""


class Strategy(Part):
    """A set of levers."""

    label: str | None = None
    levers: dict[Name, LeverUse] = {}


class Decision(Part):
    """What the comparison decides on."""

    primary: dict[Name, Spread] = {}
    """Primary KPIs, each with the difference below which it does not matter."""
    confidence: Share = default(0.95)
    write_off: Duration = default("3 years")
    """Time over which one-off lever costs are spread."""
