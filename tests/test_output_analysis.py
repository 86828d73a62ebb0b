import math

import numpy as np
import pytest
from scipy import stats

from sim.output_analysis import (
    Verdict,
    classify,
    decide,
    holm,
    mean,
    more_replications,
    paired_difference,
    variance_reduction,
    verdict_p_value,
)

NAN = math.nan


def samples(seed: int, shape: tuple[int, ...], sd: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, sd, shape)


# --- intervals -------------------------------------------------------------------------------------------------------


def test_mean_of_three_by_hand():
    estimate = mean([1.0, 2.0, 6.0])
    assert estimate.n == 3
    assert estimate.mean == 3.0
    assert estimate.deviation == pytest.approx(math.sqrt(7.0))
    # t(2, 0.975) = 4.302653 (tables)
    assert estimate.half_width == pytest.approx(4.302653 * math.sqrt(7.0 / 3.0), rel=1e-6)
    assert estimate.ci_low == pytest.approx(3.0 - estimate.half_width)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [2, 3, 20])
def test_paired_difference_is_scipys_paired_t_test(n, confidence):
    a, b = samples(n, (2, n))
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval(confidence)
    actual = paired_difference(a, b, confidence)
    assert actual.mean == pytest.approx(np.mean(a - b))
    assert actual.p_value == pytest.approx(expected.pvalue)
    assert (actual.ci_low, actual.ci_high) == pytest.approx((interval.low, interval.high))


def test_pairs_with_nan_are_dropped_and_counted():
    with_gaps = paired_difference([3.0, NAN, 5.0, 4.0, 7.0], [1.0, 9.0, 2.0, 3.0, NAN])
    assert (with_gaps.n, with_gaps.dropped) == (3, 2)
    assert with_gaps.mean == 2.0
    assert with_gaps.ci_low == paired_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0]).ci_low


@pytest.mark.parametrize(("values", "expected"), [([], NAN), ([NAN], NAN), ([3.0], 3.0), ([NAN, 3.0], 3.0)])
def test_fewer_than_two_values_give_no_interval(values, expected):
    estimate = mean(values)
    assert estimate.mean == pytest.approx(expected, nan_ok=True)
    assert all(math.isnan(x) for x in (estimate.ci_low, estimate.ci_high, estimate.half_width, estimate.p_value))
    assert classify(estimate.ci_low, estimate.ci_high, 1.0, "higher") is Verdict.NOT_ENOUGH_EVIDENCE


def test_no_difference_at_all_is_an_interval_of_no_width():
    same = paired_difference([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    assert (same.ci_low, same.ci_high, same.p_value) == (0.0, 0.0, 1.0)
    assert classify(same.ci_low, same.ci_high, 0.0, "higher") is Verdict.NO_RELEVANT_DIFFERENCE


def test_coverage_of_the_interval():
    # 2,000 intervals at 90 %: the number that holds the truth is Binomial(2000, 0.9); the bound is its 99.9 % range.
    differences = samples(7, (2000, 8), sd=3.0) + 1.5
    held = sum(e.ci_low <= 1.5 <= e.ci_high for e in (mean(row, 0.9) for row in differences))
    low, high = stats.binom.interval(0.999, 2000, 0.9)
    assert low <= held <= high


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, NAN])
def test_confidence_must_be_a_share(confidence):
    with pytest.raises(ValueError, match="confidence"):
        mean([1.0, 2.0], confidence)


def test_pairs_must_have_one_length():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])


# --- variance reduction ----------------------------------------------------------------------------------------------


def test_variance_reduction_by_hand():
    # var(a) = var(b) = 1; a - b = [-1, 1, 0] has variance 1, so the factor is 2.
    assert variance_reduction([1.0, 3.0, 2.0], [2.0, 2.0, 2.0]).factor == pytest.approx(1.0)
    assert variance_reduction([1.0, 3.0, 2.0], [2.0, 3.0, 1.0]).factor == pytest.approx(2.0)


def test_variance_reduction_of_correlated_normals_lies_around_the_theory():
    # With correlation r and equal variances the factor is 1 / (1 - r).
    common, own = samples(3, (400,)), samples(4, (2, 400))
    a, b = (math.sqrt(0.9) * common + math.sqrt(0.1) * x for x in own)
    reduction = variance_reduction(a, b, 0.999)
    assert reduction.ci_low < 10.0 < reduction.ci_high
    assert reduction.ci_high / reduction.ci_low < 3.0


def test_interval_of_the_variance_reduction_covers_the_truth():
    # The jackknife interval is approximate: declared tolerance, 90 % nominal must hold in 85 % to 95 % of 500 cases.
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(500):
        common, first, second = rng.normal(size=(3, 20))
        reduction = variance_reduction(2.0 * common + first, 2.0 * common + second, 0.9)
        held += reduction.ci_low <= 5.0 <= reduction.ci_high
    assert 0.85 <= held / 500 <= 0.95


@pytest.mark.parametrize(
    ("a", "b"), [([1.0, 2.0, 3.0], [0.0, 1.0, 2.0]), ([1.0], [2.0]), ([1.0, NAN, 2.0], [NAN, 2.0, 1.0])]
)
def test_variance_reduction_is_nan_where_undefined(a, b):
    assert math.isnan(variance_reduction(a, b).factor)


# --- Holm and verdicts -----------------------------------------------------------------------------------------------


def test_holm_by_hand():
    # sorted 0.005, 0.01, 0.03, 0.04 -> x4, x3, x2, x1 = 0.02, 0.03, 0.06, 0.04 -> monotone 0.02, 0.03, 0.06, 0.06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_caps_at_one_and_counts_what_could_not_be_tested():
    assert holm([]) == []
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([0.02, NAN]) == pytest.approx([0.04, NAN], nan_ok=True)


@pytest.mark.parametrize(
    ("low", "high", "lower_is_better", "higher_is_better"),
    [
        (-9.0, -4.0, "better", "worse"),
        (4.0, 9.0, "worse", "better"),
        (-1.0, 1.0, "no_relevant_difference", "no_relevant_difference"),
        (-2.0, 2.0, "no_relevant_difference", "no_relevant_difference"),
        (-3.0, 1.0, "not_enough_evidence", "not_enough_evidence"),
        (1.0, 5.0, "not_enough_evidence", "not_enough_evidence"),
        (-9.0, 9.0, "not_enough_evidence", "not_enough_evidence"),
        (2.0, 3.0, "not_enough_evidence", "not_enough_evidence"),
        (NAN, NAN, "not_enough_evidence", "not_enough_evidence"),
    ],
)
def test_classification_against_a_zone_of_two(low, high, lower_is_better, higher_is_better):
    assert classify(low, high, 2.0, "lower") == lower_is_better
    assert classify(low, high, 2.0, "higher") == higher_is_better


@pytest.mark.parametrize("zone", [0.0, 0.4, 1.9, 3.0])
def test_verdict_p_value_is_where_the_interval_starts_to_give_a_verdict(zone):
    a, b = [3.0, 5.0, 4.0, 4.5, 3.9], [1.0, 2.0, 3.0, 2.2, 2.5]
    p = verdict_p_value(paired_difference(a, b), zone)
    just_enough = paired_difference(a, b, 1.0 - p * 1.0001)
    too_much = paired_difference(a, b, 1.0 - p * 0.9999)
    assert classify(just_enough.ci_low, just_enough.ci_high, zone, "higher") is not Verdict.NOT_ENOUGH_EVIDENCE
    assert classify(too_much.ci_low, too_much.ci_high, zone, "higher") is Verdict.NOT_ENOUGH_EVIDENCE


def test_a_single_decision_is_the_classification_of_its_interval():
    for seed in range(200):
        a, b = samples(seed, (2, 6))
        difference = paired_difference(a, b, 0.9)
        expected = classify(difference.ci_low, difference.ci_high, 0.8, "higher")
        assert decide([difference], [0.8], ["higher"], 0.9)[0][0] is expected


def test_holm_withholds_a_verdict_that_the_single_interval_would_give():
    a, b = [3.0, 5.0, 4.0, 4.2], [2.0, 2.5, 3.4, 3.0]
    difference = paired_difference(a, b)
    assert classify(difference.ci_low, difference.ci_high, 0.0, "higher") is Verdict.BETTER
    alone = decide([difference], [0.0], ["higher"], 0.95)
    noise = paired_difference([1.0, -1.0, 2.0, -2.0], [0.0, 0.0, 0.0, 0.0])
    family = decide([difference] + [noise] * 9, [0.0] * 10, ["higher"] * 10, 0.95)
    assert alone[0][0] is Verdict.BETTER
    assert family[0][0] is Verdict.NOT_ENOUGH_EVIDENCE
    assert family[0][1] == pytest.approx(10 * alone[0][1])


def test_wrong_verdicts_in_a_family_stay_below_alpha():
    # 1,000 families of 4 KPIs whose true differences are 0, at, inside and outside the zone of 1. A family is wrong
    # if any verdict contradicts the truth. Bound declared: the 99.9 % quantile of Binomial(1000, 0.1).
    truth = np.array([0.0, 1.0, 0.9, 1.2])
    allowed = [
        {Verdict.NO_RELEVANT_DIFFERENCE},
        {Verdict.NO_RELEVANT_DIFFERENCE},
        {Verdict.NO_RELEVANT_DIFFERENCE},
        {Verdict.BETTER},
    ]
    wrong = 0
    for family in samples(11, (1000, 4, 10)):
        differences = [mean(row + centre) for row, centre in zip(family, truth, strict=True)]
        verdicts = [v for v, _ in decide(differences, [1.0] * 4, ["higher"] * 4, 0.9)]
        wrong += any(v not in ok | {Verdict.NOT_ENOUGH_EVIDENCE} for v, ok in zip(verdicts, allowed, strict=True))
    assert wrong <= stats.binom.ppf(0.999, 1000, 0.1)


def test_clear_differences_are_recognised_in_every_direction():
    noise = samples(1, (12,), sd=0.05)
    up, down, flat = mean(noise + 5.0), mean(noise - 5.0), mean(noise)
    actual = [v for v, _ in decide([up, up, down, down, flat], [1.0] * 5, ["higher", "lower"] * 2 + ["lower"], 0.95)]
    assert actual == ["better", "worse", "worse", "better", "no_relevant_difference"]


# --- how many more replications --------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [0.0, 0.1, 0.6])
def test_more_replications_is_the_smallest_number_that_suffices(zone):
    difference = mean(samples(2, (10,)) + 0.4)
    n = difference.n + more_replications(difference, zone, 0.95)
    distance = abs(abs(difference.mean) - zone)

    def half_width(size: int) -> float:
        return stats.t.ppf(0.975, size - 1) * difference.deviation / math.sqrt(size)

    assert half_width(n) <= distance < half_width(n - 1)


def test_more_replications_says_when_it_cannot_tell():
    assert more_replications(mean([1.0]), 0.5, 0.95) is None
    assert more_replications(mean([-1.0, 1.0, 1.5, 0.5]), 0.5, 0.95) is None
