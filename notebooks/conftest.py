"""Strict checks of stored outputs: the same renderer everywhere, and volatile text made equal on both sides."""

import os
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # The option is relative to the working directory; a path of its own makes `pytest` work from everywhere.
    config.option.nbval_sanitize_with = str(Path(__file__).parents[1] / "tests" / "nbval_sanitize.cfg")
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
