"""Key performance indicators: one row each, computed from the tally of one replication."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim import relations
from sim.parameters import FRUSTRATION_TYPES
from sim.results import Results, per_customer, ratio
from sim.scenario import FrustrationType, Scenario
from sim.tally import POINTS, Tally

__all__ = ["Kpi", "catalogue", "measure"]

_MONTHS_PER_YEAR = 12.0
_MIN_PER_HOUR = 60.0
_CENTS = 100.0
_NEVER_NEGATIVE = ("share", "min", "contacts", "events", "messages per year", "points 0-100")


@dataclass(frozen=True)
class Kpi:
    """One indicator.

    Parameters
    ----------
    name : str
    unit : str
    better : {"higher", "lower"}
        The direction a decision maker wishes.
    definition : str
    formula : callable
        From `Results` to a number; NaN where nothing was there to measure.
    """

    name: str
    unit: str
    better: Literal["higher", "lower"]
    definition: str
    formula: Callable[[Results], float]

    @property
    def least(self) -> float:
        """The smallest value it can have; an interval of its mean ends there."""
        return 0.0 if self.unit in _NEVER_NEGATIVE else -math.inf


def measure(tally: Tally, scenario: Scenario, strategy: str) -> dict[str, float]:
    """Value of every KPI in one replication.

    Parameters
    ----------
    tally : Tally
        Of the tables of one replication, see `sim.tally.tally`.
    scenario : Scenario
    strategy : str

    Returns
    -------
    dict of str to float
        In the order of `catalogue`.
    """
    results = Results(tally, scenario.document, strategy)
    return {kpi.name: kpi.formula(results) for kpi in catalogue(scenario)}


@lru_cache(maxsize=16)
def catalogue(scenario: Scenario) -> tuple[Kpi, ...]:
    """All KPIs of a scenario: the general ones, then one per frustration type and per touchpoint."""
    touchpoints = scenario.document.touchpoints
    staffed = [name for name, touchpoint in touchpoints.items() if touchpoint.kind == "staffed"]
    return (
        *_GENERAL,
        *(
            Kpi(
                f"{kind.value}_per_100_journeys",
                "events",
                "lower",
                f"Frustration events of type {kind.value} per 100 journeys.",
                partial(_frustrations, kind=kind),
            )
            for kind in FrustrationType
        ),
        *(
            Kpi(
                f"fcr_silo_share_{name}",
                "share",
                "higher",
                f"FCR as {name} alone would report it, see fcr_silo_share.",
                partial(_fcr_silo, touchpoint=name),
            )
            for name in touchpoints
        ),
        *(
            Kpi(
                f"experience_gap_points_{name}",
                "points",
                "higher",
                f"What {name} delivers against what its customers expect: experience minus expectation of a contact.",
                partial(relations.experience_gap, touchpoint=name),
            )
            for name in touchpoints
        ),
        *(
            Kpi(f"{prefix}_{name}", unit, better, f"{text} at {name}.", partial(formula, touchpoint=name))
            for prefix, unit, better, text, formula in _STAFFED
            for name in staffed
        ),
    )


# --- formulas ---


def _frustrations(results: Results, kind: FrustrationType | None = None) -> float:
    count = results.events.sum() if kind is None else results.events[FRUSTRATION_TYPES.index(kind)]
    return 100.0 * ratio(count, results.journeys)


def _frustration_points(results: Results) -> float:
    return ratio(results.tally.severity.sum() / POINTS, results.journeys)


def _fcr_customer(results: Results) -> float:
    seen, resolved = results.tally.first_contacts
    return ratio(resolved, seen)


def _fcr_silo(results: Results, touchpoint: str | None = None) -> float:
    seen, once = results.tally.first_at_silo.T
    if touchpoint is None:
        return ratio(once.sum(), seen.sum())
    return ratio(results.at(once, touchpoint), results.at(seen, touchpoint))


def _resolved(results: Results) -> float:
    return ratio(results.resolved, results.finished)


def _contacts_per_journey(results: Results) -> float:
    return ratio(results.tally.journey_contacts[0], results.finished)


def _satisfaction(results: Results) -> float:
    return ratio(results.tally.satisfaction[0] / POINTS, results.finished)


def _loyalty(results: Results) -> float:
    return ratio(results.tally.loyalty_points[0], results.people("customers"))


def _among(results: Results, group: str, whole: str) -> float:
    return ratio(results.people(group), results.people(whole))


def _mean_at(results: Results, sums: str, counts: str, touchpoint: str | None = None) -> float:
    tally = results.tally
    return ratio(results.at(getattr(tally, sums), touchpoint), results.at(getattr(tally, counts), touchpoint))


_waiting = partial(_mean_at, sums="waiting_min", counts="ended")
_abandonment = partial(_mean_at, sums="abandoned", counts="ended")
_handling = partial(_mean_at, sums="handling_min", counts="served")
_utilisation = partial(_mean_at, sums="busy_min", counts="rostered_min")


def _wages(results: Results, minutes: npt.NDArray[np.float64]) -> float:
    cost = float(minutes.sum(axis=1) @ results.per_touchpoint("wage")) / _MIN_PER_HOUR
    return per_customer(results, cost)


def _rostered_cost(results: Results) -> float:
    return _wages(results, results.tally.rostered_min)


def _workload_cost(results: Results) -> float:
    return _wages(results, results.tally.busy_min)


def _contact_cost(results: Results) -> float:
    contacts = results.tally.contacts.sum(axis=1)
    return per_customer(results, float(contacts @ results.per_touchpoint("cost_per_contact")))


def _cost_to_serve(results: Results) -> float:
    return _rostered_cost(results) + _contact_cost(results)


def _revenue(results: Results) -> float:
    return per_customer(results, float(results.tally.revenue_cents.sum()) / _CENTS)


def _margin(results: Results) -> float:
    return per_customer(results, float(results.tally.margin_cents.sum()) / _CENTS)


def _lever_cost(results: Results) -> float:
    document, total = results.document, 0.0
    measured = float(document.run.measured)
    for name, use in document.strategies[results.strategy].levers.items():
        lever = document.levers[name]
        running_share = min(1.0, max(0.0, (measured - float(use.start)) / measured))
        written_off = float(lever.one_off) * measured / float(document.decision.write_off)
        running = float(lever.running) * _MONTHS_PER_YEAR * results.years * running_share
        total += float(use.coverage) * (written_off + running)
    return per_customer(results, total)


def _contribution(results: Results) -> float:
    earned = _margin(results) - relations.goodwill_cost(results) - relations.marketing_cost(results)
    return earned - _cost_to_serve(results) - _lever_cost(results)


_GENERAL = (
    Kpi(
        "frustrations_per_100_journeys",
        "events",
        "lower",
        "Frustration events of all types per 100 journeys; one missing fact can cause several.",
        _frustrations,
    ),
    Kpi(
        "frustration_points_per_journey",
        "points",
        "lower",
        "Points of experience that frustration events of all types cost, per journey: number and severity together.",
        _frustration_points,
    ),
    Kpi(
        "fcr_customer_share",
        "share",
        "higher",
        "First-contact resolution as the customer sees it: journeys whose first service contact resolved the need, so"
        " that no further contact on any touchpoint was needed, and no complaint about it arose within 7 days.",
        _fcr_customer,
    ),
    Kpi(
        "fcr_silo_share",
        "share",
        "higher",
        "First-contact resolution as each silo would report it: first served contacts of a journey at a touchpoint that"
        " are not followed by another one at the same touchpoint within 7 days, whatever happens elsewhere.",
        _fcr_silo,
    ),
    Kpi("journeys_resolved_share", "share", "higher", "Finished journeys that ended resolved.", _resolved),
    Kpi("contacts_per_journey", "contacts", "lower", "Service contacts per finished journey.", _contacts_per_journey),
    Kpi("satisfaction_mean_points", "points 0-100", "higher", "Mean satisfaction of finished journeys.", _satisfaction),
    Kpi(
        "loyalty_mean_points",
        "points 0-100",
        "higher",
        "Mean loyalty of all customers at the end of the run, or when they left.",
        _loyalty,
    ),
    Kpi(
        "promoters_share",
        "share",
        "higher",
        "Customers with loyalty from loyalty.promoter_from.",
        partial(_among, group="promoters", whole="customers"),
    ),
    Kpi(
        "detractors_share",
        "share",
        "lower",
        "Customers with loyalty below loyalty.detractor_below.",
        partial(_among, group="detractors", whole="customers"),
    ),
    Kpi(
        "repurchase_share",
        "share",
        "higher",
        "Customers who bought at least twice in the measured period, of those who bought at all.",
        partial(_among, group="bought_again", whole="bought"),
    ),
    Kpi(
        "churn_share",
        "share",
        "lower",
        "Customers who left in the measured period, of those there when it began.",
        partial(_among, group="left", whole="there"),
    ),
    Kpi("waiting_min", "min", "lower", "Mean waiting time in line at staffed touchpoints, all who arrived.", _waiting),
    Kpi("abandonment_share", "share", "lower", "Contacts at staffed touchpoints given up while waiting.", _abandonment),
    Kpi("handling_min", "min", "lower", "Mean service time of contacts served at staffed touchpoints.", _handling),
    Kpi("utilisation_share", "share", "lower", "Service minutes per rostered agent minute.", _utilisation),
    Kpi(
        "cost_to_serve_eur_per_customer",
        "EUR per year",
        "lower",
        "Rostered hours at their wage plus costs per contact, per customer and year.",
        _cost_to_serve,
    ),
    Kpi(
        "rostered_cost_eur_per_customer",
        "EUR per year",
        "lower",
        "Rostered hours at their wage (fixed), per customer and year.",
        _rostered_cost,
    ),
    Kpi(
        "workload_cost_eur_per_customer",
        "EUR per year",
        "lower",
        "Service minutes at their wage (the part of the rostered cost that is used), per customer and year.",
        _workload_cost,
    ),
    Kpi(
        "revenue_eur_per_customer",
        "EUR per year",
        "higher",
        "Revenue of purchases per customer and year.",
        _revenue,
    ),
    Kpi(
        "margin_eur_per_customer",
        "EUR per year",
        "higher",
        "Contribution margin of purchases before cost to serve, per customer and year.",
        _margin,
    ),
    Kpi(
        "lever_cost_eur_per_customer",
        "EUR per year",
        "lower",
        "One-off lever costs spread over decision.write_off plus running costs, in proportion to coverage, per customer"
        " and year.",
        _lever_cost,
    ),
    Kpi(
        "contribution_eur_per_customer",
        "EUR per year",
        "higher",
        "Margin less cost to serve, goodwill, messages and lever cost, per customer and year.",
        _contribution,
    ),
    Kpi(
        "lost_sales_eur_per_customer",
        "EUR per year",
        "lower",
        "Revenue of purchases that were given up, per customer and year.",
        relations.lost_sales,
    ),
    Kpi(
        "goodwill_cost_eur_per_customer",
        "EUR per year",
        "lower",
        "Cost of going beyond the standard in complaints, per customer and year.",
        relations.goodwill_cost,
    ),
    Kpi("messages_per_customer", "messages per year", "lower", "Messages per customer and year.", relations.messages),
    Kpi(
        "marketing_cost_eur_per_customer",
        "EUR per year",
        "lower",
        "Cost of messages, per customer and year.",
        relations.marketing_cost,
    ),
    Kpi(
        "data_sharing_share",
        "share",
        "higher",
        "Customers at the end of the run who share their data.",
        relations.sharing,
    ),
    Kpi(
        "customers_won_share",
        "share",
        "higher",
        "Prospects who became customers in the measured period, per customer there when it began.",
        relations.won,
    ),
)

_STAFFED: tuple[tuple[str, str, Literal["higher", "lower"], str, Callable[..., float]], ...] = (
    ("waiting_min", "min", "lower", "Mean waiting time in line", _waiting),
    ("abandonment_share", "share", "lower", "Contacts given up while waiting", _abandonment),
    ("handling_min", "min", "lower", "Mean service time", _handling),
    ("utilisation_share", "share", "lower", "Service minutes per rostered agent minute", _utilisation),
)
