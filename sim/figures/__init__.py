"""Figures: functions that take results and return Plotly figures whose titles say what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from sim.figures.by_touchpoint import against_expectation, first_contact_resolution
from sim.figures.by_type import frustrations
from sim.figures.forest import differences
from sim.figures.ledger_of_frustrations import frustrations_by_pair, frustrations_by_segment, lost_sales
from sim.figures.lives import twin_lines
from sim.figures.offline_page import page
from sim.figures.pairing import replications
from sim.figures.roll_out import roll_out
from sim.figures.sankey import flows
from sim.figures.staffing import load, waiting
from sim.figures.who_sees_what import who_sees_what

if TYPE_CHECKING:
    from sim.comparison import Comparison
    from sim.experiment import RunResult

__all__ = [
    "ComparisonFigures",
    "RunFigures",
    "against_expectation",
    "differences",
    "first_contact_resolution",
    "flows",
    "frustrations",
    "frustrations_by_pair",
    "frustrations_by_segment",
    "load",
    "lost_sales",
    "page",
    "replications",
    "roll_out",
    "twin_lines",
    "waiting",
    "who_sees_what",
]


@dataclass(frozen=True)
class ComparisonFigures:
    """The figures of a comparison, as ``result.figures``.

    Parameters
    ----------
    comparison : Comparison
    """

    comparison: Comparison

    def differences(self, kpis: Sequence[str] | None = None) -> go.Figure:
        """Forest plot of the paired differences to the baseline, see `sim.figures.differences`."""
        return differences(self.comparison, kpis)

    def frustrations(self) -> go.Figure:
        """Frustration events per 100 journeys by type, all strategies side by side."""
        return frustrations(self.comparison)

    def frustrations_by_segment(self, strategy: str | None = None) -> go.Figure:
        """Frustration events per 100 journeys by type and segment, in the baseline and another world."""
        return frustrations_by_segment(self.comparison, strategy)

    def frustrations_by_pair(self, strategy: str | None = None) -> go.Figure:
        """Where frustrations happen, and where in the company the missing fact was known."""
        return frustrations_by_pair(self.comparison, strategy)

    def lost_sales(self) -> go.Figure:
        """Revenue that customers gave up by cause, all strategies side by side."""
        return lost_sales(self.comparison)

    def first_contact_resolution(self) -> go.Figure:
        """First-contact resolution as touchpoints report it and as customers live it."""
        return first_contact_resolution(self.comparison)

    def against_expectation(self) -> go.Figure:
        """Experience against expectation at each touchpoint, all strategies side by side."""
        return against_expectation(self.comparison)

    def who_sees_what(self, strategy: str | None = None) -> go.Figure:
        """Which touchpoint sees how much of what others know; by default under the baseline."""
        return who_sees_what(self.comparison.scenario, self.comparison.baseline if strategy is None else strategy)

    def roll_out(self, strategy: str | None = None) -> go.Figure:
        """When the levers of a strategy take effect and what they cost; by default of the last strategy."""
        return roll_out(self.comparison.scenario, self.comparison.strategies[-1] if strategy is None else strategy)

    def flows(self, strategy: str | None = None) -> go.Figure:
        """Where customers go from contact to contact; by default under the baseline."""
        return flows(self.comparison, strategy)

    def replications(self, kpi: str | None = None) -> go.Figure:
        """How replications move together, and what pairing does to the intervals."""
        return replications(self.comparison, kpi)

    def twins(self, n: int = 1, *, strategy: str | None = None, replication: int = 0) -> go.Figure:
        """One customer's year in two worlds: the `n`-th of those whose year differs most, see `Comparison.twins`."""
        twins = self.comparison.twins(n, strategy=strategy, replication=replication)
        return twin_lines(twins, int(twins.customers["customer"].iloc[-1]), self.comparison.scenario)


@dataclass(frozen=True)
class RunFigures:
    """The figures of a run.

    Parameters
    ----------
    run : RunResult
    """

    run: RunResult

    def load(self) -> go.Figure:
        """Agents in service and on the roster by hour of the week, at staffed touchpoints."""
        return load(self.run)

    def waiting(self) -> go.Figure:
        """Share of arrivals that wait longer than a given time, at staffed touchpoints."""
        return waiting(self.run)
