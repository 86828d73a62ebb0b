import re
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from cases import company
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import ArgumentError
from sim.experiment import compare
from sim.figures import film as drawn
from sim.film import BETWEEN, GONE, HOME, SERVED, WAITING, follow, most_different_day, shoot
from sim.labels import language
from sim.simulation import simulate

NAN = float("nan")
CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
MONDAY_10 = 600.0
"""Minute 600 of the run, in which everything below happens."""


def contacts(*rows):
    names = ["customer", "touchpoint", "arrived_min", "started_min", "ended_min"]
    return pd.DataFrame(rows, columns=names)


def log(visits=(), journeys=(), frustrations=(), left=(), customers=6):
    """Tables of one world, with the columns that a film reads."""
    people = pd.DataFrame({"customer": range(customers), "left_min": NAN})
    for who, at in left:
        people.loc[who, "left_min"] = at
    return {
        "contacts": contacts(*visits),
        "journeys": pd.DataFrame(journeys, columns=["customer", "arose_min", "ended_min", "loyalty"]).astype(float),
        "frustrations": pd.DataFrame(frustrations, columns=["customer", "touchpoint", "type", "at_min"]),
        "customers": people,
    }


def followed(tables, at_min, who=range(6), lines=("hotline",)):
    people = pd.DataFrame({"customer": list(who), "segment": "all"})
    return follow(tables, people, np.array(at_min, float), ["web", "hotline"], lines, {"all": 50.0})


QUEUE = log(
    visits=[
        (0, "hotline", 600.0, 600.0, 610.0),
        (1, "hotline", 601.0, 610.0, 620.0),
        (2, "hotline", 602.0, NAN, 608.0),  # gives up
        (3, "hotline", 605.0, 620.0, NAN),  # the run ends before the service
    ]
)
"""One agent and four callers."""


# --- where customers are ----------------------------------------------------------------------------------------------


def test_customers_wait_from_arrival_until_service_begins():
    world = followed(QUEUE, [599, 600, 601, 605, 608, 610, 620, 621])
    places = {who: world.place[:, who].tolist() for who in range(4)}
    assert places[0] == [HOME, SERVED, SERVED, SERVED, SERVED, HOME, HOME, HOME]
    assert places[1] == [HOME, HOME, WAITING, WAITING, WAITING, SERVED, HOME, HOME]
    assert places[2] == [HOME, HOME, HOME, WAITING, HOME, HOME, HOME, HOME]
    assert places[3] == [HOME, HOME, HOME, WAITING, WAITING, WAITING, SERVED, SERVED]
    assert world.waiting[:, 1].tolist() == [0, 0, 1, 3, 2, 1, 0, 0]
    assert world.served[:, 1].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert not world.waiting[:, 0].any()


def test_the_line_moves_up_when_somebody_leaves_it():
    world = followed(QUEUE, [605, 608, 610])
    assert world.rank[:, 1].tolist() == [0, 0, 0]  # in line first, then the only seat
    assert world.rank[:, 2].tolist() == [1, -1, -1]
    assert world.rank[:, 3].tolist() == [2, 1, 0]
    assert world.touchpoint[:, 3].tolist() == [1, 1, 1]
    assert world.touchpoint[:, 2].tolist() == [1, -1, -1]


def test_places_in_line_count_those_who_are_not_shown():
    world = followed(QUEUE, [605], who=[3])
    assert world.rank.tolist() == [[2]]
    assert world.waiting.tolist() == [[0, 3]]


def test_services_take_the_lowest_free_seat():
    visits = [(who, "web", start, start, end) for who, (start, end) in enumerate([(600, 610), (601, 603), (604, 620)])]
    world = followed(log(visits), [602, 605])
    assert world.rank[:, :3].tolist() == [[0, 1, -1], [0, -1, 1]]


def test_an_open_need_without_contact_is_between_contacts():
    tables = log(
        visits=[(4, "web", 590.0, 590.0, 595.0), (4, "hotline", 700.0, 701.0, 710.0)],
        journeys=[(4, 580.0, 710.0, 44.0)],
    )
    world = followed(tables, [579, 580, 592, 595, 699, 700, 701, 710])
    assert world.place[:, 4].tolist() == [HOME, BETWEEN, SERVED, BETWEEN, BETWEEN, WAITING, SERVED, HOME]
    assert world.touchpoint[:, 4].tolist() == [-1, -1, 0, -1, -1, 1, 1, -1]


def test_who_has_left_is_gone_after_the_last_contact():
    tables = log(visits=[(5, "web", 590.0, 590.0, 605.0)], left=[(5, 603.0)])
    assert followed(tables, [589, 602, 604, 605]).place[:, 5].tolist() == [HOME, SERVED, SERVED, GONE]


def test_contacts_of_other_days_count_when_they_last():
    day = 1440.0
    tables = log(visits=[(0, "hotline", 1000.0, NAN, NAN), (1, "web", 100.0, 100.0, 200.0)])
    world = followed(tables, [day + 60, day + 61])
    assert world.place[:, 0].tolist() == [WAITING, WAITING]
    assert world.place[:, 1].tolist() == [HOME, HOME]
    assert world.waited_min.tolist() == [60.0, 61.0]  # of this day alone


def test_loyalty_is_that_after_the_last_journey():
    tables = log(journeys=[(0, 10.0, 600.0, 61.0), (0, 605.0, 620.0, 58.5), (0, 630.0, NAN, NAN)])
    assert followed(tables, [599, 600, 619, 620, 640]).loyalty[:, 0].tolist() == [50.0, 61.0, 61.0, 58.5, 58.5]


def test_a_frustration_is_seen_for_nine_minutes():
    tables = log(frustrations=[(0, "hotline", "passed_on", 600.0), (9, "web", "passed_on", 650.0)])
    world = followed(tables, [599, 600, 608, 609])
    assert world.frustrated[:, 0].tolist() == [False, True, True, False]
    assert world.events["customer"].tolist() == [0, 9]  # of all customers, shown or not


def test_minutes_in_line_add_up_over_all_who_wait_where_a_line_is():
    world = followed(QUEUE, [600, 605, 608, 620])
    # at 605: 4 + 3 + 0; at 608: 7 + 6 + 3; at 620: 9 + 6 + 15
    assert world.waited_min.tolist() == [0.0, 7.0, 16.0, 30.0]
    assert followed(QUEUE, [620], lines=()).waited_min.tolist() == [0.0]


# --- which day --------------------------------------------------------------------------------------------------------


def days(*counts):
    return [(0, "web", "passed_on", 1440.0 * day + 5.0) for day, count in enumerate(counts) for _ in range(count)]


def test_the_day_is_the_one_of_the_largest_difference_after_the_warm_up():
    worlds = [log(frustrations=days(9, 2, 5, 1)), log(frustrations=days(0, 2, 1, 4))]
    assert most_different_day(worlds, 1440.0, 5760.0) == 2
    assert most_different_day(worlds, 0.0, 5760.0) == 0


def test_equal_days_are_told_apart_by_waiting_and_then_the_first_counts():
    quiet = log(frustrations=days(0, 1, 1))
    waits = log(visits=[(0, "hotline", 2890.0, 2890.5, 2891.0)])
    assert most_different_day([quiet, waits], 0.0, 4320.0) == 2
    assert most_different_day([quiet, log()], 0.0, 4320.0) == 1


# --- the whole of it --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy():
    return company().scaled(3)


@pytest.fixture(scope="module")
def reel(busy):
    return shoot(busy, "today", "joined", 3, replication=1)


@pytest.fixture(scope="module")
def figure(reel):
    return drawn.film(reel)


def test_every_dot_is_where_the_log_says(busy, reel):
    for strategy, world in zip(reel.strategies, reel.worlds, strict=True):
        tables = simulate(busy, strategy, 3, 1)
        visits = tables["contacts"]
        for instant in range(0, len(reel.at_min), 7):
            now = reel.at_min[instant]
            here = visits[(visits["arrived_min"] <= now) & ~(visits["ended_min"] <= now)]
            served = here[here["started_min"] <= now]
            places = dict(zip(reel.people["customer"], world.place[instant], strict=True))
            in_service = {who for who, place in places.items() if place == SERVED}
            in_line = {who for who, place in places.items() if place == WAITING}
            shown = set(places)
            assert in_service == set(served["customer"]) & shown
            assert in_line == (set(here["customer"]) - set(served["customer"])) & shown


def test_the_film_shows_everybody_in_touch_that_day(busy, reel):
    met = set()
    for strategy in reel.strategies:
        visits = simulate(busy, strategy, 3, 1)["contacts"]
        start, end = reel.day * 1440.0, reel.day * 1440.0 + 1440.0
        met |= set(visits.loc[(visits["arrived_min"] < end) & ~(visits["ended_min"] < start), "customer"])
    assert reel.in_touch == len(met)
    assert set(reel.people["customer"]) == met
    assert reel.most_different
    assert reel.day >= 14


def test_fewer_customers_keep_the_lines_whole(busy, reel):
    few = shoot(busy, "today", "joined", 3, replication=1, day=reel.day, customers=len(reel.people) - 5)
    assert len(few.people) == len(reel.people) - 5
    assert not few.most_different
    for all_of_them, some in zip(reel.worlds, few.worlds, strict=True):
        assert ((some.place == WAITING).sum(axis=1) == some.waiting.sum(axis=1)).all()
        np.testing.assert_array_equal(all_of_them.waiting, some.waiting)


def test_a_day_on_which_nothing_happens_is_a_film_too():
    quiet = company(
        {
            f"segments.{segment}.needs_per_year.{need}": "0 per year"
            for segment in ("private", "business")
            for need in ("purchase", "question")
        }
    )
    nothing = shoot(quiet, "today", "joined", 1, step_min=60.0)
    assert len(nothing.people) == nothing.in_touch == 0
    assert len(drawn.film(nothing).frames) == 25


def test_arguments_are_checked_all_at_once(busy):
    with pytest.raises(ArgumentError) as error:
        shoot(busy, "today", "joint", 1, replication=-1, day=56, customers=0, step_min=0.0)
    text = str(error.value)
    for part in ("joint", "0 to 55", "replication", "customers", "step_min"):
        assert part in text


# --- the figure -------------------------------------------------------------------------------------------------------


def test_frames_hold_the_same_points_so_that_dots_glide(reel, figure):
    assert len(figure.frames) == len(reel.at_min)
    shapes = {
        tuple(len(trace.x or trace.text) for trace in frame.data) + tuple(frame.traces) for frame in figure.frames
    }
    people, texts = len(reel.people), 4 + 2 * 3
    assert shapes == {(people, texts, people, texts, 0, 1, 2, 3)}
    words = [text for frame in figure.frames for trace in frame.data for text in trace.text or ()]
    assert all(words)  # an empty text would come flying in


def test_dots_stand_in_the_area_of_their_place(reel, figure):
    areas = {}
    for shape in figure.layout.shapes:
        if shape.xref == "x":
            areas.setdefault(shape.fillcolor, []).append((shape.x0, shape.x1, shape.y0, shape.y1))
    stage = drawn._Stage(reel)
    of_place = {SERVED: stage.service, WAITING: stage.line}
    for instant, frame in enumerate(figure.frames):
        for panel, world in enumerate(reel.worlds):
            dots = frame.data[2 * panel]
            for who in range(len(reel.people)):
                place, j = world.place[instant, who], world.touchpoint[instant, who]
                area = (
                    of_place[place][j] if place in of_place else {HOME: stage.home, BETWEEN: stage.between}.get(place)
                )
                if area is not None:
                    assert area.left <= dots.x[who] <= area.right
                    assert area.bottom <= dots.y[who] <= area.top
    taken = [(x, y) for x, y in zip(figure.frames[-1].data[0].x, figure.frames[-1].data[0].y, strict=True)]
    assert len(set(taken)) == len(taken)


def test_title_counts_what_the_log_counts(busy, reel, figure):
    start, counts = reel.day * 1440.0, []
    for strategy in reel.strategies:
        at = simulate(busy, strategy, 3, 1)["frustrations"]["at_min"]
        counts.append(int(((at >= start) & (at < start + 1440.0)).sum()))
    assert f": {counts[0]} frustrations under today, {counts[1]} under joined" in figure.layout.title.text
    assert "not a typical one" in figure.layout.title.subtitle.text
    assert "replication 1" in figure.layout.title.subtitle.text.replace("<br>", " ")


def test_colour_is_loyalty_and_a_ring_a_frustration(reel, figure):
    frame = figure.frames[len(figure.frames) // 2]
    at = len(figure.frames) // 2
    for panel, world in enumerate(reel.worlds):
        marker = frame.data[2 * panel].marker
        assert list(marker.color) == np.rint(world.loyalty[at]).astype(int).tolist()
        assert [width > 0 for width in marker.line.width] == world.frustrated[at].tolist()


def test_the_slider_says_the_time_and_play_draws_nothing_again(reel, figure):
    (slider,) = figure.layout.sliders
    assert [step.label for step in slider.steps][:2] == [drawn._clock(reel.at_min[0]), drawn._clock(reel.at_min[1])]
    assert [step.args[0][0] for step in slider.steps] == [frame.name for frame in figure.frames]
    play, slowly, pause = figure.layout.updatemenus[0].buttons
    assert not play.args[1]["frame"]["redraw"]
    assert play.args[1]["frame"]["duration"] < slowly.args[1]["frame"]["duration"]
    assert list(pause.args[0]) == [None]


def test_what_is_said_of_a_world_has_rows_of_its_own_in_its_own_panel(figure):
    heads = [trace for trace in figure.data if trace.mode == "text"]
    for words in heads:
        assert len(set(words.y[:4])) == 4, "name, sums, news and counts stand below each other"
        assert min(np.diff(sorted(words.y[:4]))) >= 36
        sums = re.sub("<.*?>", "", words.text[1])
        assert words.textfont.size[1] * 0.55 * len(sums) < drawn._WIDE


def test_counts_say_how_many_dots_stand_for_them(busy, reel):
    few = shoot(busy, "today", "joined", 3, replication=1, day=reel.day, customers=10)
    world, apart = few.worlds[0], 0
    for at, frame in enumerate(drawn.film(few).frames):
        words = frame.data[1].text
        assert f"dots: 10 of {few.in_touch}" in words[3]
        for j in range(len(few.touchpoints)):
            served = int(world.served[at, j])
            dots = int(((world.place[at] == SERVED) & (world.touchpoint[at] == j)).sum())
            apart += dots != served
            assert words[4 + 2 * j] == f"{served} in service" + (f" ({dots} \u25cf)" if dots != served else "")
    assert apart > 0
    everybody = drawn.film(reel)
    assert not [text for frame in everybody.frames for text in frame.data[1].text if "\u25cf" in text]


def test_requests_that_wait_for_an_answer_are_no_line(busy):
    answers = {"kind": "deferred", "answer_time": "20 h", "answer_spread": 1}
    service = {"service_time": {"distribution": "exponential", "mean": "4 min"}, "resolves": 0.5}
    later = busy.change({"touchpoints.letter": answers, "needs.question.served_at.letter": service})
    reel = shoot(later, "today", "joined", 3, step_min=60.0)
    words = drawn.film(reel).frames[3].data[1].text
    assert words[1].endswith("min in line (without letter)")
    assert " unanswered" in words[-1]
    assert " waiting" in words[-3]


def test_dots_neither_overlap_nor_touch_the_frame_of_their_place(figure, reel):
    stage = drawn._Stage(reel)
    for area, count in ((stage.line[1], 40), (stage.line[1], 150), (stage.home, 200), (stage.service[0], 7)):
        for line in (False, True):
            seats = area.seats(count, line=line) / drawn._EXTENT * [drawn._WIDE, drawn._HIGH]
            dot = min(drawn._DOT, 0.9 * area.pitch(count))
            gaps = np.hypot(*(seats[:, None] - seats[None, :]).transpose(2, 0, 1))
            assert gaps[~np.eye(count, dtype=bool)].min() >= dot - 0.5
            low, high = np.array([[area.left, area.bottom], [area.right, area.top]]) / drawn._EXTENT
            assert (seats - dot / 2 >= low * [drawn._WIDE, drawn._HIGH] - 0.6).all()
            assert (seats + dot / 2 <= high * [drawn._WIDE, drawn._HIGH] + 0.6).all()
    assert figure.data[0].marker.size == stage.dot <= drawn._DOT


def test_names_of_touchpoints_stay_above_their_own_column():
    column = drawn._Area(0, 190, 0, 100)
    assert column.fitting("E-mail") == "E-mail"
    assert column.fitting("Marketplace and partner dealers") == "Marketplace…"
    assert len(column.fitting("Terminvereinbarungsportal")) * drawn._LETTER <= 190 / 1000 * drawn._WIDE


def test_the_slider_names_full_hours(reel, figure):
    hours = [note for note in figure.layout.annotations if note.showarrow]
    assert 6 <= len(hours) <= 25
    assert all(note.text.endswith(":00") for note in hours)
    assert hours[0].x == drawn._SLIDER_FROM
    assert hours == sorted(hours, key=lambda note: note.x)
    (slider,) = figure.layout.sliders
    assert slider.font.color == "rgba(0,0,0,0)"


def test_the_page_scrolls_where_it_is_too_narrow(figure):
    html = drawn.film_page(go.Figure(figure.data), "a film")
    assert re.search(r"main\{[^}]*min-width:1\d\d\dpx", html)
    assert re.search(r"@media\(max-width:1\d\d\dpx\)[^}]*\{html,body\{overflow:auto\}\}", html)


def test_comparison_makes_the_same_film(busy, figure):
    result = compare(busy, ["today", "joined"], replications=2, seed=3, executor="serial", progress=False, store=False)
    again = result.film(1)
    assert again.layout == figure.layout
    assert again.frames[100] == figure.frames[100]


def test_long_lines_turn_and_dots_move_closer():
    area = drawn._Area(0, 300, 0, 200)
    assert area.seats(0).shape == (0, 2)
    for count in (1, 7, 60, 400):
        for line in (False, True):
            seats = area.seats(count, line=line)
            assert len({tuple(seat) for seat in seats.tolist()}) == count
            assert seats.min() >= 0
            assert seats[:, 0].max() <= 300
            assert seats[:, 1].max() <= 200
    line = area.seats(25, line=True)
    steps = np.abs(np.diff(line, axis=0)).max(axis=1)
    assert steps.max() <= 45  # neighbours in line are neighbours on the screen


def test_german(busy):
    hourly = shoot(busy, "today", "joined", 3, replication=1, step_min=60.0)
    with language("de"):
        text = drawn.film(hourly).to_json()
    assert "Frustrationen unter today" in text
    assert "in Woche" in text
    assert not re.search("frustrations|waiting|in service|at home", text)


# --- the command ------------------------------------------------------------------------------------------------------


def call(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def test_command_writes_one_page_that_needs_no_network(tmp_path):
    out = tmp_path / "film.html"
    result = call("film", CASE, "--strategies", "today,shared", "--out", out, "--customers", 20)
    html = out.read_text(encoding="utf-8")
    assert "written to" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["film.html"]
    assert html.count("plotly.js v") == 1
    own = re.sub(r"<script[^>]*>/\*\*.*?</script>", "", html, count=1, flags=re.DOTALL)
    assert not re.search(r"(?:src|href)=\"(?!data:)", own)
    assert "under today" in own
    assert "Plotly.addFrames" in own


def test_command_does_not_replace_a_file_unasked(tmp_path):
    out = tmp_path / "film.html"
    out.write_text("mine", encoding="utf-8")
    assert "--force" in call("film", CASE, "--out", out, code=2).output
    assert out.read_text(encoding="utf-8") == "mine"
    assert "folder" in call("film", CASE, "--out", tmp_path / "no" / "film.html", code=2).output
    assert "two strategies" in call("film", CASE, "--strategies", "today", "--out", tmp_path / "a", code=2).output
    assert "'de'" in call("film", CASE, "--language", "fr", "--out", tmp_path / "a", code=2).output
    assert "0 to 111" in call("film", CASE, "--day", 112, "--out", tmp_path / "a", code=2).output
    assert [path.name for path in tmp_path.iterdir()] == ["film.html"]
