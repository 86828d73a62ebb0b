"""Compilation of rules, where numba is installed; without it everything here is the identity."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from platformdirs import user_cache_path

__all__ = ["HAS_NUMBA", "cache_folder", "kernel", "rule", "unsigned"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    import numba
    from numba.extending import overload, register_jitable
except ImportError:
    HAS_NUMBA = False
else:
    HAS_NUMBA = True


def rule(function: _Function) -> _Function:
    """Mark a function as a rule: plain Python as it stands, and compiled when a kernel calls it."""
    if HAS_NUMBA:
        register_jitable(function)
    return function


def kernel(function: _Function) -> _Function:
    """Compile a function on its first call, and keep the machine code on disk for the next process."""
    if not HAS_NUMBA:
        return function
    default = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        compiled: _Function = numba.njit(nogil=True, cache=True)(function)
    finally:
        numba.config.CACHE_DIR = default
    return compiled


def cache_folder() -> Path:
    """Folder of compiled code that fits the present source.

    numba looks at the file of a kernel only, not at the rules it calls; so the folder's name is a digest of all.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return user_cache_path("journeysim") / f"compiled-{digest.hexdigest()[:16]}"


def unsigned(number: Any) -> Any:
    """The number, as an unsigned 64-bit one where types exist; Python's whole numbers need no type."""
    return number


if HAS_NUMBA:

    @overload(unsigned)
    def _unsigned(number):  # type: ignore[no-untyped-def] # numba compares the two signatures, annotations included
        return lambda number: np.uint64(number)
