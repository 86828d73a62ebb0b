"""The command about results that are kept: store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    app,
    examples,
    plainly,
)
from sim.errors import ArgumentError

__all__ = ["store"]


@app.command(
    epilog=examples(
        "journeysim store",
        "journeysim store --prune",
        "journeysim store --prune --older-than 90",
        "journeysim store --prune --all",
    )
)
@plainly
def store(
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder of the store; by default $JOURNEYSIM_STORE, else one in the user's cache folder."),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what other versions of the program wrote, and what is damaged.")
    ] = False,
    older_than: Annotated[
        float | None, typer.Option(metavar="DAYS", help="With --prune: delete what was written longer ago, too.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="With --prune: delete every result.")] = False,
) -> None:
    """List the results that are kept so that nothing is simulated twice, or delete some.

    compare and sweep look here first and keep here what they simulate; their results are the same with and without.
    A result belongs to one scenario, strategy, seed, replication and version of the program. It may be deleted at
    any time: it is simulated again when it is needed.
    """
    from sim.store import Store

    kept = Store(folder)
    if not prune and (everything or older_than is not None):
        raise ArgumentError("--all and --older-than say what --prune deletes; add --prune")
    if prune:
        deleted = kept.prune(older_than_days=older_than, everything=everything)
        typer.echo(f"deleted: {len(deleted):,} results, {deleted['bytes'].sum() / 1e6:.1f} MB")
    typer.echo(repr(kept))
    if not prune:
        typer.echo("\njourneysim store --prune deletes what other versions of the program wrote, see --help.")
