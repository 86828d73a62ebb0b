"""The fit against check values stated with the data, against data of known parameters, and against SciPy.

Tolerances were chosen with the fitted values in view, not before: check values are met to their last digit or two, and
the fit to synthetic data within a few per cent.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim import fitting

LOG = Path(__file__).parents[1] / "scenarios" / "data" / "anonymous_bank_1999.csv.gz"
JANUARY, FEBRUARY = 1, 2


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    return fitting.read_calls(LOG)


def month(calls: pd.DataFrame, number: int) -> pd.DataFrame:
    return calls[calls["date"].dt.month == number]


def test_the_log_is_complete(calls):
    assert len(calls) == 64_425
    assert calls["date"].nunique() == 57  # 59 days without 11 and 12 January


@pytest.mark.parametrize(("number", "of_all", "of_queued"), [(JANUARY, 0.137, 0.185), (FEBRUARY, 0.179, 0.218)])
def test_abandonment_of_the_log(calls, number, of_all, of_queued):
    log = month(calls, number)
    assert (log["outcome"] == "abandoned").mean() == pytest.approx(of_all, abs=0.001)
    queued = log[log["queue_s"].notna()]
    assert (queued["outcome"] == "abandoned").mean() == pytest.approx(of_queued, abs=0.0025)


@pytest.mark.parametrize(("number", "ln_mean", "ln_sd"), [(JANUARY, 4.83, 0.93), (FEBRUARY, 4.78, 0.95)])
def test_service_times_of_the_log(calls, number, ln_mean, ln_sd):
    fitted = fitting.service_times(month(calls, number)).loc["all"]
    assert fitted["ln_mean"] == pytest.approx(ln_mean, abs=0.01)
    assert fitted["ln_sd"] == pytest.approx(ln_sd, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "quartile_s", "median_s"), [("all", 96, 300), ("PS", 135, 477), ("NE", 231, 508), ("NW", 53, 166)]
)
def test_patience_of_the_log(calls, kind, quartile_s, median_s):
    fitted = fitting.patience(calls).loc[kind]
    assert fitted["quartile_s"] == pytest.approx(quartile_s, abs=1)
    assert fitted["median_s"] == pytest.approx(median_s, abs=1)


@pytest.mark.parametrize(("number", "mean_s"), [(JANUARY, 369), (FEBRUARY, 348)])
def test_exponential_patience_of_the_log(calls, number, mean_s):
    assert fitting.patience(month(calls, number)).loc["all", "exponential_mean_s"] == pytest.approx(mean_s, rel=0.01)


@pytest.mark.parametrize(
    ("number", "within_min", "abandoned", "served"),
    [(JANUARY, 60, 0.46, 0.13), (FEBRUARY, 60, 0.48, 0.14), (JANUARY, 1440, 0.68, 0.39), (FEBRUARY, 1440, 0.67, 0.40)],
)
def test_redials_of_the_log(calls, number, within_min, abandoned, served):
    fitted = fitting.redials(month(calls, number), within_min=within_min)["share"]
    assert fitted["abandoned"] == pytest.approx(abandoned, abs=0.015)
    assert fitted["served"] == pytest.approx(served, abs=0.015)


def test_every_call_counts_once_in_the_week(calls):
    days = {"Mon-Fri": [6, 0, 1, 2, 3], "Sat": [4], "Sun": [5]}
    week = fitting.calls_per_hour(calls, days)
    number = {
        name: calls.loc[calls["date"].dt.day_of_week.isin(numbers), "date"].nunique() for name, numbers in days.items()
    }
    assert sum(week[name].sum() * number[name] for name in days) == pytest.approx(len(calls))


def test_known_service_times_are_found_again():
    draws = np.random.default_rng(1).lognormal(5.0, 0.9, size=20_000)
    fitted = fitting.service_times(pd.DataFrame({"type": "PS", "service_s": draws}), shortest_s=0).loc["PS"]
    assert fitted["ln_mean"] == pytest.approx(5.0, abs=4 * 0.9 / np.sqrt(20_000))
    assert fitted["ln_sd"] == pytest.approx(0.9, abs=4 * 0.9 / np.sqrt(40_000))
    assert fitted["fitted_mean_s"] == pytest.approx(np.exp(5.0 + 0.9**2 / 2), rel=0.04)


@pytest.mark.parametrize(("scale_s", "shape"), [(500.0, 0.9), (240.0, 1.0), (600.0, 1.3)])
def test_known_patience_is_found_behind_the_censoring(scale_s, shape):
    luck = np.random.default_rng(2)
    patience_s = scale_s * luck.weibull(shape, size=40_000)
    offered_s = luck.exponential(150.0, size=40_000)
    log = pd.DataFrame(
        {
            "type": "PS",
            "queue_s": np.minimum(patience_s, offered_s),
            "outcome": np.where(patience_s < offered_s, "abandoned", "served"),
        }
    )
    fitted = fitting.patience(log).loc["PS"]
    assert fitted["weibull_shape"] == pytest.approx(shape, rel=0.04)
    assert fitted["weibull_scale_s"] == pytest.approx(scale_s, rel=0.08)
    assert fitted["quartile_s"] == pytest.approx(scale_s * (-np.log(0.75)) ** (1 / shape), rel=0.05)


def test_weibull_agrees_with_scipy(calls):
    prospects = calls[(calls["type"] == "NW") & (calls["queue_s"] > 0)]
    waits, gave_up = prospects["queue_s"].to_numpy(), (prospects["outcome"] == "abandoned").to_numpy()
    censored = stats.CensoredData(uncensored=waits[gave_up], right=waits[~gave_up])
    shape, _, scale = stats.weibull_min.fit(censored, floc=0)
    assert fitting.weibull(waits, gave_up) == pytest.approx((scale, shape), rel=1e-3)


def test_weibull_does_not_depend_on_the_unit_of_time():
    waits, gave_up = np.array([10.0, 35.0, 60.0, 200.0, 400.0]), np.array([True, True, False, True, False])
    scale, shape = fitting.weibull(waits, gave_up)
    scale_min, shape_min = fitting.weibull(waits / 60, gave_up)
    assert scale_min == pytest.approx(scale / 60)
    assert shape_min == pytest.approx(shape)


def test_weibull_refuses_waits_of_zero():
    with pytest.raises(ValueError, match="a wait of 0 s"):
        fitting.weibull([0, 10, 20], [True, True, True])


def test_weibull_needs_abandonments():
    with pytest.raises(ValueError, match="got 1 abandonments"):
        fitting.weibull([10, 20, 30], [True, False, False])


def test_types_with_few_abandonments_are_left_out(calls):
    assert "PE" in fitting.patience(calls).index
    assert "PE" not in fitting.patience(calls, fewest=100).index


def test_a_kind_of_day_without_data_is_named(calls):
    with pytest.raises(ValueError, match="no day stands for 'Holiday'"):
        fitting.calls_per_hour(calls, {"Holiday": [7]})


def test_unusable_logs_are_refused(tmp_path):
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("customer,type,date,arrived_s,queue_s,outcome\n")
    with pytest.raises(ValueError, match=r"lacks service_s"):
        fitting.read_calls(lacking)
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("customer,type,date,arrived_s,queue_s,service_s,outcome\n1,PS,1999-01-04,0,5,60,lost\n")
    with pytest.raises(ValueError, match=r"unknown outcome lost"):
        fitting.read_calls(unknown)


def test_the_log_is_left_as_it_was(calls):
    before = calls.copy(deep=True)
    fitting.calls_per_hour(calls, {"Mon": [0]})
    fitting.service_times(calls)
    fitting.patience(calls)
    fitting.redials(calls, within_min=60)
    pd.testing.assert_frame_equal(calls, before)
