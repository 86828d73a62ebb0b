"""Answers that come at once and grow surer while nobody moves.

A question is compared in a small copy of the company first, then at its size with few replications, then with more. A
new question stops the work on the old one; what was finished of it stays in the store, so whoever comes back to a
position goes on where it was left.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

from sim.comparison import Comparison
from sim.experiment import compare
from sim.store import Place, Store, opened
from sim.workshop.session import Question

__all__ = ["STAGES", "Answer", "Refiner"]

STAGES = (2, 8, 25, 50, 100)
"""Paired replications of the first answer and of those that follow."""
_REMEMBERED = 32
_PAUSE_SECONDS = 0.4
"""After a first answer nothing runs for so long: it is drawn meanwhile, and the next move may come."""


@dataclass(frozen=True)
class Answer:
    """What is known about a question so far.

    Parameters
    ----------
    question : Question
    comparison : Comparison or None
        None where `error` says why there is none.
    goal : int
        Replications at which refining ends.
    error : str
    """

    question: Question
    comparison: Comparison | None
    goal: int
    error: str = ""

    @property
    def replications(self) -> int:
        """Paired replications behind the answer."""
        return 0 if self.comparison is None else self.comparison.pairs

    @property
    def is_first_look(self) -> bool:
        """Tell whether the answer comes from a smaller copy than was asked for."""
        return self.comparison is not None and self.comparison.scale != self.question.scale

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will come."""
        return bool(self.error) or (self.replications >= self.goal and not self.is_first_look)


class Refiner:
    """Answers questions in the background, the newest only.

    Parameters
    ----------
    tell : callable
        Called with each answer to the newest question, in a thread of the refiner.
    store : Store, str, Path, bool or None
        As in `sim.compare`. Where nothing is to be kept, results live as long as the refiner.
    stages : sequence of int
        Replications of each answer, increasing, at least 2.

    Examples
    --------
    >>> from sim.scenario import load
    >>> answers = []
    >>> refiner = Refiner(answers.append, store=False, stages=(2, 3))
    >>> case = load("scenarios/shoe_retailer.yaml")
    >>> refiner.ask(Question(case, ("siloed", "training"), seed=1, scale=0.02, first_look=0.01))
    >>> refiner.wait()
    >>> [(answer.replications, answer.is_first_look) for answer in answers]
    [(2, True), (2, False), (3, False)]
    >>> refiner.close()
    """

    def __init__(self, tell: Callable[[Answer], None], store: Place = None, stages: Sequence[int] = STAGES) -> None:
        self.stages = tuple(stages)
        self._tell = tell
        kept = opened(store)
        self._folder = TemporaryDirectory(prefix="journeysim-") if kept is None else None
        self._store = Store(self._folder.name) if self._folder is not None else kept
        self._answers: OrderedDict[Question, dict[bool, Answer]] = OrderedDict()  # by whether it is a first look
        self._changed = threading.Condition()
        self._asked: Question | None = None
        self._stop = threading.Event()
        self._is_busy = self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="refiner", daemon=True)
        self._thread.start()

    def ask(self, question: Question) -> Answer | None:
        """Ask a question in place of the one before, whose work ends.

        Returns
        -------
        Answer or None
            The best answer so far, where the question was answered before.
        """
        with self._changed:
            self._stop.set()
            self._stop = threading.Event()
            self._asked = question
            self._is_busy = True
            self._changed.notify_all()
            found = self._answers.get(question, {})
            return found.get(False, found.get(True))

    def known(self, question: Question, first_look: bool = False) -> Answer | None:
        """Return the best answer so far, or the first look, without asking."""
        with self._changed:
            return self._answers.get(question, {}).get(first_look)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until there is nothing left to do."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_busy, seconds)

    def close(self) -> None:
        """Stop all work; what is asked afterwards is not answered."""
        with self._changed:
            self._stop.set()
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()

    def _work(self) -> None:
        try:
            while (task := self._next()) is not None:
                self._refine(*task)
        finally:
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[Question, threading.Event] | None:
        """Wait for the next question; None when closed."""
        with self._changed:
            if self._asked is None:
                self._is_busy = False
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._asked is not None or self._is_closed)
            question, self._asked = self._asked, None
            return None if self._is_closed or question is None else (question, self._stop)

    def _refine(self, question: Question, stop: threading.Event) -> None:
        for stage, (scale, replications) in enumerate(self._stages_left(question)):
            answer = self._answered(question, scale, replications, stop)
            if answer is None or not self._is_told(stop, answer) or answer.error:
                return
            if question.base is not None and self.known(question.base, answer.is_first_look) is None:
                beside = self._answered(question.base, scale, self.stages[0], stop)
                if beside is None or not self._is_told(stop, answer, beside):
                    return
            if stage == 0 and stop.wait(_PAUSE_SECONDS):
                return

    def _stages_left(self, question: Question) -> list[tuple[float, int]]:
        """Scale and replications of the answers that are still to come."""
        known, look = self.known(question), self.known(question, first_look=True)
        is_new = known is None and look is None and question.first_look != question.scale
        done = 0 if known is None else known.replications
        looks = [(question.first_look, self.stages[0])] if is_new else []
        return looks + [(question.scale, stage) for stage in self.stages if stage > done]

    def _answered(self, question: Question, scale: float, replications: int, stop: threading.Event) -> Answer | None:
        try:
            return Answer(question, self._compared(question, scale, replications, stop), self.stages[-1])
        except KeyboardInterrupt:  # so ends a run that is stopped
            return None
        except Exception as error:  # whoever asked has to hear of it
            return Answer(question, None, self.stages[-1], str(error))

    def _is_told(self, stop: threading.Event, answer: Answer, *beside: Answer) -> bool:
        """Remember answers and tell the first one, unless another question has come."""
        with self._changed:
            if stop.is_set():
                return False
            for each in (answer, *beside):
                if not each.error:
                    self._remember(each)
        self._tell(answer)
        return True

    def _compared(self, question: Question, scale: float, replications: int, stop: threading.Event) -> Comparison:
        with _Stoppable(stop, os.cpu_count() or 1) as workers:
            return compare(
                question.scenario,
                question.strategies,
                replications=replications,
                seed=question.seed,
                scale=scale,
                executor=workers,
                store=self._store,
                progress=False,
            )

    def _remember(self, answer: Answer) -> None:
        self._answers.setdefault(answer.question, {})[answer.is_first_look] = answer
        self._answers.move_to_end(answer.question)
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)


class _Stoppable(Executor):
    """Threads whose compiled runs end when an event is set, and for which a program that ends does not wait."""

    def __init__(self, stop: threading.Event, threads: int) -> None:
        self._stop = stop
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a unit of work that can be stopped."""
        future: Future[Any] = Future()
        self._calls.put((future, partial(task, *args, stop=self._stop, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end after what was submitted."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            future, task = call
            if future.set_running_or_notify_cancel():
                try:
                    if self._stop.is_set():
                        raise KeyboardInterrupt  # as a run does that is stopped; a short one does not notice by itself
                    future.set_result(task())
                except BaseException as error:
                    future.set_exception(error)
