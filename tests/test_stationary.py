"""Today's set-up stands still: a business case rests on the strategies, not on a trend of demand that nobody chose.

The cases were tuned to this (`assumption_balance` in each), so it guards the calibration and validates nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load
from sim.simulation import simulate

SCENARIOS = Path(__file__).parents[1] / "scenarios"
QUARTER_MIN = 13 * 7 * 24 * 60
CASES = ["shoe_retailer", "regional_bank", "telecom_provider", "electronics_retailer"]


@pytest.fixture(scope="module", params=CASES)
def measured_year(request):
    """Case, tables of today's set-up, and its four measured quarters from start to end."""
    case = load(SCENARIOS / f"{request.param}.yaml").scaled(0.3)
    start = float(case.document.run.warm_up)
    quarters = [(start + number * QUARTER_MIN, start + (number + 1) * QUARTER_MIN) for number in range(4)]
    assert quarters[-1][1] == start + float(case.document.run.measured)
    return simulate(case, case.strategies[0], seed=1, replication=0), quarters


def test_base_needs_of_the_last_measured_quarter_are_those_of_the_first(measured_year):
    tables, quarters = measured_year
    journeys = tables["journeys"]
    arose_min = journeys.loc[journeys["parent"].isna(), "arose_min"]
    first, *_, last = (arose_min.between(start, end, inclusive="left").sum() for start, end in quarters)
    assert last / first == pytest.approx(1, abs=0.05)


def test_those_who_join_replace_those_who_leave(measured_year):
    tables, quarters = measured_year
    customers = tables["customers"]
    start, end = quarters[0][0], quarters[-1][1]

    def at(moment_min):
        return ((customers["joined_min"] <= moment_min) & ~(customers["left_min"] < moment_min)).sum()

    assert at(end) / at(start) == pytest.approx(1, abs=0.03)


def test_loyalty_and_expectation_hardly_move(measured_year):
    tables, quarters = measured_year
    journeys = tables["journeys"]
    for what, points in (("loyalty", 3), ("expectation", 1.5)):
        first, *_, last = (
            journeys.loc[journeys["arose_min"].between(start, end, inclusive="left"), what].mean()
            for start, end in quarters
        )
        assert last == pytest.approx(first, abs=points), what
