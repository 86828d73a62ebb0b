"""The command line: compare, sweep, run, check, schema, repeat, store, patterns."""

from __future__ import annotations

import functools
import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sim import experiment, records
from sim.errors import ArgumentError, JourneysimError
from sim.patterns import measure
from sim.scenario import json_schema, load
from sim.simulation import Engine
from sim.store import Store
from sim.sweep import sweep as sweep_over

__all__ = ["app", "main"]

INVALID = 2
INTERRUPTED = 130

_P = ParamSpec("_P")

app = typer.Typer(
    name="journeysim",
    help="Simulate customers between web, hotline and store, and compare what a company could do for them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="Scenario file.", show_default=False)]
Replications = Annotated[int, typer.Option(help="Independent repetitions of each strategy.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same customers with the same luck.")]
Scale = Annotated[
    float, typer.Option(help="Factor on customers and rosters; small pools wait longer at the same load.")
]
Out = Annotated[Path | None, typer.Option(help="Folder for tables, figures and record; new, or of an earlier result.")]
Cores = Annotated[int | None, typer.Option(help="Workers that simulate at the same time; by default one per core.")]
EngineName = Annotated[
    Engine | None, typer.Option(help="Both give identical results. By default compiled, if numba is there.")
]
NoStore = Annotated[bool, typer.Option("--no-store", help="Simulate all anew and keep nothing; see journeysim store.")]
Strategies = Annotated[str | None, typer.Option(help="Names with commas; the first is the baseline. By default all.")]


def _examples(*lines: str) -> str:
    """Put examples below a command's help; the first character keeps their lines as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _plainly(command: Callable[_P, None]) -> Callable[_P, None]:
    """Errors a user can meet end in plain text on stderr and a stated exit code, not in a traceback."""

    @functools.wraps(command)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (JourneysimError, OSError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(INVALID) from None
        except KeyboardInterrupt:
            typer.echo("\ninterrupted: nothing was written", err=True)
            raise typer.Exit(INTERRUPTED) from None

    return guarded


@app.command(
    epilog=_examples(
        "journeysim compare scenarios/shoe_retailer.yaml",
        "journeysim compare scenarios/shoe_retailer.yaml --strategies siloed,integrated --out results/",
    )
)
@_plainly
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
    scenario = load(file)
    names = _names(strategies)
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
        progress=_watched(),
    )
    typer.echo(repr(result))
    _write(result, out)


@app.command(
    epilog=_examples(
        "journeysim sweep scenarios/shoe_retailer.yaml --vary touchpoints.hotline.agents=1,2,3 --strategies siloed",
        "journeysim sweep FILE --vary touchpoints.hotline.agents=2,3,4 --vary levers.customer_id.coverage=0,0.5,1",
        'journeysim sweep FILE --vary "segments.occasional.patience=1 min,2 min" --out results/',
    )
)
@_plainly
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
    scenario = load(file)
    grid = _grid(vary)
    if out is not None:
        records.check_folder(out)
    result = sweep_over(
        scenario,
        grid,
        _names(strategies),
        replications,
        seed,
        scale=scale,
        engine=engine,
        executor=workers,
        store=False if no_store else None,
        progress=_watched(),
    )
    typer.echo(repr(result))
    _write(result, out)


@app.command(epilog=_examples("journeysim run scenarios/shoe_retailer.yaml --strategy siloed --out results/"))
@_plainly
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
    scenario = load(file)
    if out is not None:
        records.check_folder(out)
    result = experiment.run(
        scenario,
        strategy,
        replications=replications,
        seed=seed,
        scale=scale,
        collect=collect,
        engine=engine,
        executor=workers,
        progress=_watched(),
    )
    typer.echo(repr(result))
    _write(result, out)


@app.command(
    epilog=_examples("journeysim check scenarios/", "journeysim check scenarios/shoe_retailer.yaml my_case.yaml")
)
@_plainly
def check(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.")],
) -> None:
    """Check scenario files and say everything that is wrong or suspicious in them.

    A folder stands for the files *.yaml directly in it. Exit code 2 if any file is invalid.
    """
    invalid = False
    for file in _files(paths):
        try:
            scenario = load(file)
            experiment.check_primary(scenario)
        except JourneysimError as error:
            invalid = True
            typer.echo(str(error), err=True)
            continue
        for warning in scenario.warnings:
            typer.echo(f"warning: {warning}")
        typer.echo(f"{file}: ok")
    if invalid:
        raise typer.Exit(INVALID)


@app.command(
    epilog=_examples(
        "journeysim schema --out scenario.schema.json",
        "# then start a scenario file with:  # yaml-language-server: $schema=scenario.schema.json",
    )
)
@_plainly
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write to; by default it is printed.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, with which editors complete and check them."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"written: {out}")


@app.command(epilog=_examples("journeysim repeat results/record.json"))
@_plainly
def repeat(
    record: Annotated[Path, typer.Argument(help="record.json of an earlier result.")],
    workers: Cores = None,
) -> None:
    """Run an earlier result again and say whether every table comes out the same.

    Exit code 1 if a table differs.
    """
    same = records.repeat(record, workers, _watched())
    for name, equal in same.items():
        typer.echo(f"{name}: {'identical' if equal else 'DIFFERENT'}")
    if not all(same.values()):
        raise typer.Exit(1)


@app.command(
    epilog=_examples(
        "journeysim store",
        "journeysim store --prune",
        "journeysim store --prune --older-than 90",
        "journeysim store --prune --all",
    )
)
@_plainly
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
    kept = Store(folder)
    if not prune and (everything or older_than is not None):
        raise ArgumentError("--all and --older-than say what --prune deletes; add --prune")
    if prune:
        deleted = kept.prune(older_than_days=older_than, everything=everything)
        typer.echo(f"deleted: {len(deleted):,} results, {deleted['bytes'].sum() / 1e6:.1f} MB")
    typer.echo(repr(kept))


def _names(strategies: str | None) -> list[str] | None:
    return None if strategies is None else [name.strip() for name in strategies.split(",")]


def _grid(vary: list[str]) -> dict[str, list[Any]]:
    """Values by path; each is read as a file would read it."""
    grid: dict[str, list[Any]] = {}
    problems = []
    for text in vary:
        path, equals, values = (part.strip() for part in text.partition("="))
        try:
            listed = YAML(typ="safe", pure=True).load(f"[{values}]")
        except YAMLError:
            listed = []
        if not (path and equals and listed):
            problems.append(f"--vary: got {text!r}, expected PATH=VALUE,VALUE such as touchpoints.hotline.agents=2,3")
        elif path in grid:
            problems.append(f"--vary: {path} is named twice; write all its values in one list")
        grid[path] = listed
    if problems:
        raise ArgumentError("\n".join(problems))
    return grid


@app.command(
    epilog=_examples(
        "journeysim patterns scenarios/shoe_retailer.yaml",
        "journeysim patterns scenarios/shoe_retailer.yaml --replications 10 --out patterns.csv",
    )
)
@_plainly
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
    scenario = load(file)
    if out is not None and not out.parent.is_dir():
        raise ArgumentError(f"--out: the folder {out.parent} does not exist")
    report = measure(
        scenario,
        strategy,
        replications=replications,
        seed=seed,
        scale=scale,
        hotline=hotline,
        engine=engine,
        executor=workers,
        progress=_watched(),
    )
    typer.echo(repr(report))
    if out is not None:
        report.table.to_csv(out, index=False)
        typer.echo(f"written: {out}")


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not found:
            raise ArgumentError(f"{path}: the folder holds no *.yaml file")
        files += found
    return files


def _write(result: Any, out: Path | None) -> None:
    if out is not None:
        files = records.write(result, out, shlex.join(["journeysim", *sys.argv[1:]]))
        typer.echo(f"\nwritten to {out}: {', '.join(file.name for file in files)}")


def _watched() -> bool:
    """Tell whether somebody watches: a progress bar is not for a log file."""
    return sys.stderr.isatty()


def main() -> None:
    """Entry point of the command ``journeysim``."""
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # A thread that still compiles cannot be interrupted, and nobody waits for it.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise
