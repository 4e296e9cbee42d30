"""The batcher: every answer to its own caller, whatever arrives, leaves or fails meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest

from aiaas_mock.inference.backend import Array, DeadlineExceeded, Floats
from aiaas_mock.inference.batcher import Batcher

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


class Model:
    """Doubles its input; can be held, and notes the sizes of its batches."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def run(self, rows: Array) -> Floats:
        self.gate.wait(5)
        self.sizes.append(len(rows))
        if np.isnan(rows).any():
            raise ValueError("not a number")
        doubled: Floats = rows * np.float32(2)
        return doubled


def block(*values: float) -> Floats:
    return np.array([[value] for value in values], np.float32)


def soon() -> float:
    return asyncio.get_running_loop().time() + 5


async def until_busy(model: Model) -> None:
    """Let the event loop hand the first batch to the model."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_answers_are_never_swapped_among_thousands_of_interleaved_blocks(
    executor: ThreadPoolExecutor,
) -> None:
    model = Model()
    batcher = Batcher(model.run, executor, max_batch=32)
    random = Random(1)

    async def client(number: int) -> None:
        for turn in range(40):
            values = [number * 1000 + turn + i / 100 for i in range(random.randint(1, 12))]
            inference = await batcher.submit(block(*values), deadline=soon())
            np.testing.assert_array_equal(inference.outputs, block(*values) * np.float32(2))

    await asyncio.gather(*(client(number) for number in range(100)))
    assert max(model.sizes) <= 32
    assert len(model.sizes) < 100 * 40  # they were really put together


async def test_an_idle_model_runs_a_single_input_at_once(executor: ThreadPoolExecutor) -> None:
    model = Model()
    batcher = Batcher(model.run, executor, max_batch=32)
    inference = await batcher.submit(block(1), deadline=soon())
    assert (inference.batch_size, model.sizes) == (1, [1])


async def test_what_arrives_while_the_model_is_busy_becomes_one_batch(
    executor: ThreadPoolExecutor,
) -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.run, executor, max_batch=32)
    calls = [asyncio.create_task(batcher.submit(block(0), deadline=soon()))]
    await until_busy(model)
    calls += [asyncio.create_task(batcher.submit(block(n), deadline=soon())) for n in range(1, 6)]
    await until_busy(model)
    model.gate.set()
    answers = await asyncio.gather(*calls)
    assert model.sizes == [1, 5]
    assert [answer.outputs.item() for answer in answers] == [0, 2, 4, 6, 8, 10]


async def test_a_block_larger_than_a_batch_is_answered_whole_and_in_order(
    executor: ThreadPoolExecutor,
) -> None:
    model = Model()
    batcher = Batcher(model.run, executor, max_batch=8)
    inference = await batcher.submit(block(*range(30)), deadline=soon())
    assert inference.outputs.ravel().tolist() == [2 * n for n in range(30)]
    assert max(model.sizes) == 8


async def test_an_input_whose_deadline_passed_in_the_queue_is_not_run(
    executor: ThreadPoolExecutor,
) -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.run, executor, max_batch=8)
    first = asyncio.create_task(batcher.submit(block(1), deadline=soon()))
    await until_busy(model)
    late = asyncio.create_task(batcher.submit(block(2), deadline=0))
    await until_busy(model)
    model.gate.set()
    with pytest.raises(DeadlineExceeded):
        await late
    await first
    assert model.sizes == [1]


async def test_a_cancelled_caller_leaves_the_queue(executor: ThreadPoolExecutor) -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.run, executor, max_batch=8)
    first = asyncio.create_task(batcher.submit(block(1), deadline=soon()))
    await until_busy(model)
    gone = asyncio.create_task(batcher.submit(block(2, 3), deadline=soon()))
    stays = asyncio.create_task(batcher.submit(block(4), deadline=soon()))
    await until_busy(model)
    gone.cancel()
    await until_busy(model)
    model.gate.set()
    await first
    assert (await stays).outputs.item() == 8
    assert model.sizes == [1, 1]


async def test_a_model_that_fails_fails_its_batch_and_answers_the_next(
    executor: ThreadPoolExecutor,
) -> None:
    batcher = Batcher(Model().run, executor, max_batch=8)
    with pytest.raises(ValueError, match="not a number"):
        await batcher.submit(block(float("nan")), deadline=soon())
    assert (await batcher.submit(block(3), deadline=soon())).outputs.item() == 6


async def test_a_model_that_answers_too_few_rows_is_an_error_not_a_mix_up(
    executor: ThreadPoolExecutor,
) -> None:
    batcher = Batcher(lambda rows: rows[:-1], executor, max_batch=8)
    with pytest.raises(RuntimeError, match="answered 1 rows to 2"):
        await batcher.submit(block(1, 2), deadline=soon())


async def test_every_batch_is_observed(executor: ThreadPoolExecutor) -> None:
    seen: list[tuple[int, float]] = []
    batcher = Batcher(
        Model().run,
        executor,
        max_batch=8,
        observe=lambda size, waited: seen.append((size, waited)),
    )
    await batcher.submit(block(*range(12)), deadline=soon())
    assert [size for size, _ in seen] == [8, 4]
    assert all(waited >= 0 for _, waited in seen)


async def test_closing_waits_for_what_was_accepted(executor: ThreadPoolExecutor) -> None:
    batcher = Batcher(Model().run, executor, max_batch=2)
    call = asyncio.create_task(batcher.submit(block(*range(9)), deadline=soon()))
    await asyncio.sleep(0)
    await batcher.close()
    await asyncio.sleep(0)
    assert call.done()
    assert len(call.result().outputs) == 9
