"""What rules and statistics find in texts: key phrases, personal data, the language, the gist.

Nothing here needs a model of the catalogue, except the names of people, for which one is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from aiaas.contract.answers import ItemError, Usage
from aiaas.contract.text.extraction import (
    DetectLanguageRequest,
    DetectLanguageResponse,
    KeyphrasesRequest,
    KeyphrasesResponse,
    RedactedText,
    RedactRequest,
    RedactResponse,
    SummarizeRequest,
    SummarizeResponse,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.blocks import failures, item_error
from aiaas_mock.services.text import keyphrases, redaction, results, summaries
from aiaas_mock.services.text.inputs import checked
from aiaas_mock.services.text.languages import SUPPORTED, LanguageDetector, Supported
from aiaas_mock.services.text.portions import by_portions

ResultT = TypeVar("ResultT")

Numbered = tuple[int, str | ApiError]


class ExtractionService:
    """Answers ``text.keyphrases``, ``text.redact``, ``text.detect_language``, ``text.summarize``.

    Args:
        executor: Threads in which texts are looked through, so that the event loop stays free.
        detector: Tells languages.
        names: Finds the names of people, where a model can; without it, ``person`` is refused.
    """

    def __init__(
        self,
        executor: Executor,
        detector: LanguageDetector,
        names: redaction.NameFinder | None = None,
    ) -> None:
        self._executor = executor
        self._detector = detector
        self._names = names

    async def keyphrases(
        self, request: KeyphrasesRequest, context: RequestContext
    ) -> KeyphrasesResponse:
        """Answer ``text.keyphrases``."""
        language = _supported(request.language)
        work = partial(results.keyphrases, language=language, top_k=request.top_k)
        found = await self._each(keyphrases.METHOD, request.inputs, work, context)
        return KeyphrasesResponse(
            id=context.new_id("tkp"),
            object="text.keyphrases",
            model=keyphrases.METHOD,
            usage=_usage(context),
            results=tuple(found),
        )

    async def redact(self, request: RedactRequest, context: RequestContext) -> RedactResponse:
        """Answer ``text.redact``."""
        types = self._types(request.types)
        writer = redaction.Writer(request.mode, request.hash_key)
        find = partial(results.personal_data, types=types, min_score=request.min_score)
        found = await self._each(redaction.METHOD, request.inputs, find, context)
        if redaction.PERSON in types and self._names is not None:
            texts = [item for item in found if isinstance(item, results.PersonalData)]
            named = await self._names.find([item.text for item in texts], context)
            for item, names in zip(texts, named, strict=True):
                item.add_names(names, self._names.model, request.min_score)
        written = await by_portions(
            self._executor, found, _length_of_found, partial(_redacted, writer=writer), context
        )
        return RedactResponse(
            id=context.new_id("trd"),
            object="text.redaction",
            model=redaction.METHOD,
            usage=_usage(context),
            results=tuple(written),
        )

    async def detect_language(
        self, request: DetectLanguageRequest, context: RequestContext
    ) -> DetectLanguageResponse:
        """Answer ``text.detect_language``."""
        work = partial(results.language, detector=self._detector, top_k=request.top_k)
        found = await self._each(self._detector.model, request.inputs, work, context)
        return DetectLanguageResponse(
            id=context.new_id("tla"),
            object="text.language",
            model=self._detector.model,
            usage=_usage(context),
            results=tuple(found),
        )

    async def summarize(
        self, request: SummarizeRequest, context: RequestContext
    ) -> SummarizeResponse:
        """Answer ``text.summarize``."""
        language = _supported(request.language)
        work = partial(results.summary, language=language, max_sentences=request.max_sentences)
        found = await self._each(summaries.METHOD, request.inputs, work, context)
        return SummarizeResponse(
            id=context.new_id("tsm"),
            object="text.summary",
            model=summaries.METHOD,
            usage=_usage(context),
            results=tuple(found),
        )

    async def _each(
        self,
        model: str,
        inputs: Sequence[str],
        work: Callable[[int, str], ResultT],
        context: RequestContext,
    ) -> list[ResultT | ItemError]:
        """Look through texts in a thread, some at a time; errors come in their places.

        Raises:
            ApiError: The deadline passed before the last text.
        """
        items = [checked(text) for text in inputs]
        trace = context.trace
        trace.model, trace.inputs, trace.failed_inputs = model, len(items), failures(items)
        return await by_portions(
            self._executor,
            list(enumerate(items)),
            _length,
            partial(_work_through, work=work),
            context,
        )

    def _types(self, wanted: Sequence[str] | None) -> Sequence[str]:
        """Return the types of data to look for."""
        known = redaction.RULE_TYPES + ((redaction.PERSON,) if self._names is not None else ())
        for index, name in enumerate(wanted or ()):
            if name not in known:
                raise ApiError(
                    "invalid_request",
                    f"There is no such type of data here; there are {', '.join(known)}.",
                    param=f"/types/{index}",
                )
        return wanted or known


def _length(numbered: Numbered) -> int:
    item = numbered[1]
    return len(item) if isinstance(item, str) else 0


def _work_through(
    portion: Sequence[Numbered], work: Callable[[int, str], ResultT]
) -> list[ResultT | ItemError]:
    return [
        work(index, item) if isinstance(item, str) else item_error(index, item)
        for index, item in portion
    ]


def _length_of_found(found: results.PersonalData | ItemError) -> int:
    return 0 if isinstance(found, ItemError) else len(found.text)


def _redacted(
    portion: Sequence[results.PersonalData | ItemError], writer: redaction.Writer
) -> list[RedactedText | ItemError]:
    return [
        item if isinstance(item, ItemError) else results.redacted(item, writer) for item in portion
    ]


def _usage(context: RequestContext) -> Usage:
    return Usage(inputs=context.trace.inputs - context.trace.failed_inputs)


def _supported(language: str | None) -> Supported | None:
    for known in SUPPORTED:
        if language == known:
            return known
    if language is None:
        return None
    raise ApiError(
        "language_not_supported",
        f"Texts are looked through in {' and '.join(SUPPORTED)} only.",
        param="/language",
    )
