"""Do 95 % intervals of paired differences cover the true difference 95 times in 100?"""

import numpy as np
import pytest
from cases import scenario
from scipy import stats
from witness import FASTEST

from sim.kpis import measure
from sim.output_analysis import paired_difference
from sim.simulation import replicate
from sim.tally import tally

# Fixed before the first run: experiments, replications, measures, and 99 % for all measures together.
EXPERIMENTS, REPLICATIONS = 300, 8
MEASURES = ("frustrations_per_100_journeys", "contacts_per_journey", "satisfaction_mean_points")
LEVEL = 1.0 - 0.01 / len(MEASURES)

CASE = scenario("""
name: As small as it gets
run: {measured: 1 week}
segments:
  people: {customers: 20, needs_per_year: {question: 80 per year}, bought_before: {web: 0.5}, sensitivity_spread: 0.3}
touchpoints: {web: {kind: self_service}, counter: {kind: self_service}}
needs:
  question:
    difficulty_spread: 0.5
    requires: {identity: 0.8}
    served_at:
      web: {service_time: {distribution: exponential, mean: 5 min}, resolves: 0.6}
      counter: {service_time: {distribution: exponential, mean: 5 min}, resolves: 0.7}
behaviour: {choice_spread: 1, failed_penalty: 1, pause: 2 h}
frustrations: {not_recognised: {severity: 8}, repeated_data: {severity: 6}}
experience: {unresolved: 5}
visibility: {identity: {web: {web: 1}, counter: {counter: 1}}}
levers: {shared: {changes: [{path: visibility.identity.*.*, to: 0.7}]}}
strategies: {today: {}, shared: {levers: {shared: {}}}}
""")


@pytest.fixture(scope="module")
def values():
    """Shape (strategies, measures, experiments, replications)."""
    return np.array(
        [
            [
                [
                    list(map(measured(strategy, experiment, replication).get, MEASURES))
                    for replication in range(REPLICATIONS)
                ]
                for experiment in range(EXPERIMENTS)
            ]
            for strategy in CASE.strategies
        ]
    ).transpose(0, 3, 1, 2)


def measured(strategy: str, seed: int, replication: int) -> dict[str, float]:
    tables = replicate(CASE, strategy, seed, replication, FASTEST)
    return measure(tally(tables, CASE.document), CASE, strategy)


@pytest.mark.parametrize("which", range(len(MEASURES)), ids=MEASURES)
def test_intervals_cover_the_true_difference_as_often_as_they_say(values, which):
    """The truth is the mean of all experiments; that it is estimated, too, moves coverage by a thousandth."""
    baseline, other = values[:, which]
    truth = np.nanmean(other - baseline)
    assert truth != 0.0
    covered = 0
    for first, second in zip(other, baseline, strict=True):
        difference = paired_difference(first, second, 0.95)
        covered += difference.ci_low <= truth <= difference.ci_high
    low, high = stats.binom.interval(LEVEL, EXPERIMENTS, 0.95)
    assert low <= covered <= high
