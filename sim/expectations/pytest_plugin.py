"""Scenario files as test items for pytest: a broken expectation is a failing test with value, band and interval.

Files are collected where they match the ini option ``journeysim_scenarios`` (``scenarios/*.yaml`` below the root
unless told otherwise); a file that is not valid is a collection error. Undecided expectations fail, too, and say how
many more replications they need; ``journeysim_undecided = xfail`` or ``skip`` is more lenient.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from sim.errors import JourneysimError
from sim.expectations.checking import Expected, Outcome, Status, check, check_kpis, names
from sim.scenario import Scenario, load

__all__ = ["ExpectationItem", "ScenarioFile", "pytest_addoption", "pytest_collect_file"]

_UNDECIDED = ("fail", "xfail", "skip")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the ini file."""
    parser.addini(
        "journeysim_scenarios",
        "Patterns, relative to the root, of scenario files whose expectations are tests.",
        type="args",
        default=["scenarios/*.yaml"],
    )
    parser.addini("journeysim_undecided", "What an undecided expectation does: fail, xfail or skip.", default="fail")


def pytest_configure(config: pytest.Config) -> None:
    """Check the options of the ini file."""
    told = config.getini("journeysim_undecided")
    if told not in _UNDECIDED:
        raise pytest.UsageError(f"journeysim_undecided: got {told!r}, expected one of: {', '.join(_UNDECIDED)}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect scenario files."""
    config = parent.config
    for pattern in config.getini("journeysim_scenarios"):
        if file_path.is_relative_to(config.rootpath) and file_path.relative_to(config.rootpath).match(pattern):
            collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
            return collected
    return None


class ScenarioFile(pytest.File):
    """A scenario file with its expectations; they are simulated together, when the first of them is run."""

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, named as the user would name it."""
        return load(os.path.relpath(self.path, self.config.invocation_params.dir))

    @cached_property
    def expected(self) -> Expected:
        """How all expectations of the file came out."""
        return check(self.scenario, progress=False)

    def collect(self) -> Iterator[ExpectationItem]:
        """One item per expectation."""
        try:
            check_kpis(self.scenario)
        except JourneysimError as error:
            raise self.CollectError(str(error)) from None
        for at, name in enumerate(names(self.scenario)):
            yield ExpectationItem.from_parent(self, name=name, at=at)


class _NotMetError(Exception):
    """An expectation is broken or undecided; its text says all there is to say."""


class ExpectationItem(pytest.Item):
    """One expectation.

    Parameters
    ----------
    at : int
        Position in the file.
    """

    def __init__(self, *, at: int, **told: Any) -> None:
        super().__init__(**told)
        self.at = at

    @property
    def outcome(self) -> Outcome:
        """How it came out."""
        file = self.parent
        assert isinstance(file, ScenarioFile)
        return file.expected.outcomes[self.at]

    def runtest(self) -> None:
        """Fail unless the expectation holds."""
        outcome = self.outcome
        if outcome.status is Status.HOLDS:
            return
        lenient = self.config.getini("journeysim_undecided")
        if outcome.status is Status.UNDECIDED and lenient == "skip":
            pytest.skip(str(outcome))
        if outcome.status is Status.UNDECIDED and lenient == "xfail":
            pytest.xfail(str(outcome))
        raise _NotMetError(str(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """Say what was found instead of a traceback."""
        if isinstance(excinfo.value, _NotMetError | JourneysimError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **kwargs)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File and line of the expectation."""
        file = self.parent
        assert isinstance(file, ScenarioFile)
        _, line = file.scenario.content.position(f"expect.{self.at}")
        return self.path, line - 1, self.name
