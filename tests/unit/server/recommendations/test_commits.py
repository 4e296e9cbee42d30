"""Whoever keeps something in memory is told of every commit, and of nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aiaas.contract.recommendations.items import DeletedItem
from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.storage import Transaction

ANSWER = DeletedItem(id="a")


def effect(transaction: Transaction) -> DeletedItem:
    return ANSWER


async def test_others_are_told_after_the_commit(context: RequestContext) -> None:
    told: list[str] = []
    assert await commit_and_tell(context, effect, lambda: told.append("yes")) == ANSWER
    assert told == ["yes"]


async def test_others_are_not_told_of_what_was_undone(context: RequestContext) -> None:
    told: list[str] = []

    def failing(transaction: Transaction) -> DeletedItem:
        raise KeyError("a")

    with pytest.raises(KeyError):
        await commit_and_tell(context, failing, lambda: told.append("yes"))
    assert told == []


@pytest.mark.parametrize("fails", [False, True])
async def test_a_commit_that_nobody_waits_for_any_longer_is_told_of(
    context: RequestContext, fails: bool
) -> None:
    told: list[str] = []
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def commit(effect: Callable[[Any], Any], /) -> Any:
        begun.set()
        await may_end.wait()
        ended.set()
        if fails:
            raise KeyError("a")
        return effect(None)

    slow = replace(context, commit=commit)
    request = asyncio.create_task(commit_and_tell(slow, effect, lambda: told.append("yes")))
    await begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert told == []
    may_end.set()
    await ended.wait()
    await asyncio.sleep(0)
    assert told == ([] if fails else ["yes"])


async def test_a_commit_that_is_itself_cancelled_tells_nobody(context: RequestContext) -> None:
    told: list[str] = []
    tasks_before = asyncio.all_tasks()
    begun = asyncio.Event()

    async def commit(effect: Callable[[Any], Any], /) -> Any:
        begun.set()
        await asyncio.Event().wait()

    stuck = replace(context, commit=commit)
    request = asyncio.create_task(commit_and_tell(stuck, effect, lambda: told.append("yes")))
    await begun.wait()
    for task in asyncio.all_tasks() - tasks_before:  # as the end of the loop does
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert told == []
