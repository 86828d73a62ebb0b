"""Write a result to a folder, with all it takes to repeat it exactly, and repeat it."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from sim.comparison import Comparison
from sim.economics import BusinessCase, business_case, profit_and_loss
from sim.errors import ArgumentError
from sim.experiment import RunResult, Workers, compare, run
from sim.scenario import load
from sim.sweeping import Sweep, sweep

__all__ = ["RECORD", "check_folder", "repeat", "write"]

RECORD = "record.json"
MOST_CSV_ROWS = 1_048_575
"""Rows that a spreadsheet can hold below a header; a larger table would take minutes to write as text."""
Result = Comparison | RunResult | Sweep | BusinessCase
_PACKAGES = (
    "journeysim",
    "simpy",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "pydantic",
    "ruamel.yaml",
    "loky",
    "plotly",
)


def check_folder(folder: str | Path) -> None:
    """Raise ArgumentError if `write` would have to destroy something that is not an earlier result.

    Call it before a long run. An existing folder is fine when it is empty, or when it holds a record and nothing
    but the files that the record names.
    """
    target = Path(folder)
    if not target.exists():
        return
    if not target.is_dir():
        raise ArgumentError(f"{target}: is a file, expected a folder to write to")
    found = {str(path.relative_to(target)) for path in target.rglob("*") if not path.is_dir()}
    if not found:
        return
    if RECORD not in found:
        raise ArgumentError(f"{target}: the folder is not empty and holds no {RECORD}; name a new folder")
    foreign = sorted(found - {RECORD} - set(_read(target / RECORD)["files"]))
    if foreign:
        raise ArgumentError(
            f"{target}: holds files that no earlier run wrote ({', '.join(foreign[:3])}); move them away"
        )


def write(result: Result, folder: str | Path, command: str = "") -> list[Path]:
    """Write a result: tables as Parquet and, where a spreadsheet can hold them, as CSV, figures as a page, a record.

    Of a comparison, contacts and the other large tables are those of the first replication.
    Everything is written beside the folder first and then put in its place at once, so there is never half a result.

    Parameters
    ----------
    result : Comparison, RunResult, Sweep or BusinessCase
    folder : str or Path
        New, empty, or holding an earlier result, which is replaced.
    command : str
        The command line that led here, for the record.

    Returns
    -------
    list of Path
        The files, in alphabetical order.

    Raises
    ------
    ArgumentError
        The folder holds something else.
    """
    check_folder(folder)
    target = Path(folder).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh = beside / "fresh"
        fresh.mkdir()
        tables = _tables(result)
        texts = {f"{name}.csv": _csv(table) for name, table in tables.items() if len(table) <= MOST_CSV_ROWS}
        for name, text in texts.items():
            (fresh / name).write_text(text, encoding="utf-8")
        for name, table in tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False)
        if isinstance(result, Comparison):
            from sim.figures import page  # figures come after measures in the order of imports

            (fresh / "figures.html").write_text(page(result), encoding="utf-8")
            (fresh / "verdict.txt").write_text(f"{result!r}\n", encoding="utf-8")
        if isinstance(result, BusinessCase):
            from sim.figures.business_case import business_case_page

            (fresh / "figures.html").write_text(business_case_page(result), encoding="utf-8")
            (fresh / "business_case.txt").write_text(f"{result!r}\n", encoding="utf-8")
        if isinstance(result, Sweep) and len(result.paths) <= 2:
            from sim.figures.response import sweep_page

            (fresh / "figures.html").write_text(sweep_page(result), encoding="utf-8")
        files = sorted(path.name for path in fresh.iterdir())
        record = _record(result, command) | {
            "files": files,
            "sha256": _digests(tables, texts),
        }
        (fresh / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(beside / "earlier")
        fresh.rename(target)
    finally:
        if not target.exists() and (beside / "earlier").exists():
            (beside / "earlier").rename(target)
        shutil.rmtree(beside, ignore_errors=True)
    return [target / name for name in sorted([*files, RECORD])]


def repeat(record: str | Path, executor: Workers = None, progress: bool = True) -> dict[str, bool]:
    """Run again what a record describes, and say for each table whether it came out the same.

    Everything is simulated anew: nothing comes from the store.

    Parameters
    ----------
    record : str or Path
        A ``record.json`` that `write` made.
    executor, progress
        As in `sim.run`.

    Returns
    -------
    dict of str to bool
        File name of each table, and whether it is identical to the last bit.

    Raises
    ------
    ArgumentError
        The file is not a record.
    """
    told = _read(Path(record))
    digests: dict[str, str] = told["sha256"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.yaml"
        file.write_text(told["scenario"], encoding="utf-8")
        scenario = load(file)
    shared: dict[str, Any] = {key: told[key] for key in ("replications", "seed", "scale")}
    shared |= {"executor": executor, "progress": progress}
    strategies: list[str] = told["strategies"]
    result: Result
    if told["kind"] == "comparison":
        result = compare(scenario, strategies, store=False, **shared)
    elif told["kind"] == "business_case":
        result = business_case(compare(scenario, strategies, store=False, **shared))
    elif told["kind"] == "sweep":
        result = sweep(scenario, told["grid"], strategies, store=False, **shared)
    else:
        result = run(scenario, strategies[0], collect=told.get("collect", "tables"), **shared)
    tables = _tables(result)
    now = _digests(tables, {f"{name}.csv": _csv(table) for name, table in tables.items() if f"{name}.csv" in digests})
    return {name: now.get(name) == digest for name, digest in digests.items()}


def _tables(result: Result) -> dict[str, pd.DataFrame]:
    if isinstance(result, BusinessCase):
        return {
            "business_case": result.table,
            "waterfall": result.waterfall,
            "cash_flows": result.cash_flows,
            "cumulated": result.cumulated,
            "customer_value": result.customer_value,
            "profit_and_loss": profit_and_loss(result.comparison).table,
            "replications": result.replications,
        }
    if isinstance(result, Sweep):
        return {"sweep": result.table, "replications": result.replications}
    if isinstance(result, Comparison):
        own = {"comparison": result.table, "replications": result.replications, **result.tables()}
    else:
        own = {"kpis": result.kpis, "replications": result.kpis_by_replication, **result.tables}
    return own | {f"aggregate_{name}": table for name, table in result.aggregates.items()}


def _csv(table: pd.DataFrame) -> str:
    text = StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def _digests(tables: dict[str, pd.DataFrame], texts: dict[str, str]) -> dict[str, str]:
    """SHA-256 of each CSV file, and of the values of those tables that are written as Parquet only."""
    found = {name: _sha256(text) for name, text in texts.items()}
    for name, table in tables.items():
        if f"{name}.csv" not in texts:
            sha = hashlib.sha256(",".join(map(str, table.columns)).encode())
            sha.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
            found[f"{name}.parquet"] = sha.hexdigest()
    return found


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _record(result: Result, command: str) -> dict[str, Any]:
    if isinstance(result, BusinessCase):
        return {**_record(result.comparison, command), "kind": "business_case"}
    if isinstance(result, RunResult):
        kind: dict[str, Any] = {"kind": "run", "collect": "tables" if result.tables else "kpis"}
        strategies, values = [result.strategy], result.kpis_by_replication
    else:
        kind = {"kind": "sweep", "grid": result.grid} if isinstance(result, Sweep) else {"kind": "comparison"}
        strategies, values = list(result.strategies), result.replications
    return {
        **kind,
        "command": command,
        "strategies": strategies,
        "replications": int(values["replication"].nunique()),
        "seed": result.seed,
        "scale": result.scale,
        "scenario_digest": result.scenario.digest,
        "scenario": result.scenario.to_yaml(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "platform": platform.platform(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _read(record: Path) -> dict[str, Any]:
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArgumentError(f"{record}: cannot be read as a record: {reason}") from error
    missing = sorted({"kind", "strategies", "replications", "seed", "scale", "scenario", "files", "sha256"} - set(told))
    if missing:
        raise ArgumentError(f"{record}: not a record of this program, it lacks {', '.join(missing)}")
    return told  # type: ignore[no-any-return]
