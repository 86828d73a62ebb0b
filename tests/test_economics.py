"""Money by hand: the books of a replication, cash flows over years, and what they are worth."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from cases import company, scenario
from recorded import tallied
from typer.testing import CliRunner

import sim
from sim.aggregates import aggregate
from sim.cli import app
from sim.comparison import Comparison
from sim.economics import BusinessCase, business_case, profit_and_loss
from sim.economics.business_case import COLUMNS
from sim.economics.cash_flows import (
    carried_on,
    discount_factors,
    lever_costs,
    lifetime_value,
    margin_parts,
    payback,
    rate_per_month,
)
from sim.economics.streams import LEVER_PARTS, PARTS
from sim.errors import ArgumentError, ScenarioError
from sim.kpis import measure
from sim.ledger import COMPANY, LINES, MINUTES_PER_MONTH, Line
from sim.ledger import books as books_of
from sim.report.words import said
from sim.scenario import Document
from sim.simulation import replicate
from sim.tables import CONTACT_OUTCOMES, JOURNEY_OUTCOMES, PURPOSES
from sim.tally import tally

NAN = math.nan
WEEK, DAY = 10080.0, 1440.0

TEXT = """
name: Money
run: {warm_up: 26 weeks, measured: 52 weeks}
segments: {people: {customers: 100, needs_per_year: {order: 1 per year}}}
touchpoints:
  web: {kind: self_service, cost_per_contact: 0.333 EUR}
  hotline: {kind: staffed, agents: 1, wage: 30 EUR per hour, cost_per_contact: 1 EUR}
needs: {order: {buys: true, served_at: {web: {service_time: {distribution: constant, mean: 1 min}, resolves: 1}}}}
marketing: {cost_per_message: 0.25 EUR}
levers:
  system: {changes: [{path: needs.order.served_at.web.resolves, to: 1}], one_off: 12000 EUR, running: 100 EUR per month}
strategies:
  today: {}
  same: {}
  joined: {levers: {system: {coverage: 0.5, start: 13 weeks}}}
  none: {levers: {system: {coverage: 0, start: 13 weeks}}}
  early: {levers: {system: {start: -26 weeks}}}
economics: {horizon: 2 years, discount_rate: 8 % per year}
"""
CASE = scenario(TEXT)
TODAY = {"margin": 100_000, "contact_costs": -10_000, "rostered_hours": -500_000}  # cents per month
MONTHS = 12


def compared(
    strategies: dict[str, list[dict[str, int]]],
    *,
    case: sim.Scenario = CASE,
    customers: dict[str, float] | None = None,
    purchases: dict[str, int] | None = None,
    left: int = 1,
    scale: float = 1.0,
) -> Comparison:
    """A comparison whose books are written by hand: cents per month of each line, the same in every month."""
    ledger, activity, values = [], [], []
    for strategy, replications in strategies.items():
        for replication, lines in enumerate(replications):
            where = {"strategy": strategy, "replication": replication}
            ledger += [
                where | {"month": month, "touchpoint": "web", "line": line, "cents": cents}
                for month in range(MONTHS)
                for line, cents in lines.items()
            ]
            activity += [
                where
                | {
                    "month": month,
                    "months": 1.0,
                    "customers": (customers or {}).get(strategy, 100.0),
                    "left": left,
                    "purchases": (purchases or {}).get(strategy, 10),
                }
                for month in range(MONTHS)
            ]
            values.append(where | {"kpi": "churn_share", "value": 0.1})
    aggregates = {"ledger": pd.DataFrame(ledger), "activity": pd.DataFrame(activity)}
    return Comparison(case, tuple(strategies), 1, scale, pd.DataFrame(values), aggregates)


def two(strategy: str = "joined", more: tuple[int, ...] = (20_000, 40_000), **told: Any) -> Comparison:
    """Today against a strategy that earns more margin per month, in each replication so many cents."""
    ours = [TODAY | {"margin": TODAY["margin"] + cents} for cents in more]
    return compared({"today": [TODAY] * len(more), strategy: ours}, **told)


def discounted(amounts: dict[int, float], rate: float = 0.08) -> float:
    """Present value of euro by month, as any textbook has it."""
    return math.fsum(eur / (1.0 + rate) ** (month / 12.0) for month, eur in amounts.items())


# --- the books of one replication ------------------------------------------------------------------------------------

T0 = 26 * WEEK
CONTACTS = [
    # customer, journey, contact, purpose, touchpoint, arrived, started, ended, measured
    (0, 1, 1, "service", "web", T0 - 60, T0 - 50, T0 - 40, False),
    (0, 2, 1, "research", "web", T0 + DAY, T0 + DAY, T0 + DAY + 10, True),
    (0, 2, 2, "service", "hotline", T0 + DAY, T0 + DAY, T0 + DAY + 30, True),
    (1, 1, 1, "service", "hotline", T0 + MINUTES_PER_MONTH - 30, T0 + MINUTES_PER_MONTH - 20, NAN, True),
    (1, 1, 2, "service", "web", T0 + MINUTES_PER_MONTH, T0 + MINUTES_PER_MONTH, T0 + MINUTES_PER_MONTH + 5, True),
    (1, 2, 1, "service", "web", T0 + 2 * MINUTES_PER_MONTH, NAN, NAN, True),
]  # fmt: skip
CONTACTS[3] = (*CONTACTS[3][:7], T0 + MINUTES_PER_MONTH + 10, True)  # 20 min in the first month, 10 in the second
JOURNEYS = [
    # customer, journey, ended, outcome, resolved_at, revenue, margin, measured
    (0, 1, T0 - 40, "resolved", "web", 500.0, 200.0, False),
    (0, 2, T0 + DAY + 30, "resolved", "hotline", 100.005, 40.004, True),
    (1, 1, T0 + MINUTES_PER_MONTH + 5, "resolved", "web", 60.0, 24.006, True),
    (1, 2, NAN, "unfinished", None, 0.0, 0.0, True),
]


def tables() -> dict[str, dict[str, np.ndarray]]:
    places = ("web", "hotline")
    contacts = dict(
        zip(
            ("customer", "journey", "contact", "purpose", "touchpoint", "arrived_min", "started_min", "ended_min"),
            map(np.array, zip(*(row[:8] for row in CONTACTS), strict=True)),
            strict=True,
        )
    )
    contacts |= {
        "measured": np.array([row[8] for row in CONTACTS]),
        "purpose": np.array([PURPOSES.index(row[3]) for row in CONTACTS]),
        "touchpoint": np.array([places.index(row[4]) for row in CONTACTS]),
        "outcome": np.full(len(CONTACTS), CONTACT_OUTCOMES.index("resolved")),
    }
    journeys = {
        "customer": np.array([row[0] for row in JOURNEYS]),
        "journey": np.array([row[1] for row in JOURNEYS]),
        "ended_min": np.array([row[2] for row in JOURNEYS]),
        "outcome": np.array([JOURNEY_OUTCOMES.index(row[3]) for row in JOURNEYS]),
        "resolved_at": np.array([-1 if row[4] is None else places.index(row[4]) for row in JOURNEYS], np.int8),
        "revenue_eur": np.array([row[5] for row in JOURNEYS]),
        "margin_eur": np.array([row[6] for row in JOURNEYS]),
        "measured": np.array([row[7] for row in JOURNEYS]),
        "satisfaction": np.full(len(JOURNEYS), 50.0),
        "goodwill_eur": np.array([0.0, 10.0] + [0.0] * (len(JOURNEYS) - 2)),
    }
    return {
        "contacts": contacts,
        "journeys": journeys,
        "frustrations": {"measured": np.array([], bool)},
        "messages": {"at_min": T0 + np.array([-1.0, 0.0, 5.0]), "measured": np.array([False, True, True])},
        "customers": {
            "left_min": np.array([NAN, T0 + MINUTES_PER_MONTH / 2, T0 - 5.0, NAN, NAN]),
            "joined_min": np.array([0.0, 0.0, 0.0, NAN, T0 + 11.5 * MINUTES_PER_MONTH]),  # never, and in the last month
        },
        "staffing": staffing([WEEK] * 52),
    }


def staffing(rostered_min: list[float]) -> dict[str, np.ndarray]:
    """Agent minutes by week: none on the web, those given at the hotline."""
    weeks = len(rostered_min)
    return {
        "touchpoint": np.repeat([0, 1], weeks),
        "week": np.tile(np.arange(weeks), 2),
        "rostered_min": np.array([0.0] * weeks + rostered_min),
        "busy_min": np.zeros(2 * weeks),
    }


def books(written: dict[str, dict[str, np.ndarray]], document: Document) -> dict[str, pd.DataFrame]:
    return books_of([tallied(written, document)], [document])


BOOKS = books(tables(), CASE.document)


def cents(line: str, touchpoint: str) -> list[int]:
    own = BOOKS["ledger"].query("line == @line and touchpoint == @touchpoint").set_index("month")["cents"]
    return [int(own.get(month, 0)) for month in range(MONTHS)]


def test_a_purchase_is_booked_where_and_when_it_was_resolved_to_the_cent():
    assert cents("margin", "hotline") == [4000] + [0] * 11
    assert cents("margin", "web") == [0, 2401] + [0] * 10
    assert sum(cents("revenue", "hotline")) == 10000  # 100.005 rounds to the even cent
    assert BOOKS["ledger"]["cents"].dtype == "int64"


def test_contacts_are_booked_when_they_arrive_research_and_warm_up_apart():
    assert cents("contact_costs", "hotline") == [-200] + [0] * 11
    # two contacts on the web for 0.333 EUR: 33 cents, then 67 in all, so that no cent is lost between months
    assert cents("contact_costs", "web") == [0, -33, -34] + [0] * 9


def test_rostered_hours_are_spread_over_the_months_and_keep_their_sum():
    rostered = cents("rostered_hours", "hotline")
    assert sum(rostered) == -(52 * 168 * 30 * 100)
    assert max(rostered) - min(rostered) <= 1
    assert cents("rostered_hours", "web") == [0] * 12


def test_a_touchpoint_that_closes_costs_nothing_any_more():
    own = books(tables() | {"staffing": staffing([WEEK] * 26 + [0.0] * 26)}, CASE.document)
    monthly = own["ledger"].query("line == 'rostered_hours'").set_index("month")["cents"]
    assert monthly.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert monthly.sum() == -(26 * 168 * 30 * 100)


def test_goodwill_and_messages_are_booked_when_they_happen():
    assert cents("goodwill", "hotline") == [-1000] + [0] * 11
    cost = round(100 * 2 * float(CASE.document.marketing.cost_per_message))
    assert cents("messages", COMPANY) == [-cost] + [0] * 11
    assert cost > 0


def test_service_minutes_count_in_the_month_in_which_they_pass():
    # 30 min and 20 min at 0.50 EUR in the first month, 10 min in the second
    assert cents("workload", "hotline") == [-2500, -500] + [0] * 10
    assert cents("workload", "web") == [0] * 12


def test_activity_by_hand():
    activity = BOOKS["activity"]
    assert activity["customers"].tolist() == pytest.approx([1.5] + [1.0] * 10 + [1.5])
    assert activity["left"].tolist() == [1] + [0] * 11
    assert activity["purchases"].tolist() == [1, 1] + [0] * 10
    assert activity["months"].tolist() == [1.0] * 12


def test_assists_by_hand():
    channels = BOOKS["channels"].drop(columns="run").set_index("touchpoint")
    # the web informed a journey that the hotline resolved; the hotline was called in one that the web resolved
    assert channels.loc["web"].tolist() == [1, 1, 1, 1, 4000]
    assert channels.loc["hotline"].tolist() == [1, 1, 1, 1, 2401]


def test_the_last_month_may_be_cut_short():
    short = scenario(TEXT.replace("measured: 52 weeks", "measured: 6 weeks"))
    own = books(tables() | {"staffing": staffing([WEEK] * 6)}, short.document)
    assert own["activity"]["months"].tolist() == pytest.approx([1.0, 6 / (52 / 12) - 1.0])
    rostered = own["ledger"].query("line == 'rostered_hours'")["cents"]
    assert rostered.sum() == -6 * 168 * 3000
    assert rostered.iloc[0] / rostered.iloc[1] == pytest.approx(1.0 / (6 / (52 / 12) - 1.0), rel=1e-6)


def test_a_new_line_for_the_company_is_one_entry(monkeypatch):
    rent = Line("rent", "rent", "rent paid", lambda own: -np.full((1, 12), 7), of_company=True)
    monkeypatch.setattr("sim.ledger.LINES", (*LINES, rent))
    ledger = books(tables(), CASE.document)["ledger"].query("line == 'rent'")
    assert ledger["touchpoint"].unique().tolist() == [COMPANY]
    assert ledger["cents"].tolist() == [-7] * 12


@pytest.fixture(scope="module")
def small() -> tuple[sim.Scenario, dict[str, dict[str, np.ndarray]]]:
    case = company({"needs.purchase.value_spread": 0.7})
    return case, replicate(case, case.strategies[0], 1, 0)


def test_money_adds_up_to_the_cent_between_purchases_channels_and_totals(small):
    case, run = small
    own = books_of([tally(run, case.document)], [case.document])
    ledger, journeys = own["ledger"], run["journeys"]
    bought = journeys["measured"] & (journeys["revenue_eur"] > 0)
    for line, column in (("margin", "margin_eur"), ("revenue", "revenue_eur")):
        single = np.rint(100 * journeys[column][bought]).astype(np.int64)
        booked = ledger[ledger["line"] == line]
        assert booked["cents"].sum() == single.sum() > 0
        for at, name in enumerate(case.document.touchpoints):
            here = journeys["resolved_at"][bought] == at
            assert booked[booked["touchpoint"] == name]["cents"].sum() == single[here].sum()
    assert own["activity"]["purchases"].sum() == own["channels"]["purchases"].sum() == bought.sum()


def test_books_agree_with_kpis(small):
    case, run = small
    counted = tally(run, case.document)
    own, kpis = books_of([counted], [case.document]), measure(counted, case, case.strategies[0])
    there = np.isnan(run["customers"]["left_min"]) | (run["customers"]["left_min"] >= 2 * WEEK)
    customer_years = there.sum() * 6 / 52
    total = own["ledger"].groupby("line")["cents"].sum() / 100.0 / customer_years
    for line, kpi, sign in (
        ("margin", "margin_eur_per_customer", 1),
        ("revenue", "revenue_eur_per_customer", 1),
        ("rostered_hours", "rostered_cost_eur_per_customer", -1),
        ("workload", "workload_cost_eur_per_customer", -1),
    ):
        assert sign * total[line] == pytest.approx(kpis[kpi], abs=0.02), line
    served = -(total["rostered_hours"] + total["contact_costs"])
    assert served == pytest.approx(kpis["cost_to_serve_eur_per_customer"], abs=0.02)
    assert set(own) <= set(aggregate([counted], [case.document]))


# --- money over time -------------------------------------------------------------------------------------------------


def test_simulated_months_stay_and_the_last_quarter_goes_on():
    monthly = np.arange(1.0, 13.0)
    flat = carried_on(monthly, np.ones(12), 15)
    assert flat.tolist() == [*monthly, 11.0, 11.0, 11.0]
    assert carried_on(monthly, np.ones(12), 14, last_quarter=False).tolist() == [*monthly, 6.5, 6.5]
    assert carried_on(monthly, np.ones(12), 2).tolist() == [1.0, 2.0]


def test_a_difference_may_fade():
    faded = carried_on(np.full(12, 8.0), np.ones(12), 37, fade=0.5)
    assert faded[[11, 12, 24, 36]].tolist() == [8.0, 8.0, 4.0, 2.0]


def test_a_month_cut_short_is_completed_at_the_rate():
    lengths = np.array([1.0, 1.0, 1.0, 0.5])
    monthly = np.array([[9.0, 2.0, 2.0, 1.0]])
    assert rate_per_month(monthly, lengths, True).tolist() == [2.0]
    assert carried_on(monthly, lengths, 6).tolist() == [[9.0, 2.0, 2.0, 2.0, 2.0, 2.0]]


@pytest.mark.parametrize("rate", [0.0, 0.08, 0.5])
def test_discounting_is_that_of_an_annuity(rate):
    factors = discount_factors(rate, 0, 36)
    per_month = (1.0 + rate) ** (1 / 12) - 1.0
    annuity = 36.0 if rate == 0.0 else (1.0 + per_month) * (1.0 - (1.0 + per_month) ** -36) / per_month
    assert 100.0 * factors.sum() == pytest.approx(100.0 * annuity, rel=1e-12)
    assert factors[0] == 1.0
    assert factors[12] == pytest.approx(1.0 / (1.0 + rate))


def test_lever_costs_by_month():
    one_off, running = lever_costs(CASE.document, "joined", 0, 24)
    assert one_off.tolist() == [0.0] * 3 + [6000.0] + [0.0] * 20
    assert running.tolist() == [0.0] * 3 + [50.0] * 21
    one_off, running = lever_costs(CASE.document, "early", -6, 3)
    assert one_off.tolist() == [12000.0] + [0.0] * 8
    assert running.tolist() == [100.0] * 9


def test_running_costs_begin_with_the_start_within_a_month():
    late = CASE.change({"strategies.joined.levers.system.start": "14 weeks"})
    one_off, running = lever_costs(late.document, "joined", 0, 6)
    assert one_off.tolist() == [0.0, 0.0, 0.0, 6000.0, 0.0, 0.0]
    assert running.tolist() == pytest.approx([0, 0, 0, 50 * (4 - 14 / (52 / 12)), 50, 50])


def test_a_lever_after_the_horizon_and_one_without_coverage_cost_nothing():
    after = CASE.change({"strategies.joined.levers.system.start": "105 weeks"})
    for case, strategy in ((after, "joined"), (CASE, "none"), (CASE, "today")):
        assert not np.any(lever_costs(case.document, strategy, 0, 24))


def test_parts_of_a_margin_add_up_whatever_changes():
    rng = np.linspace(0.5, 2.0, 7)
    ours, theirs = (100 * rng, 30 * rng[::-1], 500 * rng**2), (90 * rng, 40 * rng, 450 * np.ones(7))
    parts = margin_parts(ours, theirs)
    assert sum(parts.values()) == pytest.approx(ours[2] - theirs[2], rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [((200.0, 20.0, 1000.0), "number_of_customers"), ((100.0, 20.0, 1000.0), "purchases_per_customer"),
     ((100.0, 10.0, 1000.0), "margin_per_purchase")],
)  # fmt: skip
def test_a_margin_that_changes_for_one_reason_has_one_part(changed, cause):
    ours, theirs = (tuple(np.array([x]) for x in each) for each in (changed, (100.0, 10.0, 500.0)))
    parts = {name: float(part[0]) for name, part in margin_parts(ours, theirs).items()}
    assert parts == {name: pytest.approx(500.0 * (name == cause), abs=1e-9) for name in parts}


def test_parts_of_a_margin_where_nobody_bought_or_was_there():
    nothing, some = (np.zeros(1),) * 3, (np.array([5.0]), np.array([2.0]), np.array([40.0]))
    for ours, theirs in ((nothing, some), (some, nothing), (nothing, nothing)):
        parts = margin_parts(ours, theirs)
        assert all(np.isfinite(part).all() for part in parts.values())
        assert sum(parts.values())[0] == pytest.approx((ours[2] - theirs[2])[0])


@pytest.mark.parametrize(
    ("path", "months"),
    [([-5, -1, 2], 3), ([-5, 1, -1, 1], 4), ([-1, -1], None), ([1, 2], 0), ([-2, 0], 2), ([0, 0], 0)],
)
def test_payback(path, months):
    assert payback(np.array(path, float), 0) == months


def test_payback_counts_from_the_start_of_measuring():
    assert payback(np.array([-5.0, -5.0, -1.0, 1.0]), -2) == 2
    assert payback(np.array([-5.0, 1.0, 1.0, 1.0]), -2) == 0


def test_lifetime_value_is_the_endless_series():
    margin, kept, rate = 80.0, 0.7, 0.1
    series = math.fsum(margin * kept**year / (1 + rate) ** year for year in range(1, 400))
    assert lifetime_value(np.array([margin]), np.array([kept]), rate)[0] == pytest.approx(series, rel=1e-12)
    assert lifetime_value(np.array([1.0]), np.array([1.0]), 0.0)[0] == math.inf


# --- the business case -----------------------------------------------------------------------------------------------


def by_hand(margin_eur: float, rate: float = 0.08) -> float:
    """12 simulated and 12 carried months of more margin; half of a system from month 3."""
    flows = dict.fromkeys(range(24), margin_eur)
    for month in range(3, 24):
        flows[month] -= 50.0
    flows[3] -= 6000.0
    return discounted(flows, rate)


@pytest.fixture(scope="module")
def case() -> BusinessCase:
    return business_case(two())


def test_net_present_value_by_hand(case):
    npv = case.replications["npv_eur"].tolist()
    assert npv == [pytest.approx(by_hand(200.0), abs=0.03), pytest.approx(by_hand(400.0), abs=0.03)]
    row = case.table.iloc[0]
    assert row["npv_eur"] == pytest.approx((by_hand(200.0) + by_hand(400.0)) / 2, abs=0.03)
    half_width = 12.706204736 * (by_hand(400.0) - by_hand(200.0)) / 2  # t(1), s / sqrt(2)
    assert row["npv_high"] - row["npv_eur"] == pytest.approx(half_width, rel=1e-4)


def test_without_discounting_the_sum_is_plain():
    plain = business_case(two(), discount_rate="0 % per year")
    assert plain.replications["npv_eur"].tolist() == [24 * 200 - 6000 - 21 * 50, 24 * 400 - 6000 - 21 * 50]


def test_parts_add_up_to_the_net_present_value_to_the_cent(case):
    in_cents = np.rint(100 * case.replications[[*PARTS, "npv_eur"]]).astype(int)
    assert (in_cents[list(PARTS)].sum(axis=1) == in_cents["npv_eur"]).all()
    assert case.waterfall["eur"].sum() == pytest.approx(case.table["npv_eur"].iloc[0], abs=1e-6)
    assert case.waterfall["part"].tolist() == list(PARTS)
    path = case.cumulated.set_index("month")["eur"]
    assert path[24] == pytest.approx(case.table["npv_eur"].iloc[0], abs=0.05)


def test_what_was_put_in_and_what_comes_back(case):
    row = case.table.iloc[0]
    spent = discounted({3: 6000.0} | {month: 50.0 + 6000.0 * (month == 3) for month in range(3, 24)})
    assert row["investment_eur"] == pytest.approx(spent)
    assert row["return_share"] == pytest.approx(row["npv_eur"] / spent)
    assert row["return_high"] == pytest.approx(row["npv_high"] / spent)


def test_the_strategy_itself_is_worth_its_margin_less_all_costs(case):
    row = case.table.iloc[0]
    today = discounted(dict.fromkeys(range(24), 1000.0 - 100.0 - 5000.0))
    assert row["baseline_value_eur"] == pytest.approx(today)
    assert row["present_value_eur"] - row["baseline_value_eur"] == pytest.approx(row["npv_eur"], abs=0.05)


def test_payback_by_hand():
    # 600 EUR a month; 6,050 EUR in month 3, then 50 a month: 2,400 - 6,050 = -3,650, then +550 a month: 7 more months
    found = business_case(two(more=(60_000, 60_000)), discount_rate="0 % per year").table.iloc[0]
    assert found["payback_months"] == found["payback_early"] == found["payback_late"] == 11
    never = business_case(two(more=(1_000, 1_000))).table.iloc[0]
    assert pd.isna(never["payback_months"])


def test_shares_and_probabilities(case):
    row = case.table.iloc[0]
    assert by_hand(200.0) < 0.0 < by_hand(400.0)
    assert row["pays_share"] == 0.5
    # t-distribution with one degree of freedom: 1/2 + atan(t) / pi
    t = row["npv_eur"] / ((by_hand(400.0) - by_hand(200.0)) / 2)
    assert row["positive_probability"] == pytest.approx(0.5 + math.atan(t) / math.pi, rel=1e-4)
    sure = business_case(two(more=(60_000, 60_000))).table.iloc[0]
    assert (sure["pays_share"], sure["positive_probability"]) == (1.0, 1.0)
    loss = business_case(two(more=(0, 0))).table.iloc[0]
    assert (loss["pays_share"], loss["positive_probability"]) == (0.0, 0.0)


def test_one_off_costs_show_in_the_month_in_which_they_fall_due(case):
    flows = case.cash_flows.query("strategy == 'joined' and line == 'levers_one_off'").set_index("month")["eur"]
    assert flows[flows != 0.0].to_dict() == {4: -6000.0}  # month 3 from 0 is the fourth


def test_money_spent_before_measuring_begins_counts_and_weighs_more():
    found = business_case(two("early", more=(0, 0)))
    spent = discounted(dict.fromkeys(range(-6, 24), 100.0) | {-6: 12100.0})
    assert found.table["npv_eur"].iloc[0] == pytest.approx(-spent, abs=0.05)
    assert found.cumulated["month"].tolist() == list(range(-5, 25))
    assert found.cumulated["eur"].iloc[0] == pytest.approx(-12100.0 * 1.08**0.5)


@pytest.mark.parametrize("strategy", ["same", "none"])
def test_what_changes_nothing_and_costs_nothing_is_worth_exactly_nothing(strategy):
    found = business_case(two(strategy, more=(0, 0)), lifetime_value=True)
    amounts = found.table[["npv_eur", "npv_low", "npv_high", "investment_eur", "lifetime_eur"]].to_numpy()
    assert not np.any(amounts)
    assert not np.any(found.cumulated[["eur", "ci_low", "ci_high"]].to_numpy())
    assert not np.any(found.waterfall[["eur", "ci_low", "ci_high"]].to_numpy())
    assert math.isnan(found.table["return_share"].iloc[0])


def test_a_simulated_strategy_against_its_copy_is_worth_exactly_nothing():
    base = company({"strategies.copy": {}})
    result = sim.compare(base, [base.strategies[0], "copy"], replications=2, store=False, progress=False)
    found = business_case(result)
    assert not np.any(found.replications[[*PARTS, "npv_eur"]].to_numpy())


def test_carry_on_and_fade_change_what_is_not_simulated_only():
    growing = two(more=(0, 0))
    ledger = growing.aggregates["ledger"]
    late = (ledger["strategy"] == "joined") & (ledger["line"] == "margin") & (ledger["month"] >= 9)
    ledger.loc[late, "cents"] += 10_000  # 100 EUR more in each of the last three months
    plain = {"discount_rate": "0 % per year"}

    def margin(**told: Any) -> list[float]:
        flows = business_case(growing, **plain, **told).cash_flows
        return flows.query("strategy == 'joined' and line == 'margin'")["difference_eur"].tolist()

    simulated = [0.0] * 9 + [100.0] * 3
    assert margin() == pytest.approx([*simulated, *[100.0] * 12])
    assert margin(carry_on="measured_period") == pytest.approx([*simulated, *[25.0] * 12])
    assert margin(fade="36 % per year")[12:] == pytest.approx([100.0 * 0.64 ** (m / 12) for m in range(12)])


def test_a_horizon_within_the_simulation_cuts_it():
    found = business_case(two(more=(60_000, 60_000)), horizon="26 weeks", discount_rate="0 % per year")
    assert found.replications["npv_eur"].tolist() == [6 * 600 - 6000 - 3 * 50] * 2
    assert found.cumulated["simulated"].all()
    assert "are simulated; from there" not in repr(found)


def test_simulated_months_are_told_from_carried_ones(case):
    flags = case.cumulated["simulated"].tolist()
    assert flags == [True] * 12 + [False] * 12


def test_amounts_are_those_of_the_whole_company_at_any_scale(case):
    tenth = compared(
        {
            "today": [{line: amount // 10 for line, amount in TODAY.items()}] * 2,
            "joined": [
                {line: (amount + more * (line == "margin")) // 10 for line, amount in TODAY.items()}
                for more in (20_000, 40_000)
            ],
        },
        scale=0.1,
    )
    pdt.assert_frame_equal(business_case(tenth).table, case.table, rtol=1e-9)


def test_customers_kept_and_bought_more_often():
    told = {"customers": {"joined": 110.0}, "purchases": {"joined": 11}}
    found = business_case(two(more=(10_000, 10_000), **told), discount_rate="0 % per year")
    parts = found.waterfall.set_index("part")["eur"]
    assert parts["number_of_customers"] == pytest.approx(24 * 100.0, abs=0.02)
    assert parts["purchases_per_customer"] == parts["margin_per_purchase"] == pytest.approx(0.0, abs=0.02)


def test_worth_beyond_the_horizon_is_apart():
    result = two()
    without, beside = business_case(result), business_case(result, lifetime_value=True)
    assert math.isnan(without.table["lifetime_eur"].iloc[0])
    same = [name for name in COLUMNS if not name.startswith("lifetime")]
    pdt.assert_frame_equal(without.table[same], beside.table[same])
    pdt.assert_frame_equal(without.waterfall, beside.waterfall)
    # 100 customers, 12 of them leave in a year; 12 * 300 EUR more margin on average
    kept = math.exp(-0.12)
    worth = 12 * 300.0 * kept / (1.08 - kept) / 1.08**2
    assert beside.table["lifetime_eur"].iloc[0] == pytest.approx(worth)
    assert "beyond the horizon, not counted above" in repr(beside)
    assert "beyond the horizon" not in repr(without)


def test_customer_value_leaves_fixed_costs_out(case):
    own = case.customer_value.set_index(["strategy", "measure"])["mean"]
    assert own["today", "margin_eur_per_year"] == pytest.approx(12 * (1000 - 100) / 100)
    assert own["joined", "margin_eur_per_year"] == pytest.approx(12 * (1300 - 100) / 100)
    assert own["today", "retention_share"] == pytest.approx(math.exp(-0.12))
    kept = math.exp(-0.12)
    assert own["today", "lifetime_value_eur"] == pytest.approx(108.0 * kept / (1.08 - kept))


def test_one_replication_has_no_interval_and_prints():
    found = business_case(two(more=(60_000,)))
    row = found.table.iloc[0]
    assert math.isnan(row["npv_low"])
    assert pd.isna(row["payback_early"])
    assert row["payback_months"] > 0
    assert "net present value" in repr(found)


def test_it_prints_in_100_columns_and_says_what_it_rests_on(case):
    text = repr(case)
    assert max(map(len, text.splitlines())) <= 100
    words = " ".join(text.split())
    assert "Money: business case over 2 years against today, 2 paired replications" in words
    assert "to month 24 the monthly differences of the last simulated quarter go on as they are: an assumption" in words
    assert "pays in 1 of 2 simulated futures" in words
    assert "net present value" in case._repr_html_()


def test_what_cannot_be_used_is_refused():
    run = dataclasses.make_dataclass("Run", [])()
    with pytest.raises(ArgumentError, match=r"needs the result of sim\.compare, got Run"):
        business_case(run)
    with pytest.raises(ScenarioError, match=r"economics\.discount_rate: got '8' without a unit"):
        business_case(two(), discount_rate="8")
    with pytest.raises(ScenarioError, match="did you mean 'horizon'"):
        business_case(two(), horizont="3 years")
    with pytest.raises(ArgumentError, match="unknown strategy 'nobody'"):
        business_case(two()).figures.waterfall("nobody")


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            "{horizon: 2 years, discount_rate: 8 %}",
            "economics.discount_rate: got '8 %' with the unit '%', which does not fit here",
        ),
        ("{horizon: 10 weeks}", "economics.horizon: got '10 weeks', expected whole months"),
        ("{horizon: 0 years}", "economics.horizon: got '0 years', expected whole months"),
        ("{discount_rate: 120 % per year}", "economics.discount_rate: got '120 % per year', expected a share per year"),
        ("{carry_on: last_year}", "economics.carry_on: got 'last_year', expected 'last_quarter' or 'measured_period'"),
        ("{fade: -1 % per year}", "economics.fade: got '-1 % per year', expected a share per year"),
        ("{lifetime_value: 3}", "economics.lifetime_value: got 3, expected true or false"),
        ("{rate: 3 % per year}", "economics.rate: unknown key 'rate'"),
    ],
)
def test_mistakes_in_economics_are_told_with_their_line(wrong, message):
    right = "economics: {horizon: 2 years, discount_rate: 8 % per year}"
    assert TEXT.count(right) == 1
    with pytest.raises(ScenarioError) as caught:
        scenario(TEXT.replace(right, f"economics: {wrong}"))
    line = TEXT.splitlines().index(right) + 1
    assert f"case.yaml:{line}: {message}" in str(caught.value)


def test_no_lever_can_change_how_money_is_counted():
    changes = [{"path": "economics.discount_rate", "to": "1 % per year"}]
    with pytest.raises(ScenarioError, match=r"economics\.discount_rate holds for a whole run"):
        CASE.change({"levers.system.changes": changes})


# --- profit and loss -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result() -> Comparison:
    base = company()
    return sim.compare(base, base.strategies[:2], replications=3, store=False, progress=False)


def test_channels_add_up_to_the_total_to_the_cent(result):
    found = profit_and_loss(result)
    euros = found.replications.query("unit == 'EUR' and item != 'assisted_margin'")
    in_cents = np.rint(100 * euros["amount"]).astype(int)
    keys = ["strategy", "replication", "item"]
    total = euros["touchpoint"] == "total"
    parts = in_cents[~total].groupby([euros[key] for key in keys]).sum()
    assert parts.equals(in_cents[total].groupby([euros[key] for key in keys]).sum())
    wide = in_cents.groupby([euros["item"], euros["strategy"], euros["replication"], euros["touchpoint"]]).sum()
    assert wide["result"].equals(wide["margin"] + wide["rostered_hours"] + wide["contact_costs"])
    assert len(wide["result"]) == 2 * 3 * 4


def test_profit_and_loss_compares_with_the_baseline_and_prints(result):
    found = profit_and_loss(result)
    baseline = found.table[found.table["strategy"] == result.baseline]
    assert baseline["difference"].isna().all()
    others = found.table[found.table["strategy"] != result.baseline]
    assert others["difference"].notna().all()
    assert "total" in repr(found)
    assert "assists" in found._repr_html_()
    assert not ((found.table["touchpoint"] == "total") & found.table["item"].str.startswith("assist")).any()


def test_profit_and_loss_of_a_run():
    base = company()
    run = sim.run(base, replications=2, collect="kpis", progress=False)
    assert profit_and_loss(run).table["strategy"].unique().tolist() == [base.strategies[0]]


# --- figures and command ---------------------------------------------------------------------------------------------


def test_waterfall_shows_every_part_and_ends_at_the_net_present_value(case):
    figure = case.figures.waterfall()
    (bars,) = figure.data
    assert len(bars.x) == len(PARTS) + 1
    assert bars.x[-1] == pytest.approx(case.table["npv_eur"].iloc[0], rel=1e-5)
    assert bars.base[-2] + bars.x[-2] == pytest.approx(bars.x[-1], rel=1e-3)
    assert "Not enough evidence that joined pays" in figure.layout.title.text
    assert "EUR" in figure.layout.xaxis.title.text


def test_cash_flow_starts_at_nothing_and_says_when_the_money_is_back(case):
    figure = case.figures.cash_flow()
    line = next(trace for trace in figure.data if trace.name == "joined")
    assert line.y[0] == 0.0
    assert line.y[-1] == pytest.approx(case.table["npv_eur"].iloc[0], rel=1e-3)
    assert (line.x[0], line.x[-1]) == (0, 24)
    assert "months" in figure.layout.xaxis.title.text
    back = business_case(two(more=(60_000, 60_000)), discount_rate="0 % per year").figures.cash_flow()
    assert "On average the money is back for joined after 11 months" in back.layout.title.text
    assert "not enough evidence whether the money comes back for joined" in said(figure)[0].lower()
    lost = business_case(two(more=(0, 1))).figures.cash_flow()
    assert said(lost)[0] == "Not brought back within 2 years: what is spent on joined"


def test_titles_tell_gain_from_loss():
    gain = business_case(two(more=(60_000, 60_001))).figures.waterfall()
    assert "joined is worth +" in gain.layout.title.text
    loss = business_case(two(more=(0, 1))).figures.waterfall()
    assert "joined loses money" in loss.layout.title.text


def test_command_writes_what_repeats_exactly(tmp_path: Path):
    file, out = tmp_path / "case.yaml", tmp_path / "results"
    file.write_text(company().to_yaml(), encoding="utf-8")
    names = ",".join(company().strategies[:2])
    told = ["business-case", str(file), "--strategies", names, "--replications", "2", "--horizon", "5 years"]
    done = CliRunner().invoke(app, [*told, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "business case over 5 years" in done.output
    assert {path.name for path in out.iterdir()} >= {"business_case.csv", "waterfall.parquet", "figures.html"}
    again = CliRunner().invoke(app, ["repeat", str(out / "record.json")])
    assert (again.exit_code, "DIFFERENT" in again.output) == (0, False), again.output
    assert again.output.count(": identical\n") == 7


def test_command_refuses_what_is_no_rate(tmp_path: Path):
    file = tmp_path / "case.yaml"
    file.write_text(company().to_yaml(), encoding="utf-8")
    done = CliRunner().invoke(app, ["business-case", str(file), "--discount-rate", "8"])
    assert done.exit_code == 2
    assert "economics.discount_rate: got '8' without a unit" in done.output


def test_every_part_and_line_has_a_label():
    from sim.labels import ENGLISH, GERMAN

    for name in (*PARTS, *(line.name for line in LINES), "net_present_value"):
        assert name in ENGLISH
        assert name in GERMAN
    assert set(LEVER_PARTS) < set(PARTS)
