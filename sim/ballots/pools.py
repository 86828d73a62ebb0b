"""What participants believe about one number, each for themselves and all together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.scenario.quantities import Kind

__all__ = ["HIGH", "LOW", "MIDDLE", "Pool", "Vote"]

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
"""Quantiles of the pool that become low, value and high of a scenario's number."""
_HALVINGS = 200


@dataclass(frozen=True, order=True)
class Vote:
    """What one participant believes about one number, in its canonical unit.

    Parameters
    ----------
    participant : str
    low, best, high : float
        Of a triangular distribution: both ends, and its mode.

    Examples
    --------
    >>> vote = Vote("Ada", 2.0, 4.0, 10.0)
    >>> round(vote.mean, 3), vote.share_below(4.0), vote.quantile(0.25)
    (5.333, 0.25, 4.0)
    """

    participant: str
    low: float
    best: float
    high: float

    @property
    def mean(self) -> float:
        """Mean of the distribution."""
        return (self.low + self.best + self.high) / 3.0

    @property
    def variance(self) -> float:
        """Variance of the distribution."""
        low, best, high = self.low, self.best, self.high
        return (low**2 + best**2 + high**2 - low * best - low * high - best * high) / 18.0

    def share_below(self, at: float) -> float:
        """Probability of a value of at most `at`."""
        if at >= self.high:
            return 1.0
        if at < self.low:
            return 0.0
        if at < self.best:
            return (at - self.low) ** 2 / ((self.high - self.low) * (self.best - self.low))
        return 1.0 - (self.high - at) ** 2 / ((self.high - self.low) * (self.high - self.best))

    def quantile(self, share: float) -> float:
        """Value that a share of the distribution does not exceed."""
        width = self.high - self.low
        if width == 0.0:
            return self.low
        if share * width < self.best - self.low:
            return self.low + math.sqrt(share * width * (self.best - self.low))
        return self.high - math.sqrt((1.0 - share) * width * (self.high - self.best))


@dataclass(frozen=True)
class Pool:
    """What the room believes about one number: the mixture of its ballots with equal weights.

    Parameters
    ----------
    parameter : str
        Path of the number in the scenario.
    kind : Kind
        Its unit and bounds. A number that has to be whole is rounded, halves upwards.
    votes : tuple of Vote
        By participant, in alphabetical order.

    Examples
    --------
    >>> from sim.scenario.quantities import COUNT
    >>> agree = Pool("touchpoints.hotline.agents", COUNT, (Vote("Ada", 1, 2, 3), Vote("Bo", 1, 2, 3)))
    >>> agree.quantile(0.5), agree.disagreement
    (2.0, 0.0)
    """

    parameter: str
    kind: Kind
    votes: tuple[Vote, ...]

    @property
    def disagreement(self) -> float:
        """Share of the pool's variance that lies between participants, from 0 to 1.

        The rest is how unsure each of them is. 0 where all believe the same, 1 where all are sure of different values.
        """
        means = [vote.mean for vote in self.votes]
        middle = sum(means) / len(means)
        between = sum((each - middle) ** 2 for each in means) / len(means)
        within = sum(vote.variance for vote in self.votes) / len(self.votes)
        return between / (between + within) if between + within > 0.0 else 0.0

    def share_below(self, at: float) -> float:
        """Probability of a value of at most `at`, before rounding."""
        return sum(vote.share_below(at) for vote in self.votes) / len(self.votes)

    def quantile(self, share: float) -> float:
        """Value that a share of the pool does not exceed."""
        low, high = min(vote.low for vote in self.votes), max(vote.high for vote in self.votes)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if not low < middle < high:
                break
            low, high = (low, middle) if self.share_below(middle) >= share else (middle, high)
        return self._rounded(high if self.share_below(low) < share else low)

    def draw(self, u: float) -> float:
        """Value that belongs to a uniform draw: it picks a participant, and what is left of it a value of theirs."""
        place = u * len(self.votes)
        which = min(int(place), len(self.votes) - 1)
        return self._rounded(self.votes[which].quantile(place - which))

    def _rounded(self, amount: float) -> float:
        return float(math.floor(amount + 0.5)) if self.kind.whole else amount

    def written(self, amount: float) -> Any:
        """An amount as a scenario file would write it."""
        if self.kind.whole:
            return int(amount)
        return float(amount) if self.kind.bare else f"{float(amount)!r} {self.kind.unit}"
