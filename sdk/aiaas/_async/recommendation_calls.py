"""How the parts of the recommendations resource ask."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from aiaas._async import _runtime
from aiaas._async.paging import AsyncPaginator
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.bulk import Chunk, Chunker, Progress, Tally, checked_concurrency
from aiaas._core.inference import parse_whole
from aiaas._core.options import CallOptions
from aiaas._core.page_types import Page, attach_all
from aiaas._core.recommendation_entries import (
    MAX_ENTRIES,
    AnswerT,
    Entry,
    EntryCall,
    Outcome,
    Totals,
    options_of,
)
from aiaas._core.requests import build
from aiaas._core.responses import parse
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aiaas.contract._operation import Operation

ResultT = TypeVar("ResultT", bound="BaseModel")


class AsyncRecommendationCalls:
    """What the parts of the recommendations resource share."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    async def _ask(
        self,
        operation: Operation[Any, Any],
        request: BaseModel | None,
        answer: type[ResultT],
        options: CallOptions,
    ) -> ResultT:
        response = await self._pipeline.send(build(operation, request), options)
        return parse_whole(operation, response, answer)

    def _list(
        self,
        operation: Operation[Any, Any],
        first: BaseModel,
        page: type[Page[ResultT]],
        cursor: str | None,
        options: CallOptions,
    ) -> AsyncPaginator[ResultT]:
        async def fetch(cursor: str | None) -> Page[ResultT]:
            request = first.model_copy(update={"cursor": cursor})
            response = await self._pipeline.send(build(operation, request), options)
            found = parse(operation, response, page)
            attach_all(found, response)
            return found

        return AsyncPaginator(fetch, cursor=cursor)

    async def _send_all(
        self,
        call: EntryCall[AnswerT],
        given: Iterable[object],
        options: CallOptions,
        totals: Totals,
        *,
        concurrency: int = 4,
        progress: Progress | None = None,
        total: int | None = None,
    ) -> AnswerT:
        """Send entries, as many at a time as a request takes, and sum up the answers."""
        tally = Tally(progress, total)

        async def send(chunk: Chunk[Entry]) -> Outcome:
            response = await self._pipeline.send(call.request(chunk), options_of(chunk, options))
            outcome = call.outcome(response, chunk)
            totals.check(outcome.errors)
            return outcome

        def done(outcome: Outcome) -> None:
            totals.add(outcome)
            tally.add(outcome)

        await _runtime.map_bounded(
            send,
            _chunks(call, given, totals),
            concurrency=checked_concurrency(concurrency),
            done=done,
        )
        if totals.unsent:
            tally.add(range(totals.unsent))
        return call.summed(totals)


async def _chunks(
    call: EntryCall[Any], given: Iterable[object], totals: Totals
) -> AsyncGenerator[Chunk[Entry], None]:
    """Gather entries into chunks, reading them only as fast as these are taken."""
    chunker: Chunker[Entry] = Chunker(max_inputs=MAX_ENTRIES)
    for index, one in enumerate(given):
        written = call.write(one, index)
        if isinstance(written, ItemError):
            totals.refuse(written)
            continue
        chunk = chunker.add(written)
        if chunk:
            yield chunk
    last = chunker.close()
    if last:
        yield last
