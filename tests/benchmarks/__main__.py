"""Runs the benchmark from a fresh clone, installed or not: the folder above is the package's home."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from benchmarks.command import main  # noqa: E402 # only found on the path just added

sys.exit(main())
