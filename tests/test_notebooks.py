"""Stored notebooks are checked by nbval; here is what nbval does not notice."""

import configparser
import json
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 500_000

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def cells(path, kind):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def test_every_code_cell_was_run_in_order(path):
    # nbval skips the comparison of a cell without a count, so a cleared notebook would pass
    counts = [cell["execution_count"] for cell in cells(path, "code") if source(cell).strip()]
    assert counts == list(range(1, len(counts) + 1))
    assert counts


def test_it_is_valid_and_small(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    assert path.stat().st_size < MOST_BYTES


def test_it_stores_no_state_of_widgets_and_no_trace_of_the_machine(path):
    book = json.loads(path.read_text(encoding="utf-8"))
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert set(book["metadata"]["language_info"]) == {"name"}
    assert not any(cell["metadata"] for cell in book["cells"])
    outputs = json.dumps([cell.get("outputs", []) for cell in book["cells"]])
    assert "application/vnd.jupyter.widget" not in outputs
    assert not re.search(r"/(home|root|tmp|Users|work)/", outputs)


def test_it_ran_without_errors_or_warnings(path):
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_figures_are_stored_as_plain_numbers(path):
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
    figures = [
        o["data"]["application/vnd.plotly.v1+json"]
        for o in outputs
        if "data" in o and any("plotly" in k for k in o["data"])
    ]
    assert figures
    assert "bdata" not in json.dumps(figures)
    assert all(figure["layout"]["title"]["text"] for figure in figures)


def test_it_tells_one_story(path):
    told = "\n".join(source(cell) for cell in cells(path, "markdown"))
    code = "\n".join(source(cell) for cell in cells(path, "code"))
    assert told.startswith("# ")
    assert source(cells(path, "markdown")[-1]).startswith("## Conclusion")
    assert not re.search(r"^\s*(def|class|async def) ", code, flags=re.MULTILINE), "functions belong in sim/"
    assert not re.search(r"https?://", code)


@pytest.fixture(scope="module")
def rules():
    config = configparser.RawConfigParser()
    config.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    return [(re.compile(config[name]["regex"]), config[name]["replace"]) for name in config.sections()]


def test_sanitizing_hides_no_number_of_the_results(path, rules):
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            for text in [output.get("text", ""), output.get("data", {}).get("text/plain", "")]:
                shown = "".join(text)
                for pattern, _ in rules:
                    assert not pattern.search(shown), f"{pattern.pattern} matches a stored result"
