"""Formulas of KPIs beside the journey itself: lost sales, goodwill, messages, data sharing, prospects, expectation."""

from __future__ import annotations

from sim.results import Results, per_customer, ratio

__all__ = ["experience_gap", "goodwill_cost", "lost_sales", "marketing_cost", "messages", "sharing", "won"]

_CENTS = 100.0


def lost_sales(results: Results) -> float:
    """Revenue of purchases that were given up, EUR per customer and year."""
    return per_customer(results, float(results.tally.lost_cents.sum()) / _CENTS)


def goodwill_cost(results: Results) -> float:
    """What going beyond the standard cost, EUR per customer and year."""
    return per_customer(results, float(results.tally.goodwill_cents.sum()) / _CENTS)


def messages(results: Results) -> float:
    """Messages per customer and year."""
    return per_customer(results, float(results.tally.messages.sum()))


def marketing_cost(results: Results) -> float:
    """Cost of messages, EUR per customer and year."""
    return messages(results) * float(results.document.marketing.cost_per_message)


def sharing(results: Results) -> float:
    """Share of customers at the end of the run who share their data."""
    return ratio(results.people("sharing"), results.people("still_there"))


def won(results: Results) -> float:
    """Prospects who became customers in the measured period, per customer there when it began."""
    return ratio(results.people("won"), results.people("there"))


def experience_gap(results: Results, touchpoint: str) -> float:
    """Mean of experience minus expectation of the contacts at one touchpoint, points."""
    tally = results.tally
    return ratio(results.at(tally.gap_points, touchpoint), results.at(tally.ended, touchpoint))
