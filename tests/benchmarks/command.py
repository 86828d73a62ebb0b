"""The command: measure, print, and say which targets are reached.

python tests/benchmarks                   some five minutes
python tests/benchmarks --quick           under a minute: fewer rounds, smaller runs, no cold start
python tests/benchmarks --json FILE       the same numbers for programs
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import c_competitor, journeysim_competitor, python_competitors, sizes
from .network import MMCM, PLAIN, Network
from .rounds import CONFIDENCE, WIDEST, Standing, compete
from .sizes import Measurement

__all__ = ["main"]

_PEERS = ("SimPy", "Ciw")


@dataclass(frozen=True)
class Target:
    """What was to be reached; `reached` is None where nothing was measured."""

    name: str
    wanted: str
    measured: str
    reached: bool | None


@dataclass(frozen=True)
class _Extent:
    """How much is measured."""

    rounds: int
    seconds: float
    scale: float  # of the case, where the reference engine runs it
    contacts: int
    customers: tuple[int, ...]
    replications: tuple[int, ...]
    whole: bool


_FULL = _Extent(3, 0.25, 0.1, 1_000_000, (1_000, 10_000, 100_000, 1_000_000), (1, 2, 4, 8, 16, 32, 64), True)
_QUICK = _Extent(1, 0.1, 0.02, 200_000, (1_000, 10_000, 50_000), (2, 16), False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark.

    Returns
    -------
    int
        0, whether or not targets are reached; 1 if a competitor disagrees with theory.
    """
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description="Speed measured side by side.")
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to a file")
    given = parser.parse_args(arguments)
    extent = _QUICK if given.quick else _FULL
    about = _machine()
    print("\n".join(f"{key}: {value}" for key, value in about.items()), flush=True)

    competitors = [*journeysim_competitor.available(), *c_competitor.available(), *python_competitors.available()]
    standings: dict[str, list[Standing]] = {}
    for network in (MMCM, PLAIN):
        standings[network.name] = compete(network, competitors, extent.rounds, extent.seconds)
        _print_standings(network, standings[network.name])
    measured: dict[str, list[Measurement]] = {}
    for title, task in (
        ("journey model", lambda: sizes.journey_model(min(2, extent.rounds), extent.scale)),
        ("comparisons", lambda: sizes.comparisons(extent.rounds, extent.whole)),
        ("tables", lambda: sizes.million(extent.contacts)),
        ("customers", lambda: sizes.scaling(extent.customers, weeks=13)),
        ("replications and threads", lambda: sizes.replications(extent.replications, (1, 2))),
        ("levers", lambda: sizes.levers(extent.rounds, extent.scale)),
        *((("a large company", lambda: sizes.year(1_000_000)), ("start-up", sizes.start_up)) if extent.whole else ()),
    ):
        measured[title] = task()
        _print_measurements(title, measured[title])
    targets = _targets(standings, measured)
    _print_targets(targets)
    if given.json:
        content = {
            "machine": about,
            "networks": {
                name: [asdict(each) | {"agrees": each.agrees} for each in found] for name, found in standings.items()
            },
            "measurements": {title: [asdict(each) for each in found] for title, found in measured.items()},
            "targets": [asdict(target) for target in targets],
        }
        given.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 1 if any(standing.agrees is False for found in standings.values() for standing in found) else 0


def _machine() -> dict[str, str]:
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "Python": sys.version.split()[0],
    }


def _print_standings(network: Network, standings: Sequence[Standing]) -> None:
    print(f"\n{network.title}")
    print(f"{'':18}{'contacts/s':>14}{'time against compiled':>24}  {'range of ratios':<18}theory")
    for each in standings:
        span = f"{each.slower_low:.3g} to {each.slower_high:.3g}"
        verdict = {True: "agrees", None: "too few contacts to tell", False: "DISAGREES, does not count"}[each.agrees]
        print(f"{each.name:18}{each.contacts_per_s:14,.0f}{each.slower:22.3g} ×  {span:<18}{verdict}")
    print(
        f"  processor time, population and log included; waiting and abandonment of each line inside"
        f" the {100 * CONFIDENCE:g} % interval, give or take {100 * network.allowance:g} %,"
        f" no wider than ± {100 * WIDEST:g} %"
    )
    for each in standings:
        print(f"  {each.name}: {each.about}; {each.contacts:,} contacts")
        for check in each.checks:
            if not (check.holds and check.tells):
                estimate = f"{check.estimate:.4g} ± {check.half_width:.2g}"
                print(f"    {check.desk} {check.measure}: {estimate}, theory {check.theory:.4g}")
    sys.stdout.flush()


def _print_measurements(title: str, measurements: Sequence[Measurement]) -> None:
    print(f"\n{title}")
    for each in measurements:
        note = f"  ({each.note})" if each.note else ""
        print(f"  {each.name:32}{each.value:14,.4g} {each.unit}{note}")
    sys.stdout.flush()


def _print_targets(targets: Sequence[Target]) -> None:
    print("\ntargets")
    words = {True: "reached", False: "NOT reached", None: "not measured"}
    for each in targets:
        print(f"  {each.name:64}{each.wanted:>14}{each.measured:>16}  {words[each.reached]}")


def _targets(standings: dict[str, list[Standing]], measured: dict[str, list[Measurement]]) -> list[Target]:
    values = {(title, each.name): each.value for title, found in measured.items() for each in found}

    def at_least(name: str, least: float, value: float | None, unit: str = "×") -> Target:
        return _target(name, f"≥ {least:g} {unit}", value, unit, lambda found: found >= least)

    def at_most(name: str, most: float, value: float | None, unit: str) -> Target:
        return _target(name, f"≤ {most:g} {unit}", value, unit, lambda found: found <= most)

    def slower(network: Network, name: str) -> float | None:
        return next((each.slower for each in standings[network.name] if each.name == name and each.agrees), None)

    in_c = slower(PLAIN, "C")
    ratio = values.get(("journey model", "compiled against reference"))
    found = [
        at_least("journey model against the reference engine", 80, ratio),
        at_most("time of C on the plain network", 2.5, None if in_c is None else 1.0 / in_c, "×"),
    ]
    found += [
        at_least(f"{peer} on {network.title.split(':')[0].split(',')[0]}", 50, slower(network, peer))
        for network in (MMCM, PLAIN)
        for peer in _PEERS
    ]
    found += [
        at_most(
            "workshop: 1,000 customers, a year, 20 pairs of replications",
            0.3,
            values.get(("comparisons", "workshop")),
            "s",
        ),
        at_most("standard comparison", 5, values.get(("comparisons", "standard comparison")), "s"),
    ]
    curve = {each.name: each.value for each in measured["customers"]}
    base = curve["10,000 customers"]
    growth = max(abs(value / base - 1.0) for name, value in curve.items() if name not in ("1,000 customers",))
    found.append(at_most("time per contact from 10,000 customers up, largest change", 20, 100 * growth, "%"))
    per_replication = [
        each.value
        for each in measured["replications and threads"]
        if "2 threads" in each.name and int(each.name.split()[0]) >= 4
    ]
    if len(per_replication) > 1:
        growth = max(abs(value / per_replication[0] - 1.0) for value in per_replication)
        found.append(at_most("time per replication from 4 up, 2 threads, largest change", 20, 100 * growth, "%"))
    found += [
        at_most("memory of a contact", 60, values.get(("tables", "a contact in memory")), "bytes"),
        at_most("a million contacts to DataFrames", 1, values.get(("tables", "tables as DataFrames")), "s"),
    ]
    return found


def _target(name: str, wanted: str, value: float | None, unit: str, holds: Callable[[float], bool]) -> Target:
    measured = "–" if value is None else f"{value:.3g} {unit}"
    return Target(name, wanted, measured, None if value is None else holds(value))
