"""Answers as OpenAI's clients read them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=(), defer_build=True)


class EmbeddingsUsage(_Answer):
    """What was read."""

    prompt_tokens: int
    total_tokens: int


class Embedding(_Answer):
    """One vector: numbers, or base64 of packed little-endian float32."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: tuple[float, ...] | str


class Embeddings(_Answer):
    """One vector per text, in the order of the request."""

    object: Literal["list"] = "list"
    data: tuple[Embedding, ...]
    model: str
    usage: EmbeddingsUsage


class ListedModel(_Answer):
    """A model that can be asked here."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(_Answer):
    """All of them."""

    object: Literal["list"] = "list"
    data: tuple[ListedModel, ...]


class ChatUsage(_Answer):
    """What was read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatMessage(_Answer):
    """What the model says."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(_Answer):
    """The only one there is."""

    index: Literal[0] = 0
    message: ChatMessage
    logprobs: None = None
    finish_reason: str


class ChatCompletion(_Answer):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: ChatUsage


class Delta(_Answer):
    """What is new."""

    role: Literal["assistant"] | None = Field(None, exclude_if=lambda role: role is None)
    content: str | None = Field(None, exclude_if=lambda content: content is None)


class DeltaChoice(_Answer):
    """What is new of the only choice."""

    index: Literal[0] = 0
    delta: Delta
    logprobs: None = None
    finish_reason: str | None = None


class ChatChunk(_Answer):
    """A piece of an answer.

    Attributes:
        usage: In a chunk of its own at the end, when it was asked for.
    """

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: tuple[DeltaChoice, ...]
    usage: ChatUsage | None = None


class EndOfStream(_Answer):
    """Nothing more comes."""
