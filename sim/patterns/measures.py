"""From what one replication shows to the number of each measure; see `sim.patterns.catalogue` for what they mean."""

from __future__ import annotations

import math

import numpy as np

from sim.patterns import calls, journeys
from sim.patterns.observed import Observed
from sim.scenario import MINUTES_PER_WEEK

__all__ = [
    "abandonment_r_squared",
    "abandonment_slope",
    "asymmetry",
    "buys_again",
    "complaint_risk",
    "explained_again",
    "failure_effect",
    "fourth_to_first",
    "hand_over_factor",
    "hand_over_least_growth",
    "leaving_ratio",
    "lost_per_contact",
    "passed_on",
    "patience_index",
    "redial",
    "redial_ratio",
    "repeated",
    "repeats",
    "resolution_gap",
    "service_time",
    "silo_resolution",
    "spend",
    "switched",
    "top_fifth",
]


def service_time(observed: Observed, which: str) -> float:
    """P01: one of the fields of `calls.ServiceTimes`."""
    return float(getattr(calls.service_times(observed.calls), which))


def abandonment_r_squared(observed: Observed) -> float:
    """P02: how straight the line is."""
    return calls.abandonment_line(observed.calls).r_squared


def abandonment_slope(observed: Observed) -> float:
    """P02: slope of the line, in units of 1 / mean patience."""
    patience = calls.mean_patience_min(observed.calls, observed.patience_min)
    return calls.abandonment_line(observed.calls).slope * patience


def patience_index(observed: Observed, kind: str) -> float:
    """P03: for one kind of callers."""
    return calls.patience_index(observed.callers(kind))


def redial(observed: Observed) -> float:
    """P04: after giving up."""
    return calls.calls_again_share(observed.calls, True, observed.end_min)


def redial_ratio(observed: Observed) -> float:
    """P04: after giving up, relative to after being served."""
    after_service = calls.calls_again_share(observed.calls, False, observed.end_min)
    return redial(observed) / after_service if after_service else math.nan


def silo_resolution(observed: Observed, touchpoint: str | None = None) -> float:
    """P06: as one touchpoint counts it, or all, each for itself."""
    return journeys.silo_resolution_share(observed.issue_contacts, observed.end_min, touchpoint)


def resolution_gap(observed: Observed) -> float:
    """P06: by how much silos count too well."""
    return silo_resolution(observed) - journeys.first_resolution_share(observed.issue_contacts, observed.end_min)


def lost_per_contact(observed: Observed) -> float:
    """P07: least-squares slope through the means of 1, 2, 3 and 4 contacts."""
    return -float(np.dot([-0.3, -0.1, 0.1, 0.3], journeys.satisfaction_by_contacts(observed.issues)))


def fourth_to_first(observed: Observed) -> float:
    """P07: satisfaction after four contacts relative to one."""
    points = journeys.satisfaction_by_contacts(observed.issues)
    return float(points[4] / points[1])


def leaving_ratio(observed: Observed, group: str) -> float:
    """P08: rate after `group` relative to after first-contact resolution."""
    rates = journeys.leaving_rates(observed.issues, observed.customers, observed.end_min)
    return float(rates[group] / rates["first_contact"]) if rates["first_contact"] else math.nan


def explained_again(observed: Observed) -> float:
    """P09: the story told again."""
    return journeys.share_of_issues(observed.issues, observed.events("repeated_story"))


def switched(observed: Observed) -> float:
    """P09: from self-service to the hotline."""
    touchpoints = observed.scenario.document.touchpoints
    self_service = [name for name, each in touchpoints.items() if each.kind == "self_service"]
    return journeys.switched_share(observed.issues, observed.contacts, self_service, observed.hotline)


def passed_on(observed: Observed) -> float:
    """P09: handed to another department."""
    return journeys.share_of_issues(observed.issues, observed.issues[observed.issues["departments"] >= 1])


def repeated(observed: Observed) -> float:
    """P09: more than one contact."""
    return journeys.share_of_issues(observed.issues, observed.issues[observed.issues["contacts"] >= 2])


def asymmetry(observed: Observed) -> float:
    """P10: slope below relative to above expectation."""
    slopes = journeys.disconfirmation_slopes(observed.finished)
    return slopes.below / slopes.above if slopes.above else math.nan


def failure_effect(observed: Observed, which: int) -> float:
    """P11: on the score (0), on buying again (1)."""
    everything = (observed.issues, observed.purchases, observed.customers, observed.end_min)
    return journeys.failure_effect(*everything)[which]


def hand_over_factor(observed: Observed) -> float:
    """P12: one hand-over relative to none."""
    hours = journeys.hand_over_hours(observed.issues, observed.issue_contacts)
    return float(hours[1] / hours[0])


def hand_over_least_growth(observed: Observed) -> float:
    """P12: the least of the factors from each hand-over to the next; 1 and more is monotone."""
    hours = journeys.hand_over_hours(observed.issues, observed.issue_contacts).to_numpy(np.float64)
    factors = hours[1:] / hours[:-1]
    # NaN from the first number of hand-overs with too few issues on
    return float(np.nanmin(factors)) if not np.isnan(factors[0]) else math.nan


def complaint_risk(observed: Observed) -> float:
    """P13: with relative to without a complaint."""
    return journeys.complaint_risk_ratio(observed.complaints, observed.customers, observed.start_min, observed.end_min)


def spend(observed: Observed, which: int) -> float:
    """P14: ratio of revenue per buyer (0), per purchase (1)."""
    return journeys.spend_ratios(observed.purchases)[which]


def repeats(observed: Observed) -> float:
    """P15: buyers of the first quarter."""
    period = (observed.start_min, observed.end_min)
    return journeys.repeat_share(observed.purchases, *period, 13.0 * MINUTES_PER_WEEK, 39.0 * MINUTES_PER_WEEK)


def buys_again(observed: Observed) -> float:
    """P15: all customers on file, light buyers included, as in a cohort of new buyers."""
    until_min = observed.start_min + 39.0 * MINUTES_PER_WEEK
    if until_min > observed.end_min:
        return math.nan
    return journeys.buyers_share(observed.purchases, observed.customers, observed.start_min, until_min)


def top_fifth(observed: Observed) -> float:
    """P15: share of purchases by the busiest fifth."""
    return journeys.top_share(observed.purchases)
