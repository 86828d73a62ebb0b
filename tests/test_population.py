import math
from dataclasses import fields

import numpy as np
import pytest
from cases import COMPANY, STRATEGIES, company, scenario
from ruamel.yaml import YAML
from scipy import special, stats
from witness import simulate

import sim.population
from sim.gamma import gamma_quantiles
from sim.jit import HAS_NUMBA
from sim.population import Population, populate
from sim.rules.loyalty import repurchase_log_ratio
from sim.scenario.lever_checks import FIXED_OVER_TIME

# Fixed before the first run: 99 % for all tests of distributions in this file together.
ALPHA = 0.01 / 12
WEEK_MIN = 10080.0
RAW = YAML(typ="safe").load(COMPANY)
N = 10_000
MANY = company({"segments.private.customers": N, "segments.business.customers": 2_000})
PEOPLE = populate(MANY.document, seed=11, replication=0)
PRIVATE, BUSINESS = (PEOPLE.segment == segment for segment in (0, 1))
QUESTION = list(MANY.document.needs).index("question")
PURCHASE = list(MANY.document.needs).index("purchase")


def assert_same(left: Population, right: Population) -> None:
    for field in fields(Population):
        np.testing.assert_array_equal(getattr(left, field.name), getattr(right, field.name), err_msg=field.name)


def counts(people: Population, need: int) -> np.ndarray:
    who = np.repeat(np.arange(len(people)), np.diff(people.need_of))
    return np.bincount(who[people.candidates["need"] == need], minlength=len(people))


def chi_square_p(observed: np.ndarray, probabilities: np.ndarray) -> float:
    """Cells with fewer than 5 expected are joined with the last one."""
    expected = probabilities * observed.sum()
    enough = expected >= 5.0
    observed = np.append(observed[enough], observed[~enough].sum())
    expected = np.append(expected[enough], expected[~enough].sum())
    full = expected > 0.0
    return float(stats.chisquare(observed[full], expected[full]).pvalue)


def count_p(values: np.ndarray, distribution) -> float:
    top = values.max() + 20
    cells = distribution.pmf(np.arange(top))
    cells[-1] += distribution.sf(top - 1)
    return chi_square_p(np.bincount(values, minlength=top), cells)


# --- traits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "distribution"),
    [
        (PEOPLE.willing, stats.uniform()),
        (PEOPLE.leaving_at, stats.expon()),
        (PEOPLE.taste[:, 0], stats.gumbel_r()),
        (PEOPLE.taste[:, 2], stats.gumbel_r()),
        (PEOPLE.tolerance[PRIVATE], stats.lognorm(0.4, scale=40.0)),
        (PEOPLE.sensitivity[BUSINESS], stats.lognorm(0.5)),
    ],
    ids=["willing", "leaving", "taste for web", "taste for store", "tolerance", "sensitivity"],
)
def test_traits_have_the_declared_distribution(values, distribution):
    assert stats.kstest(values, distribution.cdf).pvalue > ALPHA


def test_shares_who_bought_before():
    for segment, rows in (("private", PRIVATE), ("business", BUSINESS)):
        for position, name in enumerate(MANY.document.touchpoints):
            share = float(MANY.document.segments[segment].bought_before.get(name, 0.0))
            bought = int(np.sum(PEOPLE.bought_before[rows] >> position & 1))
            low, high = stats.binom.interval(1 - ALPHA / 6, rows.sum(), share)
            assert low <= bought <= high


# --- needs -----------------------------------------------------------------------------------------------------------

WEEKS = 8.0


def test_needs_are_negative_binomial_between_customers_with_gamma_rates():
    """Ehrenberg 1959: Poisson with a gamma-distributed rate of shape 1.5."""
    mean = 14.0 * WEEKS / 52.0
    assert count_p(counts(PEOPLE, QUESTION)[PRIVATE], stats.nbinom(1.5, 1.5 / (1.5 + mean))) > ALPHA


def test_needs_are_poisson_without_spread_of_rates():
    assert count_p(counts(PEOPLE, QUESTION)[BUSINESS], stats.poisson(30.0 * WEEKS / 52.0)) > ALPHA


def test_candidates_for_purchases_come_at_the_rate_of_the_most_loyal():
    mean = 20.0 * WEEKS / 52.0 * math.exp(repurchase_log_ratio(100.0, 60.0, 0.6, 0.0))
    assert count_p(counts(PEOPLE, PURCHASE)[BUSINESS], stats.poisson(mean)) > ALPHA


def test_customers_at_the_level_of_loyalty_buy_at_the_declared_rate():
    """Loyalty that never moves thins the candidates to 20 purchases a year."""
    still = {"loyalty.gain": 0, "loyalty.loss": 0, "segments.business.leaving_per_year": "0 per year"}
    at_once = {f"needs.purchase.served_at.{name}.resolves": 1 for name in ("web", "hotline", "store")}
    case = company(still | at_once | {"segments.private.customers": 0, "segments.business.customers": 1_000})
    journeys = simulate(case)["journeys"]
    bought = journeys[(journeys["need"] == "purchase") & journeys["measured"]]
    low, high = stats.poisson.interval(1 - ALPHA, 1_000 * 20.0 * 6.0 / 52.0)
    assert low <= len(bought) <= high


def test_needs_arise_in_the_hours_of_their_profile():
    hour = (PEOPLE.candidates["arises_min"] // 60.0).astype(int) % 168
    office = np.array(MANY.document.profiles["office"].hours)
    observed = np.bincount(hour[PEOPLE.candidates["need"] == QUESTION], minlength=168)
    assert (observed[office == 0.0] == 0).all()
    assert chi_square_p(observed, office / office.sum()) > ALPHA
    flat = np.bincount(hour[PEOPLE.candidates["need"] == PURCHASE], minlength=168)
    assert chi_square_p(flat, np.full(168, 1.0 / 168.0)) > ALPHA


def test_needs_are_spread_evenly_over_weeks_and_within_hours():
    at = PEOPLE.candidates["arises_min"][PEOPLE.candidates["need"] == QUESTION]
    assert chi_square_p(np.bincount((at // WEEK_MIN).astype(int), minlength=8), np.full(8, 1.0 / 8.0)) > ALPHA
    assert stats.kstest(at % 60.0 / 60.0, "uniform").pvalue > ALPHA


def test_candidates_are_in_time_order_and_inside_the_run():
    assert PEOPLE.need_of[0] == 0
    at = PEOPLE.candidates["arises_min"]
    assert PEOPLE.need_of[-1] == len(at)
    starts = np.zeros(len(at) + 1, bool)
    starts[PEOPLE.need_of] = True
    assert (np.diff(at)[~starts[1:-1]] >= 0.0).all()
    assert at.min() >= 0.0
    assert at.max() < WEEKS * WEEK_MIN
    assert len(np.unique(PEOPLE.candidates["key"])) == len(at)
    assert len(np.unique(PEOPLE.key)) == len(PEOPLE)


# --- who depends on what ---------------------------------------------------------------------------------------------


def test_same_arguments_give_the_same_population_and_others_another_one():
    assert_same(populate(company().document, 0, 1), populate(company().document, 0, 1))
    keys = [
        set(populate(company().document, seed, replication).key.tolist())
        for seed, replication in ((0, 0), (0, 1), (1, 0))
    ]
    assert len(keys[0] | keys[1] | keys[2]) == 3 * 60


@pytest.mark.skipif(not HAS_NUMBA, reason="without numba there is only one way to draw needs")
def test_compiled_and_plain_python_draw_the_same_population(monkeypatch):
    compiled = populate(company().document, 3, 2)
    for kernel in ("_draw_traits", "_draw_base_needs"):
        monkeypatch.setattr(sim.population, kernel, getattr(sim.population, kernel).py_func)
    monkeypatch.setattr(sim.population, "HAS_NUMBA", False)
    assert_same(compiled, populate(company().document, 3, 2))


def test_nothing_that_a_lever_may_move_decides_who_the_customers_are():
    """Every number of the file, one by one: what changes the population holds for a whole run."""
    case = company()
    before = populate(case.document, 1, 0)
    fixed = {path for pattern in FIXED_OVER_TIME for path in case.matching(pattern)}
    register = case.assumptions()
    decided = set()
    for path in register.loc[register["value"].notna() & ~register["path"].str.startswith("levers."), "path"]:
        number = case.quantity(path)
        other = number.value / 2.0 + 0.01 if number.kind.high == 1.0 else number.value * 2.0 + 1.0
        other = float(round(other)) if number.kind.whole else other
        changed = populate(case.with_values({path: other}), 1, 0)
        try:
            assert_same(before, changed)
        except AssertionError:
            decided.add(path)
    # candidates are drawn from the scenario without levers; a lever on the level moves needs by their acceptance
    decided -= {"segments.private.loyalty_level", "segments.business.loyalty_level"}
    assert decided <= fixed, sorted(decided - fixed)
    assert len(decided) > 15


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_meets_the_same_people_with_the_same_needs(strategy):
    people = populate(company().document, 1, 0)
    tables = simulate(company(), strategy, 1, 0)
    assert (tables["customers"]["segment"].cat.codes == people.segment).all()
    base = tables["journeys"][tables["journeys"]["parent"].isna()]
    candidates = {
        (customer, round(float(at) * 65536.0), need)
        for customer in range(len(people))
        for at, need in zip(
            people.candidates["arises_min"][people.need_of[customer] : people.need_of[customer + 1]],
            people.candidates["need"][people.need_of[customer] : people.need_of[customer + 1]],
            strict=True,
        )
    }
    lived = set(
        zip(base["customer"], (base["arose_min"] * 65536.0).round().astype(int), base["need"].cat.codes, strict=True)
    )
    assert lived <= candidates
    assert len(lived) > 200


NEIGHBOURS = {
    "segments.private.prospects": 300,
    "word_of_mouth.joins": "0.4 per year",
    "word_of_mouth.tells_good": 3.0,
    "word_of_mouth.tells_bad": 3.0,
    "word_of_mouth.persuades": 0.2,
    "word_of_mouth.deters": 0.3,
    "word_of_mouth.at_most": 0.7,
}


def test_needs_that_no_prospect_lives_to_have_are_left_out_and_no_other(monkeypatch):
    """Whoever joins has the same life where every need was drawn, of those too who cannot join in time."""
    case = company(NEIGHBOURS)
    few, tables = populate(case.document, 1, 0), simulate(case, STRATEGIES[0], 1, 0)
    monkeypatch.setattr(sim.population, "_EARLIEST", 0.0)
    every, unchanged = populate(case.document, 1, 0), simulate(case, STRATEGIES[0], 1, 0)
    assert len(few.candidates) < 0.9 * len(every.candidates)
    assert tables["customers"]["joined_min"].gt(0.0).sum() > 10
    for name, table in tables.items():
        assert table.equals(unchanged[name]), name


@pytest.mark.parametrize("path", ["word_of_mouth.joins", "*.joins"])
def test_prospects_have_needs_where_a_lever_makes_more_of_them_join(path):
    talk = {"changes": [{"path": path, "factor": 40}]}
    case = company(NEIGHBOURS | {"word_of_mouth.joins": "0.02 per year", "levers.talk": talk})
    people = populate(case.document, 1, 0)
    assert (np.diff(people.need_of)[-people.prospects :] > 0).mean() > 0.9


def test_a_lever_on_the_level_of_loyalty_leaves_room_for_more_needs():
    club = {"changes": [{"path": "segments.*.loyalty_level", "add": 5}]}
    before, after = (populate(company(changes).document, 1, 0) for changes in ({}, {"levers.club": club}))
    assert len(after.candidates) > len(before.candidates)


@pytest.mark.parametrize("shape", [0.02, 0.4, 1.0, 3.0, 50.0, 1e5])
def test_gamma_quantiles_are_scipys(shape):
    u = np.concatenate([np.logspace(-15, -1, 500), np.linspace(0.001, 0.999, 2_000), 1.0 - np.logspace(-15, -1, 500)])
    exact = special.gammaincinv(shape, u)
    np.testing.assert_allclose(gamma_quantiles(shape, u), exact, rtol=1e-6, atol=1e-300)
    assert (np.diff(gamma_quantiles(shape, np.sort(u))) >= 0.0).all()


def test_a_new_segment_leaves_the_others_alone():
    with_third = scenario(RAW | {"segments": {"third": {"customers": 7}, **RAW["segments"]}})
    before, after = populate(company().document, 1, 0), populate(with_third.document, 1, 0)
    for name in ("key", "tolerance", "sensitivity", "willing", "leaving_at", "taste", "bought_before"):
        np.testing.assert_array_equal(getattr(after, name)[7:], getattr(before, name))
    np.testing.assert_array_equal(after.candidates["arises_min"], before.candidates["arises_min"])
    np.testing.assert_array_equal(after.need_of[7:], before.need_of)


def test_a_new_touchpoint_leaves_tastes_and_habits_alone():
    touchpoints = {"fair": {"kind": "self_service"}, **RAW["touchpoints"]}
    before = populate(company().document, 1, 0)
    after = populate(scenario(RAW | {"touchpoints": touchpoints}).document, 1, 0)
    np.testing.assert_array_equal(after.taste[:, 1:], before.taste)
    np.testing.assert_array_equal(after.bought_before, before.bought_before << 1)


def test_more_of_a_segment_are_the_same_people_and_some_more():
    more = populate(company({"segments.business.customers": 20}).document, 1, 0)
    before = populate(company().document, 1, 0)
    np.testing.assert_array_equal(more.key[:60], before.key)
    np.testing.assert_array_equal(more.need_of[:61], before.need_of)
    np.testing.assert_array_equal(more.candidates["key"][: before.need_of[-1]], before.candidates["key"])
