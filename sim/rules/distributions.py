"""Quantile functions: from a uniform draw u in (0, 1) to a value."""

from __future__ import annotations

import math

from sim.jit import rule

__all__ = ["exponential", "lognormal", "lognormal_of_median", "normal", "weibull"]


@rule
def exponential(mean: float, u: float) -> float:
    """Exponential value with a mean, by inversion of the survival function.

    Examples
    --------
    >>> round(exponential(2.0, 0.5), 4)
    1.3863
    """
    return -mean * math.log(u)


@rule
def weibull(scale: float, shape: float, u: float) -> float:
    """Weibull value; with shape 1 it is exponential with mean `scale`.

    Examples
    --------
    >>> weibull(3.0, 1.0, 0.5) == exponential(3.0, 0.5)
    True
    """
    hazard = -math.log(u)
    if shape != 1.0:
        hazard = math.exp(math.log(hazard) / shape)
    return scale * hazard


@rule
def lognormal(mean: float, spread: float, u: float) -> float:
    """Lognormal value with a mean and a standard deviation of the logarithm.

    Examples
    --------
    >>> lognormal(5.0, 0.0, 0.9)
    5.0
    """
    return mean * math.exp(spread * normal(u) - 0.5 * spread * spread)


@rule
def lognormal_of_median(median: float, spread: float, u: float) -> float:
    """Lognormal value with a median and a standard deviation of the logarithm.

    Examples
    --------
    >>> lognormal_of_median(5.0, 1.2, 0.5)
    5.0
    """
    return median * math.exp(spread * normal(u))


@rule
def normal(u: float) -> float:
    """Standard normal quantile by rational approximation, relative error about 1e-15.

    Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37(3),
    routine PPND16: one rational function of degree 7 around the median and two for the tails.

    Examples
    --------
    >>> normal(0.5), round(normal(0.975), 6)
    (0.0, 1.959964)
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        upper = 2.5090809287301226727e3
        upper = upper * r + 3.3430575583588128105e4
        upper = upper * r + 6.7265770927008700853e4
        upper = upper * r + 4.5921953931549871457e4
        upper = upper * r + 1.3731693765509461125e4
        upper = upper * r + 1.9715909503065514427e3
        upper = upper * r + 1.3314166789178437745e2
        upper = upper * r + 3.3871328727963666080e0
        lower = 5.2264952788528545610e3
        lower = lower * r + 2.8729085735721942674e4
        lower = lower * r + 3.9307895800092710610e4
        lower = lower * r + 2.1213794301586595867e4
        lower = lower * r + 5.3941960214247511077e3
        lower = lower * r + 6.8718700749205790830e2
        lower = lower * r + 4.2313330701600911252e1
        lower = lower * r + 1.0
        return q * upper / lower
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        upper = 7.7454501427834140764e-4
        upper = upper * r + 2.2723844989269184583e-2
        upper = upper * r + 2.4178072517745061177e-1
        upper = upper * r + 1.2704582524523683670e0
        upper = upper * r + 3.6478483247632045610e0
        upper = upper * r + 5.7694972214606914055e0
        upper = upper * r + 4.6303378461565452959e0
        upper = upper * r + 1.4234371107496835773e0
        lower = 1.0507500716444169339e-9
        lower = lower * r + 5.4759380849953448000e-4
        lower = lower * r + 1.5198666563616457230e-2
        lower = lower * r + 1.4810397642748007459e-1
        lower = lower * r + 6.8976733498510000455e-1
        lower = lower * r + 1.6763848301838038494e0
        lower = lower * r + 2.0531916266377588330e0
        lower = lower * r + 1.0
    else:
        r -= 5.0
        upper = 2.0103343992922881077e-7
        upper = upper * r + 2.7115555687434875882e-5
        upper = upper * r + 1.2426609473880784386e-3
        upper = upper * r + 2.6532189526576123093e-2
        upper = upper * r + 2.9656057182850489123e-1
        upper = upper * r + 1.7848265399172913358e0
        upper = upper * r + 5.4637849111641143699e0
        upper = upper * r + 6.6579046435011037772e0
        lower = 2.0442631033899397120e-15
        lower = lower * r + 1.4215117583164458887e-7
        lower = lower * r + 1.8463183175100546818e-5
        lower = lower * r + 7.8686913114561325984e-4
        lower = lower * r + 1.4875361290850615025e-2
        lower = lower * r + 1.3692988092273580531e-1
        lower = lower * r + 5.9983220655588793769e-1
        lower = lower * r + 1.0
    return -upper / lower if q < 0.0 else upper / lower
