"""Portions of a request's texts that are worth a thread, and small enough to be stopped between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Final, TypeVar

from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError

ItemT = TypeVar("ItemT")
DoneT = TypeVar("DoneT")

_CHARACTERS: Final = 20_000
"""A text of so many is a portion alone; shorter ones share one."""


def portions(items: Iterable[ItemT], length: Callable[[ItemT], int]) -> Iterator[list[ItemT]]:
    """Cut items into portions, in their order.

    Args:
        items: Texts, or whatever has one.
        length: The number of characters of an item.
    """
    portion: list[ItemT] = []
    characters = 0
    for item in items:
        portion.append(item)
        characters += length(item)
        if characters >= _CHARACTERS:
            yield portion
            portion, characters = [], 0
    if portion:
        yield portion


async def by_portions(
    executor: Executor,
    items: Iterable[ItemT],
    length: Callable[[ItemT], int],
    work: Callable[[Sequence[ItemT]], list[DoneT]],
    context: RequestContext,
) -> list[DoneT]:
    """Cut items into portions, work on them with `in_turn`, and return what comes of all items.

    Args:
        executor: Where the work is done.
        items: Texts, or whatever has one.
        length: The number of characters of an item.
        work: What is done with a portion; gives one thing for each item.
        context: Says until when.

    Raises:
        ApiError: The deadline passed.
    """
    parts = await in_turn(executor, portions(items, length), work, context)
    return [one for part in parts for one in part]


async def in_turn(
    executor: Executor,
    cut: Iterable[ItemT],
    work: Callable[[ItemT], DoneT],
    context: RequestContext,
) -> list[DoneT]:
    """Work in a thread on one portion after the other, as long as the answer is wanted.

    Args:
        executor: Where the work is done, so that the event loop stays free.
        cut: The portions, see `portions`; each is made when its turn comes.
        work: What is done with a portion.
        context: Says until when.

    Raises:
        ApiError: The deadline passed.
    """
    loop = asyncio.get_running_loop()
    done: list[DoneT] = []
    for portion in cut:
        if loop.time() > context.deadline:
            raise ApiError(
                "deadline_exceeded", "The deadline passed before all texts were looked through."
            )
        done.append(await loop.run_in_executor(executor, work, portion))
    return done
