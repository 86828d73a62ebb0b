"""What holds in every company: conservation, order, money; monotone effects; and luck that minds its own business."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cases import COMPANY, FACTS, STRATEGIES, companies, company, queue, scenario
from hypothesis import given, settings
from ruamel.yaml import YAML
from witness import Tables, assert_identical, simulate

from sim.scenario import Scenario

RANDOM = settings(derandomize=True, deadline=None, max_examples=40)
WEEK_MIN = 10080.0


# --- conservation, order, money --------------------------------------------------------------------------------------


@given(companies())
@RANDOM
def test_nothing_gets_lost_in_random_companies(text):
    case = scenario(text)
    for strategy in case.strategies:
        assert_sound(case, simulate(case, strategy, seed=3))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_gets_lost_with_every_mechanism(strategy):
    assert_sound(company(), simulate(company(), strategy, seed=4))


def assert_sound(case: Scenario, tables: Tables) -> None:
    assert_counted_once(tables)
    assert_in_order(case, tables)
    assert_offered_and_open(case, tables)
    assert_staffed(case, tables)
    assert_first_come_first_served(case, tables)
    assert_money_adds_up(case, tables)


def assert_counted_once(tables: Tables) -> None:
    """Every journey, contact and event belongs somewhere, has its number, and ends once."""
    contacts, journeys, frustrations = tables["contacts"], tables["journeys"], tables["frustrations"]
    key = ["customer", "journey"]
    for name, by in (("journeys", key), ("contacts", [*key, "contact"]), ("frustrations", [*key, "contact", "type"])):
        assert not tables[name].duplicated(by).any(), name
    for part, number in ((journeys, "journey"), (contacts, "contact")):
        owner = ["customer"] if number == "journey" else key
        groups = part.groupby(owner)[number]
        assert (groups.cumcount() + 1 == part[number]).all(), f"{number} numbers run 1, 2, 3 …"
    both = contacts.merge(journeys, on=key, suffixes=("", "_of_journey"))
    assert len(both) == len(contacts)
    assert len(frustrations.merge(contacts, on=[*key, "contact"])) == len(frustrations)
    service = contacts[contacts["purpose"] == "service"]
    counted = journeys.set_index(key)["contacts"]
    assert (counted == service.groupby(key).size().reindex(counted.index, fill_value=0)).all()
    # only the last contact of a journey may end it, and it does so exactly when the journey was resolved
    last = contacts.groupby(key).tail(1).set_index(key)["outcome"]
    resolved = journeys.set_index(key)["outcome"] == "resolved"
    assert ((contacts["outcome"] == "resolved").groupby([contacts["customer"], contacts["journey"]]).sum() <= 1).all()
    assert ((last == "resolved") == resolved.reindex(last.index)).all()
    assert not resolved.drop(last.index).any()
    open_journeys = journeys.set_index(key)["outcome"] == "unfinished"
    assert journeys["ended_min"].isna().tolist() == (journeys["outcome"] == "unfinished").tolist()
    assert contacts["ended_min"].isna().tolist() == (contacts["outcome"] == "unfinished").tolist()
    assert not (last[~open_journeys.reindex(last.index)] == "unfinished").any()
    parents = journeys.dropna(subset="parent")
    assert (parents["parent"] < parents["journey"]).all()
    assert (journeys["departments"] == (
        contacts[contacts["outcome"] == "passed_on"].groupby(key).size().reindex(counted.index, fill_value=0).to_numpy()
    )).all()  # fmt: skip


def assert_in_order(case: Scenario, tables: Tables) -> None:
    """Arrived, started, ended; one contact after the other; everything within the run."""
    end = float(case.document.run.warm_up) + float(case.document.run.measured)
    contacts, journeys = tables["contacts"], tables["journeys"]
    started, ended = contacts["started_min"], contacts["ended_min"]
    assert (contacts["arrived_min"] <= started.fillna(end)).all()
    assert (started.fillna(contacts["arrived_min"]) <= ended.fillna(end)).all()
    assert (ended.fillna(0.0) < end).all()
    before = contacts.groupby("customer")["ended_min"].shift(1)
    assert (contacts["arrived_min"][before.notna()] >= before.dropna()).all(), "nobody is in two places at once"
    spans = journeys.set_index(["customer", "journey"])[["arose_min", "ended_min"]]
    within = contacts.join(spans.rename(columns=lambda name: f"journey_{name}"), on=["customer", "journey"])
    assert (within["arrived_min"] >= within["journey_arose_min"]).all()
    assert (within["ended_min"].dropna() <= within["journey_ended_min"].fillna(end)[within["ended_min"].notna()]).all()
    left = tables["customers"].set_index("customer")["left_min"]
    begun = journeys.groupby("customer")["arose_min"].max()
    assert (begun <= left.reindex(begun.index).fillna(end)).all(), "whoever has left has no new needs"
    never_served = contacts["outcome"].isin(["abandoned", "turned_away"])
    assert started[never_served].isna().all()
    assert started[contacts["outcome"].isin(["resolved", "unresolved", "passed_on"])].notna().all()
    events = tables["frustrations"].merge(contacts, on=["customer", "journey", "contact"], suffixes=("", "_of_contact"))
    assert (events["touchpoint"].astype(str) == events["touchpoint_of_contact"].astype(str)).all()
    assert events["at_min"].between(events["arrived_min"], events["ended_min"].fillna(end)).all()
    for name in ("contacts", "journeys"):
        for column in ("experience", "expectation"):
            assert tables[name][column].dropna().between(0.0, 100.0).all()


def assert_offered_and_open(case: Scenario, tables: Tables) -> None:
    """Contacts happen where the need is served, and service begins during opening hours."""
    document = case.document
    for (need, place, purpose), group in tables["contacts"].groupby(["need", "touchpoint", "purpose"], observed=True):
        if purpose == "service":
            assert place in document.needs[need].served_at
        else:
            assert place == document.behaviour.research_at
        slots = np.array(document.touchpoints[place].open.slots)
        for column in ("arrived_min", "started_min"):
            at = group[column].dropna().to_numpy()
            assert slots[(at // 15.0).astype(int) % 672].all(), (place, column)


def assert_staffed(case: Scenario, tables: Tables) -> None:
    """Whenever a service starts, no more agents are busy than are on the roster, overtime included."""
    for name, touchpoint in case.document.touchpoints.items():
        if touchpoint.agents is None:
            continue
        roster = np.array(touchpoint.agents.slots(touchpoint.open))
        here = tables["contacts"][(tables["contacts"]["touchpoint"] == name)].dropna(subset="started_min")
        starts, ends = here["started_min"].to_numpy(), np.sort(here["ended_min"].fillna(np.inf).to_numpy())
        # services that end at an instant have ended before others start; those that start together all count
        busy = np.searchsorted(np.sort(starts), starts, side="right") - np.searchsorted(ends, starts, side="right")
        instant = (here["ended_min"] == here["started_min"]).to_numpy()
        on_roster = roster[(starts // 15.0).astype(int) % 672]
        assert (busy[~instant] <= on_roster[~instant]).all(), name
        assert (on_roster >= 1).all(), name


def assert_first_come_first_served(case: Scenario, tables: Tables) -> None:
    """Who came earlier and was served was served no later, at every staffed touchpoint."""
    for name in (name for name, part in case.document.touchpoints.items() if part.kind == "staffed"):
        here = tables["contacts"][tables["contacts"]["touchpoint"] == name]
        served = here.dropna(subset="started_min").sort_values(["arrived_min", "started_min"])
        assert served["started_min"].is_monotonic_increasing, name
        # nobody overtakes those who gave up later, either: while they waited, only earlier arrivals were served
        end = float(case.document.run.warm_up) + float(case.document.run.measured)
        for arrived, left in here[here["started_min"].isna()][["arrived_min", "ended_min"]].fillna(end).to_numpy():
            overtaking = served[(served["arrived_min"] > arrived) & (served["started_min"] < left)]
            assert overtaking.empty, name


def assert_money_adds_up(case: Scenario, tables: Tables) -> None:
    """Revenue is in whole cents, comes from resolved buying journeys alone, and is the same sum in every table."""
    journeys, customers = tables["journeys"], tables["customers"]
    buys = journeys["need"].map({name: need.buys for name, need in case.document.needs.items()}).astype(bool)
    purchase = buys & (journeys["outcome"] == "resolved")
    assert (journeys.loc[~purchase, ["revenue_eur", "margin_eur"]] == 0.0).all(axis=None)
    cents = journeys[["revenue_eur", "margin_eur"]] * 100.0
    assert ((cents - cents.round()).abs() < 1e-6).all(axis=None)
    measured = journeys[journeys["measured"]]
    assert round(measured["revenue_eur"].sum() * 100.0) == round(customers["revenue_eur"].sum() * 100.0)
    by_customer = measured.groupby("customer")["revenue_eur"].sum().reindex(customers["customer"], fill_value=0.0)
    assert ((customers.set_index("customer")["revenue_eur"] - by_customer).abs() < 0.005).all()
    bought = (measured["revenue_eur"] > 0.0).groupby(measured["customer"]).sum()
    assert (customers.set_index("customer")["purchases"] == bought.reindex(customers["customer"], fill_value=0)).all()
    suffered = tables["frustrations"][tables["frustrations"]["measured"]].groupby("customer").size()
    assert (
        customers.set_index("customer")["frustrations"] == suffered.reindex(customers["customer"], fill_value=0)
    ).all()


# --- luck minds its own business -------------------------------------------------------------------------------------


def by_name(tables: Tables, without: str = "") -> Tables:
    """Rows by name: customers are counted within their segment, categories are text, one segment is left out."""
    customers = tables["customers"]
    within = customers.groupby("segment", observed=True).cumcount().set_axis(customers["customer"])
    result = {}
    for name, table in tables.items():
        table = table.copy()
        for column in table.columns[[isinstance(dtype, pd.CategoricalDtype) for dtype in table.dtypes]]:
            table[column] = table[column].astype(object).where(table[column].notna(), "")
        if "customer" in table:
            table["customer"] = within.reindex(table["customer"]).to_numpy()
            table = table[table["segment"] != without]
            table["at"] = table.groupby(["segment", "customer"]).cumcount()
            table = table.sort_values(["segment", "customer", "at"])
        else:
            table = table.sort_values("touchpoint")
        result[name] = table.reset_index(drop=True)
    return result


def inserted(mapping: dict[str, Any], position: int, name: str, entry: Any) -> dict[str, Any]:
    items = list(mapping.items())
    return dict([*items[:position], (name, entry), *items[position:]])


RAW = YAML(typ="safe").load(COMPANY)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("position", [0, 1, 3])
def test_a_touchpoint_that_serves_nothing_changes_no_row(position, strategy):
    idle = {"kind": "staffed", "agents": 2, "carries": 0}
    more = scenario(RAW | {"touchpoints": inserted(RAW["touchpoints"], position, "idle", idle)})
    before, after = by_name(simulate(company(), strategy)), by_name(simulate(more, strategy))
    staffing = after.pop("staffing").set_index("touchpoint")
    pd.testing.assert_frame_equal(
        before.pop("staffing").set_index("touchpoint").sort_index(),
        staffing.drop("idle").sort_index(),
        check_exact=True,
    )
    assert staffing.loc["idle", "busy_min"] == 0.0
    assert_identical(before, after)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_customer_who_never_comes_changes_no_row_of_others(position, strategy):
    more = scenario(RAW | {"segments": inserted(RAW["segments"], position, "hermit", {"customers": 1})})
    after = simulate(more, strategy)
    assert (after["customers"]["segment"] == "hermit").sum() == 1
    assert_identical(by_name(simulate(company(), strategy)), by_name(after, "hermit"))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_agent_where_nobody_waits_changes_no_row(strategy):
    idle = {"touchpoints.hotline.agents": 60, "touchpoints.store.agents": 60}  # one each for every customer
    one_more = {"touchpoints.hotline.agents": 61, "touchpoints.store.agents": 75}
    before, after = (simulate(company(agents), strategy) for agents in (idle, one_more))
    assert (before["contacts"]["started_min"] == before["contacts"]["arrived_min"]).all()
    assert (before.pop("staffing")["rostered_min"] < after.pop("staffing")["rostered_min"])[1:].all()
    assert_identical(before, after)


def turned_round(section: str, strategy: str) -> tuple[Tables, Tables]:
    turned = scenario(RAW | {section: dict(reversed(RAW[section].items()))})
    return by_name(simulate(company(), strategy)), by_name(simulate(turned, strategy))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("section", ["segments", "touchpoints", "needs", "levers", "strategies"])
def test_order_in_the_file_does_not_matter(section, strategy):
    assert_identical(*turned_round(section, strategy))


def test_more_customers_of_a_segment_leave_the_traits_and_needs_of_others_alone():
    """They meet in lines, so logs differ; without lines they do not."""
    free = {"touchpoints.hotline.agents": 99, "touchpoints.store.agents": 99}
    before, after = (simulate(company(free | {"segments.private.customers": number}), "today") for number in (45, 60))
    shifted = {name: table.copy() for name, table in before.items()}
    for table in shifted.values():
        if "customer" in table:
            table["customer"] += np.where(table["segment"] == "business", 15, 0).astype("int32")
    new = set(range(45, 60))
    for name in ("contacts", "frustrations", "journeys", "customers"):
        others = after[name][~after[name]["customer"].isin(new)].reset_index(drop=True)
        pd.testing.assert_frame_equal(others, shifted[name], check_exact=True)


# --- null effects ----------------------------------------------------------------------------------------------------


def test_levers_at_coverage_zero_change_nothing():
    off = company({f"strategies.joined.levers.{name}.coverage": 0 for name in ("joined_up", "training")})
    assert_identical(simulate(off, "today"), simulate(off, "joined"))


def test_levers_that_start_after_the_end_change_nothing():
    late = company({f"levers.{name}.lead_time": "60 weeks" for name in ("joined_up", "training")})
    assert_identical(simulate(late, "today"), simulate(late, "joined"))


def test_an_integration_that_changes_nothing_changes_nothing():
    whole = {
        f"visibility.{fact}": {a: dict.fromkeys(RAW["touchpoints"], 1) for a in RAW["touchpoints"]} for fact in FACTS
    }
    same = {f"touchpoints.{name}.identifies": 0.95 for name in RAW["touchpoints"]}
    case = company(whole | same | {"strategies.joined.levers.training": None})
    assert list(case.document.strategies["joined"].levers) == ["joined_up"]
    assert_identical(simulate(case, "today"), simulate(case, "joined"))


def test_the_levers_of_these_tests_do_change_something():
    for other in ("trained", "joined"):
        with pytest.raises(AssertionError):
            assert_identical(simulate(company(), "today"), simulate(company(), other))


# --- monotone effects ------------------------------------------------------------------------------------------------

# No fact helps or hinders: only the frustration events can show what is visible, and nothing else feels them.
NO_FEEDBACK = {
    **{f"frustrations.{kind}.severity": 0 for kind in RAW["frustrations"]},
    **{f"facts.{fact}.handling": "0 min" for fact in FACTS},
    **{f"needs.{need}.requires.{fact}": 0 for need, entry in RAW["needs"].items() for fact in entry["requires"]},
    **{f"segments.{name}.tolerance": 1e9 for name in RAW["segments"]},
    "experience.unresolved": 0,
}
MISSING = [
    "not_recognised",
    "repeated_data",
    "asked_for_order_number",
    "repeated_story",
    "product_unknown",
    "price_not_honoured",
]


def with_coverage(fact: str, coverage: float) -> Scenario:
    places = list(RAW["touchpoints"])
    matrix = {a: dict.fromkeys(places, coverage) for a in places}
    identified = {f"touchpoints.{name}.identifies": 1 for name in places}
    return company(NO_FEEDBACK | identified | {f"visibility.{fact}": matrix})


@pytest.mark.parametrize("fact", FACTS)
def test_more_coverage_only_takes_events_away(fact):
    """Customer by customer and contact by contact, from 0 to 1 in five steps; all else stays as it was."""
    earlier: set[tuple[Any, ...]] | None = None
    contacts = None
    counts = []
    for coverage in (0.0, 0.25, 0.5, 0.75, 1.0):
        tables = simulate(with_coverage(fact, coverage), seed=6)
        events = tables["frustrations"]
        events = events[events["type"].isin(MISSING)]
        now = set(events[["customer", "journey", "contact", "type", "cause"]].itertuples(index=False, name=None))
        if earlier is not None:
            gone = {event for event in now - earlier if event[-1] == fact}
            assert not gone, "a visible fact was lost"
            pd.testing.assert_frame_equal(tables["contacts"], contacts, check_exact=True)
        earlier, contacts = now, tables["contacts"]
        counts.append(sum(event[-1] == fact for event in now))
    assert counts[0] > counts[-1] == 0
    assert counts == sorted(counts, reverse=True)


def test_more_identification_only_adds_visible_facts():
    """An identified customer's orders can be seen; identity itself is wanted only where somebody is known at all."""
    orders: list[set[tuple[Any, ...]]] = []
    for share in (0.0, 0.3, 0.7, 1.0):
        case = company(NO_FEEDBACK | {f"touchpoints.{name}.identifies": share for name in RAW["touchpoints"]})
        events = simulate(case, seed=6)["frustrations"]
        events = events[events["cause"] == "orders"]
        orders.append(set(events[["customer", "journey", "contact"]].itertuples(index=False, name=None)))
    for more, fewer in itertools.pairwise(orders):
        assert more >= fewer
    assert len(orders[0]) > len(orders[-1])


def test_more_staff_lets_nobody_wait_longer():
    """FIFO with the same arrivals: every call is resolved and nobody hangs up, so nothing feeds back."""
    waits = []
    for agents in (3, 4, 5, 8):
        calls = simulate(queue(agents, 25.0, None, 1000.0, 20_000, (0, 2)), seed=7)["contacts"]
        calls = calls[calls["started_min"].notna()].set_index(["customer", "journey"])
        waits.append((calls["started_min"] - calls["arrived_min"], calls["arrived_min"]))
    for (less_staff, arrived), (more_staff, arrived_again) in itertools.pairwise(waits):
        both = less_staff.index.intersection(more_staff.index)
        assert len(both) == len(less_staff) > 1000
        # whose earlier call was answered sooner may call again sooner: compare those who call once
        alike = arrived[both] == arrived_again[both]
        assert alike.mean() > 0.99
        assert (more_staff[both][alike] <= less_staff[both][alike]).all()
    assert waits[0][0].mean() > 10 * waits[-1][0].mean() > 0.0


def test_without_severities_experience_does_not_depend_on_events():
    """The number of contacts that left the need open, time and personal service are all that is left."""
    silent = company(NO_FEEDBACK | {"experience.unresolved": 6, "experience.learning": 0})
    tables = simulate(silent)
    contacts, events = tables["contacts"], tables["frustrations"]
    assert len(events) > 100
    assert (events["severity"] == 0.0).all()
    service = contacts[(contacts["purpose"] == "service") & (contacts["outcome"] != "unfinished")]
    felt = service.assign(failed=service["outcome"] != "resolved", served=service["started_min"].notna())
    by_kind = felt.groupby(["touchpoint", "failed", "served"], observed=True)["experience"]
    assert (by_kind.min() == by_kind.max()).all()


def test_integration_has_no_effect_on_customers_of_one_touchpoint():
    """Nobody switches, and each touchpoint sees what it knows itself."""
    home = ("web", "hotline", "store")
    raw = RAW | {
        "segments": {
            name: {
                **RAW["segments"]["private"],
                "taste": {name: 1000},
                "research_first": {},
                "bought_before": {name: 0.5},
                "needs_per_year": {"purchase": "12 per year"},
            }
            for name in home
        },
        "visibility": {fact: {name: {name: 1} for name in home} for fact in FACTS},
        "behaviour": RAW["behaviour"] | {"switches": 0, "failed_penalty": 0, "experience_weight": 0},
        "needs": {"purchase": {**RAW["needs"]["purchase"], "requires": dict.fromkeys(FACTS, 0.5), "follow_ups": []}},
        "levers": {"joined_up": {"changes": [{"path": f"visibility.{fact}.*.*", "to": 1} for fact in FACTS]}},
        "strategies": {"today": {}, "joined": {"levers": {"joined_up": {}}}},
    }
    # a personal fact is used where the customer is identified, and a touchpoint carries what it sells
    raw["touchpoints"] = {
        name: {**entry, "identifies": 1, "carries": 1, "promotes": 0} for name, entry in RAW["touchpoints"].items()
    }
    case = scenario(raw)
    today, joined = (simulate(case, strategy) for strategy in ("today", "joined"))
    assert today["contacts"].groupby("customer")["touchpoint"].nunique().max() == 1
    assert len(today["contacts"]) > 200
    assert_identical(today, joined)
