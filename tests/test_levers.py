"""The library of levers: nothing at coverage 0, and at coverage 1 less of what the catalogue says each works on."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from small import BY_LETTER, CAUSES, requires, sees, small
from witness import Tables, assert_identical, simulate

from sim.scenario import Scenario

LIBRARY = Path(__file__).parents[1] / "scenarios" / "levers"
LEVERS = {
    lever["catalogue"]: lever
    for file in sorted(LIBRARY.glob("L*.yaml"))
    for lever in YAML(typ="safe").load(file)["levers"].values()
}
CASE = {case.id: case for case in CAUSES}
WORKS_ON = {  # what the catalogue names, as far as one company of the frustration tests shows it
    "L1": ("F1", "F2 data", "F10 service", "F10 message"),
    "L2": ("F4", "F16 call-back", "F16 delivery"),
    "L3": ("F3", "F2 order", "F7", "F9"),
    "L4": ("F5",),
    "L5": ("F8",),
    "L6": ("F9", "F10 message", "F11 address", "F11 opted out"),
    "L7": ("F1", "F3", "F5", "F6", "F7"),
    "L8": ("F14",),
    "L9": ("F6",),
    "L10": ("F13 vanishes", "F13 stock reply"),
    "L11": ("F17",),
    "L12": ("F17", "F18"),
    "L13": ("F19 sale", "F19 help"),
    "L14": ("F12 waits",),
    "L15": (),
}
PAIRS = [(lever, cause) for lever, causes in WORKS_ON.items() for cause in causes]
AT_ONCE = {"lead_time": "0 weeks", "ramp": "0 weeks", "dip": 0}
# where a second agent is the next step, a fifth more staff has to be a fifth of at least five
ENOUGH = {
    "F12 waits": {
        "touchpoints.hotline.agents": 5,
        "needs.question.served_at.hotline.service_time.mean": "1 h",
        "segments.people.needs_per_year.question": "400 per year",
    }
}
# where the sale of the store is known, marketing at the web sees it only if the customer was identified there
ALSO = {"F9": {"sharing.identifies": 1}}


def company(lever: str, cause: str, coverage: float, changes: dict | None = None) -> Scenario:
    """The company in which a frustration happens, and a strategy that uses a lever of the library from the start."""
    case = small(CASE[cause].happens, ENOUGH.get(cause, {}), ALSO.get(cause, {}), changes or {})
    applies = [change for change in LEVERS[lever]["changes"] if list(case.matching(change["path"]))]
    used = {name: value for name, value in LEVERS[lever].items() if name != "changes"} | AT_ONCE
    return case.change(
        {
            "levers.tested": used | {"changes": applies},
            "strategies.better": {"levers": {"tested": {"coverage": coverage}}},
        }
    )


def felt(tables: Tables, cause: str) -> tuple[int, float]:
    """How often a frustration happened, and how many points it cost."""
    table = tables["frustrations"]
    table = table[(table["type"] == CASE[cause].type) & (table["cause"] == CASE[cause].cause)]
    return len(table), table["severity"].sum()


def test_the_library_holds_every_lever_of_the_catalogue():
    assert set(LEVERS) == set(WORKS_ON) == {f"L{number}" for number in range(1, 16)}


@pytest.mark.parametrize("lever", WORKS_ON)
def test_every_lever_says_where_its_numbers_come_from_and_what_it_costs(lever):
    entry = LEVERS[lever]
    for part in (entry["one_off"], entry["running"], entry["lead_time"], entry["ramp"]):
        assert {"value", "low", "high", "source"} <= set(part)


@pytest.mark.parametrize(
    ("lever", "cause"), PAIRS, ids=[f"{lever}-{cause}".replace(" ", "_") for lever, cause in PAIRS]
)
def test_coverage_0_changes_nothing_and_coverage_1_takes_frustration_away(lever, cause):
    off = company(lever, cause, 0)
    today = simulate(off, "today")
    assert_identical(today, simulate(off, "better"))
    count, points = felt(today, cause)
    fewer, less = felt(simulate(company(lever, cause, 1), "better"), cause)
    assert count > 0
    if lever == "L7":  # training changes what a frustration feels like, not whether it happens
        assert fewer == count
        assert less == pytest.approx(0.65 * points)
    else:
        assert fewer < count
        assert less < points


@pytest.mark.parametrize(
    ("lever", "cause", "left"),
    [("L1", "F1", 0), ("L2", "F4", 0), ("L3", "F3", 0), ("L4", "F5", 0), ("L5", "F8", 0), ("L6", "F11 opted out", 0)],
)
def test_full_coverage_of_one_fact_leaves_nothing_of_its_frustration(lever, cause, left):
    """These levers set their coverage to 1, so that what is left is what the lever does not cover."""
    assert felt(simulate(company(lever, cause, 1), "better"), cause)[0] == left


def test_a_lever_is_the_company_with_its_values_written_in():
    """Coverage 1 from the first week, without lead time, ramp and dip: the same tables as of a company that is so."""
    case = company("L10", "F13 vanishes", 1)
    changed = small(CASE["F13 vanishes"].happens, {"touchpoints.letter.tracked": 0.9})
    assert_identical(simulate(case, "better"), simulate(changed))
    case = company("L3", "F3", 1)
    everywhere = {
        f"visibility.orders.{place}": dict.fromkeys(("web", "hotline", "store", "letter"), 1)
        for place in ("web", "hotline", "store", "letter")
    }
    assert_identical(simulate(case, "better"), simulate(small(CASE["F3"].happens, everywhere)))


def test_half_the_coverage_lies_between():
    counts = [felt(simulate(company("L1", "F1", share), "better"), "F1")[0] for share in (0, 0.25, 0.5, 0.75, 1)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2] > counts[4]


def test_l8_goodwill_repairs_complaints_and_is_paid_for():
    complains = {"needs.question.complaint": True, "experience.recovery": 20, "behaviour.goodwill_cost": "10 EUR",
                 "needs.question.served_at.hotline.resolves": 0.6}  # fmt: skip
    today, better = (simulate(company("L8", "F14", 1, complains), name)["journeys"] for name in ("today", "better"))
    assert (today["goodwill_eur"] == 0.0).all()
    assert (better["goodwill_eur"] == 10.0).mean() > 0.3
    assert better["satisfaction"].mean() > today["satisfaction"].mean()


def test_l14_rounds_the_roster_to_whole_agents_and_staffs_longer_days():
    longer = {"touchpoints.hotline.stays_open": "30 min", "touchpoints.hotline.open": "Mon-Fri 9:00-17:00"}
    for agents, factor, expected in ((5, 1.2, 6), (2, 1.2, 2), (2, 1.25, 3), (3, 0.5, 2), (1, 0.4, 0)):
        case = small({"touchpoints.hotline.agents": agents, "touchpoints.hotline.staffing": factor}, longer)
        rostered = simulate(case)["staffing"].groupby("touchpoint", observed=False)["rostered_min"].sum()
        assert rostered["hotline"] == expected * 12 * 5 * 8.5 * 60


def test_l15_hastens_what_starts_no_earlier():
    """Requests are tracked after 4 weeks, with the customer board after 4 * (1 - 0.5)."""

    def first_reply(levers: dict) -> float:
        case = small(BY_LETTER, requires("case"), sees("case", "letter", "web"))
        case = case.change(
            {
                "levers.desk": {"changes": [{"path": "touchpoints.letter.tracked", "to": 1}], "lead_time": "4 weeks"},
                "levers.board": LEVERS["L15"] | {"hastens": 0.5, "lead_time": "0 weeks", "ramp": "0 weeks"},
                "touchpoints.letter.deadline": "0 min",
                "strategies.better": {"levers": levers},
            }
        )
        contacts = simulate(case, "better")["contacts"]
        return contacts["arrived_min"][contacts["started_min"] == contacts["arrived_min"]].min() // 10080.0

    assert first_reply({"desk": {}}) == 4
    assert first_reply({"desk": {}, "board": {}}) == 2
    assert first_reply({"desk": {}, "board": {"start": "1 week"}}) == 4
