"""The command that holds a case against known patterns: patterns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    loaded,
    plainly,
    watched,
)
from sim.errors import ArgumentError

__all__ = ["patterns"]


@app.command(
    epilog=examples(
        "journeysim patterns scenarios/shoe_retailer.yaml",
        "journeysim patterns scenarios/shoe_retailer.yaml --replications 10 --out patterns.csv",
    )
)
@plainly
def patterns(
    file: File,
    strategy: Annotated[str | None, typer.Option(help="Name; by default the first of the scenario.")] = None,
    hotline: Annotated[
        str | None,
        typer.Option(help="Staffed touchpoint that patterns of calls speak of. By default the one with most calls."),
    ] = None,
    replications: Replications = 3,
    seed: Seed = 1,
    scale: Scale = 1.0,
    out: Annotated[Path | None, typer.Option(help="CSV file for the table.")] = None,
    workers: Cores = None,
    engine: EngineName = None,
) -> None:
    """Hold a case against patterns known from real call logs, shops and surveys.

    A report, not a test: the exit code is 0 also where patterns lie outside their bands.
    """
    from sim.patterns import measure

    scenario = loaded(file, scale, [strategy])
    if out is not None and not out.parent.is_dir():
        raise ArgumentError(f"--out: the folder {out.parent} does not exist")
    if out is not None and out.is_dir():
        raise ArgumentError(f"--out: {out} is a folder, expected a file to write")
    report = measure(
        scenario,
        strategy,
        replications=replications,
        seed=seed,
        scale=scale,
        hotline=hotline,
        engine=engine,
        executor=workers,
        progress=watched(),
    )
    typer.echo(repr(report))
    if out is not None:
        report.table.to_csv(out, index=False)
        typer.echo(f"written: {out}")
