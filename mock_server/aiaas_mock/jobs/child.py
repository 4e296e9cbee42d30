"""Work in a process of its own: it may compute, leak or crash without harm to the server.

The child's standard input is its life-line: it is never written to, and the child ends itself when
it closes, which the operating system does even when the server is killed. Each line of its
standard output is a JSON object for the server. What it writes to standard error is for the log.
`aiaas_mock.jobs.childhood` is the other side.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final, cast

from aiaas.contract.problems import PROBLEMS
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.handler import JobLog

Tell = Callable[[dict[str, Any]], Awaitable[None]]
"""Takes what the child says, object by object."""

_TERMINATE_S: Final = 5.0
_LONGEST_LINE: Final = 2**20
_TAIL_LINES: Final = 40


class ChildFailed(Exception):
    """A child ended badly without saying why; what it wrote is in the log and not in here."""


async def run_child(
    module: str,
    arguments: Sequence[str],
    *,
    tell: Tell,
    log: JobLog,
    terminate_s: float = _TERMINATE_S,
) -> None:
    """Run ``python -m MODULE ARGUMENTS`` to its end; when this is cancelled, it is killed.

    Args:
        module: The module to run.
        arguments: Its arguments.
        tell: Takes each object that it prints, but for ``{"error": ...}``.
        log: Where the end of its standard error goes when it fails.
        terminate_s: Seconds that it is given to end by itself before it is killed.

    Raises:
        ApiError: It printed ``{"error": {"code": ..., "detail": ..., "param": ...}}``.
        ChildFailed: It ended with another status than 0, or printed what cannot be read.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=_LONGEST_LINE,
        start_new_session=True,  # Ctrl-C in the server's terminal is for the server to act on
    )
    output = cast("asyncio.StreamReader", process.stdout)  # a pipe each, as said above
    errors = cast("asyncio.StreamReader", process.stderr)
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    chatter = asyncio.create_task(_keep_tail(errors, tail))
    try:
        error = await _listen(output, tell)
        status = None if isinstance(error, ChildFailed) else await process.wait()
    finally:
        await _end(process, terminate_s)
        with suppress(TimeoutError):  # a child of the child may still hold the pipe
            async with asyncio.timeout(terminate_s):
                await chatter
    if error is None and status == 0:
        return
    log.error("job's process", module=module, exit_status=status, stderr="\n".join(tail))
    raise error or ChildFailed(f"{module} ended with status {status}")


async def _listen(output: asyncio.StreamReader, tell: Tell) -> ApiError | ChildFailed | None:
    """Pass on what the child says; return the error that it names, or what cannot be read."""
    error: ApiError | None = None
    try:
        while line := await _line(output):
            said = _read(line)
            if "error" in said:
                error = _error_of(said["error"])
            else:
                await tell(said)
    except ChildFailed as failure:
        return failure
    return error


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than the limit
        raise ChildFailed(f"a line of more than {_LONGEST_LINE} bytes") from None


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ChildFailed("a line that is no JSON object")
    return said


def _error_of(said: Any) -> ApiError:
    known = isinstance(said, dict) and isinstance(said.get("detail"), str)
    if not known or said.get("code") not in PROBLEMS:
        raise ChildFailed("an error that the contract does not have")
    param = said.get("param")
    return ApiError(said["code"], said["detail"], param=param if isinstance(param, str) else None)


async def _keep_tail(stream: asyncio.StreamReader, tail: deque[str]) -> None:
    """Keep the last lines; everything is read, or the child would wait for room in the pipe."""
    rest = b""
    while piece := await stream.read(_LONGEST_LINE):
        *lines, rest = (rest + piece)[-_LONGEST_LINE:].split(b"\n")
        tail.extend(line.decode("utf-8", "replace") for line in lines)
    if rest:
        tail.append(rest.decode("utf-8", "replace"))


async def _end(process: Process, terminate_s: float) -> None:
    """See to it that the child is no more."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(terminate_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
