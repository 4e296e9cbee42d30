"""Work that waits for the one thread of a store is taken from its queue, and settled, together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeVar

from aiaas_mock.storage.store import Transaction

ResultT = TypeVar("ResultT")

Work = Callable[[Transaction], Any]

_MOST: Final = 64
"""Works that are run together; the first one waits for the last one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What comes of work that raised."""

    error: BaseException


class Together:
    """The works that wait.

    Args:
        run: Runs some in one transaction, and returns what comes of each.
    """

    def __init__(self, run: Callable[[Sequence[Work]], Sequence[object]]) -> None:
        self._run = run
        self._lock = Lock()
        self._waiting: list[tuple[Work, Future[Any]]] = []

    def add(self, work: Callable[[Transaction], ResultT]) -> tuple[Future[ResultT], bool]:
        """Put work in the queue; say whether it is the first, for which `settle` must be called."""
        done: Future[ResultT] = Future()
        with self._lock:
            self._waiting.append((work, done))
            return done, len(self._waiting) == 1

    def settle(self) -> None:
        """Run on the thread all that waits, and tell whom it is for."""
        taken = self._taken()
        for start in range(0, len(taken), _MOST):
            self._settle(taken[start : start + _MOST])

    def refuse(self, error: Exception) -> None:
        """Tell all who wait that nothing is run any longer."""
        for _, done in self._taken():
            done.set_exception(error)

    def _taken(self) -> Sequence[tuple[Work, Future[Any]]]:
        """Take what waits, without what was cancelled before it began."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [(work, done) for work, done in waiting if done.set_running_or_notify_cancel()]

    def _settle(self, taken: Sequence[tuple[Work, Future[Any]]]) -> None:
        try:
            outcomes = self._run([work for work, _ in taken])
        except BaseException as error:  # nobody else could tell those who wait
            outcomes = [Failed(error)] * len(taken)
        for (_, done), outcome in zip(taken, outcomes, strict=True):
            if isinstance(outcome, Failed):
                done.set_exception(outcome.error)
            else:
                done.set_result(outcome)
