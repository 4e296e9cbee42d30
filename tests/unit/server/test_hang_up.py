"""Work stops when the client has left, and only then."""

import asyncio
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.requests import ClientDisconnect

from aiaas_mock.http.hang_up import HangUpWatch


async def leaves() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def stays() -> dict[str, Any]:
    await anyio.sleep_forever()
    raise AssertionError


async def test_a_client_that_leaves_ends_the_work() -> None:
    with anyio.fail_after(5), pytest.raises(ClientDisconnect), HangUpWatch(leaves):
        await anyio.sleep_forever()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_task_that_was_cancelled_before_still_notices_a_client_that_leaves() -> None:
    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await anyio.lowlevel.checkpoint()
        with anyio.fail_after(5), pytest.raises(ClientDisconnect), HangUpWatch(leaves):
            await anyio.sleep_forever()
        assert task.cancelling() == 1

    await asyncio.create_task(work())


async def test_work_that_is_done_soon_is_never_watched() -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("nobody may listen")

    with HangUpWatch(receive):
        await anyio.lowlevel.checkpoint()


async def test_a_client_that_stays_gets_its_answer() -> None:
    with HangUpWatch(stays):
        await anyio.sleep(0.03)


async def test_an_error_of_the_work_is_passed_on() -> None:
    async def work() -> None:
        with HangUpWatch(stays):
            await anyio.sleep(0.03)
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await work()


async def test_a_deadline_of_somebody_else_stays_a_deadline() -> None:
    async def work() -> None:
        async with asyncio.timeout(0.04):
            with HangUpWatch(stays):
                await anyio.sleep_forever()

    with pytest.raises(TimeoutError):
        await work()


async def test_a_cancellation_by_somebody_else_stays_one() -> None:
    started = asyncio.Event()

    async def work() -> None:
        with HangUpWatch(stays):
            started.set()
            await anyio.sleep_forever()

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_left_over_messages_of_the_body_are_no_hang_up() -> None:
    messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    with anyio.fail_after(5), pytest.raises(ClientDisconnect), HangUpWatch(receive):
        await anyio.sleep_forever()


def test_a_watch_needs_a_task() -> None:
    async def outside() -> None:
        asyncio.get_running_loop().call_soon(enter)
        await anyio.sleep(0.01)

    caught: list[BaseException] = []

    def enter() -> None:
        try:
            HangUpWatch(stays).__enter__()
        except RuntimeError as error:
            caught.append(error)

    asyncio.run(outside())
    assert len(caught) == 1
