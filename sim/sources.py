"""Which sources something depends on, as a digest: what an earlier run left behind is used by the same code only."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

__all__ = ["KERNELS", "RESULTS", "digest"]

KERNELS = ("engines", "jit", "layout", "luck", "parameters", "population", "rules", "scenario", "tables", "tally")
"""Modules and folders of this package that compiled code is made of."""
RESULTS = (
    *KERNELS,
    "errors",
    "gamma",
    "kpis",
    "relations",
    "replication",
    "results",
    "simulation",
    "sources",
    "strategy",
)
"""Modules and folders that decide about results; all that `sim.replication` imports, as a test checks."""


@cache
def digest(*parts: str) -> str:
    """SHA-256 of the sources of modules and folders of this package.

    Examples
    --------
    >>> digest(*KERNELS) == digest(*RESULTS)
    False
    """
    here = Path(__file__).parent
    sha = hashlib.sha256()
    for part in parts:
        folder = here / part
        for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [here / f"{part}.py"]:
            source = file.read_bytes()
            sha.update(f"{file.relative_to(here).as_posix()} {len(source)} ".encode())
            sha.update(source)
    return sha.hexdigest()
