"""The command line; each module of this package holds the commands of one kind.

Commands import what they need when they are called, so that ``--help`` does not wait for it.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

import typer

from sim.cli import ballots, evidence, experiments, files, handing_on, money, report, results_kept, workshop
from sim.cli.common import CRASHED, INTERRUPTED, app, crashed

__all__ = [
    "app",
    "ballots",
    "evidence",
    "experiments",
    "files",
    "handing_on",
    "main",
    "money",
    "report",
    "results_kept",
    "workshop",
]


def _tell(show: Any, message: Warning | str, category: type[Warning], *rest: Any) -> None:
    """Tell users of a warning that is meant for them; others are for developers."""
    if issubclass(category, UserWarning):
        typer.echo(f"warning: {message}", err=True)
    else:
        show(message, category, *rest)


def main() -> None:
    """Entry point of the command ``journeysim``."""
    show = warnings.showwarning
    warnings.showwarning = lambda message, category, *rest: _tell(show, message, category, *rest)
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # A thread that still compiles cannot be interrupted, and nobody waits for it.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise
    except Exception as error:  # outside of every command, such as in what reads its options
        typer.echo(crashed(error), err=True)
        sys.exit(CRASHED)
