import inspect
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from cases import company
from typer.testing import CliRunner

from sim import event_log, run
from sim.cli import app, handing_on
from sim.errors import ArgumentError
from sim.process_log import COLUMNS, START, as_csv, as_xes

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
TICK = 65536.0
"""Instants of a run per minute."""
KEY = ["replication", "customer", "journey"]


@pytest.fixture(scope="module")
def year():
    return run(company(), "today", replications=2, seed=4, executor="serial", progress=False)


@pytest.fixture(scope="module")
def log(year):
    return event_log(year, start="2026-01-05", warm_up=True)


@pytest.fixture(scope="module")
def read(log, tmp_path_factory):
    """The log as another program gets it."""
    file = tmp_path_factory.mktemp("log") / "events.csv"
    file.write_text(as_csv(log), encoding="utf-8")
    return pd.read_csv(file, parse_dates=["timestamp"])


def minutes(timestamps):
    """Back to minutes of the run, on the grid of its instants."""
    passed = (timestamps - pd.Timestamp("2026-01-05")).dt.total_seconds() / 60.0
    return np.rint(passed * TICK) / TICK


def plain(table, columns):
    """Texts instead of categories, floats instead of integers: what a CSV file can tell."""
    rows = table[columns].copy()
    for name in columns:
        numeric = pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name])
        rows[name] = rows[name].astype("float64") if numeric else rows[name].astype("object")
    return rows.reset_index(drop=True).where(lambda part: part.notna(), np.nan)


def test_contacts_come_back_exactly(year, read):
    visits = read[read["contact"].notna()]
    moments = {
        "arrived_min": visits[visits["lifecycle"] == "schedule"],
        "started_min": visits[visits["lifecycle"] == "start"],
        "ended_min": visits[visits["outcome"].notna()],
    }
    key = [*KEY, "contact"]
    back = moments["arrived_min"][[*key, "need", "segment", "resource", "department", "measured", "activity"]]
    for name, rows in moments.items():
        assert not rows.duplicated(key).any()
        at = rows[key].assign(**{name: minutes(rows["timestamp"])})
        back = back.merge(at, on=key, how="left")
    ends = moments["ended_min"][[*key, "outcome", "experience"]]
    back = back.merge(ends, on=key, how="left")
    back["outcome"] = back["outcome"].fillna("unfinished")
    back["purpose"] = back["activity"].str.split(":").str[0]
    back = back.rename(columns={"resource": "touchpoint"})
    columns = [*key, "need", "segment", "touchpoint", "department", "measured", "purpose", "outcome"]
    columns += ["arrived_min", "started_min", "ended_min", "experience"]
    pdt.assert_frame_equal(plain(back, columns), plain(year.contacts, columns), check_dtype=False)


def test_journeys_come_back_exactly(year, read):
    needs = read[read["activity"].str.startswith("need:")]
    ends = read[read["activity"].str.startswith("journey end:")]
    values = ["outcome", "experience", "satisfaction", "loyalty", "revenue_eur", "margin_eur"]
    back = needs[[*KEY, "segment", "need", "parent", "measured"]].assign(arose_min=minutes(needs["timestamp"]))
    back = back.merge(ends[[*KEY, *values]].assign(ended_min=minutes(ends["timestamp"])), on=KEY, how="left")
    back["outcome"] = back["outcome"].fillna("unfinished")
    back[["revenue_eur", "margin_eur"]] = back[["revenue_eur", "margin_eur"]].fillna(0.0)
    columns = [*KEY, "segment", "need", "parent", "measured", "arose_min", "ended_min", *values]
    pdt.assert_frame_equal(plain(back, columns), plain(year.journeys, columns), check_dtype=False)


def test_frustrations_come_back_exactly(year, read):
    back = read[read["frustration_type"].notna()].rename(columns={"resource": "touchpoint", "frustration_type": "type"})
    back = back.assign(at_min=minutes(back["timestamp"]))
    columns = [*KEY, "contact", "touchpoint", "type", "cause", "source_touchpoint", "severity", "at_min"]
    pdt.assert_frame_equal(plain(back, columns), plain(year.frustrations, columns), check_dtype=False)


def test_every_case_runs_forward_from_need_to_end(year, log):
    assert log["case_id"].nunique() == len(year.journeys)
    few = log[log["customer"] < 15]
    for _, events in few.groupby("case_id", sort=False):
        assert events["timestamp"].is_monotonic_increasing
        assert events["activity"].iloc[0].startswith("need:")
        assert not events["activity"].iloc[1:].str.startswith("need:").any()
        assert not events["activity"].iloc[:-1].str.startswith("journey end:").any()
        depth = 0
        for step in events.loc[events["contact"].notna() & events["frustration_type"].isna(), "lifecycle"]:
            assert step == "schedule" if depth == 0 else step in ("start", "complete", "abandon")
            depth = 0 if step in ("complete", "abandon") else depth + 1


def test_who_was_not_served_abandons(log):
    left = log[log["lifecycle"] == "abandon"]
    assert set(left["outcome"]) == {"abandoned", "turned_away"}
    assert set(log.loc[log["outcome"].isin(["abandoned", "turned_away"]), "lifecycle"]) == {"abandon"}
    assert (left["waited_min"] > 0.0).all()
    assert left["served_min"].isna().all()
    served = log[(log["lifecycle"] == "complete") & log["served_min"].notna()]
    assert (served["served_min"] > 0.0).all()


def test_columns_are_those_that_are_described(log):
    assert list(log.columns) == [column.name for column in COLUMNS]
    assert all(column.meaning for column in COLUMNS)
    assert {"case_id", "activity", "timestamp", "lifecycle", "resource"} <= {c.name for c in COLUMNS if c.xes}
    assert str(COLUMNS[0]) == "case_id: the journey, as replication-customer-journey [XES case:concept:name]"


def test_warm_up_is_left_out_unless_asked_for(year, log):
    measured = event_log(year)
    assert measured["measured"].all()
    kept = log[log["measured"]].reset_index(drop=True)
    pdt.assert_frame_equal(measured, kept)
    assert not log["measured"].all()


def test_dates_keep_the_weekday(year, log):
    later = event_log(year, start="2027-03-01", warm_up=True)
    assert ((later["timestamp"] - log["timestamp"]) == pd.Timedelta(days=420)).all()
    hotline = log[(log["lifecycle"] == "start") & (log["resource"] == "hotline")]["timestamp"]
    assert hotline.dt.day_of_week.max() == 5  # closed on Sunday
    assert hotline.dt.hour.min() == 9


@pytest.mark.parametrize(
    ("start", "why"), [("2026-01-06", "Monday.*is a Tue"), ("5.1.2026", "date such as 2026-01-05")]
)
def test_a_run_starts_on_a_monday(year, start, why):
    with pytest.raises(ArgumentError, match=why):
        event_log(year, start=start)


def test_a_run_without_tables_has_no_events():
    kpis = run(company(), "today", replications=1, collect="kpis", executor="serial", progress=False)
    with pytest.raises(ArgumentError, match="collect='tables'"):
        event_log(kpis)


def test_a_run_without_journeys_has_an_empty_log():
    rates = {
        f"segments.{who}.needs_per_year.{need}": "0 per year"
        for who in ("private", "business")
        for need in ("purchase", "question")
    }
    empty = event_log(run(company(rates), "today", replications=1, executor="serial", progress=False))
    assert len(empty) == 0
    assert list(empty.columns) == [column.name for column in COLUMNS]
    assert as_csv(empty).startswith("case_id,activity,timestamp")


def test_xes_says_the_same(log):
    some = log[log["case_id"].isin(log["case_id"].unique()[:40])]
    root = ElementTree.fromstring(as_xes(some))
    assert root.tag == "log"
    assert [extension.get("prefix") for extension in root.findall("extension")] == [
        "concept",
        "time",
        "org",
        "lifecycle",
    ]
    rows = []
    for trace in root.findall("trace"):
        case = {part.get("key"): part.get("value") for part in trace if part.tag != "event"}
        for event in trace.findall("event"):
            own = {part.get("key"): part.get("value") for part in event}
            rows.append(
                (case["concept:name"], case["need"], own["concept:name"], own["time:timestamp"], own.get("severity"))
            )
    back = pd.DataFrame(rows, columns=["case_id", "need", "activity", "timestamp", "severity"])
    back["timestamp"] = pd.to_datetime(back["timestamp"])
    back["severity"] = back["severity"].astype(float)
    pdt.assert_frame_equal(back, some[list(back.columns)].reset_index(drop=True), check_dtype=False)
    transitions = {part.get("value") for part in root.iter("string") if part.get("key") == "lifecycle:transition"}
    assert transitions <= {"schedule", "start", "complete", "withdraw"}


# --- the command ------------------------------------------------------------------------------------------------------


def call(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_command_writes_the_log(tmp_path):
    out = tmp_path / "events.csv"
    said = call("export", CASE, "--strategy", "shared", "--out", out, "--workers", 1, "--scale", 0.5)
    table = pd.read_csv(out)
    assert f"{len(table):,} events of {table['case_id'].nunique():,} journeys" in said
    assert set(table["strategy"]) == {"shared"}
    assert table["timestamp"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}").all()
    out = out.with_suffix(".xes")
    call("export", CASE, "--out", out, "--scale", "50%", "--workers", 1)
    assert ElementTree.parse(out).getroot().tag == "log"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.csv", "events.xes"]


def test_command_describes_the_columns():
    said = call("export", "--columns")
    assert len(said.splitlines()) == len(COLUMNS)
    assert "severity: frustration: points of experience it cost [points 0-100]" in said


def test_command_refuses_before_it_simulates(tmp_path):
    out = tmp_path / "events.csv"
    out.write_text("mine", encoding="utf-8")
    assert "--force" in call("export", CASE, "--out", out, code=2)
    assert out.read_text(encoding="utf-8") == "mine"
    assert "Monday" in call("export", CASE, "--out", tmp_path / "a.csv", "--start", "2026-01-07", code=2)
    assert "did you mean" in call("export", CASE, "--out", tmp_path / "a.csv", "--strategy", "share", code=2)
    assert "is a folder" in call("export", CASE, "--out", tmp_path, code=2)
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert "no space left" in call("export", CASE, "--out", tmp_path / "a.csv", "--scale", 0.2, "--workers", 1, code=2)
    assert not list(tmp_path.iterdir())


def test_the_command_begins_where_the_function_does():
    assert inspect.signature(handing_on.export).parameters["start"].default == START
