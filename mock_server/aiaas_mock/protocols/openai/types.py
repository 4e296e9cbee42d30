"""Requests as OpenAI's clients send them, as far as there is something here that answers them.

What would change the answer and is not to be had is refused by name, not ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from aiaas.contract._base import Integer
from aiaas.contract.answers import EncodingFormat
from aiaas.contract.text._common import ModelName
from aiaas.contract.text.generation import MAX_TOKENS

_MOST_INPUTS: Final = 2048
_MOST_STOPS: Final = 4

Ignored: TypeAlias = Annotated[Any, Field(None)]
"""Something that OpenAI keeps for its own records; it changes no answer."""


class _Request(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        protected_namespaces=(),
        defer_build=True,
    )

    metadata: Ignored
    prompt_cache_key: Ignored
    safety_identifier: Ignored
    service_tier: Ignored
    store: Ignored
    user: Ignored


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(one, int | list) for one in value):
        raise PydanticCustomError(
            "token_ids",
            "Token ids are not taken, since every model has a vocabulary of its own; send text",
        )
    return value


def _stops(value: Any) -> Any:
    return (value,) if isinstance(value, str) else () if value is None else value


class EmbeddingsRequest(_Request):
    """Texts to embed."""

    model: ModelName
    input: Annotated[
        tuple[str, ...],
        BeforeValidator(_texts),
        Field(min_length=1, max_length=_MOST_INPUTS, strict=False),
    ]
    encoding_format: EncodingFormat = "float"
    dimensions: Annotated[Integer, Field(ge=1, le=65536)] | None = None


class TextPart(BaseModel):
    """A part of a message; there is no model here for the other kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    type: Literal["text"]
    text: str


def _parts(value: Any) -> Any:
    return ({"type": "text", "text": value},) if isinstance(value, str) else value


class Message(BaseModel):
    """A message of a conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    role: Literal["assistant", "developer", "system", "user"]
    content: Annotated[
        tuple[TextPart, ...],
        BeforeValidator(_parts),
        Field(min_length=1, max_length=256, strict=False),
    ]
    name: Ignored
    refusal: None = None

    @property
    def text(self) -> str:
        """All that the message says."""
        return "".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """How to stream."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    include_usage: bool = False
    include_obfuscation: Ignored


class TextFormat(BaseModel):
    """The only format there is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    type: Literal["text"]


_Tokens = Annotated[Integer, Field(ge=1, le=MAX_TOKENS)] | None
_Nought = Annotated[float, Field(ge=0, le=0)] | None
"""What may only be said as it is anyway."""


class ChatRequest(_Request):
    """A conversation to go on with."""

    model: ModelName
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=1000, strict=False)]
    max_tokens: _Tokens = None
    max_completion_tokens: _Tokens = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[Integer, Field(ge=0, lt=2**63)] | None = None
    stop: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=64)], ...],
        BeforeValidator(_stops),
        Field(max_length=_MOST_STOPS, strict=False),
    ] = ()
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[Integer, Field(ge=1, le=1)] | None = None
    presence_penalty: _Nought = None
    frequency_penalty: _Nought = None
    logprobs: Literal[False] | None = None
    response_format: TextFormat | None = None

    @model_validator(mode="after")
    def _say_one_limit(self) -> Self:
        both = self.max_tokens is not None and self.max_completion_tokens is not None
        if both and self.max_tokens != self.max_completion_tokens:
            raise PydanticCustomError(
                "two_limits", "max_tokens and max_completion_tokens are the same thing; send one"
            )
        return self

    @property
    def most_tokens(self) -> int | None:
        """The limit, by whichever name it came."""
        return self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens
