"""Commands about scenario files: check, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    BROKEN,
    INVALID,
    UNDECIDED,
    Cores,
    EngineName,
    NoStore,
    app,
    examples,
    plainly,
    watched,
)
from sim.errors import ArgumentError, JourneysimError

if TYPE_CHECKING:
    from sim.expectations import Expected

__all__ = ["check", "schema"]


@app.command(
    epilog=examples(
        "journeysim check scenarios/",
        "journeysim check scenarios/shoe_retailer.yaml my_case.yaml",
        "journeysim check scenarios/shoe_retailer.yaml --paths",
        "journeysim check --run scenarios/ --junit report.xml",
    )
)
@plainly
def check(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.")],
    list_paths: Annotated[
        bool, typer.Option("--paths", help="List the numbers that a file states, as sweep --vary calls them.")
    ] = False,
    run: Annotated[bool, typer.Option("--run", help="Simulate, and hold files against what they expect.")] = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="With --run: file for the results as JUnit XML.", metavar="FILE")
    ] = None,
    workers: Cores = None,
    engine: EngineName = None,
    no_store: NoStore = False,
) -> None:
    """Check scenario files and say everything that is wrong or suspicious in them.

    A folder stands for the files *.yaml directly in it. With --run the expectations of each file (its section expect)
    are held against simulations: one is broken only where its interval lies outside its band.

    Exit codes: 0 all is well, 1 an expectation is broken, 2 a file is invalid, 3 an expectation is undecided. 2 comes
    before 1, 1 before 3.
    """
    from sim import experiment
    from sim.expectations import check as held
    from sim.expectations import check_kpis, junit
    from sim.scenario import load

    if junit_file is not None and not run:
        raise ArgumentError("--junit holds the results of --run; add --run")
    if junit_file is not None and not junit_file.parent.is_dir():
        raise ArgumentError(f"--junit: the folder {junit_file.parent} does not exist")
    if junit_file is not None and junit_file.is_dir():
        raise ArgumentError(f"--junit: {junit_file} is a folder, expected a file to write")
    checked: list[tuple[str, Expected | JourneysimError]] = []
    for file in _files(paths):
        try:
            scenario = load(file)
            experiment.check_primary(scenario)
            check_kpis(scenario)
            for warning in scenario.warnings:
                typer.echo(f"warning: {warning}")
            typer.echo(f"{file}: ok")
            if list_paths:
                for row in scenario.assumptions().dropna(subset="value").to_dict("records"):
                    typer.echo(f"  {row['path']}: {row['value']:g} {row['unit']}".rstrip())
            if run:
                store = False if no_store else None
                found = held(scenario, engine=engine, executor=workers, store=store, progress=watched())
                checked.append((str(file), found))
                typer.echo(repr(found))
        except JourneysimError as error:
            checked.append((str(file), error))
            typer.echo(str(error), err=True)
    if junit_file is not None:
        junit_file.write_text(junit(checked) + "\n", encoding="utf-8")
        typer.echo(f"written: {junit_file}")
    code = _exit_code([found for _, found in checked])
    if code:
        raise typer.Exit(code)


@app.command(
    epilog=examples(
        "journeysim schema --out scenario.schema.json",
        "# then start a scenario file with:  # yaml-language-server: $schema=scenario.schema.json",
    )
)
@plainly
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write to; by default it is printed.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, with which editors complete and check them."""
    from sim.scenario import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"written: {out}")


def _exit_code(found: list[Expected | JourneysimError]) -> int:
    from sim.expectations import Expected, Status

    status = {each.status for each in found if isinstance(each, Expected)}
    if any(isinstance(each, JourneysimError) for each in found):
        return INVALID
    return BROKEN if Status.BROKEN in status else UNDECIDED if Status.UNDECIDED in status else 0


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not found:
            raise ArgumentError(f"{path}: the folder holds no *.yaml file")
        files += found
    return files
