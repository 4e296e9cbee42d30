"""How many tokens texts have, by the tokenizer of any text model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

from aiaas.contract.answers import Usage
from aiaas.contract.text.generation import (
    COUNT_TOKENS,
    CountTokensRequest,
    CountTokensResponse,
    TokenCount,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.inference.card_inputs import StepInput, TextInput, WordsInput
from aiaas_mock.inference.preprocess.generation import TextTokens
from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.inference.preprocess.words import split_words
from aiaas_mock.services.blocks import BlockRunner, failures, in_places, refusals
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text.inputs import BundleCache, are_quick, checked
from aiaas_mock.services.text.portions import by_portions

_EMPTY: Final = "empty_input"


@dataclass(frozen=True, slots=True)
class _Counter:
    """Counts tokens as one model does.

    Attributes:
        count: Returns the number of tokens of a text.
        most: How many the model looks at; None for any number.
    """

    count: Callable[[str], int]
    most: int | None


class TokenCounter:
    """Answers ``text.count_tokens``.

    Args:
        backend: Knows the models.
        models: Finds the model that a request means.
        executor: Threads that cut long texts into tokens.
    """

    def __init__(self, backend: ModelBackend, models: ModelDirectory, executor: Executor) -> None:
        self._runner = BlockRunner(backend, executor)
        self._models = models
        self._counters = BundleCache(_read_counter, executor)

    async def count_tokens(
        self, request: CountTokensRequest, context: RequestContext
    ) -> CountTokensResponse:
        """Answer ``text.count_tokens``; an empty text has none, which is no error."""
        ref = self._models.find(request.model, COUNT_TOKENS.name)
        trace = context.trace
        trace.model, trace.inputs = ref.id, len(request.inputs)
        with refusals(ref):
            counter = await self._counters.of(self._runner.first_model(ref).bundle)
        texts = [_countable(text) for text in request.inputs]
        trace.failed_inputs = failures(texts)
        counts = await self._counted(
            [text for text in texts if isinstance(text, str)], counter, context
        )
        results = in_places(
            texts,
            counts,
            lambda index, text, count: TokenCount(
                index=index, tokens=count, max_tokens=counter.most
            ),
        )
        return CountTokensResponse(
            id=context.new_id("tct"),
            object="text.token_count",
            model=ref.id,
            usage=Usage(inputs=len(counts)),
            results=tuple(results),
        )

    async def _counted(
        self, texts: Sequence[str], counter: _Counter, context: RequestContext
    ) -> list[int]:
        def count(portion: Sequence[str]) -> list[int]:
            return [counter.count(text) for text in portion]

        if are_quick(texts):
            return count(texts)
        return await by_portions(self._runner.executor, texts, len, count, context)


def _countable(text: str) -> str | ApiError:
    found = checked(text)
    return text if isinstance(found, ApiError) and found.code == _EMPTY else found


def _read_counter(bundle: Bundle) -> _Counter:
    spec = bundle.card.input
    if isinstance(spec, TextInput):
        return _Counter(TextEncoder.of_bundle(bundle.folder, spec).count, spec.length)
    if isinstance(spec, StepInput):
        return _Counter(TextTokens.of_bundle(bundle.folder, spec).count, None)
    if isinstance(spec, WordsInput):
        return _Counter(lambda text: len(split_words(text)), None)
    raise TypeError(f"{bundle.card.id} does not take texts")
