"""``chat/completions``: our own generation of texts, asked and answered in OpenAI's words.

The model that we ship goes on with a text; it was never taught to converse. So nothing is added
to what was said: the texts of the messages, one a line, are the beginning that it goes on with.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from pydantic import BaseModel

from aiaas.contract.problems import Problem
from aiaas.contract.text._common import MAX_CHARACTERS
from aiaas.contract.text.generation import (
    GeneratedToken,
    GenerateTextRequest,
    GenerateTextResponse,
    GenerationUsage,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer, StreamedAnswer
from aiaas_mock.http.endpoint import Handler
from aiaas_mock.http.sse import open_stream
from aiaas_mock.protocols.openai.answers import (
    ChatChunk,
    ChatCompletion,
    ChatMessage,
    ChatUsage,
    Choice,
    Delta,
    DeltaChoice,
    EndOfStream,
)
from aiaas_mock.protocols.openai.errors import error_body
from aiaas_mock.protocols.openai.types import ChatRequest
from aiaas_mock.services.events import Events

_DEFAULT_TEMPERATURE: Final = 1.0  # OpenAI's own, not ours


class ChatAdapter:
    """Answers ``chat/completions``.

    Args:
        generate: Answers ``text.generate``.
    """

    def __init__(self, generate: Handler) -> None:
        self._generate = generate

    async def create(
        self, request: ChatRequest, context: RequestContext
    ) -> Answer | StreamedAnswer:
        """Go on with a conversation, at once or piece by piece."""
        answer = await self._generate(_ours(request), context)
        about = _About(
            id=context.new_id("chatcmpl"),
            created=int(context.now().timestamp()),
            model=context.trace.model or request.model,
        )
        if not isinstance(answer, Events):
            return Answer(about.completion(answer).model_dump_json().encode())
        options = request.stream_options
        told = _told(answer, about, with_usage=options is not None and options.include_usage)
        return await open_stream(Events(told), context.deadline, encode=_encoded)


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What all pieces of an answer say of themselves."""

    id: str
    created: int
    model: str

    def completion(self, answer: GenerateTextResponse) -> ChatCompletion:
        message = ChatMessage(content=answer.text)
        return ChatCompletion(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=(Choice(message=message, finish_reason=answer.finish_reason),),
            usage=_usage(answer.usage),
        )

    def chunk(self, delta: Delta, finish_reason: str | None = None) -> ChatChunk:
        choice = DeltaChoice(delta=delta, finish_reason=finish_reason)
        return ChatChunk(id=self.id, created=self.created, model=self.model, choices=(choice,))

    def usage(self, answer: GenerateTextResponse) -> ChatChunk:
        return ChatChunk(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=(),
            usage=_usage(answer.usage),
        )


def _ours(request: ChatRequest) -> GenerateTextRequest:
    prompt = "\n".join(message.text for message in request.messages)
    if len(prompt) > MAX_CHARACTERS:
        raise ApiError(
            "text_too_long",
            f"The messages have {len(prompt):,} characters; the limit is {MAX_CHARACTERS:,}.",
            param="/messages",
        )
    limit = {} if request.most_tokens is None else {"max_tokens": request.most_tokens}
    temperature = request.temperature
    return GenerateTextRequest(
        prompt=prompt,
        temperature=_DEFAULT_TEMPERATURE if temperature is None else temperature,
        top_p=1.0 if request.top_p is None else request.top_p,
        seed=request.seed,
        stop=request.stop,
        stream=request.stream is True,
        model=request.model,
        **limit,
    )


async def _told(
    events: Events, about: _About, *, with_usage: bool
) -> AsyncGenerator[tuple[str, BaseModel], None]:
    """Tell the events of our own generation in OpenAI's words."""
    begun = False
    async with aclosing(cast("Any", events.source)) as source:
        async for _, data in source:
            if not begun:  # not before the first event: until then a refusal has its own status
                begun = True
                yield "chunk", about.chunk(Delta(role="assistant", content=""))
            if isinstance(data, GeneratedToken):
                yield "chunk", about.chunk(Delta(content=data.text))
            elif isinstance(data, GenerateTextResponse):
                yield "chunk", about.chunk(Delta(), data.finish_reason)
                if with_usage:
                    yield "chunk", about.usage(data)
    yield "end", EndOfStream()


def _encoded(kind: str, data: BaseModel) -> bytes:
    if kind == "end":
        return b"data: [DONE]\n\n"
    if isinstance(data, Problem):
        return b"data: %b\n\n" % orjson.dumps(error_body(data))
    return b"data: %b\n\n" % data.model_dump_json().encode()


def _usage(usage: GenerationUsage) -> ChatUsage:
    return ChatUsage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
    )
