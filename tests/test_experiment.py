import math
import os
import pickle
import re
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
import pytest

from sim import comparison, experiment
from sim.errors import ArgumentError, ScenarioError
from sim.experiment import compare, run
from sim.kpis import Kpi, catalogue
from sim.labels import language
from sim.output_analysis import Verdict, paired_difference, variance_reduction
from sim.replication import Unit, measured
from sim.scenario import load
from sim.simulation import simulate
from sim.sweeping import sweep
from sim.twins import when
from sim.verdicts import VerdictRow
from sim.workers import carry_out

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
KPIS = catalogue(load(CASE))
QUIET = {"executor": "serial", "progress": False}


@pytest.fixture(scope="module")
def case():
    return load(CASE)


@pytest.fixture(scope="module")
def result(case):
    return compare(case, replications=3, seed=2, **QUIET)


@pytest.fixture(scope="module")
def run_result(case):
    return run(case, "shared", replications=2, seed=2, **QUIET)


# --- who does the work makes no difference ---------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["processes", "threads", "all cores"])
def workers(request):
    if request.param == "threads":
        with ThreadPoolExecutor(2) as executor:
            yield executor
    else:
        yield 2 if request.param == "processes" else None


def test_parallel_comparison_is_the_serial_one(case, result, workers):
    parallel = compare(case, replications=3, seed=2, executor=workers, progress=False)
    pdt.assert_frame_equal(parallel.replications, result.replications, check_exact=True)
    pdt.assert_frame_equal(parallel.table, result.table, check_exact=True)
    assert parallel.aggregates.keys() == result.aggregates.keys()
    for name, table in result.aggregates.items():
        pdt.assert_frame_equal(parallel.aggregates[name], table, check_exact=True)
    assert repr(parallel) == repr(result)


def test_parallel_run_is_the_serial_one(case, run_result, workers):
    parallel = run(case, "shared", replications=2, seed=2, executor=workers, progress=False)
    for name, table in run_result.tables.items():
        pdt.assert_frame_equal(parallel.tables[name], table, check_exact=True)


# --- run -------------------------------------------------------------------------------------------------------------


def test_run_concatenates_what_each_replication_gives(case, run_result):
    single = simulate(case, "shared", 2, 1)
    for name, table in run_result.tables.items():
        assert sorted(table["replication"].unique()) == ([0, 1] if name != "messages" else [])  # nobody sends any
        second = table[table["replication"] == 1].reset_index(drop=True)
        pdt.assert_frame_equal(second, single[name], check_exact=True)
        assert {c for c in table if table[c].dtype == "category"} == {
            c for c in single[name] if single[name][c].dtype == "category"
        }


def test_run_takes_the_baseline_by_default_and_other_seeds_differ(case):
    first = run(case, replications=1, seed=0, **QUIET)
    assert first.strategy == "today"
    assert not first.contacts.equals(run(case, replications=1, seed=1, **QUIET).contacts)


def test_kpis_of_a_run_are_means_over_its_replications(run_result):
    for row in run_result.kpis.to_dict("records"):
        values = run_result.kpis_by_replication.query("kpi == @row['kpi']")["value"].dropna()
        assert row["replications"] == len(values)
        assert row["mean"] == pytest.approx(values.mean(), nan_ok=True)
    assert run_result.kpis["kpi"].tolist() == [kpi.name for kpi in KPIS]


@pytest.mark.parametrize("workers", ["serial", 2])
def test_a_run_that_keeps_kpis_only_has_the_same_kpis(case, run_result, workers):
    lean = run(case, "shared", replications=2, seed=2, collect="kpis", executor=workers, progress=False)
    pdt.assert_frame_equal(lean.kpis, run_result.kpis, check_exact=True)
    for name, table in run_result.aggregates.items():
        pdt.assert_frame_equal(lean.aggregates[name], table, check_exact=True)
    assert lean.tables == {}
    assert "2 replications" in repr(lean)
    with pytest.raises(ArgumentError, match="kept no contacts, only KPIs; run it with collect='tables'"):
        _ = lean.contacts


def test_collect_knows_two_words(case):
    with pytest.raises(ArgumentError, match="collect must be 'tables' or 'kpis', got 'all'"):
        run(case, collect="all", **QUIET)


def test_scale_sizes_the_company_and_keeps_the_scenario(case):
    large = run(case, replications=1, scale=2.0, **QUIET)
    assert len(large.customers) == 120
    assert large.scenario is case


# --- compare ---------------------------------------------------------------------------------------------------------


def test_all_strategies_by_default_against_the_first(case, result):
    assert result.strategies == ("today", "trained", "shared")
    assert result.table["strategy"].unique().tolist() == ["trained", "shared"]
    assert len(result.table) == 2 * len(KPIS)
    assert list(result.table.columns) == list(comparison.COLUMNS)
    assert len(result.replications) == 3 * 3 * len(KPIS)


def test_order_of_strategies_only_turns_the_sign(case, result):
    turned = compare(case, ["shared", "today"], replications=3, seed=2, **QUIET).table.set_index("kpi")
    straight = result.table.query("strategy == 'shared'").set_index("kpi")
    pdt.assert_series_equal(turned["difference"], -straight["difference"].loc[turned.index], check_exact=True)


def test_a_strategy_without_effect_makes_no_difference(case):
    same = case.change({"strategies.shared.levers.shared_case.coverage": 0})
    table = compare(same, ["today", "shared"], replications=2, **QUIET).table
    running = [kpi.name for kpi in KPIS if kpi.unit.startswith("EUR") or kpi.name == "lever_cost"]
    rest = table[~table["kpi"].isin(running)]
    assert set(rest["difference"].dropna()) == {0.0}


def test_first_replications_do_not_depend_on_how_many_follow(case, result):
    fewer = compare(case, replications=2, seed=2, **QUIET).replications
    expected = result.replications.query("replication < 2").reset_index(drop=True)
    pdt.assert_frame_equal(fewer, expected, check_exact=True)


# --- the table, from made-up replications ----------------------------------------------------------------------------


def tidy(values: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(s, r, k, v) for (s, k), column in values.items() for r, v in enumerate(column)],
        columns=["strategy", "replication", "kpi", "value"],
    )


def kpi(name: str, better: str) -> Kpi:
    known = {field: getattr(KPIS[0], field) for field in KPIS[0].__dataclass_fields__}
    return Kpi(**known | {"name": name, "unit": "points", "better": better})


MADE_UP = tidy(
    {
        ("old", "joy"): [50.0, 52.0, 54.0, 51.0],
        ("new", "joy"): [60.0, 62.5, 63.5, 61.0],
        ("old", "pain"): [9.0, 8.0, 10.0, math.nan],
        ("new", "pain"): [9.1, 8.0, 9.9, 3.0],
        ("old", "cost"): [5.0, 7.0, 6.0, 4.0],
        ("new", "cost"): [9.0, 7.5, 6.0, 9.0],
    }
)
KINDS = [kpi("cost", "lower"), kpi("joy", "higher"), kpi("pain", "lower")]


@pytest.fixture
def made_up():
    return comparison.comparison_table(MADE_UP, ["old", "new"], KINDS, {"joy": 2.0, "pain": 1.0, "cost": 1.0}, 0.95)


def test_row_of_the_table_by_hand(made_up):
    joy = made_up.set_index("kpi").loc["joy"]
    expected = paired_difference([60.0, 62.5, 63.5, 61.0], [50.0, 52.0, 54.0, 51.0])
    assert (joy["mean"], joy["baseline_mean"], joy["difference"]) == (61.75, 51.75, 10.0)
    assert (joy["ci_low"], joy["ci_high"]) == (expected.ci_low, expected.ci_high)
    assert joy["variance_reduction"] == pytest.approx(
        variance_reduction([60.0, 62.5, 63.5, 61.0], [50.0, 52.0, 54.0, 51.0]).factor
    )
    assert (joy["verdict"], joy["replications"], joy["indifference"]) == ("better", 4, 2.0)


def test_verdicts_of_the_table(made_up):
    assert made_up["kpi"].tolist() == ["joy", "pain", "cost"]
    assert made_up["verdict"].tolist() == ["better", "no_relevant_difference", "not_enough_evidence"]
    assert made_up["more_replications"].isna().tolist() == [True, True, False]


def test_a_pair_with_nan_is_left_out_of_both_means(made_up):
    pain = made_up.set_index("kpi").loc["pain"]
    assert (pain["replications"], pain["baseline_mean"], pain["mean"]) == (3, 9.0, 9.0)


def test_no_infinity_in_the_table():
    flat = tidy({("old", "joy"): [1.0, 2.0, 3.0], ("new", "joy"): [2.0, 3.0, 4.0]})
    table = comparison.comparison_table(flat, ["old", "new"], KINDS[1:2], {"joy": 0.5}, 0.95)
    assert table["verdict"].tolist() == ["better"]
    assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)).any()


def test_secondary_kpis_have_intervals_but_no_verdict():
    table = comparison.comparison_table(MADE_UP, ["old", "new"], KINDS, {"joy": 2.0}, 0.95).set_index("kpi")
    assert table["primary"].to_dict() == {"joy": True, "cost": False, "pain": False}
    assert table.loc[["cost", "pain"], ["verdict", "p_holm", "indifference"]].isna().all(axis=None)
    assert table[["ci_low", "ci_high", "p_value"]].notna().all(axis=None)


# --- words -----------------------------------------------------------------------------------------------------------


def test_the_verdict_says_each_finding_in_words(case):
    decided = case.change({"decision": {"primary": {KPIS[0].name: 1e6, KPIS[1].name: 0}, "confidence": 0.9}})
    result = compare(decided, ["today", "shared"], replications=3, **QUIET)
    text = str(result.verdict)
    assert [row.kpi for row in result.verdict.rows] == [KPIS[0].name, KPIS[1].name]
    assert "no relevant difference on 1" in text
    assert "shared against today, 2 primary KPIs" in text
    assert "90 % confidence" in text


def test_one_replication_is_never_evidence(case):
    decided = case.change({"decision": {"primary": {KPIS[0].name: 1}}})
    result = compare(decided, ["today", "shared"], replications=1, **QUIET)
    assert result.table["verdict"].dropna().tolist() == ["not_enough_evidence"]
    assert "fewer than two pairs" in " ".join(str(result.verdict).split())


@pytest.mark.parametrize(
    ("low", "zone", "why"),
    [
        (-0.8, 1.0, "interval −0.8 to +2.1 straddles the indifference zone of ±1;"),
        (-0.8, 0.0, "interval −0.8 to +2.1 includes 0;"),
        (1.2, 1.0, "interval +1.2 to +2.1, clear alone but not together with the other verdicts;"),
    ],
)
def test_an_open_verdict_says_why(low, zone, why):
    open_verdict = Verdict.NOT_ENOUGH_EVIDENCE
    row = VerdictRow("a", "loyalty_mean_points", "points", open_verdict, 51.0, 50.0, 1.0, low, 2.1, zone, 0.2, 7)
    assert why in str(row)
    with language("de"):
        assert "Intervall" in str(row)


def test_no_relevant_difference_names_its_zone():
    row = VerdictRow(
        "a", "loyalty_mean_points", "points", Verdict.NO_RELEVANT_DIFFERENCE, 50.1, 50.0, 0.1, 0.0, 0.2, 1.0, 0.01, None
    )
    assert "inside the indifference zone of ±1)" in str(row)


def test_a_printed_comparison_begins_with_its_finding_and_says_each_number_once(case):
    zones = {KPIS[0].name: 1e-6, KPIS[1].name: 1e6}
    printed = repr(compare(case.change({"decision": {"primary": zones}}), ["today", "shared"], **QUIET))
    flat = " ".join(printed.split())
    assert flat.index("2 primary KPIs:") < flat.index("difference 95 % interval") < flat.index("Same customers")
    assert flat.count("95 % confidence") == 1
    assert "inside the indifference zone" in flat


def test_a_file_name_in_place_of_a_case_is_told_what_to_do(case):
    for function in (compare, run, lambda given: sweep(given, {"levers.training.coverage": [0, 1]})):
        for name in ("case.yaml", Path("case.yaml")):
            with pytest.raises(ArgumentError, match=r"write sim.load\('case.yaml'\)"):
                function(name)
        with pytest.raises(ArgumentError, match=r"got a dict$"):
            function({"name": "case"})


def test_without_primary_kpis_there_is_no_verdict(result):
    assert result.verdict.rows == ()
    assert "No verdict" in str(result.verdict)


def test_results_print_themselves_within_100_columns_and_always_the_same(result, run_result):
    for shown in (result, result.verdict, run_result):
        assert max(len(line) for line in repr(shown).splitlines()) <= 100
        assert shown._repr_html_() == shown._repr_html_()
        assert "0x" not in repr(shown)
    assert "<table" in result._repr_html_()
    assert "independent seeds" in repr(result)


# --- twins -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twins(result):
    return result.twins(2, replication=1)


def test_twins_are_the_same_persons_with_what_happened_to_them(case, twins):
    assert (twins.baseline, twins.strategy) == ("today", "shared")
    for world, strategy in (("baseline", "today"), ("strategy", "shared")):
        tables = simulate(case, strategy, 2, 1)
        for who in twins.customers.to_dict("records"):
            contacts = tables["contacts"].query("customer == @who['customer'] and measured")
            frustrations = tables["frustrations"].query("customer == @who['customer'] and measured")
            rows = twins.table.query("customer == @who['customer'] and world == @world")
            assert rows.query("event == 'contact'")["at_min"].tolist() == sorted(contacts["arrived_min"])
            assert len(rows.query("event == 'frustration'")) == len(frustrations)
            assert who[f"severity_{world}"] == pytest.approx(frustrations["severity"].sum())
            assert rows["at_min"].is_monotonic_increasing


def test_twins_are_the_customers_who_differ_most(twins, result):
    every = result.twins(60, replication=1).customers
    assert every["customer"].is_unique
    assert len(every) == 60
    assert every["score"].is_monotonic_decreasing
    assert every["score"].between(0.0, 1.0).all()
    assert twins.customers["customer"].tolist() == every["customer"].tolist()[:2]
    untouched = every[
        (every["severity_baseline"] == every["severity_strategy"])
        & (every["resolved_baseline"] == every["resolved_strategy"])
        & (every["loyalty_baseline"] == every["loyalty_strategy"])
    ]
    assert (untouched["score"] == 0.0).all()


def test_twins_print_side_by_side(twins):
    text = repr(twins)
    assert max(map(len, text.splitlines())) <= 100
    for who in twins.customers["customer"]:
        assert f"Customer {who} (households)" in text
    assert "today" in text.splitlines()[4]
    assert "| shared" in text.splitlines()[4]


def test_twins_say_when_they_left(twins):
    gone = replace(twins, customers=twins.customers.assign(left_min_baseline=3.5 * 10080, left_min_strategy=math.nan))
    line = repr(gone).splitlines()[6]
    assert re.fullmatch(r"left the company week 3 Thu 12:00 +\| did not leave", line)


def test_twins_check_their_arguments(result):
    with pytest.raises(ArgumentError, match="'share', did you mean 'shared'"):
        result.twins(strategy="share")
    with pytest.raises(ArgumentError, match="at least 1"):
        result.twins(0)


@pytest.mark.parametrize(("at_min", "text"), [(0.0, "week 0 Mon 00:00"), (10079.9, "week 0 Sun 23:59")])
def test_when(at_min, text):
    assert when(at_min) == text


# --- wrong arguments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strategies": ["today", "sharde"]}, "unknown strategy 'sharde', did you mean 'shared'"),
        ({"strategies": ["today", "today"]}, "'today' is named twice"),
        ({"strategies": ["today"]}, "at least two strategies"),
        ({"strategies": "today"}, r"got the text 'today'; write \['today'"),
        ({"replications": 0}, "replications must be a whole number of at least 1, got 0"),
        ({"replications": 2.0}, "replications .* got 2.0"),
        ({"replications": True}, "replications .* got True"),
        ({"seed": -1}, "seed .* got -1"),
        ({"scale": 0}, "scale must be a number above 0, got 0"),
        ({"scale": math.nan}, "scale .* got nan"),
        ({"executor": "parallel"}, "executor .* got 'parallel'"),
        ({"executor": 0}, "executor .* got 0"),
        ({"seed": "1", "scale": -2.0}, "(?s)seed .* got '1'.*scale .* got -2.0"),
    ],
)
def test_wrong_arguments_say_so_before_anything_runs(case, monkeypatch, arguments, message):
    monkeypatch.setattr(experiment, "carry_out", None)
    with pytest.raises(ArgumentError, match=message):
        compare(case, **QUIET | arguments)


def test_a_primary_kpi_that_does_not_exist_is_found_before_anything_runs(case, monkeypatch):
    monkeypatch.setattr(experiment, "carry_out", None)
    misspelt = KPIS[0].name + "x"
    with pytest.raises(ScenarioError, match=f"decision.primary.{misspelt}: .*did you mean {KPIS[0].name!r}"):
        compare(case.change({"decision": {"primary": {misspelt: 1}}}), **QUIET)


# --- failure and interruption ----------------------------------------------------------------------------------------


def failing(unit, engine, stop=None):
    if unit.strategy == "shared":
        raise ValueError(f"no luck with replication {unit.replication}")
    return measured(unit, engine)


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_an_error_comes_back_with_its_message_and_where(case, monkeypatch, executor):
    monkeypatch.setattr(experiment, "measured", failing)
    with ThreadPoolExecutor(1) as threads, pytest.raises(ValueError, match="no luck with replication 0") as caught:
        compare(case, replications=1, executor=threads if executor == "threads" else executor, progress=False)
    assert "in strategy 'shared', replication 0" in caught.value.__notes__


def test_an_error_in_a_process_comes_back_too(case):
    with pytest.raises(KeyError, match="nowhere") as caught:
        carry_out(measured, [Unit(case, "nowhere", 1, 0)], "reference", 2, progress=False)
    assert "in strategy 'nowhere', replication 0" in caught.value.__notes__


def test_a_scenario_error_keeps_its_problems_on_the_way_between_processes():
    with pytest.raises(ScenarioError) as caught:
        load("missing.yaml")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


INTERRUPTED = f"""
import sys, sim.experiment as experiment
from sim.scenario import load
case = load({str(CASE)!r}).change({{"segments.households.customers": 20000, "run.measured": "10 years"}})
experiment.compare(case.scaled(0.001), replications=2, executor="serial", progress=False)  # compiles, if need be
print("ready", flush=True)
try:
    experiment.compare(case, replications=50, engine=ENGINE, executor=WORKERS, progress=False)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_an_interruption_while_compiled_code_returns_is_an_interruption():
    def interrupted(unit, engine):
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    def broken(unit, engine):
        raise SystemError("something else")

    units = [Unit(load(CASE), "today", 1, 0)]
    for task, expected in ((interrupted, KeyboardInterrupt), (broken, SystemError)):
        with pytest.raises(expected):
            carry_out(task, units, executor="serial", progress=False)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("workers", ["2", "'serial'"])
@pytest.mark.parametrize(
    ("engine", "to_group"),
    [("reference", False), ("reference", True), ("compiled", True)],
    ids=["reference, to the process", "reference, to the terminal's group", "compiled, to the terminal's group"],
)
def test_ctrl_c_stops_within_two_seconds(engine, workers, to_group):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED.replace("WORKERS", workers).replace("ENGINE", repr(engine))],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
    )
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(3.0)
        assert process.poll() is None
        began = time.monotonic()
        if to_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - began < 2.0
        process.wait(10.0)
        while group_lives(process.pid):
            assert time.monotonic() - began < 12.0
            time.sleep(0.05)
        assert process.stderr.read() == ""
    finally:
        if group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
