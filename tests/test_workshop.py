"""The workshop without a browser: session, files that are kept, refining, words, and the widgets' wiring."""

import ast
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim import experiment
from sim.cli import app as command_line
from sim.errors import ArgumentError
from sim.figures import who_sees_what
from sim.messages import TEXTS, say
from sim.output_analysis import Verdict
from sim.scenario import OpeningHours
from sim.scenario.spans import hours_text, roster
from sim.workshop import Position, Session, cards, week
from sim.workshop.app import free_port
from sim.workshop.controls import STEPS, controls
from sim.workshop.figures import VIEWS, picture, sees, visibility
from sim.workshop.keeping import kept_files
from sim.workshop.panel import SETTINGS_VARIABLE, Workshop, open_workshop
from sim.workshop.refining import Refiner

CASE = Path(__file__).parent / "cases" / "workshop.yaml"
FEW = {"replications": 3, "progress": False, "store": False}


@pytest.fixture(scope="module")
def case():
    return sim.load(CASE)


@pytest.fixture
def session(case):
    return Session(case, "shared")


@pytest.fixture(scope="module")
def comparison(case):
    return sim.compare(case, ["today", "shared"], **FEW)


# --- the week --------------------------------------------------------------------------------------------------------


def test_hours_are_written_as_they_are_read():
    for written in ("Mon-Fri 8:30-18:00, Sat 10:00-20:00", "Mon 0:00-24:00", "Tue 9:00-12:00, 13:15-17:00", "always"):
        hours = OpeningHours.parse(written)
        assert OpeningHours.parse(hours_text(hours.slots)) == hours


def test_presets_do_what_their_names_say():
    hours = week.presets(OpeningHours.parse("Mon-Fri 9:00-17:30, Sat 10:00-14:00"))
    assert {name: each.text for name, each in hours.items()} == {
        "as_in_case": "Mon-Fri 9:00-17:30, Sat 10:00-14:00",
        "evening_longer": "Mon-Fri 9:00-19:30, Sat 10:00-16:00",
        "evening_shorter": "Mon-Fri 9:00-15:30, Sat 10:00-12:00",
        "morning_earlier": "Mon-Fri 7:00-17:30, Sat 8:00-14:00",
        "saturday_closed": "Mon-Fri 9:00-17:30",
        "sunday_open": "Mon-Fri 9:00-17:30, Sat-Sun 10:00-14:00",
        "always_open": "always",
    }


def test_presets_end_at_midnight_and_never_close_for_good():
    late = week.presets(OpeningHours.parse("Mon 22:30-23:30"))
    assert late["evening_longer"].text == "Mon 22:30-24:00"
    assert "evening_shorter" not in late


def test_new_hours_are_staffed_like_the_nearest_ones():
    old = OpeningHours.parse("Fri 9:00-17:00, Sat 10:00-12:00")
    agents = [3 if slot < 5 * 96 else 1 for slot in range(672)]
    agents = [number if is_open else 0 for number, is_open in zip(agents, old.slots, strict=True)]
    new = OpeningHours.parse("Fri 9:00-18:00, Sat-Sun 10:00-12:00")
    assert roster(week.staffed(agents, new, 0)) == {"Fri 9:00-18:00": 3, "Sat-Sun 10:00-12:00": 1}
    assert roster(week.staffed(agents, new, -2)) == {"Fri 9:00-18:00": 1, "Sat-Sun 10:00-12:00": 1}


def test_where_nobody_serves_only_new_people_do():
    hours = OpeningHours.parse("Mon 9:00-10:00")
    assert roster(week.staffed([0] * 672, hours, 0)) == {}
    assert roster(week.staffed([0] * 672, hours, 2)) == {"Mon 9:00-10:00": 2}


# --- controls --------------------------------------------------------------------------------------------------------


def test_every_lever_staffed_place_and_closing_time_has_a_control(case):
    found = controls(case, "trained")
    for lever in case.document.levers:
        assert found[f"coverage.{lever}"].base == (0.85 if lever == "training" else 0.0)
        assert found[f"start.{lever}"].base == -4.0
    assert next(iter(found)) == "coverage.training"  # levers of the strategy stand first
    assert [name for name in found if name.startswith(("agents", "hours"))] == [
        "agents.hotline",
        "hours.hotline",
        "agents.store",
        "hours.store",
    ]


def test_assumptions_are_those_with_the_widest_relative_ranges(case):
    found = [control for control in controls(case, "trained").values() if control.kind == "assumption"]
    assert [(control.target, control.hint) for control in found] == [
        ("behaviour.pause", "6 h (range 2 to 20)"),  # 18 / 6
        ("needs.*.follow_ups.*.delay", "2 days (range 1 to 6)"),  # 5 / 2
        ("behaviour.redial_after", "10 min (range 5 to 15)"),  # 10 / 10
        ("needs.*.value", "60 EUR (range 40 to 90)"),  # 50 / 60
        ("touchpoints.*.wage", "30 EUR per hour (range 25 to 36)"),  # 11 / 30
    ]  # patience has a source, agents have a control of their own


def test_what_the_room_voted_on_comes_first_with_its_range(case, tmp_path):
    votes = tmp_path / "votes.csv"
    votes.write_text(
        "participant,parameter,low,best,high\n"
        "Anna,segments.households.patience,2 min,3 min,6 min\n"
        "Ben,segments.households.patience,1 min,2 min,4 min\n"
    )
    session = Session(sim.load_ballots(votes, case).case(), "shared")
    found = [control for control in session.controls.values() if control.kind == "assumption"]
    patience = session.case.quantity("segments.households.patience")
    assert found[0].title == "segments: households, patience"
    assert found[0].paths == ("segments.households.patience",)
    session.set(found[0].name, 1.0)
    assert float(session.scenario.quantity("segments.households.patience")) == patience.high
    assert len(found) == 6


def test_numbers_of_one_meaning_move_together(case):
    both = case.change(
        {"touchpoints.store.wage": {"value": "20 EUR per hour", "low": "10 EUR per hour", "high": "25 EUR per hour"}}
    )
    session = Session(both)
    session.set("assumption.touchpoints.*.wage", 1.0)
    assert [session.scenario.quantity(f"touchpoints.{name}.wage").value for name in ("hotline", "store")] == [36, 25]
    assert session.controls["assumption.touchpoints.*.wage"].hint.startswith("2 numbers together: 30 EUR per hour")


@pytest.mark.parametrize("place", STEPS)
def test_an_assumption_moves_from_low_over_its_value_to_high(session, place):
    control = next(each for each in session.controls.values() if each.target == "behaviour.pause")
    base = session.case.quantity("behaviour.pause")
    expected = {
        -1.0: base.low,
        -0.5: (base.low + base.value) / 2,
        0.0: base.value,
        0.5: (base.high + base.value) / 2,
        1.0: base.high,
    }
    session.set(control.name, place)
    moved = session.scenario.quantity("behaviour.pause")
    assert float(moved) == pytest.approx(expected[place], rel=1e-3)
    assert (moved.low, moved.high, moved.source) == (base.low, base.high, base.source)


# --- session ---------------------------------------------------------------------------------------------------------


def test_nothing_moved_is_the_case_itself(session, case):
    assert session.scenario is case
    assert session.differences() == []
    assert session.question.base is None


def test_settings_come_out_as_changes_of_the_scenario(session, case):
    session.set("coverage.shared_case", 0.5)
    session.set("start.training", 13)
    session.set("agents.hotline", 1)
    session.set("agents.store", 1)
    session.set("hours.store", "saturday_closed")
    assert session.scenario == case.change(
        {
            "touchpoints.hotline.agents": {"value": 3, "source": "assumption: set in a workshop"},
            "touchpoints.store.open": "Mon-Fri 10:00-18:00",
            "touchpoints.store.agents": {"Mon-Fri 10:00-18:00": 2, "source": "assumption: set in a workshop"},
            "strategies.shared.levers.shared_case.coverage": 0.5,
            "strategies.shared.levers.training.start": "13 weeks",
        }
    )
    assert session.differences() == [
        "Hotline: people more or fewer: as in the case → +1 person",
        "Shop: people more or fewer: as in the case → +1 person",
        "Shared case: 85 % → 50 %",
        "Shop: opening hours: as in the case → Saturday closed",
        "training, start: week −4 → week +13",
    ]


def test_a_plain_number_of_agents_changes_as_a_number(case):
    session = Session(case.change({"touchpoints.hotline.agents": {"value": 3, "low": 2, "high": 4, "source": "L1"}}))
    session.set("agents.hotline", -2)
    assert session.scenario.quantity("touchpoints.hotline.agents").value == 1
    with pytest.raises(ArgumentError, match=r"agents.hotline: got -3.0, expected one of: -2.0, -1.0"):
        session.set("agents.hotline", -3)


def test_the_start_of_a_lever_that_is_not_used_changes_nothing(case):
    session = Session(case, "trained")
    session.set("start.shared_case", 0)
    table, base = (sim.compare(each, ["today", "trained"], **FEW).table for each in (session.scenario, case))
    pd.testing.assert_frame_equal(table, base)


def test_undo_reset_and_choose(session):
    session.set("coverage.shared_case", 0.5)
    session.set("agents.hotline", 1)
    session.set("coverage.shared_case", 0.85)  # back to the case
    assert session.settings == {"agents.hotline": 1.0}
    session.undo()
    assert session.settings == {"coverage.shared_case": 0.5, "agents.hotline": 1.0}
    session.choose("trained")
    assert session.position == Position("trained", (("agents.hotline", 1.0),))
    session.reset()
    assert session.scenario is session.case
    for _ in range(4):
        session.undo()
    assert session.position == Position("shared")
    assert not session.can_undo
    session.undo()
    assert session.position == Position("shared")


def test_what_changes_nothing_is_no_step(session):
    session.set("coverage.shared_case", 0.85)
    session.reset()
    assert not session.can_undo


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("coverage.shared_csae", 0.5, "unknown control 'coverage.shared_csae', did you mean 'coverage.shared_case'?"),
        ("coverage.shared_case", 1.01, "coverage.shared_case: got 1.01, expected a share from 0 to 1"),
        ("hours.hotline", "noon", "hours.hotline: got 'noon', expected one of: as_in_case"),
    ],
)
def test_settings_that_do_not_exist(session, name, value, message):
    with pytest.raises(ArgumentError) as raised:
        session.set(name, value)
    assert str(raised.value).startswith(message)
    assert session.settings == {}


def test_strategies_that_cannot_be_chosen(case):
    with pytest.raises(ArgumentError, match="unknown strategy 'sharde', did you mean 'shared'"):
        Session(case, "sharde")
    with pytest.raises(ArgumentError, match="'today' is the baseline"):
        Session(case, "today")


def test_a_large_case_is_shown_smaller_and_the_panel_says_what_that_does(case):
    names = list(case.document.segments)
    small = case.change({f"segments.{name}.customers": 500 if name == names[0] else 0 for name in names})
    assert Session(small).scale == 1.0
    assert Session(small).question.first_look == 1.0
    large = small.change({f"segments.{names[0]}.customers": 534_000})
    assert (Session(large).scale, Session(large).question.first_look) == (0.19, 0.015)  # 100,000 and 8,000 of 534,000
    assert (Session(large, scale=1.0).question.scale, Session(large, scale=1.0).question.first_look) == (1.0, 0.015)
    assert Session(large, scale=0.01).question.first_look == 0.01


def test_one_more_person_is_there_in_a_copy_too(case):
    session = Session(case, "shared", scale=0.6)
    session.set("agents.hotline", 1)
    before, after = (
        np.array(each.scaled(0.6).document.touchpoints["hotline"].roster) for each in (case, session.scenario)
    )
    hours = np.count_nonzero(before) / 4.0
    assert (after.sum() - before.sum()) / 4.0 == pytest.approx(0.6 * hours, abs=1.0)
    assert (after >= before).all()


def test_assumptions_without_a_source(session, case):
    found = session.unsourced()
    register = case.assumptions()
    assert len(found) == register["assumption"].sum() > 0
    assert "touchpoints.hotline.agents" in found["path"].to_list()
    assert "touchpoints.web.cost_per_contact" not in found["path"].to_list()
    wage = found.set_index("path")["source"]["touchpoints.hotline.wage"]
    assert wage.startswith("assumption: cost of an hour")


# --- keeping ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(session):
    session.set("coverage.shared_case", 0.5)
    session.set("coverage.training", 0.0)
    session.set("agents.hotline", 1)
    session.set("hours.store", "sunday_open")
    session.set("assumption.needs.*.follow_ups.*.delay", 1.0)
    return session


def test_what_is_kept_loads_again_and_gives_the_same_numbers(moved, tmp_path):
    file = moved.keep("Half the customers!", tmp_path / "new folder")
    assert file == tmp_path / "new folder" / "half_the_customers.yaml"
    kept = sim.load(file)
    assert kept.strategies == [*moved.case.strategies, "half_the_customers"]
    assert kept.document.strategies["half_the_customers"].label == "Half the customers!"
    assert "extends:" in file.read_text()
    values = ["mean", "baseline_mean", "difference", "ci_low", "ci_high"]
    shown = sim.compare(moved.scenario, ["today", "shared"], **FEW).table[values]
    again = sim.compare(kept, ["today", "half_the_customers"], **FEW).table[values]
    pd.testing.assert_frame_equal(shown, again)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_restoring_brings_every_control_back(moved, tmp_path):
    file = moved.keep("Idea", tmp_path)
    before = moved.position
    moved.choose("trained")
    moved.reset()
    moved.restore(file)
    assert moved.position == before
    moved.undo()
    assert moved.position == Position("trained")
    assert kept_files(tmp_path) == [file]


def test_restoring_a_file_that_was_changed_by_hand(moved, tmp_path):
    file = moved.keep("Idea", tmp_path)
    file.write_text(file.read_text() + "experience:\n  base: 60\n")
    with pytest.raises(ArgumentError, match=r"was not kept from .* as it is now; start a workshop with it"):
        moved.restore(file)


def test_a_kept_file_is_not_overwritten_unless_wanted(moved, tmp_path):
    file = moved.keep("Idea", tmp_path)
    content = file.read_text()
    moved.reset()
    with pytest.raises(ArgumentError, match=r"idea.yaml exists; choose another name"):
        moved.keep("idea", tmp_path)
    assert file.read_text() == content
    moved.keep("idea", tmp_path, overwrite=True)
    assert file.read_text() != content


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "begins with a letter"), ("2 people", "begins with a letter"), ("Shared", "has a strategy 'shared'")],
)
def test_names_that_cannot_be_kept(session, tmp_path, name, message):
    with pytest.raises(ArgumentError, match=message):
        session.keep(name, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_a_case_that_differs_from_its_file_is_not_kept(case, tmp_path):
    session = Session(case.change({"experience.base": 60}))
    with pytest.raises(ArgumentError, match=r"was changed after it was loaded; write it to a file first"):
        session.keep("Idea", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind_when_writing_fails(session, tmp_path, monkeypatch):
    def full(self, target):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        session.keep("Idea", tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- refining --------------------------------------------------------------------------------------------------------


@pytest.fixture
def answers():
    return []


@pytest.fixture
def refiner(answers, tmp_path):
    made = Refiner(answers.append, store=tmp_path / "store", stages=(2, 3, 5))
    yield made
    made.close()


def test_answers_grow_and_are_what_compare_says(refiner, answers, session):
    session.set("coverage.shared_case", 0.5)
    assert refiner.ask(session.question) is None
    refiner.wait(60)
    told = [(answer.replications, answer.is_final) for answer in answers]
    assert told == [(2, False), (2, False), (3, False), (5, True)]  # the second time with the case beside it
    assert refiner.known(session.question.base).replications == 2
    expected = sim.compare(session.scenario, ["today", "shared"], **{**FEW, "replications": 5})
    pd.testing.assert_frame_equal(answers[-1].comparison.table, expected.table)


def test_a_new_question_ends_the_work_on_the_old_one(answers, session, tmp_path):
    first = threading.Event()

    def tell(answer):
        answers.append(answer)
        first.set()

    refiner = Refiner(tell, store=tmp_path, stages=(2, 400))
    old = session.question
    refiner.ask(old)
    assert first.wait(60)
    refiner.stages = (2,)
    session.set("coverage.shared_case", 0.5)
    refiner.ask(session.question)
    refiner.wait(60)
    refiner.close()
    assert [(answer.question, answer.replications) for answer in answers] == [(old, 2), (session.question, 2)]


def test_a_first_look_is_no_answer_at_full_size_and_the_case_is_there_in_both_sizes(answers, session, tmp_path):
    refiner = Refiner(answers.append, store=tmp_path, stages=(2, 3))
    session.set("coverage.shared_case", 0.5)
    question = replace(session.question, first_look=0.5, base=replace(session.question.base, first_look=0.5))
    assert refiner.ask(question) is None
    refiner.wait(60)
    told = [(answer.is_first_look, answer.replications, answer.is_final) for answer in answers]
    assert told == [(True, 2, False)] * 2 + [(False, 2, False)] * 2 + [(False, 3, True)]
    for look in (True, False):
        sizes = {refiner.known(asked, look).comparison.scale for asked in (question, question.base)}
        assert sizes == {0.5 if look else 1.0}
    assert refiner.ask(question).is_final
    refiner.wait(60)
    refiner.close()
    assert len(answers) == 5


def test_a_position_visited_before_is_not_simulated_again(refiner, answers, session, monkeypatch, tmp_path):
    refiner.ask(session.question)
    refiner.wait(60)
    done = []
    measured = experiment.measured
    monkeypatch.setattr(experiment, "measured", lambda unit, **rest: done.append(unit) or measured(unit, **rest))
    assert refiner.ask(session.question).is_final
    refiner.wait(60)
    assert len(answers) == 3  # nothing new to say
    another = Refiner(answers.append, store=tmp_path / "store", stages=(2, 5))
    another.ask(session.question)
    another.wait(60)
    another.close()
    assert [answer.replications for answer in answers[3:]] == [2, 5]
    assert done == []


def test_what_goes_wrong_is_told(refiner, answers, session, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("sim.workshop.refining.compare", broken)
    refiner.ask(session.question)
    refiner.wait(60)
    assert [(answer.error, answer.is_final, answer.comparison) for answer in answers] == [("by zero", True, None)]


# --- words and pictures ----------------------------------------------------------------------------------------------


def test_cards_say_what_the_table_says(comparison):
    html = cards.cards(comparison)
    table = comparison.table.set_index("kpi")
    for name in comparison.scenario.document.decision.primary:
        assert f'data-kpi="{name}" data-world="strategy" data-value="{float(table["mean"][name])!r}"' in html
        assert f'data-kpi="{name}" data-world="difference" data-value="{float(table["difference"][name])!r}"' in html
    assert [row.verdict for row in cards.rows(comparison)] == [row.verdict for row in comparison.verdict.rows]


def test_a_difference_is_not_yet_clear_while_its_interval_straddles_the_zone(comparison):
    values = comparison.replications.copy()
    loyal = values["kpi"] == "loyalty_mean_points"
    at = {strategy: loyal & (values["strategy"] == strategy) for strategy in comparison.strategies}
    values.loc[at["today"], "value"] = 50.0
    states = {}
    for name, gaps in {"straddles": (0.5, 1.0, 1.5), "inside": (0.1, 0.2, 0.15), "outside": (5.0, 5.1, 5.2)}.items():
        values.loc[at["shared"], "value"] = 50.0 + np.array(gaps)
        found = cards.rows(replace(comparison, replications=values.copy()))
        states[name] = next(row.state for row in found if row.kpi == "loyalty_mean_points")
    assert states == {"straddles": "not yet clear", "inside": "no relevant difference", "outside": "better"}


def test_a_case_without_primary_kpis_has_no_verdict(case):
    plain = case.change({"decision.primary": {}})
    found = cards.rows(sim.compare(plain, ["today", "trained"], **FEW))
    assert [row.kpi for row in found] == list(cards.HEADLINE)
    assert {row.state for row in found} == {"no threshold set"}


def test_who_sees_what_stands_below_its_own_heading_and_names_its_axes():
    case = sim.load(Path(__file__).parents[1] / "scenarios" / "shoe_retailer.yaml")
    figure = sees(case, "integrated").figure
    heads = [note for note in figure.layout.annotations if note.xanchor == "center"]
    facts = {trace.customdata[0][0].split("<br>")[1].split(":")[0] for trace in figure.data}
    assert {note.text.removeprefix("<b>").removesuffix("</b>").lower() for note in heads} == {
        each.lower() for each in facts
    }
    spans = [axis.domain for axis in figure.select_yaxes() if axis.visible is not False]
    for note in heads:
        above = [low for low, _ in spans if low > note.y]
        assert note.y in {top for _, top in spans}, "a heading stands on the matrix that it names"
        assert not above or (min(above) - note.y) * figure.layout.height > 40
    assert {axis.title.text for axis in figure.select_xaxes() if axis.title.text} == {say("sees.seen at")}
    assert all(note.text.endswith(say("sees.arose at")) for note in figure.layout.annotations if note.textangle == -90)


def test_nothing_seen_reads_alike_in_both_pictures_of_it():
    case = sim.load(Path(__file__).parents[1] / "scenarios" / "shoe_retailer.yaml")
    shown = [trace.text for trace in sees(case, "integrated").figure.data]
    alone = [trace.text for trace in who_sees_what(case, "integrated").data]
    assert all(matrix in shown for matrix in alone)
    assert "\u2013" in {cell for matrix in shown for row in matrix for cell in row}


def test_who_sees_what_follows_the_levers(session):
    session.set("coverage.shared_case", 0.5)
    cells = visibility(session.scenario, "shared").set_index(["fact", "from", "to"])["share"]
    assert cells["identity", "store", "web"] == pytest.approx(0.05 + 0.5 * 0.95)
    assert cells["case", "hotline", "web"] == 0.5
    assert (
        visibility(session.scenario, "today").set_index(["fact", "from", "to"])["share"]["case", "hotline", "web"] == 0
    )


@pytest.mark.parametrize("view", VIEWS)
def test_pictures_say_what_they_find_and_have_their_numbers_as_a_table(comparison, view):
    drawn = picture(view, comparison)
    assert drawn.figure.layout.title.text
    assert drawn.figure.layout.font.size is None or drawn.figure.layout.font.size >= 14
    shown = sum(np.size(trace.z if trace.type == "heatmap" else trace.x) for trace in drawn.figure.data)
    assert shown == 2 * len(drawn.table)
    assert not drawn.table.isna().to_numpy().any()


def test_journeys_end_a_hundred_times_per_hundred(comparison):
    table = picture("goes", comparison).table
    ends = table[table["where"].str.startswith("end: ")]
    for column in ends.columns[1:3]:
        assert ends[column].astype(float).sum() == pytest.approx(100, abs=0.2)


def test_every_text_of_the_workshop_is_used():
    named = set()
    for path in (Path(__file__).parents[1] / "sim" / "workshop").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= {node.value, f"workshop.{node.value}"}
    composed = {f"{day}_{state}" for day in ("saturday", "sunday") for state in ("open", "closed")}
    composed |= {f"{group}_hint" for group in ("levers", "people", "assumptions")} | set(Verdict)
    known = {key for key in TEXTS if key.startswith("workshop.")}
    assert known - named == {f"workshop.{key}" for key in composed} - named


# --- widgets, without a front end ------------------------------------------------------------------------------------


@pytest.fixture
def workshop(session, tmp_path):
    made = Workshop(session, tmp_path / "kept", store=tmp_path / "store", stages=(2, 3))
    made.refiner.wait(60)
    yield made
    made.close()


def test_a_slider_changes_the_numbers_to_what_compare_says(workshop, session, case):
    slider = workshop.controls.slider("coverage.shared_case")
    assert slider.value == 85.0
    assert slider.continuous_update is False
    slider.value = 50.0
    workshop.refiner.wait(60)
    expected = sim.compare(
        case.change({"strategies.shared.levers.shared_case.coverage": 0.5}), ["today", "shared"], **FEW
    )
    pd.testing.assert_frame_equal(workshop.answer.comparison.table, expected.table)
    assert not workshop.controls.undo.disabled
    workshop.controls.undo.click()
    assert slider.value == 85.0
    assert workshop.controls.undo.disabled
    workshop.refiner.wait(60)
    assert workshop.answer.question.base is None


def test_a_copy_is_told_below_its_numbers(workshop):
    shown = workshop.answer.comparison
    assert "Full size of the case: " in workshop._size_note(shown)
    assert "Simulated in a copy of 0.5 times the size" in workshop._size_note(replace(shown, scale=0.5))


def test_numbers_of_the_question_before_are_marked_until_the_answer_comes(workshop, monkeypatch):
    monkeypatch.setattr(workshop.refiner, "ask", lambda question: None)
    assert "jsw-stale" not in workshop._cards._dom_classes
    answer = workshop.answer
    workshop.controls.slider("coverage.shared_case").value = 50.0
    assert "jsw-stale" in workshop._cards._dom_classes
    workshop._tell(replace(answer, question=workshop.session.question))
    assert "jsw-stale" not in workshop._cards._dom_classes


def test_words_come_in_the_language_of_the_workshop_whoever_clicks(session, tmp_path):
    made = Workshop(session, tmp_path / "kept", store=tmp_path / "store", stages=(2,), spoken="de")
    made.refiner.wait(60)
    made.close()
    made.controls.slider("agents.hotline").value = 1.0
    assert "wie im Fall → +1 Person" in made._differs.value
    made.controls.keep.click()
    assert "muss mit einem Buchstaben" in made.controls.message.value


def test_choosing_a_strategy_shows_its_levers(workshop, session):
    workshop.controls.slider("agents.hotline").value = 1.0
    workshop.controls.strategy.value = "trained"
    assert session.position == Position("trained", (("agents.hotline", 1.0),))
    assert workshop.controls.slider("coverage.shared_case").value == 0.0
    assert workshop.controls.slider("agents.hotline").value == 1.0


def test_keep_and_open_in_the_panel(workshop, session, tmp_path):
    panel = workshop.controls
    panel.keep.click()
    assert "begins with a letter" in panel.message.value
    panel.slider("coverage.training").value = 10.0
    panel.name.value = "My idea"
    panel.keep.click()
    assert "my_idea.yaml" in panel.message.value
    panel.reset.click()
    assert session.settings == {}
    panel.open.click()
    assert session.settings == {"coverage.training": 0.1}
    assert panel.slider("coverage.training").value == 10.0


def test_the_notebook_stores_a_line_that_does_not_change(workshop):
    data, _ = workshop._repr_mimebundle_()
    assert data["text/plain"] == "workshop: Workshop, today and shared, seed 1"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_command_line_tells_the_notebook_what_to_open(monkeypatch, tmp_path):
    monkeypatch.setenv(
        SETTINGS_VARIABLE,
        f'{{"case": "{CASE}", "strategy": "trained", "folder": "{tmp_path}", "scale": 0.5, "spoken": "en"}}',
    )
    monkeypatch.setenv("JOURNEYSIM_STORE", "off")
    made = open_workshop("nowhere.yaml", "shared")
    made.close()
    assert (made.session.position.strategy, made.session.scale) == ("trained", 0.5)


# --- the command -----------------------------------------------------------------------------------------------------


def test_without_voila_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "voila.app", None)
    result = CliRunner().invoke(command_line, ["workshop", str(CASE), "--no-browser"])
    assert result.exit_code == 2
    assert "pip install 'journeysim[lab]'" in result.stderr


def test_a_mistake_is_said_before_a_browser_opens(tmp_path):
    pytest.importorskip("voila")
    for arguments, message in [
        (["nowhere.yaml"], "there is no file"),
        ([str(CASE), "--strategy", "sharde"], "did you mean 'shared'?"),
        ([str(CASE), "--port", "0"], "port must be from 1 to 65535, got 0"),
    ]:
        result = CliRunner().invoke(command_line, ["workshop", *arguments, "--no-browser"])
        assert result.exit_code == 2
        assert message in result.stderr


def test_a_port_in_use_is_refused_or_passed_over():
    import socket

    taken = free_port(None)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", taken))
        listening.listen()
        with pytest.raises(ArgumentError, match=f"port {taken} is in use"):
            free_port(taken)
        assert free_port(None) > taken
