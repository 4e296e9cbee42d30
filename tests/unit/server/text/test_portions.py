"""Portions of long requests: done in a thread, and only as long as the answer is wanted."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import pytest

from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.text.portions import in_turn, portions


def test_short_items_share_a_portion_and_a_long_one_ends_its_own() -> None:
    items = ["a", "b" * 20_000, "c", "d"]
    assert list(portions(items, len)) == [items[:2], items[2:]]
    assert list(portions([], len)) == []


async def test_portions_are_done_in_their_order_away_from_the_event_loop(
    executor: Executor, context: RequestContext
) -> None:
    threads = set()

    def work(portion: Sequence[int]) -> int:
        threads.add(threading.get_ident())
        return sum(portion)

    assert await in_turn(executor, [[1, 2], [3], []], work, context) == [3, 3, 0]
    assert threading.get_ident() not in threads


async def test_no_portion_is_begun_after_the_deadline(
    executor: Executor, context: RequestContext
) -> None:
    loop = asyncio.get_running_loop()
    begun = []

    def work(portion: int) -> None:
        begun.append(portion)
        passed.set()
        while loop.time() <= limited.deadline:
            passed.wait(0.001)

    passed = threading.Event()
    limited = replace(context, deadline=loop.time() + 0.02)
    with pytest.raises(ApiError) as caught:
        await in_turn(executor, range(5), work, limited)
    assert (caught.value.code, begun) == ("deadline_exceeded", [0])
