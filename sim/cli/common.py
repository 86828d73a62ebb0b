"""What all commands share: the app, options, errors in plain text."""

from __future__ import annotations

import functools
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec

import typer

from sim.errors import ArgumentError, JourneysimError, Problem

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = [
    "BROKEN",
    "CRASHED",
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
    "crashed",
    "examples",
    "listed",
    "loaded",
    "plainly",
    "watched",
    "write",
]

BROKEN = 1
INVALID = 2
UNDECIDED = 3
CRASHED = 70
"""EX_SOFTWARE of sysexits.h: a fault of the program, which no other code may be mistaken for."""
INTERRUPTED = 130
READER_GONE = 141
"""What a shell reports for a program whose output nobody reads any more, as in ``journeysim schema | head -1``."""

_TRACEBACK = "JOURNEYSIM_TRACEBACK"

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


def _scale(text: str | float) -> float:
    """Read a scale as a number or in per cent."""
    written = str(text).strip()
    try:
        return float(written.removesuffix("%")) / (100.0 if written.endswith("%") else 1.0)
    except ValueError:
        raise typer.BadParameter(f"got {written!r}, expected a factor such as 0.1 or 10%") from None


Scale = Annotated[
    float,
    typer.Option(
        parser=_scale, metavar="<float>", help="Factor on customers and rosters; a copy says what is lost in it."
    ),
]
Out = Annotated[Path | None, typer.Option(help="Folder for tables, figures and record; new, or of an earlier result.")]
Cores = Annotated[int | None, typer.Option(help="Workers that simulate at the same time; by default one per core.")]
EngineName = Annotated[
    Literal["compiled", "reference"] | None,
    typer.Option(help="Both give identical results. By default compiled, if numba is there."),
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
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(READER_GONE) from None
        except JourneysimError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(INVALID) from None
        except OSError as error:
            typer.echo(_readable(error), err=True)
            raise typer.Exit(INVALID) from None
        except KeyboardInterrupt:
            typer.echo("\ninterrupted: nothing was written", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except MemoryError:
            message = "the memory of this machine does not suffice; take a smaller --scale, or fewer --workers"
            typer.echo(message, err=True)
            raise typer.Exit(INVALID) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:
            typer.echo(crashed(error), err=True)
            raise typer.Exit(CRASHED) from None

    return guarded


def crashed(error: Exception) -> str:
    """Say that the program failed, where, and how to report it; with the traceback where it was asked for."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" ({os.path.basename(frame.filename)}, line {frame.lineno})" for frame in last)
    told = f"{type(error).__name__}: {error}".strip().rstrip(":")
    message = f"the program failed, which is its own fault and not that of your input: {told}{where}"
    if os.environ.get(_TRACEBACK, "") not in ("", "0"):
        return f"{''.join(traceback.format_exception(error))}{message}"
    return (
        f"{message}\nPlease report it to those who maintain journeysim, with the command, its files, and what the "
        f"command prints after {_TRACEBACK}=1 is set in the environment."
    )


def _readable(error: OSError) -> str:
    """What went wrong with which file; the system's number of it helps nobody."""
    reason = error.strerror or str(error) or type(error).__name__
    return reason if error.filename is None else f"{os.fspath(error.filename)}: {reason[:1].lower()}{reason[1:]}"


def loaded(file: Path, scale: float = 1.0, strategies: Sequence[str | None] | None = None) -> Scenario:
    """Read a scenario; what only its scaled copy makes suspicious, for strategies in use, is said on stderr.

    By default all strategies are in use; None among them stands for the first.
    """
    from sim.experiment import LARGEST_SCALE
    from sim.scenario import load

    scenario = load(file)
    if 0.0 < scale <= LARGEST_SCALE and scale != 1.0:  # else refused later, with all else that is wrong
        used = scenario.strategies if strategies is None else [name or scenario.strategies[0] for name in strategies]
        for warning in sorted(_by_scale(scenario, scale, used)):
            typer.echo(f"warning: at scale {scale:g}: {warning}", err=True)
    return scenario


def _by_scale(scenario: Scenario, scale: float, strategies: Sequence[str]) -> Iterator[Problem]:
    """What is missing in a copy, and what is suspicious in it alone."""
    from sim.copies import lost

    missing = lost(scenario, scale)
    at_levers = {each.path for each in missing if each.lever}
    yield from (
        warning
        for warning in scenario.scaled(scale).warnings
        if warning not in scenario.warnings and warning.path not in at_levers
    )
    yield from (
        scenario.content.problem(each.path, str(each))
        for each in missing
        if not each.strategy or each.strategy in strategies
    )


def one(strategy: str | None) -> str | None:
    """The name of an option --strategy, which takes no list."""
    if strategy is not None and "," in strategy:
        raise ArgumentError(
            f"--strategy takes one name, got {strategy!r}; several are compared by: "
            f"journeysim compare FILE --strategies {strategy}"
        )
    return strategy


def listed(strategies: str | None) -> list[str] | None:
    """Names of an option --strategies."""
    return None if strategies is None else [name.strip() for name in strategies.split(",")]


def write(result: Any, out: Path | None) -> None:
    """Keep a result in a folder, if one is named, and say so."""
    from sim import records

    if out is not None:
        files = records.write(result, out, shlex.join(["journeysim", *sys.argv[1:]]))
        page = next((f"; open {file}" for file in files if file.name == "figures.html"), "")
        typer.echo(f"\nwritten to {out}: {len(files)} files{page}")


def watched() -> bool:
    """Tell whether somebody watches: a progress bar is not for a log file."""
    return sys.stderr.isatty()
