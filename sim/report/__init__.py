"""The report that participants take home: a page, a deck and a workbook, which say the same."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ArgumentError
from sim.labels import LANGUAGES
from sim.report.content import SECTIONS, content
from sim.report.deck import deck
from sim.report.page import page
from sim.report.parts import Amount, Chart, Content, Section, Series, Table
from sim.report.workbook import workbook

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = [
    "SECTIONS",
    "Amount",
    "Chart",
    "Content",
    "Section",
    "Series",
    "Table",
    "check",
    "content",
    "deck",
    "page",
    "workbook",
    "write",
]

_PACKAGES = {"pptx": "python-pptx", "xlsxwriter": "xlsxwriter"}


def check(out: str | os.PathLike[str], language: str) -> None:
    """Raise ArgumentError with everything that stands in the way of a report, before the work is done."""
    problems = []
    if language not in LANGUAGES:
        problems.append(f"language: got {language!r}, expected {' or '.join(map(repr, LANGUAGES))}")
    there = next(path for path in (Path(out).absolute(), *Path(out).absolute().parents) if path.exists())
    if not there.is_dir():
        problems.append(f"out: {there} is a file, expected a folder")
    missing = [package for module, package in _PACKAGES.items() if find_spec(module) is None]
    if missing:
        problems.append(f"the report needs {' and '.join(missing)}; install with: pip install 'journeysim[report]'")
    if problems:
        raise ArgumentError("\n".join(problems))


def write(result: Comparison, out: str | os.PathLike[str], language: str = "en") -> list[Path]:
    """Write the report of a comparison into a folder: ``report.html``, ``report.pptx``, ``report.xlsx``.

    Parameters
    ----------
    result : Comparison
    out : str or path-like
        Folder; made where it does not exist. Files of these names are replaced, others stay.
    language : {"en", "de"}
        Of everything but the texts of the scenario file, which stay as their author wrote them.

    Returns
    -------
    list of Path
        The files. The same result gives the same bytes.

    Raises
    ------
    ArgumentError
        See `check`.
    """
    check(out, language)
    told = content(result, language)
    files = {
        "report.html": page(told).encode(),
        "report.pptx": deck(told),
        "report.xlsx": workbook(told),
    }
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=folder) as beside:
        for name, data in files.items():
            (Path(beside) / name).write_bytes(data)
        for name in files:
            (Path(beside) / name).replace(folder / name)
    return [folder / name for name in files]
