"""Compiled code: what is told about it, where it is kept, and what is cleared away."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim import jit, workers
from sim.experiment import compare
from sim.scenario import load

pytestmark = pytest.mark.skipif(not jit.HAS_NUMBA, reason="needs numba")

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
DAY_S = 86_400.0


class _Desk(NamedTuple):
    free: np.ndarray


@jit.rule
def _first(desk: _Desk, at: int) -> float:
    return desk.free[at]


@jit.rule
def _twice(x: float) -> float:
    return x + x


def _answer(desk: _Desk, at: int) -> float:
    return _twice(_first(desk, at))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "user_cache_path", lambda name: tmp_path / name)
    return tmp_path / "journeysim"


def test_compiling_is_told_once_at_its_outermost_and_not_again(cache):
    told = []
    kernel = jit.kernel(_answer)
    with jit.compiling(told.append):
        assert kernel(_Desk(np.array([1.0, 2.5])), 1) == 5.0
        assert kernel(_Desk(np.array([4.0])), 0) == 8.0
    assert told == [True, False]
    with jit.compiling(told.append):
        assert jit.kernel(_answer)(_Desk(np.array([3.0])), 0) == 6.0  # another process finds it on disk
    assert told == [True, False]
    assert list(cache.glob("compiled-*/**/*.nbi"))


def test_code_of_other_versions_is_deleted_after_a_month(cache):
    here, old, recent = jit.cache_folder(), cache / "compiled-old", cache / "compiled-recent"
    other = cache / "store"
    for folder, days in ((here, 40), (old, 31), (recent, 29), (other, 400)):
        folder.mkdir(parents=True)
        (folder / "kernel.nbc").write_text("code")
        os.utime(folder, (time.time() - days * DAY_S,) * 2)
    assert jit.prune() == [old]
    assert sorted(folder.name for folder in cache.iterdir()) == sorted([here.name, recent.name, other.name])
    assert jit.prune() == []


def test_the_progress_bar_says_that_it_compiles(monkeypatch, capsys):
    @contextmanager
    def compiles(tell):
        tell(True)
        tell(False)
        yield

    monkeypatch.setattr(workers, "compiling", compiles)
    case = load(CASE)
    compare(case, replications=2, executor="serial", store=False, engine="reference")
    assert "compiling once" in capsys.readouterr().err
    compare(case, replications=2, executor="serial", store=False, engine="reference", progress=False)
    assert capsys.readouterr().err == ""


def test_no_kernel_leaves_its_arrays(tmp_path):
    """Indices of engine and population are not held against their arrays, but here."""
    process = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).parent / "with_bounds_checks.py")],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    assert "5 runs" in process.stdout


def _from_the_end(desk: _Desk, back: int) -> float:
    return desk.free[-1] - desk.free[len(desk.free) - back]


def test_a_negative_number_in_the_source_counts_from_the_end(cache):
    assert jit.kernel_from_the_front(_from_the_end)(_Desk(np.array([1.0, 2.5, 7.0])), 2) == 4.5
