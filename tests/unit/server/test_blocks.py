"""Inputs run in blocks: in their order, a bounded number at a time, and stopped together."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiaas_mock.context import ANONYMOUS, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Array, Inference, Overloaded
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.services.blocks import BlockRunner, Preparation, failures, in_places


class Backend:
    """Answers each row with its own number, and notes how much runs at the same moment."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.running = 0
        self.most_running = 0
        self.admitted: list[int] = []
        self.refuse = False

    def admit(self, ref: ModelRef, inputs: int) -> AbstractContextManager[None]:
        self.admitted.append(inputs)
        return nullcontext()

    async def infer(self, ref: ModelRef, inputs: Array, *, deadline: float) -> Inference:
        if self.refuse:
            raise Overloaded(2.0)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0.001)
        self.running -= 1
        return Inference(np.repeat(inputs, 2, axis=1), queue_s=0.5, batch_size=len(inputs))


@pytest.fixture
def backend(write_bundle: Callable[..., Path], tmp_path: Path) -> Backend:
    write_bundle()
    return Backend(Catalogue.scan(tmp_path / "models"))


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def context() -> RequestContext:
    async def commit(effect: Any) -> Any:
        raise AssertionError("nothing here has an effect")

    deadline = asyncio.get_running_loop().time() + 10
    return RequestContext(
        request_id="req_1",
        namespace="default",
        principal=ANONYMOUS,
        deadline=deadline,
        commit=commit,
    )


def prepare(number: int) -> float | ApiError:
    return ApiError("empty_input", "Nought.") if number == 0 else float(number)


def preparation(*, quick: bool) -> Preparation[int, float]:
    def is_quick(block: Sequence[object]) -> bool:
        return quick

    return Preparation(block=4, prepare=prepare, row_of=one_number, is_quick=is_quick)


def one_number(item: float) -> Array:
    return np.array([item], np.float32)


@pytest.mark.parametrize("quick", [True, False])
async def test_rows_are_in_the_order_of_the_inputs_and_errors_in_their_places(
    backend: Backend, executor: ThreadPoolExecutor, quick: bool
) -> None:
    ref = backend.catalogue.resolve("tiny")
    inputs: list[int | ApiError] = [number % 10 for number in range(100)]
    inputs[5] = ApiError("invalid_base64", "No.")
    trace_of = context()
    answered = await BlockRunner(backend, executor).run(  # type: ignore[arg-type]
        ref, inputs, preparation(quick=quick), trace_of
    )
    expected = [number % 10 for number in range(100) if number % 10 and number != 5]
    assert answered.rows[:, 0].tolist() == expected
    assert failures(answered.items) == 11
    results = in_places(answered.items, expected, lambda index, item, value: (index, item, value))
    assert results[7] == (7, 7.0, 7)
    assert results[10].error.param == "/inputs/10"  # type: ignore[union-attr]
    assert (trace_of.trace.batch_size, trace_of.trace.queue_s) == (4, 0.5)


async def test_only_some_blocks_of_a_large_request_are_under_way(
    backend: Backend, executor: ThreadPoolExecutor
) -> None:
    ref = backend.catalogue.resolve("tiny")
    answered = await BlockRunner(backend, executor).run(  # type: ignore[arg-type]
        ref, [1] * 400, preparation(quick=True), context()
    )
    assert len(answered.rows) == 400
    assert backend.most_running == 8
    assert backend.admitted == [32]


async def test_no_inputs_and_only_bad_ones_need_no_model(
    backend: Backend, executor: ThreadPoolExecutor
) -> None:
    ref = backend.catalogue.resolve("tiny")
    runner = BlockRunner(backend, executor)  # type: ignore[arg-type]
    for inputs in ([], [0], [0] * 9):
        answered = await runner.run(ref, inputs, preparation(quick=True), context())
        assert answered.rows.shape == (0, 2)
    assert backend.most_running == 0


async def test_a_block_that_is_refused_refuses_the_request(
    backend: Backend, executor: ThreadPoolExecutor
) -> None:
    backend.refuse = True
    with pytest.raises(ApiError) as caught:
        await BlockRunner(backend, executor).run(  # type: ignore[arg-type]
            backend.catalogue.resolve("tiny"), [1] * 40, preparation(quick=True), context()
        )
    assert (caught.value.code, caught.value.headers["Retry-After"]) == ("overloaded", "2")
