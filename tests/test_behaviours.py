"""Every behaviour of the catalogue shows: B1 to B10."""

import numpy as np
import pandas as pd
import pytest
from small import AT_THE_STORE_TOO, BUYS, KNOWN_ON_THE_WEB, LOOKS_FIRST, SERVICE, WEEK_MIN, requires, small
from witness import ENGINES, assert_identical, simulate

from sim.population import populate
from sim.scenario import MINUTES_PER_YEAR

JOURNEY = ["customer", "journey"]


def first(table: pd.DataFrame, by: str = "journey") -> pd.DataFrame:
    """First row of each customer: what comes before anything can feed back."""
    return table[table[by] == 1].set_index("customer")


# --- B1: segments ----------------------------------------------------------------------------------------------------


def test_b1_segments_travel_differently():
    """Older customers do not write; the online-minded stay on the web, the store-loyal go to the store."""
    everywhere = {"needs.question.served_at": dict.fromkeys(("web", "hotline", "store", "letter"), SERVICE)}
    people = {"customers": 40, "needs_per_year": {"question": "30 per year"}}
    segments = {
        "segments.people": people,
        "segments.older": people | {"taste": {"letter": -99}},
        "segments.online": people | {"taste": {"web": 99}},
        "segments.loyal": people | {"taste": {"store": 99}},
    }
    contacts = simulate(small(everywhere, segments, {"behaviour.choice_spread": 1}))["contacts"]
    taken = {name: set(part["touchpoint"]) for name, part in contacts.groupby("segment", observed=True)}
    assert taken == {
        "people": {"web", "hotline", "store", "letter"},
        "older": {"web", "hotline", "store"},
        "online": {"web"},
        "loyal": {"store"},
    }


# --- B2: research here, buy there ------------------------------------------------------------------------------------


def test_b2_research_online_purchase_offline_and_the_reverse():
    """A share of the journeys begins elsewhere; what was seen there is what they find missing later."""
    shares = {"segments.people.research_first": {"question": 0.6}, "segments.people.showroom_first": {"question": 0.3}}
    contacts = simulate(small(shares, BUYS))["contacts"]
    looks = contacts[contacts["contact"] == 1]
    counts = looks.groupby(["purpose", "touchpoint"], observed=True).size() / len(looks)
    assert counts["research", "web"] == pytest.approx(0.6, abs=0.07)
    assert counts["research", "store"] == pytest.approx(0.3, abs=0.07)
    assert counts["service", "hotline"] == pytest.approx(0.1, abs=0.05)
    bought = contacts[contacts["outcome"] == "resolved"]
    assert set(bought["touchpoint"]) == {"hotline"}
    assert set(bought["contact"]) == {1, 2}


def test_b2_looking_around_binds_no_staff():
    """The store has one agent and serves nobody: who only looks around waits for none and keeps none busy."""
    look = {
        "segments.people.showroom_first": {"question": 1},
        "needs.question.served_at.store": SERVICE,
        "segments.people.taste": {"store": -99},
        "touchpoints.store.agents": 1,
        "segments.people.needs_per_year.question": "150 per year",
    }
    tables = simulate(small(look))
    looks = tables["contacts"][tables["contacts"]["purpose"] == "research"]
    assert len(looks) > 1000
    assert (looks["started_min"] == looks["arrived_min"]).all()
    assert (tables["staffing"].set_index("touchpoint").loc["store", "busy_min"] == 0.0).all()


# --- B3, B4: expectation, delight, asymmetry -------------------------------------------------------------------------

FELT = {
    "experience.learning": 0.3,
    "touchpoints.hotline.personal_service": 20,
    "segments.people.wait_tolerated": "0 min",
}
# now and then somebody waits, so that some journeys are felt better than expected and some worse
MIXED = FELT | {"touchpoints.hotline.agents": 1, "segments.people.needs_per_year.question": "150 per year"}


def test_b3_every_experience_sets_the_expectation_for_the_next():
    tables = simulate(small(MIXED))
    journeys = tables["journeys"].dropna(subset="experience")
    after = journeys["expectation"] + 0.3 * (journeys["experience"] - journeys["expectation"])
    following = tables["journeys"].groupby("customer")["expectation"].shift(-1)[journeys.index]
    assert following[following.notna()].tolist() == pytest.approx(after[following.notna()].tolist(), rel=1e-12)
    calls = tables["contacts"].dropna(subset="experience")
    after = calls["expectation"] + 0.3 * (calls["experience"] - calls["expectation"])
    following = tables["contacts"].groupby("customer")["expectation"].shift(-1)[calls.index]
    assert following[following.notna()].tolist() == pytest.approx(after[following.notna()].tolist(), rel=1e-12)


def test_b3_what_others_offer_raises_what_is_expected_here():
    """With any retailer: ten points a year, contacts or not, for prospects too; the same service pleases less."""
    from_the_gap = {"experience.satisfaction_base": 75, "experience.expectation_weight": 0}
    rising = {"experience.market_drift_per_year": 10}
    still, rises = (simulate(small(change, NEIGHBOURS, CALLS, from_the_gap)) for change in ({}, rising))
    expected = 75.0 + 10.0 * rises["journeys"]["arose_min"] / MINUTES_PER_YEAR
    # a need that waits for the end of another journey begins some minutes later than it arose
    assert rises["journeys"]["expectation"].tolist() == pytest.approx(expected.tolist(), rel=1e-5)
    assert (still["journeys"]["expectation"] == 75.0).all()
    both = [tables["journeys"].set_index(JOURNEY)["satisfaction"].dropna() for tables in (still, rises)]
    late = rises["journeys"].set_index(JOURNEY)["arose_min"] > 6 * WEEK_MIN
    gap = (both[0] - both[1]).dropna()
    assert (gap >= 0.0).all()
    assert gap[late.reindex(gap.index)].mean() > 2 * gap[~late.reindex(gap.index)].mean() > 0.0
    calls = rises["contacts"]
    assert calls["expectation"].tolist() == pytest.approx(
        (75.0 + 10.0 * rises["journeys"].set_index(JOURNEY)["arose_min"].reindex(
            pd.MultiIndex.from_frame(calls[JOURNEY])) / MINUTES_PER_YEAR).tolist(), rel=1e-5)  # fmt: skip
    joined = rises["customers"].dropna(subset="joined_min")
    assert (joined["segment"] == "neighbours").any(), "who joins late has seen what others offer, too"


def test_b4_above_expectation_delights_and_below_it_frustrates_and_bad_weighs_more():
    asymmetric = {
        "experience.satisfaction_base": 50,
        "experience.expectation_weight": 0,
        "experience.gain": 0.2,
        "experience.shortfall": 0.9,
        "loyalty.gain": 0.2,
        "loyalty.loss": 0.9,
    }
    journeys = simulate(small(MIXED, asymmetric))["journeys"].dropna(subset="experience")
    gap = journeys["experience"] - journeys["expectation"]
    assert ((gap > 1.0).sum() > 50) & ((gap < -1.0).sum() > 50)
    expected = 50.0 + np.where(gap > 0.0, 0.2, 0.9) * gap
    assert journeys["satisfaction"].tolist() == pytest.approx(expected.clip(0.0, 100.0).tolist(), rel=1e-9)
    begun = first(journeys)
    gap = begun["experience"] - begun["expectation"]
    # loyalty starts at 50, half way between where gains and where losses are largest
    expected = 50.0 + 0.5 * np.where(gap > 0.0, 0.2, 0.9) * gap
    assert begun["loyalty"].tolist() == pytest.approx(expected.tolist(), rel=1e-4)


# --- B5: loyalty, leaving, talk --------------------------------------------------------------------------------------

CONSEQUENCES = {
    "loyalty.gain": 0.5,
    "loyalty.loss": 0.5,
    "loyalty.repurchase_sensitivity": 1,
    "loyalty.leaving_sensitivity": 2,
    "segments.people.leaving_per_year": "2 per year",
}
GOOD = {"touchpoints.hotline.personal_service": 30}
BAD = {"touchpoints.hotline.system_delay": "5 min", "behaviour.system_delay_tolerated": "0 min"}


def test_b5_delight_brings_purchases_and_frustration_makes_customers_leave():
    good, bad = (simulate(small(BUYS, CONSEQUENCES, world)) for world in (GOOD, BAD))
    assert good["customers"]["loyalty"].mean() > 55 > 45 > bad["customers"]["loyalty"].mean()
    stay = {name: tables["customers"]["left_min"].isna() for name, tables in (("good", good), ("bad", bad))}
    assert stay["good"].sum() > stay["bad"].sum() + 5
    both = set(good["customers"]["customer"][stay["good"] & stay["bad"]])
    bought = [
        tables["journeys"][tables["journeys"]["customer"].isin(both)].groupby("customer").size()
        for tables in (good, bad)
    ]
    more, fewer = bought[0].reindex(sorted(both), fill_value=0), bought[1].reindex(sorted(both), fill_value=0)
    assert (more >= fewer).all(), "the same stream of needs, thinned less"
    assert more.sum() > 1.2 * fewer.sum()


def test_b5_frustration_brings_complaints():
    complains = {
        "needs.complaint": {"complaint": True, "served_at": {"hotline": SERVICE}},
        "needs.question.follow_ups": [{"need": "complaint", "after": "dissatisfied", "share": 1, "delay": "1 h"}],
        "experience.dissatisfied_below": 65,
    }
    good, bad = (simulate(small(complains, world))["journeys"]["need"].value_counts() for world in (GOOD, BAD))
    assert good["complaint"] == 0 < bad["complaint"]


NEIGHBOURS = {
    "segments.neighbours": {"customers": 0, "prospects": 80, "loyalty_level": 50},
    "word_of_mouth": {"tells_good": 6, "tells_bad": 6, "joins": "3 per year", "persuades": 0.3, "deters": 0.3},
}


CALLS = {"segments.neighbours.needs_per_year": {"question": "30 per year"}}


def joined(*changes) -> pd.Series:
    """When each neighbour becomes a customer; never is infinitely late. Neighbours do not talk themselves."""
    customers = simulate(small(NEIGHBOURS, *changes))["customers"]
    return customers[customers["segment"] == "neighbours"]["joined_min"].fillna(np.inf)


def test_b5_prospects_are_the_same_persons_in_every_world():
    """Where nobody talks, nobody joins earlier or later, however good or bad it is for customers."""
    silent = {"word_of_mouth.tells_good": 0, "word_of_mouth.tells_bad": 0}
    good, bad = joined(silent, GOOD), joined(silent, BAD)
    assert good.tolist() == bad.tolist()
    assert 20 < np.isfinite(good).sum() < 60  # 1 - exp(-3 * 12 / 52) of 80 are 40
    people = [populate(small(NEIGHBOURS, world).document, 1, 0) for world in (GOOD, BAD)]
    assert people[0].prospects == 80
    assert people[0].joining_at.tolist() == people[1].joining_at.tolist()


def test_b5_good_words_bring_customers_and_bad_ones_keep_them_away():
    silent = joined({"word_of_mouth.tells_good": 0, "word_of_mouth.tells_bad": 0}, BAD)
    praised, warned = joined(GOOD), joined(BAD)
    assert (praised <= silent).all()
    assert (praised < silent).any()
    assert (warned >= silent).all()
    assert (warned > silent).any()


def test_b5_the_more_bad_words_the_later_each_prospect_joins():
    before = joined({"word_of_mouth.tells_bad": 0}, BAD)
    for tells in (3, 6, 12):
        now = joined({"word_of_mouth.tells_bad": tells, "word_of_mouth.at_most": 9}, BAD)
        assert (now >= before).all()
        assert np.isfinite(now).sum() < np.isfinite(before).sum()
        before = now


def test_b5_who_joins_lives_like_a_customer_from_then_on():
    lives = {
        "segments.neighbours.needs_per_year": {"question": "30 per year"},
        "segments.neighbours.leaving_per_year": "3 per year",
    }
    tables = simulate(small(NEIGHBOURS, lives))
    customers = tables["customers"].set_index("customer")
    assert (customers["joined_min"][customers["segment"] == "people"] == 0.0).all()
    begun = tables["journeys"].groupby("customer")["arose_min"].min()
    came = customers["joined_min"][customers["segment"] == "neighbours"]
    early = came.index[came < 6 * WEEK_MIN]
    assert len(early) > 10
    assert early.isin(begun.index).mean() > 0.8
    assert (begun >= customers["joined_min"].reindex(begun.index)).all()
    assert customers["left_min"][customers["joined_min"].isna()].isna().all()
    assert (customers["left_min"] >= customers["joined_min"])[customers["left_min"].notna()].all()


# --- B6: recovery ----------------------------------------------------------------------------------------------------

COMPLAINTS = {
    "needs.question.complaint": True,
    "needs.question.served_at.hotline.resolves": 0.5,
    "experience.recovery": 25,
    "experience.unresolved": 10,
    "loyalty.gain": 0.5,
    "loyalty.loss": 0.5,
    "behaviour.goodwill_cost": "15 EUR",
}


def test_b6_goodwill_at_the_first_contact_repairs_and_strengthens_loyalty():
    with_it, without = (
        first(simulate(small(COMPLAINTS, {"touchpoints.hotline.goodwill": share}))["journeys"]) for share in (1, 0)
    )
    at_once = (without["outcome"] == "resolved") & (without["contacts"] == 1)
    later = (without["outcome"] != "unfinished") & (without["contacts"] > 1)
    assert min(at_once.sum(), later.sum()) > 10
    assert (with_it.loc[at_once, "loyalty"] > without.loc[at_once, "loyalty"]).all()
    assert (with_it.loc[at_once, "loyalty"] > 50.0).all(), "stronger than before the complaint"
    assert with_it.loc[later, "loyalty"].tolist() == without.loc[later, "loyalty"].tolist()
    assert (with_it.loc[later, "loyalty"] < 50.0).all()
    assert with_it["goodwill_eur"].tolist() == np.where(at_once, 15.0, 0.0).tolist()
    assert (without["goodwill_eur"] == 0.0).all()


def test_b6_what_is_no_complaint_is_not_recovered():
    journeys = simulate(small(COMPLAINTS, {"touchpoints.hotline.goodwill": 1, "needs.question.complaint": False}))[
        "journeys"
    ]
    assert (journeys["goodwill_eur"] == 0.0).all()


# --- B7: data for good experience ------------------------------------------------------------------------------------

LOOP = {
    "sharing.start": 0.5,
    "sharing.gives_above": 80,
    "sharing.withdraws_below": 70,
    "experience.satisfaction_base": 75,
    "experience.expectation_weight": 0,
    "marketing.messages": "50 per year",
    "touchpoints.hotline.identifies": 0,
    "sharing.identifies": 1,
}


def test_b7_the_loop_runs_up_in_a_good_world_and_down_in_a_bad_one():
    """Half of the customers share their data at first. Good experience wins the others, bad experience loses all."""
    good, bad = (simulate(small(LOOP, world)) for world in (GOOD, BAD))
    for tables, share in ((good, 1.0), (bad, 0.0)):
        served = tables["customers"]["customer"].isin(tables["journeys"].dropna(subset="experience")["customer"])
        assert (tables["customers"]["shares"][served] == share).all()
        late = (tables["messages"]["at_min"] >= 8 * WEEK_MIN).sum() / 4
        assert late == pytest.approx(share * 60 * 50 / 52, rel=0.2, abs=3), "messages a week"


def test_b7_more_data_brings_better_offers():
    """The hotline knows what suits those who share; marketing sees it. Offers to them do not go wrong."""
    offers = {"marketing.wrong_offer": 1, "visibility.profile.hotline": {"web": 1}}
    tables = simulate(small(LOOP, GOOD, offers))
    messages = tables["messages"]
    half = messages["at_min"] < 3 * WEEK_MIN, messages["at_min"] > 9 * WEEK_MIN
    early, late = ((messages[part]["outcome"] == "unwelcome").mean() for part in half)
    assert early > 2 * late


def test_b7_whoever_withdraws_is_no_longer_identified():
    """Only those who share are identified on the hotline: in the bad world its customers become strangers again."""
    good, bad = (
        simulate(
            small(LOOP, KNOWN_ON_THE_WEB, requires("identity"), {"visibility.identity.web": {"hotline": 1}}, world)
        )
        for world in (GOOD, BAD)
    )
    rate = []
    for tables in (good, bad):
        asked = tables["frustrations"][tables["frustrations"]["type"] == "not_recognised"]
        late = tables["contacts"]["arrived_min"] > 6 * WEEK_MIN
        rate.append((asked["at_min"] > 6 * WEEK_MIN).sum() / late.sum())
    assert rate[0] < 0.1 < 0.9 < rate[1]


# --- B8: the customer decides ----------------------------------------------------------------------------------------


def test_b8_customers_change_channel_within_a_journey():
    """Nobody answers the hotline: patience ends after 5 min, and the next contact is at once and elsewhere."""
    switch = {
        "touchpoints.hotline.agents": 0,
        "segments.people.patience": "5 min",
        "segments.people.patience_shape": 1e9,
        "behaviour.switches": 1,
    }
    contacts = simulate(small(AT_THE_STORE_TOO, switch))["contacts"]
    by_journey = contacts.groupby(JOURNEY)["touchpoint"].apply(list)
    assert (by_journey[by_journey.map(len) == 2].map(tuple) == ("hotline", "store")).all()
    assert (by_journey.map(len) == 2).mean() > 0.95
    left = contacts[contacts["contact"] == 1].set_index(JOURNEY)["ended_min"]
    came = contacts[contacts["contact"] == 2].set_index(JOURNEY)["arrived_min"]
    assert (came == left.reindex(came.index)).all()


def test_b8_the_last_experience_steers():
    """The first call goes wrong for everybody; those who mind go to the store the next time."""
    bad = AT_THE_STORE_TOO | BAD | {"experience.learning": 0.5, "segments.people.taste": {"hotline": 0.05}}
    for weight, where in ((0, {"hotline"}), (5, {"store"})):
        contacts = simulate(small(bad, {"behaviour.experience_weight": weight}))["contacts"]
        assert set(first(contacts)["touchpoint"]) == {"hotline"}
        assert set(contacts[contacts["journey"] == 2]["touchpoint"]) == where


def test_b8_convenience_steers():
    """The store is preferred, but customers who do not like to wait for it take what is open."""
    hours = AT_THE_STORE_TOO | {"segments.people.taste": {"store": 1}, "touchpoints.store.open": "Mon-Fri 9:00-17:00"}
    taken = []
    for cost in (0, 5):
        contacts = simulate(small(hours, {"segments.people.opening_delay_cost": cost}))["contacts"]
        taken.append((contacts["touchpoint"] == "hotline").mean())
    assert taken[0] == 0.0
    assert taken[1] == pytest.approx(1 - 40 / 168, abs=0.06)


# --- B9: what needs explanation --------------------------------------------------------------------------------------


def test_b9_what_needs_explanation_wants_advice_and_standard_goods_do_not():
    kinds = {
        "needs.camera": {"served_at": {"web": SERVICE, "store": SERVICE | {"fit": 2}}},
        "needs.battery": {"served_at": {"web": SERVICE, "store": SERVICE | {"fit": -2}}},
        "segments.people.needs_per_year": {"camera": "30 per year", "battery": "30 per year"},
        "behaviour.choice_spread": 1,
    }
    contacts = simulate(small(kinds))["contacts"]
    advised = (contacts["touchpoint"] == "store").groupby(contacts["need"], observed=True).mean()
    odds = np.exp(2.0) / (1.0 + np.exp(2.0))  # logit choice between the web at 0 and the store at +2 or -2
    assert advised["camera"] == pytest.approx(odds, abs=0.06)
    assert advised["battery"] == pytest.approx(1.0 - odds, abs=0.06)


def test_b9_inconsistency_hurts_more_where_more_is_at_stake():
    inconsistent = LOOKS_FIRST | requires("price") | {"touchpoints.web.promotes": 1}
    cheap, dear = (
        simulate(small(inconsistent, {"needs.question.stakes": stakes}))["frustrations"]["severity"]
        for stakes in (1, 2.5)
    )
    assert set(cheap) == {10.0}
    assert set(dear) == {25.0}
    assert len(cheap) == len(dear)


# --- B10: self-service takes the simple cases ------------------------------------------------------------------------

CHOICE = {
    "needs.question.served_at": {"web": SERVICE, "hotline": SERVICE | {"resolves": 0.7}},
    "needs.question.difficulty_spread": 1.5,
    "behaviour.choice_spread": 1,
    "behaviour.max_contacts": 1,
}


def test_b10_self_service_takes_the_simple_cases_and_leaves_the_hard_ones():
    def difficulty(weight: float) -> tuple[pd.Series, float]:
        tables = simulate(small(CHOICE, {"behaviour.self_service_difficulty": weight}))
        difficulty = tables["journeys"].set_index(JOURNEY)["difficulty"]
        contacts = tables["contacts"].join(difficulty, on=JOURNEY)
        calls = contacts[contacts["touchpoint"] == "hotline"]
        return contacts.groupby("touchpoint", observed=True)["difficulty"].mean(), (
            calls["outcome"] == "resolved"
        ).mean()

    (blind, resolves_all), (sorted_by, resolves_hard) = difficulty(0), difficulty(1)
    assert abs(blind["hotline"] - blind["web"]) < 0.35
    assert sorted_by["hotline"] - sorted_by["web"] > 1.0
    assert sorted_by["hotline"] > blind["hotline"] + 0.3
    assert resolves_hard < resolves_all - 0.05, "what is left for staff takes better people"


# --- what patterns P09, P12, P13 and P14 rest on ---------------------------------------------------------------------

PASSES_ON = {"needs.question.served_at.hotline.resolves": 1e-5, "needs.question.served_at.hotline.passes_on": 1}
SPECIALIST = {"behaviour.specialist": 20}
DOUBTFUL = {"needs.question.served_at.hotline.resolves": 0.5, "needs.question.served_at.hotline.passes_on": 1}


def again(per_hand_over: float) -> dict:
    back = {"need": "question", "after": "resolved", "share": 0, "per_hand_over": per_hand_over, "delay": "1 day"}
    return {"needs.question.follow_ups": [back]}


def test_p09_who_is_put_through_tells_the_story_again_unless_it_travels_along():
    put_through = {
        "needs.question.served_at.hotline.transfers": 1,
        "needs.question.requires": {"case": 0},
        "behaviour.transfer_time": "2 min",
        "visibility.case": {"hotline": {"hotline": 0}},
    }
    alone, warm, never = (
        simulate(small(put_through, *change))
        for change in ((), ({"visibility.case": {}},), ({"needs.question.served_at.hotline.transfers": 0},))
    )
    told = [tables["frustrations"]["type"].value_counts() for tables in (alone, warm, never)]
    assert told[0]["repeated_story"] == told[0]["passed_on"] == len(alone["contacts"])
    assert told[1]["passed_on"] == len(warm["contacts"])
    assert told[1].get("repeated_story", 0) == told[2].sum() == 0
    minutes = [(table["ended_min"] - table["started_min"]).mean() for table in (x["contacts"] for x in (alone, warm))]
    assert minutes == pytest.approx([15.0, 12.0])  # ten, two for putting through, three for the story


def test_p09_hard_cases_are_put_through_more_often():
    tables = simulate(small({"needs.question.served_at.hotline.transfers": 0.4, "needs.question.difficulty_spread": 2}))
    who = pd.MultiIndex.from_frame(tables["frustrations"][JOURNEY])
    journeys = tables["journeys"].set_index(JOURNEY)["difficulty"]
    put_through = journeys.index.isin(who)
    assert journeys[put_through].mean() > journeys[~put_through].mean() + 1


def test_p12_the_next_department_knows_more():
    without, having = (simulate(small(PASSES_ON, *change))["journeys"] for change in ((), (SPECIALIST,)))
    finished = [table[table["outcome"] != "unfinished"] for table in (without, having)]
    assert set(finished[0]["outcome"]) == {"given_up"}
    assert set(finished[1]["outcome"]) == {"resolved"}
    assert set(finished[1]["departments"]) == {1}


def test_p12_what_passed_through_many_hands_comes_back():
    def shares(per_hand_over: float) -> pd.Series:
        journeys = simulate(small(DOUBTFUL, again(per_hand_over)))["journeys"]
        done = journeys[(journeys["outcome"] == "resolved") & (journeys["ended_min"] < 10 * WEEK_MIN)]
        back = pd.MultiIndex.from_frame(journeys[["customer", "parent"]].dropna().astype(int))
        return pd.MultiIndex.from_frame(done[JOURNEY]).isin(back), done["departments"]

    back, hand_overs = shares(0.3)
    assert not back[hand_overs == 0].any()
    assert back[hand_overs == 1].mean() == pytest.approx(0.3, abs=0.08)
    assert back[hand_overs == 2].mean() == pytest.approx(0.6, abs=0.15)
    assert not shares(0)[0].any()


COMPLAINS = {
    "needs.complaint": {"complaint": True, "served_at": {"hotline": SERVICE}},
    "needs.question.follow_ups": [{"need": "complaint", "after": "resolved", "share": 0.5, "delay": "1 h"}],
    "segments.people.leaving_per_year": "0.5 per year",
    "loyalty.memory": "12 weeks",
}


def test_p13_who_complained_leaves_unless_it_was_put_right():
    def leave(**change: float) -> int:
        changes = {path.replace("__", "."): value for path, value in change.items()}
        return int(simulate(small(COMPLAINS, changes))["customers"]["left_min"].notna().sum())

    stays = leave()
    assert leave(loyalty__leaving_after_complaint=8) > stays + 10
    assert leave(loyalty__leaving_after_complaint=8, touchpoints__hotline__goodwill=1) == stays


EVERYWHERE = {
    "needs.question.served_at": {"web": SERVICE, "store": SERVICE},
    "behaviour.choice_spread": 1,
    "loyalty.several_touchpoints_for": "26 weeks",
}
MORE = {"loyalty.several_touchpoints_rate": 1, "loyalty.several_touchpoints_value": 0.5}


def test_p14_who_buys_here_and_there_buys_more_and_dearer():
    as_ever, more = (simulate(small(BUYS, EVERYWHERE, *change))["journeys"] for change in ((), (MORE,)))
    assert len(more) > 1.5 * len(as_ever)
    assert set(as_ever["revenue_eur"].round()) == {0.0, 50.0} or set(as_ever["revenue_eur"].round()) == {50.0}
    assert set(more.loc[more["outcome"] == "resolved", "revenue_eur"].round()) == {50.0, 75.0}
    first = more[more["journey"] <= 2]
    assert set(first.loc[first["outcome"] == "resolved", "revenue_eur"].round()) == {50.0}, "two make a habit"


def test_p14_who_keeps_to_one_touchpoint_does_not():
    at_home = {"segments.people.taste": {"web": 99}}
    as_ever, more = (simulate(small(BUYS, EVERYWHERE, at_home, *change))["journeys"] for change in ((), (MORE,)))
    assert set(more.loc[more["outcome"] == "resolved", "revenue_eur"].round()) == {50.0}
    assert len(more) == pytest.approx(len(as_ever), rel=0.1)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "reference"])
def test_the_engines_agree_on_all_of_them(engine):
    changes = (
        *(DOUBTFUL, COMPLAINS, BUYS, EVERYWHERE | {"needs.question.served_at.hotline": SERVICE}, MORE, again(0.4)),
        {"needs.question.served_at.hotline.resolves": 0.5, "needs.question.served_at.hotline.passes_on": 0.5},
        {"needs.question.served_at.hotline.transfers": 0.3, "needs.question.difficulty_spread": 1},
        {"loyalty.leaving_after_complaint": 4, "behaviour.specialist": 1, "behaviour.transfer_time": "1 min"},
    )
    company = small(*changes)
    assert_identical(simulate(company), simulate(company, engine=engine))
