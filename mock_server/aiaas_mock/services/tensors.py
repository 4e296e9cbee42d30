"""Raw tensors: arrays of numbers through any model, with nothing before and nothing after it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Final

import numpy as np

from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError, as_sentence
from aiaas_mock.inference.backend import Array, Floats, ModelBackend
from aiaas_mock.inference.bundles import Bundle, Catalogue, ModelRef, UnknownModel
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.rows import Limits, Row, has_ids, id_limits, row_of
from aiaas_mock.services.blocks import BlockRunner, refusals
from aiaas_mock.services.text.inputs import BundleCache

INPUT: Final = "input"
OUTPUT: Final = "output"
"""What the only tensors that a model takes and gives are called."""

MAX_ROWS: Final = 4096
"""Most rows of one request: they are cut into batches on the event loop."""


class TensorService:
    """Runs arrays through models.

    Args:
        backend: What runs the models.
        executor: Threads that read a model's tables.
    """

    def __init__(self, backend: ModelBackend, executor: Executor) -> None:
        self._runner = BlockRunner(backend, executor)
        self._limits = BundleCache(id_limits, executor)

    @property
    def catalogue(self) -> Catalogue:
        """All models."""
        return self._runner.backend.catalogue

    def loaded(self) -> tuple[str, ...]:
        """Return the ids of the models in memory."""
        return self._runner.backend.loaded()

    def find(self, name: str, version: str | None = None) -> ModelRef:
        """Return the model of a name, maybe with ``:variant``; the newest without a version.

        Raises:
            ApiError: There is none.
        """
        if version is not None:
            bare, colon, variant = name.partition(":")
            name = f"{bare}@{version}{colon}{variant}"
        try:
            return self.catalogue.resolve(name)
        except UnknownModel as error:
            raise ApiError("model_not_found", as_sentence(str(error)), param="/model") from error

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """The models that take rows, by id: recommenders take histories."""
        return {
            model_id: bundle
            for model_id, bundle in self.catalogue.bundles.items()
            if bundle.card.task != "recommendation"
        }

    def versions(self, ref: ModelRef) -> list[Bundle]:
        """Return all versions of a model, the newest first."""
        bundles = self.catalogue.bundles.values()
        return [bundle for bundle in bundles if bundle.card.name == ref.card.name][::-1]

    def takes(self, ref: ModelRef) -> Row:
        """Return what a model takes, or the first of the models that lead to it."""
        return row_of(self._runner.first_model(ref).card.input)

    def takes_pictures(self, ref: ModelRef) -> bool:
        """Say whether what a model takes is made of pictures."""
        return isinstance(self._runner.first_model(ref).card.input, ImageInput)

    def gives(self, ref: ModelRef) -> Row:
        """Return what a model gives for one row."""
        return Row((ref.card.output.size,), np.dtype(np.float32))

    async def run(self, ref: ModelRef, rows: Array, context: RequestContext) -> Floats:
        """Run a model on rows of the shape and type that it takes.

        Raises:
            ApiError: There are too many rows; a number is not finite or no id; the model is busy
                or cannot be loaded, or the deadline passed.
        """
        if len(rows) > MAX_ROWS:
            raise ApiError(
                "invalid_request", f"There are {len(rows)} rows; a request may have {MAX_ROWS}."
            )
        context.trace.model, context.trace.inputs = ref.id, len(rows)
        with refusals(ref), self._runner.backend.admit(ref, len(rows)):
            await self._check(self._runner.first_model(ref).bundle, rows)
            return await self._runner.infer(ref, rows, context)

    async def load(self, ref: ModelRef, context: RequestContext) -> None:
        """Have a model in memory.

        Raises:
            ApiError: It cannot be loaded.
        """
        row = self.takes(ref)
        nothing = np.zeros((1, *row.shape), row.dtype)
        with refusals(ref):  # not noted in the record: nobody brought an input
            await self._runner.backend.infer(ref, nothing, deadline=context.deadline)

    async def _check(self, bundle: Bundle, rows: Array) -> None:
        """Refuse numbers that would spoil a batch for the others in it."""
        if rows.dtype.kind == "f" and not np.isfinite(rows).all():
            raise ApiError("invalid_request", "A number is not finite, or too large for float32.")
        if not has_ids(bundle.card.input):
            return
        limits = await self._limits.of(bundle)
        wrong = _not_ids(rows, limits)
        if wrong.any():
            row, place = np.argwhere(wrong)[0].tolist()
            raise ApiError(
                "invalid_request",
                f"Row {row} has at place {place} what is no id: "
                f"those are the whole numbers from 0 to {limits[place] - 1:.0f}.",
            )


def _not_ids(rows: Array, limits: Limits) -> Array:
    wrong: Array = (rows < 0) | (rows >= limits)
    if rows.dtype.kind == "f":
        wrong |= rows != np.floor(rows)
    return wrong & np.isfinite(limits)
