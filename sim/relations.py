"""Formulas of KPIs about what lies between the journeys: lost sales, messages, data sharing, prospects."""

from __future__ import annotations

import numpy as np

from sim.results import Results, mean, per_customer, ratio

__all__ = ["experience_gap", "goodwill_cost", "lost_sales", "marketing_cost", "messages", "sharing", "won"]


def lost_sales(results: Results) -> float:
    """Revenue of purchases that were given up, EUR per customer and year."""
    return per_customer(results, float(results.journeys["lost_eur"].sum()))


def goodwill_cost(results: Results) -> float:
    """What going beyond the standard cost, EUR per customer and year."""
    return per_customer(results, float(results.journeys["goodwill_eur"].sum()))


def messages(results: Results) -> float:
    """Messages per customer and year."""
    return per_customer(results, float(len(results.messages["at_min"])))


def marketing_cost(results: Results) -> float:
    """Cost of messages, EUR per customer and year."""
    return messages(results) * float(results.document.marketing.cost_per_message)


def sharing(results: Results) -> float:
    """Share of customers at the end of the run who share their data."""
    still_there = np.isnan(results.customers["left_min"])
    return mean(results.customers["shares"][still_there])


def won(results: Results) -> float:
    """Prospects who became customers in the measured period, per customer there when it began."""
    joined = results.prospects["joined_min"]
    return ratio(float(np.count_nonzero(joined >= results.start_min)), len(results.there["left_min"]))


def experience_gap(results: Results, touchpoint: str) -> float:
    """Mean of experience minus expectation of the contacts at one touchpoint, points."""
    contacts = results.at(touchpoint)
    return mean(contacts["experience"] - contacts["expectation"])
