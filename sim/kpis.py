"""Key performance indicators: one row each, computed from the tables of one replication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import relations
from sim.ledger import books
from sim.parameters import FRUSTRATION_TYPES, names
from sim.results import (
    ABANDONED,
    JOURNEY_RESOLVED,
    RESOLVED,
    SERVICE,
    Results,
    Table,
    changes,
    mean,
    per_customer,
    ratio,
    where,
)
from sim.scenario import FrustrationType, Scenario
from sim.tables import JOURNEY_OUTCOMES, Columns

__all__ = ["Kpi", "aggregate", "catalogue", "measure"]

_MONTHS_PER_YEAR = 12.0
_MIN_PER_HOUR = 60.0


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


def measure(tables: Columns, scenario: Scenario, strategy: str) -> dict[str, float]:
    """Value of every KPI in one replication.

    Parameters
    ----------
    tables : Columns
        The tables of one replication, see `sim.tables.columns`.
    scenario : Scenario
    strategy : str

    Returns
    -------
    dict of str to float
        In the order of `catalogue`.
    """
    results = Results(tables, scenario.document, strategy)
    return {kpi.name: kpi.formula(results) for kpi in catalogue(scenario)}


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


def aggregate(tables: Columns, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Small frames behind the figures, over the measured period.

    Parameters
    ----------
    tables : Columns
        The tables of one replication.
    scenario : Scenario

    Returns
    -------
    dict of str to DataFrame
        ``events``: count of frustration events by type, touchpoint, touchpoint where the missing fact is known,
        segment. ``lost_sales``: count and EUR by ``lost_to`` of the journey and segment. ``journeys``: count by
        segment, need, outcome. ``flows``: count of moves by step, from, to; the last move of a journey leads to its
        outcome. And what `sim.ledger.books` gives.
    """
    known = names(scenario.document)
    types = [kind.value for kind in FRUSTRATION_TYPES]
    contacts, events, journeys = (
        where(tables[name], tables[name]["measured"]) for name in ("contacts", "frustrations", "journeys")
    )
    # a place is a touchpoint, research, or the outcome of a journey
    places = [*known.touchpoints, "research", *JOURNEY_OUTCOMES]
    research = len(known.touchpoints)
    here = np.where(contacts["purpose"] == SERVICE, contacts["touchpoint"], research).astype(np.int64)
    last = np.append(changes(contacts["customer"], contacts["journey"])[1:], True)[: len(here)]
    with_contacts = np.isin(_keys(journeys), _keys(contacts))
    after = np.append(here[1:], 0)[: len(here)]
    after[last] = research + 1 + journeys["outcome"][with_contacts]
    return {
        "events": _count(
            {
                "type": (events["type"], types),
                "touchpoint": (events["touchpoint"], known.touchpoints),
                "source_touchpoint": (events["source_touchpoint"].astype(np.int64) + 1, ["", *known.touchpoints]),
                "segment": (events["segment"], known.segments),
            }
        ),
        "lost_sales": _lost_sales(journeys, types, known.segments),
        "journeys": _count(
            {
                "segment": (journeys["segment"], known.segments),
                "need": (journeys["need"], known.needs),
                "outcome": (journeys["outcome"], JOURNEY_OUTCOMES),
            }
        ),
        "flows": _count(
            {
                "step": (contacts["contact"], range(int(contacts["contact"].max(initial=0)) + 1)),
                "from": (here, places),
                "to": (after, places),
            }
        ),
        **books(tables, scenario.document),
    }


def _lost_sales(journeys: Table, types: Sequence[str], segments: Sequence[str]) -> pd.DataFrame:
    """Lost sales by cause: the costliest frustration type of the last contact, else of the journey, or none."""
    lost = where(journeys, journeys["lost_eur"] > 0.0)
    causes = ["none", *types]
    cells = (lost["lost_to"].astype(np.int64) + 1) * len(segments) + lost["segment"]
    size = len(causes) * len(segments)
    counts, amounts = np.bincount(cells, minlength=size), np.bincount(cells, lost["lost_eur"], size)
    found = np.flatnonzero(counts)
    return pd.DataFrame(
        {
            "cause": [causes[int(cell) // len(segments)] for cell in found],
            "segment": [segments[int(cell) % len(segments)] for cell in found],
            "count": counts[found],
            "eur": amounts[found],
        }
    )


def _keys(part: Table) -> npt.NDArray[np.int64]:
    return part["customer"].astype(np.int64) << 32 | part["journey"]


def _count(by: dict[str, tuple[npt.NDArray[Any], Sequence[Any]]]) -> pd.DataFrame:
    """Count rows by the combinations of positions that occur, under their names."""
    shape = [len(labels) for _, labels in by.values()]
    cells = np.ravel_multi_index([codes.astype(np.int64) for codes, _ in by.values()], shape)
    counts = np.bincount(cells, minlength=int(np.prod(shape)))
    found = np.flatnonzero(counts)
    positions = np.unravel_index(found, shape)
    frame = {
        name: [labels[position] for position in codes]
        for (name, (_, labels)), codes in zip(by.items(), positions, strict=True)
    }
    return pd.DataFrame({**frame, "count": counts[found]})


# --- formulas ---


def _frustrations(results: Results, kind: FrustrationType | None = None) -> float:
    types = results.frustrations["type"]
    count = len(types) if kind is None else int(np.count_nonzero(types == FRUSTRATION_TYPES.index(kind)))
    return 100.0 * ratio(count, len(results.journeys["outcome"]))


def _fcr_customer(results: Results) -> float:
    return mean(results.first_contacts["outcome"] == RESOLVED)


def _fcr_silo(results: Results, touchpoint: str | None = None) -> float:
    first = results.first_at_silo
    if touchpoint is not None:
        first = where(first, np.isin(first["touchpoint"], results.places(touchpoint)))
    return mean(~first["again"])


def _resolved(results: Results) -> float:
    return mean(results.finished["outcome"] == JOURNEY_RESOLVED)


def _contacts_per_journey(results: Results) -> float:
    return mean(results.finished["contacts"])


def _satisfaction(results: Results) -> float:
    return mean(results.finished["satisfaction"])


def _loyalty(results: Results) -> float:
    return mean(results.customers["loyalty"])


def _promoters(results: Results) -> float:
    return mean(results.customers["loyalty"] >= float(results.document.loyalty.promoter_from))


def _detractors(results: Results) -> float:
    return mean(results.customers["loyalty"] < float(results.document.loyalty.detractor_below))


def _repurchase(results: Results) -> float:
    bought = results.customers["purchases"]
    return mean(bought[bought >= 1] >= 2)


def _churn(results: Results) -> float:
    return mean(~np.isnan(results.there["left_min"]))


def _waiting(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.at(touchpoint)
    until = np.where(np.isnan(contacts["started_min"]), contacts["ended_min"], contacts["started_min"])
    return mean(until - contacts["arrived_min"])


def _abandonment(results: Results, touchpoint: str | None = None) -> float:
    return mean(results.at(touchpoint)["outcome"] == ABANDONED)


def _handling(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.at(touchpoint)
    served_min = contacts["ended_min"] - contacts["started_min"]
    return mean(served_min[~np.isnan(served_min)])


def _utilisation(results: Results, touchpoint: str | None = None) -> float:
    places = results.places(touchpoint)
    return ratio(results.staffing["busy_min"][places].sum(), results.staffing["rostered_min"][places].sum())


def _wages(results: Results, column: str) -> float:
    hourly = [float(results.document.touchpoints[name].wage) for name in results.touchpoints]
    return float(np.dot(results.staffing[column], hourly)) / _MIN_PER_HOUR


def _rostered_cost(results: Results) -> float:
    return per_customer(results, _wages(results, "rostered_min"))


def _workload_cost(results: Results) -> float:
    return per_customer(results, _wages(results, "busy_min"))


def _contact_cost(results: Results) -> float:
    each = [float(results.document.touchpoints[name].cost_per_contact) for name in results.touchpoints]
    contacts = np.bincount(results.contacts["touchpoint"], minlength=len(each))
    return per_customer(results, float(np.dot(contacts, each)))


def _cost_to_serve(results: Results) -> float:
    return _rostered_cost(results) + _contact_cost(results)


def _revenue(results: Results) -> float:
    return per_customer(results, float(results.journeys["revenue_eur"].sum()))


def _margin(results: Results) -> float:
    return per_customer(results, float(results.journeys["margin_eur"].sum()))


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
        "fcr_customer_share",
        "share",
        "higher",
        "First-contact resolution as the customer sees it: journeys whose first service contact resolved the need, so"
        " that no further contact on any touchpoint was needed within 7 days.",
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
    Kpi("promoters_share", "share", "higher", "Customers with loyalty from loyalty.promoter_from.", _promoters),
    Kpi("detractors_share", "share", "lower", "Customers with loyalty below loyalty.detractor_below.", _detractors),
    Kpi(
        "repurchase_share",
        "share",
        "higher",
        "Customers who bought at least twice in the measured period, of those who bought at all.",
        _repurchase,
    ),
    Kpi(
        "churn_share",
        "share",
        "lower",
        "Customers who left in the measured period, of those there when it began.",
        _churn,
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
