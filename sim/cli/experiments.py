"""Commands that simulate: compare, sweep, run, repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sim.cli.common import (
    BROKEN,
    Cores,
    EngineName,
    File,
    NoStore,
    Out,
    Replications,
    Scale,
    Seed,
    Strategies,
    app,
    examples,
    listed,
    loaded,
    one,
    plainly,
    watched,
    write,
)
from sim.errors import ArgumentError

__all__ = ["compare", "repeat", "run", "sweep"]


@app.command(
    epilog=examples(
        "journeysim compare scenarios/shoe_retailer.yaml",
        "journeysim compare scenarios/shoe_retailer.yaml --strategies siloed,integrated --out results/",
    )
)
@plainly
def compare(
    file: File,
    strategies: Strategies = None,
    replications: Replications = 20,
    seed: Seed = 1,
    scale: Scale = 1.0,
    out: Out = None,
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Compare strategies over the same customers with the same luck.

    Replications that were simulated before come from the store, see journeysim store.
    """
    from sim import experiment, records

    names = listed(strategies)
    scenario = loaded(file, scale, names)
    if out is not None:
        records.check_folder(out)
    result = experiment.compare(
        scenario,
        names,
        replications=replications,
        seed=seed,
        scale=scale,
        engine=engine,
        executor=workers,
        store=False if no_store else None,
        progress=watched(),
    )
    typer.echo(repr(result))
    write(result, out)


@app.command(
    epilog=examples(
        "journeysim sweep scenarios/shoe_retailer.yaml --vary touchpoints.hotline.agents=1,2,3 --strategies siloed",
        "journeysim sweep FILE --vary touchpoints.hotline.agents=2,3,4 --vary levers.customer_id.coverage=0,0.5,1",
        'journeysim sweep FILE --vary "segments.occasional.patience=1 min,2 min" --out results/',
    )
)
@plainly
def sweep(
    file: File,
    vary: Annotated[
        list[str],
        typer.Option(
            help="PATH=VALUE,VALUE,…, values as a file would write them. Several times for a grid of all combinations."
            " levers.NAME.coverage and levers.NAME.start address the strategies that use the lever."
        ),
    ],
    strategies: Strategies = None,
    replications: Replications = 10,
    seed: Seed = 1,
    scale: Scale = 1.0,
    out: Out = None,
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Run strategies at every point of a grid of values, with the same luck at all points.

    Replications that were simulated before come from the store, see journeysim store.
    """
    from sim import records
    from sim.sweeping import sweep as sweep_over

    scenario = loaded(file, scale, listed(strategies))
    grid = _grid(vary)
    if out is not None:
        records.check_folder(out)
    result = sweep_over(
        scenario,
        grid,
        listed(strategies),
        replications,
        seed,
        scale=scale,
        engine=engine,
        executor=workers,
        store=False if no_store else None,
        progress=watched(),
    )
    typer.echo(repr(result))
    write(result, out)


@app.command(epilog=examples("journeysim run scenarios/shoe_retailer.yaml --strategy siloed --out results/"))
@plainly
def run(
    file: File,
    strategy: Annotated[str | None, typer.Option(help="Name; by default the first of the scenario.")] = None,
    replications: Replications = 5,
    seed: Seed = 1,
    scale: Scale = 1.0,
    collect: Annotated[
        Literal["tables", "kpis"],
        typer.Option(help="kpis keeps no contacts, so that memory does not grow with replications."),
    ] = "tables",
    out: Out = None,
    workers: Cores = None,
    engine: EngineName = None,
) -> None:
    """Simulate one strategy, show its KPIs, and with --out keep every contact."""
    from sim import experiment, records

    name = one(strategy)
    scenario = loaded(file, scale, [name])
    if out is not None:
        records.check_folder(out)
    result = experiment.run(
        scenario,
        name,
        replications=replications,
        seed=seed,
        scale=scale,
        collect=collect,
        engine=engine,
        executor=workers,
        progress=watched(),
    )
    typer.echo(repr(result))
    write(result, out)


@app.command(epilog=examples("journeysim repeat results/record.json"))
@plainly
def repeat(
    record: Annotated[Path, typer.Argument(help="record.json of an earlier result.")],
    workers: Cores = None,
) -> None:
    """Run an earlier result again and say whether every table comes out the same; nothing is written.

    Exit code 1 if a table differs.
    """
    from sim import records

    same = records.repeat(record, workers, watched())
    for name, equal in same.items():
        typer.echo(f"{name}: {'identical' if equal else 'DIFFERENT'}")
    different = len(same) - sum(same.values())
    found = f"{different} of {len(same)} tables differ from" if different else f"all {len(same)} tables are as in"
    typer.echo(f"\n{found} {record}; nothing was written")
    if different:
        raise typer.Exit(BROKEN)


def _grid(vary: list[str]) -> dict[str, list[Any]]:
    """Values by path; each is read as a file would read it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    grid: dict[str, list[Any]] = {}
    problems = []
    for text in vary:
        path, equals, written = (part.strip() for part in text.partition("="))
        try:
            values = YAML(typ="safe", pure=True).load(f"[{written}]")
        except YAMLError:
            values = []
        if not (path and equals and values):
            problems.append(f"--vary: got {text!r}, expected PATH=VALUE,VALUE such as touchpoints.hotline.agents=2,3")
        elif path in grid:
            problems.append(f"--vary: {path} is named twice; write all its values in one list")
        grid[path] = values
    if problems:
        raise ArgumentError("\n".join(problems))
    return grid
