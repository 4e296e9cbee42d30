"""Generated text, and the tokens that texts are made of."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import InferenceAnswer, ResultOr, Usage
from aiaas.contract.text._common import SCOPE, ModelName, TextsRequest

MAX_TOKENS: Final = 1024
"""Most tokens that one request generates."""


class GenerateTextRequest(RequestModel):
    """What to continue, and how.

    Attributes:
        prompt: The beginning; may be empty.
        max_tokens: Most tokens to generate.
        temperature: 0 takes the most probable token each time; higher is more varied.
        top_p: Draw only from the most probable tokens that together have this probability.
        seed: Equal seeds give equal texts; chosen by the deployment when omitted.
        stop: Texts before which generation ends; they are not part of the answer.
        stream: Whether to answer token by token, as server-sent events.
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
    """

    prompt: Annotated[str, Field(max_length=100_000)]
    max_tokens: Annotated[Integer, Field(ge=1, le=MAX_TOKENS)] = 64
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] = 0.8
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    seed: Annotated[Integer, Field(ge=0, lt=2**63)] | None = None
    stop: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=64)], ...],
        Field(max_length=4, strict=False),
    ] = ()
    stream: bool = False
    model: ModelName | None = None


class GenerationUsage(Usage):
    """What a generation is counted as.

    Attributes:
        prompt_tokens: Tokens of the prompt.
        completion_tokens: Tokens generated.
    """

    prompt_tokens: int
    completion_tokens: int


class GenerateTextResponse(InferenceAnswer):
    """The generated text; in a stream, the data of ``event: done``.

    Attributes:
        text: What follows the prompt.
        finish_reason: ``length`` after ``max_tokens``, ``stop`` at a stop text or at the end that
            the model gave it.
        seed: Give it again to get the same text.
    """

    text: str
    finish_reason: str
    seed: int
    usage: GenerationUsage


class GeneratedToken(ResponseModel):
    """A piece of the text: the data of ``event: token``.

    Attributes:
        index: Position of the piece, from 0.
        text: The piece; all pieces together are the text.
    """

    index: int
    text: str


class CountTokensOptions(RequestModel):
    """Whose tokens to count.

    Attributes:
        model: ``name``, ``name@version`` or an alias; when omitted, the deployment's default for
            ``text.generate``.
    """

    model: ModelName | None = None


class CountTokensRequest(CountTokensOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class TokenCount(ResponseModel):
    """How many tokens one text has.

    Attributes:
        index: Position of the text in the request, from 0.
        tokens: Number of tokens, by the model's own tokenizer.
        max_tokens: How many the model looks at; None for any number.
    """

    index: int
    tokens: int
    max_tokens: int | None = None


class CountTokensResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TokenCount], ...]


GENERATE: Final[Operation[GenerateTextRequest, GenerateTextResponse]] = Operation(
    name="text.generate",
    method="POST",
    path="/v1/text/generate",
    summary="Continue a text, at once or token by token.",
    request=GenerateTextRequest,
    bodies=("json",),
    response=GenerateTextResponse,
    events={"token": GeneratedToken, "done": GenerateTextResponse},
    scope=SCOPE,
    effect="read",
)

COUNT_TOKENS: Final[Operation[CountTokensRequest, CountTokensResponse]] = Operation(
    name="text.count_tokens",
    method="POST",
    path="/v1/text/count-tokens",
    summary="Count the tokens of texts, by a model's own tokenizer.",
    request=CountTokensRequest,
    bodies=("json",),
    response=CountTokensResponse,
    scope=SCOPE,
    effect="pure",
)

OPERATIONS: Final = (GENERATE, COUNT_TOKENS)
