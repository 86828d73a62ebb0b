"""Who does the work: units of work in this thread, in threads, in processes or on an executor of one's own.

A unit's result depends on the unit alone, and results come back in the order of the units, so it does not matter who
did which when.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from functools import partial
from threading import Event
from typing import Any, Literal, TypeVar

from tqdm.auto import tqdm

from sim.jit import compiling
from sim.replication import Unit
from sim.simulation import KEPT_POPULATIONS, Engine, engine_name

__all__ = ["Workers", "carry_out"]

Workers = Executor | int | Literal["serial"] | None
"""Who does the work: an executor of one's own, a number of workers, this thread alone, or None for all cores. Workers
are threads for the compiled engine and processes for the reference engine."""

_IDLE_SECONDS = 300
_SIMULATING = "simulating"
_COMPILING = "compiling once, up to a minute"
_Result = TypeVar("_Result")
_Finished = Callable[[int, Any], None]


def carry_out(
    task: Callable[..., _Result],
    units: Sequence[Unit],
    engine: Engine | None = None,
    executor: Workers = None,
    progress: bool = True,
    *,
    done_before: int = 0,
    finished: Callable[[Unit, _Result], None] = lambda unit, result: None,
) -> list[_Result]:
    """Results of all units, in their order.

    Parameters
    ----------
    task : callable
        Takes a unit, ``engine`` and, where it can be stopped, ``stop``.
    units : sequence of Unit
    engine, executor, progress
        As in `sim.run`.
    done_before : int
        How many units, beyond these, count as done in the progress bar.
    finished : callable
        Called in this thread for each unit and its result, as soon as it is there, in any order.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, within two seconds; what was begun is dropped.
    """
    chosen = engine_name(engine)
    workers = _count(executor)
    # Strategies take turns by a few replications, so that a population is drawn once for all of them.
    block = min(workers, KEPT_POPULATIONS)
    first = {scenario: at for at, scenario in enumerate(dict.fromkeys(unit.scenario for unit in units))}
    order = sorted(range(len(units)), key=lambda at: (first[units[at].scenario], units[at].replication // block, at))
    in_turn = [units[at] for at in order]
    calls = [partial(task, unit, engine=chosen) for unit in in_turn]
    total = done_before + len(units)
    with tqdm(total=total, initial=done_before, desc=_SIMULATING, unit="replication", disable=not progress) as bar:

        def tell(compiles: bool) -> None:
            bar.set_description(_COMPILING if compiles else _SIMULATING)

        def note(at: int, result: _Result) -> None:
            finished(in_turn[at], result)
            bar.update()

        with compiling(tell):
            if isinstance(executor, Executor):
                results = _gathered(executor, calls, in_turn, note, _cancel)
            elif workers == 1 or (executor is None and len(units) == 1):
                results = _one_by_one(calls, in_turn, note)
            elif chosen == "compiled":
                results = _in_threads(workers, calls, in_turn, note)
            else:
                results = _in_processes(workers, calls, in_turn, note)
    return [result for _, result in sorted(zip(order, results, strict=True), key=lambda pair: pair[0])]


def _count(executor: Workers) -> int:
    if executor == "serial":
        return 1
    return os.cpu_count() or 1 if executor is None or isinstance(executor, Executor) else int(executor)


def _one_by_one(calls: Sequence[Callable[[], _Result]], units: Sequence[Unit], note: _Finished) -> list[_Result]:
    results = []
    for at, (call, unit) in enumerate(zip(calls, units, strict=True)):
        results.append(_with_place(call, unit))
        note(at, results[-1])
    return results


def _in_threads(
    workers: int, calls: Sequence[Callable[..., _Result]], units: Sequence[Unit], note: _Finished
) -> list[_Result]:
    """Compiled code lets go of the interpreter, so threads suffice; they stop when asked to."""
    stop = Event()

    def abandon(futures: Iterable[Future[_Result]]) -> None:
        stop.set()
        _cancel(futures)

    threads = ThreadPoolExecutor(workers)
    try:
        return _gathered(threads, [partial(call, stop=stop) for call in calls], units, note, abandon)
    finally:
        threads.shutdown(wait=False)  # an interruption does not wait for a thread that compiles


def _in_processes(
    workers: int, calls: Sequence[Callable[[], _Result]], units: Sequence[Unit], note: _Finished
) -> list[_Result]:
    # Imported here: start-up of processes is not everybody's business, and it takes its time.
    from loky import get_reusable_executor

    processes = get_reusable_executor(max_workers=workers, timeout=_IDLE_SECONDS)
    # Killing the processes fails what is pending; cancelling it as well would confuse loky.
    return _gathered(processes, calls, units, note, lambda _: processes.shutdown(wait=False, kill_workers=True))


def _gathered(
    executor: Executor,
    calls: Sequence[Callable[[], _Result]],
    units: Sequence[Unit],
    note: _Finished,
    abandon: Callable[[Iterable[Future[_Result]]], None],
) -> list[_Result]:
    """Submit the calls and wait; on any failure or interruption abandon all of them at once."""
    position: dict[Future[_Result], int] = {}
    try:
        for at, call in enumerate(calls):
            position[executor.submit(call)] = at
        for future in as_completed(position):
            at = position[future]
            note(at, _with_place(future.result, units[at]))
        return [future.result() for future in position]
    except BaseException:
        abandon(position)
        raise


def _cancel(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


def _with_place(call: Callable[[], _Result], unit: Unit) -> _Result:
    try:
        return call()
    except Exception as error:
        # an interruption that comes while compiled code hands over what it returns
        if isinstance(error, SystemError) and isinstance(error.__cause__, KeyboardInterrupt):
            raise error.__cause__ from None
        error.add_note(f"in {unit}")
        raise
