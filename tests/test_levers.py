"""The library of levers: nothing at coverage 0, and at coverage 1 less of what the catalogue says each works on."""

import math
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from small import BUYS, BY_LETTER, CAUSES, SERVICE, requires, sees, small
from witness import ENGINES, Tables, assert_identical, simulate

from sim.scenario import Scenario, load
from sim.strategy import schedule

CASES = Path(__file__).parents[1] / "scenarios"
LIBRARY = CASES / "levers"
SHIPPED = sorted(file.stem for file in CASES.glob("*.yaml"))
BY_NAME = {
    name: lever
    for file in sorted(LIBRARY.glob("L*.yaml"))
    for name, lever in YAML(typ="safe").load(file)["levers"].items()
}
OTHERS = ("longer_hours", "more_self_service", "skilled_advisers")
"""What L14 names beside staffing."""
LEVERS = {lever["catalogue"]: lever for name, lever in BY_NAME.items() if name not in OTHERS}
CASE = {case.id: case for case in CAUSES}
WORKS_ON = {  # what the catalogue names, as far as one company of the frustration tests shows it
    "L1": ("F1", "F2 data", "F10 service", "F10 message"),
    "L2": ("F2 again", "F4", "F16 call-back", "F16 delivery"),
    "L3": ("F3", "F2 order", "F7", "F9"),
    "L4": ("F5", "F5 unseen"),
    "L5": ("F8",),
    "L6": ("F9", "F10 message", "F11 frequency", "F11 address", "F11 opted out"),
    "L7": ("F1", "F3", "F5", "F5 nowhere", "F6", "F7"),
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
    return using(small(CASE[cause].happens, ENOUGH.get(cause, {}), ALSO.get(cause, {}), changes or {}), lever, coverage)


def using(case: Scenario, lever: str, coverage: float = 1) -> Scenario:
    """A company with a strategy that uses a lever of the library from the start; by id, or by name."""
    entry = LEVERS[lever] if lever in LEVERS else BY_NAME[lever]
    applies = [change for change in entry["changes"] if list(case.matching(change["path"]))]
    used = {name: value for name, value in entry.items() if name != "changes"} | AT_ONCE
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
    assert {BY_NAME[name]["catalogue"] for name in OTHERS} == {"L14"}


@pytest.mark.parametrize("lever", BY_NAME)
def test_every_lever_says_where_its_numbers_come_from_and_what_it_costs(lever):
    entry = BY_NAME[lever]
    for part in (entry["one_off"], entry["running"], entry["lead_time"], entry["ramp"]):
        assert {"value", "low", "high", "source"} <= set(part)
    for change in entry["changes"]:
        (amount,) = (amount for rule, amount in change.items() if rule != "path")
        full_coverage = change["path"].startswith("visibility.") and change.get("to") == 1
        assert full_coverage or {"value", "low", "high", "source"} <= set(amount), change


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


@pytest.mark.parametrize("name", SHIPPED)
def test_no_lever_of_a_shipped_case_lowers_what_it_means_to_raise(name):
    """A change with `*` meets numbers that differ; all of them move the same way, or not at all."""
    case = load(CASES / f"{name}.yaml")
    for lever, entry in case.document.levers.items():
        for change in entry.changes:
            if change.to is None:
                continue
            moves = [float(change.to) - case.quantity(path).value for path in case.matching(change.path)]
            assert not min(moves) < -1e-12 < 1e-12 < max(moves), (lever, change.path)


def at(document, path: str) -> float:
    """The number at a path of a document."""
    node = document
    for key in path.split("."):
        node = node[key] if isinstance(node, dict) else getattr(node, key)
    return float(node)


TRAINED = {
    "shoe_retailer": {"hotline", "store", "mail"},
    "electronics_retailer": {"hotline", "store", "mail"},
    "telecom_provider": {"hotline", "store", "mail"},
    "regional_bank": {"hotline", "branch", "adviser", "mail"},
}


@pytest.mark.parametrize("name", TRAINED)
def test_l7_reaches_the_companys_own_people_and_nobody_else(name):
    """No web shop, no partner: neither what is said there, nor what is sold there, nor what is advised there."""
    case = load(CASES / f"{name}.yaml")
    today, trained = (schedule(case, strategy).documents[-1] for strategy in (case.strategies[0], "training"))
    patterns = [f"touchpoints.*.{key}" for key in ("softens", "saves", "identifies", "carries")]
    patterns += ["visibility.*.*.*", "needs.*.requires.*", "needs.*.served_at.*.resolves", "frustrations.*.severity"]
    changed = [path for pattern in patterns for path in case.matching(pattern) if at(today, path) != at(trained, path)]
    reached = set()
    for path in changed:
        section, *keys = path.split(".")
        assert section in ("touchpoints", "visibility"), path
        assert section == "touchpoints" or keys[0] == "knowledge", path
        reached.update(keys[:1] if section == "touchpoints" else keys[1:])
    assert reached == TRAINED[name]
    assert all(case.document.touchpoints[each].kind != "self_service" for each in reached)


def test_l7_takes_nothing_off_where_there_is_no_staff():
    """The product is unknown on the web and on the hotline; both are said to soften it and to save sales, one can."""
    unknown = requires("assortment") | {
        "needs.question.requires": {"assortment": 2},
        "needs.question.buys": True,
        "needs.question.value": "50 EUR",
        "touchpoints.letter.carries": 1,
        "behaviour.choice_spread": 1,
        "behaviour.max_contacts": 1,
    }
    carried = {f"touchpoints.{place}.carries": 0 for place in ("web", "hotline", "store")}
    both = {"needs.question.served_at": {place: SERVICE | {"resolves": 0.6} for place in ("web", "hotline")}}
    trained = {f"touchpoints.hotline.{key}": 0.5 for key in ("softens", "saves")}
    before, after = (simulate(small(unknown, carried, both, change)) for change in ({}, trained))
    first = [
        tables["frustrations"].groupby("touchpoint", observed=True)["severity"].first() for tables in (before, after)
    ]
    assert first[0].to_dict() == {"web": 10.0, "hotline": 10.0}
    assert first[1].to_dict() == {"web": 10.0, "hotline": 5.0}
    resolved = [
        (tables["contacts"]["outcome"] == "resolved").groupby(tables["contacts"]["touchpoint"], observed=True).mean()
        for tables in (before, after)
    ]
    assert resolved[0]["hotline"] == pytest.approx(1 / (1 + math.exp(2) * 2 / 3), abs=0.05)
    assert resolved[1]["hotline"] == pytest.approx(1 / (1 + math.exp(1) * 2 / 3), abs=0.05)
    assert resolved[1]["web"] == pytest.approx(resolved[0]["web"], abs=0.03)


def test_l6_keeps_to_what_seven_in_ten_people_put_up_with():
    """At half the coverage to 35 in a hundred; the others get as many messages too many as before."""
    counts = [
        simulate(company("L6", "F11 frequency", share), "better")["frustrations"].groupby("customer").size()
        for share in (0, 0.5, 1)
    ]
    everybody = len(counts[0])
    assert everybody > 50
    for count, share in zip(counts, (0.0, 0.35, 0.7), strict=True):
        assert len(count) / everybody == pytest.approx(1 - share, abs=0.15)
        assert (count == counts[0][count.index]).all()


def test_l6_learns_of_moves_and_leaves_people_where_they_live():
    """As many people move with the lever as without; marketing has the old address of fewer."""
    case = company("L6", "F11 address", 1)
    assert at(schedule(case, "better").documents[-1], "marketing.moves") == 5.0
    stale = [len(simulate(case, strategy)["frustrations"]) for strategy in ("today", "better")]
    assert stale[1] == pytest.approx(0.5 * stale[0], rel=0.25)


def shares(tables: Tables) -> tuple[float, float]:
    """First-contact resolution, and hand-overs per unresolved contact."""
    contacts = tables["contacts"][tables["contacts"]["outcome"] != "unfinished"]
    first = contacts[contacts["contact"] == 1]["outcome"] == "resolved"
    open_still = contacts[contacts["outcome"] != "resolved"]
    return first.mean(), (open_still["outcome"] == "passed_on").mean()


def test_l8_settles_more_in_the_first_contact_and_passes_less_on():
    """Of 60 in a hundred 64, and 0.7 times the hand-overs, as the library says."""
    service = {"resolves": 0.6, "passes_on": 0.5}
    case = using(small({f"needs.question.served_at.hotline.{key}": share for key, share in service.items()}), "L8")
    (fcr, passed_on), (more, fewer) = (shares(simulate(case, strategy)) for strategy in ("today", "better"))
    assert fcr == pytest.approx(0.6, abs=0.05)
    assert more - fcr == pytest.approx(0.04, abs=0.02)
    assert passed_on == pytest.approx(0.5, abs=0.06)
    assert fewer == pytest.approx(0.35, abs=0.06)


def test_l9_shortens_handling_time():
    """Ten minutes and a delay of five on average, of which three tenths remain."""
    case = using(small({"touchpoints.hotline.system_delay": "5 min"}), "L9")
    lasted = []
    for strategy in ("today", "better"):
        contacts = simulate(case, strategy)["contacts"].dropna(subset="ended_min")
        lasted.append((contacts["ended_min"] - contacts["started_min"] - 10.0).mean())
    assert lasted[0] == pytest.approx(5.0, rel=0.15)
    assert lasted[1] == pytest.approx(0.3 * lasted[0], rel=0.02)


def test_l11_sells_what_could_not_be_sold_here():
    """Four in ten could buy here; of the six that could not, nine in ten can now. Where all could, all still can."""
    sale = BUYS | {"needs.question.served_at.hotline.offered": 0.4, "behaviour.max_contacts": 1}
    case = using(small(sale), "L11")
    bought = [(simulate(case, strategy)["journeys"]["revenue_eur"] > 0.0).mean() for strategy in ("today", "better")]
    assert bought == pytest.approx([0.4, 0.94], abs=0.05)
    all_can = using(small(BUYS), "L11")
    assert_identical(simulate(all_can, "today"), simulate(all_can, "better"))


def test_a_dip_makes_things_worse_before_they_are_better():
    """Half of the calls are settled today. Three weeks nothing, six weeks of ramp from 3/8 of them to all."""
    lever = {"changes": [{"path": "needs.question.served_at.hotline.resolves", "to": 1}], "lead_time": "3 weeks",
             "ramp": "6 weeks", "dip": 0.5}  # fmt: skip
    busy = {"segments.people.needs_per_year.question": "300 per year",
            "needs.question.served_at.hotline.resolves": 0.5}  # fmt: skip
    case = small(busy).change({"levers.tested": lever, "strategies.better": {"levers": {"tested": {}}}})
    settled = []
    for strategy in ("today", "better"):
        contacts = simulate(case, strategy)["contacts"].dropna(subset="ended_min")
        week = (contacts["started_min"] // 10080.0).astype(int)
        settled.append((contacts["outcome"] == "resolved").groupby(week).mean())
    today, better = settled
    assert (today[:3] == better[:3]).all()
    expected = [0.5 + 0.5 * (ramped - 0.5 * (1 - ramped)) for ramped in (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1)]
    assert expected[0] == pytest.approx(0.375)
    assert better[3:9].tolist() == pytest.approx(expected, abs=0.08)
    assert better[3] < today[3] - 0.05
    assert (better[9:12] == 1.0).all()


def test_l8_goodwill_repairs_complaints_and_is_paid_for():
    complains = {"needs.question.complaint": True, "experience.recovery": 20, "behaviour.goodwill_cost": "10 EUR",
                 "needs.question.served_at.hotline.resolves": 0.6}  # fmt: skip
    today, better = (simulate(company("L8", "F14", 1, complains), name)["journeys"] for name in ("today", "better"))
    assert (today["goodwill_eur"] == 0.0).all()
    assert (better["goodwill_eur"] == 10.0).mean() > 0.3
    assert better["satisfaction"].mean() > today["satisfaction"].mean()


@pytest.mark.parametrize(
    ("file", "name", "changes"),
    [
        ("shoe_retailer", "store", {"touchpoints.store.staffing": 0.85}),
        ("shoe_retailer", "store", {"touchpoints.store.staffing": 1.2}),
        ("regional_bank", "branch", {"touchpoints.branch.closed": 0.5}),
    ],
)
def test_l14_staff_changes_in_a_copy_as_it_does_at_full_size(file, name, changes):
    case = load(Path(__file__).parents[1] / "scenarios" / f"{file}.yaml")

    def hours(scale, changed):
        touchpoint = (case.change(changes) if changed else case).scaled(scale).document.touchpoints[name]
        assert all(
            agents > 0 for agents, is_open in zip(touchpoint.roster, touchpoint.hours.slots, strict=True) if is_open
        )
        return sum(touchpoint.roster)

    full, copy = (hours(scale, True) / hours(scale, False) for scale in (1.0, 0.2))
    assert copy == pytest.approx(full, abs=0.04)


def test_l14_has_whole_agents_in_proportion_and_staffs_longer_days():
    longer = {"touchpoints.hotline.stays_open": "30 min", "touchpoints.hotline.open": "Mon-Fri 9:00-17:00"}
    for agents, factor, expected in ((5, 1.2, 6), (2, 1.2, 2.4), (2, 1.25, 2.5), (3, 0.5, 1.5), (1, 0.4, 0.4)):
        case = small({"touchpoints.hotline.agents": agents, "touchpoints.hotline.staffing": factor}, longer)
        rostered = simulate(case)["staffing"].groupby("touchpoint", observed=False)["rostered_min"].sum()
        off = 0.0 if float(expected).is_integer() else 1.5  # agent hours of a week of 42.5
        assert rostered["hotline"] / 60.0 / 12.0 == pytest.approx(expected * 5 * 8.5, abs=off)


def test_l14_longer_hours_serve_who_would_have_waited_in_vain():
    """An hour more each day, with the two agents of the last one; the roster pays for them."""
    hours = {"touchpoints.hotline.open": "Mon-Fri 9:00-17:00", "touchpoints.hotline.agents": 2,
             "segments.people.opening_delay_cost": 0}  # fmt: skip
    case = using(small(hours), "longer_hours")
    for engine in ENGINES:
        today, better = (simulate(case, strategy, engine=engine) for strategy in ("today", "better"))
        rostered = [tables["staffing"].groupby("touchpoint", observed=False)["rostered_min"].sum()["hotline"]
                    for tables in (today, better)]  # fmt: skip
        assert rostered == [12 * 5 * 8 * 60 * 2, 12 * 5 * 9 * 60 * 2]
        late = [(tables["contacts"]["started_min"] % 1440.0 >= 17 * 60).sum() for tables in (today, better)]
        assert late[0] == 0 < late[1]
        waited = [
            (tables["contacts"]["started_min"] - tables["journeys"]["arose_min"]).mean() for tables in (today, better)
        ]
        assert waited[1] < waited[0]
    off = using(small(hours), "longer_hours", 0)
    assert_identical(simulate(off, "today"), simulate(off, "better"))


def test_l14_more_self_service_takes_cases_to_the_web_and_hours_off_the_roster():
    both = {"needs.question.served_at.web": SERVICE, "behaviour.choice_spread": 1}
    case = using(small(both), "more_self_service")
    today, better = (simulate(case, strategy) for strategy in ("today", "better"))
    share = [(tables["contacts"]["touchpoint"] == "web").mean() for tables in (today, better)]
    # 440 contacts: three standard errors are 0.07
    assert share[0] == pytest.approx(0.5, abs=0.07)
    assert share[1] == pytest.approx(1 / (1 + math.exp(-0.4)), abs=0.07)
    assert share[1] > share[0]
    rostered = [
        tables["staffing"].set_index("touchpoint")["rostered_min"]["hotline"].sum() for tables in (today, better)
    ]
    assert rostered[1] == 0.9 * rostered[0]
    off = using(small(both), "more_self_service", 0)
    assert_identical(simulate(off, "today"), simulate(off, "better"))


def test_l14_skilled_advisers_settle_more():
    case = using(small({"needs.question.served_at.hotline.resolves": 0.6}), "skilled_advisers")
    fcr = [shares(simulate(case, strategy))[0] for strategy in ("today", "better")]
    assert fcr[1] - fcr[0] == pytest.approx(0.04, abs=0.02)
    off = using(small({"needs.question.served_at.hotline.resolves": 0.6}), "skilled_advisers", 0)
    assert_identical(simulate(off, "today"), simulate(off, "better"))


def test_l15_alone_or_at_coverage_0_changes_nothing():
    """What it does it does through other levers, in proportion to its coverage."""
    desk = {"changes": [{"path": "touchpoints.letter.tracked", "to": 1}], "lead_time": "4 weeks", "ramp": "4 weeks"}
    case = small(CASE["F13 vanishes"].happens).change({"levers.desk": desk, "levers.board": LEVERS["L15"]})

    def tables(levers: dict) -> Tables:
        return simulate(case.change({"strategies.better": {"levers": levers}}), "better")

    assert_identical(tables({}), tables({"board": {}}))
    assert_identical(tables({"desk": {}}), tables({"desk": {}, "board": {"coverage": 0}}))
    replies = [len(tables({"desk": {}, "board": {"coverage": share}})["frustrations"]) for share in (0, 0.5, 1)]
    assert replies[0] > replies[1] > replies[2], "the sooner tracked, the fewer vanish"


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
