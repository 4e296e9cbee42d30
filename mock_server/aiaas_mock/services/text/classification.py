"""Texts: which emotions they hold, and which class they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiaas.contract.answers import Prediction, Usage
from aiaas.contract.text.classification import (
    CLASSIFY,
    EMOTIONS,
    ClassifyTextsRequest,
    ClassifyTextsResponse,
    EmotionsRequest,
    EmotionsResponse,
    Explanation,
    TextClassification,
    TextEmotions,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.preprocess.text import EncodedText
from aiaas_mock.services.blocks import Answered, failures, in_places
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.scores import SCORE_DIGITS, probabilities
from aiaas_mock.services.text.explanation import Explainer
from aiaas_mock.services.text.inputs import TextRunner, checked, truncation

_THRESHOLD = 0.5
"""From this probability on a class holds, where the card names no threshold of its own."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a model said of one text.

    Attributes:
        predictions: Its best classes.
        outside: The probability that none fits; None when the model cannot tell.
        explanation: Why, when asked for.
    """

    predictions: tuple[Prediction, ...]
    outside: float | None
    explanation: Explanation | None


class TextClassifier:
    """Answers ``text.emotions`` and ``text.classify``.

    Args:
        runner: Runs texts.
        models: Finds the model that a request means.
    """

    def __init__(self, runner: TextRunner, models: ModelDirectory) -> None:
        self._runner = runner
        self._models = models
        self._explainer = Explainer(runner)

    async def emotions(self, request: EmotionsRequest, context: RequestContext) -> EmotionsResponse:
        """Answer ``text.emotions``."""
        ref = self._models.find(request.model, EMOTIONS.name)
        answered = await self._run(ref, request.inputs, context)
        thresholds = _thresholds(ref)
        best = await self._runner.best_classes(ref, probabilities(ref, answered.rows), context)

        def result(index: int, item: EncodedText, scores: tuple[Prediction, ...]) -> TextEmotions:
            holding = (one.label for one in scores if one.score >= thresholds[one.label])
            return TextEmotions(index=index, labels=tuple(holding), scores=scores)

        return EmotionsResponse(
            id=context.new_id("tem"),
            object="text.emotions",
            model=ref.id,
            usage=Usage(inputs=len(best)),
            warnings=truncation(answered.items, range(len(answered.items))),
            results=tuple(in_places(answered.items, best, result)),
        )

    async def classify(
        self, request: ClassifyTextsRequest, context: RequestContext
    ) -> ClassifyTextsResponse:
        """Answer ``text.classify``."""
        ref = self._models.find(request.model, CLASSIFY.name)
        answered = await self._run(ref, request.inputs, context)
        said = await self._said(ref, request, answered, context)
        return ClassifyTextsResponse(
            id=context.new_id("tcl"),
            object="text.classification",
            model=ref.id,
            usage=Usage(inputs=len(said)),
            warnings=truncation(answered.items, range(len(answered.items))),
            results=tuple(
                in_places(answered.items, said, lambda index, _, one: _result(ref, index, one))
            ),
        )

    async def _said(
        self,
        ref: ModelRef,
        request: ClassifyTextsRequest,
        answered: Answered[EncodedText],
        context: RequestContext,
    ) -> list[_Said]:
        """Make classes, and reasons if wanted, of what the model answered to the good texts."""
        chances = probabilities(ref, answered.rows)
        best = await self._runner.best_classes(ref, chances, context, top_k=request.top_k)
        reasons: Sequence[Explanation | None] = [None] * len(best)
        if request.explain:
            pairs = zip(request.inputs, answered.items, strict=True)
            texts = [text for text, item in pairs if isinstance(item, EncodedText)]
            labels = [predictions[0].label for predictions in best]
            reasons = await self._explainer.explain(ref, texts, labels, context)
        outside = _out_of_scope_scores(ref, chances)
        return [_Said(*one) for one in zip(best, outside, reasons, strict=True)]

    async def _run(
        self, ref: ModelRef, inputs: Sequence[str], context: RequestContext
    ) -> Answered[EncodedText]:
        trace = context.trace
        trace.model, trace.inputs = ref.id, len(inputs)
        answered = await self._runner.run(ref, [checked(text) for text in inputs], context)
        trace.failed_inputs = failures(answered.items)
        return answered


def _result(ref: ModelRef, index: int, said: _Said) -> TextClassification:
    """Say what a text is, and whether that had better be doubted."""
    output = ref.card.output
    scope = output.out_of_scope if isinstance(output, ScoresOutput) else None
    least = output.abstain_below if isinstance(output, ScoresOutput) else None
    best, outside = said.predictions[0], said.outside
    is_outside = None if scope is None or outside is None else outside >= scope.threshold
    return TextClassification(
        index=index,
        label=best.label,
        score=best.score,
        abstained=bool(is_outside) or (least is not None and best.score < least),
        out_of_scope=is_outside,
        out_of_scope_score=outside,
        predictions=said.predictions,
        explanation=said.explanation,
    )


def _out_of_scope_scores(ref: ModelRef, chances: Floats) -> list[float | None]:
    """Return the probability that no class fits, for each text."""
    output = ref.card.output
    scope = output.out_of_scope if isinstance(output, ScoresOutput) else None
    if scope is None:
        return [None] * len(chances)
    column = chances[:, ref.bundle.labels.index(scope.label)]
    return [round(score, SCORE_DIGITS) for score in column.tolist()]


def _thresholds(ref: ModelRef) -> dict[str, float]:
    """Return the probability from which each class is said to hold."""
    output = ref.card.output
    given = output.thresholds if isinstance(output, ScoresOutput) else ()
    labels = ref.bundle.labels
    return dict(zip(labels, given or [_THRESHOLD] * len(labels), strict=True))
