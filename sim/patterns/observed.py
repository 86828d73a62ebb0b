"""What one replication shows, as the measures of patterns look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.errors import ArgumentError
from sim.patterns import calls
from sim.scenario import Scenario
from sim.scenario.paths import unknown

__all__ = ["Observed", "hotline_of"]


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
    def called_about(self) -> pd.DataFrame:
        """Issues with a call that was answered: those that a survey of callers asks about."""
        answered = self.issue_contacts["started_min"].notna() & (self.issue_contacts["touchpoint"] == self.hotline)
        return _of(self.issues, self.issue_contacts[answered])

    @cached_property
    def called_about_contacts(self) -> pd.DataFrame:
        """Service contacts for these, at all touchpoints."""
        return _of(self.issue_contacts, self.called_about)

    @cached_property
    def purchases(self) -> pd.DataFrame:
        """Journeys of the measured period that ended in a purchase."""
        return self.finished[self.finished["revenue_eur"] > 0.0]

    @cached_property
    def complaints(self) -> pd.DataFrame:
        """Journeys for needs that are complaints."""
        complaints = [name for name, need in self.scenario.document.needs.items() if need.complaint]
        journeys = self.tables["journeys"]
        return journeys[journeys["measured"] & journeys["need"].isin(complaints)]

    @cached_property
    def patience_min(self) -> dict[tuple[str, str], float]:
        """Mean patience by segment and need, as the scenario declares it."""
        document = self.scenario.document
        return {
            (segment, need): calls.weibull_mean(float(who.patience), float(who.patience_shape)) * float(what.urgency)
            for segment, who in document.segments.items()
            for need, what in document.needs.items()
        }

    def callers(self, kind: str) -> pd.DataFrame:
        """Calls of one kind of customer.

        Prospects are the callers of the segment with the least patience; urgent are the others with the most urgent
        need; regular is everybody else. A kind that the scenario does not tell apart has no calls.
        """
        document = self.scenario.document
        patience = {
            name: calls.weibull_mean(float(each.patience), float(each.patience_shape))
            for name, each in document.segments.items()
        }
        urgency = {name: float(need.urgency) for name, need in document.needs.items() if self.hotline in need.served_at}
        prospect = self.calls["segment"] == _extreme(patience, min)
        urgent = (self.calls["need"] == _extreme(urgency, max)) & ~prospect
        return self.calls[{"prospects": prospect, "urgent": urgent, "regular": ~(prospect | urgent)}[kind]]

    def events(self, *types: str) -> pd.DataFrame:
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


def _of(rows: pd.DataFrame, journeys: pd.DataFrame) -> pd.DataFrame:
    """Rows that belong to some journeys."""
    who = ["customer", "journey"]
    return rows[pd.MultiIndex.from_frame(rows[who]).isin(pd.MultiIndex.from_frame(journeys[who]))]


def _issues(scenario: Scenario) -> list[str]:
    return [name for name, need in scenario.document.needs.items() if not need.buys]


def _extreme(values: Mapping[str, float], choose: Callable[..., float]) -> str | None:
    """Name of the one with the smallest or largest value; None if several have it."""
    extreme = choose(values.values())
    names = [name for name, value in values.items() if value == extreme]
    return names[0] if len(names) == 1 else None
