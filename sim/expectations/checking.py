"""Simulate what a scenario's expectations speak of, once for all of them, and judge each by its interval."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from html import escape

import numpy as np
import numpy.typing as npt

from sim.errors import ScenarioError
from sim.experiment import obtained
from sim.kpis import Kpi, catalogue
from sim.labels import kpi_label, label, number, signed, unit_of_difference, value
from sim.output_analysis import Estimate, mean, paired_difference, replications_to_reach
from sim.replication import Unit
from sim.scenario import Expectation, Scenario
from sim.scenario.paths import unknown
from sim.simulation import Engine
from sim.store import Place, opened
from sim.workers import Workers

__all__ = ["Expected", "Outcome", "Status", "check", "check_kpis", "judge", "names"]

WIDTH = 100


class Status(StrEnum):
    """What the interval of an expectation says."""

    HOLDS = "holds"
    """It lies inside the band."""
    BROKEN = "broken"
    """It lies outside."""
    UNDECIDED = "undecided"
    """It lies across an edge, or there is none."""


@dataclass(frozen=True)
class Band:
    """Where an interval should lie; the ends themselves belong to it unless it is `open`."""

    low: float
    high: float
    open: bool = False

    @property
    def edges(self) -> list[float]:
        """Its finite ends."""
        return [edge for edge in (self.low, self.high) if math.isfinite(edge)]


@dataclass(frozen=True)
class Outcome:
    """How one expectation came out.

    Parameters
    ----------
    name : str
        Unique among the expectations of a file, see `names`.
    place : str
        File and line.
    expectation : Expectation
    kpi : Kpi
    band : Band
        The band of the file, or the one that a sign stands for.
    estimate : Estimate
        Mean over replications, or of the paired differences, with its interval.
    status : Status
    more_replications : int or None
        Undecided: about how many more would decide, if mean and deviation seen so far are the true ones; None where
        more than 10,000, or where nothing can be said.
    """

    name: str
    place: str
    expectation: Expectation
    kpi: Kpi
    band: Band
    estimate: Estimate
    status: Status
    more_replications: int | None

    @property
    def finding(self) -> str:
        """Value, interval, band and reason in one sentence."""
        told, estimate, unit = self.expectation, self.estimate, self.kpi.unit
        what = " against ".join(label(strategy) for strategy in told.strategy)
        shown = value if len(told.strategy) == 1 else signed
        found = f"{kpi_label(self.kpi.name)} of {what}: "
        if math.isnan(estimate.mean):
            found += "no value in any replication"
        elif math.isnan(estimate.ci_low):
            found += f"{shown(estimate.mean, unit)}, no interval ({estimate.n} replication with a value)"
        else:
            found += (
                f"{shown(estimate.mean, unit)} "
                f"({number(100 * estimate.confidence)} % interval {shown(estimate.ci_low, unit)} to "
                f"{shown(estimate.ci_high, unit)}, {estimate.n} replications)"
            )
        return f"{found}, expected {self._wanted}, because {_plain(told.reason)}"

    @property
    def remedy(self) -> str:
        """What an undecided expectation needs; empty for others."""
        if self.status is not Status.UNDECIDED:
            return ""
        if math.isnan(self.estimate.ci_low):
            return "undecided, needs replications in which the KPI has a value"
        if self.more_replications is None:
            return "undecided, too close to an edge for a reasonable number of replications"
        plural = "" if self.more_replications == 1 else "s"
        return f"undecided, needs about {self.more_replications:,} more replication{plural} if this is the true value"

    @property
    def _wanted(self) -> str:
        unit, sign = self.kpi.unit, self.expectation.sign
        told = "" if sign is None else f"{label(sign)}: "
        if self.band.open:
            return f"{told}{'above' if math.isinf(self.band.high) else 'below'} 0"
        ends = (value(end, unit) for end in (self.band.low, self.band.high))
        of_difference = f" {unit_of_difference(unit)}" if len(self.expectation.strategy) == 2 else ""
        return f"{told}{' to '.join(ends)}{of_difference}"

    def __str__(self) -> str:
        return f"{self.place}: {self.status}: {self.finding}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, repr=False)
class Expected:
    """How the expectations of a scenario came out; prints itself.

    Parameters
    ----------
    file : str
    outcomes : tuple of Outcome
        In the order of the file.
    """

    file: str
    outcomes: tuple[Outcome, ...]

    @property
    def status(self) -> Status:
        """Broken if any expectation is, else undecided if any is, else holds."""
        found = {outcome.status for outcome in self.outcomes}
        return next((status for status in (Status.BROKEN, Status.UNDECIDED) if status in found), Status.HOLDS)

    def __repr__(self) -> str:
        if not self.outcomes:
            return f"{self.file}: no expectations"
        return "\n".join(textwrap.fill(str(each), WIDTH, subsequent_indent="    ") for each in self.outcomes)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align:left">{each.status}</td><td style="text-align:left">'
            f"{escape(each.finding)}{escape(f'; {each.remedy}' if each.remedy else '')}</td></tr>"
            for each in self.outcomes
        )
        return f"<p>{escape(self.file)}</p><table>{rows}</table>"


def check(
    scenario: Scenario,
    *,
    engine: Engine | None = None,
    executor: Workers = None,
    store: Place = None,
    progress: bool = True,
) -> Expected:
    """Hold a scenario against its own expectations.

    Expectations that speak of the same strategy, seed and scale share its replications. An expectation is broken only
    where its interval (at the scenario's confidence, for it alone) lies outside the band, and holds only where it lies
    inside.

    Parameters
    ----------
    scenario : Scenario
    engine, executor, store, progress
        As in `sim.compare`.

    Raises
    ------
    ScenarioError
        An expectation names a KPI that does not exist.

    Examples
    --------
    >>> import sim
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> share = {"kpi": "churn_share", "strategy": "siloed", "band": [0, 1], "reason": "it is a share"}
    >>> expecting = case.change({"expect": [share | {"replications": 2, "scale": 0.02}]})
    >>> sim.check(expecting, store=False, progress=False).status.value
    'holds'
    """
    check_kpis(scenario)
    expectations = scenario.document.expect
    wanted: dict[tuple[int, float, str], int] = {}
    for told in expectations:
        for strategy in told.strategy:
            key = _key(told, strategy)
            wanted[key] = max(wanted.get(key, 0), int(float(told.replications)))
    sized = {scale: scenario.scaled(scale) for _, scale, _ in wanted}
    units = {
        (key, replication): Unit(sized[key[1]], key[2], key[0], replication, _where(key))
        for key, count in wanted.items()
        for replication in range(count)
    }
    results = obtained(list(units.values()), engine, executor, opened(store), progress) if units else []
    kpis = dict(zip(units, (result.kpis for result in results), strict=True))
    known = {kpi.name: kpi for kpi in catalogue(scenario)}

    def values(told: Expectation, strategy: str) -> npt.NDArray[np.float64]:
        replications = range(int(float(told.replications)))
        return np.array([kpis[_key(told, strategy), replication][told.kpi] for replication in replications])

    confidence = float(scenario.document.decision.confidence)
    outcomes = []
    for at, (told, name) in enumerate(zip(expectations, names(scenario), strict=True)):
        ours, *against = (values(told, strategy) for strategy in told.strategy)
        kpi, place = known[told.kpi], "{}:{}".format(*scenario.content.position(f"expect.{at}"))
        estimate = paired_difference(ours, against[0], confidence) if against else mean(ours, confidence, kpi.least)
        band = _band(told, kpi, scenario)
        status = judge(estimate, band)
        more = _more(estimate, band) if status is Status.UNDECIDED else None
        outcomes.append(Outcome(name, place, told, kpi, band, estimate, status, more))
    return Expected(scenario.file, tuple(outcomes))


def judge(estimate: Estimate, band: Band) -> Status:
    """What an interval says about a band.

    Examples
    --------
    >>> estimate = mean([1.0, 2.0, 3.0])  # 2 ± 2.48
    >>> [judge(estimate, Band(low, high)).value for low, high in ((-1, 5), (5, 9), (0, 9))]
    ['holds', 'broken', 'undecided']
    """
    low, high = estimate.ci_low, estimate.ci_high
    if math.isnan(low):
        return Status.UNDECIDED
    if band.open:
        inside, outside = band.low < low and high < band.high, high <= band.low or low >= band.high
    else:
        inside, outside = band.low <= low and high <= band.high, high < band.low or low > band.high
    return Status.HOLDS if inside else Status.BROKEN if outside else Status.UNDECIDED


def check_kpis(scenario: Scenario) -> None:
    """Raise ScenarioError if an expectation names a KPI that does not exist."""
    known = [kpi.name for kpi in catalogue(scenario)]
    problems = [
        scenario.content.problem(f"expect.{at}.kpi", unknown("KPI", told.kpi, known))
        for at, told in enumerate(scenario.document.expect)
        if told.kpi not in known
    ]
    if problems:
        raise ScenarioError(problems)


def names(scenario: Scenario) -> list[str]:
    """A name for each expectation: strategies, KPI and what is expected; the second of the same name gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for told in scenario.document.expect:
        name = f"{'-'.join(told.strategy)}:{told.kpi}:{told.sign or 'band'}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}:{seen[name]}")
    return found


def _key(told: Expectation, strategy: str) -> tuple[int, float, str]:
    return int(float(told.seed)), float(told.scale), strategy


def _where(key: tuple[int, float, str]) -> str:
    return "" if key[1] == 1.0 else f"scale {number(key[1])}"


def _band(told: Expectation, kpi: Kpi, scenario: Scenario) -> Band:
    if told.band is not None:
        low, high = map(float, told.band)
        return Band(low, high)
    if told.sign == "no_difference":
        zone = float(scenario.document.decision.primary[told.kpi])
        return Band(-zone, zone)
    good_is_higher = kpi.better == "higher"
    higher = told.sign == "higher" or (told.sign == "better" and good_is_higher)
    higher = higher or (told.sign == "worse" and not good_is_higher)
    return Band(0.0, math.inf, open=True) if higher else Band(-math.inf, 0.0, open=True)


def _more(estimate: Estimate, band: Band) -> int | None:
    """Further replications until the half-width is down to the distance of the mean from the nearest edge."""
    distance = min(abs(estimate.mean - edge) for edge in band.edges)
    return replications_to_reach(estimate, distance, estimate.confidence)


def _plain(reason: str) -> str:
    return " ".join(reason.split()).rstrip(".")
