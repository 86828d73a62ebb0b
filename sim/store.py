"""Results kept on disk: what was simulated once is not simulated again.

An entry is the `Replication` of one strategy, seed and replication. Its key is a digest of all that decides about it:
the scenario as far as it matters to this strategy, and the sources and libraries that compute it. Both engines give
identical results, so the engine is no part of it. Entries are text (compressed JSON); nothing in them is ever executed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import platform
import re
import tempfile
import time
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from platformdirs import user_cache_path

from sim.errors import ArgumentError
from sim.replication import Replication, Unit, identity
from sim.sources import RESULTS, digest
from sim.tally import Tally

__all__ = ["FOLDER_VARIABLE", "Key", "Place", "Store", "StoreWarning", "code_version", "opened"]

FOLDER_VARIABLE = "JOURNEYSIM_STORE"
"""Environment variable that names the folder of the default store; ``off`` stands for none."""

_FORMAT = 2
_LIBRARIES = ("numpy", "scipy", "pandas", "simpy")
_NAME = re.compile(r"[0-9a-f]{64}\.json\.gz")
_LEFTOVER = re.compile(r"\.[0-9a-f]{64}-.*\.part")
_LEFTOVER_SECONDS = 3600.0
_SECONDS_PER_DAY = 86400.0
_COLUMNS = ["scenario", "strategy", "seed", "replication", "written", "bytes", "usable", "file"]
_DAMAGE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a file can raise that is not what it should be."""


class StoreWarning(UserWarning):
    """The store could not be used as it should; results are right all the same."""


@dataclass(frozen=True)
class Key:
    """All that decides about a result.

    Parameters
    ----------
    scenario : str
        `sim.replication.identity` of the scenario under the strategy.
    strategy : str
    seed, replication : int
    code : str
        `code_version`.
    """

    scenario: str
    strategy: str
    seed: int
    replication: int
    code: str

    @classmethod
    def of(cls, unit: Unit) -> Key:
        """Key of the result of a unit of work, computed by the present code."""
        scenario = identity(unit.scenario, unit.strategy)
        return cls(scenario, unit.strategy, unit.seed, unit.replication, code_version())

    @property
    def digest(self) -> str:
        """SHA-256 of the key."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


@cache
def code_version() -> str:
    """SHA-256 of the sources and the libraries that decide about results; figures and labels do not."""
    libraries = [f"{name} {_version(name)}" for name in _LIBRARIES]
    system = [platform.python_version(), platform.system(), platform.machine(), *platform.libc_ver()]
    told = "\n".join([f"format {_FORMAT}", digest(*RESULTS), *libraries, *system])
    return hashlib.sha256(told.encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


class Store:
    """A folder of results; several processes may use it at the same time.

    Parameters
    ----------
    folder : str or Path, optional
        By default what the environment variable JOURNEYSIM_STORE names, else ``journeysim/results`` in the user's
        cache folder. It is made when the first result is kept.

    Raises
    ------
    ArgumentError
        There is a file in the folder's place.

    Examples
    --------
    >>> import sim, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> store = sim.Store(folder.name)
    >>> case = sim.load("scenarios/shoe_retailer.yaml")
    >>> some = {"replications": 2, "scale": 0.02, "progress": False, "store": store}
    >>> first = sim.compare(case, ["siloed", "integrated"], **some)
    >>> len(store.entries())
    4
    >>> sim.compare(case, ["siloed", "integrated"], **some).table.equals(first.table)
    True
    >>> folder.cleanup()
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        told = os.environ.get(FOLDER_VARIABLE)
        default = Path(told) if told and told != "off" else user_cache_path("journeysim") / "results"
        self.folder = default if folder is None else Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ArgumentError(f"{self.folder}: is a file, expected a folder for results")

    def look_up(self, keys: Iterable[Key]) -> dict[Key, Replication]:
        """Those results that are there and sound.

        What is damaged, cut off, or belongs to another key counts as not there; a warning says so.
        """
        found, refused = {}, []
        for key in keys:
            file = self._file(key)
            try:
                found[key] = _parsed(file.read_bytes(), key)
            except FileNotFoundError:
                continue
            except _DAMAGE as error:
                refused.append(f"{file} ({error})")
        if refused:
            more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
            warnings.warn(
                f"kept results that cannot be trusted are computed again: {refused[0]}{more}",
                StoreWarning,
                stacklevel=2,
            )
        return found

    def keep(self, key: Key, result: Replication, scenario: str) -> None:
        """Write a result; a process that reads at the same time sees all of it or nothing.

        Parameters
        ----------
        key : Key
        result : Replication
        scenario : str
            Name of the scenario, for the list.

        Raises
        ------
        OSError
            The folder cannot be written to.
        """
        file = self._file(key)
        content = _written(key, result, scenario)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(".part", f".{key.digest}-", file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def entries(self) -> pd.DataFrame:
        """What is kept.

        Returns
        -------
        pandas.DataFrame
            One row per entry: ``scenario`` (its name), ``strategy``, ``seed``, ``replication``, ``written`` (UTC),
            ``bytes``, ``usable`` (False for one that another version of the code wrote, or whose head cannot be
            read; such a one has no scenario), ``file``.
        """
        rows = [row for file in self._files() if (row := _row(file)) is not None]
        table = pd.DataFrame(rows, columns=_COLUMNS)
        whole = {"seed": "Int64", "replication": "Int64", "bytes": "int64", "usable": "bool"}
        return table.astype(whole).assign(written=pd.to_datetime(table["written"], unit="s", utc=True))

    def prune(self, *, older_than_days: float | None = None, everything: bool = False) -> pd.DataFrame:
        """Delete what cannot be used any more, and more if asked to.

        Without arguments these are entries of other versions of the code, those whose head cannot be read, and what
        an interrupted process left half-written. A file that no store wrote is never touched.

        Parameters
        ----------
        older_than_days : float, optional
            Delete entries that were written longer ago, too.
        everything : bool
            Delete all entries.

        Returns
        -------
        pandas.DataFrame
            The rows of `entries` that were deleted.
        """
        if older_than_days is not None and not older_than_days >= 0.0:
            raise ArgumentError(f"older_than_days must be a number of at least 0, got {older_than_days!r}")
        table = self.entries()
        doomed = ~table["usable"] | everything
        if older_than_days is not None:
            age = datetime.now(UTC) - table["written"]
            doomed |= age.dt.total_seconds() > older_than_days * _SECONDS_PER_DAY
        for file in table["file"][doomed]:
            Path(file).unlink(missing_ok=True)
        for folder in [path for path in self._folders() if path.is_dir()]:
            for file in folder.iterdir():
                if _LEFTOVER.fullmatch(file.name) and _age_seconds(file) > _LEFTOVER_SECONDS:
                    file.unlink(missing_ok=True)
            try:
                folder.rmdir()
            except OSError:  # not empty
                continue
        return table[doomed].reset_index(drop=True)

    def __repr__(self) -> str:
        return f"{self._headline}\n\n{self._summary.to_string(index=False)}" if len(self._summary) else self._headline

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>" + self._summary.to_html(index=False, border=0)

    @property
    def _headline(self) -> str:
        table = self.entries()
        size = table["bytes"].sum() / 1e6
        return f"{self.folder}: {len(table):,} result{'' if len(table) == 1 else 's'}, {size:.1f} MB"

    @property
    def _summary(self) -> pd.DataFrame:
        """One row per scenario name."""
        table = self.entries().assign(scenario=lambda rows: rows["scenario"].fillna("(not readable)"))
        rows = []
        for name, part in table.groupby("scenario", sort=True):
            oldest, newest = part["written"].min(), part["written"].max()
            rows.append(
                {
                    "scenario": name,
                    "results": f"{len(part):,}",
                    "usable": f"{part['usable'].sum():,}",
                    "MB": f"{part['bytes'].sum() / 1e6:.1f}",
                    "oldest": f"{oldest:%Y-%m-%d %H:%M}",
                    "newest": f"{newest:%Y-%m-%d %H:%M}",
                }
            )
        return pd.DataFrame(rows)

    def _file(self, key: Key) -> Path:
        return self.folder / key.code[:16] / f"{key.digest}.json.gz"

    def _folders(self) -> list[Path]:
        """Folders of the versions of the code."""
        return sorted(self.folder.glob("[0-9a-f]" * 16)) if self.folder.is_dir() else []

    def _files(self) -> Iterator[Path]:
        for folder in self._folders():
            yield from (file for file in sorted(folder.glob("*.json.gz")) if _NAME.fullmatch(file.name))


Place = Store | str | Path | bool | None
"""Where results are kept: a store or its folder, None or True for the default one, False for nowhere."""


def opened(place: Place) -> Store | None:
    """The store that an argument stands for; None for no store.

    Raises
    ------
    ArgumentError
        It does not stand for one.
    """
    if place is False or (place is None and os.environ.get(FOLDER_VARIABLE) == "off"):
        return None
    if isinstance(place, Store):
        return place
    if place is None or isinstance(place, str | Path | bool):
        return Store(None if place is True else place)
    raise ArgumentError(f"store must be a Store, a folder, None, True or False, got {place!r}")


# --- the form of an entry: three lines, of which the last is the checksum of the others ------------------------------


def _written(key: Key, result: Replication, scenario: str) -> bytes:
    head = {
        "journeysim": f"result, format {_FORMAT}: head, KPIs and tally, SHA-256 of the two lines above",
        "key": asdict(key),
        "scenario": scenario,
        "written": round(time.time(), 3),
    }
    body = {
        "kpis": {name: float(value) for name, value in result.kpis.items()},
        "tally": {name: _kept(numbers) for name, numbers in result.tally._asdict().items()},
    }
    text = f"{json.dumps(head)}\n{json.dumps(body)}\n"
    return gzip.compress(f"{text}{_checksum(text)}\n".encode(), compresslevel=1, mtime=0)


def _parsed(content: bytes, key: Key) -> Replication:
    """Read an entry; raises one of `_DAMAGE` unless it is what `_written` made for this key."""
    head, body, checksum = gzip.decompress(content).decode().splitlines()
    if checksum != _checksum(f"{head}\n{body}\n"):
        raise ValueError("its checksum does not fit")
    if json.loads(head)["key"] != asdict(key):
        raise ValueError("it is the result of something else")
    told = json.loads(body)
    kpis = {name: float(value) for name, value in told["kpis"].items()}
    tally = Tally(**{name: _array(part) for name, part in told["tally"].items()})
    return Replication(key.strategy, key.replication, kpis, tally)


def _kept(numbers: npt.NDArray[Any]) -> dict[str, Any]:
    """An array as JSON can hold it, to the last bit."""
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    return {
        "dtype": little.dtype.str,
        "shape": numbers.shape,
        "bytes": base64.b64encode(little.tobytes()).decode(),
    }


def _array(part: dict[str, Any]) -> npt.NDArray[Any]:
    found = np.frombuffer(base64.b64decode(part["bytes"], validate=True), part["dtype"]).reshape(part["shape"])
    return found.astype(found.dtype.newbyteorder("="))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _row(file: Path) -> dict[str, Any] | None:
    """What the head of an entry says; None if the file has just been deleted by somebody else."""
    try:
        status = file.stat()
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            head = json.loads(stream.readline())
        key = Key(**head["key"])
        usable = key.code == code_version() and file.name == f"{key.digest}.json.gz"
        told = {name: getattr(key, name) for name in ("strategy", "seed", "replication")}
        told |= {"scenario": str(head["scenario"]), "written": float(head["written"]), "usable": usable}
    except FileNotFoundError:
        return None
    except _DAMAGE:
        told = {"written": status.st_mtime, "usable": False}
    return told | {"bytes": status.st_size, "file": str(file)}


def _age_seconds(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
