"""Office files that are the same, byte for byte, whenever they are written."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["settled"]

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can hold; it stands for 'no date'."""
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(file: bytes) -> bytes:
    """Rewrite an office file, a zip of parts, without the time at which it was made.

    Parameters
    ----------
    file : bytes
        What is embedded in it, such as the workbook behind a chart, is rewritten as well.

    Returns
    -------
    bytes
    """
    fresh = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = settled(part)
            if name == "docProps/core.xml":
                part = _TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", part)
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return fresh.getvalue()
