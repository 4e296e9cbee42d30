# Generated from aiaas/_async/bulk.py by `make sync`; edit that file instead.
"""Many inputs as few requests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from aiaas._core.bulk import Chunk, Chunker, InputT, Tally, checked_concurrency, flatten
from aiaas._core.inference import InferenceCall, ResultT
from aiaas._core.options import CallOptions
from aiaas._core.requests import Outgoing
from aiaas._sync import _runtime
from aiaas._sync.pipeline import Pipeline
from aiaas.contract.answers import ItemError

GivenT = TypeVar("GivenT")


def send_chunks(
    pipeline: Pipeline,
    call: InferenceCall[ResultT],
    chunks: Generator[Chunk[InputT], None],
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

    def send(chunk: Chunk[InputT]) -> list[ResultT | ItemError]:
        response = pipeline.send(request(chunk), options)
        return call.results(response, expected=len(chunk.inputs), start=chunk.start)

    return flatten(
        _runtime.map_bounded(
            send, chunks, concurrency=checked_concurrency(concurrency), done=tally.add
        )
    )


def in_chunks(
    given: Iterable[GivenT],
    read: Callable[[GivenT], InputT],
    chunker: Chunker[InputT],
) -> Generator[Chunk[InputT], None]:
    """Gather inputs into chunks, reading them only as fast as these are taken."""
    for one in given:
        chunk = chunker.add(read(one))
        if chunk:
            yield chunk
    last = chunker.close()
    if last:
        yield last
