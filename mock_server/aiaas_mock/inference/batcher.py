"""Batching without waiting: an idle model runs at once, a busy one gathers what arrives meanwhile.

A fixed gathering window would cost its whole length whenever one client is alone, and gains
nothing under load, because the running batch is window enough.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.backend import Array, DeadlineExceeded, Floats, Inference

_INLINE_S = 150e-6
"""A batch that takes no longer than this is run on the event loop: waking a thread, and waiting for
Python's lock on the way back, takes as long."""

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
        row_s: Seconds that the model needs for a row, as far as is known.
        observe: Told of every batch.
    """

    def __init__(
        self,
        run: Callable[[Array], Floats],
        executor: Executor,
        *,
        max_batch: int,
        row_s: float = 1.0,
        observe: Observe | None = None,
    ) -> None:
        self._run = run
        self._executor = executor
        self._max_batch = max_batch
        self._observe = observe
        self._queue: deque[_Entry] = deque()
        self._row_s = row_s
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def seconds_per_row(self) -> float:
        """What the model needed for a row lately, smoothed."""
        return self._row_s

    async def submit(self, rows: Array, *, deadline: float) -> Inference:
        """Run the model on `rows` and return its answer to exactly these rows.

        A caller that is cancelled takes its rows out of the queue.

        Raises:
            DeadlineExceeded: The deadline passed before the rows were run.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._idle.is_set() and len(rows) * self._row_s <= _INLINE_S:
            if deadline <= now:
                raise DeadlineExceeded
            return self._run_here(rows)
        size = self._max_batch
        entries = [
            _Entry(rows[at : at + size], deadline, now, loop.create_future())
            for at in range(0, len(rows), size)
        ]
        self._queue.extend(entries)
        if self._idle.is_set():
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

    def _run_here(self, rows: Array) -> Inference:
        outputs = self._timed_run(rows)
        if isinstance(outputs, BaseException):
            raise outputs
        if self._observe is not None:
            self._observe(len(rows), 0.0)
        return Inference(outputs, 0.0, len(rows))

    def _run_next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the model its next batch, at once: no task in between that would have to wait."""
        started = loop.time()
        batch = self._gather(started)
        if not batch:
            self._idle.set()
            return
        self._idle.clear()
        rows = batch[0].rows if len(batch) == 1 else np.concatenate([e.rows for e in batch])
        try:
            future = self._executor.submit(self._timed_run, rows)
        except RuntimeError as error:  # the executor is shut down
            loop.call_soon(self._finish, loop, batch, started, error)
            return
        future.add_done_callback(
            lambda done: loop.call_soon_threadsafe(
                self._finish, loop, batch, started, done.result()
            )
        )

    def _timed_run(self, rows: Array) -> Floats | BaseException:
        began = time.perf_counter()
        try:
            outputs = self._run(rows)
        except BaseException as error:
            return error
        if len(outputs) != len(rows):
            return RuntimeError(f"the model answered {len(outputs)} rows to {len(rows)}")
        self._row_s = 0.8 * self._row_s + 0.2 * (time.perf_counter() - began) / len(rows)
        return outputs

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
        if isinstance(outcome, BaseException):
            _fail(batch, outcome)
        else:
            if self._observe is not None:
                self._observe(len(outcome), started - batch[0].enqueued)
            _hand_out(batch, started, outcome)
        self._run_next(loop)


def _hand_out(batch: list[_Entry], started: float, outputs: Floats) -> None:
    at = 0
    for entry in batch:
        end = at + len(entry.rows)
        if not entry.answer.done():
            answer = Inference(outputs[at:end], started - entry.enqueued, len(outputs))
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
