"""The first case: complete, sourced, consistent with the fit of the call log, and of the size it says.

The bands on simulated results guard the calibration: the scenario was set with these results in view, so they are no
validation.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim import fitting
from sim.scenario import load
from sim.simulation import simulate

SCENARIOS = Path(__file__).parents[1] / "scenarios"
WEEK_MIN = 7 * 24 * 60
SERVICE = ["account_question", "order_status", "return_or_exchange", "complaint"]


@pytest.fixture(scope="module")
def case():
    return load(SCENARIOS / "shoe_retailer.yaml")


@pytest.fixture(scope="module")
def calls():
    return fitting.read_calls(SCENARIOS / "data" / "anonymous_bank_1999.csv.gz")


@pytest.fixture(scope="module")
def year(case):
    return simulate(case, "siloed", seed=1, replication=0)


def test_it_loads_without_a_warning(case):
    assert case.warnings == ()


def test_strategies_begin_with_today(case):
    assert case.strategies[:4] == ["siloed", "training", "customer_id", "integrated"]
    assert case.document.strategies["siloed"].levers == {}


def test_integrated_holds_every_lever_but_more_staff(case):
    assert set(case.document.strategies["integrated"].levers) == set(case.document.levers) - {"more_staff"}


def test_levers_cover_the_catalogue_entries_asked_for(case):
    assert {lever.catalogue for lever in case.document.levers.values()} == {f"L{number}" for number in range(1, 16)}


def test_every_lever_costs_something_once_and_running(case):
    for lever in case.document.levers.values():
        assert float(lever.one_off) > 0
        assert float(lever.running) > 0


def test_every_lever_has_its_full_effect_when_measuring_begins(case):
    for strategy_name, strategy in case.document.strategies.items():
        if strategy_name == "step_by_step":
            continue
        for name, use in strategy.levers.items():
            lever = case.document.levers[name]
            assert float(use.start) == -float(case.document.run.warm_up)
            assert float(use.start) + float(lever.lead_time) + float(lever.ramp) <= 0


def test_step_by_step_introduces_the_same_levers_in_the_measured_year(case):
    """One after the other, and at full effect before the last quarter, which the business case carries on."""
    strategies = case.document.strategies
    steps = strategies["step_by_step"].levers
    assert set(steps) == set(strategies["integrated"].levers)
    starts = [float(use.start) for use in steps.values()]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert len(set(starts)) > 5
    for name, use in steps.items():
        lever = case.document.levers[name]
        assert float(use.start) + float(lever.lead_time) + float(lever.ramp) <= 39 * WEEK_MIN, name


def test_decision_names_the_primary_kpis(case):
    assert list(case.document.decision.primary) == [
        "frustrations_per_100_journeys",
        "frustration_points_per_journey",
        "fcr_customer_share",
        "loyalty_mean_points",
        "contribution_eur_per_customer",
    ]


def test_every_value_has_a_range_and_a_source_unless_it_is_a_decision_or_a_definition():
    """A bare number is the length of the run, the confidence, a touchpoint that sees itself, or a lever's goal of 1."""
    defined = r"run\..*|decision\.confidence|visibility\.(assortment|price)\.(\w+)\.\2|levers\.\w+\.changes\.0\.to"
    defined += r"|expect\..*|strategies\.\w+\.levers\.\w+\.start"
    yaml = YAML(typ="safe")
    for file in ("shoe_retailer.yaml", "library/behaviour.yaml"):
        for path, value in numbers(yaml.load(SCENARIOS / file)):
            if isinstance(value, dict):
                assert set(value) == {"value", "low", "high", "source"}, f"{file}: {path}"
            else:
                assert re.fullmatch(defined, path), f"{file}: {path}: {value} has no range and no source"


def numbers(node, path=""):
    """Values in a file, apart from names, texts, profiles and rosters, each with its path."""
    if isinstance(node, dict) and "value" in node and set(node) <= {"value", "low", "high", "source"}:
        yield path, node
        return
    if isinstance(node, dict):
        for key, below in node.items():
            if key not in ("sources", "profiles", "agents"):
                yield from numbers(below, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield from numbers(below, f"{path}.{index}")
    elif re.match(r"[+-]?\d", str(node)):
        yield path, node


def test_every_source_says_how_it_is_known(case):
    """Read at a named place, fitted here, a band set here, or assumed; nothing else may pass as knowledge."""
    for name, text in case.document.sources.items():
        assert re.search(r"\(read|[Ff]itted|log of|data \(|Band chosen", text) or text.startswith("assumption:"), name


def test_sources_named_assumption_are_assumptions(case):
    for name, text in case.document.sources.items():
        assert not name.startswith("assumption") or text.startswith("assumption:"), name


def test_visibility_is_stated_for_every_pair_of_touchpoints(case):
    touchpoints = set(case.document.touchpoints)
    for fact, matrix in case.document.visibility.items():
        assert set(matrix) == touchpoints, fact
        assert all(set(row) == touchpoints for row in matrix.values()), fact


HANDLED_AS = {
    "order_status": "PS",
    "account_question": "PS",
    "product_question": "NW",
    "return_or_exchange": "IN",
    "buy_shoes": "NE",
    "complaint": "NE",
}


def test_handling_times_keep_the_proportions_of_the_log(case, calls):
    """The log's times include the searching of its agents, so all are shortened by one factor, calibrated to P01."""
    fitted = fitting.service_times(calls)
    times = {need: case.document.needs[need].served_at["hotline"].service_time for need in HANDLED_AS}
    factors = [float(times[need].mean) / (fitted.loc[kind, "fitted_mean_s"] / 60) for need, kind in HANDLED_AS.items()]
    assert max(factors) == pytest.approx(min(factors), rel=0.01)
    assert 0.5 <= factors[0] < 1
    for need, kind in HANDLED_AS.items():
        assert times[need].distribution == "lognormal"
        assert float(times[need].spread) >= fitted.loc[kind, "ln_sd"]


@pytest.mark.parametrize(
    ("segment", "kind"),
    [("multichannel", "PS"), ("store_loyal", "PS"), ("online_minded", "PS"), ("occasional", "NW")],
)
def test_patience_is_that_of_the_log(case, calls, segment, kind):
    fitted = fitting.patience(calls).loc[kind]
    values = case.document.segments[segment]
    assert float(values.patience) == pytest.approx(fitted["weibull_scale_s"] / 60, abs=0.005)
    assert float(values.patience_shape) == pytest.approx(fitted["weibull_shape"], abs=0.005)
    assert float(values.wait_tolerated) == pytest.approx(fitted["quartile_s"] / 60, abs=0.005)


def test_the_company_has_the_size_it_says(case):
    assert sum(float(segment.customers) for segment in case.document.segments.values()) == 60_000


def test_contacts_per_customer_and_year(year):
    """Looks at the web shop before a call included: half of the callers have been there (P09)."""
    contacts = year["contacts"]
    assert 7 <= contacts["measured"].sum() / 60_000 <= 12


def test_todays_hotline_is_busy_but_not_overloaded(case, year):
    """Load offered, with those who give up: 60 to 90 % of a roster of this size, and 3 to 15 % give up waiting."""
    contacts = year["contacts"]
    asked = contacts[contacts["measured"] & (contacts["touchpoint"] == "hotline")]
    hotline = case.document.touchpoints["hotline"]
    slots = hotline.agents.slots(hotline.open)
    agents = [sum(slots[4 * hour : 4 * hour + 4]) / 4 for hour in range(168)]
    weeks = float(case.document.run.measured) / WEEK_MIN
    handling_h = (asked["ended_min"] - asked["started_min"]).mean() / 60
    calls_by_hour = (asked["arrived_min"] % WEEK_MIN // 60).astype(int).value_counts()
    load = {hour: calls_by_hour.get(hour, 0) / weeks * handling_h for hour in range(168) if agents[hour]}
    assert max(load[hour] / agents[hour] for hour in load) <= 1.1
    assert 0.6 <= sum(load.values()) / sum(agents) <= 0.9
    assert 0.03 <= (asked["outcome"] == "abandoned").mean() <= 0.15


def test_todays_hotline_settles_as_many_calls_as_benchmarks_say(year):
    """F1 in the file: 60 to 75 % of the calls that are answered."""
    contacts = year["contacts"]
    hotline = contacts[contacts["measured"] & (contacts["touchpoint"] == "hotline")]
    answered = hotline[hotline["outcome"].isin(["resolved", "unresolved", "passed_on"])]
    assert 0.6 <= (answered["outcome"] == "resolved").mean() <= 0.75


def test_first_contact_settles_service_needs_as_benchmarks_say(year):
    """F2 in the file says 59 % over all channels, P09 that more than half take several contacts: between them."""
    journeys = year["journeys"]
    service = journeys[journeys["measured"] & journeys["need"].isin(SERVICE)]
    assert 0.42 <= ((service["contacts"] == 1) & (service["outcome"] == "resolved")).mean() <= 0.65


def test_margin_pays_for_the_staff(case, year):
    journeys = year["journeys"]
    margin = journeys.loc[journeys["measured"], "margin_eur"].sum()
    wages = 0.0
    for touchpoint in case.document.touchpoints.values():
        if touchpoint.agents is not None:
            hours = sum(touchpoint.agents.slots(touchpoint.open)) / 4
            wages += hours * float(touchpoint.wage) * float(case.document.run.measured) / WEEK_MIN
    assert margin > wages
