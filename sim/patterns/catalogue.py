"""The patterns, their measures and bands: what real data show, and how it is looked for in a run.

A band is a judgement: the value in the data, widened for another firm and country. It is declared before measuring, and a
case is not tuned to it here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from sim.errors import ArgumentError
from sim.patterns import formulas
from sim.scenario import MINUTES_PER_WEEK, Scenario
from sim.scenario.paths import unknown

__all__ = ["Measure", "Observed", "catalogue", "hotline_of"]


@dataclass(frozen=True)
class Measure:
    """One number that a pattern is recognised by.

    Parameters
    ----------
    id : str
        The pattern's, P01 to P15; a pattern can have several measures.
    pattern : str
        What the data show.
    measure : str
        What is computed from a run.
    unit : str
    band_low, band_high : float
        Where the number should lie; infinite where the pattern sets no bound, NaN if it is not measured.
    evidence : str
        Source of the band.
    formula : callable, optional
        From the `Observed` tables of one replication to the number; None if the model does not hold what it takes.
    reason : str
        What a run lacks when there is no number.
    """

    id: str
    pattern: str
    measure: str
    unit: str
    band_low: float
    band_high: float
    evidence: str
    formula: Callable[[Observed], float] | None
    reason: str


@dataclass(frozen=True)
class Observed:
    """What one replication shows, sorted for the measures.

    Parameters
    ----------
    scenario : Scenario
    hotline : str
        The staffed touchpoint whose calls are looked at.
    tables : mapping of str to DataFrame
        contacts, frustrations, journeys and customers of one replication, see `sim.tables`.
    """

    scenario: Scenario
    hotline: str
    tables: Mapping[str, pd.DataFrame]

    @property
    def start_min(self) -> float:
        """Start of the measured period."""
        return float(self.scenario.document.run.warm_up)

    @property
    def end_min(self) -> float:
        """End of the measured period and of the run."""
        return self.start_min + float(self.scenario.document.run.measured)

    @property
    def customers(self) -> pd.DataFrame:
        """All customers."""
        return self.tables["customers"]

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Contacts of journeys in the measured period, research included."""
        contacts = self.tables["contacts"]
        return contacts[contacts["measured"]]

    @cached_property
    def finished(self) -> pd.DataFrame:
        """Journeys of the measured period that ended."""
        journeys = self.tables["journeys"]
        return journeys[journeys["measured"] & (journeys["outcome"] != "unfinished")]

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Finished contacts at the hotline."""
        return self.contacts[(self.contacts["touchpoint"] == self.hotline) & (self.contacts["outcome"] != "unfinished")]

    @cached_property
    def issues(self) -> pd.DataFrame:
        """Finished journeys for needs that are not purchases."""
        return self.finished[self.finished["need"].isin(_issues(self.scenario))]

    @cached_property
    def issue_contacts(self) -> pd.DataFrame:
        """Service contacts for needs that are not purchases."""
        contacts = self.contacts
        return contacts[(contacts["purpose"] == "service") & contacts["need"].isin(_issues(self.scenario))]

    @cached_property
    def purchases(self) -> pd.DataFrame:
        """Journeys of the measured period that ended in a purchase."""
        return self.finished[self.finished["revenue_eur"] > 0.0]

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """Journeys for needs that arise only where another journey ended badly."""
        document = self.scenario.document
        causes: dict[str, set[str]] = {}
        for need in document.needs.values():
            for follow_up in need.follow_ups:
                causes.setdefault(follow_up.need, set()).add(follow_up.after)
        base = {need for segment in document.segments.values() for need in segment.needs_per_year}
        complaints = [need for need, after in causes.items() if "resolved" not in after and need not in base]
        journeys = self.tables["journeys"]
        return journeys[journeys["measured"] & journeys["need"].isin(complaints)]

    @cached_property
    def patience_min(self) -> dict[tuple[str, str], float]:
        """Mean patience by segment and need, as the scenario declares it."""
        document = self.scenario.document
        return {
            (segment, need): formulas.weibull_mean(float(who.patience), float(who.patience_shape)) * float(what.urgency)
            for segment, who in document.segments.items()
            for need, what in document.needs.items()
        }

    def callers(self, kind: str) -> pd.DataFrame:
        """Calls of one kind of customer.

        Prospects are the callers of the segment with the least patience; urgent are the others with the most urgent
        need; regular is everybody else. A kind that the scenario does not tell apart has no calls.
        """
        document = self.scenario.document
        patience = {name: formulas.weibull_mean(float(s.patience), float(s.patience_shape)) for name, s in document.segments.items()}
        urgency = {name: float(need.urgency) for name, need in document.needs.items() if self.hotline in need.served_at}
        prospect = self.calls["segment"] == _extreme(patience, min)
        urgent = (self.calls["need"] == _extreme(urgency, max)) & ~prospect
        return self.calls[{"prospects": prospect, "urgent": urgent, "regular": ~(prospect | urgent)}[kind]]

    def journeys_with(self, *types: str) -> pd.DataFrame:
        """Frustration events of some types."""
        events = self.tables["frustrations"]
        return events[events["type"].isin(types)]


def hotline_of(scenario: Scenario, contacts: pd.DataFrame, hotline: str | None = None) -> str:
    """The touchpoint whose calls are looked at: the one named, or the staffed one with most contacts that do not buy.

    Raises
    ------
    ArgumentError
        If it does not exist or is not staffed, or no touchpoint is.
    """
    staffed = [name for name, each in scenario.document.touchpoints.items() if each.kind == "staffed"]
    if hotline is not None:
        if hotline not in staffed:
            raise ArgumentError(unknown("staffed touchpoint", hotline, staffed))
        return hotline
    if not staffed:
        raise ArgumentError("patterns of calls need a staffed touchpoint; the scenario has none")
    counts = contacts.loc[contacts["need"].isin(_issues(scenario)), "touchpoint"].value_counts()
    return max(staffed, key=lambda name: int(counts.get(name, 0)))


def _issues(scenario: Scenario) -> list[str]:
    return [name for name, need in scenario.document.needs.items() if not need.buys]


def _extreme(values: Mapping[str, float], choose: Callable[..., str]) -> str | None:
    """Name with the smallest or largest value; None if all values are equal."""
    return choose(values, key=values.__getitem__) if len(set(values.values())) > 1 else None


# --- from the tables of one replication to a number ---


def _service_time(observed: Observed, which: str) -> float:
    return float(getattr(formulas.service_times(observed.calls), which))


def _abandonment_r_squared(observed: Observed) -> float:
    return formulas.abandonment_line(observed.calls).r_squared


def _abandonment_slope(observed: Observed) -> float:
    patience = formulas.mean_patience_min(observed.calls, observed.patience_min)
    return formulas.abandonment_line(observed.calls).slope * patience


def _patience_index(observed: Observed, kind: str) -> float:
    return formulas.patience_index(observed.callers(kind))


def _redial(observed: Observed) -> float:
    return formulas.calls_again_share(observed.calls, True, observed.end_min)


def _redial_ratio(observed: Observed) -> float:
    after_service = formulas.calls_again_share(observed.calls, False, observed.end_min)
    return _redial(observed) / after_service if after_service else math.nan


def _silo_resolution(observed: Observed, touchpoint: str | None = None) -> float:
    return formulas.silo_resolution_share(observed.issue_contacts, observed.end_min, touchpoint)


def _resolution_gap(observed: Observed) -> float:
    return _silo_resolution(observed) - formulas.first_resolution_share(observed.issue_contacts, observed.end_min)


def _lost_per_contact(observed: Observed) -> float:
    """Least-squares slope through the four means."""
    return -float(np.dot([-0.3, -0.1, 0.1, 0.3], formulas.satisfaction_by_contacts(observed.issues)))


def _fourth_to_first(observed: Observed) -> float:
    points = formulas.satisfaction_by_contacts(observed.issues)
    return float(points[4] / points[1])


def _leaving_ratio(observed: Observed, group: str) -> float:
    shares = formulas.leaving_shares(observed.issues, observed.customers, observed.end_min)
    return float(shares[group] / shares["first_contact"]) if shares["first_contact"] else math.nan


def _explained_again(observed: Observed) -> float:
    return formulas.share_of_issues(observed.issues, observed.journeys_with("repeated_story", "repeated_data"))


def _switched(observed: Observed) -> float:
    touchpoints = observed.scenario.document.touchpoints
    self_service = [name for name, each in touchpoints.items() if each.kind == "self_service"]
    return formulas.switched_share(observed.issues, observed.contacts, self_service, observed.hotline)


def _passed_on(observed: Observed) -> float:
    return formulas.share_of_issues(observed.issues, observed.issues[observed.issues["departments"] >= 1])


def _repeated(observed: Observed) -> float:
    return formulas.share_of_issues(observed.issues, observed.issues[observed.issues["contacts"] >= 2])


def _asymmetry(observed: Observed) -> float:
    slopes = formulas.disconfirmation_slopes(observed.finished)
    return slopes.below / slopes.above if slopes.above else math.nan


def _failure_effect(observed: Observed, which: int) -> float:
    everything = (observed.issues, observed.purchases, observed.customers, observed.end_min)
    return formulas.failure_effect(*everything)[which]


def _hand_over_factor(observed: Observed) -> float:
    hours = formulas.hand_over_hours(observed.issues, observed.issue_contacts)
    return float(hours[1] / hours[0])


def _hand_over_least_growth(observed: Observed) -> float:
    hours = formulas.hand_over_hours(observed.issues, observed.issue_contacts).to_numpy(np.float64)
    return float(np.min(hours[1:] / hours[:-1]))


def _complaint_risk(observed: Observed) -> float:
    return formulas.complaint_risk_ratio(observed.complaints, observed.customers, observed.start_min, observed.end_min)


def _spend(observed: Observed, which: int) -> float:
    return formulas.spend_ratios(observed.purchases)[which]


def _repeats(observed: Observed) -> float:
    period = (observed.start_min, observed.end_min)
    return formulas.repeat_share(observed.purchases, *period, 13.0 * MINUTES_PER_WEEK, 39.0 * MINUTES_PER_WEEK)


def _top_fifth(observed: Observed) -> float:
    return formulas.top_share(observed.purchases)


# --- the rows ---

_BANK = "call log of an Israeli bank, January and February 1999"
_BROWN = "Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn & Zhao 2005, JASA 100(469):36-50"
_SQM = "SQM Group, benchmark of 500 North American call centres, vendor survey"
_DIXON = "Dixon, Freeman & Toman 2010, Harvard Business Review July-August: survey"
_OLIST = "Olist marketplace, Brazil 2016-2018, published aggregates of about 99,000 orders"
_TICKETS = "incident log of an IT service desk, UCI Machine Learning Repository no. 498"
_CDNOW = "CDNOW, first-time buyers of early 1997 (Fader & Hardie)"
_FEW = f"a replication has fewer than {formulas.LEAST} "


def catalogue(scenario: Scenario) -> tuple[Measure, ...]:
    """All measures of a scenario, in the order of patterns; one row of P06 per touchpoint."""
    first, second = _ROWS[: _P06], _ROWS[_P06 :]
    silos = (
        Measure(
            "P06",
            _RESOLUTION,
            f"first-contact resolution of issues as {name} alone counts it",
            "share",
            0.60,
            0.75,
            f"about 70 %; {_SQM}",
            partial(_silo_resolution, touchpoint=name),
            f"{_FEW}issues there",
        )
        for name in scenario.document.touchpoints
    )
    return (*first, *silos, *second)


_RESOLUTION = "a silo counts more resolved at first contact than customers do"
_LOGNORMAL = "service times are lognormal"
_LINEAR = "abandonment rises linearly with the mean wait"
_PATIENCE = "patience depends on the type of customer"
_REDIAL = "who gives up in line calls again"
_FALLING = "satisfaction falls with every further contact"
_LADDER = "more leave the worse a case went"
_OBSTACLES = "obstacles are common where touchpoints are not joined up"
_BEHAVIOUR = "feeling reacts far more than behaviour"
_COMPOUND = "hand-overs compound"
_SEVERAL = "buyers on several channels are more valuable, partly by selection"
_AGAIN = "few buyers make most purchases"
_FAILURE = "an issue given up against one resolved at first contact; nearest to a late delivery"

_ROWS: tuple[Measure, ...] = (
    Measure("P01", _LOGNORMAL, "mean of ln(seconds of service), from 10 s", "ln s", 4.6, 5.0, f"4.83 and 4.78; {_BANK}", partial(_service_time, which="ln_mean"), f"{_FEW}calls served"),
)
_P06 = 0
