"""Counts and sums over the tables of one replication, taken in one pass: all that KPIs, books and figures are made of.

Shapes in brackets: j touchpoints, s segments, k needs, e frustration types, m months, w weeks. Only journeys count
whose need arose in the measured period, with their contacts and frustration events, and messages of the measured
period with theirs, unless something else is said. A month is a twelfth of a year of 52 weeks; the last one may be cut
short by the end of the run.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engines.log import ABANDONED, GIVEN_UP, RESOLVED, SERVICE, STILL_OPEN, UNFINISHED
from sim.jit import borrowed, kernel, prefetch, rule
from sim.parameters import FRUSTRATION_TYPES, names
from sim.scenario import MINUTES_PER_WEEK, MINUTES_PER_YEAR, Document
from sim.tables import JOURNEY_OUTCOMES, Columns, by_customer

__all__ = [
    "FCR_WINDOW_MIN",
    "MINUTES_PER_MONTH",
    "MONTHS_PER_YEAR",
    "PEOPLE",
    "POINTS",
    "Tally",
    "month_edges_min",
    "tally",
]

MONTHS_PER_YEAR = 12
MINUTES_PER_MONTH = MINUTES_PER_YEAR / MONTHS_PER_YEAR
FCR_WINDOW_MIN = float(MINUTES_PER_WEEK)
"""A contact within this time after another one counts as its repetition."""

POINTS = 2.0**20
"""Sums of points are kept in so many parts of a point, as whole numbers, so that the order of rows does not matter."""

_AHEAD = 16  # rows that are fetched while others are counted

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]


class Tally(NamedTuple):
    """Counts and sums of one replication."""

    # service contacts
    contacts: Counts  # [j, m], by month of arrival
    ended: Counts  # [j]
    abandoned: Counts  # [j], of those that ended
    waiting_min: Sums  # [j], of those that ended
    served: Counts  # [j], of those that ended
    handling_min: Sums  # [j]
    gap_points: Sums  # [j], experience minus expectation, of those that ended
    first_contacts: Counts  # [2], of a journey, if the window after it was seen; resolved without a complaint in it
    first_at_silo: Counts  # [j, 2], served, of a journey at a touchpoint, likewise; not repeated there
    workload_min: Sums  # [j, m], service in the measured period, of whatever journey
    rostered_min: Sums  # [j, w], by measured week
    busy_min: Sums  # [j, w]
    # research, too
    flows: Counts  # [contact, from, to]: touchpoints and research; touchpoints, research and outcomes of the journey
    assists: Counts  # [j, 3]: journeys resolved elsewhere that visited it, purchases among them, their margin in cents
    # journeys
    journeys: Counts  # [s, k, outcome]
    journey_contacts: Counts  # [1], of those that ended
    satisfaction: Counts  # [1], of those that ended, in 2**-20 points
    resolved: Counts  # [j]
    purchases: Counts  # [j, m], by month of the end
    revenue_cents: Counts  # [j, m]
    margin_cents: Counts  # [j, m]
    goodwill_cents: Counts  # [j, m]
    lost: Counts  # [1 + e, s], sales, by costliest event; 0 for none
    lost_cents: Counts  # [1 + e, s]
    # frustration events
    events: Counts  # [e, 1 + j, 1 + j, s]: 0 for no touchpoint, and for no touchpoint that knew better
    severity: Counts  # [e], in 2**-20 points
    # messages of the measured period
    messages: Counts  # [m]
    # everybody who was a customer at some time
    people: Counts  # [len(PEOPLE)]
    loyalty_points: Sums  # [1]
    there_min: Sums  # [m], time as customers
    left: Counts  # [m]


PEOPLE = (
    "customers",  # at some time
    "promoters",
    "detractors",
    "there",  # when measuring began
    "left",  # of these
    "still_there",  # at the end
    "sharing",  # of these
    "won",  # prospects who joined in the measured period
    "bought",
    "bought_again",
)
(_CUSTOMERS, _PROMOTERS, _DETRACTORS, _THERE, _LEFT, _STILL, _SHARING, _WON, _BOUGHT, _AGAIN) = range(len(PEOPLE))


class _Frame(NamedTuple):
    """What the pass has to know of a scenario."""

    start_min: float
    end_min: float
    promoter_from: float
    detractor_below: float
    complaint: Any  # [k]
    # for one customer and one journey at a time
    complained_min: Any  # [journey], when the first complaint about it arose
    served_min: Any  # [j], end of the first service


def month_edges_min(document: Document) -> Sums:
    """Where months begin, and the end of the run, shape (m + 1,)."""
    start = float(document.run.warm_up)
    end = start + float(document.run.measured)
    return np.append(start + MINUTES_PER_MONTH * np.arange(math.ceil((end - start) / MINUTES_PER_MONTH)), end)


def tally(tables: Columns, document: Document) -> Tally:
    """Go through the tables of one replication.

    Parameters
    ----------
    tables : Columns
        Rows of one customer in order of time, see `sim.tables.columns`.
    document : Document

    Returns
    -------
    Tally
    """
    known, edges = names(document), month_edges_min(document)
    contacts, journeys, count = tables["contacts"], tables["journeys"], len(tables["customers"])
    j, s, k, m = len(known.touchpoints), len(known.segments), len(known.needs), len(edges) - 1
    e, outcomes = len(FRUSTRATION_TYPES), len(JOURNEY_OUTCOMES)
    steps = int(contacts["contact"].max(initial=0)) + 1
    found = Tally(
        contacts=_zeros(j, m),
        ended=_zeros(j),
        abandoned=_zeros(j),
        waiting_min=np.zeros(j),
        served=_zeros(j),
        handling_min=np.zeros(j),
        gap_points=np.zeros(j),
        first_contacts=_zeros(2),
        first_at_silo=_zeros(j, 2),
        workload_min=np.zeros((j, m)),
        rostered_min=tables["staffing"]["rostered_min"].reshape(j, -1),
        busy_min=tables["staffing"]["busy_min"].reshape(j, -1),
        flows=_zeros(steps, j + 1, j + 1 + outcomes),
        assists=_zeros(j, 3),
        journeys=_zeros(s, k, outcomes),
        journey_contacts=_zeros(1),
        satisfaction=_zeros(1),
        resolved=_zeros(j),
        purchases=_zeros(j, m),
        revenue_cents=_zeros(j, m),
        margin_cents=_zeros(j, m),
        goodwill_cents=_zeros(j, m),
        lost=_zeros(1 + e, s),
        lost_cents=_zeros(1 + e, s),
        events=_zeros(e, 1 + j, 1 + j, s),
        severity=_zeros(e),
        messages=_zeros(m),
        people=_zeros(len(PEOPLE)),
        loyalty_points=np.zeros(1),
        there_min=np.zeros(m),
        left=_zeros(m),
    )
    frame = _Frame(
        float(edges[0]),
        float(edges[-1]),
        float(document.loyalty.promoter_from),
        float(document.loyalty.detractor_below),
        np.array([need.complaint for need in document.needs.values()], np.bool_),
        np.zeros(int(journeys["journey"].max(initial=0)) + 1),
        np.zeros(j),
    )
    _count_customers(
        frame,
        found,
        tables["customers"],
        contacts,
        *by_customer(contacts["customer"], count),
        journeys,
        *by_customer(journeys["customer"], count),
    )
    _count_rows(frame, found, tables["frustrations"], tables["messages"], tables["customers"])
    return found


def _zeros(*shape: int) -> Counts:
    return np.zeros(shape, np.int64)


@kernel
def _count_customers(
    owned_frame: _Frame,
    owned: Tally,
    customers: Any,
    contacts: Any,
    first_contact: Counts,
    contact_row: npt.NDArray[np.int32],
    journeys: Any,
    first_journey: Counts,
    journey_row: npt.NDArray[np.int32],
) -> None:
    """Go through customers, each with journeys and contacts."""
    frame, found = borrowed(owned_frame), borrowed(owned)
    for who in range(len(customers)):
        segment, bought = customers[who]["segment"], 0
        begin, end = first_journey[who], first_journey[who + 1]
        last_number = journeys[journey_row[end - 1]]["journey"] if end > begin else 0
        frame.complained_min[: last_number + 1] = np.inf
        for at in range(begin, end):
            prefetch(journeys, journey_row[min(at + _AHEAD, len(journeys) - 1)])
            journey = journeys[journey_row[at]]
            bought += _count_journey(frame, found, journey, segment)
            about = journey["parent"]
            if 0 < about <= last_number and frame.complaint[journey["need"]]:
                frame.complained_min[about] = min(frame.complained_min[about], journey["arose_min"])
        of_journey, row, last = begin, first_contact[who], first_contact[who + 1]
        while row < last:
            number, until = contacts[contact_row[row]]["journey"], row + 1
            while until < last and contacts[contact_row[until]]["journey"] == number:
                until += 1
            while of_journey + 1 < end and journeys[journey_row[of_journey]]["journey"] < number:
                of_journey += 1
            for at in range(row, until):
                prefetch(contacts, contact_row[min(at + _AHEAD, len(contacts) - 1)])
                _count_workload(frame, found, contacts[contact_row[at]])
            if begin < end and contacts[contact_row[row]]["measured"]:
                journey = journeys[journey_row[of_journey]]
                if journey["journey"] == number:
                    _count_contacts(frame, found, contacts, contact_row, row, until, journey)
            row = until
        _count_customer(frame, found, customers[who], bought)


@rule
def _month(frame: _Frame, found: Tally, at_min: float) -> int:
    """Month of an instant; the end of the run belongs to the last one."""
    return min(int((at_min - frame.start_min) / MINUTES_PER_MONTH), len(found.messages) - 1)


@rule
def _cents(eur: float) -> int:
    return int(np.rint(100.0 * eur))


@rule
def _count_journey(frame: _Frame, found: Tally, journey: Any, segment: int) -> int:
    """Count a journey. Returns 1 for a purchase."""
    if not journey["measured"]:
        return 0
    found.journeys[segment, journey["need"], journey["outcome"]] += 1
    if journey["outcome"] == STILL_OPEN:
        return 0
    found.journey_contacts[0] += journey["contacts"]
    found.satisfaction[0] += int(np.rint(POINTS * journey["satisfaction"]))
    at, month = journey["resolved_at"], _month(frame, found, journey["ended_min"])
    if journey["outcome"] == GIVEN_UP:
        if journey["lost_eur"] > 0.0:
            found.lost[1 + journey["lost_to"], segment] += 1
            found.lost_cents[1 + journey["lost_to"], segment] += _cents(journey["lost_eur"])
        return 0
    found.resolved[at] += 1
    found.goodwill_cents[at, month] += _cents(journey["goodwill_eur"])
    if not journey["revenue_eur"] > 0.0:
        return 0
    found.purchases[at, month] += 1
    found.revenue_cents[at, month] += _cents(journey["revenue_eur"])
    found.margin_cents[at, month] += _cents(journey["margin_eur"])
    return 1


@rule
def _count_workload(frame: _Frame, found: Tally, contact: Any) -> None:
    """Service minutes count in the months in which they pass."""
    since, until = contact["started_min"], contact["ended_min"]
    if contact["purpose"] != SERVICE or not since < frame.end_min or until <= frame.start_min:  # never served is NaN
        return
    if not until < frame.end_min:
        until = frame.end_min
    since = max(since, frame.start_min)
    month, last = _month(frame, found, since), _month(frame, found, until)
    while month < last:
        stop = frame.start_min + (month + 1.0) * MINUTES_PER_MONTH
        found.workload_min[contact["touchpoint"], month] += stop - since
        since = stop
        month += 1
    found.workload_min[contact["touchpoint"], month] += until - since


@rule
def _count_contacts(
    frame: _Frame,
    found: Tally,
    contacts: Any,
    contact_row: npt.NDArray[np.int32],
    begin: int,
    end: int,
    journey: Any,
) -> None:
    """Count the contacts of one journey."""
    size = len(found.ended)
    visited, served, repeated, again, is_first = 0, 0, 0, 0, True
    for row in range(begin, end):
        contact = contacts[contact_row[row]]
        at, ended_min = int(contact["touchpoint"]), contact["ended_min"]  # a narrow number would lose bits below
        here = at if contact["purpose"] == SERVICE else size
        after = size + 1 + journey["outcome"]
        if row + 1 < end:
            following = contacts[contact_row[row + 1]]
            after = following["touchpoint"] if following["purpose"] == SERVICE else size
        found.flows[contact["contact"], here, after] += 1
        visited |= 1 << at
        if here == size:
            continue
        found.contacts[at, _month(frame, found, contact["arrived_min"])] += 1
        if contact["outcome"] != UNFINISHED:
            _count_ended(found, contact)
        if is_first and ended_min + FCR_WINDOW_MIN <= frame.end_min:
            complained_min = frame.complained_min[journey["journey"]]
            found.first_contacts[0] += 1
            found.first_contacts[1] += int(
                contact["outcome"] == RESOLVED and not complained_min <= ended_min + FCR_WINDOW_MIN
            )
        is_first = False
        if contact["started_min"] != contact["started_min"]:  # NaN: not served
            continue
        if (served >> at) & 1 == 0:
            served |= 1 << at
            frame.served_min[at] = ended_min
        elif (repeated >> at) & 1 == 0:
            repeated |= 1 << at
            again |= int(contact["arrived_min"] - frame.served_min[at] <= FCR_WINDOW_MIN) << at
    for at in range(size):
        if (served >> at) & 1 == 1 and frame.served_min[at] + FCR_WINDOW_MIN <= frame.end_min:
            found.first_at_silo[at, 0] += 1
            found.first_at_silo[at, 1] += 1 - ((again >> at) & 1)
        if journey["outcome"] == RESOLVED and (visited >> at) & 1 == 1 and at != journey["resolved_at"]:
            found.assists[at, 0] += 1
            found.assists[at, 1] += int(journey["revenue_eur"] > 0.0)
            found.assists[at, 2] += _cents(journey["margin_eur"])


@rule
def _count_ended(found: Tally, contact: Any) -> None:
    at, started, ended = contact["touchpoint"], contact["started_min"], contact["ended_min"]
    found.ended[at] += 1
    found.abandoned[at] += int(contact["outcome"] == ABANDONED)
    found.gap_points[at] += contact["experience"] - contact["expectation"]
    if started == started:  # not NaN
        found.served[at] += 1
        found.handling_min[at] += ended - started
        ended = started
    found.waiting_min[at] += ended - contact["arrived_min"]


@rule
def _count_customer(frame: _Frame, found: Tally, customer: Any, bought: int) -> None:
    joined, left, people = customer["joined_min"], customer["left_min"], found.people
    people[_WON] += int(joined > 0.0 and joined >= frame.start_min)
    if joined != joined:  # NaN: never a customer
        return
    has_left = left == left
    people[_CUSTOMERS] += 1
    people[_PROMOTERS] += int(customer["loyalty"] >= frame.promoter_from)
    people[_DETRACTORS] += int(customer["loyalty"] < frame.detractor_below)
    people[_STILL] += int(not has_left)
    people[_SHARING] += int(not has_left and customer["shares"])
    people[_BOUGHT] += int(bought >= 1)
    people[_AGAIN] += int(bought >= 2)
    found.loyalty_points[0] += customer["loyalty"]
    if joined <= frame.start_min and not left < frame.start_min:
        people[_THERE] += 1
        people[_LEFT] += int(has_left)
    if frame.start_min <= left <= frame.end_min:
        found.left[_month(frame, found, left)] += 1
    until = left if has_left else frame.end_min
    for month in range(len(found.there_min)):
        first = frame.start_min + month * MINUTES_PER_MONTH
        last = min(first + MINUTES_PER_MONTH, frame.end_min)
        found.there_min[month] += max(0.0, min(until, last) - max(joined, first))


@kernel
def _count_rows(owned_frame: _Frame, owned: Tally, frustrations: Any, messages: Any, customers: Any) -> None:
    """Count what needs nothing but its own row and the customer's segment."""
    frame, found = borrowed(owned_frame), borrowed(owned)
    for index in range(len(frustrations)):
        event = frustrations[index]
        if event["measured"]:
            segment = customers[event["customer"]]["segment"]
            found.events[event["type"], 1 + event["touchpoint"], 1 + event["source_touchpoint"], segment] += 1
            found.severity[event["type"]] += int(np.rint(POINTS * event["severity"]))
    for index in range(len(messages)):
        if messages[index]["measured"]:
            found.messages[_month(frame, found, messages[index]["at_min"])] += 1
