"""Gamma quantiles, many at a time: from a table for each shape, as solving an equation for each draw takes its time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicHermiteSpline
from scipy.special import expit, gammainccinv, gammaincinv, gammaln, logit

__all__ = ["gamma_quantiles"]

Floats = npt.NDArray[np.float64]

_FURTHEST = 37.0  # log odds of the smallest uniform draw
_STEP = 1.0 / 16.0


def gamma_quantiles(shape: float, u: Floats) -> Floats:
    """Quantiles of the gamma distribution with scale 1, with a relative error below 1e-6.

    The logarithm of the quantile is a smooth function of the log odds of the probability, so a cubic spline through
    exact values and slopes follows it closely.

    Parameters
    ----------
    shape : float
        Above 0.
    u : float array
        Probabilities, above 2**-53 and below 1 - 2**-53.

    Returns
    -------
    float array, as long as `u`

    Examples
    --------
    >>> gamma_quantiles(1.0, np.array([0.5])).round(6).tolist(), round(float(np.log(2.0)), 6)
    ([0.693147], 0.693147)
    """
    quantiles: Floats = np.exp(_spline(shape)(logit(u)))
    return quantiles


@lru_cache(maxsize=64)
def _spline(shape: float) -> CubicHermiteSpline:
    odds = np.arange(-_FURTHEST, _FURTHEST + _STEP, _STEP)
    below, above = expit(odds), expit(-odds)
    exact = np.where(odds < 0.0, gammaincinv(shape, below), gammainccinv(shape, above))
    near_zero = (np.log(below) + gammaln(shape + 1.0)) / shape  # where the exact value is too small for a number
    quantile = np.where(exact > np.finfo(float).tiny, np.log(np.maximum(exact, np.finfo(float).tiny)), near_zero)
    log_density = (shape - 1.0) * quantile - exact - gammaln(shape)
    return CubicHermiteSpline(odds, quantile, np.exp(np.log(below) + np.log(above) - log_density - quantile))
