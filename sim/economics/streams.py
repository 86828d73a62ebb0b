"""From the books of a comparison to streams of money: per strategy, replication and month, up to the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.comparison import Comparison
from sim.economics.cash_flows import (
    carried_on,
    discount_factors,
    first_month,
    lever_costs,
    lifetime_value,
    margin_parts,
)
from sim.ledger import LINES, MINUTES_PER_MONTH, MONTHS_PER_YEAR
from sim.scenario import Economics

__all__ = ["LEVER_PARTS", "PARTS", "Streams"]

Floats = npt.NDArray[np.float64]

LEVER_PARTS = ("levers_one_off", "levers_running")
_OF_MARGIN = ("purchases_per_customer", "margin_per_purchase", "number_of_customers")
PARTS = (
    *_OF_MARGIN,
    *dict.fromkeys(line.part for line in LINES if line.part not in (None, "margin")),
    *LEVER_PARTS,
)
"""Where the money of a business case comes from and goes to, in the order of a waterfall."""


@dataclass(frozen=True)
class Streams:
    """The money of all strategies; arrays are by replication and month, [r, m].

    Parameters
    ----------
    comparison : Comparison
    economics : Economics
    """

    comparison: Comparison
    economics: Economics

    @cached_property
    def horizon(self) -> int:
        """Months counted, from the start of measuring."""
        return round(float(self.economics.horizon) / MINUTES_PER_MONTH)

    @cached_property
    def first(self) -> int:
        """First month in which a lever costs money, at most 0."""
        return first_month(self.comparison.scenario.document, self.comparison.strategies)

    @property
    def months(self) -> range:
        """All months, those before measuring begins have negative numbers."""
        return range(self.first, self.horizon)

    @cached_property
    def length(self) -> Floats:
        """Length of each simulated month."""
        activity = self.comparison.aggregates["activity"]
        return activity["months"].to_numpy(np.float64)[: activity["month"].max() + 1]

    @property
    def simulated(self) -> float:
        """Simulated months."""
        return float(self.length.sum())

    @cached_property
    def factors(self) -> Floats:
        """What a euro in each month is worth in the first measured one."""
        return discount_factors(float(self.economics.discount_rate), self.first, self.horizon)

    def line(self, strategy: str, name: str) -> Floats:
        """Simulated euro of one line of the ledger, for the whole company."""
        return self._lines[strategy, name]

    def carried(self, strategy: str, name: str) -> Floats:
        """Euro of a line up to the horizon: of the baseline, and the difference to it, which may fade."""
        base = self.line(self.comparison.baseline, name)
        difference = self.line(strategy, name) - base
        return self._whole(carried_on(base, self.length, self.horizon, self._last_quarter)) + self._beyond(difference)

    def levers(self, strategy: str) -> dict[str, Floats]:
        """Cost of levers by part, negative: [m]."""
        document = self.comparison.scenario.document
        costs = lever_costs(document, strategy, self.first, self.horizon)
        return dict(zip(LEVER_PARTS, (-cost for cost in costs), strict=True))

    def differences(self, strategy: str) -> dict[str, Floats]:
        """Paired difference of a strategy to the baseline up to the horizon, by part."""
        base = self.comparison.baseline
        parts = margin_parts(self._margin(strategy), self._margin(base))
        for line in LINES:
            if line.part not in (None, "margin"):
                change = self.line(strategy, line.name) - self.line(base, line.name)
                parts[str(line.part)] = parts.get(str(line.part), np.zeros_like(change)) + change
        parts = {part: self._beyond(monthly) for part, monthly in parts.items()}
        ours, theirs = self.levers(strategy), self.levers(base)
        count = self.comparison.pairs
        parts |= {part: np.tile(ours[part] - theirs[part], (count, 1)) for part in LEVER_PARTS}
        return {part: parts[part] for part in PARTS}

    def present_value(self, strategy: str) -> Floats:
        """Discounted euro of all that a strategy earns and costs, [r]."""
        lines = [self.carried(strategy, line.name) for line in LINES if line.part is not None]
        flows: Floats = np.sum(lines, axis=0) + np.sum(list(self.levers(strategy).values()), axis=0)
        return flows @ self.factors

    def investment(self, strategy: str) -> float:
        """Discounted euro put into levers, more than the baseline does."""
        ours, theirs = self.levers(strategy), self.levers(self.comparison.baseline)
        return -float(sum((ours[part] - theirs[part]) @ self.factors for part in LEVER_PARTS))

    def customer(self, strategy: str) -> dict[str, Floats]:
        """What one customer is worth, with what it follows from, [r].

        Retention follows from the rate at which customers left in the measured period; the margin is after all costs
        but fixed ones (rostered hours).
        """
        customers = self._activity[strategy, "customers"]
        years = customers @ self.length / MONTHS_PER_YEAR
        kept = [line.name for line in LINES if line.part is not None and not line.fixed]
        earned = sum(self.line(strategy, name).sum(axis=1) for name in kept)
        there = years > 0.0
        nothing = np.full_like(years, np.nan)
        margin = np.divide(earned, years, out=nothing.copy(), where=there)
        left = np.divide(self._activity[strategy, "left"].sum(axis=1), years, out=nothing.copy(), where=there)
        retention = np.exp(-left)
        value = lifetime_value(margin, retention, float(self.economics.discount_rate))
        return {"margin_eur_per_year": margin, "retention_share": retention, "lifetime_value_eur": value}

    def beyond_horizon(self, strategy: str) -> Floats:
        """Discounted worth of the customers who are there at the end of the simulation, from the horizon on, [r]."""
        last = self._activity[strategy, "customers"][:, -1]
        rate = float(self.economics.discount_rate)
        worth: Floats = (1.0 + rate) ** (-self.horizon / MONTHS_PER_YEAR) * last
        return worth * self.customer(strategy)["lifetime_value_eur"]

    @property
    def _last_quarter(self) -> bool:
        return self.economics.carry_on == "last_quarter"

    def _beyond(self, difference: Floats) -> Floats:
        fade = float(self.economics.fade)
        return self._whole(carried_on(difference, self.length, self.horizon, self._last_quarter, fade))

    def _whole(self, amounts: Floats) -> Floats:
        """With nothing in the months before measuring begins."""
        return np.pad(amounts, ((0, 0), (-self.first, 0)))

    def _margin(self, strategy: str) -> tuple[Floats, Floats, Floats]:
        customers, bought = (self._activity[strategy, name] for name in ("customers", "purchases"))
        return customers * self.length, bought, self.line(strategy, "margin")

    @cached_property
    def _lines(self) -> dict[tuple[str, str], Floats]:
        ledger = self.comparison.aggregates["ledger"]
        shape = (self.comparison.pairs, len(self.length))
        found = {}
        for strategy in self.comparison.strategies:
            own = ledger[ledger["strategy"] == strategy]
            for line in LINES:
                rows, cents = own[own["line"] == line.name], np.zeros(shape, np.int64)
                np.add.at(cents, (rows["replication"].to_numpy(), rows["month"].to_numpy()), rows["cents"].to_numpy())
                found[strategy, line.name] = cents / 100.0 / self.comparison.scale
        return found

    @cached_property
    def _activity(self) -> dict[tuple[str, str], Floats]:
        rows: pd.DataFrame = self.comparison.aggregates["activity"]
        shape = (self.comparison.pairs, len(self.length))
        return {
            (strategy, name): rows[rows["strategy"] == strategy][name].to_numpy(np.float64).reshape(shape)
            / self.comparison.scale
            for strategy in self.comparison.strategies
            for name in ("customers", "left", "purchases")
        }
