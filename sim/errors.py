"""The errors a user can meet. Every one says where, which rule, which value, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ArgumentError", "JourneysimError", "Problem", "ScenarioError"]


class JourneysimError(Exception):
    """Base of all errors raised on purpose by this package."""


class ArgumentError(JourneysimError):
    """A function or command was given a value it cannot use; the message names each one."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, or suspicious, in a scenario.

    Parameters
    ----------
    file : str
        The file as the user named it; ``"(changed)"`` for a value set by `Scenario.change`.
    line : int
        Line in the file, starting at 1; 0 where no line applies.
    path : str
        Dotted path of the value, e.g. ``needs.return.value``; empty for the whole file.
    message : str
        What is wrong, what was found, what is expected.
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ScenarioError(JourneysimError):
    """A scenario is not valid. `problems` holds all that was found, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        # Exceptions pickle their message by default; one that comes back from a worker has to keep its problems.
        return (type(self), (self.problems,))
