"""Commands about scenario files: check, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim import experiment
from sim.cli.common import (
    INVALID,
    app,
    examples,
    plainly,
)
from sim.errors import ArgumentError, JourneysimError
from sim.scenario import json_schema, load

__all__ = ["check", "schema"]


@app.command(
    epilog=examples("journeysim check scenarios/", "journeysim check scenarios/shoe_retailer.yaml my_case.yaml")
)
@plainly
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
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"written: {out}")


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not found:
            raise ArgumentError(f"{path}: the folder holds no *.yaml file")
        files += found
    return files
