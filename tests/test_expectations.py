"""Expectations of scenario files: when one holds, is broken, is undecided, and how that is reported."""

import math
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from cases import scenario
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.errors import ScenarioError
from sim.expectations import Expected, Status, check, check_kpis, junit, names
from sim.expectations.checking import Band, judge
from sim.output_analysis import Estimate, mean, replications_to_reach
from sim.scenario import Scenario, json_schema, load

pytest_plugins = ["pytester"]

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
SHIPPED = Path(__file__).parents[1] / "scenarios"
QUIET = {"store": False, "progress": False, "executor": "serial"}

SHARE = {"kpi": "churn_share", "strategy": "today", "band": [0, 1], "reason": "it is a share"}
DIFFERENCE = {
    "kpi": "satisfaction_mean_points",
    "strategy": ["trained", "today"],
    "band": [-100, 100],
    "reason": "of points from 0 to 100",
}
BELOW = {"kpi": "churn_share", "strategy": "today", "band": [-2, -1], "reason": "a wish"}
FEW = {"replications": 3}


def expecting(*expectations: dict[str, Any], **changes: Any) -> Scenario:
    return load(CASE).change({"expect": [FEW | each for each in expectations], **changes})


@cache
def across() -> dict[str, Any]:
    """An expectation whose lower end lies between the lower end of the interval and the mean."""
    run = sim.run(load(CASE), "today", replications=3, collect="kpis", progress=False)
    found = mean(run.kpis_by_replication.query("kpi == 'satisfaction_mean_points'")["value"].to_numpy())
    band = [found.mean - found.half_width / 2.0, 100.0]
    return {"kpi": "satisfaction_mean_points", "strategy": "today", "band": band, "reason": "hard to tell"}


def write(folder: Path, name: str, *expectations: dict[str, Any]) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(expecting(*expectations).to_yaml(), encoding="utf-8")
    return file


# --- judging ---------------------------------------------------------------------------------------------------------


def around(low: float, high: float) -> Estimate:
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    return Estimate(5, 0, middle, 1.0, 0.95, half, low, high, 0.5)


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (2.0, 4.0, "holds"),
        (1.0, 5.0, "holds"),  # the ends belong to the band
        (0.9, 4.0, "undecided"),
        (4.0, 5.1, "undecided"),
        (0.0, 9.0, "undecided"),
        (5.1, 6.0, "broken"),
        (0.0, 0.9, "broken"),
        (5.0, 6.0, "undecided"),  # touches
        (0.0, 1.0, "undecided"),
        (math.nan, math.nan, "undecided"),
    ],
)
def test_an_interval_inside_outside_and_across_a_band(low, high, status):
    assert judge(around(low, high), Band(1.0, 5.0)).value == status


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(0.1, 2.0, "holds"), (0.0, 2.0, "undecided"), (-1.0, 1.0, "undecided"), (-1.0, -0.1, "broken"),
     (-1.0, 0.0, "broken"), (0.0, 0.0, "broken")],
)  # fmt: skip
def test_a_sign_asks_for_more_than_nothing(low, high, status):
    assert judge(around(low, high), Band(0.0, math.inf, open=True)).value == status
    assert judge(around(-high, -low), Band(-math.inf, 0.0, open=True)).value == status


def test_more_replications_by_the_formula():
    estimate = mean([1.0, 2.0, 3.0, 4.0])
    more = replications_to_reach(estimate, 1.0, 0.95)
    n = estimate.n + more
    from scipy import stats

    reach = [stats.t.ppf(0.975, each - 1) * estimate.deviation / math.sqrt(each) for each in (n - 1, n)]
    assert reach[0] > 1.0 >= reach[1]
    assert replications_to_reach(estimate, 1e-6, 0.95) is None
    assert replications_to_reach(mean([1.0]), 1.0, 0.95) is None


# --- checking --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Expected:
    signs = [
        {"kpi": "churn_share", "strategy": ["shared", "today"], "sign": sign, "reason": "one of two"}
        for sign in ("better", "worse", "lower", "higher")
    ]
    return check(expecting(SHARE, BELOW, across(), *signs, DIFFERENCE), **QUIET)


def test_one_of_each(found):
    assert [outcome.status.value for outcome in found.outcomes[:3]] == ["holds", "broken", "undecided"]
    assert found.status is Status.BROKEN


def test_values_are_those_of_a_comparison(found):
    case = load(CASE)
    result = sim.compare(case, ["today", "trained"], replications=3, store=False, progress=False, executor="serial")
    row = result.table.set_index("kpi").loc["satisfaction_mean_points"]
    estimate = found.outcomes[-1].estimate
    assert (estimate.mean, estimate.ci_low, estimate.ci_high) == (row["difference"], row["ci_low"], row["ci_high"])
    own = result.replications.query("strategy == 'today' and kpi == 'churn_share'")["value"]
    assert found.outcomes[0].estimate == mean(own.to_numpy(), 0.95)


def test_better_follows_the_kpi(found):
    """Fewer customers leaving is better, so better is lower."""
    better, worse, lower, higher = (outcome.band for outcome in found.outcomes[3:7])
    assert better == lower == Band(-math.inf, 0.0, open=True)
    assert worse == higher == Band(0.0, math.inf, open=True)


def test_what_is_undecided_says_how_many_more(found):
    outcome = found.outcomes[2]
    low, high = outcome.band.low, outcome.band.high
    distance = min(abs(outcome.estimate.mean - low), abs(outcome.estimate.mean - high))
    assert outcome.more_replications == replications_to_reach(outcome.estimate, distance, 0.95)
    assert f"undecided, needs about {outcome.more_replications:,} more replications" in str(outcome)
    assert found.outcomes[0].more_replications is None


def test_a_finding_names_value_interval_band_and_reason(found):
    text = str(found.outcomes[1])
    estimate = found.outcomes[1].estimate
    assert text.startswith("(changed):0: broken: customers who left, % of today: ")
    assert f"{100 * estimate.mean:.3g}" in text
    assert "95 % interval" in text
    assert "3 replications" in text
    assert text.endswith("expected −200 to −100, because a wish")
    assert max(map(len, repr(found).splitlines())) <= 100
    assert "broken" in found._repr_html_()


def test_no_difference_means_less_than_what_matters():
    primary = {"decision.primary": {"churn_share": 0.5}}
    told = {"kpi": "churn_share", "strategy": ["trained", "today"], "sign": "no_difference", "reason": "small company"}
    outcome = check(expecting(told, **primary), **QUIET).outcomes[0]
    assert outcome.band == Band(-0.5, 0.5)
    assert outcome.status is Status.HOLDS


def test_a_kpi_without_a_value_is_undecided():
    told = SHARE | {"kpi": "repurchase_share"}  # nobody buys in this case
    outcome = check(expecting(told), **QUIET).outcomes[0]
    assert outcome.status is Status.UNDECIDED
    assert "no value in any replication" in outcome.finding
    assert "needs replications in which the KPI has a value" in str(outcome)


def test_simulations_are_shared_and_the_first_replications_count(monkeypatch):
    from sim.expectations import checking

    asked: list[Any] = []
    original = checking.obtained

    def counted(units: Any, *told: Any) -> Any:
        asked.extend(units)
        return original(units, *told)

    monkeypatch.setattr(checking, "obtained", counted)
    case = expecting(SHARE, SHARE | {"replications": 5}, DIFFERENCE, SHARE | {"seed": 9, "replications": 2})
    result = check(case, **QUIET)
    units = sorted((unit.seed, unit.strategy, unit.replication) for unit in asked)
    wanted = [(1, "today", each) for each in range(5)] + [(1, "trained", each) for each in range(3)]
    assert units == sorted([*wanted, (9, "today", 0), (9, "today", 1)])
    three, five = (result.outcomes[at].estimate.mean for at in (0, 1))
    values = [sim.run(load(CASE), "today", replications=5, progress=False).kpis_by_replication]
    churn = values[0].query("kpi == 'churn_share'")["value"].to_numpy()
    assert (three, five) == (pytest.approx(np.mean(churn[:3])), pytest.approx(np.mean(churn)))


def test_scale_is_that_of_the_expectation():
    outcome = check(expecting(SHARE | {"scale": 0.5, "replications": 2}), **QUIET).outcomes[0]
    run = sim.run(load(CASE), "today", scale=0.5, replications=2, collect="kpis", progress=False)
    values = run.kpis_by_replication.query("kpi == 'churn_share'")["value"].to_numpy()
    assert outcome.estimate == mean(values, least=0.0)


def test_no_expectations():
    result = check(load(CASE), **QUIET)
    assert result.outcomes == ()
    assert result.status is Status.HOLDS
    assert repr(result).endswith("no expectations")


def test_names_are_unique():
    case = expecting(SHARE, SHARE, across())
    assert names(case) == [
        "today:churn_share:band",
        "today:churn_share:band:2",
        "today:satisfaction_mean_points:band",
    ]


def test_expectations_change_no_result():
    from sim.replication import identity

    assert identity(expecting(SHARE), "today") == identity(load(CASE), "today")
    assert len(expecting(SHARE).assumptions()) == len(load(CASE).assumptions())


# --- bad input -------------------------------------------------------------------------------------------------------

TEXT = """name: Case
run: {measured: 4 weeks}
segments: {people: {customers: 9, needs_per_year: {ask: 2 per year}}}
touchpoints: {web: {kind: self_service}}
needs: {ask: {served_at: {web: {service_time: {distribution: constant, mean: 1 min}, resolves: 1}}}}
strategies: {today: {}, other: {}}
decision: {primary: {satisfaction_mean_points: 1}}
expect:
"""
RIGHT = {"kpi": "churn_share", "strategy": "today", "band": "[0, 1]", "reason": "it is a share"}


def mistaken(**told: str | None) -> list[str]:
    """Messages about a file whose second expectation is wrong in some way."""
    lines = [RIGHT, {**RIGHT, **told}]
    text = TEXT + "".join(
        "  - " + "\n    ".join(f"{key}: {value}" for key, value in each.items() if value is not None) + "\n"
        for each in lines
    )
    with pytest.raises(ScenarioError) as caught:
        check_kpis(scenario(text))
    return [message.rpartition("case.yaml:")[2] for message in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"strategy": "todya"}, "14: expect.1.strategy: unknown strategy 'todya', did you mean 'today'?"),
        ({"strategy": "[today, othr]"}, "14: expect.1.strategy.1: unknown strategy 'othr', did you mean 'other'?"),
        ({"strategy": "[]"}, "14: expect.1.strategy: got 0 strategies, expected one, or [strategy, against]"),
        (
            {"strategy": "[today, today]"},
            "14: expect.1.strategy: got 'today' against itself, expected two different strategies",
        ),
        ({"strategy": "3"}, "14: expect.1.strategy: got 3, expected a list"),
        ({"band": "[1, 0]"}, "15: expect.1.band: got an empty band from 1 to 0, expected [low, high]"),
        ({"band": "[1]"}, "15: expect.1.band: got 1 number, expected [low, high]"),
        (
            {"band": "[0, much]"},
            "15: expect.1.band.1: got 'much', expected a number in the unit of the KPI, a share also as '60 %'",
        ),
        ({"band": None}, "13: expect.1: got neither band nor sign, expected one of them"),
        (
            {"sign": "better", "strategy": "[today, other]"},
            "13: expect.1: got both band and sign, expected one of them",
        ),
        (
            {"band": None, "sign": "better"},
            "16: expect.1.sign: got the sign of one strategy, expected two, as 'strategy: [strategy, against]'",
        ),
        (
            {"band": None, "sign": "no_difference", "strategy": "[today, other]"},
            "16: expect.1.sign: got no_difference for a KPI that is not in decision.primary, so nothing says which "
            "difference matters; write a band such as [-0.5, 0.5]",
        ),
        ({"reason": None}, "13: expect.1.reason: missing, expected text"),
        ({"reason": '" "'}, "16: expect.1.reason: empty, expected why it should be so"),
        ({"kpi": "churn"}, "13: expect.1.kpi: unknown KPI 'churn', did you mean 'churn_share'?"),
        ({"kpi": None}, "13: expect.1.kpi: missing, expected text"),
        (
            {"replications": "1"},
            "17: expect.1.replications: got 1, expected at least 2; one replication has no interval",
        ),
        ({"scale": "0"}, "17: expect.1.scale: got 0, expected a number above 0"),
        ({"bands": "3"}, "17: expect.1.bands: unknown key 'bands', did you mean 'band'?"),
    ],
    ids=lambda each: ",".join(each) if isinstance(each, dict) else "",
)  # fmt: skip
def test_mistakes_are_told_with_their_line(told, message):
    assert mistaken(**told) == [message]


def test_the_schema_for_editors_knows_both_forms_of_a_strategy():
    strategy = json_schema()["$defs"]["Expectation"]["properties"]["strategy"]
    assert {"type": "string"} in strategy["anyOf"]
    assert any(option.get("type") == "array" for option in strategy["anyOf"])


# --- command ---------------------------------------------------------------------------------------------------------

INVALID = "name: 3\n"


def told_by(name: str) -> list[dict[str, Any]]:
    """Expectations with a known outcome."""
    return {"holds": [SHARE], "broken": [BELOW], "undecided": [across()], "both": [across(), BELOW]}[name]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["holds"], 0),
        (["holds", "broken"], 1),
        (["holds", "undecided"], 3),
        (["undecided", "broken"], 1),
        (["both"], 1),
        (["broken", "invalid"], 2),
        (["undecided", "invalid"], 2),
    ],
)
def test_exit_codes(files, code, tmp_path):
    for name in files:
        if name == "invalid":
            (tmp_path / "invalid.yaml").write_text(INVALID, encoding="utf-8")
        else:
            write(tmp_path, f"{name}.yaml", *told_by(name))
    done = CliRunner().invoke(app, ["check", "--run", str(tmp_path), "--workers", "1"])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    without = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert without.exit_code == (2 if "invalid" in files else 0)


def test_an_unknown_kpi_makes_a_file_invalid_without_a_run_too(tmp_path):
    file = write(tmp_path, "case.yaml", SHARE | {"kpi": "churn_shar"})
    done = CliRunner().invoke(app, ["check", str(file)])
    assert done.exit_code == 2
    assert "expect.0.kpi: unknown KPI 'churn_shar', did you mean 'churn_share'?" in done.output


def test_the_report_names_file_and_line(tmp_path):
    file = write(tmp_path, "case.yaml", SHARE, BELOW)
    lines = file.read_text(encoding="utf-8").splitlines()
    line = [at for at, text in enumerate(lines, 1) if "- replications: 3" in text][1]
    done = CliRunner().invoke(app, ["check", "--run", str(file), "--workers", "1"])
    assert f"{file}:{line}: broken: customers who left" in " ".join(done.output.split())


def test_junit_tells_broken_undecided_and_invalid_apart(tmp_path):
    write(tmp_path, "a.yaml", SHARE, BELOW, across())
    (tmp_path / "b.yaml").write_text(INVALID, encoding="utf-8")
    report = tmp_path / "report.xml"
    done = CliRunner().invoke(app, ["check", "--run", str(tmp_path), "--junit", str(report), "--workers", "1"])
    assert done.exit_code == 2
    root = ElementTree.parse(report).getroot()
    assert root.attrib == {"name": "journeysim", "tests": "4", "failures": "2", "errors": "1"}
    first, second = root.findall("testsuite")
    assert [case.get("name") for case in first] == names(expecting(SHARE, BELOW, across()))
    kinds = [failure.get("type") for failure in first.iter("failure")]
    assert kinds == ["broken", "undecided"]
    assert "expected −200 to −100, because a wish" in next(first.iter("failure")).get("message", "")
    assert next(second.iter("error")).get("type") == "invalid"


def test_junit_keeps_what_xml_would_take_for_its_own():
    case = expecting(SHARE | {"reason": 'a < b & "c"', "band": [-2, -1]})
    text = junit([("a<b>.yaml", check(case, **QUIET))])
    assert 'a < b & "c"' in next(ElementTree.fromstring(text).iter("failure")).get("message", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--junit", "x.xml"], "add --run"), (["--run", "--junit", "no/x.xml"], "the folder no does not exist")],
)
def test_junit_needs_a_run_and_a_folder(options, message, tmp_path):
    done = CliRunner().invoke(app, ["check", str(CASE), *options])
    assert done.exit_code == 2
    assert message in done.output


# --- pytest ----------------------------------------------------------------------------------------------------------

PLUGIN = ("-p", "sim.expectations.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:nbval", "--workers=1")[:-1]


def test_pytest_collects_scenario_files(pytester: pytest.Pytester):
    write(pytester.path, "scenarios/shop.yaml", SHARE, BELOW, across())
    write(pytester.path, "elsewhere/shop.yaml", BELOW)
    done = pytester.runpytest_inprocess(*PLUGIN, "-v")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(["*shop.yaml::today:churn_share:band PASSED*"])
    failures = done.stdout.str()
    assert "shop.yaml:" in failures
    assert "expected −200 to −100, because a wish" in failures
    assert "undecided, needs about" in failures
    assert "Traceback" not in failures
    assert "elsewhere" not in failures


@pytest.mark.parametrize(("told", "outcome"), [("xfail", {"xfailed": 1}), ("skip", {"skipped": 1})])
def test_pytest_may_be_lenient_with_what_is_undecided(pytester: pytest.Pytester, told, outcome):
    pytester.makeini(f"[pytest]\njourneysim_undecided = {told}\njourneysim_scenarios = cases/*.yaml\n")
    write(pytester.path, "cases/shop.yaml", across())
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(**outcome)


def test_pytest_shows_what_is_wrong_with_a_file(pytester: pytest.Pytester):
    write(pytester.path, "scenarios/shop.yaml", SHARE | {"kpi": "churn"})
    done = pytester.runpytest_inprocess(*PLUGIN)
    done.assert_outcomes(errors=1)
    assert "shop.yaml:" in done.stdout.str()
    assert "unknown KPI 'churn', did you mean 'churn_share'?" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_pytest_refuses_an_unknown_option(pytester: pytest.Pytester):
    pytester.makeini("[pytest]\njourneysim_undecided = maybe\n")
    done = pytester.runpytest_inprocess(*PLUGIN)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "journeysim_undecided: got 'maybe', expected one of: fail, xfail, skip" in done.stderr.str()


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.name)
def test_shipped_expectations_are_valid(file):
    check_kpis(load(file))
