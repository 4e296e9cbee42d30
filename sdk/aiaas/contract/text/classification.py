"""Sentiment, emotions and classes of texts."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import InferenceAnswer, Prediction, ResultOr
from aiaas.contract.text._common import SCOPE, Language, ModelName, Span, TextsRequest

Level = Literal["document", "sentence"]


class Contribution(Span):
    """What one part of a text adds to the logit of the explained class.

    Attributes:
        text: The part.
        value: Its share; positive speaks for the class, negative against it.
    """

    text: str
    value: float


class Explanation(ResponseModel):
    """Why a class got its score: ``baseline`` plus all values is ``logit``.

    Attributes:
        label: The class that is explained.
        method: How it was computed, for instance ``shapley-sampling``.
        baseline: The logit of the class for an empty text.
        logit: The logit of the class for this text.
        contributions: The parts of the text in their order.
    """

    label: str
    method: str
    baseline: float
    logit: float
    contributions: tuple[Contribution, ...]


class SentimentOptions(RequestModel):
    """How to find the sentiment.

    Attributes:
        model: ``name``, ``name@version`` or an alias; when omitted, the deployment's default for
            the language of each text.
        language: Language of all texts; found for each by itself when omitted.
        level: ``sentence`` to answer for each sentence too.
        explain: Whether to say what each part of the text contributes.
    """

    model: ModelName | None = None
    language: Language | None = None
    level: Level = "document"
    explain: bool = False


class SentimentRequest(SentimentOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class SentenceSentiment(Span):
    """The sentiment of one sentence.

    Attributes:
        text: The sentence.
        label: The best class.
        score: Its probability, 0 to 1.
        scores: All classes, best first.
    """

    text: str
    label: str
    score: float
    scores: tuple[Prediction, ...]


class TextSentiment(ResponseModel):
    """The sentiment of one text.

    Attributes:
        index: Position of the text in the request, from 0.
        language: Language that the text was taken to be in.
        model: ``name@version`` of the model that answered for this text.
        label: The best class, for instance ``positive``.
        score: Its probability, 0 to 1.
        scores: All classes, best first.
        sentences: The sentences, for the level ``sentence``; of very many only the first, with the
            warning ``sentences_truncated``.
        explanation: Why, when asked for.
    """

    index: int
    language: str
    model: str
    label: str
    score: float
    scores: tuple[Prediction, ...]
    sentences: tuple[SentenceSentiment, ...] | None = None
    explanation: Explanation | None = None


class SentimentResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextSentiment], ...]


class EmotionsOptions(RequestModel):
    """How to find emotions.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
    """

    model: ModelName | None = None


class EmotionsRequest(EmotionsOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class TextEmotions(ResponseModel):
    """The emotions in one text; there may be several, or none.

    Attributes:
        index: Position of the text in the request, from 0.
        labels: The emotions whose probability reaches their threshold, most probable first.
        scores: The probability of each emotion on its own, best first.
    """

    index: int
    labels: tuple[str, ...]
    scores: tuple[Prediction, ...]


class EmotionsResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextEmotions], ...]


class ClassifyTextsOptions(RequestModel):
    """How to classify.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
        top_k: Most classes in each result, best first; all when omitted.
        explain: Whether to say what each part of the text contributes to the best class.
    """

    model: ModelName | None = None
    top_k: Annotated[Integer, Field(ge=1, le=1000)] | None = None
    explain: bool = False


class ClassifyTextsRequest(ClassifyTextsOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class TextClassification(ResponseModel):
    """The class of one text.

    Attributes:
        index: Position of the text in the request, from 0.
        label: The best class, whether or not the model had better abstain.
        score: Its probability, 0 to 1.
        abstained: Whether the text is out of scope or the score is below the model's calibrated
            threshold: ask a person, or ask again.
        out_of_scope: Whether none of the classes fits; None when the model cannot tell.
        out_of_scope_score: The probability of that, 0 to 1; None when the model cannot tell.
        predictions: The classes, best first.
        explanation: Why, when asked for.
    """

    index: int
    label: str
    score: float
    abstained: bool
    out_of_scope: bool | None = None
    out_of_scope_score: float | None = None
    predictions: tuple[Prediction, ...]
    explanation: Explanation | None = None


class ClassifyTextsResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextClassification], ...]


SENTIMENT: Final[Operation[SentimentRequest, SentimentResponse]] = Operation(
    name="text.sentiment",
    method="POST",
    path="/v1/text/sentiment",
    summary="Say whether texts are positive or negative, in English and Chinese.",
    request=SentimentRequest,
    bodies=("json",),
    response=SentimentResponse,
    scope=SCOPE,
    effect="pure",
)

EMOTIONS: Final[Operation[EmotionsRequest, EmotionsResponse]] = Operation(
    name="text.emotions",
    method="POST",
    path="/v1/text/emotions",
    summary="Find the emotions in texts; several may hold.",
    request=EmotionsRequest,
    bodies=("json",),
    response=EmotionsResponse,
    scope=SCOPE,
    effect="pure",
)

CLASSIFY: Final[Operation[ClassifyTextsRequest, ClassifyTextsResponse]] = Operation(
    name="text.classify",
    method="POST",
    path="/v1/text/classify",
    summary="Say what texts want: the best classes of each, and whether none fits.",
    request=ClassifyTextsRequest,
    bodies=("json",),
    response=ClassifyTextsResponse,
    scope=SCOPE,
    effect="pure",
)

OPERATIONS: Final = (SENTIMENT, EMOTIONS, CLASSIFY)
