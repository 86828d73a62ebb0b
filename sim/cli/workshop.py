"""The command that opens the workshop app: workshop."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import app, examples, plainly
from sim.errors import ArgumentError
from sim.labels import as_language

__all__ = ["workshop"]


@app.command(
    epilog=examples(
        "journeysim workshop",
        "journeysim workshop scenarios/shoe_retailer.yaml --strategy integrated",
        "journeysim workshop scenarios/shoe_retailer.yaml --language de",
        "journeysim workshop kept/half_the_customers.yaml --strategy half_the_customers",
    )
)
@plainly
def workshop(
    case: Annotated[
        Path | None, typer.Argument(help="Scenario file; by default the shipped case.", show_default=False)
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="Compared with the baseline at first. By default the one with most levers.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where strategies are kept.")] = Path("kept"),
    scale: Annotated[
        float | None,
        typer.Option(help="Factor on customers and rosters. By default 1, or less for a case of more than 100,000."),
    ] = None,
    language: Annotated[str, typer.Option(help="en or de; texts of the scenario file stay as they are.")] = "en",
    port: Annotated[int | None, typer.Option(help="By default the first free one from 8866 on.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the workshop in the browser: sliders, and two worlds side by side.

    It listens on this machine only, until Ctrl-C. Needs the extra lab.
    """
    from sim.experiment import LARGEST_SCALE
    from sim.workshop.app import CASE, serve

    problems = []
    if scale is not None and not 0.0 < scale <= LARGEST_SCALE:
        problems.append(f"scale must be above 0 and at most {LARGEST_SCALE:g}, got {scale!r}")
    if folder.exists() and not folder.is_dir():
        problems.append(f"--folder: {folder} is a file, expected a folder for strategies")
    if problems:
        raise ArgumentError("\n".join(problems))

    def ready(address: str) -> None:
        typer.echo(f"The workshop is at {address} (Ctrl-C ends it)")
        if browser:
            webbrowser.open(address)

    serve(case or CASE, strategy, folder=folder, port=port, scale=scale, spoken=as_language(language), ready=ready)
    typer.echo("The workshop is closed.")
