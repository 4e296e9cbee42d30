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
        self._worker: asyncio.Task[None] | None = None

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
        size = self._max_batch
        entries = [
            self._enqueue(rows[at : at + size], deadline) for at in range(0, len(rows), size)
        ]
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
        try:
            parts = [await entry.answer for entry in entries]
        finally:
            for entry in entries:
                entry.answer.cancel()
        return parts[0] if len(parts) == 1 else _joined(parts)

    async def close(self) -> None:
        """Wait until everything that was accepted is answered."""
        while self._worker is not None:
            await asyncio.wait([self._worker])

    def _enqueue(self, rows: Array, deadline: float) -> _Entry:
        loop = asyncio.get_running_loop()
        entry = _Entry(rows, deadline, loop.time(), loop.create_future())
        self._queue.append(entry)
        return entry

    async def _work(self) -> None:
        try:
            while batch := self._gather():
                await self._run_batch(batch)
        finally:
            self._worker = None

    def _gather(self) -> list[_Entry]:
        """Take from the queue what fits into one batch, dropping what nobody waits for."""
        now = asyncio.get_running_loop().time()
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

    async def _run_batch(self, batch: list[_Entry]) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        rows = batch[0].rows if len(batch) == 1 else np.concatenate([e.rows for e in batch])
        try:
            outputs = await loop.run_in_executor(self._executor, self._run, rows)
            if len(outputs) != len(rows):
                raise RuntimeError(f"the model answered {len(outputs)} rows to {len(rows)}")
        except BaseException as error:
            _fail(batch, error)
            if not isinstance(error, Exception):
                raise
            return
        self._row_s = 0.8 * self._row_s + 0.2 * (loop.time() - started) / len(rows)
        waited = started - batch[0].enqueued
        if self._observe is not None:
            self._observe(len(rows), waited)
        at = 0
        for entry in batch:
            end = at + len(entry.rows)
            if not entry.answer.done():
                answer = Inference(outputs[at:end], started - entry.enqueued, len(rows))
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
