"""What all commands share: the app, options, errors in plain text."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from sim import records
from sim.errors import JourneysimError
from sim.simulation import Engine

__all__ = [
    "BROKEN",
    "INTERRUPTED",
    "INVALID",
    "UNDECIDED",
    "Cores",
    "EngineName",
    "File",
    "NoStore",
    "Out",
    "Replications",
    "Scale",
    "Seed",
    "Strategies",
    "app",
    "examples",
    "listed",
    "plainly",
    "watched",
    "write",
]

BROKEN = 1
INVALID = 2
UNDECIDED = 3
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


def examples(*lines: str) -> str:
    """Put examples below a command's help; the first character keeps their lines as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def plainly(command: Callable[_P, None]) -> Callable[_P, None]:
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


def listed(strategies: str | None) -> list[str] | None:
    """Names of an option --strategies."""
    return None if strategies is None else [name.strip() for name in strategies.split(",")]


def write(result: Any, out: Path | None) -> None:
    """Keep a result in a folder, if one is named, and say so."""
    if out is not None:
        files = records.write(result, out, shlex.join(["journeysim", *sys.argv[1:]]))
        typer.echo(f"\nwritten to {out}: {', '.join(file.name for file in files)}")


def watched() -> bool:
    """Tell whether somebody watches: a progress bar is not for a log file."""
    return sys.stderr.isatty()
