"""The words stakeholders read, by the name the program uses, in one place per language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ENGLISH", "kpi_label", "label", "number", "value"]

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # verdicts
        "better": "better",
        "worse": "worse",
        "no_relevant_difference": "no relevant difference",
        "not_enough_evidence": "not enough evidence",
        # frustration types
        "not_recognised": "not recognised as a customer",
        "repeated_data": "had to give data again",
        "asked_for_order_number": "asked for the order number",
        "repeated_story": "had to tell the story again",
        "product_unknown": "product unknown here",
        "price_not_honoured": "price not honoured",
        "waited_too_long": "waited too long",
        "passed_on": "passed on",
        # how contacts and journeys end
        "resolved": "resolved",
        "unresolved": "not resolved",
        "abandoned": "gave up waiting",
        "turned_away": "turned away at closing time",
        "given_up": "given up",
        "unfinished": "unfinished",
        # KPIs; those per touchpoint or frustration type are named after the general one, see kpi_label
        "frustrations_per_100_journeys": "frustration events per 100 journeys",
        "per_100_journeys": "per 100 journeys",
        "fcr_customer_share": "first-contact resolution (customer), %",
        "fcr_silo_share": "first-contact resolution (silo), %",
        "journeys_resolved_share": "journeys resolved, %",
        "contacts_per_journey": "contacts per journey",
        "satisfaction_mean_points": "satisfaction, points",
        "loyalty_mean_points": "loyalty, points",
        "promoters_share": "promoters, %",
        "detractors_share": "detractors, %",
        "repurchase_share": "customers who bought again, %",
        "churn_share": "customers who left, %",
        "waiting_min": "waiting time, min",
        "abandonment_share": "contacts given up waiting, %",
        "handling_min": "service time, min",
        "utilisation_share": "utilisation, %",
        "cost_to_serve_eur_per_customer": "cost to serve, EUR/customer/year",
        "rostered_cost_eur_per_customer": "rostered hours, EUR/customer/year",
        "workload_cost_eur_per_customer": "service minutes, EUR/customer/year",
        "revenue_eur_per_customer": "revenue, EUR/customer/year",
        "margin_eur_per_customer": "margin, EUR/customer/year",
        "lever_cost_eur_per_customer": "cost of levers, EUR/customer/year",
        "contribution_eur_per_customer": "contribution, EUR/customer/year",
    }
)
"""English labels of verdicts, frustration types, outcomes and KPIs."""


def label(name: str, labels: Mapping[str, str] = ENGLISH) -> str:
    """Say what to call a name of the program in front of people; one without a label is written with spaces.

    Examples
    --------
    >>> label("waited_too_long"), label("click_and_collect")
    ('waited too long', 'click and collect')
    """
    return labels.get(name, name.replace("_", " "))


def kpi_label(name: str, labels: Mapping[str, str] = ENGLISH) -> str:
    """Say what to call a KPI, with its unit; one for a touchpoint or a frustration type is made of its parts.

    Examples
    --------
    >>> kpi_label("waiting_min"), kpi_label("waiting_min_hotline")
    ('waiting time, min', 'waiting time, min: hotline')
    >>> kpi_label("passed_on_per_100_journeys")
    'passed on: per 100 journeys'
    """
    if name in labels:
        return labels[name]
    known = [known for known in labels if name.startswith(f"{known}_")]
    if not known:
        return label(name, labels)
    first = max(known, key=len)
    return f"{labels[first]}: {label(name.removeprefix(f'{first}_'), labels)}"


def value(amount: float, unit: str) -> str:
    """Write a KPI's value as people read it: shares in per cent, see `number`."""
    return number(100.0 * amount if unit == "share" else amount)


def number(amount: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, thousands set apart, never in scientific notation.

    Examples
    --------
    >>> [number(x) for x in (0.01234, 41.26, 1234567.0, -0.5, float("nan"))]
    ['0.0123', '41.3', '1,234,567', '-0.5', '-']
    """
    if math.isnan(amount):
        return "-"
    if amount == 0.0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(amount))))
    text = f"{amount:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
