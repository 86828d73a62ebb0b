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
    "basket",
    "buys_again",
    "complaint_risk",
    "failure_effect",
    "first_call_resolution",
    "fourth_to_first",
    "frequency",
    "hand_over_factor",
    "hand_over_least_growth",
    "leaving_ratio",
    "lost_per_contact",
    "obstacle",
    "patience_index",
    "redial",
    "redial_ratio",
    "reopened",
    "repeated",
    "resolution_gap",
    "service_time",
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


def first_call_resolution(observed: Observed) -> float:
    """P06: at the hotline alone, as its callers report it.

    The survey behind the band asked callers of call centres. What a silo counts itself, calls that no other call
    follows, is another number: it takes for settled whoever gave up or went elsewhere.
    """
    contacts = observed.called_about_contacts
    return journeys.first_resolution_share(contacts[contacts["touchpoint"] == observed.hotline])


def resolution_gap(observed: Observed) -> float:
    """P06: how much less it is over all channels, for the same issues."""
    return first_call_resolution(observed) - journeys.first_resolution_share(observed.called_about_contacts)


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


def obstacle(observed: Observed, event: str) -> float:
    """P09: issues with an event of a type.

    As in all of P09 the issues are those with an answered call: the survey asked customers who had contacted a
    service, and who never spoke to anybody cannot have been put through.
    """
    return journeys.share_of_issues(observed.called_about, observed.events(event))


def switched(observed: Observed) -> float:
    """P09: from self-service to the hotline."""
    touchpoints = observed.scenario.document.touchpoints
    self_service = [name for name, each in touchpoints.items() if each.kind == "self_service"]
    return journeys.switched_share(observed.called_about, observed.contacts, self_service, observed.hotline)


def repeated(observed: Observed) -> float:
    """P09: more than one contact."""
    issues = observed.called_about
    return journeys.share_of_issues(issues, issues[issues["contacts"] >= 2])


def asymmetry(observed: Observed) -> float:
    """P10: slope below relative to above expectation."""
    slopes = journeys.disconfirmation_slopes(observed.finished)
    return slopes.below / slopes.above if slopes.above else math.nan


def failure_effect(observed: Observed, which: int) -> float:
    """P11: on the score (0), on buying again (1)."""
    everything = (observed.issues, observed.purchases, observed.customers, observed.end_min)
    return journeys.failure_effect(*everything)[which]


def hand_over_factor(observed: Observed) -> float:
    """P12: one hand-over relative to none. The incidents of the source came by telephone: issues with a call."""
    hours = journeys.hand_over_hours(observed.called_about, observed.called_about_contacts)
    return float(hours[1] / hours[0])


def hand_over_least_growth(observed: Observed) -> float:
    """P12: the least of the factors from each hand-over to the next; 1 and more is monotone."""
    everything = (observed.called_about, observed.called_about_contacts)
    hours = journeys.hand_over_hours(*everything).to_numpy(np.float64)
    factors = hours[1:] / hours[:-1]
    # NaN from the first number of hand-overs with too few issues on
    return float(np.nanmin(factors)) if not np.isnan(factors[0]) else math.nan


def reopened(observed: Observed) -> float:
    """P12: share of cases that come back, with one hand-over relative to none."""
    shares = journeys.reopened_shares(observed.called_about, observed.tables["journeys"])
    return float(shares[1] / shares[0]) if shares[0] else math.nan


def complaint_risk(observed: Observed) -> float:
    """P13: with relative to without a complaint."""
    return journeys.complaint_risk_ratio(observed.complaints, observed.customers, observed.start_min, observed.end_min)


def spend(observed: Observed) -> float:
    """P14: revenue per buyer, several touchpoints relative to one: selection and effect together."""
    return journeys.spend_ratio(observed.purchases)


def basket(observed: Observed) -> float:
    """P14: per purchase. The source compares trips to the same store, or orders at the same web shop."""
    return journeys.basket_ratio(observed.purchases)


def frequency(observed: Observed) -> float:
    """P14: purchases in the second half of the period, of buyers with equally many in the first."""
    return journeys.frequency_ratio(observed.purchases, (observed.start_min + observed.end_min) / 2.0)


def buys_again(observed: Observed) -> float:
    """P15: all customers on file, light buyers included.

    The source follows new buyers from the first purchase, which was their entry, whatever their rate. Those who bought
    in some weeks of a run are no such group: heavy buyers are more likely to be among them.
    """
    until_min = observed.start_min + 39.0 * MINUTES_PER_WEEK
    if until_min > observed.end_min:
        return math.nan
    return journeys.buyers_share(observed.purchases, observed.customers, observed.start_min, until_min)


def top_fifth(observed: Observed) -> float:
    """P15: share of purchases by the busiest fifth."""
    return journeys.top_share(observed.purchases)
