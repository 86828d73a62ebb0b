"""Compilation of rules, where numba is installed; without it everything here is the identity."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from platformdirs import user_cache_path

from sim.sources import KERNELS, digest

__all__ = [
    "HAS_NUMBA",
    "borrowed",
    "cache_folder",
    "compiling",
    "kernel",
    "kernel_from_the_front",
    "prefetch",
    "prune",
    "rule",
    "table",
    "unsigned",
]

_PREFIX = "compiled-"
_KEPT_DAYS = 30
_CACHE_LINE = 64
_Function = TypeVar("_Function", bound=Callable[..., Any])
_Arrays = TypeVar("_Arrays")

try:
    import numba
    from llvmlite import ir
    from numba.core import cgutils, event, types
    from numba.core.compiler import Compiler
    from numba.extending import intrinsic, overload, register_jitable
    from numba.np import arrayobj
    from numba.np.arrayobj import make_array
except ImportError:
    HAS_NUMBA = False
else:
    HAS_NUMBA = True


def rule(function: _Function) -> _Function:
    """Mark a function as a rule: plain Python as it stands, and put in place of its call when a kernel is compiled.

    Calls cost as much as the rules themselves, above all where a named tuple of arrays is passed, hundreds of words
    each time. Compiling takes half as long again for it.
    """
    if HAS_NUMBA:
        register_jitable(forceinline=True)(function)
    return function


def kernel(function: _Function) -> _Function:
    """Compile a function on its first call, and keep the machine code on disk for the next process.

    numba compiles a rule once for all kernels of a process, so these kernels and those that count from the front share
    no rules; a test sees to it.
    """
    return _compiled(function) if HAS_NUMBA else function


def kernel_from_the_front(function: _Function) -> _Function:
    """As `kernel`, for a function that counts from the front of arrays only, whatever it is given.

    Asking at every index whether it is negative takes a twelfth of an engine's time. Without that, a negative index
    damages memory, unless it is a number that stands in the source.
    """
    return _compiled(function, pipeline_class=_FromTheFront) if HAS_NUMBA else function


def _compiled(function: _Function, **options: Any) -> _Function:
    default = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        compiled: _Function = numba.njit(nogil=True, cache=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = default
    return compiled


def cache_folder() -> Path:
    """Folder of compiled code that fits the present source.

    numba looks at the file of a kernel only, not at the rules it calls; so the folder's name is a digest of all
    sources that kernels are made of, with the versions of Python and numba.
    """
    versions = f"py{platform.python_version()}-numba{numba.__version__}" if HAS_NUMBA else "plain"
    if HAS_NUMBA and numba.config.BOUNDSCHECK:
        versions += "-checked"
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


def table(values: Iterable[float]) -> Any:
    """Numbers for rules to look up by position; compiled rules can hold an array, but no list."""
    return np.array(tuple(values)) if HAS_NUMBA else tuple(values)


def unsigned(number: Any) -> Any:
    """The number, as an unsigned 64-bit one where types exist; Python's whole numbers need no type."""
    return number


def borrowed(arrays: _Arrays) -> _Arrays:
    """The same array, or named tuple of arrays, in a kernel without counts of references, since its caller holds them.

    Without this, counting references at every step takes several times as long as the steps themselves.
    """
    return arrays


def prefetch(rows: Any, index: int) -> None:
    """Fetch a row of a record array into the processor's cache, while something else is done."""


if HAS_NUMBA:

    class _FromTheFront(Compiler):  # type: ignore[misc]  # numba is without types
        """Compiles without asking at every index whether it is negative."""

        def compile_extra(self, function: Any) -> Any:
            usual = getattr(arrayobj, "fix_integer_index", None)
            if usual is None:  # another version of numba: slower, and as right
                return super().compile_extra(function)

            def from_the_front(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
                if isinstance(index, ir.Constant):
                    return usual(context, builder, kind, index, size)
                return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)

            arrayobj.fix_integer_index = from_the_front  # numba compiles under a lock, one thread at a time
            try:
                return super().compile_extra(function)
            finally:
                arrayobj.fix_integer_index = usual

    # numba compares the signatures of a function and its overload, annotations included, so these have none

    @overload(unsigned)
    def _unsigned(number):  # type: ignore[no-untyped-def]
        return lambda number: np.uint64(number)

    @intrinsic
    def _without_references(typing_context, arrays):  # type: ignore[no-untyped-def]
        def without(context, builder, kind, value):  # type: ignore[no-untyped-def]
            if isinstance(kind, types.Array):
                view = make_array(kind)(context, builder, value)
                view.meminfo = cgutils.get_null_value(view.meminfo.type)
                view.parent = cgutils.get_null_value(view.parent.type)
                return view._getvalue()
            if hasattr(kind, "types"):  # a named tuple
                for index, part in enumerate(kind.types):
                    inner = without(context, builder, part, builder.extract_value(value, index))  # type: ignore[no-untyped-call]
                    value = builder.insert_value(value, inner, index)
            return value

        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            return without(context, builder, signature.args[0], arguments[0])  # type: ignore[no-untyped-call]

        return arrays(arrays), generate

    @overload(borrowed)
    def _borrowed(arrays):  # type: ignore[no-untyped-def]
        return lambda arrays: _without_references(arrays)

    @intrinsic
    def _fetched(typing_context, rows, index):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            kind = signature.args[0]
            view = make_array(kind)(context, builder, arguments[0])
            number = ir.IntType(32)
            byte = ir.IntType(8).as_pointer()
            hint = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(ir.VoidType(), [byte, number, number, number]), "llvm.prefetch.p0"
            )
            start = cgutils.get_item_pointer(context, builder, kind, view, [arguments[1]], wraparound=False)
            address = builder.bitcast(start, byte)
            size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
            for offset in range(0, size, _CACHE_LINE):
                line = builder.gep(address, [ir.Constant(ir.IntType(64), offset)])
                builder.call(hint, [line, number(0), number(3), number(1)])  # to read, keep it, data
            return context.get_dummy_value()

        return types.void(rows, index), generate

    @overload(prefetch)
    def _prefetch(rows, index):  # type: ignore[no-untyped-def]
        return lambda rows, index: _fetched(rows, index)
