import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy import stats as scipy_stats

from sim.luck import derive, uniform
from sim.rules import choice, clock, experience, knowledge, loyalty, service
from sim.rules.distributions import exponential, lognormal, normal, weibull

settings.register_profile("rules", derandomize=True, deadline=None, max_examples=200)
settings.load_profile("rules")

# Fixed before the first run: 99 % for all tests of distributions together.
ALPHA = 0.01 / 7
U = uniform(derive(np.uint64(derive(0, 77)), np.arange(20_000, dtype=np.uint64))).tolist()

points = st.floats(0, 100)
shares = st.floats(0, 1)
uniforms = st.floats(2.0**-53, 1 - 2.0**-53)
amounts = st.floats(0, 1e6)
logits = st.floats(-50, 50)


# --- distributions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "distribution"),
    [
        ([exponential(3.0, u) for u in U], scipy_stats.expon(scale=3.0)),
        ([weibull(5.0, 0.94, u) for u in U], scipy_stats.weibull_min(0.94, scale=5.0)),
        ([weibull(5.0, 2.0, u) for u in U], scipy_stats.weibull_min(2.0, scale=5.0)),
        ([normal(u) for u in U], scipy_stats.norm()),
        ([lognormal(4.0, 0.9, u) for u in U], scipy_stats.lognorm(0.9, scale=4.0 * math.exp(-0.405))),
        ([service.service_min(service.LOGNORMAL, 4.0, 0.9, 2.5, u) for u in U],
         scipy_stats.lognorm(0.9, loc=2.5, scale=4.0 * math.exp(-0.405))),
    ],
    ids=["exponential", "weibull below 1", "weibull above 1", "normal", "lognormal", "service time"],
)  # fmt: skip
def test_distributions_by_kolmogorov_smirnov(values, distribution):
    assert scipy_stats.kstest(values, distribution.cdf).pvalue > ALPHA


def test_means_are_the_parameters():
    """Midpoint rule over the quantile function; the last half cell of a heavy tail limits the accuracy."""
    u = ((np.arange(200_000) + 0.5) / 200_000).tolist()
    assert np.mean([exponential(3.0, x) for x in u]) == pytest.approx(3.0, rel=1e-5)
    assert np.mean([lognormal(4.0, 0.9, x) for x in u]) == pytest.approx(4.0, rel=1e-3)
    assert np.mean([weibull(5.0, 2.0, x) for x in u]) == pytest.approx(5.0 * math.gamma(1.5), rel=1e-5)


def test_normal_quantile_is_scipys():
    u = np.concatenate(
        [np.logspace(-300, -1, 2_000), np.linspace(1e-6, 1 - 1e-6, 9_999), 1 - np.logspace(-15, -1, 500)]
    )
    np.testing.assert_allclose([normal(x) for x in u.tolist()], special.ndtri(u), rtol=2e-14, atol=1e-15)


@given(uniforms)
def test_normal_quantile_is_odd_where_the_complement_is_exact(u):
    if 1.0 - (1.0 - u) == u:
        assert normal(1.0 - u) == pytest.approx(-normal(u), rel=1e-14, abs=1e-15)


@given(uniforms, uniforms)
def test_quantiles_rise_or_fall_with_the_draw(u, v):
    low, high = min(u, v), max(u, v)
    assert normal(low) <= normal(high)
    assert lognormal(2.0, 1.0, low) <= lognormal(2.0, 1.0, high)
    assert exponential(2.0, low) >= exponential(2.0, high) > 0.0
    assert weibull(2.0, 0.7, low) >= weibull(2.0, 0.7, high) > 0.0


@given(uniforms)
def test_the_largest_and_smallest_draws_stay_finite(u):
    for value in (exponential(1.0, u), weibull(1.0, 0.5, u), normal(u), lognormal(1.0, 2.0, u)):
        assert math.isfinite(value)


# --- time ------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1e7))
def test_instants_lie_on_the_grid_and_not_far_away(minutes):
    on_grid = clock.on_grid(minutes)
    assert (on_grid * 65536.0).is_integer()
    assert abs(on_grid - minutes) <= 0.5 / 65536.0
    assert clock.on_grid(on_grid) == on_grid


@given(st.integers(0, 10 * 10080 * 65536), st.integers(0, 10 * 10080 * 65536))
def test_sums_of_instants_are_exact(a, b):
    assert a / 65536.0 + b / 65536.0 == (a + b) / 65536.0


@given(st.integers(0, 200 * 10080 * 65536), st.integers(1, 672))
def test_opening_instants(ticks, slots):
    at = ticks / 65536.0
    assert clock.opens_in(at, 0) == 0.0
    wait = clock.opens_in(at, slots)
    assert 15.0 * (slots - 1) < wait <= 15.0 * slots
    assert (at + wait) % 15.0 == 0.0
    assert clock.slot(at + wait) == (clock.slot(at) + slots) % 672
    assert clock.week(at) == int(at // 10080)


# --- choice ----------------------------------------------------------------------------------------------------------

NEUTRAL = {
    "attraction": 0.0,
    "expectation": 50.0,
    "experience_weight": 1.0,
    "failed_before": False,
    "failed_penalty": 0.5,
    "opens_in_min": 0.0,
    "opening_delay_cost": 0.1,
    "shocks": 0.0,
}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"attraction": 1.0}, {}),
        ({"expectation": 60.0}, {}),
        ({"shocks": 0.1}, {}),
        ({}, {"failed_before": True}),
        ({}, {"opens_in_min": 60.0}),
        ({"opens_in_min": 60.0}, {"opens_in_min": 60.0, "opening_delay_cost": 0.2}),
        ({"failed_before": True}, {"failed_before": True, "failed_penalty": 0.6}),
    ],
)
def test_utility_is_monotone(better, worse):
    assert choice.utility(**NEUTRAL | better) > choice.utility(**NEUTRAL | worse)


def test_utility_units():
    assert choice.utility(**NEUTRAL | {"expectation": 100.0}) - choice.utility(**NEUTRAL) == pytest.approx(1.0)
    assert choice.utility(**NEUTRAL) - choice.utility(**NEUTRAL | {"opens_in_min": 120.0}) == pytest.approx(0.2)


def test_momentary_taste_gives_logit_shares():
    """McFadden: with utilities 0 and 1 the second is taken with probability e / (1 + e)."""
    keys = derive(np.uint64(derive(0, 78)), np.arange(20_000, dtype=np.uint64))
    first, second = (uniform(derive(keys, j)).tolist() for j in (1, 2))
    taken = sum(choice.prefers(1.0, v, 0.0, u, 1.0) for u, v in zip(first, second, strict=True))
    low, high = scipy_stats.binom.interval(0.999, 20_000, math.e / (1.0 + math.e))
    assert low <= taken <= high


@given(logits, logits, uniforms, uniforms, st.sampled_from([0.0, 0.3, 2.0]))
def test_preference_is_for_the_larger_sum_of_utility_and_gumbel_taste(first, second, u, v, spread):
    tastes = [-math.log(-math.log(each)) for each in (u, v)]
    sums = [value + spread * taste for value, taste in zip((first, second), tastes, strict=True)]
    taken = choice.prefers(first, u, second, v, spread)
    if abs(sums[0] - sums[1]) > 1e-9:
        assert taken == (sums[0] > sums[1])
    assert choice.prefers(first, u, -math.inf, 0.0, spread)
    assert not (taken and choice.prefers(second, v, first, u, spread))


@given(uniforms, uniforms, st.sampled_from([0.3, 2.0]), st.floats(-1e-6, 1e-6))
def test_preference_is_exact_where_alternatives_are_nearly_equal(u, v, spread, extra):
    """Bounds from a table must not decide what they cannot tell."""
    gap = spread * (math.log(-math.log(u)) - math.log(-math.log(v)))
    if abs(extra) > 1e-9 * max(1.0, abs(gap)):
        assert choice.prefers(gap + extra, u, 0.0, v, spread) == (extra > 0.0)


@given(uniforms, shares, shares, shares)
def test_reactions_to_abandoning_divide_the_unit_interval(u, a, b, c):
    redials, switches, comes_back = (share / 3.0 for share in (a, b, c))
    reaction = choice.after_abandoning(u, redials, switches, comes_back)
    edges = np.cumsum([redials, switches, comes_back])
    assert reaction == [choice.REDIAL, choice.SWITCH, choice.RETURN_LATER, choice.GIVE_UP][int(np.sum(u >= edges))]


@given(uniforms, points, points, st.floats(0, 3))
def test_more_loyal_customers_need_again_whenever_less_loyal_ones_do(u, a, b, sensitivity):
    most = loyalty.repurchase_log_ratio(100.0, 50.0, sensitivity, 0.0)
    less, more = (loyalty.repurchase_log_ratio(x, 50.0, sensitivity, 0.0) for x in sorted((a, b)))
    threshold = math.log(u) + most
    assert choice.needs_again(threshold, more) or not choice.needs_again(threshold, less)
    assert choice.needs_again(-math.inf, less)


# --- knowledge -------------------------------------------------------------------------------------------------------


@given(uniforms, shares, shares)
@pytest.mark.parametrize("rule", [knowledge.links, knowledge.identifies, knowledge.carries, knowledge.promotes])
def test_more_coverage_only_adds(rule, u, a, b):
    less, more = min(a, b), max(a, b)
    assert rule(u, more) or not rule(u, less)
    assert rule(u, 1.0)
    assert not rule(u, 0.0)


def test_more_coverage_never_hides_a_fact_from_any_of_many_keys():
    keys = derive(np.uint64(derive(0, 79)), np.arange(5_000, dtype=np.uint64))
    u = uniform(keys).tolist()
    seen: set[int] = set()
    for coverage in np.linspace(0.0, 1.0, 41).tolist():
        now = {index for index, draw in enumerate(u) if knowledge.links(draw, coverage)}
        assert now >= seen
        low, high = scipy_stats.binom.interval(1 - 0.01 / 41, len(u), coverage)
        assert low <= len(now) <= high
        seen = now
    assert len(seen) == len(u)


# --- service ---------------------------------------------------------------------------------------------------------


@given(uniforms, amounts, amounts, st.sampled_from([service.CONSTANT, service.EXPONENTIAL, service.LOGNORMAL]))
def test_missing_facts_lengthen_service_by_their_handling_time(u, a, b, distribution):
    less, more = min(a, b), max(a, b)
    spread = 0.8 if distribution == service.LOGNORMAL else 0.0
    base = service.service_min(distribution, 5.0, spread, 0.0, u)
    assert base > 0.0
    assert base + less == service.service_min(distribution, 5.0, spread, less, u)
    assert service.service_min(distribution, 5.0, spread, less, u) <= service.service_min(
        distribution, 5.0, spread, more, u
    )


@given(uniforms, st.floats(0.1, 100), st.floats(0.3, 5), st.floats(0.1, 10))
def test_patience_grows_with_scale_and_urgency(u, scale, shape, urgency):
    assert service.patience_min(scale, shape, urgency, u) == weibull(scale, shape, u) * urgency
    assert service.patience_min(scale, shape, 2 * urgency, u) > service.patience_min(scale, shape, urgency, u) > 0.0
    assert service.patience_min(2 * scale, shape, urgency, u) > service.patience_min(scale, shape, urgency, u)


@given(shares)
def test_log_odds_give_the_probability_back(probability):
    assert service.resolution_probability(service.logit(probability), 0.0, 0.0) == pytest.approx(probability, abs=1e-12)


@given(logits, st.floats(-20, 20), st.floats(-20, 20), st.floats(0, 20), st.floats(0, 20))
def test_resolution_falls_with_difficulty_and_missing_facts(base, d1, d2, w1, w2):
    easy, hard = min(d1, d2), max(d1, d2)
    light, heavy = min(w1, w2), max(w1, w2)
    p = service.resolution_probability(base, hard, heavy)
    assert 0.0 <= p <= service.resolution_probability(base, easy, heavy) <= 1.0
    assert p <= service.resolution_probability(base, hard, light)


def test_certain_resolution_is_certain_for_every_draw():
    """A case of average difficulty, and up to six standard deviations of one logit."""
    for difficulty in (-6.0, 0.0, 6.0):
        assert service.resolution_probability(service.logit(1.0), difficulty, 0.0) == pytest.approx(1.0, abs=2.0**-53)
        assert service.resolution_probability(service.logit(0.0), difficulty, 0.0) < 2.0**-53


@given(uniforms, logits, st.floats(-20, 20), st.floats(0, 100))
def test_a_contact_resolves_with_its_probability(u, base, difficulty, weight):
    assert service.resolves(u, base, difficulty, weight) == (
        u < service.resolution_probability(base, difficulty, weight)
    )


@given(st.floats(-12, 12), st.floats(-1e-6, 1e-6))
def test_resolving_is_exact_where_the_draw_is_near_the_probability(against, extra):
    """Bounds from a table must not decide what they cannot tell."""
    u = service.resolution_probability(0.0, against, 0.0) + extra
    assert service.resolves(u, 0.0, against, 0.0) == (extra < 0.0) or abs(extra) < 1e-12


@pytest.mark.parametrize("weight", [100.0, 750.0, 1e6])
def test_a_fact_can_be_so_necessary_that_nothing_works_without_it(weight):
    assert service.resolution_probability(service.logit(1.0), 0.0, weight) < 2.0**-53


@given(st.floats(0, 1e5))
def test_money_is_in_whole_cents(amount):
    cents = service.to_cent(amount)
    assert round(cents, 2) == cents
    assert abs(cents - amount) <= 0.005 + 1e-9
    assert service.revenue_eur(amount, 0.0, 0.5) == cents


def test_tolerance_of_waits():
    assert not service.waited_too_long(2.0, 2.0)
    assert service.waited_too_long(math.nextafter(2.0, 3.0), 2.0)


# --- experience ------------------------------------------------------------------------------------------------------


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_what_is_lost_lowers_experience_as_much_as_personal_service_raises_it(a, b):
    assert experience.felt(60.0, a, b) == experience.bounded(60.0 - a + b)
    assert experience.felt(60.0, a + 1.0, b) <= experience.felt(60.0, a, b) <= experience.felt(60.0, a, b + 1.0)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_experience_is_bounded_and_monotone(a, b):
    low, high = min(a, b), max(a, b)
    assert 0.0 <= experience.bounded(low) <= experience.bounded(high) <= 100.0


def test_bounding_has_slope_one_in_the_middle_and_is_symmetric():
    assert (experience.bounded(50.01) - experience.bounded(49.99)) / 0.02 == pytest.approx(1.0, rel=1e-6)
    assert experience.bounded(70.0) + experience.bounded(30.0) == pytest.approx(100.0)
    assert experience.bounded(math.inf) == 100.0
    assert experience.bounded(-math.inf) == 0.0


@given(points, st.floats(0, 5), st.integers(0, 20), shares)
def test_repeats_never_hurt_more_than_the_first_time(severity, sensitivity, repeats, decay):
    first = experience.felt_severity(severity, sensitivity, 0, decay)
    assert first == severity * sensitivity
    again = experience.felt_severity(severity, sensitivity, repeats, decay)
    assert 0.0 <= again <= first
    assert again == pytest.approx(severity * sensitivity * decay**repeats)


@given(st.floats(0, 10), st.floats(0, 100), st.floats(0, 100))
def test_delay_costs_more_the_longer_it_lasts_and_less_and_less(cost, a, b):
    short, long = min(a, b), max(a, b)
    assert experience.delay_points(cost, 0.0) == 0.0
    assert experience.delay_points(cost, short) <= experience.delay_points(cost, long)
    middle = experience.delay_points(cost, (short + long) / 2)
    assert middle >= (experience.delay_points(cost, short) + experience.delay_points(cost, long)) / 2 - 1e-9


@given(points, points, shares)
def test_expectation_moves_towards_experience_and_not_beyond(expected, felt, learning):
    learned = experience.learned(expected, felt, learning)
    assert min(expected, felt) - 1e-9 <= learned <= max(expected, felt) + 1e-9
    assert experience.learned(expected, felt, 0.0) == expected
    assert experience.drifted(expected, 1e3) == 100.0
    assert experience.drifted(expected, 0.0) == expected


@given(points, points, points, st.floats(0, 3), st.floats(0, 3))
def test_satisfaction_rises_with_experience_and_stays_on_its_scale(a, b, expected, gain, shortfall):
    worse, better = min(a, b), max(a, b)
    low = experience.satisfaction(worse, expected, 75.0, 0.0, gain, shortfall)
    high = experience.satisfaction(better, expected, 75.0, 0.0, gain, shortfall)
    assert 0.0 <= low <= high <= 100.0


@given(st.floats(0, 20))
def test_shortfall_weighs_more_than_gain(gap):
    at = experience.satisfaction(50.0, 50.0, 60.0, 0.0, 0.4, 1.3)
    above = experience.satisfaction(50.0 + gap, 50.0, 60.0, 0.0, 0.4, 1.3) - at
    below = at - experience.satisfaction(50.0 - gap, 50.0, 60.0, 0.0, 0.4, 1.3)
    assert below == pytest.approx(above * 1.3 / 0.4)


# --- loyalty ---------------------------------------------------------------------------------------------------------


@given(points, st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 2), st.floats(0, 2))
def test_loyalty_stays_on_its_scale_and_follows_disconfirmation(now, a, b, gain, loss):
    worse, better = min(a, b), max(a, b)
    assert 0.0 <= loyalty.updated(now, worse, gain, loss) <= loyalty.updated(now, better, gain, loss) <= 100.0
    assert loyalty.updated(now, 0.0, gain, loss) == now


@given(points, points, st.floats(0, 1e6), st.floats(1, 1e6))
def test_loyalty_fades_towards_the_level_in_half_lives(now, level, elapsed, half_life):
    def after(minutes: float, start: float = now) -> float:
        return loyalty.faded(start, level, loyalty.remaining(minutes, half_life))

    assert after(0.0) == pytest.approx(now)
    assert after(half_life) == pytest.approx((now + level) / 2)
    assert min(now, level) - 1e-9 <= after(elapsed) <= max(now, level) + 1e-9
    assert after(elapsed / 2, after(elapsed / 2)) == pytest.approx(after(elapsed))


@given(points, points, st.floats(0, 3), st.floats(1, 8))
def test_loyal_customers_leave_later_and_buy_again_sooner(a, b, sensitivity, ratio):
    less, more = min(a, b), max(a, b)
    assert loyalty.leaving_rate(0.1, more, sensitivity, 1.0) <= loyalty.leaving_rate(0.1, less, sensitivity, 1.0)
    assert loyalty.leaving_rate(0.1, less, sensitivity, ratio) == pytest.approx(
        ratio * loyalty.leaving_rate(0.1, less, sensitivity, 1.0)
    )
    assert loyalty.leaving_rate(0.0, less, sensitivity, ratio) == 0.0
    rates = [loyalty.repurchase_log_ratio(each, 50.0, sensitivity, 0.1) for each in (less, more)]
    assert rates == sorted(rates)


def test_what_is_remembered_of_a_journey():
    assert loyalty.remembered(True, 1, 2.0, 5.0, 1.0) == 1.0
    assert loyalty.remembered(True, 2, 2.0, 5.0, 1.0) == 2.0
    assert loyalty.remembered(False, 1, 2.0, 5.0, 1.0) == loyalty.remembered(False, 4, 2.0, 5.0, 3.0) == 5.0
