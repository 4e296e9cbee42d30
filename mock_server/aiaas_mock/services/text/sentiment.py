"""Texts: whether they are positive or negative, each by the model for its language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aiaas.contract.answers import Prediction, Usage, Warning
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
from aiaas_mock.services.scores import probabilities
from aiaas_mock.services.text.explanation import Explainer
from aiaas_mock.services.text.inputs import TextRunner, are_quick, checked, truncation
from aiaas_mock.services.text.languages import LanguageDetector
from aiaas_mock.services.text.portions import by_portions
from aiaas_mock.services.text.sentences import split_sentences

MOST_SENTENCES: Final = 500
"""The first sentences of a text that are answered."""

MOST_SENTENCES_OF_ALL: Final = 5_000
"""The sentences of all texts of a request that are answered, those of the first texts first."""

_PER_PART: Final = 40
"""Writing down the answer to a sentence takes as long as looking through so many characters."""

Span = tuple[int, int]
Scores = tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """A text, the language it is taken to be in, and the model that is asked about it.

    Attributes:
        index: Position in the request.
        sentences: Where the sentences lie that are asked about too; None where none are wanted.
    """

    index: int
    text: str
    language: str
    ref: ModelRef
    sentences: Sequence[Span] | None

    @property
    def parts(self) -> list[Span]:
        """Where the parts lie that are asked about: the whole, then the sentences."""
        return [(0, len(self.text)), *(self.sentences or ())]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a model said of a task: the scores of each part, and why if that was asked."""

    scores: Sequence[Scores]
    explanation: Explanation | None


class _Tasks:
    """Makes tasks of the texts of a request, one after the other.

    Args:
        request: The request.
        models: Finds the model for a language.

    Attributes:
        cut: Texts with more sentences than are answered, as positions in the request.
    """

    def __init__(self, request: SentimentRequest, models: ModelDirectory) -> None:
        self._request = request
        self._models = models
        self._chosen = self._named()
        self._by_language: dict[str, ModelRef | ApiError] = {}
        self._sentences_left = MOST_SENTENCES_OF_ALL
        self.cut: list[int] = []

    def _named(self) -> ModelRef | None:
        """Return the model that a request names for all its texts, by itself or by a language."""
        request = self._request
        if request.model is not None:
            return self._models.find(request.model, SENTIMENT.name)
        if request.language is not None:
            return self._models.for_language(request.language, SENTIMENT.name)
        return None

    def make(self, indices: Iterable[int]) -> list[_Task | ApiError]:
        """Make the tasks of some texts, or say what is wrong with them."""
        return [self._make(index) for index in indices]

    def _make(self, index: int) -> _Task | ApiError:
        request = self._request
        text = checked(request.inputs[index])
        if isinstance(text, ApiError):
            return text
        language = request.language or LanguageDetector.of(text)
        ref = self._chosen or self._model_for(language)
        if isinstance(ref, ApiError):
            return ref
        sentences = self._sentences(index, text) if request.level == "sentence" else None
        return _Task(index, text, language, ref, sentences)

    def _model_for(self, language: str) -> ModelRef | ApiError:
        """Return the model for texts in a language that was found, or that there is none."""
        if language not in self._by_language:
            self._by_language[language] = self._looked_up(language)
        return self._by_language[language]

    def _looked_up(self, language: str) -> ModelRef | ApiError:
        try:
            return self._models.for_language(language, SENTIMENT.name)
        except ApiError as error:
            return ApiError(error.code, error.detail)  # here the text is to blame, not an option

    def _sentences(self, index: int, text: str) -> list[Span]:
        most = min(MOST_SENTENCES, self._sentences_left)
        sentences = split_sentences(text, most + 1)
        if len(sentences) > most:
            self.cut.append(index)
            del sentences[most:]
        self._sentences_left -= len(sentences)
        return sentences


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
        maker = _Tasks(request, self._models)
        tasks = await self._tasks(maker, request, context)
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
        results = await self._results([(task, said[task.index]) for task in good], context)
        return SentimentResponse(
            id=context.new_id("tse"),
            object="text.sentiment",
            model=model,
            usage=Usage(inputs=len(good)),
            warnings=(*_warnings(cut), *_fewer_sentences(maker.cut)),
            results=tuple(in_places(tasks, results, lambda index, task, result: result)),
        )

    async def _tasks(
        self, maker: _Tasks, request: SentimentRequest, context: RequestContext
    ) -> list[_Task | ApiError]:
        inputs = request.inputs
        if are_quick(inputs):
            return maker.make(range(len(inputs)))
        return await by_portions(
            self._runner.executor,
            range(len(inputs)),
            lambda index: len(inputs[index]),
            maker.make,
            context,
        )

    async def _results(
        self, answers: Sequence[tuple[_Task, _Said]], context: RequestContext
    ) -> list[TextSentiment]:
        if sum(len(task.parts) for task, _ in answers) <= MOST_SENTENCES:
            return _written(answers)
        return await by_portions(
            self._runner.executor,
            answers,
            lambda answer: _PER_PART * len(answer[0].parts),
            _written,
            context,
        )

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
        chances = probabilities(ref, answered.rows)
        scores = iter(await self._runner.best_classes(ref, chances, context))
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


def _written(answers: Iterable[tuple[_Task, _Said]]) -> list[TextSentiment]:
    return [_result(task, said) for task, said in answers]


def _result(task: _Task, said: _Said) -> TextSentiment:
    whole, *of_sentences = said.scores
    return TextSentiment(
        index=task.index,
        language=task.language,
        model=task.ref.id,
        label=whole[0].label,
        score=whole[0].score,
        scores=whole,
        sentences=None if task.sentences is None else _sentences(task, of_sentences),
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
        for (start, end), of_sentence in zip(task.sentences or (), scores, strict=True)
    )


def _warnings(cut: Sequence[tuple[object, int]]) -> tuple[Warning, ...]:
    in_order = sorted(cut, key=lambda one: one[1])
    return truncation([item for item, _ in in_order], [index for _, index in in_order])


def _fewer_sentences(cut: Sequence[int]) -> tuple[Warning, ...]:
    if not cut:
        return ()
    detail = (
        f"Of a text the first {MOST_SENTENCES:,} sentences are answered, of a whole request "
        f"{MOST_SENTENCES_OF_ALL:,}. These inputs have more: {', '.join(map(str, cut))}."
    )
    return (Warning(code="sentences_truncated", detail=detail),)
