"""From a call log to the values of a hotline: when calls come, how long they last, who gives up and who calls again.

A call log is a DataFrame with one row per call and the columns

==========  =======================================================================
customer    code of the caller; missing where not identified
type        kind of call
date        day, as datetime64
arrived_s   seconds since midnight
queue_s     seconds in the queue; missing where the call never queued
service_s   seconds of service; missing where no agent was reached
outcome     ``served`` or ``abandoned``
==========  =======================================================================

Nothing here depends on the model: a fit is done once, and its results are written into a scenario file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

__all__ = ["calls_per_hour", "patience", "patience_survival", "read_calls", "redials", "service_times", "weibull"]

_COLUMNS = ("customer", "type", "date", "arrived_s", "queue_s", "service_s", "outcome")
_OUTCOMES = ("served", "abandoned")
_HOUR_S = 3600.0


def read_calls(path: str | Path) -> pd.DataFrame:
    """Read a call log from a CSV file.

    Parameters
    ----------
    path : str or Path
        A file with the columns of a call log (see the module), compressed or not.

    Returns
    -------
    DataFrame
        One row per call; columns that the fit does not know are kept.

    Raises
    ------
    ValueError
        If a column is missing or an outcome is unknown; the message names them.
    """
    calls = pd.read_csv(path)
    missing = [column for column in _COLUMNS if column not in calls.columns]
    if missing:
        raise ValueError(f"{path}: the call log lacks {', '.join(missing)}; it needs {', '.join(_COLUMNS)}")
    unknown = sorted(set(calls["outcome"].astype(str)) - set(_OUTCOMES))
    if unknown:
        raise ValueError(f"{path}: unknown outcome {', '.join(unknown)}; expected {' or '.join(_OUTCOMES)}")
    return calls.assign(date=pd.to_datetime(calls["date"]))


def calls_per_hour(calls: pd.DataFrame, days: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """Count calls per hour on an average day of each kind.

    Parameters
    ----------
    calls : DataFrame
        With the columns date and arrived_s.
    days : mapping
        Name of a kind of day to the days of the log that stand for it, 0 = Monday to 6 = Sunday. A log from a country
        with another working week is mapped here.

    Returns
    -------
    DataFrame
        24 rows, one per hour of the day, and one column per kind of day: mean number of calls that arrive in that hour.
        Days without any call in the log count as missing, not as quiet.

    Raises
    ------
    ValueError
        If the log has no day of some kind.

    Examples
    --------
    >>> dates = pd.to_datetime(["1999-01-04", "1999-01-04", "1999-01-05"])
    >>> calls = pd.DataFrame({"date": dates, "arrived_s": [0, 3600, 3700]})
    >>> calls_per_hour(calls, {"Mon-Tue": [0, 1]}).loc[:2, "Mon-Tue"].tolist()
    [0.5, 1.0, 0.0]
    """
    day = calls["date"].dt.day_of_week
    hour = (calls["arrived_s"] // _HOUR_S).astype(int)
    columns = {}
    for name, numbers in days.items():
        chosen = day.isin(list(numbers))
        observed = calls.loc[chosen, "date"].nunique()
        if observed == 0:
            raise ValueError(f"no day stands for {name!r}: the log has none of the days {list(numbers)} (0 = Monday)")
        columns[name] = np.bincount(hour[chosen], minlength=24) / observed
    return pd.DataFrame(columns, index=pd.RangeIndex(24, name="hour"))


def service_times(calls: pd.DataFrame, shortest_s: float = 10.0) -> pd.DataFrame:
    """Fit a lognormal service time per type of call, by maximum likelihood.

    Parameters
    ----------
    calls : DataFrame
        With the columns type and service_s.
    shortest_s : float
        Shorter calls are left out: nothing can be settled in them.

    Returns
    -------
    DataFrame
        One row per type with at least two such calls, and first ``all``: n, ln_mean and ln_sd of the time in seconds,
        the mean ``exp(ln_mean + ln_sd**2 / 2)`` that the fit implies and the mean observed, both in seconds.

    Examples
    --------
    >>> calls = pd.DataFrame({"type": ["PS"] * 4, "service_s": [5.0, 100.0, 400.0, None]})
    >>> service_times(calls).loc["PS", ["n", "ln_mean", "ln_sd"]].round(3).tolist()
    [2.0, 5.298, 0.693]
    """
    timed = calls.loc[calls["service_s"] >= shortest_s, ["type", "service_s"]]
    rows = {}
    for name, times in _by_type(timed):
        seconds = times["service_s"].to_numpy(dtype=float)
        if len(seconds) < 2:
            continue
        ln = np.log(seconds)
        mean, deviation = float(ln.mean()), float(ln.std())
        rows[name] = (len(ln), mean, deviation, float(np.exp(mean + deviation**2 / 2)), float(seconds.mean()))
    return _table(rows, ["n", "ln_mean", "ln_sd", "fitted_mean_s", "observed_mean_s"])


def weibull(waits_s: ArrayLike, abandoned: ArrayLike) -> tuple[float, float]:
    """Fit a Weibull patience to waits that mostly end in service, by censored maximum likelihood.

    A caller who is served after w seconds was patient for more than w seconds. With the shape k given, the scale has
    the closed form ``(sum(w**k) / abandonments) ** (1 / k)``; k solves one equation (Lawless 2003, Statistical Models
    and Methods for Lifetime Data).

    Parameters
    ----------
    waits_s : array_like, shape (n,)
        Waits above 0, in seconds.
    abandoned : array_like of bool, shape (n,)
        True where the caller gave up.

    Returns
    -------
    scale_s, shape : float

    Raises
    ------
    ValueError
        If a wait is not above 0, or fewer than two different waits ended in abandonment.

    Examples
    --------
    >>> scale, shape = weibull([60, 120, 180, 240, 240, 240], [True, True, True, True, False, False])
    >>> round(scale, 1), round(shape, 2)
    (235.6, 2.06)
    """
    waits = np.asarray(waits_s, dtype=float)
    gave_up = np.asarray(abandoned, dtype=bool)
    if waits.size and waits.min() <= 0:
        raise ValueError(f"got a wait of {waits.min():g} s; leave out callers who did not wait")
    if len(np.unique(waits[gave_up])) < 2:
        raise ValueError(f"got {int(gave_up.sum())} abandonments; two different ones are needed to fit a shape")
    relative = waits / waits.max()
    ln = np.log(relative)
    ln_abandoned = float(ln[gave_up].mean())

    def score(shape: float) -> float:
        weights = relative**shape
        return float(weights @ ln / weights.sum()) - 1 / shape - ln_abandoned

    shape = float(optimize.brentq(score, 0.01, 100.0))
    scale = float(waits.max() * (np.sum(relative**shape) / gave_up.sum()) ** (1 / shape))
    return scale, shape


def patience(calls: pd.DataFrame, fewest: int = 30) -> pd.DataFrame:
    """How long callers are willing to wait, per type of call.

    Only callers who waited at all say something about patience; those who were served are censored at their wait.

    Parameters
    ----------
    calls : DataFrame
        With the columns type, queue_s and outcome.
    fewest : int
        Types with fewer abandonments are left out.

    Returns
    -------
    DataFrame
        One row per type, and first ``all``: n, abandoned, the Kaplan-Meier quartile and median (NaN where the curve
        does not fall that far), the mean if patience were exponential (total wait per abandonment), and scale and shape
        of the Weibull fit; times in seconds.

    Examples
    --------
    >>> ends = ["abandoned"] * 4 + ["served"] * 2
    >>> calls = pd.DataFrame({"type": "PS", "queue_s": [60, 120, 180, 240, 240, 240], "outcome": ends})
    >>> patience(calls, fewest=2).loc["PS", ["n", "abandoned", "median_s", "exponential_mean_s"]].tolist()
    [6.0, 4.0, 180.0, 270.0]
    """
    rows = {}
    for name, group in _by_type(_waited(calls)):
        waits, gave_up = group["queue_s"].to_numpy(dtype=float), (group["outcome"] == "abandoned").to_numpy()
        if gave_up.sum() < fewest:
            continue
        curve = patience_survival(calls if name == "all" else calls[calls["type"] == name])
        scale, shape = weibull(waits, gave_up)
        rows[name] = (
            len(waits),
            int(gave_up.sum()),
            _first_at_or_below(curve, 0.75),
            _first_at_or_below(curve, 0.5),
            float(waits.sum() / gave_up.sum()),
            scale,
            shape,
        )
    columns = ["n", "abandoned", "quartile_s", "median_s", "exponential_mean_s", "weibull_scale_s", "weibull_shape"]
    return _table(rows, columns)


def patience_survival(calls: pd.DataFrame) -> pd.DataFrame:
    """Share of callers who would still be waiting, by the Kaplan-Meier estimator.

    Parameters
    ----------
    calls : DataFrame
        With the columns queue_s and outcome.

    Returns
    -------
    DataFrame
        Columns wait_s, increasing, and share: of all callers, those whose patience lasts longer than wait_s.

    Examples
    --------
    >>> calls = pd.DataFrame({"queue_s": [60, 90, 120, 240], "outcome": ["abandoned", "served", "abandoned", "served"]})
    >>> patience_survival(calls).round(3).values.tolist()
    [[60.0, 0.75], [90.0, 0.75], [120.0, 0.375], [240.0, 0.375]]
    """
    waited = _waited(calls)
    waits, gave_up = waited["queue_s"].to_numpy(dtype=float), (waited["outcome"] == "abandoned").to_numpy()
    curve = stats.ecdf(stats.CensoredData(uncensored=waits[gave_up], right=waits[~gave_up])).sf
    return pd.DataFrame({"wait_s": curve.quantiles, "share": curve.probabilities})


def redials(calls: pd.DataFrame, within_min: float) -> pd.DataFrame:
    """Share of identified callers who call again soon, by how their call ended.

    Parameters
    ----------
    calls : DataFrame
        With the columns customer, date, arrived_s and outcome.
    within_min : float
        Minutes from the arrival of a call to the arrival of the same customer's next one.

    Returns
    -------
    DataFrame
        One row per outcome: n calls of identified callers, the share followed by another call within that time, and the
        mean of the minutes until then (NaN if there is none). Calls near the end of the log count as not followed, so
        the shares are slightly too low.

    Examples
    --------
    >>> calls = pd.DataFrame({"customer": [1, 1, 2, None], "date": pd.to_datetime(["1999-01-04"] * 4),
    ...                       "arrived_s": [0, 600, 0, 0], "outcome": ["abandoned", "served", "served", "served"]})
    >>> redials(calls, within_min=60).values.tolist()
    [[1.0, 1.0, 10.0], [2.0, 0.0, nan]]
    """
    known = calls.dropna(subset=["customer"])
    arrived = (known["date"] - known["date"].min()) / pd.Timedelta(minutes=1) + known["arrived_s"] / 60
    known = known.assign(arrived_min=arrived).sort_values(["customer", "arrived_min"], kind="stable")
    gap = -known.groupby("customer")["arrived_min"].diff(-1)
    again = gap <= within_min
    rows = {
        name: (int(ended.sum()), float(again[ended].mean()), float(gap[ended & again].mean()))
        for name in sorted(known["outcome"].unique())
        for ended in [known["outcome"] == name]
    }
    return _table(rows, ["n", "share", "mean_min"], index="outcome")


def _waited(calls: pd.DataFrame) -> pd.DataFrame:
    """Keep the calls that waited: a log in whole seconds says nothing about the patience of those with 0 s."""
    return calls[calls["queue_s"] > 0]


def _by_type(calls: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [("all", calls), *((str(name), group) for name, group in calls.groupby("type"))]


def _first_at_or_below(curve: pd.DataFrame, share: float) -> float:
    reached = curve.loc[curve["share"] <= share, "wait_s"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def _table(rows: Mapping[str, Sequence[float]], columns: Sequence[str], index: str = "type") -> pd.DataFrame:
    return pd.DataFrame.from_dict(dict(rows), orient="index", columns=list(columns)).rename_axis(index)
