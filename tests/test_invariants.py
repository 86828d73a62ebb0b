"""What holds in every company: conservation, order, money; monotone effects; and luck that minds its own business."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from accounting import ENDS, ends
from cases import (
    COMPANY,
    EVERYTHING,
    FACTS,
    RANDOM,
    STRATEGIES,
    companies,
    company,
    happenings,
    parsed,
    queue,
    scenario,
)
from hypothesis import given
from ruamel.yaml import YAML
from soundness import assert_sound
from witness import FASTEST, Tables, assert_identical, simulate

from sim.scenario import Scenario

# --- conservation, order, money --------------------------------------------------------------------------------------


def test_nothing_gets_lost_in_random_companies_in_which_everything_happens():
    happened = set()

    @given(companies())
    @RANDOM
    def sound(text: str) -> None:
        case = parsed(text)
        for strategy in case.strategies:
            tables = simulate(case, strategy, seed=3)
            assert_sound(case, strategy, tables, seed=3)
            happened.update(happenings(tables))

    sound()
    assert happened == EVERYTHING


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_gets_lost_with_every_mechanism(strategy):
    assert_sound(company(), strategy, simulate(company(), strategy, seed=4), seed=4)


def test_every_need_ends_exactly_once():
    """Thinned, begun (resolved, given up, unfinished), waiting at the end, before joining, or after leaving."""
    met: set[str] = set()
    count = 0

    @given(companies())
    @RANDOM
    def accounted(text: str) -> None:
        nonlocal count
        case = parsed(text)
        for strategy in case.strategies:
            tables, needs = ends(case, strategy, seed=5)
            twice_or_never = needs[needs.sum(axis=1) != 1]
            assert twice_or_never.empty, twice_or_never.head()
            assert needs["begun"].sum() == len(tables["journeys"])
            met.update(name for name in ENDS if needs[name].any())
            count += len(needs)

    accounted()
    assert met == set(ENDS)
    assert count > 10_000


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
            table = table.sort_values(["touchpoint", "week"])
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
    staffing = after.pop("staffing").set_index(["touchpoint", "week"])
    pd.testing.assert_frame_equal(
        before.pop("staffing").set_index(["touchpoint", "week"]).sort_index(),
        staffing.drop("idle").sort_index(),
        check_exact=True,
    )
    assert (staffing.loc["idle", "busy_min"] == 0.0).all()
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
    staffed = before["staffing"]["touchpoint"] != "web"
    assert (before.pop("staffing")["rostered_min"] < after.pop("staffing")["rostered_min"])[staffed].all()
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
    "wrong_offer",
    "conflicting_advice",
    "promise_not_kept",
]
# The small company needs these facts nowhere; here it does.
MORE_FACTS = {
    **{f"needs.{need}.requires.{fact}": 0 for need in RAW["needs"] for fact in ("profile", "knowledge", "promise")},
    "needs.question.served_at.hotline.promises": 0.5,
    "needs.question.served_at.hotline.promise_at": "web",
}


def with_coverage(fact: str, coverage: float) -> Scenario:
    places = list(RAW["touchpoints"])
    matrix = {a: dict.fromkeys(places, coverage) for a in places}
    identified = {f"touchpoints.{name}.identifies": 1 for name in places}
    carried = {"touchpoints.web.carries": 1}  # what nobody carries no coverage can show
    return company(NO_FEEDBACK | MORE_FACTS | identified | carried | {f"visibility.{fact}": matrix})


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
        calls = simulate(queue(agents, 25.0, None, 1000.0, 20_000, (0, 2)), seed=7, engine=FASTEST)["contacts"]
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
