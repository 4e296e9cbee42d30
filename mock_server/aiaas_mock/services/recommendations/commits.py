"""Commit, then tell those who keep something in memory of what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiaas_mock.context import AnswerT, RequestContext
from aiaas_mock.storage import Transaction


async def commit_and_tell(
    context: RequestContext,
    effect: Callable[[Transaction], AnswerT],
    tell: Callable[[], object],
) -> AnswerT:
    """Have an effect, then call `tell`.

    A transaction goes on when its request is cancelled, by a deadline for instance: then the
    others are told all the same, or what they have in memory would never learn of it.
    """

    async def both() -> AnswerT:
        answer = await context.commit(effect)
        tell()
        return answer

    task = asyncio.create_task(both())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_forget)
        raise


def _forget(task: asyncio.Task[AnswerT]) -> None:
    # The store has undone what failed, and nobody is left who could be answered.
    if not task.cancelled():
        task.exception()
