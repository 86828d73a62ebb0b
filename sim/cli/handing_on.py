"""Commands that hand on what was simulated, for other programs and for other people: export, film."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.common import (
    Cores,
    EngineName,
    File,
    Replications,
    Scale,
    Seed,
    app,
    examples,
    listed,
    loaded,
    one,
    plainly,
    watched,
)
from sim.errors import ArgumentError
from sim.labels import language as speaking

__all__ = ["export", "film"]

Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]


def _show_columns(wanted: bool) -> None:
    from sim.process_log import COLUMNS

    if wanted:
        for column in COLUMNS:
            typer.echo(str(column))
        raise typer.Exit


@app.command(
    epilog=examples(
        "journeysim export scenarios/shoe_retailer.yaml --strategy siloed --out events.csv",
        "journeysim export scenarios/shoe_retailer.yaml --out events.xes --start 2027-01-04",
        "journeysim export --columns",
    )
)
@plainly
def export(
    file: File,
    out: Annotated[Path, typer.Option(help="File to write.")],
    strategy: Annotated[str | None, typer.Option(help="Name; by default the first of the scenario.")] = None,
    start: Annotated[str, typer.Option(help="Date of the first day of the run, which is a Monday.")] = "2026-01-05",
    replications: Replications = 1,
    format: Annotated[  # noqa: A002 - it is how the option is called
        Literal["csv", "xes"] | None,
        typer.Option(
            help="xes is the standard of process mining, csv is read by all its tools. By default as the file is named."
        ),
    ] = None,
    warm_up: Annotated[
        bool, typer.Option("--warm-up", help="Also journeys that began in the warm-up, which no KPI counts.")
    ] = False,
    columns: Annotated[
        bool,
        typer.Option("--columns", callback=_show_columns, is_eager=True, help="Say what each column means, and stop."),
    ] = False,
    seed: Seed = 1,
    scale: Scale = 1.0,
    workers: Cores = None,
    engine: EngineName = None,
    force: Force = False,
) -> None:
    """Write the event log of one strategy for process-mining tools: case, activity, timestamp, resource, attributes.

    A case is a journey: all contacts of a customer for one need.
    """
    from sim import experiment
    from sim.process_log import as_csv, as_xes, event_log, monday

    name = one(strategy)
    scenario = loaded(file, scale, [name])
    kind = _format(out, format)
    _check(out, force)
    monday(start)
    run = experiment.run(
        scenario,
        name,
        replications=replications,
        seed=seed,
        scale=scale,
        engine=engine,
        executor=workers,
        progress=watched(),
    )
    log = event_log(run, start, warm_up)
    _write(out, {"csv": as_csv, "xes": as_xes}[kind](log))
    typer.echo(f"written to {out}: {len(log):,} events of {log['case_id'].nunique():,} journeys")


@app.command(
    epilog=examples(
        "journeysim film scenarios/shoe_retailer.yaml --strategies siloed,integrated --out film.html",
        "journeysim film scenarios/shoe_retailer.yaml --day 215 --customers 100 --out film.html",
    )
)
@plainly
def film(
    file: File,
    out: Annotated[Path, typer.Option(help="HTML file to write; it works without a network.")],
    strategies: Annotated[
        str | None, typer.Option(help="Two names with a comma; by default the first and the last of the scenario.")
    ] = None,
    day: Annotated[
        int | None,
        typer.Option(
            help="Number of the day, from 0 for the Monday of week 0; by default the one on which the two differ most."
        ),
    ] = None,
    customers: Annotated[int, typer.Option(help="How many customers to show at most.")] = 200,
    replication: Annotated[int, typer.Option(help="Which replication to look at, from 0.")] = 0,
    seed: Seed = 1,
    scale: Scale = 1.0,
    language: Annotated[str, typer.Option(help="en or de; texts of the scenario file stay as they are.")] = "en",
    force: Force = False,
) -> None:
    """Show one day under two strategies as a film: customers move between touchpoints, wait, and are frustrated."""
    from sim import experiment
    from sim.figures.film import film as drawn  # drawing takes a while to load
    from sim.figures.film import film_page
    from sim.film import shoot
    from sim.messages import say
    from sim.scenario.own_names import own_names

    scenario = loaded(file, scale, listed(strategies))
    names = listed(strategies) or [scenario.strategies[0], scenario.fullest]
    if len(names) != 2 or names[0] == names[1]:
        raise ArgumentError(f"a film shows two strategies, got {', '.join(names)}; name two with --strategies")
    _check(out, force)
    experiment.check_arguments(names, scenario, 1, seed, scale, None, "serial")
    with speaking(language):
        own = own_names(scenario)
    reel = shoot(scenario.scaled(scale), names[0], names[1], seed, replication, day, customers)
    with speaking(language, own):
        page = film_page(drawn(reel), say("film.page", name=scenario.document.name))
    _write(out, page)
    typer.echo(f"written to {out}: day {reel.day}, {len(reel.people):,} customers, {len(reel.at_min):,} frames")


def _format(out: Path, asked: Literal["csv", "xes"] | None) -> Literal["csv", "xes"]:
    """The format that is asked for, or that the file is named after; a file may not be named after another one."""
    named = out.suffix.lower().lstrip(".")
    kind: Literal["csv", "xes"] = asked or ("xes" if named == "xes" else "csv")
    if named not in ("", "txt", kind):
        raise ArgumentError(
            f"{out}: would hold {kind}, but is named {out.suffix}; name it {out.with_suffix(f'.{kind}')}"
        )
    return kind


def _check(out: Path, force: bool) -> None:
    """Say before a long run what would keep its result from being written."""
    if out.is_dir():
        raise ArgumentError(f"{out}: is a folder, expected a file to write")
    if out.exists() and not force:
        raise ArgumentError(f"{out}: exists; name another file, or replace it with --force")
    if not out.absolute().parent.is_dir():
        raise ArgumentError(f"{out}: there is no folder {out.absolute().parent}")


def _write(out: Path, text: str) -> None:
    """Put a file in its place at once, so that there is never half of it."""
    handle, beside = tempfile.mkstemp(".part", f".{out.name}-", out.absolute().parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(out)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
