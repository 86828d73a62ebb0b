"""Ballots: what a file may say, how they are pooled, and that both strategies meet the same draws."""

import math
from pathlib import Path

import numpy as np
import pandas.testing as pdt
import pytest
from typer.testing import CliRunner

import sim
from sim.ballots import Pool, Vote, load_ballots
from sim.cli import app
from sim.errors import ArgumentError, ScenarioError
from sim.figures.ballots import spread
from sim.scenario.quantities import COUNT, Kind

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
HEAD = "participant,parameter,low,best,high\n"
TIME = "needs.question.served_at.hotline.service_time.mean"
SHARE = "touchpoints.hotline.identifies"
AGENTS = "touchpoints.hotline.agents"
VOTES = f"""{HEAD}Ada,{TIME},4 min,6 min,8 min
Bo,{TIME},8 min,10 min,12 min
Ada,{SHARE},20 %,40 %,0.9
Bo,{AGENTS},1,1,2
Ada,{AGENTS},1,1,1
"""
PLAIN = Kind("a number", {}, bare=True)
FEW = {"replications": 4, "executor": "serial", "store": False, "progress": False}


@pytest.fixture(scope="module")
def case():
    primary = {"frustrations_per_100_journeys": 5, "fcr_customer_share": 0.02}
    return sim.load(CASE).change({"decision.primary": primary, "decision.confidence": 0.9})


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    def written(text, encoding="utf-8"):
        file = tmp_path_factory.mktemp("votes") / "votes.csv"
        file.write_text(text, encoding=encoding)
        return file

    return written


@pytest.fixture(scope="module")
def ballots(case, write):
    return load_ballots(write(VOTES), case)


@pytest.fixture(scope="module")
def compared(ballots):
    return ballots.compare(["today", "shared"], seed=3, **FEW)


# --- one ballot, and the pool ---


def test_a_ballot_is_triangular():
    """By hand: area below the mode is (4 - 2) / (10 - 2) = 1/4; the median lies at 10 - sqrt(1/2 * 8 * 6)."""
    vote = Vote("Ada", 2.0, 4.0, 10.0)
    assert [vote.share_below(x) for x in (1.9, 2.0, 3.0, 4.0, 7.0, 10.0, 11.0)] == pytest.approx(
        [0.0, 0.0, 1 / 16, 1 / 4, 1 - 9 / 48, 1.0, 1.0]
    )
    assert vote.quantile(0.5) == pytest.approx(10.0 - math.sqrt(24.0))
    assert (vote.mean, vote.variance) == (pytest.approx(16 / 3), pytest.approx((4 + 16 + 100 - 8 - 20 - 40) / 18))
    for share in np.linspace(0.01, 0.99, 33):
        assert vote.share_below(vote.quantile(share)) == pytest.approx(share)


@pytest.mark.parametrize("vote", [Vote("", 3.0, 3.0, 3.0), Vote("", 0.0, 0.0, 4.0), Vote("", 0.0, 4.0, 4.0)])
def test_a_ballot_without_a_side_or_a_width(vote):
    assert vote.quantile(0.0) == vote.low
    assert vote.quantile(1.0) == pytest.approx(vote.high)
    assert vote.low <= vote.quantile(0.3) <= vote.high
    assert vote.share_below(vote.high) == 1.0


def test_the_pool_is_a_mixture_with_equal_weights():
    """Two ballots apart: half of the probability lies in each, so quarters of the pool are medians of the ballots."""
    pool = Pool("x", PLAIN, (Vote("Ada", 0.0, 1.0, 2.0), Vote("Bo", 10.0, 11.0, 12.0)))
    assert pool.share_below(5.0) == 0.5
    assert pool.quantile(0.25) == pytest.approx(1.0)
    assert pool.quantile(0.75) == pytest.approx(11.0)
    # between: both means are 5 away from 6; within: (4 - 2) / 18 * ... = 1/6 each
    assert pool.disagreement == pytest.approx(25.0 / (25.0 + 1.0 / 6.0))


def test_who_is_sure_and_alone_is_drawn_in_half_of_the_cases():
    pool = Pool("x", PLAIN, (Vote("Ada", 5.0, 5.0, 5.0), Vote("Bo", 0.0, 1.0, 2.0)))
    assert pool.quantile(0.9) == 5.0
    assert [pool.draw(u) for u in (0.001, 0.499)] == [5.0, 5.0]
    assert pool.draw(0.75) == pytest.approx(1.0)


def test_nobody_disagrees_with_themselves():
    assert Pool("x", PLAIN, (Vote("Ada", 1.0, 2.0, 3.0),)).disagreement == 0.0
    assert Pool("x", PLAIN, (Vote("Ada", 2.0, 2.0, 2.0), Vote("Bo", 2.0, 2.0, 2.0))).disagreement == 0.0
    assert Pool("x", PLAIN, (Vote("Ada", 1.0, 1.0, 1.0), Vote("Bo", 2.0, 2.0, 2.0))).disagreement == 1.0


def test_whole_numbers_are_rounded_half_upwards():
    pool = Pool("x", COUNT, (Vote("Ada", 1.0, 1.0, 2.0),))
    assert pool.quantile(1.0 - 0.5**2) == 2.0  # at 1.5
    assert pool.draw(0.5) == 1.0
    assert pool.written(2.0) == 2


def test_draws_have_the_pool_as_their_distribution():
    pool = Pool("x", PLAIN, (Vote("Ada", 0.0, 1.0, 2.0), Vote("Bo", 1.0, 4.0, 6.0), Vote("Cem", 2.0, 2.0, 3.0)))
    drawn = np.array([pool.draw((at + 0.5) / 3000) for at in range(3000)])
    assert drawn.mean() == pytest.approx(sum(vote.mean for vote in pool.votes) / 3, rel=1e-3)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(drawn, share) == pytest.approx(pool.quantile(share), abs=0.01)


# --- files ---


def test_a_file_is_read(ballots):
    assert ballots.participants == ["Ada", "Bo"]
    table = ballots.table.set_index("parameter")
    assert table.index.tolist() == [TIME, SHARE, AGENTS]
    assert table["ballots"].tolist() == [2, 1, 2]
    assert table.loc[TIME, ["unit", "today"]].tolist() == ["min", 6.0]
    assert table.loc[TIME, "value"] == pytest.approx(8.0)
    # 10 % of the pool are 20 % of Ada's ballot: 4 + sqrt(0.2 * 4 * 2)
    assert table.loc[TIME, "low"] == pytest.approx(4.0 + math.sqrt(1.6))
    assert "2 participants on 3 numbers" in repr(ballots)


def test_semicolons_a_byte_order_mark_other_columns_and_empty_lines(case, write, ballots):
    text = "comment;High;best;low;parameter;participant\n\n"
    for line in VOTES.splitlines()[1:]:
        who, parameter, low, best, high = line.split(",")
        text += f"x;{high};{best};{low};{parameter};{who}\n;;;;;\n"
    again = load_ballots(write(text, "utf-8-sig"), case)
    assert again.pools == ballots.pools


def test_the_order_of_ballots_does_not_matter(case, write, ballots):
    lines = VOTES.splitlines()
    again = load_ballots(write("\n".join([lines[0], *reversed(lines[1:])])), case)
    pdt.assert_frame_equal(again.draws(20, 1)[ballots.draws(20, 1).columns], ballots.draws(20, 1))


def test_all_problems_at_once_with_their_lines(case, write):
    text = f"""{HEAD}Ada,touchpoints.hotlin.identifies,1,2,3
Ada,{SHARE},0.9,0.4,0.5
Bo,{SHARE},10 %,50 %,120 %

Bo,{TIME},4,6 min,8 parsecs
Cem,{SHARE},0.1,0.2,0.3
Cem,{SHARE},0.1,0.2,0.3
,{AGENTS},1,1.5,2
Dana,run.measured,1 week,2 weeks,3 weeks
Eve,{SHARE},0.1
Eve,segments.households,1,2,3
"""
    file = write(text)
    with pytest.raises(ScenarioError) as error:
        load_ballots(file, case)
    found = [(problem.line, problem.message) for problem in error.value.problems]
    assert all(problem.file == str(file) for problem in error.value.problems)
    assert [line for line, _ in found] == [2, 3, 4, 6, 6, 8, 9, 9, 10, 11, 12]
    messages = [message for _, message in found]
    assert "did you mean 'touchpoints.hotline.identifies'" in messages[0]
    assert messages[1] == "got low 0.9, best 0.4, high 0.5, expected low <= best <= high"
    assert messages[2] == "high: got '120 %', expected a share from 0 to 1, or '0 %' to '100 %'"
    assert sorted(messages[3:5])[0].startswith("high: got '8 parsecs' with the unknown unit 'parsecs'")
    assert sorted(messages[3:5])[1].startswith("low: got '4' without a unit")
    assert messages[5] == "Cem has voted on it in line 7 already, expected one ballot each"
    assert any("the participant is missing" in message for message in messages[6:8])
    assert any(message.startswith("best: got '1.5', expected a whole number") for message in messages[6:8])
    assert messages[8] == "is decided by the author of the scenario and cannot be voted on"
    assert messages[9] == "got 3 cells, expected 5 as in line 1"
    assert "unknown number 'segments.households'" in messages[10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the columns participant, parameter, low, best, high are missing"),
        ("participant,parameter,low,high\n", "the columns best are missing"),
        (HEAD, "there is no ballot below the heads"),
    ],
)
def test_files_without_ballots(case, write, text, message):
    with pytest.raises(ScenarioError, match=message):
        load_ballots(write(text), case)


def test_files_that_cannot_be_read(case, tmp_path):
    with pytest.raises(ArgumentError, match=r"none\.csv: cannot be read"):
        load_ballots(tmp_path / "none.csv", case)
    (tmp_path / "picture.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArgumentError, match="UTF-8"):
        load_ballots(tmp_path / "picture.csv", case)


# --- as a scenario ---


def test_the_case_carries_the_range_of_the_room(case, ballots):
    quantity = ballots.case().quantity(TIME)
    assert quantity.value == 8.0
    assert quantity.low == float(f"{4.0 + math.sqrt(1.6):.4g}")
    assert quantity.high == float(f"{12.0 - math.sqrt(1.6):.4g}")
    assert quantity.source == "workshop ballots, n=2"
    agents = ballots.case().quantity(AGENTS)
    # Ada is sure of 1; 90 % of the pool are 80 % of Bo's ballot: 2 - sqrt(0.2) = 1.55, which is rounded
    assert (agents.value, agents.low, agents.high, agents.source) == (1.0, 1.0, 2.0, "workshop ballots, n=2")
    register = ballots.case().assumptions().set_index("path")
    assert register.loc[SHARE, "source"] == "workshop ballots, n=1"
    assert not register.loc[SHARE, "assumption"]
    assert case.quantity(TIME).source is None  # the case itself is as it was


def test_the_case_can_be_written_and_read(ballots, tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(ballots.case().to_yaml(), encoding="utf-8")
    assert sim.load(file) == ballots.case()


# --- draws and the comparison ---


def test_draws_depend_on_their_own_address_alone(case, write, ballots):
    fewer = load_ballots(write(HEAD + f"Ada,{SHARE},20 %,40 %,0.9\n"), case)
    drawn = ballots.draws(10, 3)
    pdt.assert_series_equal(fewer.draws(10, 3)[SHARE], drawn[SHARE])
    pdt.assert_frame_equal(ballots.draws(4, 3), drawn.head(4))
    assert not drawn.equals(ballots.draws(10, 4))
    assert drawn[SHARE].nunique() == 10
    assert drawn[SHARE].between(0.2, 0.9).all()
    assert set(drawn[AGENTS]) <= {1.0, 2.0}


def test_each_replication_of_both_strategies_is_run_with_the_same_draw(ballots, compared, case):
    for replication in (0, 3):
        values = compared.draws.loc[replication]
        world = case.change({pool.parameter: pool.written(values[pool.parameter]) for pool in ballots.pools})
        assert compared.under_ballots.world(replication) == world
        for strategy in ("today", "shared"):
            alone = sim.compare(world, ["today", "shared"], seed=3, **FEW).replications
            chosen = (alone["strategy"] == strategy) & (alone["replication"] == replication)
            ours = compared.under_ballots.replications
            same = (ours["strategy"] == strategy) & (ours["replication"] == replication)
            assert ours.loc[same, "value"].tolist() == pytest.approx(alone.loc[chosen, "value"].tolist(), nan_ok=True)


def test_the_comparison_at_middle_values_is_that_of_the_case(ballots, compared):
    expected = sim.compare(ballots.case(), ["today", "shared"], seed=3, **FEW)
    pdt.assert_frame_equal(compared.at_middle.table, expected.table)


def test_ballots_of_one_value_give_the_comparison_at_that_value(case, write):
    sure = load_ballots(write(HEAD + f"Ada,{TIME},7 min,7 min,7 min\nBo,{TIME},7 min,7 min,7 min\n"), case)
    result = sure.compare(["today", "shared"], **FEW)
    pdt.assert_frame_equal(result.under_ballots.table, result.at_middle.table)
    assert "change no verdict" in result.figure().layout.title.text


def test_the_table_sets_both_side_by_side(compared):
    table = compared.table.set_index("kpi")
    kpi = "frustrations_per_100_journeys"
    under = compared.under_ballots.table.set_index("kpi").loc[kpi]
    assert table.loc[kpi, "ballots_difference"] == under["difference"]
    assert table.loc[kpi, "middle_ci_low"] == compared.at_middle.table.set_index("kpi").loc[kpi, "ci_low"]
    gaps = compared.differences("shared", kpi)
    assert gaps.mean() == pytest.approx(under["difference"])
    assert table.loc[kpi, "draws_low"] == pytest.approx(np.quantile(gaps, 0.1))
    assert table.loc[kpi, "draws_better"] == (gaps < -5.0).mean()
    share = compared.differences("shared", "fcr_customer_share")
    assert table.loc["fcr_customer_share", "draws_better"] == (share > 0.02).mean()


def test_it_prints_what_it_found(compared):
    text = " ".join(repr(compared).split())
    assert "4 paired replications of each; 2 participants, 3 numbers" in text
    assert "shared, frustration events per 100 journeys: at middle values" in text
    assert "that of the mean over all that the room believes possible" in text
    assert max(len(line) for line in repr(compared).splitlines()) <= 100


def test_twins_and_tables_live_in_the_world_of_their_replication(compared):
    under = compared.under_ballots
    expected = sim.run(under.world(1), "today", replications=2, seed=3, executor="serial", progress=False)
    own = under.tables(1)["contacts"]
    rows = expected.contacts[expected.contacts["replication"] == 1]
    assert own[own["strategy"] == "today"]["arrived_min"].tolist() == rows["arrived_min"].tolist()
    with pytest.raises(ArgumentError, match="replication must be from 0 to 3, got 4"):
        under.world(4)


# --- figures ---


def test_the_spread_names_what_the_room_disagrees_on(ballots):
    figure = spread(ballots)
    title = figure.layout.title.text.replace("<br>", " ")
    percent = round(100 * ballots.pools[0].disagreement)
    assert "The room disagrees most on question, served at, hotline, service time: mean" in title
    assert f"{percent} % of what is uncertain lies between participants" in title
    lines = [trace for trace in figure.data if trace.legendgroup == "participant"]
    assert len(lines) == 5
    # Ada's 4, 6, 8 min and Bo's 8, 10, 12 min on a scale from 4 to 12 min
    assert [list(line.x) for line in lines[:2]] == [[0.0, 0.25, 0.5], [0.5, 0.75, 1.0]]
    assert any(annotation.text == "12 min" for annotation in figure.layout.annotations)


def test_one_participant_has_nobody_to_disagree_with(case, write):
    alone = load_ballots(write(HEAD + f"Ada,{TIME},4 min,6 min,8 min\n"), case)
    assert "One participant has voted" in alone.figure().layout.title.text


def test_the_figure_of_the_comparison_shows_every_draw(compared):
    figure = compared.figure()
    dots = [trace for trace in figure.data if len(trace.x) == 4]
    assert len(dots) == 2  # primary KPIs, one strategy
    expected = compared.differences("shared", "frustrations_per_100_journeys")
    assert list(dots[0].x) == pytest.approx(expected.tolist(), rel=1e-3)


# --- command ---


def test_command(tmp_path, write):
    file = tmp_path / "case.yaml"
    file.write_text(f"extends: {CASE}\ndecision: {{primary: {{fcr_customer_share: 0.02}}}}\n", encoding="utf-8")
    out = tmp_path / "out"
    options = ["--replications", "2", "--workers", "1", "--no-store", "--strategies", "today,shared"]
    done = CliRunner().invoke(app, ["ballots", str(file), str(write(VOTES)), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    assert "under the ballots" in done.output
    names = ["ballots.html", "case.yaml", "comparison.csv", "draws.csv", "ranges.csv"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert sim.load(out / "case.yaml").quantity(SHARE).source == "workshop ballots, n=1"
    assert 'class="caveat"' not in (out / "ballots.html").read_text(encoding="utf-8")
    copy = ["ballots", str(file), str(write(VOTES)), "--out", str(tmp_path / "copy"), *options, "--scale", "2"]
    assert CliRunner().invoke(app, copy).exit_code == 0
    assert "a copy of 2 times the size" in (tmp_path / "copy" / "ballots.html").read_text(encoding="utf-8")
    wrong = CliRunner().invoke(app, ["ballots", str(file), str(write(HEAD)), "--out", str(tmp_path / "no")])
    assert wrong.exit_code == 2
    assert "there is no ballot below the heads" in wrong.output
    assert not (tmp_path / "no").exists()
