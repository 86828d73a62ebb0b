"""What a competitor is: something that runs a network and logs every contact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .network import Network

__all__ = ["Competitor", "Visits", "visits_of_rows"]


@dataclass(frozen=True)
class Visits:
    """Contacts that left the line, or that never had one: arrays of equal length."""

    desk: npt.NDArray[np.int64]
    arrived_min: npt.NDArray[np.float64]
    waited_min: npt.NDArray[np.float64]
    abandoned: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.desk)


@dataclass(frozen=True)
class Competitor:
    """A way to run a network.

    Parameters
    ----------
    name, about : str
        About says what it does and in which version.
    prepare : callable
        From a network and a duration in minutes to a function of a seed. Only that function is timed: it draws
        whatever is random, runs, and returns a log of every contact in the form at hand.
    read : callable
        From that log to `Visits`; not timed.
    """

    name: str
    about: str
    prepare: Callable[[Network, float], Callable[[int], Any]]
    read: Callable[[Any], Visits]


def visits_of_rows(rows: Iterable[tuple[int, float, float, bool]]) -> Visits:
    """From rows of desk, arrival, end of waiting, abandoned."""
    desk, arrived, left, abandoned = zip(*rows, strict=True)
    at = np.array(arrived)
    return Visits(np.array(desk), at, np.array(left) - at, np.array(abandoned, np.bool_))
