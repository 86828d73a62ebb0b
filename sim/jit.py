"""Compilation of rules, where numba is installed; without it everything here is the identity."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from platformdirs import user_cache_path

from sim.sources import KERNELS, digest

__all__ = ["HAS_NUMBA", "borrowed", "cache_folder", "compiling", "kernel", "prune", "rule", "unsigned"]

_PREFIX = "compiled-"
_KEPT_DAYS = 30
_Function = TypeVar("_Function", bound=Callable[..., Any])

try:
    import numba
    from numba.core import cgutils, event
    from numba.extending import intrinsic, overload, register_jitable
    from numba.np.arrayobj import make_array
except ImportError:
    HAS_NUMBA = False
else:
    HAS_NUMBA = True


def rule(function: _Function) -> _Function:
    """Mark a function as a rule: plain Python as it stands, and compiled when a kernel calls it."""
    if HAS_NUMBA:
        register_jitable(forceinline=_takes_tuples(function))(function)
    return function


def _takes_tuples(function: Callable[..., Any]) -> bool:
    """Whether a parameter is a named tuple of arrays.

    numba passes such a tuple by value, hundreds of words at every call, which took three times as long as the steps
    themselves; a function that is put in place of its call needs no copy. Doing so with every rule would double the
    time to compile and gain little more.
    """
    hints = (hint for name, hint in function.__annotations__.items() if name != "return")
    kinds = (function.__globals__.get(hint) if isinstance(hint, str) else hint for hint in hints)
    return any(isinstance(kind, type) and issubclass(kind, tuple) for kind in kinds)


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
    sources that kernels are made of, with the versions of Python and numba.
    """
    versions = f"py{platform.python_version()}-numba{numba.__version__}" if HAS_NUMBA else "plain"
    return user_cache_path("journeysim") / f"{_PREFIX}{digest(*KERNELS)[:16]}-{versions}"


@contextmanager
def compiling(tell: Callable[[bool], None]) -> Iterator[None]:
    """Tell when kernels have to be compiled, because no cache holds them, and clear the cache of old ones afterwards.

    Parameters
    ----------
    tell : callable
        Called with True when compiling begins, and with False when it is over, by the thread that compiles.
    """
    if not HAS_NUMBA:
        yield
        return

    class Listener(event.Listener):  # type: ignore[misc]  # numba is without types
        depth = 0  # a kernel compiles the rules that it calls

        def on_start(self, event: Any) -> None:
            self.depth += 1
            if self.depth == 1:
                tell(True)

        def on_end(self, event: Any) -> None:
            self.depth -= 1
            if self.depth == 0:
                tell(False)
                prune()

    with event.install_listener("numba:compile", Listener()):
        yield


def prune(older_than_days: float = _KEPT_DAYS) -> list[Path]:
    """Delete compiled code of other versions that was made so long ago.

    Returns
    -------
    list of Path
        The folders that were deleted.
    """
    here = cache_folder()
    latest = time.time() - older_than_days * 86_400.0
    found = [
        folder
        for folder in here.parent.glob(f"{_PREFIX}*")
        if folder != here and folder.is_dir() and folder.stat().st_mtime < latest
    ]
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)  # another process may be at it, too
    return found


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
