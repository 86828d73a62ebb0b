"""How sure a number is: intervals, paired differences and verdicts from the replications of an experiment.

Pure functions: arrays in, frozen records out. Nothing here knows a strategy, a KPI or a scenario.

References
----------
Law, A. M. (2015). *Simulation Modeling and Analysis*, 5th ed. Ch. 9.4 (replications), 10.2 (paired-t interval),
    11.2 (common random numbers).
Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scand. J. Statist.* 6, 65-70.
Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach.
    *J. Pharmacokinet. Biopharm.* 15, 657-680.
Miller, R. G. (1974). The jackknife - a review. *Biometrika* 61, 1-15.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special  # scipy.stats, which calls it, takes much longer to load

__all__ = [
    "Better",
    "Estimate",
    "Reduction",
    "Verdict",
    "classify",
    "decide",
    "holm",
    "mean",
    "more_replications",
    "paired_difference",
    "replications_to_reach",
    "variance_reduction",
    "verdict_p_value",
]

Better = Literal["higher", "lower"]


class Verdict(StrEnum):
    """What may be said about a difference, given how sure it is and how large it has to be to matter."""

    BETTER = "better"
    WORSE = "worse"
    NO_RELEVANT_DIFFERENCE = "no_relevant_difference"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


@dataclass(frozen=True)
class Estimate:
    """A mean over replications and how sure it is.

    Parameters
    ----------
    n : int
        Replications (or pairs) used.
    dropped : int
        Replications (or pairs) left out because a value was NaN.
    mean : float
        Mean; NaN without any replication.
    deviation : float
        Standard deviation between replications (n - 1); NaN for fewer than 2.
    confidence : float
        Confidence level of the interval.
    half_width, ci_low, ci_high : float
        The t-interval; NaN for fewer than 2.
    p_value : float
        Two-sided p-value of the t-test of "the mean is 0"; NaN for fewer than 2.
    """

    n: int
    dropped: int
    mean: float
    deviation: float
    confidence: float
    half_width: float
    ci_low: float
    ci_high: float
    p_value: float

    @property
    def standard_error(self) -> float:
        """Standard deviation of the mean, ``deviation / sqrt(n)``."""
        return self.deviation / math.sqrt(self.n) if self.n else math.nan


@dataclass(frozen=True)
class Reduction:
    """Factor by which pairing divides the variance of a difference, with its interval; NaN where undefined."""

    factor: float
    ci_low: float
    ci_high: float


def mean(values: ArrayLike, confidence: float = 0.95, least: float = -math.inf) -> Estimate:
    """Mean of independent replications with its t-interval (Law 2015, eq. 9.1).

    The interval is ``mean ± t(n-1, 1-alpha/2) * s / sqrt(n)``. NaN values are dropped and counted.

    Parameters
    ----------
    values : array_like, shape (n,)
        One value per replication.
    confidence : float
        Confidence level, above 0 and below 1.
    least : float
        The smallest value that the mean can have; the interval ends there, which takes nothing from its confidence.

    Examples
    --------
    >>> estimate = mean([1.0, 2.0, 3.0, float("nan")])
    >>> estimate.n, estimate.dropped, estimate.mean, round(estimate.half_width, 3)
    (3, 1, 2.0, 2.484)
    >>> mean([1.0, 2.0, 3.0], least=0.0).ci_low
    0.0
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must be above 0 and below 1, got {confidence}")
    every = np.asarray(values, dtype=np.float64)
    if every.ndim != 1:
        raise ValueError(f"values must be one-dimensional, got shape {every.shape}")
    kept = every[~np.isnan(every)]
    n, dropped = len(kept), len(every) - len(kept)
    average = _mean(kept)
    if n < 2:
        return Estimate(n, dropped, average, math.nan, confidence, math.nan, math.nan, math.nan, math.nan)
    deviation = 0.0 if np.all(kept == kept[0]) else float(np.std(kept, ddof=1))
    half_width = _t(n, confidence) * deviation / math.sqrt(n)
    p_value = 2.0 * _tail(average, deviation / math.sqrt(n), n)
    return Estimate(
        n,
        dropped,
        average,
        deviation,
        confidence,
        half_width,
        max(least, average - half_width),
        average + half_width,
        p_value,
    )


def paired_difference(values: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Mean of ``values - baseline`` with its paired-t interval (Law 2015, section 10.2.1).

    Element i of both arrays comes from the same replication, that is from the same customers with the same luck.
    Pairs in which either value is NaN are dropped and counted.

    Parameters
    ----------
    values, baseline : array_like, shape (n,)
        One value per replication.
    confidence : float
        Confidence level, above 0 and below 1.

    Examples
    --------
    >>> difference = paired_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0])
    >>> difference.mean, round(difference.ci_low, 3), round(difference.p_value, 3)
    (2.0, -0.484, 0.074)
    """
    first, second = _pair(values, baseline)
    return mean(first - second, confidence)


def variance_reduction(values: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Reduction:
    """How much pairing helps: variance of the difference with independent runs over the one with common luck.

    The factor is ``(var(a) + var(b)) / var(a - b)`` (Law 2015, section 11.2): independent runs would need that many
    times the replications for the same half-width. Below 1, pairing does harm. The interval is a t-interval on
    the jackknife pseudo-values of the factor's logarithm (Miller 1974); it needs at least 3 pairs. Where the
    difference does not vary at all the factor is undefined, NaN.

    Examples
    --------
    >>> round(variance_reduction([1.0, 2.0, 3.0, 4.5], [1.0, 2.1, 3.1, 4.4]).factor)
    472
    """
    first, second = _pair(values, baseline)
    whole = ~(np.isnan(first) | np.isnan(second))
    first, second = first[whole], second[whole]
    n = len(first)
    log_factor = _log_reduction(first, second)
    if n < 3 or math.isnan(log_factor):
        return Reduction(math.exp(log_factor), math.nan, math.nan)
    left_out = np.array([_log_reduction(np.delete(first, i), np.delete(second, i)) for i in range(n)])
    pseudo = mean(n * log_factor - (n - 1) * left_out, confidence)
    if pseudo.dropped:
        return Reduction(math.exp(log_factor), math.nan, math.nan)
    return Reduction(
        math.exp(log_factor), math.exp(log_factor - pseudo.half_width), math.exp(log_factor + pseudo.half_width)
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that the chance of any false claim stays below alpha (Holm 1979).

    Sorted ascending, the j-th of m p-values is multiplied by ``m - j + 1``, kept monotone and at most 1. A NaN
    (nothing could be tested) stays NaN but counts in m, since the family was declared before.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    tested = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    for rank, (p, i) in enumerate(tested):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p))
        adjusted[i] = largest
    return adjusted


def classify(ci_low: float, ci_high: float, indifference: float, better: Better) -> Verdict:
    """Verdict on a difference from its interval and the indifference zone ``[-indifference, indifference]``.

    The interval inside the zone: no relevant difference (equivalence in the sense of Schuirmann 1987). Wholly
    outside on one side: better or worse. Everything else, and a NaN interval: not enough evidence.

    Examples
    --------
    >>> classify(-9.0, -4.0, 2.0, better="lower").value
    'better'
    >>> classify(-1.0, 1.5, 2.0, better="lower").value
    'no_relevant_difference'
    >>> classify(-3.0, 1.0, 2.0, better="lower").value
    'not_enough_evidence'
    """
    if not indifference >= 0.0:
        raise ValueError(f"indifference must be at least 0, got {indifference}")
    if ci_low >= -indifference and ci_high <= indifference:
        return Verdict.NO_RELEVANT_DIFFERENCE
    if ci_low > indifference:
        return Verdict.BETTER if better == "higher" else Verdict.WORSE
    if ci_high < -indifference:
        return Verdict.BETTER if better == "lower" else Verdict.WORSE
    return Verdict.NOT_ENOUGH_EVIDENCE


def verdict_p_value(difference: Estimate, indifference: float) -> float:
    """Find the smallest alpha at which the two-sided ``1 - alpha`` interval gives a verdict.

    The interval leaves or enters the zone exactly when its half-width equals the distance of the mean from the
    nearest edge, ``| |mean| - indifference |``. With no zone this is the p-value of the t-test. 1 where the mean lies
    on the edge, NaN for fewer than 2 pairs.

    Examples
    --------
    >>> difference = paired_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0])
    >>> round(verdict_p_value(difference, 0.0), 3), round(verdict_p_value(difference, 1.9), 3)
    (0.074, 0.878)
    """
    if difference.n < 2:
        return math.nan
    if difference.deviation == 0.0:
        return 0.0
    return 2.0 * _tail(abs(difference.mean) - indifference, difference.standard_error, difference.n)


def decide(
    differences: Sequence[Estimate], indifferences: Sequence[float], better: Sequence[Better], confidence: float
) -> list[tuple[Verdict, float]]:
    """Verdicts on a declared family of differences, and the Holm-adjusted p-value of each.

    Each verdict is the one its interval gives at the level Holm's procedure leaves for it, so the chance that any of
    the verdicts is wrong is about ``1 - confidence`` for the whole family.

    Parameters
    ----------
    differences : sequence of Estimate
        The paired differences of the family.
    indifferences : sequence of float
        Half-width of the indifference zone of each, in its unit.
    better : sequence of {"higher", "lower"}
        Which direction of each is good.
    confidence : float
        Confidence that all verdicts hold together.

    Examples
    --------
    >>> clear = paired_difference([3.0, 3.1, 2.9], [1.0, 1.0, 1.0])
    >>> noisy = paired_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0])
    >>> [(v.value, round(p, 3)) for v, p in decide([clear, noisy], [0.5, 0.5], ["higher", "lower"], 0.95)]
    [('better', 0.003), ('not_enough_evidence', 0.122)]
    """
    p_values = [verdict_p_value(d, zone) for d, zone in zip(differences, indifferences, strict=True)]
    verdicts = []
    for difference, zone, good, p_holm in zip(differences, indifferences, better, holm(p_values), strict=True):
        decided = p_holm <= 1.0 - confidence
        # At the level where the verdict appears, the interval reaches from the mean to the nearest edge of the zone.
        verdict = classify(difference.mean, difference.mean, zone, good) if decided else Verdict.NOT_ENOUGH_EVIDENCE
        verdicts.append((verdict, p_holm))
    return verdicts


def more_replications(difference: Estimate, indifference: float, confidence: float, most: int = 10_000) -> int | None:
    """Estimate how many more pairs a verdict needs, if the mean and deviation seen so far are the true ones.

    The half-width has to shrink to the distance d of the mean from the nearest edge of the zone, so n is the
    smallest number with ``t(n-1) * s / sqrt(n) <= d``, about ``(t s / d)**2`` (Law 2015, section 9.4.1).

    Returns
    -------
    int or None
        Further pairs, at least 1; None where fewer than 2 pairs are there or more than `most` would be needed.

    Examples
    --------
    >>> difference = paired_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0])
    >>> more_replications(difference, indifference=0.5, confidence=0.95)
    2
    """
    return replications_to_reach(difference, abs(abs(difference.mean) - indifference), confidence, most)


def replications_to_reach(estimate: Estimate, half_width: float, confidence: float, most: int = 10_000) -> int | None:
    """Estimate how many more replications bring a half-width down, if the deviation seen so far is the true one.

    n is the smallest number with ``t(n-1) * s / sqrt(n) <= half_width`` (Law 2015, section 9.4.1).

    Returns
    -------
    int or None
        Further replications, at least 1; None where fewer than 2 are there or more than `most` would be needed.

    Examples
    --------
    >>> replications_to_reach(mean([1.0, 2.0, 3.0]), half_width=1.5, confidence=0.95)
    2
    """
    if estimate.n < 2:
        return None

    def too_few(n: int) -> bool:
        return _t(n, confidence) * estimate.deviation > half_width * math.sqrt(n)

    few, many = estimate.n, estimate.n + most
    if too_few(many):
        return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if too_few(middle) else (few, middle)
    return many - estimate.n


def _pair(values: ArrayLike, baseline: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"pairs need arrays of one length, got shapes {first.shape} and {second.shape}")
    return first, second


def _mean(kept: NDArray[np.float64]) -> float:
    if len(kept) == 0:
        return math.nan
    # The exact mean of equal numbers: summing and dividing could miss it by a rounding error.
    return float(kept[0]) if np.all(kept == kept[0]) else float(np.mean(kept))


def _t(n: int, confidence: float) -> float:
    return float(special.stdtrit(n - 1, 0.5 + confidence / 2.0))


def _tail(distance: float, standard_error: float, n: int) -> float:
    """Probability that a t-variable with n - 1 degrees of freedom exceeds ``|distance| / standard_error``."""
    if standard_error == 0.0:
        return 0.5 if distance == 0.0 else 0.0
    return float(special.stdtr(n - 1, -abs(distance) / standard_error))


def _log_reduction(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    if len(first) < 2:
        return math.nan
    independent = float(np.var(first, ddof=1) + np.var(second, ddof=1))
    paired = float(np.var(first - second, ddof=1))
    return math.log(independent / paired) if independent > 0.0 and paired > 0.0 else math.nan
