# Generated from aiaas/_async/text_calls.py by `make sync`; edit that file instead.
"""How texts are sent, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import TypeVar

from aiaas._core.bulk import Chunk, Chunker, Progress, Tally, checked_inputs, total_of
from aiaas._core.inference import InferenceCall, ResultT
from aiaas._core.options import CallOptions
from aiaas._core.requests import Outgoing
from aiaas._core.texts import JsonFields, WrittenText, readable, texts_body, unreadable_at
from aiaas._sync.bulk import in_chunks, send_chunks
from aiaas._sync.pipeline import Pipeline
from aiaas.contract.answers import ItemError
from aiaas.contract.text._common import MAX_INPUTS

GivenT = TypeVar("GivenT")


class TextCalls:
    """What the parts of the text resource share."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def _one(
        self,
        call: InferenceCall[ResultT],
        text: WrittenText,
        fields: JsonFields,
        options: CallOptions,
    ) -> ResultT:
        outgoing = texts_body(call.operation, [readable(text)], fields)
        return call.only_result(self._pipeline.send(outgoing, options))

    def _many(
        self,
        call: InferenceCall[ResultT],
        given: Iterable[GivenT],
        write: Callable[[GivenT], WrittenText],
        fields: JsonFields,
        options: CallOptions,
        concurrency: int,
        progress: Progress | None,
    ) -> list[ResultT | ItemError]:
        given = checked_inputs(given, call.many)
        positions = count()
        unreadable: list[int] = []

        def read(one: GivenT) -> WrittenText:
            position, written = next(positions), write(one)
            if not written.readable:
                unreadable.append(position)
            return written

        def request(chunk: Chunk[WrittenText]) -> Outgoing:
            return texts_body(call.operation, chunk.inputs, fields)

        results = send_chunks(
            self._pipeline,
            call,
            in_chunks(given, read, Chunker(max_inputs=MAX_INPUTS)),
            request,
            options,
            concurrency=concurrency,
            tally=Tally(progress, total_of(given)),
        )
        for index in unreadable:
            results[index] = unreadable_at(index)
        return results
