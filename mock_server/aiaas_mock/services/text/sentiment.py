"""Texts: whether they are positive or negative, each by the model for its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiaas.contract.answers import ItemError, Prediction, Usage, Warning
from aiaas.contract.text.classification import (
    SENTIMENT,
    Explanation,
    SentenceSentiment,
    SentimentRequest,
    SentimentResponse,
    TextSentiment,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.services.blocks import failures, in_places
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.scores import best_classes, probabilities
from aiaas_mock.services.text.explanation import Explainer
from aiaas_mock.services.text.inputs import TextRunner, checked, truncation
from aiaas_mock.services.text.languages import LanguageDetector
from aiaas_mock.services.text.sentences import split_sentences

Span = tuple[int, int]
Scores = tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """A text, the language it is taken to be in, and the model that is asked about it.

    Attributes:
        index: Position in the request.
        parts: Where the parts lie that are asked about: the whole, then the sentences if wanted.
    """

    index: int
    text: str
    language: str
    ref: ModelRef
    parts: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a model said of a task: the scores of each part, and why if that was asked."""

    scores: Sequence[Scores]
    explanation: Explanation | None


class SentimentAnalyzer:
    """Answers ``text.sentiment``.

    Args:
        runner: Runs texts.
        models: Finds the model that a request means.
    """

    def __init__(self, runner: TextRunner, models: ModelDirectory) -> None:
        self._runner = runner
        self._models = models
        self._explainer = Explainer(runner)

    async def sentiment(
        self, request: SentimentRequest, context: RequestContext
    ) -> SentimentResponse:
        """Answer ``text.sentiment``."""
        chosen = self._named_model(request)
        tasks = [self._task(index, request, chosen) for index in range(len(request.inputs))]
        good = [task for task in tasks if not isinstance(task, ApiError)]
        refs = {task.ref.id: task.ref for task in good}
        model = "+".join(refs) or self._models.find(request.model, SENTIMENT.name).id
        context.trace.model, context.trace.inputs = model, len(tasks)
        context.trace.failed_inputs = failures(tasks)
        said: dict[int, _Said] = {}
        cut: list[tuple[object, int]] = []
        for ref in refs.values():
            own = [task for task in good if task.ref.id == ref.id]
            said |= await self._ask(ref, own, request, context, cut)
        return SentimentResponse(
            id=context.new_id("tse"),
            object="text.sentiment",
            model=model,
            usage=Usage(inputs=len(good)),
            warnings=_warnings(cut),
            results=_results(tasks, [said[task.index] for task in good]),
        )

    def _named_model(self, request: SentimentRequest) -> ModelRef | None:
        """Return the model that a request names for all its texts, by itself or by a language."""
        if request.model is not None:
            return self._models.find(request.model, SENTIMENT.name)
        if request.language is not None:
            return self._models.for_language(request.language, SENTIMENT.name)
        return None

    def _task(
        self, index: int, request: SentimentRequest, chosen: ModelRef | None
    ) -> _Task | ApiError:
        text = checked(request.inputs[index])
        if isinstance(text, ApiError):
            return text
        language = request.language or LanguageDetector.of(text)
        try:
            ref = chosen or self._models.for_language(language, SENTIMENT.name)
        except ApiError as error:
            return ApiError(error.code, error.detail)  # here the text is to blame, not an option
        sentences = split_sentences(text) if request.level == "sentence" else []
        return _Task(index, text, language, ref, ((0, len(text)), *sentences))

    async def _ask(
        self,
        ref: ModelRef,
        tasks: Sequence[_Task],
        request: SentimentRequest,
        context: RequestContext,
        cut: list[tuple[object, int]],
    ) -> dict[int, _Said]:
        """Ask one model about all parts of the texts that are its own, at once."""
        parts = [(task.index, task.text[a:b]) for task in tasks for a, b in task.parts]
        answered = await self._runner.run(ref, [text for _, text in parts], context)
        cut += zip(answered.items, (index for index, _ in parts), strict=True)
        scores = iter(best_classes(ref, probabilities(ref, answered.rows)))
        by_task = [[next(scores) for _ in task.parts] for task in tasks]
        reasons: Sequence[Explanation | None] = [None] * len(tasks)
        if request.explain:
            labels = [of_parts[0][0].label for of_parts in by_task]
            texts = [task.text for task in tasks]
            reasons = await self._explainer.explain(ref, texts, labels, context)
        return {
            task.index: _Said(of_parts, reason)
            for task, of_parts, reason in zip(tasks, by_task, reasons, strict=True)
        }


def _results(
    tasks: Sequence[_Task | ApiError], said: Sequence[_Said]
) -> tuple[TextSentiment | ItemError, ...]:
    return tuple(in_places(tasks, said, lambda index, task, answer: _result(task, answer)))


def _result(task: _Task, said: _Said) -> TextSentiment:
    whole, *sentences = said.scores
    return TextSentiment(
        index=task.index,
        language=task.language,
        model=task.ref.id,
        label=whole[0].label,
        score=whole[0].score,
        scores=whole,
        sentences=_sentences(task, sentences) if len(task.parts) > 1 else None,
        explanation=said.explanation,
    )


def _sentences(task: _Task, scores: Sequence[Scores]) -> tuple[SentenceSentiment, ...]:
    return tuple(
        SentenceSentiment(
            start=start,
            end=end,
            text=task.text[start:end],
            label=of_sentence[0].label,
            score=of_sentence[0].score,
            scores=of_sentence,
        )
        for (start, end), of_sentence in zip(task.parts[1:], scores, strict=True)
    )


def _warnings(cut: Sequence[tuple[object, int]]) -> tuple[Warning, ...]:
    in_order = sorted(cut, key=lambda one: one[1])
    return truncation([item for item, _ in in_order], [index for _, index in in_order])
