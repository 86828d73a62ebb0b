import math

import pytest
from cases import company

from sim.parameters import timeline
from sim.scenario import MINUTES_PER_WEEK
from sim.strategy import effect, schedule

WEEK = float(MINUTES_PER_WEEK)


def levers(*changes: list[dict], coverages: tuple[float, ...] | None = None, **timing: str):
    """The company with levers a, b, … and a strategy that uses all of them from the beginning of the warm-up."""
    names = "abcdef"[: len(changes)]
    used = coverages or (1.0,) * len(changes)
    case = company()
    case = case.change(
        {f"levers.{name}": {"changes": list(each), **timing} for name, each in zip(names, changes, strict=True)}
    )
    uses = {name: {"coverage": coverage, "start": "-2 weeks"} for name, coverage in zip(names, used, strict=True)}
    return case.change({"strategies.tested": {"levers": uses}})


def last(case):
    """The company at the end of the run under the strategy."""
    plan = schedule(case, "tested")
    return plan.documents[plan.state_of_week[-1]]


def share_set_to(target: float, coverage: float = 1.0, base: float | None = None, factor: float | None = None) -> float:
    """A share of 0.3 (or `base`) under a lever that sets it to `target`, and another one with a factor."""
    path = "visibility.identity.web.hotline"
    changes = [[{"path": path, "to": target}]] + ([[{"path": path, "factor": factor}]] if factor is not None else [])
    case = levers(*changes, coverages=(coverage,) * len(changes))
    if base is not None:
        case = case.change({path: base})
    return float(last(case).visibility["identity"]["web"]["hotline"])


# --- one lever over time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "lead_weeks", "ramp_weeks", "expected"),
    [
        (-1, 0, 0, 0.0),
        (0, 0, 0, 0.8),
        (0, 2, 0, 0.0),
        (1, 2, 0, 0.0),
        (2, 2, 0, 0.8),
        (0, 0, 1, 0.8),  # a ramp of one weekly step is no ramp
        (0, 0, 4, 0.2),
        (1, 0, 4, 0.4),
        (2, 0, 4, 0.6),
        (3, 0, 4, 0.8),
        (50, 0, 4, 0.8),
        (2, 2, 4, 0.2),
        (5, 2, 4, 0.8),
    ],
)
def test_effect_after_lead_time_and_ramp(week, lead_weeks, ramp_weeks, expected):
    assert effect(0.8, week * WEEK, lead_weeks * WEEK, ramp_weeks * WEEK) == pytest.approx(expected)


def test_effect_never_falls_and_never_exceeds_coverage():
    for lead, ramp, coverage in ((0, 0, 1.0), (3, 7, 0.6), (1, 2.5, 0.3), (0, 30, 1.0)):
        effects = [effect(coverage, week * WEEK, lead * WEEK, ramp * WEEK) for week in range(-5, 60)]
        assert effects == sorted(effects)
        assert effects[0] == 0.0
        assert effects[-1] == pytest.approx(coverage)


def test_schedule_lays_out_the_weeks_of_the_run():
    """Warm-up 2 weeks, measured 6; start -1 week, lead time 1 week, ramp 2 weeks: half in week 2, full from week 3."""
    plan = schedule(company(), "trained")
    severities = [
        float(plan.documents[state].frustrations["repeated_story"].severity) for state in plan.state_of_week[:8]
    ]
    half, full = 9.0 * (1 - 0.3 * 0.4), 9.0 * (1 - 0.3 * 0.8)
    assert severities == pytest.approx([9.0, 9.0, half, full, full, full, full, full])
    assert len(plan.state_of_week) >= 8
    assert len(plan.documents) == 3


def test_strategy_without_levers_is_the_scenario_itself():
    plan = schedule(company(), "today")
    assert plan.documents == (company().document,)
    assert set(plan.state_of_week) == {0}
    assert timeline(plan).states == timeline(schedule(company({"strategies.today": {}}), "today")).states


def test_lever_without_coverage_leaves_the_document_as_it_is():
    off = levers([{"path": "visibility.*.*.*", "to": 1}], coverages=(0.0,))
    assert schedule(off, "tested").documents == (off.document,)


def test_lever_after_the_end_leaves_the_document_as_it_is():
    late = levers([{"path": "visibility.*.*.*", "to": 1}], lead_time="11 weeks")
    assert schedule(late, "tested").documents == (late.document,)


# --- what a lever changes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coverage", [0.0, 0.25, 0.8, 1.0])
def test_to_moves_a_number_by_coverage(coverage):
    assert share_set_to(0.9, coverage) == pytest.approx(0.3 + coverage * 0.6)
    assert share_set_to(0.1, coverage) == pytest.approx(0.3 - coverage * 0.2)


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("target", [0, 0.5, 1])
def test_to_reaches_its_target_from_the_ends_of_the_scale(base, target):
    assert share_set_to(target, base=base) == pytest.approx(target)


@pytest.mark.parametrize("coverage", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("base", [0.0, 0.3, 0.95, 1.0])
def test_closes_takes_a_share_of_what_is_missing_and_never_lowers(coverage, base):
    path = "visibility.identity.web.hotline"
    case = levers([{"path": path, "closes": 0.8}], coverages=(coverage,)).change({path: base})
    share = float(last(case).visibility["identity"]["web"]["hotline"])
    assert share == pytest.approx(1.0 - (1.0 - base) * (1.0 - 0.8 * coverage))
    assert share >= base


def test_two_levers_that_close_leave_the_product_of_what_each_leaves():
    path = "visibility.identity.web.hotline"
    case = levers([{"path": path, "closes": 0.8}], [{"path": path, "closes": 0.5}], [{"path": path, "to": 0.65}])
    share = float(last(case).visibility["identity"]["web"]["hotline"])
    assert 1.0 - share == pytest.approx(0.7 * 0.2 * 0.5 * 0.5)


@pytest.mark.parametrize("coverage", [0.5, 1.0])
def test_factor_and_add(coverage):
    path = "frustrations.repeated_story.severity"
    assert float(
        last(levers([{"path": path, "factor": 0.6}], coverages=(coverage,))).frustrations["repeated_story"].severity
    ) == (pytest.approx(9.0 * (1.0 - 0.4 * coverage)))
    assert float(
        last(levers([{"path": path, "add": -4}], coverages=(coverage,))).frustrations["repeated_story"].severity
    ) == (pytest.approx(9.0 - 4.0 * coverage))


def test_a_pattern_reaches_every_number_and_nothing_else():
    case = levers([{"path": "visibility.case.*.store", "to": 1}])
    changed, before = last(case), case.document
    for fact, rows in changed.visibility.items():
        for origin, row in rows.items():
            for target, share in row.items():
                reached = (fact, target) == ("case", "store")
                assert float(share) == (1.0 if reached else float(before.visibility[fact][origin][target]))
    assert changed.needs == before.needs
    assert changed.frustrations == before.frustrations


# --- levers that meet on one number ----------------------------------------------------------------------------------


def test_shortfalls_of_shares_multiply():
    path = "visibility.identity.web.hotline"
    case = levers([{"path": path, "to": 0.6}], [{"path": path, "to": 0.9}])
    # (1 - v) = (1 - 0.3) * (1 - 0.6) / (1 - 0.3) * (1 - 0.9) / (1 - 0.3)
    assert float(last(case).visibility["identity"]["web"]["hotline"]) == pytest.approx(1.0 - 0.4 * 0.1 / 0.7)


def test_shares_stay_shares_and_more_levers_never_lower_them():
    path, before = "visibility.identity.web.hotline", 0.3
    for number in range(1, 6):
        case = levers(*[[{"path": path, "to": 0.5}]] * number)
        now = float(last(case).visibility["identity"]["web"]["hotline"])
        assert before < now < 1.0
        before = now


def test_factors_multiply_and_amounts_add():
    path = "frustrations.repeated_story.severity"
    both = last(levers([{"path": path, "factor": 0.5}], [{"path": path, "factor": 0.8}]))
    assert float(both.frustrations["repeated_story"].severity) == pytest.approx(9.0 * 0.4)
    both = last(levers([{"path": path, "add": 2}], [{"path": path, "add": 3}]))
    assert float(both.frustrations["repeated_story"].severity) == pytest.approx(14.0)


def test_result_stays_within_the_bounds_of_the_number():
    path = "frustrations.repeated_story.severity"
    many = last(levers(*[[{"path": path, "add": 60}]] * 2))
    assert float(many.frustrations["repeated_story"].severity) == 100.0
    assert share_set_to(1.0, factor=0.5) == pytest.approx(0.5)


def test_order_of_levers_does_not_matter():
    path = "visibility.identity.web.hotline"
    changes = [[{"path": path, "to": 0.6}], [{"path": path, "factor": 0.7}], [{"path": path, "to": 0.2}]]
    forth, back = (
        float(last(levers(*each)).visibility["identity"]["web"]["hotline"]) for each in (changes, changes[::-1])
    )
    assert forth == pytest.approx(back, rel=1e-15)
    assert not math.isclose(forth, 0.3)
