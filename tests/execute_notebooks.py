"""Runs notebooks anew and stores them as the tests want them: outputs and counts, no other trace of the run.

python tests/execute_notebooks.py                  all of them
python tests/execute_notebooks.py notebooks/01*    some
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]


def executed(path: Path) -> None:
    """Run a notebook where it lies, and write it back."""
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in book.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)  # nothing is left of a widget
    nbformat.write(book, path)


if __name__ == "__main__":
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    for name in sys.argv[1:] or sorted(ROOT.glob("notebooks/*.ipynb")):
        print(name, flush=True)
        executed(Path(name))
