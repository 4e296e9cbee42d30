"""Batching without waiting: an idle model runs at once, a busy one gathers what arrives meanwhile.

A fixed gathering window would cost its whole length whenever one client is alone, and gains
nothing under load, because the running batch is window enough.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.backend import Array, DeadlineExceeded, Floats, Inference

Observe = Callable[[int, float], None]
"""Told of every batch: its size and the longest time that a part of it waited, in seconds."""


@dataclass(slots=True, eq=False)
class _Entry:
    """Part of a block, never larger than a batch."""

    rows: Array
    deadline: float
    enqueued: float
    answer: asyncio.Future[Inference]


class Batcher:
    """Puts the inputs of many callers into batches for one model.

    Everything but the model itself runs on the event loop, so there is nothing to lock.

    Args:
        run: The model: rows in, float32 rows out. Called in `executor`, one batch at a time.
        executor: Where `run` is called.
        max_batch: Most rows of a batch.
        observe: Told of every batch.
    """

    def __init__(
        self,
        run: Callable[[Array], Floats],
        executor: Executor,
        *,
        max_batch: int,
        observe: Observe | None = None,
    ) -> None:
        self._run = run
        self._executor = executor
        self._max_batch = max_batch
        self._observe = observe
        self._queue: deque[_Entry] = deque()
        self._row_s = 0.0
        self._running = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def seconds_per_row(self) -> float:
        """What the model needed for a row lately, smoothed; 0 before the first."""
        return self._row_s

    async def submit(self, rows: Array, *, deadline: float) -> Inference:
        """Run the model on `rows` and return its answer to exactly these rows.

        A caller that is cancelled takes its rows out of the queue.

        Raises:
            DeadlineExceeded: The deadline passed before the rows were run.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        size = self._max_batch
        entries = [
            _Entry(rows[at : at + size], deadline, now, loop.create_future())
            for at in range(0, len(rows), size)
        ]
        self._queue.extend(entries)
        if not self._running:
            self._run_next(loop)
        try:
            parts = [await entry.answer for entry in entries]
        finally:
            for entry in entries:
                entry.answer.cancel()
        return parts[0] if len(parts) == 1 else _joined(parts)

    async def close(self) -> None:
        """Wait until everything that was accepted is answered."""
        await self._idle.wait()

    def _run_next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the model its next batch, at once: no task in between that would have to wait."""
        started = loop.time()
        batch = self._gather(started)
        self._running = bool(batch)
        if not batch:
            self._idle.set()
            return
        self._idle.clear()
        rows = batch[0].rows if len(batch) == 1 else np.concatenate([e.rows for e in batch])
        try:
            future = self._executor.submit(self._run, rows)
        except RuntimeError as error:  # the executor is shut down
            self._finish(loop, batch, started, error)
            return
        future.add_done_callback(
            lambda done: loop.call_soon_threadsafe(
                self._finish, loop, batch, started, done.exception() or done.result()
            )
        )

    def _gather(self, now: float) -> list[_Entry]:
        """Take from the queue what fits into one batch, dropping what nobody waits for."""
        batch: list[_Entry] = []
        size = 0
        while self._queue and size + len(self._queue[0].rows) <= self._max_batch:
            entry = self._queue.popleft()
            if entry.answer.done():
                continue
            if entry.deadline <= now:
                entry.answer.set_exception(DeadlineExceeded())
                continue
            batch.append(entry)
            size += len(entry.rows)
        return batch

    def _finish(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[_Entry],
        started: float,
        outcome: Floats | BaseException,
    ) -> None:
        """Hand the model's answer out, and give it the next batch."""
        count = sum(len(entry.rows) for entry in batch)
        if not isinstance(outcome, BaseException) and len(outcome) != count:
            outcome = RuntimeError(f"the model answered {len(outcome)} rows to {count}")
        if isinstance(outcome, BaseException):
            _fail(batch, outcome)
        else:
            self._row_s = 0.8 * self._row_s + 0.2 * (loop.time() - started) / count
            if self._observe is not None:
                self._observe(count, started - batch[0].enqueued)
            _hand_out(batch, started, count, outcome)
        self._run_next(loop)


def _hand_out(batch: list[_Entry], started: float, count: int, outputs: Floats) -> None:
    at = 0
    for entry in batch:
        end = at + len(entry.rows)
        if not entry.answer.done():
            answer = Inference(outputs[at:end], started - entry.enqueued, count)
            entry.answer.set_result(answer)
        at = end


def _fail(batch: list[_Entry], error: BaseException) -> None:
    for entry in batch:
        if not entry.answer.done():
            entry.answer.set_exception(error)


def _joined(parts: list[Inference]) -> Inference:
    return Inference(
        np.concatenate([part.outputs for part in parts]),
        max(part.queue_s for part in parts),
        max(part.batch_size for part in parts),
    )
