"""`LocalBackend`: the models run in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import numpy as np

from aiaas_mock.inference.admission import Admission
from aiaas_mock.inference.backend import Array, Inference
from aiaas_mock.inference.batcher import Batcher
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.inference.cards import Card
from aiaas_mock.inference.engines import Engine, EngineName, load_engine
from aiaas_mock.inference.rows import row_of

ObserveBatch = Callable[[str, int, float], None]
"""Told of every batch: the model's id, the batch's size, the longest wait in seconds."""


class LocalBackend:
    """Runs models in threads of this process, each behind a batcher of its own.

    Args:
        catalogue: The models.
        engine: Which engine runs a model that comes for several.
        warm: The models to load at start; the others are loaded on first use.
        threads: Most models that run at the same moment.
        max_inputs: Most inputs that may be under way for one model.
        observe: Told of every batch.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        engine: EngineName = "litert",
        warm: Sequence[ModelRef] = (),
        threads: int = 2,
        max_inputs: int = 1024,
        observe: ObserveBatch | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._engine: EngineName = engine
        self._warm = tuple(warm)
        self._max_inputs = max_inputs
        self._observe = observe
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="inference")
        self._batchers: dict[str, Batcher] = {}
        self._admissions: dict[str, Admission] = {}
        self._loading: dict[str, asyncio.Task[Batcher]] = {}

    @property
    def catalogue(self) -> Catalogue:
        """The models that can be run."""
        return self._catalogue

    async def start(self) -> None:
        """Load the models that must be warm.

        Raises:
            ModelUnavailable: One of them cannot be loaded.
        """
        for ref in self._warm:
            await self._load(ref)

    async def close(self) -> None:
        """Finish what runs and free all models; safe to call twice."""
        for batcher in self._batchers.values():
            await batcher.close()
        self._batchers.clear()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def loaded(self) -> tuple[str, ...]:
        """Return the ids of the models in memory, sorted."""
        return tuple(sorted(self._batchers))

    def admit(self, ref: ModelRef, inputs: int) -> AbstractContextManager[None]:
        """Count a request as under way; see `ModelBackend.admit`."""
        admission = self._admissions.get(ref.id)
        if admission is None:
            admission = self._admissions[ref.id] = Admission(self._max_inputs)
        batcher = self._batchers.get(ref.id)
        return admission.admit(
            inputs, seconds_per_input=batcher.seconds_per_row if batcher else 0.0
        )

    async def infer(self, ref: ModelRef, inputs: Array, *, deadline: float) -> Inference:
        """Run a model, after its base when it has one; see `ModelBackend.infer`."""
        if ref.card.base is not None:
            base = self._catalogue.resolve(ref.card.base)
            inputs = (await self.infer(base, inputs, deadline=deadline)).outputs
        batcher = self._batchers.get(ref.id) or await self._load(ref)
        return await batcher.submit(inputs, deadline=deadline)

    async def _load(self, ref: ModelRef) -> Batcher:
        """Load a model once, however many requests ask for it at the same time."""
        if ref.card.base is not None:
            await self._load(self._catalogue.resolve(ref.card.base))
        if ref.id in self._batchers:
            return self._batchers[ref.id]
        if ref.id not in self._loading:
            self._loading[ref.id] = asyncio.create_task(self._make_batcher(ref))
        # Shielded: a caller that leaves must not spoil the loading for the others.
        return await asyncio.shield(self._loading[ref.id])

    async def _make_batcher(self, ref: ModelRef) -> Batcher:
        loop = asyncio.get_running_loop()
        try:
            engine, row_s = await loop.run_in_executor(self._executor, self._load_warm, ref)
        finally:
            del self._loading[ref.id]
        observe = self._observe
        self._batchers[ref.id] = batcher = Batcher(
            engine.run,
            self._executor,
            max_batch=ref.card.max_batch,
            row_s=row_s,
            observe=None if observe is None else lambda n, s: observe(ref.card.id, n, s),
        )
        return batcher

    def _load_warm(self, ref: ModelRef) -> tuple[Engine, float]:
        """Load a model and run it; return it with the seconds that it needs for one input."""
        engine = load_engine(ref, self._engine)
        engine.run(_zeros(ref.card, ref.card.max_batch))
        one = _zeros(ref.card, 1)
        engine.run(one)  # the first run of a size allocates
        began = time.perf_counter()
        engine.run(one)
        return engine, time.perf_counter() - began


def _zeros(card: Card, size: int) -> Array:
    row = row_of(card.input)
    return np.zeros((size, *row.shape), row.dtype)
