"""The command line; each module of this package holds the commands of one kind."""

from __future__ import annotations

import os
import sys

from sim.cli import ballots, evidence, experiments, files, handing_on, money, report, results_kept, workshop
from sim.cli.common import INTERRUPTED, app

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
