"""What is measured of one replication: its tally beside the scenario and the strategy, as formulas of KPIs read it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engines.log import GIVEN_UP, RESOLVED
from sim.parameters import names
from sim.scenario import MINUTES_PER_YEAR, Document
from sim.tally import PEOPLE, Tally

__all__ = ["Results", "per_customer", "ratio"]


class Results:
    """The tally of one replication with what it belongs to.

    Parameters
    ----------
    tally : Tally
    document : Document
    strategy : str
    """

    def __init__(self, tally: Tally, document: Document, strategy: str) -> None:
        self.tally = tally
        self.document = document
        self.strategy = strategy
        self.touchpoints = names(document).touchpoints
        self._staffed = [j for j, name in enumerate(self.touchpoints) if document.touchpoints[name].kind == "staffed"]

    @property
    def years(self) -> float:
        """Length of the measured period in years of 52 weeks."""
        return float(self.document.run.measured) / MINUTES_PER_YEAR

    @property
    def journeys(self) -> int:
        """Journeys, the unfinished ones included."""
        return int(self.tally.journeys.sum())

    @cached_property
    def events(self) -> npt.NDArray[np.int64]:
        """Frustration events by type."""
        counted: npt.NDArray[np.int64] = self.tally.events.sum(axis=(1, 2, 3))
        return counted

    @property
    def finished(self) -> int:
        """Journeys that ended."""
        return self.resolved + int(self.tally.journeys[..., GIVEN_UP].sum())

    @property
    def resolved(self) -> int:
        """Journeys that ended resolved."""
        return int(self.tally.journeys[..., RESOLVED].sum())

    def people(self, group: str) -> int:
        """How many belong to a group of `sim.tally.PEOPLE`."""
        return int(self.tally.people[PEOPLE.index(group)])

    def at(self, numbers: npt.NDArray[Any], touchpoint: str | None) -> float:
        """Sum of numbers by touchpoint [j, ...] at one touchpoint, or at all staffed ones."""
        return float(numbers[self._places(touchpoint)].sum())

    def per_touchpoint(self, attribute: str) -> npt.NDArray[np.float64]:
        """A number of each touchpoint of the document, [j]."""
        return np.array([float(getattr(self.document.touchpoints[name], attribute)) for name in self.touchpoints])

    def _places(self, touchpoint: str | None) -> Sequence[int]:
        if touchpoint is not None:
            return [self.touchpoints.index(touchpoint)]
        return self._staffed


def ratio(part: float, whole: float) -> float:
    """A part of a whole; NaN where there is nothing."""
    return float(part) / float(whole) if whole else float("nan")


def per_customer(results: Results, amount: float) -> float:
    """An amount per customer and year; customers are those who were there when measuring began."""
    return ratio(amount / results.years, results.people("there"))
