"""Work in a process of its own: what it says, how it ends, and that it never outlives us."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.jobs.conftest import Log

from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.child import ChildFailed, run_child

ROOT = Path(__file__).parents[3]
CHILD = "tests.unit.jobs.children"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a child import the module that the tests keep for it."""
    monkeypatch.chdir(ROOT)


class Parent:
    """Runs children and keeps what they say."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.log = Log()
        self.heard = asyncio.Event()

    async def run(self, *arguments: str) -> None:
        """Run a child to its end."""

        async def tell(said: dict[str, Any]) -> None:
            self.said.append(said)
            self.heard.set()

        await run_child(CHILD, arguments, tell=tell, log=self.log, terminate_s=0.05)


async def test_what_a_child_says_arrives_in_order_and_what_it_prints_does_not() -> None:
    parent = Parent()
    await parent.run("count", "3")
    assert parent.said == [{"step": 0}, {"step": 1}, {"step": 2}]
    assert parent.log.lines == []


async def test_an_error_that_a_child_names_is_raised() -> None:
    parent = Parent()
    with pytest.raises(ApiError) as caught:
        await parent.run("refuse")
    assert (caught.value.code, caught.value.param) == ("not_enough_events", "/types")
    assert caught.value.detail == "There are 3 events."


@pytest.mark.parametrize(
    ("arguments", "status"), [(("crash",), 1), (("exit", "7"), 7), (("kill",), -9)]
)
async def test_how_a_child_crashed_is_in_the_log_and_not_in_the_exception(
    arguments: tuple[str, ...], status: int
) -> None:
    parent = Parent()
    with pytest.raises(ChildFailed) as caught:
        await parent.run(*arguments)
    assert str(caught.value) == f"{CHILD} ended with status {status}"
    (line,) = parent.log.lines
    assert (line["module"], line["exit_status"]) == (CHILD, status)
    assert ("a secret of the child" in line["stderr"]) == (arguments[0] == "crash")


@pytest.mark.parametrize(
    "word", ["not json", "[1, 2]", '{"error": "no"}', '{"error": {"code": 1}}']
)
async def test_what_is_no_message_ends_the_child(word: str) -> None:
    parent = Parent()
    with pytest.raises(ChildFailed):
        await parent.run("say", word)
    assert [line["module"] for line in parent.log.lines] == [CHILD]


async def test_an_error_that_the_contract_does_not_have_is_a_defect() -> None:
    parent = Parent()
    with pytest.raises(ChildFailed, match="does not have"):
        await parent.run("say", '{"error": {"code": "tea_is_cold", "detail": "Warm it."}}')


async def test_a_line_without_an_end_ends_the_child() -> None:
    parent = Parent()
    with pytest.raises(ChildFailed, match="1048576 bytes"):
        await parent.run("babble")


async def test_a_child_that_writes_much_to_the_log_does_not_wait_for_a_reader() -> None:
    parent = Parent()
    with pytest.raises(ChildFailed):
        await parent.run("chatter")
    assert parent.log.lines[0]["stderr"].count("\n") < 100


@pytest.mark.parametrize("how", ["wait", "stubborn", "deaf"])
async def test_a_child_is_killed_when_its_job_is_called_off(how: str) -> None:
    parent = Parent()
    running = asyncio.create_task(parent.run(how))
    async with asyncio.timeout(20):
        await parent.heard.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    pid = parent.said[0]["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_ends_when_its_server_is_killed() -> None:
    script = (
        "import asyncio, structlog\n"
        "from aiaas_mock.jobs.child import run_child\n"
        "async def tell(said): print(said['pid'], flush=True)\n"
        f"asyncio.run(run_child({CHILD!r}, ['wait'], tell=tell, log=structlog.get_logger()))\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert server.stdout is not None
    with server.stdout as said:
        child = int(said.readline())
        os.kill(child, 0)  # it is there
        server.send_signal(signal.SIGKILL)
        server.wait()
        _until_gone(child)


def _until_gone(pid: int) -> None:
    """Wait for the end of a process that is nobody's child here."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return  # already
    try:
        ready, _, _ = select.select([handle], [], [], 10)
        assert ready, "the child outlived its server by ten seconds"
    finally:
        os.close(handle)
