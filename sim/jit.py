"""Compilation of rules, where numba is installed; without it everything here is the identity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from platformdirs import user_cache_path

from sim.sources import KERNELS, digest

__all__ = ["HAS_NUMBA", "borrowed", "cache_folder", "inlined", "kernel", "rule", "unsigned"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    import numba
    from numba.core import cgutils
    from numba.extending import intrinsic, overload, register_jitable
    from numba.np.arrayobj import make_array
except ImportError:
    HAS_NUMBA = False
else:
    HAS_NUMBA = True


def rule(function: _Function) -> _Function:
    """Mark a function as a rule: plain Python as it stands, and compiled when a kernel calls it."""
    if HAS_NUMBA:
        register_jitable(function)
    return function


def inlined(function: _Function) -> _Function:
    """Mark a rule that becomes part of the kernel that calls it.

    A call copies a tuple of arrays and counts the references of each, which takes longer than most rules.
    """
    if HAS_NUMBA:
        register_jitable(forceinline=True)(function)
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

    numba looks at the file of a kernel only, not at the rules it calls; so the folder's name is a digest of all
    sources that kernels are made of.
    """
    return user_cache_path("journeysim") / f"compiled-{digest(*KERNELS)[:16]}"


def unsigned(number: Any) -> Any:
    """The number, as an unsigned 64-bit one where types exist; Python's whole numbers need no type."""
    return number


def borrowed(array: Any) -> Any:
    """The same array, in a kernel without its count of references; the caller of the kernel holds it.

    Without this, counting references at every step takes several times as long as the steps themselves.
    """
    return array


if HAS_NUMBA:
    # numba compares the signatures of a function and its overload, annotations included, so these have none

    @overload(unsigned)
    def _unsigned(number):  # type: ignore[no-untyped-def]
        return lambda number: np.uint64(number)

    @intrinsic
    def _without_references(typing_context, array):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            view = make_array(signature.args[0])(context, builder, arguments[0])
            view.meminfo = cgutils.get_null_value(view.meminfo.type)
            view.parent = cgutils.get_null_value(view.parent.type)
            return view._getvalue()

        return array(array), generate

    @overload(borrowed)
    def _borrowed(array):  # type: ignore[no-untyped-def]
        return lambda array: _without_references(array)
