import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import STRATEGIES, company, scenario
from recorded import Parts, tallied
from witness import simulate

from sim.aggregates import aggregate
from sim.engines.log import CAUSES
from sim.kpis import catalogue
from sim.kpis import measure as measure_tally
from sim.labels import kpi_label
from sim.parameters import FRUSTRATION_TYPES
from sim.scenario import Scenario, load
from sim.tables import CONTACT_OUTCOMES, JOURNEY_OUTCOMES, PURPOSES, columns_of
from sim.tally import FCR_WINDOW_MIN, tally

SHIPPED = load(Path(__file__).parents[1] / "scenarios" / "shoe_retailer.yaml").scaled(0.02)
NAN = math.nan
DAY, WEEK = 1440.0, 10080.0

# One week of warm-up, then 13 weeks, a quarter of the year, are measured.
CASE = scenario("""
name: Tiny
run: {warm_up: 1 week, measured: 13 weeks}
segments: {people: {customers: 5, needs_per_year: {order: 1 per year}}}
touchpoints:
  web: {kind: self_service, cost_per_contact: 0.50 EUR}
  hotline: {kind: staffed, agents: 1, wage: 30 EUR per hour, cost_per_contact: 1 EUR}
  store: {kind: staffed, agents: 1, wage: 20 EUR per hour}
needs: {order: {buys: true, served_at: {web: {service_time: {distribution: constant, mean: 1 min}, resolves: 1}}}}
loyalty: {promoter_from: 70, detractor_below: 40}
marketing: {at: web, cost_per_message: 0.20 EUR}
levers:
  better: {changes: [{path: needs.order.served_at.web.resolves, to: 1}], one_off: 1200 EUR, running: 60 EUR per month}
strategies:
  today: {}
  better: {levers: {better: {coverage: 0.5}}}
  later: {levers: {better: {coverage: 1, start: 6.5 weeks}}}
decision: {write_off: 1 year}
""")
NAMES: dict[str, tuple[Any, ...]] = {
    "touchpoint": ("web", "hotline", "store"),
    "source_touchpoint": ("web", "hotline", "store"),
    "segment": ("people",),
    "need": ("order",),
    "purpose": PURPOSES,
    "type": tuple(kind.value for kind in FRUSTRATION_TYPES),
    "cause": CAUSES,
}


def table(
    header: str, rows: list[tuple[Any, ...]], outcomes: tuple[str, ...] = (), **same: Any
) -> dict[str, np.ndarray]:
    columns = (
        dict(zip(header.split(), zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header.split(), ())
    )
    columns |= {name: (value,) * len(rows) for name, value in same.items()}
    names = NAMES | {"outcome": outcomes}
    return {
        name: np.array([names[name].index(value) for value in values], np.int64) if name in names else np.array(values)
        for name, values in columns.items()
    }


T0 = WEEK  # measuring begins
CONTACTS = [
    # customer, journey, contact, purpose, touchpoint, arrived, started, ended, outcome, measured, gap
    # 0/1 before the measured period: nothing of it counts
    (0, 1, 1, "service", "hotline", T0 - 60, T0 - 50, T0 - 40, "unresolved", False, -50.0),
    # 0/2 looked at the web, then called: waited 4 min, served 6 min, resolved at once
    (0, 2, 1, "research", "web", T0 + DAY, T0 + DAY, T0 + DAY + 10, "unresolved", True, NAN),
    (0, 2, 2, "service", "hotline", T0 + DAY + 20, T0 + DAY + 24, T0 + DAY + 30, "resolved", True, 10.0),
    # 1/1 web failed, two days later the hotline solved it: each silo reports a success, the customer needed two
    (1, 1, 1, "service", "web", T0 + DAY, T0 + DAY, T0 + DAY + 5, "unresolved", True, -20.0),
    (1, 1, 2, "service", "hotline", T0 + 3 * DAY, T0 + 3 * DAY, T0 + 3 * DAY + 8, "resolved", True, 5.0),
    # 2/1 hung up after 3 min, served by the hotline a day later without success, and given up
    (2, 1, 1, "service", "hotline", T0 + DAY, NAN, T0 + DAY + 3, "abandoned", True, -30.0),
    (2, 1, 2, "service", "hotline", T0 + 2 * DAY, T0 + 2 * DAY + 1, T0 + 2 * DAY + 11, "unresolved", True, -10.0),
    # 3/1 twice at the hotline within 7 days: passed on, then resolved
    (3, 1, 1, "service", "hotline", T0 + DAY, T0 + DAY, T0 + DAY + 20, "passed_on", True, -8.0),
    (3, 1, 2, "service", "hotline", T0 + 2 * DAY, T0 + 2 * DAY, T0 + 2 * DAY + 4, "resolved", True, 4.0),
    # 3/2 twice at the hotline, but 8 days apart
    (3, 2, 1, "service", "hotline", T0 + 20 * DAY, T0 + 20 * DAY, T0 + 20 * DAY + 2, "unresolved", True, -6.0),
    (3, 2, 2, "service", "hotline", T0 + 28 * DAY + 2, T0 + 28 * DAY + 2, T0 + 28 * DAY + 4, "resolved", True, 1.0),
    # 4/1 ends 2 days before the end of the run: whether it comes back within 7 days cannot be seen
    (4, 1, 1, "service", "web", T0 + 89 * DAY - 4, T0 + 89 * DAY - 4, T0 + 89 * DAY, "resolved", True, 6.0),
    # 4/2 is still waiting at the end
    (4, 2, 1, "service", "hotline", T0 + 91 * DAY - 5, NAN, NAN, "unfinished", True, NAN),
]
JOURNEYS = [
    # customer, journey, ended, contacts, outcome, revenue, margin, lost sale, goodwill, satisfaction, measured
    (0, 1, T0 - 40, 1, "given_up", 0.0, 0.0, 500.0, 0.0, 1.0, False),
    (0, 2, T0 + DAY + 30, 1, "resolved", 100.0, 40.0, 0.0, 0.0, 80.0, True),
    (1, 1, T0 + 3 * DAY + 8, 2, "resolved", 60.0, 24.0, 0.0, 0.0, 60.0, True),
    (2, 1, T0 + 2 * DAY + 11, 2, "given_up", 0.0, 0.0, 45.0, 0.0, 20.0, True),
    (3, 1, T0 + 2 * DAY + 4, 2, "resolved", 50.0, 20.0, 0.0, 10.0, 50.0, True),
    (3, 2, T0 + 28 * DAY + 4, 2, "resolved", 30.0, 12.0, 0.0, 0.0, 40.0, True),
    (4, 1, T0 + 89 * DAY, 1, "resolved", 60.0, 24.0, 0.0, 0.0, 80.0, True),
    (4, 2, NAN, 1, "unfinished", 0.0, 0.0, 0.0, 0.0, NAN, True),
]
EVENTS = [
    # customer, journey, contact, touchpoint, type, measured, severity
    (0, 1, 1, "hotline", "waited_too_long", False, 50.0),
    (1, 1, 2, "hotline", "repeated_story", True, 8.0),
    (1, 1, 2, "hotline", "repeated_data", True, 4.5),
    (2, 1, 1, "hotline", "waited_too_long", True, 12.25),
    (3, 1, 1, "hotline", "passed_on", True, 10.0),
    (3, 1, 2, "hotline", "repeated_story", True, 7.0),
]
CUSTOMERS = [
    # customer, joined, left, loyalty, purchases, shares data
    (0, 0.0, NAN, 80.0, 1, True),
    (1, 0.0, NAN, 70.0, 1, False),
    (2, 0.0, T0 + 2 * DAY + 11, 30.0, 0, True),
    (3, 0.0, NAN, 39.9, 2, True),
    (4, 0.0, T0 - 1.0, 50.1, 1, False),  # left before measuring began
    # prospects: one who became a customer, and one who never did
    (5, T0 + DAY, NAN, 60.0, 0, True),
    (6, NAN, NAN, 50.0, 0, True),
]
MESSAGES = [(0, T0 - 5.0, False), (0, T0 + 5.0, True), (1, T0 + 6.0, True), (5, T0 + 2 * DAY, True)]
WEEKS = range(1, 14)  # what was rostered and worked is all of the first measured week
STAFFING = [
    (name, week, rostered if week == 1 else 0.0, busy if week == 1 else 0.0)
    for name, rostered, busy in (("web", 0.0, 19.0), ("hotline", 6000.0, 52.0), ("store", 3000.0, 0.0))
    for week in WEEKS
]


def tables(**parts: list[tuple[Any, ...]]) -> dict[str, dict[str, np.ndarray]]:
    rows = {"contacts": CONTACTS, "journeys": JOURNEYS, "events": EVENTS, "customers": CUSTOMERS, "messages": MESSAGES}
    rows |= parts
    built = {
        "contacts": table(
            "customer journey contact purpose touchpoint arrived_min started_min ended_min outcome measured experience",
            rows["contacts"], CONTACT_OUTCOMES, segment="people", need="order", expectation=0.0,
        ),
        "journeys": resolved_at_last_contact(rows["contacts"], table(
            "customer journey ended_min contacts outcome revenue_eur margin_eur lost_eur goodwill_eur "
            "satisfaction measured",
            rows["journeys"], JOURNEY_OUTCOMES, segment="people", need="order",
        )),
        "frustrations": table(
            "customer journey contact touchpoint type measured severity", rows["events"], segment="people"
        ),
        "customers": table("customer joined_min left_min loyalty purchases shares", rows["customers"]),
        "messages": table("customer at_min measured", rows["messages"], segment="people"),
        "staffing": table("touchpoint week rostered_min busy_min", STAFFING),
    }  # fmt: skip
    journeys, events = built["journeys"], built["frustrations"]
    waited = NAMES["type"].index("waited_too_long")
    journeys["lost_to"] = np.where(journeys["lost_eur"] > 0.0, waited, -1)
    knows = np.isin(events["type"], [NAMES["type"].index(kind) for kind in ("repeated_story", "repeated_data")])
    events["source_touchpoint"] = np.where(knows, NAMES["touchpoint"].index("web"), -1)
    return built


def resolved_at_last_contact(contacts: list[tuple[Any, ...]], journeys: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Journeys with the touchpoint that resolved them; -1 where none did."""
    last = {row[:2]: NAMES["touchpoint"].index(row[4]) for row in contacts if row[8] == "resolved"}
    each = zip(journeys["customer"], journeys["journey"], strict=True)
    return journeys | {"resolved_at": np.array([last.get(key, -1) for key in each], np.int64)}


def measure(written: Parts, case: Scenario, strategy: str) -> dict[str, float]:
    return measure_tally(tallied(written, case.document), case, strategy)


MEASURED = measure(tables(), CASE, "today")

# Seven journeys are measured, six of them finished; four customers were there when measuring began. A quarter year.
BY_HAND = {
    "frustrations_per_100_journeys": 100.0 * 5 / 7,
    "frustration_points_per_journey": (8.0 + 4.5 + 12.25 + 10.0 + 7.0) / 7,
    "repeated_story_per_100_journeys": 100.0 * 2 / 7,
    "repeated_data_per_100_journeys": 100.0 / 7,
    "waited_too_long_per_100_journeys": 100.0 / 7,
    "passed_on_per_100_journeys": 100.0 / 7,
    "not_recognised_per_100_journeys": 0.0,
    # first contacts with a closed window: 0/2 yes, 1/1 no, 2/1 no (hung up), 3/1 no, 3/2 no
    "fcr_customer_share": 1 / 5,
    # first served contacts per silo, window closed: 0/2 hotline yes; 1/1 web yes, hotline yes; 2/1 hotline yes (nobody
    # served before); 3/1 hotline no; 3/2 hotline yes, the second call came after 8 days
    "fcr_silo_share": 5 / 6,
    "fcr_silo_share_web": 1.0,
    "fcr_silo_share_hotline": 4 / 5,
    "fcr_silo_share_store": NAN,
    "journeys_resolved_share": 5 / 6,
    "contacts_per_journey": 10 / 6,
    "satisfaction_mean_points": (80 + 60 + 20 + 50 + 40 + 80) / 6,
    # six were customers at some time
    "loyalty_mean_points": (80 + 70 + 30 + 39.9 + 50.1 + 60) / 6,
    "promoters_share": 2 / 6,
    "detractors_share": 2 / 6,
    "repurchase_share": 1 / 4,
    "churn_share": 1 / 4,
    # eight finished contacts at the hotline: 4 + 0 + 3 + 1 + 0 + 0 + 0 + 0 min; one of them hung up
    "waiting_min": 8 / 8,
    "waiting_min_hotline": 8 / 8,
    "waiting_min_store": NAN,
    "abandonment_share": 1 / 8,
    "abandonment_share_hotline": 1 / 8,
    "abandonment_share_store": NAN,
    # 6 + 8 + 10 + 20 + 4 + 2 + 2 min for the seven who were served
    "handling_min": 52 / 7,
    "handling_min_hotline": 52 / 7,
    "handling_min_store": NAN,
    "utilisation_share": 52 / 9000,
    "utilisation_share_hotline": 52 / 6000,
    "utilisation_share_store": 0.0,
    # per customer and year: times 4 quarters, over 4 customers; 100 h at 30 EUR and 50 h at 20 EUR
    "rostered_cost_eur_per_customer": 4000.0,
    "workload_cost_eur_per_customer": 52 / 60 * 30,
    # nine contacts at the hotline for 1 EUR, two on the web for 0.50 EUR; research is not a contact
    "cost_to_serve_eur_per_customer": 4000.0 + 10.0,
    "revenue_eur_per_customer": 300.0,
    "margin_eur_per_customer": 120.0,
    "lever_cost_eur_per_customer": 0.0,
    # what was lost before the measured period does not count
    "lost_sales_eur_per_customer": 45.0,
    "goodwill_cost_eur_per_customer": 10.0,
    "messages_per_customer": 3.0,
    "marketing_cost_eur_per_customer": 0.6,
    "contribution_eur_per_customer": 120.0 - 10.0 - 0.6 - 4010.0,
    # of the four customers at the end all but one share; one of two prospects has joined, for four who were there
    "data_sharing_share": 3 / 4,
    "customers_won_share": 1 / 4,
    "experience_gap_points_web": (-20 + 6) / 2,
    "experience_gap_points_hotline": (10 + 5 - 30 - 10 - 8 + 4 - 6 + 1) / 8,
    "experience_gap_points_store": NAN,
}
OF_EACH_TYPE = {f"{kind.value}_per_100_journeys" for kind in FRUSTRATION_TYPES}
NOTHING_OF_THE_KIND = OF_EACH_TYPE - BY_HAND.keys()


@pytest.mark.parametrize("name", BY_HAND)
def test_kpi_by_hand(name):
    assert MEASURED[name] == pytest.approx(BY_HAND[name], rel=1e-12, nan_ok=True)


def test_every_kpi_was_calculated_by_hand():
    assert set(MEASURED) == set(BY_HAND) | NOTHING_OF_THE_KIND
    assert len(NOTHING_OF_THE_KIND) == 14
    assert all(MEASURED[name] == 0.0 for name in NOTHING_OF_THE_KIND)


def test_first_contact_resolution_as_the_customer_and_as_each_silo_sees_it():
    """Web failed, the hotline solved it: both silos count a success, the customer counts none."""
    only = tables(contacts=[row for row in CONTACTS if row[0] == 1], journeys=[row for row in JOURNEYS if row[0] == 1])
    result = measure(only, CASE, "today")
    assert FCR_WINDOW_MIN == 7 * DAY
    assert result["fcr_customer_share"] == 0.0
    assert result["fcr_silo_share"] == result["fcr_silo_share_web"] == result["fcr_silo_share_hotline"] == 1.0


@pytest.mark.parametrize(("gap_min", "resolved"), [(7 * DAY, 0.0), (7 * DAY + 1, 1.0)])
def test_a_silo_counts_a_repeat_up_to_seven_days(gap_min, resolved):
    again = [
        (0, 1, 1, "service", "hotline", T0, T0, T0 + 5, "unresolved", True, 0.0),
        (0, 1, 2, "service", "hotline", T0 + 5 + gap_min, T0 + 5 + gap_min, T0 + 9 + gap_min, "resolved", True, 0.0),
    ]
    assert measure(tables(contacts=again), CASE, "today")["fcr_silo_share_hotline"] == resolved


@pytest.mark.parametrize(
    ("strategy", "cost"),
    [
        # half of: a quarter of the one-off cost (written off in a year) and 3 months; over 4 customers and a quarter
        ("better", 0.5 * (1200 / 4 + 3 * 60) / 4 * 4),
        # running cost for the half of the period in which the lever runs
        ("later", (1200 / 4 + 3 * 60 / 2) / 4 * 4),
    ],
)
def test_cost_of_levers(strategy, cost):
    result = measure(tables(), CASE, strategy)
    assert result["lever_cost_eur_per_customer"] == pytest.approx(cost)
    assert result["contribution_eur_per_customer"] == pytest.approx(MEASURED["contribution_eur_per_customer"] - cost)
    assert {name for name in result if result[name] != MEASURED[name] and not math.isnan(result[name])} == {
        "lever_cost_eur_per_customer",
        "contribution_eur_per_customer",
    }


def test_nothing_to_measure_is_nan_and_no_warning():
    empty = {name: {column: values[:0] for column, values in part.items()} for name, part in tables().items()}
    result = measure(empty | {"staffing": tables()["staffing"]}, CASE, "better")
    zero = {name for name, value in result.items() if not math.isnan(value)}
    assert zero == {"utilisation_share", "utilisation_share_hotline", "utilisation_share_store"}  # there is a roster


# --- the catalogue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [CASE, company(), SHIPPED], ids=["tiny", "small company", "shipped"])
def test_catalogue_is_documented_and_complete(case):
    kpis = catalogue(case)
    names = [kpi.name for kpi in kpis]
    assert len(set(names)) == len(names)
    assert {f"{kind}_per_100_journeys" for kind in FRUSTRATION_TYPES} <= set(names)
    for kpi in kpis:
        assert kpi.unit
        assert kpi.better in ("higher", "lower")
        assert kpi.definition.endswith(".")
        assert kpi_label(kpi.name) != kpi.name
        assert (kpi.unit == "share") == ("_share" in kpi.name)
        assert (kpi.unit == "min") == ("_min" in kpi.name)
        assert (kpi.unit == "EUR per year") == ("_eur_" in kpi.name)
    assert list(measure_tally(tally(columns_of(simulate(case)), case.document), case, case.strategies[0])) == names


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_values_of_a_run_are_consistent(strategy):
    counted = tally(columns_of(simulate(company(), strategy)), company().document)
    result = measure_tally(counted, company(), strategy)
    for name, value in result.items():
        if "_share" in name and "utilisation" not in name:
            assert 0.0 <= value <= 1.0, name
        elif name != "contribution_eur_per_customer" and "_gap_" not in name:
            assert value >= 0.0, name
    by_type = [result[f"{kind}_per_100_journeys"] for kind in FRUSTRATION_TYPES]
    assert math.fsum(by_type) == pytest.approx(result["frustrations_per_100_journeys"])
    assert result["contribution_eur_per_customer"] == pytest.approx(
        result["margin_eur_per_customer"]
        - result["cost_to_serve_eur_per_customer"]
        - result["lever_cost_eur_per_customer"]
        - result["goodwill_cost_eur_per_customer"]
        - result["marketing_cost_eur_per_customer"]
    )
    assert result["fcr_customer_share"] <= result["fcr_silo_share"], "who needed one contact needed one at its silo"


def test_aggregates_count_the_measured_rows():
    small = {
        name: frame.drop(columns="run")
        for name, frame in aggregate([tallied(tables(), CASE.document)], [CASE.document]).items()
    }
    assert small["events"]["count"].sum() == 5
    assert small["events"].groupby("source_touchpoint")["count"].sum().to_dict() == {"": 2, "web": 3}
    assert small["lost_sales"].to_dict("records") == [
        {"cause": "waited_too_long", "segment": "people", "count": 1, "eur": 45.0}
    ]
    assert small["journeys"].groupby("outcome")["count"].sum().to_dict() == {
        "resolved": 5,
        "given_up": 1,
        "unfinished": 1,
    }
    flows = small["flows"].groupby(["from", "to"], observed=True)["count"].sum()
    assert flows["web", "hotline"] == 1
    assert flows["hotline", "hotline"] == 3
    assert flows["hotline", "resolved"] == 4
    assert flows["research", "hotline"] == 1
    assert flows["hotline", "given_up"] == flows["hotline", "unfinished"] == flows["web", "resolved"] == 1
    assert len(flows) == 7
