"""A comparison under ballots, next to the one at the room's middle values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.ballots.pools import HIGH, LOW
from sim.comparison import Comparison
from sim.errors import ArgumentError
from sim.labels import kpi_label, label, number, signed
from sim.messages import say
from sim.scenario import Scenario
from sim.verdicts import filled

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from sim.ballots.room import Ballots

__all__ = ["BallotComparison", "DrawnComparison"]


@dataclass(frozen=True, repr=False)
class DrawnComparison(Comparison):
    """A comparison in which every replication has its own values, the same for all strategies.

    Parameters
    ----------
    worlds : tuple of Scenario
        The scenario of each replication, before `scale`.
    """

    worlds: tuple[Scenario, ...] = ()

    def world(self, replication: int) -> Scenario:
        """Return the scenario that a replication simulates, in its size."""
        if not 0 <= replication < len(self.worlds):
            raise ArgumentError(f"replication must be from 0 to {len(self.worlds) - 1}, got {replication}")
        return self.worlds[replication].scaled(self.scale)


@dataclass(frozen=True, repr=False)
class BallotComparison:
    """Strategies compared at the room's middle values, and under all that it believes possible.

    Parameters
    ----------
    ballots : Ballots
    at_middle : Comparison
        Every number voted on at the median of its pool.
    under_ballots : DrawnComparison
        A draw from the pools per replication, with the same seeds.
    draws : pandas.DataFrame
        The values drawn, a row per replication and a column per parameter, in canonical units.
    """

    ballots: Ballots
    at_middle: Comparison
    under_ballots: DrawnComparison
    draws: pd.DataFrame

    @property
    def scenario(self) -> Scenario:
        """The scenario at the room's middle values."""
        return self.at_middle.scenario

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per strategy (without the baseline) and KPI, the two comparisons side by side.

        Columns: strategy, kpi, unit, better, primary; for ``middle`` and ``ballots`` the mean difference to the
        baseline, its interval and, for primary KPIs, the verdict; then of the differences of single draws the quantiles
        10 % and 90 %, and the share that is better by more than the indifference zone.
        """
        keys = ["strategy", "kpi", "unit", "better", "primary"]
        told = ["difference", "ci_low", "ci_high", "verdict"]
        tables = {"middle": self.at_middle.table, "ballots": self.under_ballots.table}
        parts = [table.set_index(keys)[told].add_prefix(f"{name}_") for name, table in tables.items()]
        joined = pd.concat(parts, axis=1).reset_index()
        zones = dict(zip(self.at_middle.table["kpi"], self.at_middle.table["indifference"].fillna(0.0), strict=True))
        spread = [self._spread(row["strategy"], row["kpi"], row["better"], zones[row["kpi"]]) for row in _rows(joined)]
        return joined.assign(**pd.DataFrame(spread, columns=["draws_low", "draws_high", "draws_better"]))

    def differences(self, strategy: str, kpi: str) -> pd.Series[float]:
        """Difference to the baseline in each draw, by replication."""
        values = self.under_ballots.replications
        own = values[values["kpi"] == kpi].set_index("replication")
        strategies = own["strategy"]
        gaps: pd.Series[float] = (
            own.loc[strategies == strategy, "value"] - own.loc[strategies == self.under_ballots.baseline, "value"]
        )
        return gaps

    def _spread(self, strategy: str, kpi: str, better: str, zone: float) -> tuple[float, float, float]:
        gaps = self.differences(strategy, kpi).dropna()
        if gaps.empty:
            return math.nan, math.nan, math.nan
        good = gaps > zone if better == "higher" else gaps < -zone
        return float(gaps.quantile(LOW)), float(gaps.quantile(HIGH)), float(good.mean())

    def figure(self) -> go.Figure:
        """Draw the differences at middle values and under the ballots, draw by draw, for the primary KPIs."""
        from sim.figures.ballots import under_ballots  # figures come after measures in the order of imports

        return under_ballots(self)

    def _lines(self) -> Iterator[str]:
        yield say(
            "ballots.compared",
            name=self.at_middle.scenario.document.name,
            pairs=self.at_middle.pairs,
            people=len(self.ballots.participants),
            parameters=len(self.ballots.pools),
        )
        yield from self.at_middle.caveats
        for row in _rows(self.table[self.table["primary"]]):
            unit = row["unit"]

            def of(name: str, row: dict[Any, Any] = row, unit: str = unit) -> str:
                ends = (signed(row[f"{name}_{end}"], unit) for end in ("ci_low", "ci_high"))
                interval = say("interval", **dict(zip(("low", "high"), ends, strict=True)))
                difference = signed(row[f"{name}_difference"], unit)
                return say("ballots.found", verdict=label(row[f"{name}_verdict"]), difference=difference, ends=interval)

            yield say(
                "ballots.row",
                strategy=label(row["strategy"]),
                kpi=kpi_label(row["kpi"]),
                middle=of("middle"),
                ballots=of("ballots"),
                low=signed(row["draws_low"], unit),
                high=signed(row["draws_high"], unit),
                percent=number(100.0 * row["draws_better"], 2),
            )
        yield say("ballots.how to read")

    def __repr__(self) -> str:
        return "\n\n".join(filled(line, "    ") for line in self._lines())

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self._lines())


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")
