"""Many inputs as few requests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

from aiaas._async import _runtime
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.bulk import Chunk, Chunker, InputT, Tally, checked_concurrency, flatten
from aiaas._core.inference import InferenceCall, ResultT
from aiaas._core.options import CallOptions
from aiaas._core.requests import Outgoing
from aiaas.contract.answers import ItemError

GivenT = TypeVar("GivenT")


async def send_chunks(
    pipeline: AsyncPipeline,
    call: InferenceCall[ResultT],
    chunks: AsyncGenerator[Chunk[InputT], None],
    request: Callable[[Chunk[InputT]], Outgoing],
    options: CallOptions,
    *,
    concurrency: int,
    tally: Tally,
) -> list[ResultT | ItemError]:
    """Send each chunk as one request, several at a time, and return all results in order.

    Raises:
        ValueError: `concurrency` is less than 1.
        AiaasError: A whole request failed; chunks that were not sent yet are not sent.
    """

    async def send(chunk: Chunk[InputT]) -> list[ResultT | ItemError]:
        response = await pipeline.send(request(chunk), options)
        return call.results(response, expected=len(chunk.inputs), start=chunk.start)

    return flatten(
        await _runtime.map_bounded(
            send, chunks, concurrency=checked_concurrency(concurrency), done=tally.add
        )
    )


async def in_chunks(
    given: Iterable[GivenT],
    read: Callable[[GivenT], Awaitable[InputT]],
    chunker: Chunker[InputT],
) -> AsyncGenerator[Chunk[InputT], None]:
    """Gather inputs into chunks, reading them only as fast as these are taken."""
    for one in given:
        chunk = chunker.add(await read(one))
        if chunk:
            yield chunk
    last = chunker.close()
    if last:
        yield last
