"""Lines against queueing theory. Every tolerance was fixed before the first run; run lengths were cut
afterwards, to save time: the first run, with 12 replications of 60,000 calls and more, was inside every interval, too.

The table is scale-free, so each row is slowed down until a week holds as many calls as a replication needs.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cases import company, queue
from scipy import stats
from witness import ENGINES, FASTEST, simulate

from sim.scenario import load

TABLE = pd.read_csv(Path(__file__).parent / "data" / "erlang_tables.csv")
STABLE = TABLE[np.isfinite(TABLE["mean_wait_s"])].reset_index(drop=True)
MEASURES = ("p_wait", "p_abandon", "mean_wait_s", "occupancy")
WEEK_MIN = 10080.0
WEEKS = (1, 3)
REPLICATIONS = 20
# Calls per week, and customers per agent, of whom each calls so rarely that calls are Poisson: a need that arises
# during a journey waits for its end, which happens to one in 300 (in 100 with the slow engine).
CALLS, CALLERS = (3_000, 300) if FASTEST == "compiled" else (400, 100)
# Nobody abandons in the rows without patience; all other measures hold jointly with 99 % (Bonferroni).
COMPARISONS = 3 * len(STABLE) + int((STABLE["model"] == "Erlang-A").sum())
LEVEL = 1.0 - 0.01 / COMPARISONS


def stationary(arrivals: float, service: float, patience: float, agents: int) -> dict[str, float]:
    """Exact measures of M/M/c+M by birth and death; without abandonment the patience is infinite. Times in seconds."""
    states = np.arange(4_000)
    deaths = np.minimum(states[1:], agents) / service + np.maximum(states[1:] - agents, 0) / patience
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(arrivals) - np.log(deaths))])
    p = np.exp(log_weight - log_weight.max())
    p /= p.sum()
    queue_length = float(p @ np.maximum(states - agents, 0))
    return {
        "p_wait": float(p[agents:].sum()),
        "p_abandon": queue_length / patience / arrivals,
        "mean_wait_s": queue_length / arrivals,
        "mean_queue": queue_length,
        "occupancy": float(p @ np.minimum(states, agents)) / agents,
    }


def test_rows_without_steady_state_are_those_with_too_much_work():
    too_much = TABLE["calls_per_h"] * TABLE["mean_service_s"] / 3600.0 >= TABLE["agents"]
    left_out = ~np.isfinite(TABLE["mean_wait_s"])
    pd.testing.assert_series_equal(left_out, too_much & (TABLE["model"] == "Erlang-C"), check_names=False)
    assert len(STABLE) == 29


@pytest.mark.parametrize(
    "row", STABLE.to_dict("records"), ids=lambda row: f"{row['case']}-{row['model']}-{row['agents']}"
)
def test_table_is_what_birth_and_death_gives(row):
    patience = math.inf if row["model"] == "Erlang-C" else row["mean_patience_s"]
    exact = stationary(row["calls_per_h"] / 3600.0, row["mean_service_s"], patience, row["agents"])
    for measure, value in exact.items():
        assert row[measure] == pytest.approx(value, abs=6e-6), measure  # the table has five decimals


@pytest.mark.parametrize(
    "row", STABLE.to_dict("records"), ids=lambda row: f"{row['case']}-{row['model']}-{row['agents']}"
)
def test_simulated_queue_is_inside_the_joint_interval(row):
    per_week = CALLS * (1.0 + relaxation_calls(row) / 1_000.0)
    slowed = row["calls_per_h"] * 168.0 / per_week
    patience = None if row["model"] == "Erlang-C" else row["mean_patience_s"] / 60.0 * slowed
    case = queue(
        row["agents"], row["mean_service_s"] / 60.0 * slowed, patience, per_week, row["agents"] * CALLERS, WEEKS
    )
    runs = pd.DataFrame([measured(simulate(case, None, 1, r, FASTEST), row["agents"]) for r in range(REPLICATIONS)])
    runs["mean_wait_s"] *= 60.0 / slowed
    if row["model"] == "Erlang-C":
        assert (runs["p_abandon"] == 0.0).all()
    half_width = stats.t.ppf(0.5 + LEVEL / 2.0, REPLICATIONS - 1) * runs.std() / math.sqrt(REPLICATIONS)
    for measure in MEASURES:
        if (row["model"], measure) != ("Erlang-C", "p_abandon"):
            assert abs(runs[measure].mean() - row[measure]) <= half_width[measure], measure
            assert half_width[measure] < row[measure], f"{measure}: the interval is too wide to tell anything"


def relaxation_calls(row: dict) -> float:
    """Calls until a queue without abandonment forgets where it began: relaxation time of M/M/c in heavy traffic."""
    if row["model"] == "Erlang-A":
        return 0.0
    work = row["calls_per_h"] / 3600.0 * row["mean_service_s"]
    return work / (row["agents"] * (1.0 - math.sqrt(work / row["agents"])) ** 2)


def measured(tables: dict[str, pd.DataFrame], agents: int) -> dict[str, float]:
    """Calls from the end of the warm-up to a day before the end, so that nearly all of them are over."""
    contacts, end = tables["contacts"], sum(WEEKS) * WEEK_MIN
    calls = contacts[contacts["arrived_min"].between(WEEKS[0] * WEEK_MIN, end - 1440.0)]
    wait = calls["started_min"].fillna(calls["ended_min"]) - calls["arrived_min"]
    staffing = tables["staffing"][["rostered_min", "busy_min"]].sum()
    assert staffing["rostered_min"] == agents * WEEKS[1] * WEEK_MIN
    return {
        "p_wait": float((wait > 0.0).mean()),
        "p_abandon": float((calls["outcome"] == "abandoned").mean()),
        "mean_wait_s": float(wait.mean()),
        "occupancy": staffing["busy_min"] / staffing["rostered_min"],
    }


def test_customers_are_numerous_enough_for_poisson_arrivals():
    """Counts per interval have the variance of Poisson counts (dispersion test, both sides, 99 %)."""
    case = queue(4, 20.0, 35.0, CALLS, 4 * CALLERS, (0, 4))
    arrived = simulate(case, engine=FASTEST)["contacts"]["arrived_min"]
    counts = np.histogram(arrived, bins=400, range=(0.0, 4 * WEEK_MIN))[0]
    dispersion = counts.var(ddof=1) / counts.mean() * 399
    low, high = stats.chi2.interval(0.99, 399)
    assert low <= dispersion <= high


# --- Little's law ----------------------------------------------------------------------------------------------------

SHIPPED = load(Path(__file__).parents[1] / "scenarios" / "shoe_retailer.yaml")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", [company(), SHIPPED.scaled(0.05)], ids=["small company", "shipped case"])
@pytest.mark.parametrize("touchpoint", ["hotline", "store"])
def test_littles_law_holds_exactly(case, touchpoint, engine):
    """Time average of the queue is arrival rate times mean wait, both from one log, those still waiting included.

    The queue is counted at every instant at which it changes; waits are summed contact by contact. All instants lie on
    a binary grid, so both sums are exact and must be equal.
    """
    contacts = simulate(case, engine=engine)["contacts"]
    run = case.document.run
    end = float(run.warm_up) + float(run.measured)
    here = contacts[(contacts["touchpoint"] == touchpoint) & (contacts["purpose"] == "service")]
    leaves = here["started_min"].fillna(here["ended_min"]).fillna(end)
    waits = leaves - here["arrived_min"]
    assert (waits > 0.0).sum() >= 5

    changes = pd.concat([pd.Series(1, here["arrived_min"]), pd.Series(-1, leaves)]).groupby(level=0).sum().sort_index()
    in_line = changes.cumsum().to_numpy()[:-1]
    area = math.fsum(in_line * np.diff(changes.index.to_numpy()))
    assert in_line.min() >= 0
    assert area == math.fsum(waits)
    assert area / end == pytest.approx(len(here) / end * waits.mean(), rel=1e-12)
