import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import ArgumentError
from sim.experiment import compare
from sim.labels import language
from sim.messages import TEXTS
from sim.scenario import Fact, FrustrationType, load
from sim.simulation import simulate
from sim.story import story
from sim.tables import CONTACT_OUTCOMES

NAN = float("nan")
WEEK, DAY = 10080.0, 1440.0
TUESDAY_9_05 = 12 * WEEK + DAY + 545.5
CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"


def life(visits, events=(), journeys=(), left=NAN, loyalty=41.4):
    """Tables of customer 7, with the columns that a story reads."""
    about = {"customer": 7, "replication": 0, "measured": True}
    contacts = ["journey", "contact", "touchpoint", "arrived_min", "started_min", "ended_min", "outcome", "purpose"]
    frustrations = ["journey", "contact", "type", "cause", "source_touchpoint", "severity"]
    return {
        "contacts": pd.DataFrame(visits, columns=contacts).assign(**about),
        "frustrations": pd.DataFrame(events, columns=frustrations).astype({"severity": float}).assign(**about),
        "journeys": pd.DataFrame(journeys, columns=["journey", "need", "outcome", "loyalty"]).assign(**about),
        "customers": pd.DataFrame({"customer": [7], "segment": ["private"], "left_min": [left], "loyalty": [loyalty]}),
    }


TWO_CALLS = life(
    visits=[
        (1, 1, "web", TUESDAY_9_05 - DAY, TUESDAY_9_05 - DAY, TUESDAY_9_05 - DAY + 4, "unresolved", "research"),
        (1, 2, "hotline", TUESDAY_9_05, TUESDAY_9_05 + 7.4, TUESDAY_9_05 + 12, "unresolved", "service"),
        (1, 3, "kiosk", TUESDAY_9_05 + 60, TUESDAY_9_05 + 60.5, TUESDAY_9_05 + 70, "resolved", "service"),
    ],
    events=[
        (1, 2, "waited_too_long", "waiting", None, 5.0),
        (1, 2, "repeated_data", "orders", "web", 4.0),
        (1, 2, "asked_for_order_number", "orders", "web", 3.0),
    ],
    journeys=[(1, "return_shoes", "resolved", 41.4)],
)


def test_a_story_says_what_the_log_says():
    assert story(TWO_CALLS, 7) == (
        "On Monday of week 12, at 9:05, the customer looks around on the web first. The need: return shoes. "
        "On Tuesday at 9:05 the customer gets in touch on the hotline. The wait lasts 7 minutes. "
        "The customer is annoyed at the wait. The customer has to give the same data again and is asked for the order "
        "number, because the order, known on the web, is not visible on the hotline. The need stays open. "
        "At 10:05 the customer tries again at the touchpoint kiosk. The need is resolved. "
        "Loyalty is 41 of 100 points afterwards.\n\n"
        "In all, 1 of 1 need is resolved, frustrations cost 12 points of good experience, and loyalty is 41 of 100 "
        "points at the end."
    )


def test_the_same_in_german():
    with language("de"):
        text = story(TWO_CALLS, 7)
    assert text == (
        "Am Montag in Woche 12, um 9:05 Uhr, sieht sich die Person zuerst im Web um. Das Anliegen: return shoes. "
        "Am Dienstag um 9:05 Uhr meldet sich die Person bei der Hotline. Die Wartezeit beträgt 7 Minuten. "
        "Die Person ärgert sich über das Warten. Die Person muss dieselben Daten noch einmal angeben und wird nach der "
        "Bestellnummer gefragt, denn die Bestellung, bekannt im Web, ist bei der Hotline nicht zu sehen. Das Anliegen "
        "bleibt offen. Um 10:05 Uhr versucht es die Person wieder am Kontaktpunkt kiosk. Das Anliegen ist gelöst. "
        "Die Loyalität beträgt danach 41 von 100 Punkten.\n\n"
        "Im Ganzen sind 1 von 1 Anliegen gelöst, Frustrationen kosten 12 Punkte an gutem Erlebnis, und die Loyalität "
        "beträgt am Ende 41 von 100 Punkten."
    )


def test_endings():
    at = WEEK
    text = story(
        life(
            visits=[
                (1, 1, "hotline", at, NAN, at + 1.2, "abandoned", "service"),
                (1, 2, "hotline", at + 5, NAN, at + 35, "turned_away", "service"),
                (2, 1, "store", at + 60, at + 60, at + 70, "passed_on", "service"),
                (2, 2, "store", at + DAY, at + DAY, at + DAY + 9, "unresolved", "service"),
                (3, 1, "web", at + 2 * DAY, at + 2 * DAY, NAN, "unfinished", "service"),
            ],
            events=[
                (1, 1, "waited_too_long", "gave_up_waiting", None, 5.0),
                (2, 1, "passed_on", "competence", None, 4.0),
                (2, 2, "repeated_story", "case", "store", 4.0),
            ],
            journeys=[(1, "a", "given_up", 40.0), (2, "b", "given_up", 39.0), (3, "c", "unfinished", NAN)],
            left=2 * WEEK,
        ),
        7,
    )
    for part in (
        "After waiting 1 minute the customer gives up.",
        "After waiting 30 minutes the customer is turned away, for it is closing time. Now the customer lets it be.",
        "The customer is passed on to another department, because nobody there can settle it. On Tuesday at 0:00 it "
        "goes on in the store.",
        "because what was said before was not kept in the store.",
        "Here the record ends before the contact does. When the record ends, the need is still open.",
        "On Monday of week 2, at 0:00, the customer leaves the company. In all, 0 of 3",
    ):
        assert part in text


def test_what_has_no_words_of_its_own_is_told_with_its_label():
    event = (1, 1, "promise_broken", "stock", "web", 4.0)
    visit = (1, 1, "app", WEEK, WEEK, WEEK + 1, "put_off", "service")
    text = story(life([visit], [event], [(1, "a_need", "resolved", 50.0)]), 7)
    assert "The customer lives through this: promise broken (the cause: stock). It ends so: put off." in text
    with language("de"):
        text = story(life([visit], [event], [(1, "a_need", "resolved", 50.0)]), 7)
    assert "Die Person erlebt dies: promise broken (die Ursache: stock). So geht es aus: put off." in text


def test_the_costly_journeys_are_told_and_the_rest_summed_up():
    visits = [(n, 1, "web", n * DAY, n * DAY, n * DAY + 1, "resolved", "service") for n in range(1, 5)]
    journeys = [(n, f"need_{n}", "resolved", 50.0) for n in range(1, 5)]
    costs = {1: 2.0, 2: 9.0, 3: 3.0, 4: 8.0}
    events = [(n, 1, "passed_on", "competence", None, cost) for n, cost in costs.items()]
    text = story(life(visits, events, journeys), 7, journeys=2)
    assert ("need 2" in text, "need 4" in text, "need 1" in text, "need 3" in text) == (True, True, False, False)
    assert text.index("need 2") < text.index("need 4")
    assert "Of 2 more needs there is less to tell: together they cost 5 points" in text
    assert "Of one more need there is less to tell: it costs 2 points" in story(life(visits, events, journeys), 7, 3)
    assert "Needs without any frustration besides: 2." in story(life(visits, events[1:2] + events[3:], journeys), 7, 2)
    assert "more need" not in story(life(visits, events, journeys), 7, 4)


def test_nothing_is_a_story_too():
    assert story(life([], [], []), 7).startswith("The customer needs nothing in this time. In all, 0 of 0 needs")


def test_arguments():
    with pytest.raises(ArgumentError, match="customer 3 does not exist"):
        story(TWO_CALLS, 3)
    with pytest.raises(ArgumentError, match="at least 1"):
        story(TWO_CALLS, 7, 0)
    twice = TWO_CALLS | {"customers": pd.concat([TWO_CALLS["customers"]] * 2)}
    with pytest.raises(ArgumentError, match="one replication"):
        story(twice, 7)


def test_both_languages_fill_in_the_same():
    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    told = {key: pair for key, pair in TEXTS.items() if key.startswith(("story.", "film.", "day."))}
    assert len(told) > 60
    for key, (english, german) in told.items():
        assert fields(english) == fields(german), key
        assert bool(english) == bool(german), key


def test_there_are_words_for_all_that_happens_so_far():
    for kind in ("not_recognised", "repeated_data", "repeated_story", "waited_too_long", "passed_on"):
        assert kind in list(FrustrationType)
        assert f"story.type.{kind}" in TEXTS
    assert {f"story.fact.{fact}" for fact in ("identity", "orders", "case", "assortment", "price")} <= set(TEXTS)
    assert {"identity", "orders", "case", "assortment", "price"} <= {fact.value for fact in Fact}
    assert all(f"story.ends.{outcome}" in TEXTS for outcome in CONTACT_OUTCOMES[:6])


# --- twins ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result():
    return compare(
        load(CASE), ["today", "shared"], replications=2, seed=2, executor="serial", progress=False, store=False
    )


def test_twins_tell_both_lives_from_the_log(result):
    twins = result.twins(2, replication=1)
    who = int(twins.customers["customer"].iloc[1])
    lives = [story(simulate(result.scenario, strategy, 2, 1), who, 2) for strategy in ("today", "shared")]
    assert twins.story(who, journeys=2) == "\n\n".join(
        [
            f"Customer {who}, households: one person with the same luck in two worlds.",
            *("Under today", lives[0]),
            *("Under shared", lives[1]),
        ]
    )
    assert f"Customer {twins.customers['customer'].iloc[0]}," in twins.story()
    with pytest.raises(ArgumentError, match="is not one of"):
        twins.story(10**6)


def test_twins_can_be_picked_by_segment_and_by_what_differs():
    from cases import company

    of_all = compare(
        company(), ["today", "joined"], replications=1, seed=2, executor="serial", progress=False, store=False
    )
    every = of_all.twins(60).customers
    business = of_all.twins(3, segment="business").customers
    expected = every[every["segment"] == "business"].head(3)
    pd.testing.assert_frame_equal(business.reset_index(drop=True), expected.reset_index(drop=True))
    for measure in ("severity", "resolved", "loyalty"):
        chosen = of_all.twins(60, by=measure).customers
        gaps = (chosen[f"{measure}_strategy"] - chosen[f"{measure}_baseline"]).abs().to_numpy(float)
        assert (np.diff(gaps) <= 1e-12).all()
    with pytest.raises(ArgumentError, match="segment"):
        of_all.twins(segment="privat")
    with pytest.raises(ArgumentError, match="measure"):
        of_all.twins(by="loyalities")
