"""Texts on their way to a model: looked at, cut into tokens, run; errors in their places."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Final, Generic, TypeVar

from aiaas.contract.answers import Prediction, Warning
from aiaas.contract.text._common import MAX_CHARACTERS
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Array, Floats, ModelBackend, ModelUnavailable
from aiaas_mock.inference.bundles import Bundle, ModelRef
from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.cards import BundleError, verify_bundle
from aiaas_mock.inference.preprocess.text import EncodedText, TextEncoder
from aiaas_mock.services.blocks import Answered, BlockRunner, Preparation, refusals
from aiaas_mock.services.scores import best_classes
from aiaas_mock.services.text.portions import in_turn

ReadT = TypeVar("ReadT")

_BLOCK: Final = 32
"""Texts cut into tokens at a time: while a block runs in the model, the next one is cut."""

_QUICK_CHARACTERS: Final = 3_000
"""So many are cut into tokens within about a millisecond. That is not worth a thread, which would
hold Python's lock most of that time."""

_QUICK_PREDICTIONS: Final = 4_000
"""So many classes with their scores are written down within a few milliseconds."""

_VISIBLE: Final = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f"  # white space, control characters
    r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # joining, splitting, directing
    r"\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef"  # variants and tags
    r"\u115f\u1160\u2800\u3164\uffa0]"  # letters without ink: Hangul fillers, empty Braille
)
"""Any character that leaves something to see, by itself."""


def checked(text: str) -> str | ApiError:
    """Return a text, or why no model is asked about it."""
    if len(text) > MAX_CHARACTERS:
        return ApiError(
            "text_too_long",
            f"The text has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.",
        )
    if _VISIBLE.search(text) is None:
        return ApiError("empty_input", "The text is empty or has nothing that can be seen.")
    return text


def are_quick(block: Sequence[str | ApiError]) -> bool:
    """Say whether texts may be cut into tokens on the event loop."""
    characters = sum(len(text) for text in block if isinstance(text, str))
    return characters <= _QUICK_CHARACTERS


def truncation(items: Iterable[object], places: Iterable[int | str]) -> tuple[Warning, ...]:
    """Warn once of all inputs that are longer than the model's row.

    Args:
        items: What became of the texts: `EncodedText` or errors.
        places: For each item, the position of its input in the request.
    """
    cut = [
        place
        for item, place in zip(items, places, strict=True)
        if isinstance(item, EncodedText) and item.truncated
    ]
    if not cut:
        return ()
    named = ", ".join(map(str, dict.fromkeys(cut)))
    detail = f"Only the beginning was read of inputs that are longer than the model takes: {named}."
    return (Warning(code="input_truncated", detail=detail),)


class BundleCache(Generic[ReadT]):
    """Something that is read from a bundle's folder, at first use and then kept.

    Args:
        read: Reads it; called in a thread.
        executor: Where it is called.
    """

    def __init__(self, read: Callable[[Bundle], ReadT], executor: Executor) -> None:
        self._read = read
        self._executor = executor
        self._kept: dict[str, ReadT] = {}

    async def of(self, bundle: Bundle) -> ReadT:
        """Return what is read from a bundle.

        Raises:
            ModelUnavailable: A file of it is missing or was changed.
        """
        known = self._kept.get(bundle.card.id)
        if known is not None:
            return known
        # Two that come first read it twice, which costs less than a lock for all who come later.
        loop = asyncio.get_running_loop()
        read = await loop.run_in_executor(self._executor, self._verified, bundle)
        return self._kept.setdefault(bundle.card.id, read)

    def _verified(self, bundle: Bundle) -> ReadT:
        try:
            verify_bundle(bundle.folder)  # it may have changed since the catalogue was read
        except BundleError as error:
            raise ModelUnavailable(str(error)) from error
        return self._read(bundle)


class TextRunner:
    """Runs texts through models that take texts.

    Args:
        backend: What runs the models.
        executor: Threads that cut texts into tokens, so that the event loop stays free.
    """

    def __init__(self, backend: ModelBackend, executor: Executor) -> None:
        self.executor = executor
        self._runner = BlockRunner(backend, executor)
        self._encoders = BundleCache(_read_encoder, executor)

    async def best_classes(
        self, ref: ModelRef, rows: Floats, context: RequestContext, *, top_k: int | None = None
    ) -> list[tuple[Prediction, ...]]:
        """Turn rows of probabilities into their best labels, many of them in a thread.

        Raises:
            ApiError: The deadline passed.
        """
        labels = len(ref.bundle.labels)
        each = labels if top_k is None else min(top_k, labels)
        work = partial(best_classes, ref, top_k=top_k)
        if len(rows) * each <= _QUICK_PREDICTIONS:
            return work(rows)
        size = max(1, _QUICK_PREDICTIONS // each)
        cut = (rows[at : at + size] for at in range(0, len(rows), size))
        parts = await in_turn(self.executor, cut, work, context)
        return [one for part in parts for one in part]

    async def encoder(self, ref: ModelRef) -> TextEncoder:
        """Return the preprocessing of a model.

        Raises:
            ApiError: The model does not take texts, or its files cannot be read.
        """
        first = self._runner.first_model(ref)
        if not isinstance(first.card.input, TextInput):
            raise ApiError("model_unavailable", f"Model {ref.id} does not take texts.")
        with refusals(ref):
            return await self._encoders.of(first.bundle)

    async def run(
        self, ref: ModelRef, texts: Sequence[str | ApiError], context: RequestContext
    ) -> Answered[EncodedText]:
        """Cut texts into tokens and run them, in their order; errors among them stay.

        Raises:
            ApiError: The model is busy or cannot be loaded, or the deadline passed.
        """
        encoder = await self.encoder(ref)
        preparation: Preparation[str, EncodedText] = Preparation(
            block=_BLOCK, prepare=encoder.encode, row_of=_row, is_quick=are_quick
        )
        return await self._runner.run(ref, texts, preparation, context)


def _read_encoder(bundle: Bundle) -> TextEncoder:
    spec = bundle.card.input
    if not isinstance(spec, TextInput):
        raise TypeError(f"{bundle.card.id} does not take texts")
    return TextEncoder.of_bundle(bundle.folder, spec)


def _row(encoded: EncodedText) -> Array:
    return encoded.row
