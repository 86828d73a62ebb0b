"""Reading scenarios, changing copies of them, and finding their numbers."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.errors import Problem, ScenarioError
from sim.scenario import (
    MINUTES_PER_YEAR,
    Agents,
    Fact,
    OpeningHours,
    Quantity,
    Scenario,
    WeekProfile,
    json_schema,
    load,
)
from sim.scenario.calendar import whole_agents
from sim.scenario.offered_load import offered_load

VALID = Path(__file__).parent / "bad_files" / "valid.yaml"


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load(VALID)


def write(folder: Path, **files: str) -> Path:
    """Write files and return the path of the last one."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{name}.yaml"


def test_numbers_come_in_canonical_units_with_range_and_source(case: Scenario) -> None:
    patience = case.document.segments["regular"].patience
    assert (patience.value, patience.low, patience.high, patience.source) == (4.0, 2.0, 8.0, "log")
    assert not patience.is_assumption
    assert float(case.document.run.warm_up) == 4 * 7 * 24 * 60
    assert float(case.document.facts[Fact.IDENTITY].handling) == 0.5
    assert float(case.document.needs["buy"].margin) == 0.3
    assert float(case.document.segments["regular"].needs_per_year["buy"]) == 6.0


def test_what_a_file_leaves_out_is_neutral(case: Scenario) -> None:
    segment = case.document.segments["regular"]
    assert float(segment.wait_tolerated) == 1000 * MINUTES_PER_YEAR
    assert float(segment.leaving_per_year) == 0.0
    assert float(case.document.behaviour.failed_penalty) == 0.0
    assert case.document.touchpoints["web"].open == OpeningHours.always()
    assert case.document.strategies["today"].levers == {}
    assert float(case.document.strategies["joined"].levers["training"].coverage) == 1.0


def test_visibility_is_a_full_matrix_that_sees_itself(case: Scenario) -> None:
    visibility = case.document.visibility
    names = ["web", "phone", "shop"]
    assert set(visibility) == set(Fact)
    assert {
        fact: [float(visibility[fact][a][b]) for a in names for b in names] for fact in (Fact.CASE, Fact.ORDERS)
    } == {
        Fact.CASE: [1, 0, 0, 0, 1, 0, 0, 0, 1],
        Fact.ORDERS: [1, 0, 0, 0, 1, 0, 0, 0.2, 1],
    }


def test_lever_amounts_have_the_kind_of_what_they_change(case: Scenario) -> None:
    to = case.document.levers["customer_number"].changes[0].to
    add = case.document.levers["training"].changes[0].add
    assert isinstance(to, Quantity)
    assert isinstance(add, Quantity)
    assert (float(to), float(add)) == (0.9, 0.05)
    assert case.quantity("levers.customer_number.changes.0.to") == to
    changed = case.change(
        {"levers.customer_number.changes.0.to": {"value": 0.9, "low": 0.5, "high": 1, "source": "log"}}
    )
    assert changed.quantity("levers.customer_number.changes.0.to").low == 0.5


def test_extending_merges_by_key_and_later_wins(tmp_path: Path, case: Scenario) -> None:
    path = write(
        tmp_path,
        base=VALID.read_text(encoding="utf-8"),
        more="needs: {buy: {margin: 20 %, value: 50 EUR}}\nsegments: {regular: {customers: 1}}\n",
        top="""
extends: [base.yaml, more.yaml]
name: Branch
segments:
  regular: {customers: 300}
  new: {customers: 10, needs_per_year: {question: 1 per year}}
touchpoints:
  phone: {agents: {Mon-Fri 8:00-18:00: 3}}
needs:
  buy:
    follow_ups: []
""",
    )
    document = load(path).document
    assert document.name == "Branch"
    assert document.question == case.document.question
    assert [float(segment.customers) for segment in document.segments.values()] == [300, 10]
    assert document.segments["regular"].patience == case.document.segments["regular"].patience
    assert float(document.needs["buy"].margin) == 0.2
    assert document.needs["buy"].value == Quantity(50.0, kind=document.needs["buy"].value.kind)
    assert document.needs["buy"].follow_ups == []
    assert document.touchpoints["phone"].agents == Agents.parse({"Mon-Fri 8:00-18:00": 3})


def test_positions_follow_the_merge(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        base=VALID.read_text(encoding="utf-8"),
        top="extends: base.yaml\nneeds:\n  buy: {margin: 20 %}\ntouchpoints:\n  phone:\n    agents: 3\n",
    )
    content = load(path).content
    assert content.position("needs.buy.margin") == (str(path), 3)
    assert content.position("needs.buy.value.low") == (str(tmp_path / "base.yaml"), 35)
    assert content.position("touchpoints.phone.agents") == (str(path), 6)
    assert content.position("touchpoints.phone.agents.Mon-Fri 8:00-12:00") == (str(path), 6)
    assert content.position("touchpoints.phone.wage") == (str(tmp_path / "base.yaml"), 25)
    assert content.position("behaviour.pause") == (str(tmp_path / "base.yaml"), 48)


def test_null_in_an_override_deletes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        base=VALID.read_text(encoding="utf-8"),
        top="""
extends: base.yaml
levers: {training: }
strategies: {joined: {levers: {training: }}}
needs: {buy: {profile: }}
""",
    )
    document = load(path).document
    assert list(document.levers) == ["customer_number"]
    assert list(document.strategies["joined"].levers) == ["customer_number"]
    assert document.needs["buy"].profile is None


def test_a_file_may_be_extended_on_two_ways(tmp_path: Path, case: Scenario) -> None:
    path = write(
        tmp_path,
        base=VALID.read_text(encoding="utf-8"),
        left="extends: base.yaml\nname: left\n",
        right="extends: base.yaml\nquestion: right\n",
        top="extends: [left.yaml, right.yaml]\n",
    )
    assert load(path).document.question == "right"
    assert load(path).document.name == case.document.name


def test_change_makes_a_checked_copy(case: Scenario) -> None:
    before = case.digest
    changed = case.change(
        {
            "touchpoints.phone.agents": np.int64(3),
            "needs.buy.margin": np.float64(0.25),
            "behaviour.pause": "2 days",
            "segments.regular.patience.value": "5 min",
            "needs.buy.served_at.web.resolves.source": "log",
            "levers.customer_number.changes.0.to": "50 %",
            "visibility.case.web.phone": 1,
            "strategies.half": {"levers": {"training": {"coverage": 0.5}}},
            "strategies.joined.levers.training": None,
        }
    )
    assert case.digest == before
    assert case.strategies == ["today", "joined"]
    assert changed.strategies == ["today", "joined", "half"]
    assert changed.document.touchpoints["phone"].agents == Agents.parse(3)
    assert changed.quantity("needs.buy.margin").value == 0.25
    assert changed.quantity("behaviour.pause").value == 2880.0
    assert changed.quantity("segments.regular.patience").value == 5.0
    assert changed.quantity("segments.regular.patience").high == 8.0
    assert changed.quantity("needs.buy.served_at.web.resolves").source == "log"
    assert changed.quantity("levers.customer_number.changes.0.to").value == 0.5
    assert changed.quantity("visibility.case.web.phone").value == 1.0
    assert list(changed.document.strategies["joined"].levers) == ["customer_number"]
    assert case.quantity("needs.buy.margin").value == 0.3


def test_change_of_all_that_match(case: Scenario) -> None:
    changed = case.change({"visibility.identity.*.*": 1})
    assert {changed.quantity(path).value for path in changed.matching("visibility.identity.*.*")} == {1.0}


def test_nothing_changed_is_the_same_scenario(case: Scenario) -> None:
    assert case.change({}) == case
    assert case.change({"segments.regular.customers": 200}) == case
    assert case.change({"segments.regular.customers": 201}) != case
    assert hash(case.change({})) == hash(case)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("touchpoints.hpone.agents", 3, "unknown touchpoint 'hpone', did you mean 'phone'?"),
        ("touchpoints.phone.agnets", 3, "unknown key 'agnets', did you mean 'agents'?"),
        ("touchpoint.phone.agents", 3, "unknown key 'touchpoint', did you mean 'touchpoints'?"),
        ("strategies.todya", 3, "unknown strategy 'todya', did you mean 'today'?"),
        (
            "segments.regular.customers.size",
            3,
            "segments.regular.customers is one value, there is nothing at 'size' in it",
        ),
        ("levers.training.changes.1.add", 3, "got the position '1', expected a number from 0 to 0"),
        ("behaviour.pause", None, "there is no 'pause' to delete"),
        ("name", {1, 2}, "got {1, 2}, expected a value as a file would write it"),
        ("visibility.identity.*.shpo", 1, "no number has such a path"),
        ("needs.buy.margin", "130 %", "got '130 %', expected a share from 0 to 1, or '0 %' to '100 %'"),
        ("segments.regular.taste.shpo", 1, "unknown touchpoint 'shpo', did you mean 'shop'?"),
    ],
)
def test_wrong_change(case: Scenario, path: str, value: Any, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        case.change({path: value})
    assert str(caught.value) == f"(changed): {path}: {message}"


def test_all_wrong_changes_are_reported_at_once(case: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        case.change({"run.measured": "9 days", "needs.buy.margin": 2, "behaviour.redials": 0.9})
    assert [problem.path for problem in caught.value.problems] == ["needs.buy.margin", "run.measured", "behaviour"]
    assert caught.value.problems[0] == Problem(
        "(changed)", 0, "needs.buy.margin", "got 2, expected a share from 0 to 1, or '0 %' to '100 %'"
    )


def test_a_scenario_is_frozen(case: Scenario) -> None:
    with pytest.raises(FrozenInstanceError):
        case.document = case.document  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError):
        case.document.run.measured = Quantity(1.0)
    with pytest.raises(FrozenInstanceError):
        case.document.run.measured.value = 1.0  # type: ignore[misc]


def test_pickling(case: Scenario) -> None:
    case.quantity("run.measured")
    copy = pickle.loads(pickle.dumps(case))
    assert copy == case
    assert copy.document == case.document
    assert copy.quantity("needs.buy.value") == case.quantity("needs.buy.value")
    assert copy.matching("facts.*.handling") == ["facts.identity.handling"]


def test_digest_ignores_comments_and_the_split_into_files(tmp_path: Path, case: Scenario) -> None:
    text = VALID.read_text(encoding="utf-8")
    commented = write(tmp_path, commented="# moved\n\n" + text.replace("buys: true", "buys: true   # a purchase"))
    assert load(commented).digest == case.digest
    split = write(
        tmp_path,
        base=text.replace("customers: 200", "customers: 7"),
        top="""
extends: base.yaml
segments: {regular: {customers: 200}}
""",
    )
    assert load(split).digest == case.digest
    assert load(write(tmp_path, other=text.replace("customers: 200", "customers: 201"))).digest != case.digest


def test_the_order_of_strategies_is_part_of_the_digest(tmp_path: Path, case: Scenario) -> None:
    text = VALID.read_text(encoding="utf-8").replace("  today:\n", "").replace("decision:", "  today:\ndecision:")
    swapped = load(write(tmp_path, swapped=text))
    assert swapped.strategies == ["joined", "today"]
    assert swapped.digest != case.digest


def test_yaml_round_trip(tmp_path: Path, case: Scenario) -> None:
    changed = case.change({"needs.buy.label": "Buying: shoes, #1", "description": "a\nb", "strategies.empty": {}})
    again = load(write(tmp_path, again=changed.to_yaml()))
    assert again.digest == changed.digest
    assert again.document == changed.document


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), ANY_TEXT, max_size=4))
def test_yaml_round_trip_of_any_text(tmp_path_factory: pytest.TempPathFactory, sources: dict[str, str]) -> None:
    changed = load(VALID).change({"sources": {**sources, "tills": "1e3", "log": "yes"}})
    folder = tmp_path_factory.mktemp("round_trip")
    assert load(write(folder, again=changed.to_yaml())).digest == changed.digest


def test_matching_expands_stars_over_existing_numbers(case: Scenario) -> None:
    names = ["web", "phone", "shop"]
    assert sorted(case.matching("visibility.identity.*.*")) == sorted(
        f"visibility.identity.{a}.{b}" for a in names for b in names
    )
    assert case.matching("needs.*.served_at.phone.resolves") == ["needs.question.served_at.phone.resolves"]
    assert case.matching("touchpoints.*.agents") == ["touchpoints.shop.agents"]
    assert case.matching("run.measured") == ["run.measured"]
    assert case.matching("needs.*") == []
    assert case.matching("nothing") == []


def test_unknown_number(case: Scenario) -> None:
    with pytest.raises(
        ScenarioError, match=r"needs\.buy\.margn: unknown number .*, did you mean 'needs\.buy\.margin'\?"
    ):
        case.quantity("needs.buy.margn")


def test_with_values_replaces_numbers_and_shares_the_rest(case: Scenario) -> None:
    values = dict.fromkeys(case.matching("visibility.identity.*.*"), 0.5)
    values |= {
        "needs.buy.served_at.web.resolves": 0.8,
        "needs.buy.follow_ups.0.share": 0.1,
        "touchpoints.shop.agents": 4.0,
    }
    document = case.with_values(values)
    assert {float(share) for row in document.visibility[Fact.IDENTITY].values() for share in row.values()} == {0.5}
    assert float(document.needs["buy"].served_at["web"].resolves) == 0.8
    assert float(document.needs["buy"].follow_ups[0].share) == 0.1
    assert document.touchpoints["shop"].agents == Agents.parse(4)
    assert list(document.visibility) == list(case.document.visibility)
    assert document.segments is case.document.segments
    assert document.needs["question"] is case.document.needs["question"]
    assert float(case.document.needs["buy"].served_at["web"].resolves) == 0.7
    assert case.with_values({}) == case.document
    with pytest.raises(ScenarioError, match="unknown number"):
        case.with_values({"needs.buy.profile": 1.0})


def test_with_values_equals_a_change(case: Scenario) -> None:
    changed = case.change({"behaviour.redials": 0.1, "needs.buy.margin": 0.4})
    assert case.with_values({"behaviour.redials": 0.1, "needs.buy.margin": 0.4}) == changed.document


def test_scaling_customers_and_agents_in_proportion(case: Scenario) -> None:
    small = case.scaled(0.1)
    assert float(small.document.segments["regular"].customers) == 20
    phone, shop = small.document.touchpoints["phone"], small.document.touchpoints["shop"]
    assert phone.agents is not None
    assert shop.agents is not None
    assert set(phone.agents.slots(phone.open)) == {0, 1}
    assert sum(phone.agents.slots(phone.open)) == 200
    assert max(shop.agents.slots(shop.open)) == 1
    large = case.change({"segments.regular.customers": {"value": 5, "low": 3, "high": 9, "source": "log"}}).scaled(2.5)
    customers = large.document.segments["regular"].customers
    assert (customers.value, customers.low, customers.high, customers.source) == (13, 8, 23, "log")
    assert max(large.document.touchpoints["shop"].roster or ()) == 5
    assert case.scaled(0.5).scaled(0.2).digest == small.digest
    more = case.change({"segments.regular.prospects": 50})
    assert float(more.scaled(0.1).document.segments["regular"].prospects) == 5
    assert case.scaled(1) is case
    lever = case.change({"levers.customer_number.running": "2400 EUR per year"}).scaled(0.1).document.levers
    assert float(lever["customer_number"].running) == pytest.approx(20.0)  # per month
    costs = {"value": "5000 EUR", "low": "2000 EUR", "high": "9000 EUR", "source": "log"}
    one_off = (
        case.change({"levers.customer_number.one_off": costs}).scaled(0.5).document.levers["customer_number"].one_off
    )
    assert (one_off.value, one_off.low, one_off.high, one_off.source) == (2500.0, 1000.0, 4500.0, "log")
    with pytest.raises(ScenarioError, match="got scale 0, expected a number above 0"):
        case.scaled(0)


def test_whole_agents_are_in_proportion_and_more_wanted_never_means_fewer() -> None:
    opening = OpeningHours.parse("Mon-Fri 9:00-17:30, Sat 10:00-14:00")
    before = (0,) * 672
    for wanted in np.linspace(0.0, 4.0, 81):
        agents = whole_agents([wanted * is_open for is_open in opening.slots])
        assert sum(agents) / sum(opening.slots) == pytest.approx(wanted, abs=0.065)  # of one agent
        assert set(agents) <= {0, math.floor(wanted), math.ceil(wanted)}
        assert all(more >= less for more, less in zip(agents, before, strict=True))
        before = agents
    assert set(whole_agents([1.0] * 672, scale=0.001)) == {1}


def test_assumption_register(case: Scenario) -> None:
    register = case.assumptions().set_index("path")
    assert list(register.columns) == ["value", "unit", "low", "high", "source", "assumption"]
    assert register.loc["segments.regular.patience"].tolist() == [4.0, "min", 2.0, 8.0, "log", False]
    assert register.loc["needs.buy.value", "unit"] == "EUR"
    assert bool(register.loc["needs.buy.margin", "assumption"])
    assert register.loc["levers.customer_number.changes.0.to", "value"] == 0.9
    assert register.loc["touchpoints.phone.agents", "unit"] == "roster"
    assert register.loc["profiles.day", "source"] == "log"
    assert not [path for path in register.index if path.startswith(("run.", "strategies.", "decision."))]
    assert "behaviour.pause" not in register.index
    assert "visibility.identity.web.phone" not in register.index
    assert register.index.is_unique


def test_a_source_that_calls_itself_an_assumption_is_one(case: Scenario) -> None:
    changed = case.change({"sources.tills": "Assumption of the owner, to be checked"})
    assert changed.assumptions().set_index("path").loc["needs.buy.value", "assumption"]


def test_summary(case: Scenario) -> None:
    assert repr(case).splitlines() == [
        f"scenario     Corner shop ({VALID})",
        "question     Is a customer number worth it?",
        "segments     regular: 200 customers",
        "touchpoints  web: self-service, always open",
        "             phone: 1 to 2 agents, open 50 h a week",
        "             shop: 2 agents, open 60 h a week",
        "needs        buy: at web, shop",
        "             question: at phone",
        "strategies   today (baseline): no levers",
        "             joined: customer_number, training",
        "numbers      3 with a source, 37 assumptions",
    ]


def test_summary_as_html_is_escaped_and_shows_warnings(case: Scenario) -> None:
    changed = case.change({"name": "A & B", "strategies.joined.levers.training": None})
    page = changed._repr_html_()
    assert "A &amp; B" in page
    assert "1 warning" in page
    assert "levers.training: no strategy uses this lever" in page
    assert "levers.training: no strategy uses this lever" in repr(changed)


# units


UNITS = {"s": Fraction(1, 60), "min": Fraction(1), "h": Fraction(60), "days": Fraction(1440), "weeks": Fraction(10080)}


@given(st.decimals(0, 10_000, places=3), st.sampled_from(sorted(UNITS)))
def test_durations_are_read_exactly(number: Any, unit: str) -> None:
    kind = load_kind("segments.regular.patience")
    assert kind.number(f"{number} {unit}") == float(Fraction(number) * UNITS[unit])


@given(st.integers(0, 10_000))
def test_percents_are_read_as_decimals(hundredths: int) -> None:
    kind = load_kind("needs.buy.margin")
    text = f"{hundredths // 100}.{hundredths % 100:02d}"
    assert kind.number(f"{text} %") == float(Fraction(text) / 100)


def load_kind(path: str) -> Any:
    return CASE.quantity(path).kind


CASE = load(VALID)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("needs.buy.margin", "35 %", 0.35),
        ("needs.buy.margin", "33.3%", 0.333),
        ("needs.buy.margin", 0.35, 0.35),
        ("segments.regular.patience", "90 s", 1.5),
        ("segments.regular.needs_per_year.buy", "1 per month", 12.0),
        ("segments.regular.needs_per_year.buy", "1 per day", 364.0),
        ("needs.buy.value", "12.50 EUR", 12.5),
        ("levers.customer_number.running", "1200 EUR per year", 100.0),
        ("strategies.joined.levers.customer_number.start", "-26 weeks", -262080.0),
        ("segments.regular.customers", 3, 3.0),
        ("segments.regular.rate_shape", "1e6", 1e6),
    ],
)
def test_units(path: str, text: Any, value: float) -> None:
    assert load_kind(path).number(text) == value


# the week


@given(st.sets(st.integers(0, 671), min_size=1))
def test_opening_hours_of_any_shape(slots: set[int]) -> None:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    text = ", ".join(
        f"{days[slot // 96]} {slot % 96 // 4}:{slot % 4 * 15:02d}-{(slot % 96 + 1) // 4}:{(slot + 1) % 4 * 15:02d}"
        for slot in slots
    )
    assert {slot for slot, is_open in enumerate(OpeningHours.parse(text).slots) if is_open} == slots


def test_opening_hours_repeat_the_day_and_run_over_the_weekend() -> None:
    both = OpeningHours.parse("Sat-Mon 9:00-12:00, 13:00-24:00")
    assert sum(both.slots) == 3 * (12 + 44)
    assert both.slots[36]
    assert not both.slots[48]
    assert both.slots[6 * 96 + 95]
    assert sum(OpeningHours.always().slots) == 672


def test_agents_serve_only_while_open() -> None:
    hours = OpeningHours.parse("Mon 9:00-10:00")
    assert [slot for slot, agents in enumerate(Agents.parse(2).slots(hours)) if agents == 2] == [36, 37, 38, 39]
    roster = Agents.parse({"Mon 8:00-9:30": 3, "Tue 9:00-10:00": 1, "source": "plan"})
    assert [slot for slot, agents in enumerate(roster.slots(hours)) if agents == 3] == [36, 37]
    assert sum(roster.slots(hours)) == 6
    assert roster.source == "plan"


def test_profile_leaves_out_days_that_are_not_mentioned() -> None:
    profile = WeekProfile.parse({"Tue": [2] * 24, "source": "log"})
    assert profile.hours == (0.0,) * 24 + (2.0,) * 24 + (0.0,) * 120
    assert profile.source == "log"


# offered load


def test_offered_load_by_hand(case: Scenario) -> None:
    """1,680 customers with one question a week make ten an hour, each four minutes: two thirds of an agent."""
    changed = case.change(
        {
            "segments.regular.customers": 1680,
            "segments.regular.needs_per_year": {"question": "52 per year"},
            "segments.regular.research_first": None,
        }
    )
    load_of_phone = offered_load(changed.document)["phone"]
    assert load_of_phone[8:18] == pytest.approx(10 * 4 / 60)
    assert set(load_of_phone[18:24]) == {0.0}
    assert load_of_phone.sum() == pytest.approx(50 * 10 * 4 / 60)


def test_offered_load_follows_tastes_and_follow_ups(case: Scenario) -> None:
    """Buyers prefer the shop by 2.5 units of utility; a fifth of those served there ask a question later."""
    changed = case.change({"segments.regular.opening_delay_cost": 0, "touchpoints.shop.open": "always"})
    load_now = offered_load(changed.document)
    in_shop = np.exp(2.5) / (1 + np.exp(2.5))
    purchases = 200 * 6 / 52
    assert load_now["shop"].sum() == pytest.approx(purchases * in_shop * 12 / 60)
    assert load_now["web"].sum() == pytest.approx(purchases * (1 - in_shop) * 5 / 60)
    questions = purchases * in_shop * 0.9 * 0.2
    assert load_now["phone"].sum() == pytest.approx(questions * 50 / 168 * 4 / 60)


# editor completion


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_schema_accepts_valid_files_and_overrides(validator: Any) -> None:
    yaml = YAML(typ="safe")
    validator.validate(yaml.load(VALID))
    validator.validate(yaml.load("extends: base.yaml\ntouchpoints: {phone: {agents: 3}, fax: null}\n"))
    validator.validate(yaml.load("extends: [a.yaml, b.yaml]\nstrategies: {today: , joined: {levers: {training: }}}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "touchpoint: {}",
        "touchpoints: {phone: {agnets: 3}}",
        "touchpoints: {phone: {kind: staff}}",
        "touchpoints: {Phone: {kind: staffed}}",
        "visibility: {identty: {}}",
        "behaviour: {pause: 3}",
        "extends: 3",
    ],
)
def test_schema_refuses(validator: Any, text: str) -> None:
    assert not validator.is_valid(YAML(typ="safe").load(text))


def test_schema_describes_every_field_that_the_reference_describes() -> None:
    schema = json_schema()
    assert schema["$defs"]["Segment"]["properties"]["wait_tolerated"]["description"] == (
        "A longer wait is a frustration event."
    )
    assert schema["properties"]["visibility"]["description"].startswith("Coverage per fact")


def test_one_need_has_at_most_31_follow_ups(tmp_path):
    follow_ups = ", ".join(["{need: question, after: resolved, share: 0.01, delay: 1 day}"] * 32)
    file = tmp_path / "many.yaml"
    case = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
    file.write_text(f"extends: {case}\nneeds: {{question: {{follow_ups: [{follow_ups}]}}}}\n")
    with pytest.raises(ScenarioError, match=r":2: needs\.question\.follow_ups: got 32 follow-ups, expected at most 31"):
        load(file)
