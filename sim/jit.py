"""Compilation of rules, where numba is installed; without it everything here is the identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

__all__ = ["HAS_NUMBA", "rule", "unsigned"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    from numba.extending import overload, register_jitable
except ImportError:
    HAS_NUMBA = False
else:
    HAS_NUMBA = True


def rule(function: _Function) -> _Function:
    """Mark a function as a rule: plain Python as it stands, and compiled when a compiled engine calls it."""
    if HAS_NUMBA:
        register_jitable(function)
    return function


def unsigned(number: Any) -> Any:
    """The number, as an unsigned 64-bit one where types exist; Python's whole numbers need no type."""
    return number


if HAS_NUMBA:

    @overload(unsigned)
    def _unsigned(number):  # type: ignore[no-untyped-def] # numba compares the two signatures, annotations included
        return lambda number: np.uint64(number)
