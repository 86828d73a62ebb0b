"""Every measure on tables whose answer is known, then the shipped case, whose report is kept and not judged."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cases import scenario
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.errors import ArgumentError, ScenarioError
from sim.patterns import CATALOGUE, REACH, PatternReport, PatternVerdict, calls, journeys, measure, measures
from sim.patterns.observed import Observed, hotline_of
from sim.rules.distributions import normal
from sim.scenario import PatternId

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SMALL = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
DAY, WEEK = 1440.0, 10080.0
NAN = math.nan
ENOUGH = 1  # observations, where a table is made by hand


def table(columns: str, *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


# --- calls: P01 to P04 -----------------------------------------------------------------------------------------------


def test_service_times_recover_a_lognormal():
    quantiles = (np.arange(4000) + 0.5) / 4000
    seconds = np.exp([4.8 + 0.5 * normal(u) for u in quantiles])
    fit = calls.service_times(pd.DataFrame({"started_min": 7.0, "ended_min": 7.0 + seconds / 60.0}))
    assert fit.ln_mean == pytest.approx(4.8, abs=1e-6)
    assert fit.ln_sd == pytest.approx(0.5, rel=1e-3)
    assert fit.variability == pytest.approx(math.exp(0.25) / 2.0, rel=5e-3)  # C² = exp(sd²) - 1


def test_short_services_and_calls_without_service_do_not_count():
    made = table("started_min ended_min", (0.0, 1.0), (0.0, 2.0), (0.0, 9.0 / 60.0), (NAN, 30.0))
    assert calls.service_times(made, least=2).ln_mean == pytest.approx(math.log(60.0 * math.sqrt(2.0)))
    assert math.isnan(calls.service_times(made, least=3).ln_mean)


def by_hour(waits: list[float], abandoned: list[float], per_hour: int = 100) -> pd.DataFrame:
    """Calls over two weeks: in each hour of the week all wait alike and a share gives up."""
    rows = []
    for hour, (wait, share) in enumerate(zip(waits, abandoned, strict=True)):
        for call in range(per_hour):
            arrived = (call % 2) * WEEK + hour * 60.0 + 0.5
            gives_up = call < round(share * per_hour)
            served = NAN if gives_up else arrived + wait
            rows.append((arrived, served, arrived + wait + (0.0 if gives_up else 3.0), gives_up))
    made = table("arrived_min started_min ended_min gives_up", *rows)
    return made.assign(outcome=np.where(made.pop("gives_up"), "abandoned", "resolved"))


def test_abandonment_line_recovers_slope_and_intercept():
    waits = [1.0, 2.0, 4.0, 6.0]
    line = calls.abandonment_line(by_hour(waits, [0.02 + 0.1 * wait for wait in waits]))
    assert line == pytest.approx((0.1, 0.02, 1.0))


def test_abandonment_line_says_how_straight_the_points_are():
    line = calls.abandonment_line(by_hour([1.0, 2.0, 3.0], [0.1, 0.4, 0.1]))
    assert line == pytest.approx((0.0, 0.2, 0.0))
    line = calls.abandonment_line(by_hour([1.0, 2.0, 3.0], [0.1, 0.2, 0.6]))
    assert line.slope == pytest.approx(0.25)
    assert line.r_squared == pytest.approx(0.125 / 0.14)


def test_abandonment_line_needs_three_hours_with_enough_calls():
    made = by_hour([1.0, 2.0, 4.0], [0.1, 0.2, 0.4])
    assert math.isnan(calls.abandonment_line(made, least=101).slope)
    assert math.isnan(calls.abandonment_line(made[made["arrived_min"] % WEEK < 120.0]).slope)
    assert math.isnan(calls.abandonment_line(by_hour([2.0, 2.0, 2.0], [0.1, 0.2, 0.4])).slope)


def test_mean_patience_weighs_with_callers():
    made = table("segment need", ("a", "x"), ("a", "x"), ("a", "x"), ("b", "x"))
    assert calls.mean_patience_min(made, {("a", "x"): 4.0, ("b", "x"): 8.0, ("b", "y"): 100.0}) == 5.0
    assert math.isnan(calls.mean_patience_min(made[:0], {}))


def test_patience_index_counts_those_who_waited():
    made = table(
        "arrived_min started_min outcome",
        *[(0.0, 0.0, "resolved")] * 5,  # did not wait
        *[(0.0, 2.0, "unresolved")] * 3,
        *[(0.0, NAN, "turned_away")] * 4,
        *[(0.0, NAN, "abandoned")] * 2,
    )
    assert calls.patience_index(made, ENOUGH) == 1.5
    assert math.isnan(calls.patience_index(made, least=3))
    assert math.isnan(calls.patience_index(made[made["outcome"] != "abandoned"], ENOUGH))


def test_calls_again_within_an_hour_by_the_same_customer():
    made = table(
        "customer arrived_min started_min ended_min outcome",
        (1, 0.0, NAN, 2.0, "abandoned"),
        (1, 30.0, 30.0, 35.0, "resolved"),  # again after giving up
        (2, 0.0, NAN, 2.0, "abandoned"),
        (2, 62.5, 63.0, 70.0, "resolved"),  # half a minute too late
        (2, 130.0, NAN, 131.0, "abandoned"),  # on the hour after being served: again
        (3, 1.0, 1.0, 5.0, "resolved"),
        (4, 6.0, 6.0, 7.0, "resolved"),  # somebody else
        (5, 980.0, NAN, 990.0, "abandoned"),  # its hour is cut off
    )
    assert calls.calls_again_share(made, abandoned=True, end_min=1000.0, least=ENOUGH) == pytest.approx(1 / 3)
    assert calls.calls_again_share(made, abandoned=False, end_min=1000.0, least=ENOUGH) == pytest.approx(1 / 4)
    assert math.isnan(calls.calls_again_share(made, abandoned=True, end_min=1000.0, least=4))


# --- journeys: P06 to P13 --------------------------------------------------------------------------------------------


def made_contacts() -> pd.DataFrame:
    return table(
        "customer journey contact touchpoint arrived_min started_min ended_min outcome",
        (1, 1, 1, "hotline", 0.0, 0.0, 5.0, "resolved"),
        (2, 1, 1, "hotline", 0.0, 0.0, 5.0, "unresolved"),
        (2, 1, 2, "store", DAY, DAY, DAY + 5.0, "resolved"),
        (3, 1, 1, "web", 0.0, 0.0, 5.0, "unresolved"),
        (3, 1, 2, "hotline", DAY, DAY, DAY + 5.0, "resolved"),
        (4, 1, 1, "hotline", 0.0, NAN, 5.0, "abandoned"),  # never served: no answer to judge
        (4, 1, 2, "hotline", 60.0, 60.0, 65.0, "resolved"),
    )


def test_one_touchpoint_and_the_whole_company_settle_differently():
    contacts = made_contacts().sample(frac=1.0, random_state=1)
    assert journeys.first_resolution_share(contacts[contacts["touchpoint"] == "hotline"], ENOUGH) == 3 / 4
    assert journeys.first_resolution_share(contacts, ENOUGH) == 2 / 4
    assert math.isnan(journeys.first_resolution_share(contacts, least=5))


def test_satisfaction_by_contacts_of_resolved_issues():
    made = table(
        "contacts outcome satisfaction",
        *[(1, "resolved", 80.0), (1, "resolved", 70.0), (2, "resolved", 60.0), (4, "resolved", 30.0)],
        *[(1, "given_up", 0.0), (5, "resolved", 0.0)],
    )
    points = journeys.satisfaction_by_contacts(made, ENOUGH)
    assert points.to_dict() == pytest.approx({1: 75.0, 2: 60.0, 3: NAN, 4: 30.0}, nan_ok=True)
    assert journeys.satisfaction_by_contacts(made, least=2).notna().to_list() == [True, False, False, False]


def test_leaving_rates_by_the_worst_recent_issue():
    issues = table(
        "customer contacts outcome ended_min",
        (1, 1, "resolved", 0.0),  # leaves after 50 days
        (2, 1, "resolved", 0.0),  # 90 days, then no longer counted although leaving on day 95
        (3, 3, "resolved", 0.0),  # 20 days until the next
        (3, 1, "resolved", 20 * DAY),  # several contacts still weigh: leaves after 30 more
        (4, 1, "given_up", 0.0),  # 100 days until the next: 90 count
        (4, 1, "resolved", 100 * DAY),  # forgotten: 90 days
        (5, 2, "given_up", 150 * DAY),  # leaves within 10 days
        (6, 1, "resolved", 190 * DAY),  # 10 days until the run ends
        (7, 1, "given_up", 30 * DAY),  # had left by then
    )
    left = {1: 50 * DAY, 2: 95 * DAY, 3: 50 * DAY, 4: NAN, 5: 160 * DAY, 6: NAN, 7: 30 * DAY}
    customers = pd.DataFrame({"customer": list(left), "left_min": list(left.values())})
    rates = journeys.leaving_rates(issues, customers, 200 * DAY, ENOUGH)
    expected = {"first_contact": 1 / (50 + 90 + 90 + 10), "several_contacts": 1 / 50, "unresolved": 1 / 100}
    assert rates.to_dict() == pytest.approx(expected)
    rates = journeys.leaving_rates(issues, customers, 200 * DAY, least=3)
    assert rates.notna().to_list() == [True, False, False]


def test_share_of_issues_counts_an_issue_once():
    issues = table("customer journey", (1, 1), (1, 2), (2, 1), (3, 1))
    marked = table("customer journey", (1, 2), (1, 2), (2, 1), (2, 2), (9, 1))
    assert journeys.share_of_issues(issues, marked, ENOUGH) == 0.5
    assert math.isnan(journeys.share_of_issues(issues, marked, least=5))


def test_switched_share_looks_at_the_order():
    contacts = table(
        "customer journey contact touchpoint",
        *[(1, 1, 1, "web"), (1, 1, 2, "hotline")],  # switched
        *[(2, 1, 1, "hotline"), (2, 1, 2, "web")],  # the other way round
        *[(3, 1, 1, "web"), (3, 1, 2, "store")],
        *[(4, 1, 1, "hotline"), (4, 1, 2, "app"), (4, 1, 3, "hotline")],  # switched, on the way back
    )
    issues = contacts[["customer", "journey"]].drop_duplicates()
    assert journeys.switched_share(issues, contacts, ["web", "app"], "hotline", ENOUGH) == 0.5


def test_disconfirmation_slopes_are_recovered():
    difference = np.linspace(-30.0, 20.0, 200)
    made = pd.DataFrame(
        {
            "expectation": 60.0,
            "experience": 60.0 + difference,
            "satisfaction": 70.0 + np.where(difference < 0.0, 1.5 * difference, 0.25 * difference),
        }
    )
    assert journeys.disconfirmation_slopes(made) == pytest.approx((1.5, 0.25))
    unfinished = pd.DataFrame({"expectation": [1.0], "experience": [NAN], "satisfaction": [NAN]})
    assert journeys.disconfirmation_slopes(pd.concat([made, unfinished])) == pytest.approx((1.5, 0.25))
    assert math.isnan(journeys.disconfirmation_slopes(made[difference < 0.0]).below)


def test_failure_effect_compares_feeling_and_buying():
    issues = table(
        "customer contacts outcome ended_min satisfaction",
        *[(number, 1, "resolved", 10.0, 75.0) for number in range(4)],  # score 4
        *[(number, 1, "given_up", 10.0, 25.0) for number in range(4, 8)],  # score 2
        (8, 3, "resolved", 10.0, 0.0),  # neither
        (9, 1, "given_up", 20 * DAY, 0.0),  # its 90 days are cut off
        (10, 1, "given_up", 10.0, 0.0),  # left meanwhile
    )
    purchases = table(
        "customer ended_min",
        *[(0, 5.0), (0, 50.0), (0, 60.0), (1, 80 * DAY), (2, 50.0), (3, 50.0)],  # all four
        *[(4, 50.0), (5, 50.0), (6, 50.0), (7, 9.0), (7, 91 * DAY)],  # three of four
    )
    customers = pd.DataFrame({"customer": range(11), "left_min": [NAN] * 10 + [10.0]})
    effect = journeys.failure_effect(issues, purchases, customers, 100 * DAY, ENOUGH)
    assert effect == pytest.approx((-0.5, -0.25))
    assert all(map(math.isnan, journeys.failure_effect(issues, purchases, customers, 100 * DAY, least=5)))


def test_hand_over_hours_from_first_contact_to_resolution():
    hours = {0: (0.5, 1.5, 9.0), 1: (30.0,), 2: (60.0,), 4: (100.0,), 6: (200.0,)}
    rows = [(departments, "resolved", 100.0 + 60.0 * h) for departments, each in hours.items() for h in each]
    issues = table("departments outcome ended_min", *rows, (0, "given_up", 1e6))
    issues = issues.assign(customer=range(len(issues)), journey=1)
    first = issues[["customer", "journey"]].assign(arrived_min=100.0)
    contacts = pd.concat([first.assign(arrived_min=110.0), first])
    medians = journeys.hand_over_hours(issues, contacts, ENOUGH)
    assert medians.to_dict() == pytest.approx({0: 1.5, 1: 30.0, 2: 60.0, 3: NAN, 4: 150.0}, nan_ok=True)


def test_complaint_risk_ratio_looks_at_the_last_quarter():
    complaints = table("customer arose_min", *[(n, 10.0 + n) for n in range(4)], (0, 50.0), (4, 80.0), (19, 1.0))
    left = [80.0, 90.0, NAN, NAN, 85.0, 99.0, *[NAN] * 13, 60.0]  # 4 complained too late, 19 had left before
    customers = pd.DataFrame(
        {"customer": range(22), "left_min": [*left, NAN, NAN], "joined_min": [*[0.0] * 20, NAN, 90.0]}
    )
    ratio = journeys.complaint_risk_ratio(complaints, customers, 0.0, 100.0, ENOUGH)
    assert ratio == pytest.approx((2 / 4) / (2 / 15))
    assert math.isnan(journeys.complaint_risk_ratio(complaints, customers, 0.0, 100.0, least=5))


# --- buyers: P14 and P15 ---------------------------------------------------------------------------------------------


def test_buyers_on_several_touchpoints_spend_more_in_all_and_per_purchase():
    purchases = table(
        "customer need resolved_at revenue_eur",
        *[(1, "shoes", "web", 60.0), (1, "shoes", "store", 66.0), (1, "hat", "web", 6.0)],
        *[(2, "shoes", "web", 40.0), (2, "shoes", "web", 40.0), (3, "shoes", "store", 60.0)],
        (4, "hat", "store", 5.0),  # nobody to compare with
    ).astype({"resolved_at": "category", "need": "category"})
    assert journeys.spend_ratio(purchases, ENOUGH) == pytest.approx(132.0 / (145.0 / 3.0))
    assert math.isnan(journeys.spend_ratio(purchases, least=2))
    assert journeys.basket_ratio(purchases, ENOUGH) == pytest.approx((60.0 + 66.0) / (40.0 + 60.0))
    assert math.isnan(journeys.basket_ratio(purchases, least=3))


def test_frequency_is_compared_at_equal_numbers_before():
    purchases = table(
        "customer resolved_at ended_min",
        *[(1, "web", 1.0), (1, "store", 2.0), *[(1, "web", 20.0)] * 3],  # two before, three after
        *[(2, "web", 1.0), (2, "web", 2.0), (2, "store", 20.0), (2, "web", 21.0)],  # two before, two after
        *[(3, "web", 1.0), (3, "web", 2.0)],  # two before, none after
        *[(4, "web", 1.0), *[(4, "web", 20.0)] * 9],  # bought once
        *[(5, "web", 1.0), (5, "web", 2.0), (5, "store", 3.0)],  # three before: nobody to compare with
    )
    assert journeys.frequency_ratio(purchases, 10.0, ENOUGH) == 3.0
    assert math.isnan(journeys.frequency_ratio(purchases, 10.0, least=2))


def test_cases_opened_again_by_hand_overs():
    issues = table(
        "customer journey need departments outcome",
        *[(1, 1, "fault", 0, "resolved"), (2, 1, "fault", 0, "resolved"), (3, 1, "bill", 1, "resolved")],
        *[(4, 1, "fault", 6, "resolved"), (5, 1, "fault", 0, "given_up")],
    )
    caused = table(
        "customer parent need",
        *[(1, NAN, "fault"), (1, 1, "fault")],  # again
        *[(2, 1, "complaint"), (3, 2, "bill")],  # another need, another parent
        *[(4, 1, "fault"), (5, 1, "fault")],
    )
    shares = journeys.reopened_shares(issues, caused, ENOUGH)
    assert shares.to_dict() == pytest.approx({0: 0.5, 1: 0.0, 2: NAN, 3: NAN, 4: 1.0}, nan_ok=True)


def test_buyers_share_counts_customers_who_are_there():
    customers = table("customer left_min joined_min", (1, NAN, 0.0), (2, 50.0, 0.0), (3, 5.0, 0.0), (4, NAN, 0.0))
    customers = pd.concat([customers, table("customer left_min joined_min", (5, NAN, NAN), (6, NAN, 30.0))])
    purchases = table("customer ended_min", (1, 20.0), (1, 30.0), (2, 90.0), (3, 2.0), (4, 9.0))
    assert journeys.buyers_share(purchases, customers, 10.0, 60.0, ENOUGH) == pytest.approx(1 / 3)


def test_top_share_of_equal_and_unequal_buyers():
    equal = pd.DataFrame({"customer": np.repeat(np.arange(10), 3)})
    assert journeys.top_share(equal, 0.2, ENOUGH) == pytest.approx(0.2)
    assert journeys.top_share(equal, 0.25, ENOUGH) == pytest.approx(0.25)
    heavy = pd.DataFrame({"customer": [*[0] * 60, *[1] * 22, *range(2, 10), *range(2, 10), 2, 3]})
    assert journeys.top_share(heavy, 0.2, ENOUGH) == pytest.approx(0.82)
    assert math.isnan(journeys.top_share(heavy, 0.2, least=11))


# --- from a run to a report ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop():
    """Two staffed touchpoints; the store has more contacts, the hotline more that are not purchases."""
    served = {"service_time": {"distribution": "exponential", "mean": "5 min"}, "resolves": 0.7}
    needs = {
        "purchase": {
            "buys": True,
            "value": "50 EUR",
            "served_at": {"store": served},
            "follow_ups": [{"need": "return", "after": "resolved", "share": 0.1, "delay": "2 days"}],
        },
        "question": {
            "urgency": 2,
            "served_at": {"hotline": served},
            "follow_ups": [
                {"need": "complaint", "after": "given_up", "share": 0.5, "delay": "1 day"},
                {"need": "return", "after": "dissatisfied", "share": 0.1, "delay": "1 day"},
            ],
        },
        "return": {"served_at": {"hotline": served, "store": served}},
        "complaint": {"complaint": True, "served_at": {"hotline": served}},
    }
    each = {"needs_per_year": {"purchase": "5 per year", "question": "2 per year"}, "patience": "4 min"}
    return scenario(
        {
            "name": "Shop",
            "question": "Which touchpoint do calls come to?",
            "run": {"warm_up": "1 week", "measured": "6 weeks"},
            "segments": {
                "regular": {"customers": 30, **each},
                "new": {"customers": 30, **each, "patience": "4 min", "patience_shape": 4},
            },
            "touchpoints": {"store": {"kind": "staffed", "agents": 2}, "hotline": {"kind": "staffed", "agents": 1}},
            "needs": needs,
            "strategies": {"today": {}},
        }
    )


def test_calls_are_looked_at_where_most_contacts_are_no_purchases(shop):
    contacts = table(
        "need touchpoint", *[("purchase", "store")] * 9, *[("question", "hotline")] * 2, ("return", "store")
    )
    assert hotline_of(shop, contacts) == "hotline"
    assert hotline_of(shop, contacts, "store") == "store"
    with pytest.raises(ArgumentError, match="unknown staffed touchpoint 'web', expected one of: store, hotline"):
        measure(shop, hotline="web", executor="serial", progress=False)


def test_kinds_of_callers_follow_patience_and_urgency(shop):
    contacts = table(
        "segment need touchpoint outcome measured",
        ("new", "question", "hotline", "resolved", True),
        ("new", "return", "hotline", "resolved", True),
        ("regular", "question", "hotline", "resolved", True),
        ("regular", "return", "hotline", "resolved", True),
        ("regular", "return", "store", "resolved", True),
        ("regular", "return", "hotline", "unfinished", True),
        ("regular", "return", "hotline", "resolved", False),
    )
    observed = Observed(shop, "hotline", {"contacts": contacts})
    # a Weibull patience of shape 4 has a mean below its scale
    assert observed.callers("prospects").index.to_list() == [0, 1]
    assert observed.callers("urgent").index.to_list() == [2]
    assert observed.callers("regular").index.to_list() == [3]
    assert observed.patience_min["regular", "question"] == 8.0
    same = shop.change({"segments.new.patience_shape": 1, "needs.question.urgency": 1})
    observed = Observed(same, "hotline", {"contacts": contacts})
    assert [len(observed.callers(kind)) for kind in ("prospects", "urgent", "regular")] == [0, 0, 4]


def test_complaints_are_the_needs_that_the_case_calls_so(shop):
    rows = table("need measured", ("complaint", True), ("return", True), ("question", True), ("complaint", False))
    assert Observed(shop, "hotline", {"journeys": rows}).complaints.index.to_list() == [0]


def test_measures_read_the_ladders(shop, monkeypatch):
    observed = Observed(shop, "hotline", {})
    for name in ("issues", "called_about", "called_about_contacts", "customers", "calls"):
        monkeypatch.setattr(Observed, name, property(lambda self: pd.DataFrame()))
    points = pd.Series({1: 80.0, 2: 70.0, 3: 55.0, 4: 40.0})
    monkeypatch.setattr(journeys, "satisfaction_by_contacts", lambda issues: points)
    assert measures.lost_per_contact(observed) == pytest.approx(-np.polyfit([1, 2, 3, 4], points, 1)[0])
    assert measures.fourth_to_first(observed) == 0.5
    rates = pd.Series({"first_contact": 0.1, "several_contacts": 0.2, "unresolved": 0.5})
    monkeypatch.setattr(journeys, "leaving_rates", lambda *tables: rates)
    assert measures.leaving_ratio(observed, "unresolved") == 5.0
    for hours, factor, growth in (
        ([1.0, 40.0, 60.0, NAN, NAN], 40.0, 1.5),
        ([1.0, 40.0, 20.0, 30.0, 90.0], 40.0, 0.5),
        ([1.0, NAN, 60.0, 90.0, 120.0], NAN, NAN),
    ):
        monkeypatch.setattr(journeys, "hand_over_hours", lambda *tables, hours=hours: pd.Series(hours))
        assert measures.hand_over_factor(observed) == pytest.approx(factor, nan_ok=True)
        assert measures.hand_over_least_growth(observed) == pytest.approx(growth, nan_ok=True)


def test_bands_have_a_source_and_every_pattern_is_there():
    rows = CATALOGUE
    assert list(REACH) == list(PatternId)
    assert list(dict.fromkeys(row.id for row in rows)) == [f"P{number:02}" for number in range(1, 16)]
    assert len({(row.id, row.measure) for row in rows}) == len(rows)
    for row in rows:
        assert row.evidence
        assert row.reason
        assert math.isnan(row.band_low) == (row.formula is None)
        assert row.formula is None or row.band_low < row.band_high
    assert [row.id for row in rows if row.formula is None] == ["P05"]


def test_a_case_without_enough_to_see_says_so(shop):
    report = measure(shop, replications=1, executor="serial", progress=False)
    table = report.table.set_index("id")
    assert table.loc["P08", "verdict"].unique().tolist() == ["not_measurable_here"]
    assert table.loc["P08", "reason"].str.startswith("fewer than 30").all()
    assert table.loc["P15", "reason"].iloc[0].endswith("less than 39 weeks are measured")
    assert "not measurable here (fewer than 30" in " ".join(repr(report).split())


def check_complete(report: PatternReport) -> None:
    table = report.table
    told = table["verdict"] == "for_information"
    missing = table["value"].isna()
    assert set(table["verdict"]) <= {str(verdict) for verdict in PatternVerdict}
    assert (table.loc[~told, "verdict"].eq("not_measurable_here") == missing[~told]).all()
    assert (table["reason"].str.len() > 0).eq(missing).all()
    assert (table["why"].str.len() > 0).all()
    assert np.isfinite(table.loc[~missing, ["value", "ci_low", "ci_high"]]).all(axis=None)
    inside = table["value"].between(table["band_low"], table["band_high"])
    held = ~missing & ~told
    assert (table.loc[held, "verdict"] == np.where(inside[held], "inside", "outside")).all()


def test_the_shipped_case_is_measured_and_its_report_kept(request):
    """Whether a pattern is inside its band is reported, not demanded."""
    report = measure(sim.load(SCENARIOS / "shoe_retailer.yaml"), replications=2, progress=False)
    check_complete(report)
    assert report.table.loc[report.table["value"].isna(), "id"].tolist() == ["P05"]  # the case is large enough
    assert report.hotline == "hotline"
    shown = repr(report)
    assert max(map(len, shown.splitlines())) <= 100
    html = report._repr_html_()
    assert all(text in html for text in ("<table", "not measurable here", "P15"))
    # As record_property does, which warns about the format of JUnit files; print is shown by pytest -rP.
    request.node.user_properties.append(("patterns", report.table.to_csv(index=False)))
    print(shown)


def test_the_command_prints_the_report_and_writes_the_table(tmp_path):
    file = tmp_path / "patterns.csv"
    small = ["--replications", "2", "--scale", "0.02", "--workers", "1"]
    done = CliRunner().invoke(app, ["patterns", str(SCENARIOS / "shoe_retailer.yaml"), *small, "--out", str(file)])
    assert done.exit_code == 0, done.output
    case = sim.load(SCENARIOS / "shoe_retailer.yaml")
    report = measure(case, replications=2, scale=0.02, executor="serial", progress=False)
    assert done.stdout == f"{report!r}\nwritten: {file}\n"
    written = pd.read_csv(file)
    assert written["measure"].tolist() == report.table["measure"].tolist()
    assert written["value"].to_numpy() == pytest.approx(report.table["value"].to_numpy(), nan_ok=True)


def test_a_case_is_held_only_against_what_speaks_of_it(shop):
    told = shop.change({"patterns": {"P02": "it has a line", "P08": "it has customers"}})
    report = measure(told, replications=1, executor="serial", progress=False)
    table = report.table.set_index("id")
    assert set(table.index[table["verdict"] != "for_information"]) == {"P02", "P08"}
    assert table.loc["P02", "why"].unique().tolist() == ["it has a line"]
    assert table.loc["P13", "why"] == REACH[PatternId.P13]
    shown = repr(report)
    assert shown.index("P08") < shown.index("For information") < shown.index("P01")
    assert shown.splitlines()[-1].endswith("for information")
    assert len(report.table) == len(CATALOGUE)


@pytest.mark.parametrize("name", ["shoe_retailer", "regional_bank", "telecom_provider", "electronics_retailer"])
def test_every_case_says_which_patterns_speak_of_it(name):
    patterns = sim.load(SCENARIOS / f"{name}.yaml").document.patterns
    common = {"P01", "P02", "P03", "P04", "P06", "P07", "P08", "P09", "P10", "P12"}
    assert set(patterns) - common == ({"P11", "P14", "P15"} if "retailer" in name else {"P13"})
    assert common < set(patterns)
    assert all(patterns.values())


def test_a_pattern_that_does_not_exist_is_refused():
    with pytest.raises(ScenarioError, match="P16"):
        scenario(SMALL.read_text(encoding="utf-8") + "\npatterns: {P16: a guess}\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nothere.yaml"], "no file 'nothere.yaml'"),
        ([str(SMALL), "--hotline", "web"], "unknown staffed touchpoint 'web'"),
        ([str(SMALL), "--strategy", "best"], "unknown strategy 'best'"),
        ([str(SMALL), "--out", "nowhere/patterns.csv"], "the folder nowhere does not exist"),
    ],
)
def test_the_command_refuses_what_it_cannot_use(arguments, problem):
    done = CliRunner().invoke(app, ["patterns", *arguments])
    assert done.exit_code == 2
    assert problem in done.output
