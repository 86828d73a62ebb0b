"""The command that writes what participants take home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    Cores,
    EngineName,
    File,
    NoStore,
    Replications,
    Scale,
    Seed,
    Strategies,
    app,
    examples,
    listed,
    loaded,
    plainly,
    watched,
)

__all__ = ["report"]


@app.command(
    epilog=examples(
        "journeysim report scenarios/shoe_retailer.yaml --strategies siloed,integrated --out hand-over/",
        "journeysim report scenarios/shoe_retailer.yaml --language de --out uebergabe/",
    )
)
@plainly
def report(
    file: File,
    out: Annotated[Path, typer.Option(help="Folder for report.html, report.pptx and report.xlsx.")],
    strategies: Strategies = None,
    replications: Replications = 20,
    seed: Seed = 1,
    scale: Scale = 1.0,
    language: Annotated[str, typer.Option(help="en or de; texts of the scenario file stay as they are.")] = "en",
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Compare strategies and write an offline page, a PowerPoint deck and an Excel workbook to take home."""
    from sim import experiment
    from sim.report import check, write

    scenario = loaded(file, scale, listed(strategies))
    check(out, language)
    result = experiment.compare(
        scenario,
        listed(strategies),
        replications=replications,
        seed=seed,
        scale=scale,
        engine=engine,
        executor=workers,
        store=False if no_store else None,
        progress=watched(),
    )
    files = write(result, out, language)
    typer.echo(f"written to {out}: {', '.join(path.name for path in files)}")
