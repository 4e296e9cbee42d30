"""Run the inputs of a request through a model: block by block, errors in their places.

While a block runs in the model, the next one is prepared: pictures are decoded, texts are cut
into tokens. Every domain that infers goes through here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np

from aiaas.contract.answers import ItemError
from aiaas.contract.headers import RETRY_AFTER
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import (
    Array,
    DeadlineExceeded,
    Floats,
    ModelBackend,
    ModelUnavailable,
    Overloaded,
)
from aiaas_mock.inference.bundles import ModelRef

InputT = TypeVar("InputT")
ItemT = TypeVar("ItemT")
BlockT = TypeVar("BlockT")
DoneT = TypeVar("DoneT")
ValueT = TypeVar("ValueT")
AnswerT = TypeVar("AnswerT")

_AT_ONCE: Final = 8
"""Blocks of a request that are under way at the same moment: memory stays bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation(Generic[InputT, ItemT]):
    """What happens to an input before the model.

    Attributes:
        block: Inputs prepared at a time.
        prepare: Makes an item of an input, or tells what is wrong with it.
        row_of: The item as the model takes it.
        is_quick: Whether a block is prepared faster than a thread is woken.
    """

    block: int
    prepare: Callable[[InputT], ItemT | ApiError]
    row_of: Callable[[ItemT], Array]
    is_quick: Callable[[Sequence[InputT | ApiError]], bool]


@dataclass(frozen=True, slots=True)
class Answered(Generic[ItemT]):
    """What became of the inputs of a request.

    Attributes:
        items: The prepared inputs, and what was wrong with the others, in the order sent.
        rows: The model's output, one row per prepared input.
    """

    items: list[ItemT | ApiError]
    rows: Floats


class BlockRunner:
    """Prepares inputs and has the backend answer them.

    Args:
        backend: What runs the models.
        executor: Threads that prepare inputs, so that the event loop stays free.
    """

    def __init__(self, backend: ModelBackend, executor: Executor) -> None:
        self.backend = backend
        self.executor = executor

    def first_model(self, ref: ModelRef) -> ModelRef:
        """Return the model of the chain that takes what the client sent."""
        while ref.card.base is not None:
            ref = self.backend.catalogue.resolve(ref.card.base)
        return ref

    async def run(
        self,
        ref: ModelRef,
        inputs: Sequence[InputT | ApiError],
        preparation: Preparation[InputT, ItemT],
        context: RequestContext,
    ) -> Answered[ItemT]:
        """Prepare and run all inputs, in their order.

        Raises:
            ApiError: The model is busy or cannot be loaded, or the deadline passed.
        """
        size = preparation.block
        blocks = [inputs[at : at + size] for at in range(0, len(inputs), size)]

        async def run_block(block: Sequence[InputT | ApiError]) -> Answered[ItemT]:
            return await self._run_block(ref, block, preparation, context)

        with refusals(ref), self.backend.admit(ref, min(len(inputs), size * _AT_ONCE)):
            if len(blocks) == 1:
                return await run_block(blocks[0])
            parts = await _side_by_side(blocks, run_block)
        if not parts:
            return Answered([], _no_rows(ref))
        items = [item for part in parts for item in part.items]
        return Answered(items, np.concatenate([part.rows for part in parts]))

    async def _run_block(
        self,
        ref: ModelRef,
        block: Sequence[InputT | ApiError],
        preparation: Preparation[InputT, ItemT],
        context: RequestContext,
    ) -> Answered[ItemT]:
        if preparation.is_quick(block):
            items = _prepared(block, preparation)
        else:
            loop = asyncio.get_running_loop()
            items = await loop.run_in_executor(self.executor, _prepared, block, preparation)
        rows = [preparation.row_of(item) for item in items if not isinstance(item, ApiError)]
        if not rows:
            return Answered(items, _no_rows(ref))
        return Answered(items, await self.infer(ref, np.stack(rows), context))

    async def infer(self, ref: ModelRef, rows: Array, context: RequestContext) -> Floats:
        """Run rows that were let in already; note for the request's record how it went."""
        inference = await self.backend.infer(ref, rows, deadline=context.deadline)
        trace = context.trace
        trace.batch_size = max(trace.batch_size, inference.batch_size)
        trace.queue_s = max(trace.queue_s, inference.queue_s)
        return inference.outputs


@contextmanager
def refusals(ref: ModelRef) -> Iterator[None]:
    """Turn what a backend may refuse into the contract's problems."""
    try:
        yield
    except Overloaded as error:
        raise ApiError(
            "overloaded",
            f"Too many inputs are under way for model {ref.id}.",
            headers={RETRY_AFTER: str(round(error.retry_after_s))},
        ) from error
    except DeadlineExceeded as error:
        raise ApiError(
            "deadline_exceeded", "The deadline passed while inputs waited for the model."
        ) from error
    except ModelUnavailable as error:
        raise ApiError("model_unavailable", f"Model {ref.id} cannot be loaded here.") from error


def in_places(
    items: Sequence[ItemT | ApiError],
    values: Iterable[ValueT],
    answer: Callable[[int, ItemT, ValueT], AnswerT],
    *,
    param: str = "/inputs/{index}",
) -> list[AnswerT | ItemError]:
    """Put what was said of the good inputs between the errors of the others.

    Args:
        items: The prepared inputs and the errors, in the order of the request.
        values: What the model said, one value per prepared input.
        answer: Makes a result of index, item and value.
        param: Where in the request an input with an error stands.
    """
    said = iter(values)
    return [
        item_error(index, item, param)
        if isinstance(item, ApiError)
        else answer(index, item, next(said))
        for index, item in enumerate(items)
    ]


def item_error(index: int, error: ApiError, param: str = "/inputs/{index}") -> ItemError:
    """Return the error that stands in the place of a result."""
    problem = error.as_problem(None, param=param.format(index=index))
    return ItemError(index=index, error=problem)


def failures(items: Iterable[object]) -> int:
    """Count the inputs that got an error."""
    return sum(isinstance(item, ApiError) for item in items)


def _prepared(
    block: Sequence[InputT | ApiError], preparation: Preparation[InputT, ItemT]
) -> list[ItemT | ApiError]:
    prepare = preparation.prepare
    return [item if isinstance(item, ApiError) else prepare(item) for item in block]


async def _side_by_side(
    blocks: Sequence[BlockT], work: Callable[[BlockT], Awaitable[DoneT]]
) -> list[DoneT]:
    """Work on some blocks at a time; when one fails, stop the others and fail with it."""
    done: dict[int, DoneT] = {}
    numbered = iter(enumerate(blocks))

    async def keep_working() -> None:
        for number, block in numbered:  # shared: each takes the next that nobody has
            done[number] = await work(block)

    # No TaskGroup: before Python 3.13, one that fails leaves its caller's task marked as cancelled.
    tasks = [asyncio.create_task(keep_working()) for _ in range(min(len(blocks), _AT_ONCE))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return [done[number] for number in range(len(blocks))]


def _no_rows(ref: ModelRef) -> Floats:
    return np.empty((0, ref.card.output.size), np.float32)
