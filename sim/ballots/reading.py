"""Reading ballots from a file, with all that is wrong in it at once."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from sim.ballots.pools import Pool, Vote
from sim.ballots.room import Ballots
from sim.errors import ArgumentError, Problem, ScenarioError
from sim.scenario import Scenario
from sim.scenario.quantities import Kind

__all__ = ["COLUMNS", "load_ballots"]

COLUMNS = ("participant", "parameter", "low", "best", "high")
_DECIDED = ("run", "decision")


def load_ballots(path: str | os.PathLike[str], scenario: Scenario) -> Ballots:
    """Read the ballots of a workshop.

    Parameters
    ----------
    path : str or path-like
        CSV with the columns participant, parameter, low, best, high, in any order; others are ignored. A parameter is
        the path of a number in the scenario, values are written as there (``6 min``, ``35 %``). Commas or semicolons
        separate.
    scenario : Scenario
        The case that was voted on.

    Returns
    -------
    Ballots

    Raises
    ------
    ScenarioError
        With all problems of the file, each with its line.
    ArgumentError
        The file cannot be read.

    Examples
    --------
    >>> import sim, tempfile
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "votes.csv")
    ...     ballot = "Ada,touchpoints.hotline.identifies,10 %,20 %,40 %"
    ...     _ = file.write_text(",".join(COLUMNS) + chr(10) + ballot)
    ...     load_ballots(file, case).table[["parameter", "ballots"]].to_dict("records")
    [{'parameter': 'touchpoints.hotline.identifies', 'ballots': 1}]
    """
    name = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArgumentError(f"{name}: cannot be read as text in UTF-8: {reason}") from error
    heads, lines = _split(text)
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        message = f"the columns {', '.join(missing)} are missing, expected {','.join(COLUMNS)}"
        raise ScenarioError([Problem(name, 1, "", message)])
    problems: list[Problem] = []
    votes: dict[str, list[Vote]] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, cells in lines:
        if len(cells) != len(heads):
            problems.append(Problem(name, line, "", f"got {len(cells)} cells, expected {len(heads)} as in line 1"))
            continue
        row = {head: cell.strip() for head, cell in zip(heads, cells, strict=True)}
        who, parameter = row["participant"], row["parameter"]
        wrong = [] if who else ["the participant is missing, expected a name or number"]
        vote, found = _vote(row, scenario)
        wrong += found
        if (who, parameter) in seen:
            wrong.append(f"{who} has voted on it in line {seen[who, parameter]} already, expected one ballot each")
        seen.setdefault((who, parameter), line)
        problems += [Problem(name, line, parameter, message) for message in wrong]
        if vote is not None:
            votes.setdefault(parameter, []).append(vote)
    if not problems and not votes:
        problems.append(Problem(name, 1, "", "there is no ballot below the heads"))
    if problems:
        raise ScenarioError(problems)
    pools = [Pool(parameter, _kind(scenario, parameter), tuple(sorted(each))) for parameter, each in votes.items()]
    return Ballots(scenario, tuple(pools))


def _split(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Heads and cells with their line numbers; empty lines are left out."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    rows, begin = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((begin, cells))
        begin = reader.line_num + 1
    heads = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    return heads, rows[1:]


def _kind(scenario: Scenario, parameter: str) -> Kind:
    kind = scenario.quantity(parameter).kind
    assert kind is not None
    return kind


def _vote(row: dict[str, str], scenario: Scenario) -> tuple[Vote | None, list[str]]:
    """Read one ballot; what is wrong with it comes along."""
    parameter = row["parameter"]
    if parameter.split(".")[0] in _DECIDED:
        return None, ["is decided by the author of the scenario and cannot be voted on"]
    try:
        kind = _kind(scenario, parameter)
    except ScenarioError as error:
        return None, [problem.message for problem in error.problems]
    amounts, wrong = [], []
    for column in ("low", "best", "high"):
        try:
            amounts.append(kind.number(row[column]))
        except ValueError as error:
            wrong.append(f"{column}: {error}")
    if wrong:
        return None, wrong
    low, best, high = amounts
    if not low <= best <= high:
        told = ", ".join(f"{column} {row[column]}" for column in ("low", "best", "high"))
        return None, [f"got {told}, expected low <= best <= high"]
    return Vote(row["participant"], low, best, high), []
