"""Every frustration of the catalogue: it happens with its cause, never without, and it hurts as much as it should."""

import math

import numpy as np
import pandas as pd
import pytest
from small import (
    AT_THE_STORE_TOO,
    BY_LETTER,
    CARRIED_NOWHERE,
    CAUSES,
    HOTLINE_THEN_STORE,
    HURTS_NOBODY,
    KNOWN_ON_THE_WEB,
    LOOKS_FIRST,
    NOBODY_THERE,
    SERVICE,
    WEEK_MIN,
    Cause,
    requires,
    sees,
    small,
)
from witness import ENGINES, assert_identical, simulate

from sim.luck import Purpose, derive, draw
from sim.population import populate
from sim.scenario import MINUTES_PER_YEAR, Fact, FrustrationType

MONTH_MIN = MINUTES_PER_YEAR / 12
CONTACT = ["customer", "journey", "contact"]
COMPANIES = {case.id: small(case.happens) for case in CAUSES}
LOGS = {}
"""Tables of the company in which a frustration happens, by its id."""

every_cause = pytest.mark.parametrize("case", CAUSES, ids=lambda case: case.id.replace(" ", "_"))


def log(case: Cause):
    if case.id not in LOGS:
        LOGS[case.id] = simulate(COMPANIES[case.id])
    return LOGS[case.id]


def events(tables, case: Cause) -> pd.DataFrame:
    table = tables["frustrations"]
    return table[(table["type"] == case.type) & (table["cause"] == case.cause)]


def bounded(points: float) -> float:
    return 100.0 / (1.0 + math.exp(-(points - 50.0) / 25.0))


def test_every_frustration_of_the_catalogue_has_a_case():
    assert {case.type for case in CAUSES} == {kind.value for kind in FrustrationType}
    assert {case.id.split()[0] for case in CAUSES} == {f"F{number}" for number in range(1, 20)}


def test_nothing_goes_wrong_in_the_company_without_causes():
    tables = simulate(small())
    assert len(tables["journeys"]) > 100
    assert len(tables["frustrations"]) == len(tables["messages"]) == 0


@every_cause
def test_it_happens_with_its_cause_and_says_so(case):
    found = events(log(case), case)
    assert len(found) > 0
    assert found["source_touchpoint"].astype(object).where(
        found["source_touchpoint"].notna(), ""
    ).unique().tolist() == [case.source]
    if case.cost_min is None:
        assert (found["cost_min"] > 0.0).all()
        assert found["cost_min"].min() < found["cost_min"].max()
    else:
        assert (found["cost_min"] == case.cost_min).all()
    assert ((found["journey"] == 0) == case.is_message).all()


@every_cause
def test_it_never_happens_without_its_cause(case):
    for removal in case.removals:
        tables = simulate(small(case.happens, removal))
        assert len(events(tables, case)) == 0, removal
        assert len(tables["journeys"]) > 50, "life went on"


@every_cause
def test_it_costs_exactly_its_severity_where_it_happens_and_nothing_elsewhere(case):
    """Paired with a world in which nothing hurts: the same contacts, felt better by the points of their events."""
    hurt, control = log(case), simulate(small(case.happens, HURTS_NOBODY))
    felt = ["experience", "expectation"]
    pd.testing.assert_frame_equal(hurt["contacts"].drop(columns=felt), control["contacts"].drop(columns=felt))
    assert (control["frustrations"]["severity"] == 0.0).all()
    assert len(control["frustrations"]) == len(hurt["frustrations"])
    if case.is_message:
        assert_it_costs_loyalty(case, hurt, control)
        return
    lost = hurt["frustrations"].groupby(CONTACT)["severity"].sum()
    contacts = hurt["contacts"].dropna(subset="experience").set_index(CONTACT)
    points = 75.0 - lost.reindex(contacts.index, fill_value=0.0)
    assert contacts["experience"].tolist() == pytest.approx([bounded(each) for each in points], rel=1e-12)
    at = pd.MultiIndex.from_frame(events(hurt, case)[CONTACT]).intersection(contacts.index)
    better = control["contacts"].set_index(CONTACT)["experience"]
    assert (contacts.loc[at, "experience"] < better.loc[at]).all()
    assert len(at) > 0


def assert_it_costs_loyalty(case, hurt, control):
    """A message is felt between journeys: `annoys` times its points times loyalty / 100, message after message."""
    unwelcome = hurt["frustrations"].groupby("customer").size()
    assert (hurt["frustrations"]["type"] == case.type).all()
    loyalty = 50.0 * (1.0 - 0.1 * 10.0 / 100.0) ** unwelcome.reindex(hurt["customers"]["customer"], fill_value=0)
    # with a half-life of a thousand years hardly anything fades within 12 weeks
    assert hurt["customers"]["loyalty"].tolist() == pytest.approx(loyalty.tolist(), rel=1e-4)
    assert (control["customers"]["loyalty"] == 50.0).all()
    assert (hurt["customers"]["loyalty"] < 50.0).any()


@every_cause
def test_the_journey_is_felt_worse_than_without_the_cause(case):
    if case.is_message:
        return  # no journey is concerned
    worse = log(case)["journeys"]["experience"].mean()
    better = simulate(small(case.happens, case.removals[0]))["journeys"]["experience"].mean()
    assert worse < better


@every_cause
@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "reference"])
def test_every_engine_sees_it_alike(case, engine):
    assert_identical(log(case), simulate(COMPANIES[case.id], engine=engine))


# --- by hand ---------------------------------------------------------------------------------------------------------

BY_ID = {case.id: case for case in CAUSES}


def contacts_of(case_id: str) -> pd.DataFrame:
    return log(BY_ID[case_id])["contacts"]


def test_f1_customers_are_recognised_from_the_second_contact_on():
    """Asked once; then the hotline itself knows who they are."""
    tables = log(BY_ID["F1"])
    found = events(tables, BY_ID["F1"])
    assert (found["journey"] == 1).all()
    assert set(found["customer"]) == set(tables["contacts"]["customer"])


FACT_NAMES = [fact.value for fact in Fact]
EVERY_FACT = {"needs.question.requires": dict.fromkeys(FACT_NAMES, 0)} | {
    f"facts.{fact}.handling": f"{1 + number} min" for number, fact in enumerate(FACT_NAMES)
}


def test_the_time_of_a_missing_fact_is_written_down_once():
    """Orders bring F2, F3 and F7, identity F1 and F2; the events of a contact cost what its service grew by."""
    looked = KNOWN_ON_THE_WEB | LOOKS_FIRST | CARRIED_NOWHERE | {"touchpoints.web.carries": 1,
                                                                 "touchpoints.web.promotes": 1}  # fmt: skip
    promised = {"needs.question.served_at.hotline.promises": 1, "needs.question.served_at.hotline.promise_at": "store"}
    tables = simulate(small(HOTLINE_THEN_STORE, promised, EVERY_FACT, looked, {"behaviour.regular_from": 1}))
    events, contacts = tables["frustrations"], tables["contacts"]
    of_facts = events[events["cause"].isin(FACT_NAMES)]
    assert set(of_facts["cause"]) == set(FACT_NAMES)
    several = of_facts.groupby([*CONTACT, "cause"], observed=True)["type"].agg(list)
    assert ["repeated_data", "not_recognised"] in several.tolist()
    assert ["asked_for_order_number", "sees_less_than_web"] in several.tolist()
    served = contacts[contacts["purpose"] == "service"].dropna(subset="ended_min").set_index(CONTACT)
    longer = served["ended_min"] - served["started_min"] - 10.0
    cost = of_facts.groupby(CONTACT)["cost_min"].sum().reindex(served.index, fill_value=0.0)
    assert longer.tolist() == pytest.approx(cost.tolist(), abs=2.0**-15)
    assert (cost > 10.0).any()
    alone = simulate(small(KNOWN_ON_THE_WEB, LOOKS_FIRST, requires("orders")))["frustrations"]
    first = alone[alone["contact"] == alone["contact"].min()].groupby(CONTACT)[["type", "cost_min"]].agg(list)
    assert first["type"].map(tuple).unique().tolist() == [
        ("repeated_data", "asked_for_order_number", "sees_less_than_web")
    ]
    assert (first["cost_min"].map(tuple) == (3.0, 0.0, 0.0)).all()


def test_f2_whose_case_it_is_stands_in_what_was_written_down():
    """Where the case is seen, nobody has to say again who they are, though the identity itself is not shared."""
    case = small(BY_ID["F2 again"].happens, requires("identity") | sees("case", "hotline", "store"))
    assert len(simulate(case)["frustrations"]) == 0
    elsewhere = small(BY_ID["F2 again"].happens, sees("case", "store", "hotline"))
    assert len(events(simulate(elsewhere), BY_ID["F2 again"])) > 0


NO_PRODUCT = requires("assortment") | {"needs.question.requires": {"assortment": 99}, "needs.question.buys": True,
                                       "needs.question.value": "50 EUR"}  # fmt: skip


@pytest.mark.parametrize("seen", [{}, LOOKS_FIRST], ids=["unseen", "seen"])
def test_f5_a_sale_lost_to_an_unknown_product_says_so(seen):
    """Whether or not the customer saw the product elsewhere before."""
    journeys = simulate(small(BY_ID["F5"].happens, NO_PRODUCT, {"segments.people.research_first": {}}, seen))[
        "journeys"
    ]
    lost = journeys[journeys["outcome"] == "given_up"]
    assert len(lost) > 100
    assert (lost["lost_to"] == "product_unknown").all()
    assert (journeys["outcome"] != "resolved").all()


def test_f5_what_nobody_carries_cannot_be_seen_or_sold():
    everywhere = {f"visibility.assortment.{a}": dict.fromkeys(("web", "hotline", "store", "letter"), 1)
                  for a in ("web", "hotline", "store", "letter")}  # fmt: skip
    tables = simulate(small(NO_PRODUCT, CARRIED_NOWHERE, everywhere))
    assert (tables["journeys"]["outcome"] != "resolved").all()
    assert tables["frustrations"]["source_touchpoint"].isna().all()
    some = small(NO_PRODUCT, CARRIED_NOWHERE, everywhere, {"touchpoints.letter.carries": 0.5})
    outcome = simulate(some)["journeys"]["outcome"].value_counts(normalize=True)
    assert outcome["resolved"] == pytest.approx(0.5, abs=0.08)


def test_f6_the_delay_lengthens_the_service():
    tables = log(BY_ID["F6"])
    slow = tables["frustrations"].set_index(CONTACT)["cost_min"]
    contacts = tables["contacts"].dropna(subset="ended_min").set_index(CONTACT)
    lasted = contacts["ended_min"] - contacts["started_min"] - 10.0
    both = slow.index.intersection(lasted.index)
    assert lasted[both].tolist() == pytest.approx(slow[both].tolist(), abs=2.0**-16)
    assert (slow > 2.0).all()
    tolerated = lasted.drop(both)
    assert tolerated.between(0.0, 2.0 + 2.0**-16).all()
    assert 0.55 < len(slow) / len(contacts) < 0.8  # exp(-2/5) = 0.67


def test_f7_needs_a_look_at_the_orders_on_the_web_wherever_else_the_customer_has_bought():
    """Which other touchpoints know of purchases does not matter, nor what they are called."""
    for other in ("store", "letter"):
        both = {"segments.people.bought_before": {"web": 1, other: 1}}
        assert len(events(simulate(small(BY_ID["F7"].happens, both)), BY_ID["F7"])) == len(
            events(log(BY_ID["F7"]), BY_ID["F7"])
        ), other


def test_f9_comes_after_the_purchase_and_only_for_so_long():
    slow = {"needs.question.served_at.hotline.service_time.mean": "3 days"}
    tables = simulate(small(BY_ID["F9"].happens, slow))
    bought = tables["journeys"].dropna(subset="ended_min")[["customer", "ended_min"]].sort_values("ended_min")
    found = events(tables, BY_ID["F9"])[["customer", "at_min"]].sort_values("at_min")
    last = pd.merge_asof(found, bought, left_on="at_min", right_on="ended_min", by="customer")
    assert (last["at_min"] - last["ended_min"] < 4 * WEEK_MIN).all(), "nobody is offered what will be bought later"
    messages = tables["messages"].sort_values("at_min")
    after = pd.merge_asof(messages, bought, left_on="at_min", right_on="ended_min", by="customer")
    fresh = (after["at_min"] - after["ended_min"] < 4 * WEEK_MIN).tolist()
    assert ((messages["outcome"] == "unwelcome") == fresh).all()


def test_f11_messages_wear_off_over_a_month():
    """Tolerated up to a load of 3 with a mean life of a month: a message is too many when the sum says so."""
    tables = log(BY_ID["F11 frequency"])
    for _, own in tables["messages"].groupby("customer"):
        load, before = 0.0, own["at_min"].iloc[0]
        for at, outcome in zip(own["at_min"], own["outcome"], strict=True):
            load = load * math.exp(-(at - before) / MONTH_MIN) + 1.0
            before = at
            assert (outcome == "unwelcome") == (load > 3.0)


def contact_key(case, journeys: pd.DataFrame, visit: int) -> pd.Series:
    """Root of the luck of a contact of base needs, by customer and journey."""
    people = populate(case.document, 1, 0)
    key_of = dict(zip(people.candidates["arises_min"].tolist(), people.candidates["key"].tolist(), strict=True))
    nearest = np.array(sorted(key_of))
    arose = [min(nearest, key=lambda at, one=one: abs(at - one)) for one in journeys["arose_min"]]
    return [derive(derive(int(key_of[at]), Purpose.CONTACT), visit) for at in arose]


def test_f13_a_request_is_given_up_exactly_at_the_end_of_patience_or_taken_up_on_time():
    """Answers take 2 days sharp; patience is exponential with a mean of 1 day."""
    tables = log(BY_ID["F13 vanishes"])
    contacts = tables["contacts"]
    patience = [-1440.0 * math.log(draw(key, Purpose.PATIENCE))
                for key in contact_key(COMPANIES["F13 vanishes"], tables["journeys"], 1)]  # fmt: skip
    by_journey = dict(zip(tables["journeys"][["customer", "journey"]].itertuples(index=False), patience, strict=True))
    waits = [by_journey[key] for key in contacts[["customer", "journey"]].itertuples(index=False)]
    outcomes = set()
    for wait, contact in zip(waits, contacts.itertuples(), strict=True):
        if contact.outcome == "unfinished":
            continue
        outcomes.add(contact.outcome)
        assert (contact.outcome == "abandoned") == (wait < 2880.0)
        expected = min(wait, 2880.0)
        until = contact.ended_min if contact.outcome == "abandoned" else contact.started_min
        assert until - contact.arrived_min == pytest.approx(expected, abs=2.0**-16)
    assert outcomes == {"abandoned", "resolved"}
    lost = events(tables, BY_ID["F13 vanishes"])
    waited = contacts[contacts["outcome"] == "abandoned"]
    assert lost["cost_min"].tolist() == (waited["ended_min"] - waited["arrived_min"]).tolist()


def test_f13_a_tracked_request_is_taken_up_by_its_deadline():
    deadline = {"touchpoints.letter.tracked": 1, "touchpoints.letter.deadline": "5 h"}
    contacts = simulate(small(BY_LETTER, deadline))["contacts"].dropna(subset="started_min")
    assert (contacts["started_min"] - contacts["arrived_min"] == 300.0).all()
    soon = {"touchpoints.letter.answer_time": "2 h"}
    contacts = simulate(small(BY_LETTER, deadline, soon))["contacts"].dropna(subset="started_min")
    assert (contacts["started_min"] - contacts["arrived_min"] == 120.0).all()


def test_f16_no_promise_is_broken_where_none_was_made():
    """A follow-up of a purchase inherits where it was bought, but a promise only where the need is about one."""
    complains = {
        "needs.question.promised_at_purchase": True,
        "needs.question.follow_ups": [{"need": "complaint", "after": "resolved", "share": 1, "delay": "1 h"}],
        "needs.complaint": {"served_at": {"store": SERVICE}, "requires": {"promise": 0, "orders": 0}},
    }
    tables = simulate(small(BY_ID["F16 delivery"].happens, complains))
    events = tables["frustrations"]
    by_need = events.groupby(["need", "type"], observed=True).size()
    assert by_need["question", "promise_not_kept"] > 100
    assert by_need["complaint", "asked_for_order_number"] > 100, "what was ordered is still asked for"
    assert ("complaint", "promise_not_kept") not in by_need.index


def test_f16_a_promise_is_due_at_the_promised_minute():
    after = {"needs.question.served_at.hotline.promise_after": "90 min"}
    contacts = simulate(small(BY_ID["F16 call-back"].happens, after))["contacts"]
    first = contacts[contacts["contact"] == 1].set_index(["customer", "journey"])
    second = contacts[contacts["contact"] == 2].set_index(["customer", "journey"])
    assert (second["touchpoint"] == "store").all()
    assert len(second) > 100
    assert (second["arrived_min"] == first.loc[second.index, "ended_min"] + 90.0).all()


def test_f17_a_refusal_lasts_its_time_and_is_learned_once():
    tables = log(BY_ID["F17"])
    contacts = tables["contacts"]
    refused = contacts[contacts["touchpoint"] == "hotline"].dropna(subset="ended_min")
    assert (refused["ended_min"] - refused["started_min"] == 4.0).all()
    assert (refused["outcome"] == "unresolved").all()
    assert (refused["contact"] == 1).all(), "nobody tries again where the service is not offered"
    elsewhere = contacts[contacts["touchpoint"] == "store"]
    assert (elsewhere["contact"] == 2).all()
    assert len(elsewhere) > 100


def test_f17_staff_who_steer_settle_it_in_the_same_contact():
    """Ten minutes and five for the detour; the same where an earlier agent had refused."""
    steers = {"touchpoints.hotline.steers": 1, "behaviour.steering_time": "5 min"}
    contacts = simulate(small(BY_ID["F17"].happens, steers))["contacts"].dropna(subset="ended_min")
    assert (contacts["touchpoint"] == "hotline").all()
    assert (contacts["outcome"] == "resolved").all()
    assert (contacts["ended_min"] - contacts["started_min"] == 15.0).all()


def test_f17_one_agent_may_settle_what_another_refused():
    """The hotline refuses or steers, contact by contact; the store can do nothing but promise a call of the hotline."""
    back = {
        "touchpoints.hotline.steers": 0.5,
        "behaviour.steering_time": "5 min",
        "needs.question.served_at.store": SERVICE | {"resolves": 0, "promises": 1, "promise_at": "hotline"},
    }
    contacts = simulate(small(BY_ID["F17"].happens, back))["contacts"].dropna(subset="ended_min")
    calls = contacts[contacts["touchpoint"] == "hotline"]
    steered = calls["ended_min"] - calls["started_min"] == 15.0
    assert (steered & (calls["contact"] == 3)).any()
    assert ((calls["outcome"] == "resolved") == steered).all()


def test_f18_customers_are_accustomed_after_so_many_journeys():
    found = events(log(BY_ID["F18"]), BY_ID["F18"])
    assert sorted(found["journey"].unique()) == [1, 2, 3]
    journeys = log(BY_ID["F18"])["contacts"].groupby("customer")["journey"].nunique()
    assert found.groupby("customer").size().tolist() == journeys.clip(upper=3).tolist()
    assert journeys.max() > 3


def test_f18_is_noticed_where_nothing_else_is_left():
    """The only touchpoint that serves the need is gone: the journey is given up, and for that reason."""
    tables = simulate(small({"touchpoints.hotline.closed": 1, "needs.question.buys": True,
                             "needs.question.value": "50 EUR"}))  # fmt: skip
    journeys = tables["journeys"]
    assert len(tables["contacts"]) == 0
    assert (journeys["outcome"] == "given_up").all()
    assert (journeys["lost_to"] == "touchpoint_taken_away").all()


def test_f18_concerns_the_customers_of_the_locations_that_closed():
    """Of 60 customers each has a location of their own; as more close, only further customers are concerned."""
    before: set[int] = set()
    for share in (0.25, 0.5, 0.75):
        tables = simulate(small(AT_THE_STORE_TOO, {"touchpoints.hotline.closed": share}))
        contacts = tables["contacts"]
        moved = set(contacts["customer"][contacts["touchpoint"] == "store"])
        assert not moved & set(contacts["customer"][contacts["touchpoint"] == "hotline"])
        assert before < moved
        assert abs(len(moved) / 60 - share) < 0.2
        assert moved == set(tables["frustrations"]["customer"])
        before = moved


def test_a_lost_sale_is_lost_to_what_happened_in_the_last_contact():
    """First data are asked for again, which costs more; what the customer gives up over is the refusal after it."""
    sale = {"needs.question.buys": True, "needs.question.value": "50 EUR"}
    refused = {"needs.question.served_at.store.offered": 0, "behaviour.max_contacts": 2,
               "frustrations.repeated_data.severity": 90}  # fmt: skip
    journeys = simulate(small(HOTLINE_THEN_STORE, KNOWN_ON_THE_WEB, requires("identity"), sale, refused))["journeys"]
    lost = journeys[journeys["outcome"] == "given_up"]
    assert len(lost) > 100
    assert (lost["lost_to"] == "service_not_offered").all()
    quiet = {"needs.question.served_at.store": SERVICE | {"resolves": 0}, "behaviour.max_contacts": 2}
    journeys = simulate(small(HOTLINE_THEN_STORE, KNOWN_ON_THE_WEB, requires("identity"), sale, quiet,
                              sees("identity", "web", "store") ))["journeys"]  # fmt: skip
    first = journeys[(journeys["journey"] == 1) & (journeys["outcome"] == "given_up")]
    assert (first["lost_to"] == "repeated_data").all(), (
        "where nothing happened in the last contact, the journey's costliest"
    )


def test_f12_nobody_is_lost_to_waiting_where_somebody_is_there():
    """Patience ends after exactly 7 min; the sale is lost to it, with its value."""
    sale = {"needs.question.buys": True, "needs.question.value": "50 EUR"}
    patience = {"segments.people.patience": "7 min", "segments.people.patience_shape": 1e9}
    tables = simulate(small(NOBODY_THERE, patience, sale))
    journeys, contacts = tables["journeys"], tables["contacts"].dropna(subset="ended_min")
    ended = journeys[journeys["outcome"] != "unfinished"]
    assert (ended["lost_eur"] == 50.0).all()
    assert (ended["lost_to"] == "waited_too_long").all()
    assert (contacts["ended_min"] - contacts["arrived_min"] == 7.0).all()
    journeys = simulate(small(patience, sale))["journeys"]
    assert (journeys["lost_eur"] == 0.0).all()
    assert journeys["lost_to"].isna().all()
