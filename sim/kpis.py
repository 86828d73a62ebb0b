"""Key performance indicators: one row each, computed from the tables of one replication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, Document, FrustrationType, Scenario

__all__ = ["FCR_WINDOW_MIN", "Kpi", "Results", "aggregate", "catalogue", "measure"]

FCR_WINDOW_MIN = float(MINUTES_PER_WEEK)
_MONTHS_PER_YEAR = 12.0
_MIN_PER_HOUR = 60.0

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Results:
    """Tables of one replication, restricted to journeys whose need arose in the measured period.

    Parameters
    ----------
    document : Document
    strategy : str
    contacts : DataFrame
        Service contacts only.
    frustrations, journeys, customers, staffing : DataFrame
    """

    document: Document
    strategy: str
    contacts: pd.DataFrame
    frustrations: pd.DataFrame
    journeys: pd.DataFrame
    customers: pd.DataFrame
    staffing: pd.DataFrame

    @classmethod
    def of(cls, tables: Tables, document: Document, strategy: str) -> Results:
        """Restrict tables to the measured period."""
        contacts, frustrations, journeys = tables["contacts"], tables["frustrations"], tables["journeys"]
        return cls(
            document,
            strategy,
            contacts[contacts["measured"] & (contacts["purpose"] == "service")],
            frustrations[frustrations["measured"]],
            journeys[journeys["measured"]],
            tables["customers"],
            tables["staffing"].set_index("touchpoint"),
        )

    @property
    def years(self) -> float:
        """Length of the measured period in years of 52 weeks."""
        return float(self.document.run.measured) / MINUTES_PER_YEAR

    @property
    def staffed(self) -> list[str]:
        """Names of the touchpoints with a roster."""
        return [name for name, touchpoint in self.document.touchpoints.items() if touchpoint.kind == "staffed"]

    def at(self, touchpoint: str | None) -> pd.DataFrame:
        """Finished contacts at one staffed touchpoint, or at all of them."""
        places = self.staffed if touchpoint is None else [touchpoint]
        return self.contacts[self.contacts["touchpoint"].isin(places) & (self.contacts["outcome"] != "unfinished")]


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


def measure(tables: Tables, scenario: Scenario, strategy: str) -> dict[str, float]:
    """Value of every KPI in one replication.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The tables of one replication, see `sim.tables`.
    scenario : Scenario
    strategy : str

    Returns
    -------
    dict of str to float
        In the order of `catalogue`.
    """
    results = Results.of(tables, scenario.document, strategy)
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
                partial(_frustrations, kind=kind.value),
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
            Kpi(f"{prefix}_{name}", unit, better, f"{text} at {name}.", partial(formula, touchpoint=name))
            for prefix, unit, better, text, formula in _STAFFED
            for name in staffed
        ),
    )


def aggregate(tables: Tables) -> Tables:
    """Small frames behind the figures, over the measured period.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The tables of one replication.

    Returns
    -------
    dict of str to DataFrame
        ``events``: count of frustration events by type, touchpoint, segment. ``journeys``: count by segment, need,
        outcome. ``flows``: count of moves by step, from, to; the last move of a journey leads to its outcome.
    """
    measured = {name: tables[name][tables[name]["measured"]] for name in ("contacts", "frustrations", "journeys")}
    return {
        "events": _count(measured["frustrations"], ["type", "touchpoint", "segment"]),
        "journeys": _count(measured["journeys"], ["segment", "need", "outcome"]),
        "flows": _flows(measured["contacts"], measured["journeys"]),
    }


def _count(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return table.groupby(by, observed=True).size().rename("count").reset_index()


def _flows(contacts: pd.DataFrame, journeys: pd.DataFrame) -> pd.DataFrame:
    key = ["customer", "journey"]
    steps = contacts[[*key, "contact"]].assign(
        here=contacts["touchpoint"].astype(str).where(contacts["purpose"] == "service", "research")
    )
    outcome = steps[key].merge(journeys[[*key, "outcome"]], how="left", on=key)["outcome"].astype(str)
    after = steps.groupby(key)["here"].shift(-1).fillna(pd.Series(outcome.to_numpy(), steps.index))
    return _count(pd.DataFrame({"step": steps["contact"], "from": steps["here"], "to": after}), ["step", "from", "to"])


# --- formulas ---


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _finished(results: Results) -> pd.DataFrame:
    return results.journeys[results.journeys["outcome"] != "unfinished"]


def _frustrations(results: Results, kind: str | None = None) -> float:
    events = results.frustrations
    count = len(events) if kind is None else int((events["type"] == kind).sum())
    return 100.0 * _ratio(count, len(results.journeys))


def _window_closed(results: Results, ended_min: pd.Series) -> pd.Series:
    """Whether the window after a contact lies within the run; later contacts could not be seen otherwise."""
    end = float(results.document.run.warm_up) + float(results.document.run.measured)
    return ended_min + FCR_WINDOW_MIN <= end


def _fcr_customer(results: Results) -> float:
    first = results.contacts.drop_duplicates(["customer", "journey"])
    first = first[_window_closed(results, first["ended_min"])]
    return _ratio(int((first["outcome"] == "resolved").sum()), len(first))


def _fcr_silo(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.contacts
    if touchpoint is not None:
        contacts = contacts[contacts["touchpoint"] == touchpoint]
    contacts = contacts[contacts["started_min"].notna()]
    by_silo = contacts.groupby(["customer", "journey", "touchpoint"], observed=True)
    again_min = by_silo["arrived_min"].shift(-1)
    first = (by_silo.cumcount() == 0) & _window_closed(results, contacts["ended_min"])
    again = again_min[first] - contacts["ended_min"][first] <= FCR_WINDOW_MIN
    return _ratio(int((~again).sum()), len(again))


def _resolved(results: Results) -> float:
    finished = _finished(results)
    return _ratio(int((finished["outcome"] == "resolved").sum()), len(finished))


def _contacts_per_journey(results: Results) -> float:
    finished = _finished(results)
    return _ratio(int(finished["contacts"].sum()), len(finished))


def _satisfaction(results: Results) -> float:
    return float(_finished(results)["satisfaction"].mean())


def _loyalty(results: Results) -> float:
    return float(results.customers["loyalty"].mean())


def _promoters(results: Results) -> float:
    return float((results.customers["loyalty"] >= float(results.document.loyalty.promoter_from)).mean())


def _detractors(results: Results) -> float:
    return float((results.customers["loyalty"] < float(results.document.loyalty.detractor_below)).mean())


def _there_at_start(results: Results) -> pd.DataFrame:
    left = results.customers["left_min"]
    return results.customers[left.isna() | (left >= float(results.document.run.warm_up))]


def _repurchase(results: Results) -> float:
    bought = results.customers["purchases"]
    return _ratio(int((bought >= 2).sum()), int((bought >= 1).sum()))


def _churn(results: Results) -> float:
    there = _there_at_start(results)
    return _ratio(int(there["left_min"].notna().sum()), len(there))


def _waiting(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.at(touchpoint)
    until = contacts["started_min"].fillna(contacts["ended_min"])
    return float((until - contacts["arrived_min"]).mean())


def _abandonment(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.at(touchpoint)
    return _ratio(int((contacts["outcome"] == "abandoned").sum()), len(contacts))


def _handling(results: Results, touchpoint: str | None = None) -> float:
    contacts = results.at(touchpoint)
    return float((contacts["ended_min"] - contacts["started_min"]).mean())


def _utilisation(results: Results, touchpoint: str | None = None) -> float:
    staffing = results.staffing.loc[results.staffed if touchpoint is None else [touchpoint]]
    return _ratio(staffing["busy_min"].sum(), staffing["rostered_min"].sum())


def _per_customer(results: Results, amount_eur: float) -> float:
    """Euro per customer and year; customers are those who were there when measuring began."""
    return _ratio(amount_eur / results.years, len(_there_at_start(results)))


def _wages(results: Results, column: str) -> float:
    hourly = pd.Series({name: float(part.wage) for name, part in results.document.touchpoints.items()})
    minutes = results.staffing[column]
    return float((minutes * hourly.reindex(minutes.index.astype(str)).to_numpy()).sum()) / _MIN_PER_HOUR


def _rostered_cost(results: Results) -> float:
    return _per_customer(results, _wages(results, "rostered_min"))


def _workload_cost(results: Results) -> float:
    return _per_customer(results, _wages(results, "busy_min"))


def _contact_cost(results: Results) -> float:
    each = {name: float(part.cost_per_contact) for name, part in results.document.touchpoints.items()}
    return _per_customer(results, float(results.contacts["touchpoint"].astype(str).map(each).sum()))


def _cost_to_serve(results: Results) -> float:
    return _rostered_cost(results) + _contact_cost(results)


def _revenue(results: Results) -> float:
    return _per_customer(results, float(results.journeys["revenue_eur"].sum()))


def _margin(results: Results) -> float:
    return _per_customer(results, float(results.journeys["margin_eur"].sum()))


def _lever_cost(results: Results) -> float:
    document, total = results.document, 0.0
    measured = float(document.run.measured)
    for name, use in document.strategies[results.strategy].levers.items():
        lever = document.levers[name]
        running_share = np.clip((measured - float(use.start)) / measured, 0.0, 1.0)
        written_off = float(lever.one_off) * measured / float(document.decision.write_off)
        running = float(lever.running) * _MONTHS_PER_YEAR * results.years * float(running_share)
        total += float(use.coverage) * (written_off + running)
    return _per_customer(results, total)


def _contribution(results: Results) -> float:
    return _margin(results) - _cost_to_serve(results) - _lever_cost(results)


_GENERAL = (
    Kpi(
        "frustrations_per_100_journeys",
        "events",
        "lower",
        "Frustration events of all types per 100 journeys.",
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
        "Margin less cost to serve less lever cost, per customer and year.",
        _contribution,
    ),
)

_STAFFED: tuple[tuple[str, str, Literal["higher", "lower"], str, Callable[..., float]], ...] = (
    ("waiting_min", "min", "lower", "Mean waiting time in line", _waiting),
    ("abandonment_share", "share", "lower", "Contacts given up while waiting", _abandonment),
    ("handling_min", "min", "lower", "Mean service time", _handling),
    ("utilisation_share", "share", "lower", "Service minutes per rostered agent minute", _utilisation),
)
