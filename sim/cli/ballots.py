"""The command that compares under the ballots of a workshop."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from sim.errors import ArgumentError
from sim.labels import language as speaking

if TYPE_CHECKING:
    from sim.ballots import BallotComparison, Ballots

__all__ = ["ballots"]


@app.command(
    epilog=examples(
        "journeysim ballots scenarios/shoe_retailer.yaml votes.csv --strategies siloed,integrated",
        "journeysim ballots scenarios/shoe_retailer.yaml votes.csv --replications 100 --out after-the-workshop/",
    )
)
@plainly
def ballots(
    file: File,
    votes: Annotated[Path, typer.Argument(help="CSV: participant,parameter,low,best,high.", show_default=False)],
    strategies: Strategies = None,
    replications: Replications = 20,
    seed: Seed = 1,
    scale: Scale = 1.0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for case.yaml with the room's ranges, tables and figures.")
    ] = None,
    language: Annotated[str, typer.Option(help="en or de; texts of the scenario file stay as they are.")] = "en",
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Show what the room believes, and compare strategies at its middle values and under its ballots.

    Every ballot is a triangular distribution, the room is their mixture with equal weights, and each replication draws
    one value per parameter for all strategies.
    """
    from sim.ballots import load_ballots
    from sim.scenario.own_names import own_names

    if out is not None and out.exists() and not out.is_dir():
        raise ArgumentError(f"{out} is a file, expected a folder")
    scenario = loaded(file, scale, listed(strategies))
    with speaking(language, own_names(scenario)):
        room = load_ballots(votes, scenario)
        typer.echo(f"{room!r}\n")
        result = room.compare(
            listed(strategies),
            replications=replications,
            seed=seed,
            scale=scale,
            engine=engine,
            executor=workers,
            store=False if no_store else None,
            progress=watched(),
        )
        typer.echo(repr(result))
        if out is not None:
            names = _write(room, result, out)
            typer.echo(f"\nwritten to {out}: {', '.join(names)}")


def _write(room: Ballots, result: BallotComparison, out: Path) -> list[str]:
    from sim.figures.plain_page import plain_page

    texts = {
        "case.yaml": room.case().to_yaml(),
        "ranges.csv": room.table.to_csv(index=False, lineterminator="\n"),
        "draws.csv": result.draws.to_csv(lineterminator="\n"),
        "comparison.csv": result.table.to_csv(index=False, lineterminator="\n"),
        "ballots.html": plain_page(
            room.scenario.document.name,
            {"spread": room.figure(), "comparison": result.figure()},
            caveats=result.at_middle.caveats,
        ),
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ballots-", dir=out) as beside:
        for name, text in texts.items():
            (Path(beside) / name).write_text(text, encoding="utf-8", newline="")
        for name in texts:
            (Path(beside) / name).replace(out / name)
    return list(texts)
