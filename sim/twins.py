"""The same customers in two worlds: whose year differs most, and what happened to them in each."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from sim.errors import ArgumentError
from sim.labels import label, number
from sim.messages import say
from sim.scenario import MINUTES_PER_WEEK, Scenario
from sim.scenario.calendar import DAYS
from sim.scenario.paths import unknown
from sim.simulation import simulate
from sim.story import story

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Measure", "Twins", "find_twins", "when"]

Measure = Literal["all", "severity", "resolved", "loyalty"]
"""By which difference between the worlds customers are picked."""

_SHOWN = 16
_COLUMN = 48


@dataclass(frozen=True, repr=False)
class Twins:
    """Some customers and their year in two worlds; prints the two side by side.

    Parameters
    ----------
    baseline, strategy : str
        The two worlds.
    replication : int
        The replication both were taken from.
    customers : pandas.DataFrame
        One row per customer, most different first: customer, segment, score, and for both worlds severity (points of
        experience lost to frustrations), resolved (journeys) and loyalty (points at the end), e.g.
        ``severity_baseline`` and ``severity_strategy``, all of the measured period, and left_min (minute of the run in
        which the customer left the company; NaN if not).
    table : pandas.DataFrame
        Contacts and frustrations of these customers in both worlds in order of time: customer, world (baseline or
        strategy), strategy, at_min, event (contact or frustration), what (outcome or frustration type), need,
        touchpoint, journey, contact, severity (NaN for contacts), waited_min (NaN for frustrations).
    lives : dict of dict of pandas.DataFrame
        By world (baseline or strategy) all rows of these customers in the tables of `sim.tables`.
    """

    baseline: str
    strategy: str
    replication: int
    customers: pd.DataFrame
    table: pd.DataFrame
    lives: dict[str, dict[str, pd.DataFrame]] = field(default_factory=dict)

    def figure(self) -> go.Figure:
        """Draw the two lives as lines over time."""
        from sim.figures import twin_lines  # figures come after measures in the order of imports

        return twin_lines(self)

    def story(self, customer: int | None = None, journeys: int = 4) -> str:
        """Tell both lives of one customer, to be read aloud; see `sim.story.story`.

        Parameters
        ----------
        customer : int, optional
            One of `customers`; by default the first, whose year differs most.
        journeys : int
            How many journeys to tell of each life: those that cost the customer most.

        Raises
        ------
        ArgumentError
            The customer is not one of these, or a number of journeys below 1.
        """
        known = self.customers["customer"].tolist()
        who = known[0] if customer is None else customer
        if who not in known:
            raise ArgumentError(f"customer {who!r} is not one of {', '.join(map(str, known))}")
        segment = self.customers.loc[self.customers["customer"] == who, "segment"].iloc[0]
        parts = [say("story.head", customer=who, segment=label(str(segment)))]
        for world, strategy in (("baseline", self.baseline), ("strategy", self.strategy)):
            parts += [say("story.world", strategy=label(strategy)), story(self.lives[world], who, journeys)]
        return "\n\n".join(parts)

    @property
    def _text(self) -> str:
        worlds = f"{label(self.baseline)} {say('and')} {label(self.strategy)}"
        parts = [say("twins.headline", worlds=worlds, replication=self.replication)]
        for who in self.customers.to_dict("records"):
            rows = self.table[self.table["customer"] == who["customer"]]
            left = _story(rows[rows["world"] == "baseline"])
            right = _story(rows[rows["world"] == "strategy"])
            left, right = _shown(left, right)
            lines = [
                say("twins.customer", customer=who["customer"], segment=label(who["segment"])),
                _row(label(self.baseline), label(self.strategy)),
                *(_row(*(_total(who, world) for world in ("baseline", "strategy"))).splitlines()),
                *(_row(*(_end(who, world) for world in ("baseline", "strategy"))).splitlines()),
                *(_row(*pair) for pair in zip_longest(left, right, fillvalue="")),
            ]
            parts.append("\n".join(lines))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f'<pre style="font-family: monospace">{escape(self._text)}</pre>'


def find_twins(
    scenario: Scenario,
    baseline: str,
    strategy: str,
    seed: int,
    replication: int,
    n: int,
    segment: str | None = None,
    by: Measure = "all",
) -> Twins:
    """Simulate one replication of two strategies and find the customers whose year differs most.

    Customers are matched by number: they are the same persons with the same luck. Three measures are compared, each
    over the measured period: severity of all frustrations, journeys resolved, loyalty at the end. Customers are
    ranked by the absolute difference in each, in either direction; the score is the mean of the three ranks as a
    share of all customers, from 0 to 1. Equal scores are ordered by customer number. With `by` one of the measures
    counts alone, and with `segment` only its customers are looked at.

    Raises
    ------
    ArgumentError
        Unknown strategy, segment or measure, or a count or number out of range.
    """
    if strategy not in scenario.strategies:
        raise ArgumentError(unknown("strategy", strategy, scenario.strategies))
    if n < 1 or replication < 0:
        raise ArgumentError(f"n must be at least 1 and replication at least 0, got {n} and {replication}")
    if segment is not None and segment not in scenario.document.segments:
        raise ArgumentError(unknown("segment", segment, list(scenario.document.segments)))
    if by not in get_args(Measure):
        raise ArgumentError(unknown("measure", by, get_args(Measure)))
    worlds = {
        "baseline": simulate(scenario, baseline, seed, replication),
        "strategy": simulate(scenario, strategy, seed, replication),
    }
    years = {world: _years(tables) for world, tables in worlds.items()}
    first, second = years["baseline"], years["strategy"]
    measures = ["severity", "resolved", "loyalty"]
    gaps = (second[measures] - first[measures]).abs()
    # Equal gaps share their lowest rank: who does not differ in a measure gains nothing from it.
    ranks_of = gaps.rank(method="min", pct=True).where(gaps > 0.0, 0.0)
    score = ranks_of[measures if by == "all" else [by]].mean(axis=1).rename("score")
    looked_at = score if segment is None else score[first["segment"] == segment]
    chosen = looked_at.sort_values(ascending=False, kind="stable").index[:n]
    customers = pd.concat([first["segment"], score, *(_named(years, each) for each in (*measures, "left_min"))], axis=1)
    events = pd.concat(
        [
            _events(tables, chosen).assign(world=world, strategy=name)
            for (world, tables), name in zip(worlds.items(), (baseline, strategy), strict=True)
        ],
        ignore_index=True,
    )
    ranks = {customer: rank for rank, customer in enumerate(chosen)}
    table = (
        events.assign(order=events["customer"].map(ranks))
        .sort_values(["order", "world", "at_min", "journey", "contact", "event"], kind="stable", ignore_index=True)
        .loc[:, _EVENT_COLUMNS]
    )
    lives = {
        world: {name: rows[rows["customer"].isin(chosen)] for name, rows in tables.items() if "customer" in rows}
        for world, tables in worlds.items()
    }
    return Twins(baseline, strategy, replication, customers.loc[chosen].reset_index(), table, lives)


def when(at_min: float) -> str:
    """Write a minute of the run as week, day and time.

    Examples
    --------
    >>> when(0.0), when(10080.0 * 3 + 1440.0 + 545.5)
    ('week 0 Mon 00:00', 'week 3 Tue 09:05')
    """
    week, rest = divmod(int(at_min), MINUTES_PER_WEEK)
    day, minute = divmod(rest, 1440)
    return f"{say('twins.week', week=week)} {label(DAYS[day])} {minute // 60:02d}:{minute % 60:02d}"


_EVENT_COLUMNS = [
    "customer",
    "world",
    "strategy",
    "at_min",
    "event",
    "what",
    "need",
    "touchpoint",
    "journey",
    "contact",
    "severity",
    "waited_min",
]


def _years(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Per customer: segment, severity, resolved, loyalty of the measured period, and when the customer left."""
    customers = tables["customers"].set_index("customer")[["segment", "loyalty", "left_min"]]
    frustrations, journeys = tables["frustrations"], tables["journeys"]
    severity = frustrations[frustrations["measured"]].groupby("customer")["severity"].sum()
    resolved = journeys[journeys["measured"] & (journeys["outcome"] == "resolved")].groupby("customer").size()
    return customers.assign(
        severity=severity.reindex(customers.index, fill_value=0.0),
        resolved=resolved.reindex(customers.index, fill_value=0),
    )


def _named(years: dict[str, pd.DataFrame], measure: str) -> pd.DataFrame:
    return pd.DataFrame({f"{measure}_{world}": year[measure] for world, year in years.items()})


def _events(tables: dict[str, pd.DataFrame], chosen: pd.Index[int]) -> pd.DataFrame:
    contacts, frustrations = (
        table[table["customer"].isin(chosen) & table["measured"]]
        for table in (tables["contacts"], tables["frustrations"])
    )
    # Whoever gave up waited until then.
    waited = contacts["started_min"].fillna(contacts["ended_min"]) - contacts["arrived_min"]
    kept = ["customer", "need", "touchpoint", "journey", "contact"]
    visits = contacts[kept].assign(
        at_min=contacts["arrived_min"], event="contact", severity=float("nan"), waited_min=waited
    )
    research = (contacts["purpose"] == "research").to_numpy()
    visits["what"] = contacts["outcome"].astype("str").mask(research, "research")
    annoyances = frustrations[[*kept, "at_min", "severity"]].assign(event="frustration", waited_min=float("nan"))
    annoyances["what"] = frustrations["type"].astype("str")
    both = [table.astype({"need": "str", "touchpoint": "str"}) for table in (visits, annoyances)]
    return pd.concat(both, ignore_index=True)


def _story(rows: pd.DataFrame) -> list[str]:
    lines = []
    for row in rows.to_dict("records"):
        if row["event"] == "contact":
            waited = say("twins.waited", waited=number(row["waited_min"], 2)) if row["waited_min"] >= 1.0 else ""
            lines.append(f"{when(row['at_min'])} {label(row['touchpoint'])}: {label(row['need'])}")
            lines.append(f"  {label(row['what'])}{waited}")
        else:
            lines.append(f"  ! {label(row['what'])} ({number(-row['severity'], 2)})")
    return lines


def _shown(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Leave out how both began, as far as it is the same, and what would make the page too long."""
    same = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    # Start with the contact in which the two worlds part, not in the middle of it.
    start = max((i for i in range(same + 1) if i < len(left) and not left[i].startswith(" ")), default=0)
    if start > 1:
        left, right = ([say("twins.same", count=start), *lines[start:]] for lines in (left, right))
    return _cut(left), _cut(right)


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[: _SHOWN - 1], say("twins.more", count=len(lines) - _SHOWN + 1)]


def _total(who: dict[Hashable, Any], world: str) -> str:
    severity, loyalty = (float(who[f"{measure}_{world}"]) for measure in ("severity", "loyalty"))
    resolved = who[f"resolved_{world}"]
    return say("twins.total", severity=number(severity), resolved=resolved, loyalty=number(loyalty))


def _end(who: dict[Hashable, Any], world: str) -> str:
    left_min = who[f"left_min_{world}"]
    return say("twins.stayed") if math.isnan(left_min) else say("twins.left", when=when(left_min))


def _row(left: str, right: str) -> str:
    return f"{left[:_COLUMN]:<{_COLUMN}} | {right[:_COLUMN]}".rstrip()
