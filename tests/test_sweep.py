import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pandas.testing as pdt
import plotly.graph_objects as go
import pytest
from typer.testing import CliRunner

import sim
from sim import experiment
from sim.cli import app
from sim.errors import ArgumentError, ScenarioError
from sim.figures.response import response, sweep_page
from sim.kpis import catalogue
from sim.output_analysis import mean
from sim.replication import measured
from sim.scenario import load
from sim.store import Store
from sim.sweeping import COLUMNS, Sweep, sweep

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
QUIET = {"executor": "serial", "progress": False}
AGENTS, COVERAGE = "touchpoints.hotline.agents", "levers.shared_case.coverage"
GRID = {AGENTS: [1, 2], COVERAGE: [0, 0.5, 1]}


@pytest.fixture(scope="module")
def case():
    return load(CASE)


@pytest.fixture(scope="module")
def result(case):
    return sweep(case, GRID, replications=3, seed=2, **QUIET)


@pytest.fixture
def simulations(monkeypatch):
    done = []

    def noted(unit, engine, stop=None):
        done.append((unit.place, unit.strategy, unit.replication))
        return measured(unit, engine, stop)

    monkeypatch.setattr(experiment, "measured", noted)
    return done


# --- the table -------------------------------------------------------------------------------------------------------


def test_rosters_that_are_the_same_at_every_point_are_told(case):
    with pytest.warns(UserWarning, match="hotline.agents: the values 1, 2 give the same whole agents at scale 0.1"):
        found = sweep(case, {AGENTS: [1, 2]}, replications=2, scale=0.1, **QUIET)
    assert found.caveats[-1].startswith("hotline: agents: the values 1, 2 give the same whole agents in this copy")
    assert found.caveats[-1] in sweep_page(found)


def test_only_the_values_that_a_copy_cannot_tell_apart_are_told(case):
    """At a tenth, 5 and 10 agents are one, 20 are two; and what holds together only with another value is no error."""
    with pytest.warns(UserWarning, match=r"agents: the values 5, 10 give the same whole agents"):
        found = sweep(case, {AGENTS: [5, 10, 20], COVERAGE: [0, 1]}, replications=2, scale=0.1, **QUIET)
    assert found.alike == {AGENTS: (5, 10)}
    chat = case.change({"touchpoints.chat": {"kind": "self_service"}})
    grid = {"touchpoints.chat.kind": ["staffed"], "touchpoints.chat.agents": [20, 40]}
    assert sweep(chat, grid, ["today"], 2, scale=0.1, **QUIET).alike == {}


def test_the_table_is_tidy_and_full(case, result):
    table = result.table
    assert list(table) == [AGENTS, COVERAGE, *COLUMNS]
    kpis = [kpi.name for kpi in catalogue(case)]
    assert len(table) == 2 * 3 * 3 * len(kpis)
    assert not table.duplicated([AGENTS, COVERAGE, "strategy", "kpi"]).any()
    assert table[AGENTS].dtype == "int64"
    assert table[COVERAGE].dtype == "float64"
    points = table[[AGENTS, COVERAGE]].drop_duplicates().to_numpy().tolist()
    assert points == [[agents, coverage] for agents in (1, 2) for coverage in (0, 0.5, 1)]


@pytest.mark.parametrize(("agents", "coverage"), [(1, 0.5), (2, 1)])
def test_every_point_is_the_comparison_of_the_changed_case(case, result, agents, coverage):
    changed = case.change({AGENTS: agents, "strategies.shared.levers.shared_case.coverage": coverage})
    expected = sim.compare(changed, replications=3, seed=2, **QUIET)
    here = result.table[(result.table[AGENTS] == agents) & (result.table[COVERAGE] == coverage)]
    for row in expected.table.to_dict("records"):
        (own,) = here[(here["strategy"] == row["strategy"]) & (here["kpi"] == row["kpi"])].to_dict("records")
        told = [own[name] for name in ("difference", "diff_low", "diff_high", "unit", "better")]
        wanted = [row[name] for name in ("difference", "ci_low", "ci_high", "unit", "better")]
        np.testing.assert_equal(told, wanted)
    values = expected.replications.groupby(["strategy", "kpi"])["value"]
    least = {kpi.name: kpi.least for kpi in catalogue(changed)}
    for own in here.to_dict("records"):
        level = mean(values.get_group((own["strategy"], own["kpi"])).to_numpy(), least=least[own["kpi"]])
        np.testing.assert_equal(
            [own[name] for name in ("mean", "ci_low", "ci_high", "replications")],
            [level.mean, level.ci_low, level.ci_high, level.n],
        )


def test_the_baseline_has_no_difference(result):
    gaps = result.table.loc[result.table["strategy"] == "today", ["difference", "diff_low", "diff_high"]]
    assert gaps.isna().all(axis=None)


def test_a_lever_path_moves_the_strategies_that_use_it_alone(result):
    table = result.table.set_index([COVERAGE, AGENTS, "strategy", "kpi"])["mean"].unstack(COVERAGE)  # noqa: PD010
    for strategy in ("today", "trained"):
        own = table.xs(strategy, level="strategy")
        np.testing.assert_array_equal(own[0.0], own[1.0])
    shared = table.xs("shared", level="strategy")
    assert (shared[0.0] != shared[1.0]).sum() > 10
    assert (shared.xs("frustrations_per_100_journeys", level="kpi")[0.0] > 0).all()


def test_the_start_of_a_lever_can_be_swept(case):
    table = sweep(case, {"levers.shared_case.start": ["0 weeks", "-4 weeks"]}, ["shared"], 1, **QUIET).table
    early, late = (table[table["levers.shared_case.start"] == start]["mean"] for start in ("-4 weeks", "0 weeks"))
    assert (early.to_numpy() != late.to_numpy()).any()


def test_the_same_luck_at_every_point(case):
    """A change that decides about nothing makes no difference at all."""
    table = sweep(case, {"decision.confidence": [0.8, 0.9], "question": ["a", "b"]}, ["today"], 1, **QUIET).table
    means = table.groupby("kpi")["mean"]
    pdt.assert_series_equal(means.min(), means.max(), check_exact=True)


def test_unchanged_work_is_done_once(case, simulations):
    sweep(case, GRID, replications=1, **QUIET)
    assert len(simulations) == 2 + 2 + 6


def test_scale_comes_after_the_change(case):
    table = sweep(case, {AGENTS: [1, 2]}, ["today"], 1, scale=2.0, **QUIET).table
    expected = sim.run(case.change({AGENTS: 2}), scale=2.0, replications=1, **QUIET).kpis["mean"]
    np.testing.assert_array_equal(table[table[AGENTS] == 2]["mean"], expected)


def test_values_may_be_arrays_and_whatever_a_file_can_say(case):
    grid = {
        "levers.training.coverage": np.linspace(0, 1, 2),
        "touchpoints.hotline.open": ["Mon-Fri 9:00-17:00", "always"],
    }
    table = sweep(case, grid, ["trained"], 1, **QUIET).table
    assert table["touchpoints.hotline.open"].unique().tolist() == ["Mon-Fri 9:00-17:00", "always"]
    roster = {AGENTS: [1, {"Mon-Fri 9:00-12:00": 2}]}
    assert sweep(case, roster, ["today"], 1, **QUIET).table[AGENTS].unique().tolist() == [
        "1",
        "{'Mon-Fri 9:00-12:00': 2}",
    ]
    every = {"visibility.case.*.*": [0, 1], AGENTS: range(1, 3)}
    assert len(sweep(case, every, ["today"], 1, **QUIET).table) == 4 * len(catalogue(case))


# --- who does the work, and the store --------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("workers", [2, "executor"])
def test_parallel_is_serial(case, result, engine, workers):
    if engine == "compiled":
        pytest.importorskip("numba")
    with ThreadPoolExecutor(2) as threads:
        executor = threads if workers == "executor" else workers
        other = sweep(case, GRID, replications=3, seed=2, engine=engine, executor=executor, progress=False)
    pdt.assert_frame_equal(other.replications, result.replications, check_exact=True)
    pdt.assert_frame_equal(other.table, result.table, check_exact=True)


def test_with_and_without_a_store(case, result, tmp_path, simulations):
    some = {"strategies": ["today", "shared"], "seed": 2, "store": tmp_path, **QUIET}
    sweep(case, {AGENTS: [1], COVERAGE: [1]}, replications=3, **some)
    simulations.clear()
    two = sweep(case, {AGENTS: [1, 2], COVERAGE: [1]}, replications=3, **some)
    assert {place for place, _, _ in simulations} == {f"{AGENTS} = 2, {COVERAGE} = 1"}
    keys = [AGENTS, COVERAGE, "strategy", "replication", "kpi"]
    expected = result.replications.set_index(keys)["value"]
    found = two.replications.set_index(keys)["value"]
    pdt.assert_series_equal(found, expected.loc[found.index], check_exact=True, check_index_type=False)
    simulations.clear()
    sim.compare(case.change({AGENTS: 2}), ["today", "shared"], replications=4, seed=2, store=tmp_path, **QUIET)
    assert sorted(simulations) == [("", "shared", 3), ("", "today", 3)]


def test_one_progress_bar_counts_what_is_there_as_done(case, tmp_path, capfd):
    some = {"strategies": ["shared"], "store": tmp_path, "executor": "serial"}
    sweep(case, {COVERAGE: [0, 1]}, replications=2, progress=False, **some)
    capfd.readouterr()
    sweep(case, {COVERAGE: [0, 1]}, replications=3, **some)
    shown = capfd.readouterr().err
    assert "4/6" in shown
    assert "6/6" in shown


INTERRUPTED = f"""
import sys, sim
case = sim.load({str(CASE)!r}).change({{"segments.households.customers": 3000, "run.measured": "52 weeks"}})
grid = {{"touchpoints.hotline.agents": list(range(50, 60))}}
print("ready", flush=True)
try:
    sim.sweep(case, grid, ["today"], 40, engine=ENGINE, executor=2, store=sys.argv[1], progress=False)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_what_was_finished_before_ctrl_c_stays(tmp_path, engine):
    if engine == "compiled":
        pytest.importorskip("numba")
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED.replace("ENGINE", repr(engine)), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
    )
    try:
        assert process.stdout.readline() == "ready\n"
        until = time.monotonic() + 100.0
        while len(list(tmp_path.rglob("*.json.gz"))) < 3:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - began < 2.0
        assert process.wait(10.0) == 0
        assert process.stderr.read() == ""
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()
    entries = Store(tmp_path).entries()
    assert 3 <= len(entries) < 400
    assert entries["usable"].all()
    assert not list(tmp_path.rglob("*.part"))


# --- wrong input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "grid must be a mapping such as"),
        ([AGENTS], "grid must be a mapping such as"),
        ({AGENTS: 2}, f"{AGENTS}: expected a list of values, got 2"),
        ({AGENTS: []}, r"expected a list of values, got \[\]"),
        ({AGENTS: "1,2"}, "expected a list of values, got '1,2'"),
        ({AGENTS: [1, 2, 1]}, "the value 1 is named twice"),
        ({AGENTS: [], COVERAGE: 1}, f"(?s){AGENTS}: .*{COVERAGE}: "),
    ],
)
def test_a_wrong_grid_says_so(case, simulations, grid, message):
    with pytest.raises(ArgumentError, match=message):
        sweep(case, grid, **QUIET)
    assert simulations == []


def test_all_points_are_checked_before_anything_runs(case, simulations):
    grid = {
        AGENTS: [1, -1, 2.5],
        "touchpoints.hotlin.wage": ["30 EUR per hour", "31 EUR per hour"],
        "behaviour.redials": [0.3, 0.9],
        "levers.shared_cas.coverage": [0, 1],
        "levers.training.coverage": [0, 2],
    }
    with pytest.raises(ScenarioError) as caught:
        sweep(case, grid, **QUIET)
    told = str(caught.value)
    assert "unknown lever 'shared_cas', did you mean 'shared_case'?" in told
    with pytest.raises(ScenarioError) as caught:
        sweep(case, {path: options for path, options in grid.items() if "shared_cas." not in path}, **QUIET)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == len(set(told))
    assert any("touchpoints.hotlin" in each and "did you mean 'hotline'" in each for each in told)
    valid = {path: options for path, options in grid.items() if "shared_cas." not in path and "hotlin." not in path}
    with pytest.raises(ScenarioError) as caught:
        sweep(case, valid, **QUIET)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == len(set(told))
    for wanted in ("got -1", "got 2.5", "got 2,", "redials 0.9 + "):
        assert any(wanted in each for each in told), wanted
    assert simulations == []


def test_a_lever_that_no_strategy_uses_cannot_be_swept(case):
    with pytest.raises(ScenarioError, match="no strategy of this sweep uses the lever 'shared_case'"):
        sweep(case, {COVERAGE: [0, 1]}, ["today", "trained"], **QUIET)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strategies": "today"}, r"strategies must be a list of names, got the text 'today'"),
        ({"strategies": []}, "at least one strategy"),
        ({"strategies": ["todai"]}, "did you mean 'today'"),
        ({"replications": 0}, "replications must be"),
        ({"scale": -1}, "scale must be"),
        ({"store": 3}, "store must be"),
        ({"engine": "fast"}, "engine"),
    ],
)
def test_wrong_arguments_say_so(case, simulations, arguments, message):
    with pytest.raises(ArgumentError, match=message):
        sweep(case, GRID, **QUIET | arguments)
    assert simulations == []


# --- what people see -------------------------------------------------------------------------------------------------


def test_a_sweep_prints_itself(case, result):
    small = sweep(
        case.change({"decision": {"primary": {"waiting_min_hotline": 0.1, "churn_share": 0.01}}}),
        {AGENTS: [1, 2]},
        ["today", "shared"],
        2,
        **QUIET,
    )
    text = repr(small)
    assert (
        "Two touchpoints: today, shared\n2 points of touchpoints.hotline.agents\n2 replications at each, seed 1" in text
    )
    assert "waiting time, min: hotline" in text
    assert "customers who left, %" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "shared: difference (95 %)" in text
    assert small._repr_html_().count("<table") == 2
    assert repr(result).count("hotline.agents") == 1 + len(catalogue(case))


def test_a_long_sweep_prints_its_beginning(case):
    wide = sweep(case, {"segments.households.customers": list(range(1, 26))}, ["today"], 1, **QUIET)
    assert "(the first 20 are shown, all are in .table)" in repr(wide)


def words(figure: go.Figure) -> str:
    return figure.layout.title.text.replace("<br>", " ").removeprefix("<b>").removesuffix("</b>")


def made_up(values: dict[tuple, dict[str, list[float]]], paths: list[str], better_kpi: str = "waiting_min") -> Sweep:
    """A sweep with chosen values of one KPI; all others are 0."""
    case = load(CASE)
    kpis = [kpi.name for kpi in catalogue(case)]
    strategies = tuple(next(iter(values.values())))
    rows = [
        (*point, strategy, replication, kpi, amount if kpi == better_kpi else 0.0)
        for point, by_strategy in values.items()
        for strategy, amounts in by_strategy.items()
        for replication, amount in enumerate(amounts)
        for kpi in kpis
    ]
    grid = {path: tuple(dict.fromkeys(point[at] for point in values)) for at, path in enumerate(paths)}
    table = pd.DataFrame(rows, columns=[*paths, "strategy", "replication", "kpi", "value"])
    return Sweep(case, grid, strategies, 1, 1.0, table)


FALLING = {
    (1,): {"today": [9.0, 9.5, 10.0], "shared": [8.0, 8.6, 8.9], "trained": [9.0, 9.5, 10.0]},
    (2,): {"today": [5.0, 5.5, 6.0], "shared": [5.1, 5.4, 6.0], "trained": [6.0, 6.6, 6.9]},
    (4,): {"today": [1.0, 1.5, 2.0], "shared": [2.0, 2.6, 3.1], "trained": [1.0, 1.5, 2.0]},
}


def test_lines_say_what_was_found():
    figure = made_up(FALLING, [AGENTS]).figure("waiting_min")
    assert words(figure) == (
        "Waiting time: down from 9.5 to 1.5 under today as agents (hotline) goes from 1 to 4; "
        "against today, shared: better at 1, worse at 4 and not enough evidence at 2, "
        "trained: worse at 2 and no relevant difference at 1 and 4"
    )
    drawn = {trace.name: trace for trace in figure.data if trace.name}
    assert list(drawn) == ["today", "shared", "trained"]
    assert list(drawn["today"].x) == [1.0, 2.0, 4.0]
    assert list(drawn["today"].y) == [9.5, 5.5, 1.5]
    assert figure.layout.xaxis.title.text == "hotline: agents"
    assert figure.layout.yaxis.title.text == "waiting time, min"
    assert len(figure.data) == 6


def test_lines_do_not_claim_what_is_not_clear():
    same = {(at,): {"today": [1.0, 2.0, 9.0], "shared": [2.0, 1.0, 9.5]} for at in (1, 2)}
    same[2,]["today"] = [2.0, 1.0, 9.1]
    assert words(made_up(same, [AGENTS]).figure("waiting_min")) == (
        "Not enough evidence that agents (hotline) changes waiting time under today; "
        "against today, shared: not enough evidence at every value"
    )
    one = {(1,): {"today": [1.0], "shared": [2.0]}}
    assert words(made_up(one, [AGENTS]).figure("waiting_min")).startswith(
        "Waiting time at agents (hotline) = 1; against"
    )


def test_values_with_units_stand_at_their_place():
    path = "segments.households.patience"
    sweeps = made_up({(text,): {"today": [1.0, 2.0]} for text in ("30 s", "1 min", "0.1 h")}, [path])
    trace = sweeps.figure("waiting_min").data[-1]
    assert list(trace.x) == [0.5, 1.0, 6.0]
    assert list(sweeps.figure("waiting_min").layout.xaxis.ticktext) == ["30 s", "1 min", "0.1 h"]
    hours = made_up(
        {(text,): {"today": [1.0, 2.0]} for text in ("always", "Mon 9:00-10:00")}, ["touchpoints.hotline.open"]
    )
    assert list(hours.figure("waiting_min").data[-1].x) == [0.0, 1.0]


def test_values_that_leave_the_baseline_as_it_is_are_told_of_the_strategy_they_move():
    values = {
        (0.0,): {"today": [5.0, 6.0, 7.0], "shared": [5.0, 6.0, 7.0]},
        (1.0,): {"today": [5.0, 6.0, 7.0], "shared": [2.0, 3.1, 4.0]},
    }
    assert words(made_up(values, [COVERAGE]).figure("waiting_min")) == (
        "Waiting time: down from 6 to 3.03 under shared as coverage (shared case) goes from 0 to 1; "
        "against today, shared: better at 1 and no relevant difference at 0"
    )


def test_a_difference_inside_the_indifference_zone_does_not_matter():
    """Two points of loyalty matter: 1 ± 0.2 does not, 3 ± 0.2 does, 2 ± 0.2 is open."""
    kpi, low = "loyalty_mean_points", [50.0, 51.0, 52.0]
    gaps = {(1, 0.0): 1.0, (1, 1.0): 3.0, (2, 0.0): 2.0, (2, 1.0): -3.0}
    values = {
        at: {"today": low, "shared": [each + gap + off for each, off in zip(low, (-0.05, 0.0, 0.05), strict=True)]}
        for at, gap in gaps.items()
    }
    found = replace(
        made_up(values, [AGENTS, COVERAGE], kpi), scenario=load(CASE).change({f"decision.primary.{kpi}": 2})
    )
    rows = found.table[(found.table["kpi"] == kpi) & (found.table["strategy"] == "shared")]
    assert rows["verdict"].tolist() == ["no_relevant_difference", "better", "not_enough_evidence", "worse"]
    assert found.table.loc[found.table["strategy"] == "today", "verdict"].isna().all()
    figure = found.figure(kpi)
    assert words(figure) == (
        "Loyalty against today at 4 points: "
        "shared: better at 1, worse at 1, no relevant difference at 1 and not enough evidence at 1"
    )
    (map_,) = figure.data
    np.testing.assert_allclose(map_.z, [[0.0, 0.0], [3.0, -3.0]], atol=5e-4)
    assert list(map_.text[0]) == ["(+1)", "(+2)"]
    assert figure.layout.coloraxis.cmax == pytest.approx(4.0), "twice the zone"
    assert "outside the zone of ±2" in figure.layout.title.subtitle.text.replace("<br>", " ")


def test_the_page_says_what_was_simulated_and_what_is_lost_in_a_copy(case):
    copy = sweep(case, {AGENTS: [1, 2]}, ["today", "shared"], 2, scale=2.0, **QUIET)
    page = sweep_page(copy)
    assert f"<h1>{case.document.name}</h1>" in page
    assert "2 replications at each point, seed 1, scale 2" in page
    assert case.digest in page
    assert '<p class="caveat">Simulated in a copy of 2 times the size' in page
    assert "caveat" not in sweep_page(replace(copy, scale=1.0)).partition("</style>")[2]


def test_two_paths_make_maps_of_differences():
    values = {
        (agents, coverage): {"today": [5.0, 6.0, 7.0], "shared": [5.0 - gap, 6.1 - gap, 7.0 - gap]}
        for (agents, coverage), gap in {
            (1, 0.0): 0.0, (1, 1.0): 3.0, (2, 0.0): 0.05, (2, 1.0): 2.0, (3, 0.0): -4.0, (3, 1.0): 1.0
        }.items()
    }  # fmt: skip
    figure = made_up(values, [AGENTS, COVERAGE]).figure("waiting_min")
    assert words(figure) == (
        "Waiting time against today at 6 points: shared: better at 3, worse at 1 and not enough evidence at 2"
    )
    (map_,) = figure.data
    np.testing.assert_allclose(map_.z, [[0.0, 0.0, 4.033], [-2.967, -1.967, -0.9667]], atol=5e-4)
    assert map_.text[0][0] == "(+0.0333)"
    assert map_.text[1][0] == "−2.97"
    assert figure.layout.coloraxis.cmin == -figure.layout.coloraxis.cmax
    # less waiting is good: low values have the colour of good ones
    assert figure.layout.coloraxis.colorscale[0][1] == "rgba(0,158,115,0.75)"


def test_two_paths_of_one_strategy_make_a_map_of_means():
    values = {(agents, other): {"today": [agents + other] * 2} for agents in (1, 2) for other in (0.0, 0.5)}
    figure = made_up(values, [AGENTS, "behaviour.redials"], "utilisation_share").figure("utilisation_share")
    assert words(figure) == (
        "Utilisation, %, under today: from 100 (hotline: agents 1, redials 0) to 250 (hotline: agents 2, redials 0.5)"
    )
    assert [list(line) for line in figure.data[0].z] == [[100.0, 200.0], [150.0, 250.0]]
    assert figure.layout.coloraxis.colorbar.title.text == "%"


def test_figures_of_a_real_sweep_and_their_limits(case, result):
    assert isinstance(response(result), go.Figure)
    assert words(result.figure()).startswith("Frustration events per 100 journeys against today at 6 points: ")
    with pytest.raises(ArgumentError, match="unknown KPI 'waiting', did you mean"):
        result.figure("waiting")
    three = made_up({(1, 2, 3): {"today": [1.0, 2.0]}}, ["a.b", "c.d", "e.f"])
    with pytest.raises(ArgumentError, match="shows one or two swept paths, this sweep has 3"):
        three.figure()


# --- command line ----------------------------------------------------------------------------------------------------


@pytest.fixture
def journeysim():
    def call(*arguments: object, code: int = 0):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result

    return call


SWEEP = ["sweep", CASE, "--strategies", "today,shared", "--replications", "2", "--workers", "1"]


def test_the_command_line_sweeps_and_repeats(journeysim, case, tmp_path):
    out = tmp_path / "results"
    shown = journeysim(*SWEEP, "--vary", f"{AGENTS}=1,2", "--vary", f"{COVERAGE}=0, 0.5", "--out", out).stdout
    expected = sweep(case, {AGENTS: [1, 2], COVERAGE: [0, 0.5]}, ["today", "shared"], 2, **QUIET)
    assert shown.startswith(f"{expected!r}\n")
    assert sorted(path.name for path in out.iterdir()) == [
        "figures.html", "record.json", "replications.csv", "replications.parquet", "sweep.csv", "sweep.parquet"
    ]  # fmt: skip
    pdt.assert_frame_equal(pd.read_parquet(out / "sweep.parquet"), expected.table, check_exact=True)
    page = (out / "figures.html").read_text()
    assert page.count('<div id="figure-') == 1
    assert "<script src" not in page
    record = json.loads((out / "record.json").read_text())
    assert (record["kind"], record["grid"]) == ("sweep", {AGENTS: [1, 2], COVERAGE: [0, 0.5]})
    repeated = journeysim("repeat", out / "record.json", "--workers", "1").stdout
    assert repeated.splitlines()[:-2] == ["sweep.csv: identical", "replications.csv: identical"]


def test_a_run_of_kpis_only_can_be_written_and_repeated(journeysim, tmp_path):
    out = tmp_path / "results"
    journeysim("run", CASE, "--collect", "kpis", "--replications", "2", "--workers", "1", "--out", out)
    assert "kpis.csv" in {path.name for path in out.iterdir()}
    assert "contacts.csv" not in {path.name for path in out.iterdir()}
    assert "DIFFERENT" not in journeysim("repeat", out / "record.json", "--workers", "1").stdout


def test_values_on_the_command_line_are_read_as_a_file_reads_them(journeysim):
    text = "segments.households.patience=1 min,{value: 2 min, source: Q1}"
    shown = journeysim(*SWEEP, "--vary", text).stdout
    assert "1 min" in shown
    hours = journeysim(*SWEEP, "--vary", 'touchpoints.hotline.open="Mon-Fri 9:00-12:00, 13:00-17:00",always').stdout
    assert "2 points" in hours


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ([AGENTS], f"--vary: got '{AGENTS}', expected PATH=VALUE,VALUE"),
        ([f"{AGENTS}="], "expected PATH=VALUE,VALUE"),
        (["=1"], "expected PATH=VALUE,VALUE"),
        ([f"{AGENTS}=[1"], "expected PATH=VALUE,VALUE"),
        ([f"{AGENTS}=1", f"{AGENTS}=2"], f"{AGENTS} is named twice"),
        (["touchpoints.hotlin.agents=1"], "did you mean 'hotline'"),
        ([], "vary"),
    ],
)
def test_wrong_values_on_the_command_line(journeysim, vary, message):
    options = [part for each in vary for part in ("--vary", each)]
    assert message in journeysim("sweep", CASE, *options, code=2).stderr


def test_help_shows_an_example(journeysim):
    assert "journeysim sweep FILE --vary" in journeysim("sweep", "--help").stdout
