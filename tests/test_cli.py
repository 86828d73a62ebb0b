import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pandas.testing as pdt
import pytest
from typer.testing import CliRunner

from sim import cli, experiment, records
from sim.cli import app
from sim.errors import ArgumentError
from sim.scenario import load
from sim.simulation import simulate

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
DECIDING = f"""extends: {CASE}
decision: {{primary: {{frustrations_per_100_journeys: 5, fcr_customer_share: 0.02}}, confidence: 0.9}}
"""
SMALL = ["--replications", "2", "--workers", "1"]


@pytest.fixture
def journeysim():
    def call(*arguments: object, code: int = 0):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture
def case(tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(DECIDING, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def blank_figures(monkeypatch):
    # What a page of figures looks like is not this module's business, and drawing one takes a while.
    monkeypatch.setitem(sys.modules, "sim.figures", SimpleNamespace(page=lambda result: "<html>figures</html>"))


def outside(*arguments: object) -> dict[str, object]:
    """How to start the command as a process of its own."""
    return {
        "args": [sys.executable, "-m", "sim", *map(str, arguments)],
        "env": os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
        "text": True,
    }


# --- compare and run -------------------------------------------------------------------------------------------------


def test_compare_prints_table_and_verdict_within_100_columns(journeysim, case):
    shown = journeysim("compare", case, "--strategies", "today, shared", *SMALL).stdout
    assert "shared against today, 2 primary KPIs" in shown
    assert "90 % interval" in shown
    assert "trained" not in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_compare_prints_what_the_library_gives(journeysim, case):
    shown = journeysim("compare", case, "--seed", "7", "--scale", "0.5", *SMALL).stdout
    result = experiment.compare(load(case), replications=2, seed=7, scale=0.5, executor="serial", progress=False)
    assert shown == f"{result!r}\n"


def test_compare_writes_tables_figures_and_record(journeysim, case, tmp_path):
    out = tmp_path / "deep" / "results"
    shown = journeysim("compare", case, *SMALL, "--out", out).stdout
    result = experiment.compare(load(case), replications=2, executor="serial", progress=False)
    aggregates = [f"aggregate_{name}.{kind}" for name in result.aggregates for kind in ("csv", "parquet")]
    names = ["comparison", "replications", "contacts", "frustrations", "journeys", "messages", "customers", "staffing"]
    tables = [f"{name}.{kind}" for name in names for kind in ("csv", "parquet")]
    expected = sorted(["record.json", "figures.html", "verdict.txt", *tables, *aggregates])
    assert sorted(path.name for path in out.iterdir()) == expected
    assert f"written to {out}: {len(expected)} files; open {out / 'figures.html'}" in shown
    pdt.assert_frame_equal(pd.read_parquet(out / "comparison.parquet"), result.table, check_exact=True)
    pdt.assert_frame_equal(pd.read_csv(out / "replications.csv"), result.replications, rtol=1e-14)
    contacts = pd.read_parquet(out / "contacts.parquet").query("strategy == 'shared'").drop(columns="strategy")
    single = simulate(load(case), "shared", 1, 0)["contacts"]
    pdt.assert_frame_equal(contacts.reset_index(drop=True), single, check_exact=True)
    assert (out / "figures.html").read_text() == "<html>figures</html>"
    assert [path.name for path in out.parent.iterdir()] == ["results"]


def test_run_writes_every_table(journeysim, tmp_path):
    out = tmp_path / "results"
    shown = journeysim("run", CASE, "--strategy", "trained", *SMALL, "--out", out).stdout
    assert "Two touchpoints: trained, 2 replications, seed 1" in shown
    result = experiment.run(load(CASE), "trained", replications=2, executor="serial", progress=False)
    for name, table in result.tables.items():
        kept = pd.read_parquet(out / f"{name}.parquet")
        if len(table):
            pdt.assert_frame_equal(kept, table, check_exact=True)
        assert list(kept) == list(table)  # an empty table does not keep its categories
        assert len(pd.read_csv(out / f"{name}.csv")) == len(table)


def test_the_record_says_all_it_takes_to_repeat(journeysim, case, tmp_path):
    out = tmp_path / "results"
    journeysim("compare", case, *SMALL, "--seed", "3", "--scale", "0.5", "--strategies", "today,trained", "--out", out)
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))
    assert record["kind"] == "comparison"
    assert record["strategies"] == ["today", "trained"]
    assert (record["replications"], record["seed"], record["scale"]) == (2, 3, 0.5)
    assert record["scenario_digest"] == load(case).digest
    again = tmp_path / "again.yaml"
    again.write_text(record["scenario"], encoding="utf-8")
    assert load(again).digest == load(case).digest
    assert record["versions"]["python"] == sys.version.split()[0]
    assert record["versions"]["numpy"]


@pytest.mark.parametrize("command", [["compare"], ["run", "--strategy", "shared"]])
def test_repeat_gives_identical_tables_and_notices_a_difference(journeysim, case, tmp_path, command):
    record = tmp_path / "results" / "record.json"
    journeysim(*command, case, *SMALL, "--scale", "0.5", "--out", record.parent)
    shown = journeysim("repeat", record, "--workers", "1").stdout
    *tables, _, last = shown.splitlines()
    count = len(list(record.parent.glob("*.csv")))
    assert len(tables) == count
    assert all(line.endswith(": identical") for line in tables)
    assert last == f"all {count} tables are as in {record}; nothing was written"
    told = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(told | {"seed": 99}), encoding="utf-8")
    shown = journeysim("repeat", record, "--workers", "1", code=1).stdout
    assert "replications.csv: DIFFERENT" in shown
    assert f"of {count} tables differ from {record}" in shown


def test_what_no_spreadsheet_can_hold_is_written_as_parquet_only_and_repeated_all_the_same(
    journeysim, case, tmp_path, monkeypatch
):
    monkeypatch.setattr("sim.records.MOST_CSV_ROWS", 400)
    out = tmp_path / "results"
    journeysim("compare", case, *SMALL, "--scale", "0.5", "--out", out)
    assert (out / "contacts.parquet").exists()
    assert not (out / "contacts.csv").exists()
    assert (out / "comparison.csv").exists()
    shown = journeysim("repeat", out / "record.json", "--workers", "1").stdout
    assert "contacts.parquet: identical" in shown
    told = json.loads((out / "record.json").read_text(encoding="utf-8"))
    (out / "record.json").write_text(json.dumps(told | {"seed": 99}), encoding="utf-8")
    shown = journeysim("repeat", out / "record.json", "--workers", "1", code=1).stdout
    assert "contacts.parquet: DIFFERENT" in shown


@pytest.mark.parametrize("text", ["no JSON", "{}", "[]"])
def test_repeat_needs_a_record(journeysim, tmp_path, text):
    file = tmp_path / "record.json"
    file.write_text(text, encoding="utf-8")
    assert "record.json: " in journeysim("repeat", file, code=2).stderr


# --- the folder ------------------------------------------------------------------------------------------------------


def test_an_earlier_result_is_replaced_whole(journeysim, tmp_path):
    out = tmp_path / "results"
    journeysim("run", CASE, *SMALL, "--out", out)
    journeysim("compare", CASE, *SMALL, "--out", out)
    assert not (out / "kpis.csv").exists()
    assert json.loads((out / "record.json").read_text(encoding="utf-8"))["kind"] == "comparison"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_what_no_run_wrote_is_never_touched(journeysim, tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "carry_out", None)
    (tmp_path / "notes.txt").write_text("mine")
    assert "not empty and holds no record.json" in journeysim("compare", CASE, "--out", tmp_path, code=2).stderr
    assert "is a file" in journeysim("run", CASE, "--out", tmp_path / "notes.txt", code=2).stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_added_to_a_result_protects_it(journeysim, tmp_path):
    out = tmp_path / "results"
    journeysim("run", CASE, *SMALL, "--out", out)
    (out / "notes.txt").write_text("mine")
    assert "notes.txt" in journeysim("run", CASE, *SMALL, "--out", out, code=2).stderr
    assert (out / "notes.txt").read_text() == "mine"


def test_an_empty_folder_may_be_used(journeysim, tmp_path):
    journeysim("run", CASE, *SMALL, "--out", tmp_path)
    assert (tmp_path / "record.json").exists()


def test_failing_to_write_leaves_the_earlier_result(tmp_path, monkeypatch):
    out = tmp_path / "results"
    result = experiment.compare(load(CASE), replications=1, executor="serial", progress=False)
    records.write(result, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setitem(sys.modules, "sim.figures", SimpleNamespace(page=lambda result: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        records.write(result, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


# --- check and schema ------------------------------------------------------------------------------------------------


def test_check_says_ok_for_each_file_of_a_folder(journeysim, case, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "part.yaml").write_text("loyalty: {gain: 1}")
    assert journeysim("check", tmp_path, CASE).stdout.splitlines() == [f"{case}: ok", f"{CASE}: ok"]


def test_check_says_all_that_is_wrong_in_all_files(journeysim, tmp_path):
    (tmp_path / "a.yaml").write_text(f"extends: {CASE}\nsegments: {{households: {{customers: -3}}}}\nquestions: why\n")
    (tmp_path / "b.yaml").write_text(f"extends: {CASE}\ndecision: {{primary: {{loyalty_mean_point: 1}}}}\n")
    (tmp_path / "c.yaml").write_text(DECIDING)
    result = journeysim("check", tmp_path, code=2)
    assert result.stdout == f"{tmp_path / 'c.yaml'}: ok\n"
    first, second, third = sorted(result.stderr.splitlines())
    assert first.startswith(f"{tmp_path / 'a.yaml'}:2: segments.households.customers: ")
    assert first.count("got -3") == 1
    assert second.startswith(f"{tmp_path / 'a.yaml'}:3: questions: ")
    assert third.startswith(f"{tmp_path / 'b.yaml'}:2: decision.primary.loyalty_mean_point: ")
    assert "'loyalty_mean_points'" in third


def test_check_lists_the_paths_that_can_be_varied(journeysim):
    listed = journeysim("check", CASE, "--paths").stdout.splitlines()[1:]
    case = load(CASE)
    told = {path.strip(): float(rest.split()[0]) for path, rest in (line.split(": ") for line in listed)}
    assert told == {path: pytest.approx(case.quantity(path).value, rel=1e-5) for path in told}
    assert "touchpoints.hotline.agents" in told


def test_the_example_of_the_readme_runs(tmp_path):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    file = tmp_path / "case.yaml"
    file.write_text(text.replace("scenarios/", f"{Path(__file__).parents[1]}/scenarios/", 1), encoding="utf-8")
    assert load(file).strategies[-2:] == ["half_id", "id_and_training"]
    assert load(file).warnings == ()


def test_check_shows_warnings(journeysim, tmp_path):
    file = tmp_path / "busy.yaml"
    file.write_text(f"extends: {CASE}\nsegments: {{households: {{customers: 60000}}}}\n")
    warnings = [f"warning: {problem}" for problem in load(file).warnings]
    assert warnings
    assert journeysim("check", file).stdout.splitlines() == [*warnings, f"{file}: ok"]


def test_check_of_nothing_is_an_error(journeysim, tmp_path):
    assert "no *.yaml file" in journeysim("check", tmp_path, code=2).stderr
    assert "missing.yaml" in journeysim("check", tmp_path / "missing.yaml", code=2).stderr
    journeysim("check", code=2)


def test_schema_is_json_and_can_be_written(journeysim, tmp_path):
    printed = journeysim("schema").stdout
    assert "touchpoints" in json.loads(printed)["properties"]
    journeysim("schema", "--out", tmp_path / "schema.json")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == printed


# --- errors and the process as a whole -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", CASE, "--strategies", "today,shard"], "unknown strategy 'shard', did you mean 'shared'"),
        (["run", CASE, "--strategy", "shard"], "did you mean 'shared'"),
        (["run", CASE, "--replications", "0"], "replications must be"),
        (["compare", CASE, "--scale", "-1"], "scale must be"),
        (["compare", CASE, "--workers", "0"], "executor must be"),
        (["run", "nowhere.yaml"], "nowhere.yaml"),
        (["schema", "--out", "/nowhere/schema.json"], "/nowhere/schema.json"),
        (["run"], "file"),
        (["simulate"], "simulate"),
        (["run", CASE, "--replications", "100001"], "replications must be at most 100,000"),
        (["compare", CASE, "--seed", 2**64], "seed must be below 2**64"),
        (["patterns", CASE, "--scale", "1e9"], "scale must be at most 1000"),
        (["run", CASE, "--replications", "1e300"], "'--replications'"),
        (["run", CASE, "--scale", "inf"], "scale must be"),
        (["run", CASE, "--scale", "5x"], "got '5x', expected a factor such as 0.1 or 10%"),
        (["run", CASE, "--strategy", "today,shared"], "journeysim compare FILE --strategies today,shared"),
        (["export", CASE, "--out", "a.csv", "--strategy", "today,shared"], "--strategy takes one name"),
        (["export", CASE, "--out", "events.xlsx"], "would hold csv, but is named .xlsx; name it events.csv"),
        (["export", CASE, "--out", "events.csv", "--format", "xes"], "would hold xes, but is named .csv"),
        (["sweep", CASE, "--vary", "touchpoints.hotline.agents=a"], "(sweep): touchpoints.hotline.agents: got 'a'"),
        (["sweep", CASE, "--vary", "touchpoints.hotline.agents=1e18"], "at most 100,000"),
        (["business-case", CASE, "--horizon", "1e9 years"], "at most 100 years"),
        (["check", "--run", CASE, "--junit", "."], ". is a folder, expected a file to write"),
        (["patterns", CASE, "--out", "."], ". is a folder, expected a file to write"),
        (["workshop", CASE, "--scale", "1e9", "--no-browser"], "scale must be above 0 and at most 1000"),
        (["workshop", CASE, "--folder", CASE, "--no-browser"], "is a file, expected a folder"),
    ],
)
def test_wrong_input_ends_with_2_and_a_plain_message(journeysim, arguments, message):
    result = journeysim(*arguments, code=2)
    assert message in result.stderr
    assert result.stdout == ""


def test_what_would_fill_the_memory_is_refused(journeysim, tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(f"extends: {CASE}\nsegments: {{households: {{customers: 1e9}}}}\n")
    told = journeysim("compare", file, code=2).stderr
    assert re.search(r"one replication needs at least [\d,]+ GB of memory, this machine has \d+ GB", told)
    assert re.search(r"with scale at most 0\.0+[1-9]$", told.strip())
    file.write_text(f"extends: {CASE}\nsegments: {{households: {{customers: 100000}}}}\n")
    told = journeysim("run", file, "--replications", "100000", code=2).stderr
    assert "the tables of 100000 replications need at least" in told
    assert "fewer replications" in told


def test_staff_that_a_scale_rounds_away_is_told(journeysim, tmp_path):
    file = tmp_path / "staff.yaml"
    file.write_text(
        f"extends: {CASE}\ntouchpoints: {{hotline: {{agents: 20}}}}\n"
        "levers: {staff: {changes: [{path: touchpoints.hotline.staffing, factor: 1.005}]}}\n"
        "strategies: {staffed: {levers: {staff: {}}}}\n"
    )
    assert "staffing" not in journeysim("run", file, *SMALL).stderr
    assert "staffing" not in journeysim("run", file, *SMALL, "--scale", "0.05").stderr, "of a strategy not in use"
    told = journeysim("run", file, *SMALL, "--scale", "0.05", "--strategy", "staffed").stderr
    changes = "staffed: what staff changes about the staff of hotline moves no hour in this copy"
    assert f"warning: at scale 0.05: {file}:4: strategies.staffed.levers.staff: {changes}" in told
    told = journeysim("run", CASE, *SMALL, "--scale", "0.9").stderr
    assert "touchpoints.hotline.agents: hotline has 1.11 times the staff that is in proportion" in told


def crash(*arguments, **options):
    raise ZeroDivisionError("too few shoes")


def test_a_fault_of_the_program_has_a_code_of_its_own(journeysim, monkeypatch):
    monkeypatch.setattr(experiment, "compare", crash)
    monkeypatch.delenv("JOURNEYSIM_TRACEBACK", raising=False)
    result = journeysim("compare", CASE, code=70)
    first, second = result.stderr.splitlines()
    assert first.startswith("the program failed, which is its own fault and not that of your input: ")
    assert "ZeroDivisionError: too few shoes (test_cli.py, line " in first
    assert "report it" in second
    assert "JOURNEYSIM_TRACEBACK=1" in second
    assert result.stdout == ""


def test_a_fault_shows_its_traceback_when_asked_to(monkeypatch):
    monkeypatch.setattr(experiment, "compare", crash)
    monkeypatch.setenv("JOURNEYSIM_TRACEBACK", "1")
    result = CliRunner().invoke(app, ["compare", str(CASE)])
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr
    assert "raise ZeroDivisionError" in result.stderr


def test_a_fault_outside_of_commands_has_the_same_code(monkeypatch, capsys):
    monkeypatch.setattr(cli, "app", crash)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 70
    assert "too few shoes" in capsys.readouterr().err


def test_too_little_memory_is_no_fault(journeysim, monkeypatch):
    def fill(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr(experiment, "compare", fill)
    assert "smaller --scale" in journeysim("compare", CASE, code=2).stderr


def test_every_command_ends_plainly():
    for command in app.registered_commands:
        assert hasattr(command.callback, "__wrapped__"), f"{command.callback} lacks @plainly"


def test_output_that_nobody_reads_any_more():
    process = subprocess.Popen(**outside("schema"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), complaint) == (141, "")


def test_errors_of_the_library_can_be_caught_as_one(tmp_path):
    (tmp_path / "record.json").write_text("{}")
    with pytest.raises(ArgumentError, match="lacks"):
        records.repeat(tmp_path / "record.json")


@pytest.mark.parametrize("command", ["compare", "run", "check", "schema", "repeat"])
def test_help_shows_an_example(journeysim, command):
    assert f"journeysim {command}" in journeysim(command, "--help").stdout


def test_python_m_sim_is_the_command():
    result = subprocess.run(**outside("check", CASE), capture_output=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{CASE}: ok\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_ends_with_130_and_writes_nothing(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text(f"extends: {CASE}\nrun: {{measured: 20 years}}\nsegments: {{households: {{customers: 2000}}}}\n")
    process = subprocess.Popen(
        **outside("compare", file, "--replications", 500, "--workers", 2, "--out", tmp_path / "results"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        time.sleep(6.0)
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        began = time.monotonic()
        shown, complaint = process.communicate(timeout=10.0)
        assert time.monotonic() - began < 2.0
        assert (process.returncode, shown) == (130, "")
        assert complaint.strip() == "interrupted: nothing was written"
        assert [path.name for path in tmp_path.iterdir()] == ["large.yaml"]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
