"""One declaration for two forms: a dataclass for the reference engine is a NumPy record for the compiled one."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np

__all__ = ["dtype_of", "padded", "position", "record"]

_SHORT, _LONG = 8, 64


def position(dtype: str, default: Any = 0, shape: str | None = None) -> Any:
    """A dataclass field that knows its NumPy type.

    Parameters
    ----------
    dtype : str
        NumPy type, e.g. ``"f8"``.
    default : Any
        Value of a new object.
    shape : str, optional
        Name of a dimension, for a field that holds one value per touchpoint or frustration type.
    """
    metadata = {"dtype": dtype, "shape": shape}
    if shape is not None:
        return dataclasses.field(default_factory=list, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@cache
def dtype_of(layout: type, **dimensions: int) -> np.dtype[Any]:
    """Record type of a dataclass whose fields were declared with `position`."""
    return np.dtype(
        [
            (part.name, part.metadata["dtype"])
            if part.metadata["shape"] is None
            else (part.name, part.metadata["dtype"], (dimensions[part.metadata["shape"]],))
            for part in dataclasses.fields(layout)
        ],
        align=True,
    )


def record(values: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """One-element record array of a dataclass that holds numbers and nested tuples of numbers.

    Short axes are padded with zeros to a few standard lengths, so that scenarios of different size share one type
    and with it one compiled kernel. A field may name its NumPy type in its metadata.
    """
    arrays = {
        part.name: np.asarray(getattr(values, part.name), part.metadata.get("dtype"))
        for part in dataclasses.fields(values)
    }
    dtype = np.dtype(
        [(name, array.dtype, tuple(map(padded, array.shape))) for name, array in arrays.items()], align=True
    )
    result = np.zeros(1, dtype)
    for name, array in arrays.items():
        filled: tuple[Any, ...] = (0, *(slice(length) for length in array.shape))
        result[name][filled] = array
    return result


def padded(length: int) -> int:
    """Standard length of an axis: nearly all scenarios get the same, for compiling takes half a minute.

    Examples
    --------
    >>> [padded(n) for n in (1, 3, 8, 9, 672)]
    [8, 8, 8, 16, 672]
    """
    if length > _LONG:
        return length
    return max(_SHORT, 1 << (length - 1).bit_length())
