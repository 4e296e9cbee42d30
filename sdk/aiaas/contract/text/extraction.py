"""What texts hold: key phrases, entities, personal data, their language, their gist."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import InferenceAnswer, ResultOr
from aiaas.contract.text._common import SCOPE, Language, ModelName, Score, Span, TextsRequest

Names = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], ...],
    Field(min_length=1, max_length=64, strict=False),
]
RedactionMode = Literal["mask", "replace", "hash"]


class KeyphrasesOptions(RequestModel):
    """How to find key phrases.

    Attributes:
        top_k: Most phrases in each result, best first.
        language: Language of all texts; found for each by itself when omitted.
    """

    top_k: Annotated[Integer, Field(ge=1, le=1000)] = 10
    language: Language | None = None


class KeyphrasesRequest(KeyphrasesOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class Keyphrase(ResponseModel):
    """A phrase that tells what a text is about, and the evidence for it.

    Attributes:
        text: The phrase as it is first written.
        score: TF-IDF relative to the best phrase of the text, 0 to 1.
        tf: Frequency of the phrase in the text: occurrences over all words.
        idf: Inverse document frequency: how rare its words are elsewhere; for several words the
            sum of theirs over the square root of their number.
        spans: Every place where it occurs.
    """

    text: str
    score: float
    tf: float
    idf: float
    spans: tuple[Span, ...]


class TextKeyphrases(ResponseModel):
    """The key phrases of one text.

    Attributes:
        index: Position of the text in the request, from 0.
        language: Language that the text was taken to be in.
        keyphrases: The phrases, best first.
    """

    index: int
    language: str
    keyphrases: tuple[Keyphrase, ...]


class KeyphrasesResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextKeyphrases], ...]


class EntitiesOptions(RequestModel):
    """How to find entities.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
        types: Only entities of these types, for instance ``person``.
        min_score: Leave out entities that score less, 0 to 1.
    """

    model: ModelName | None = None
    types: Names | None = None
    min_score: Score = 0.0


class EntitiesRequest(EntitiesOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class Entity(Span):
    """A name in a text.

    Attributes:
        text: The name as it is written.
        type: ``person``, ``location``, ``corporation``, ``product``, ``group`` or
            ``creative_work``; a customer's model may have others.
        score: How sure the model is, 0 to 1.
    """

    text: str
    type: str
    score: float


class TextEntities(ResponseModel):
    """The entities of one text.

    Attributes:
        index: Position of the text in the request, from 0.
        entities: The entities in the order of the text.
    """

    index: int
    entities: tuple[Entity, ...]


class EntitiesResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextEntities], ...]


class RedactOptions(RequestModel):
    """What to remove from texts, and how.

    Attributes:
        types: Only data of these types, for instance ``email``; all when omitted.
        mode: ``mask`` writes ``*`` over every character, ``replace`` writes the type
            (``[EMAIL]``), ``hash`` writes the type and a keyed hash, the same for equal values.
        hash_key: Secret for ``hash``; without it, equal values are equal only within one
            request.
        min_score: Leave alone what scores less, 0 to 1.
    """

    types: Names | None = None
    mode: RedactionMode = "replace"
    hash_key: Annotated[str, Field(min_length=16, max_length=256)] | None = None
    min_score: Score = 0.0


class RedactRequest(RedactOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class Redaction(Span):
    """Something that was removed, and why.

    Attributes:
        type: ``email``, ``phone``, ``credit_card``, ``iban``, ``ip_address``,
            ``cn_id``, ``cn_mobile`` or ``person``.
        replacement: What stands in its place.
        redacted_start: Position of the replacement in the redacted text, in code points.
        redacted_end: Position after the replacement.
        score: How sure it is, 0 to 1.
        recognizer: What found it: the name of a rule or the ``name@version`` of a model.
        reason: Why it matched, for people.
    """

    type: str
    replacement: str
    redacted_start: int
    redacted_end: int
    score: float
    recognizer: str
    reason: str


class RedactedText(ResponseModel):
    """One text without its personal data.

    Attributes:
        index: Position of the text in the request, from 0.
        text: The redacted text.
        redactions: What was removed, in the order of the text; the values themselves are not
            repeated.
    """

    index: int
    text: str
    redactions: tuple[Redaction, ...]


class RedactResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[RedactedText], ...]


class DetectLanguageOptions(RequestModel):
    """How to detect languages.

    Attributes:
        top_k: Most languages in each result, best first.
    """

    top_k: Annotated[Integer, Field(ge=1, le=200)] = 5


class DetectLanguageRequest(DetectLanguageOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class LanguageScore(ResponseModel):
    """A language (code of ISO 639-1, or of ISO 639-3 where that has none) and its probability."""

    language: str
    score: float


class DetectedLanguage(ResponseModel):
    """The language of one text.

    Attributes:
        index: Position of the text in the request, from 0.
        language: The most probable language; ``und`` for a text without letters, or with too few
            to tell.
        score: Its probability, 0 to 1.
        languages: The languages, most probable first.
    """

    index: int
    language: str
    score: float
    languages: tuple[LanguageScore, ...]


class DetectLanguageResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[DetectedLanguage], ...]


class SummarizeOptions(RequestModel):
    """How to summarise.

    Attributes:
        max_sentences: Most sentences to keep.
        language: Language of all texts; found for each by itself when omitted.
    """

    max_sentences: Annotated[Integer, Field(ge=1, le=100)] = 3
    language: Language | None = None


class SummarizeRequest(SummarizeOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class SummarySentence(Span):
    """A sentence that was kept.

    Attributes:
        text: The sentence.
        score: How central it is, relative to the most central one, 0 to 1.
    """

    text: str
    score: float


class TextSummary(ResponseModel):
    """The gist of one text, in its own sentences.

    Attributes:
        index: Position of the text in the request, from 0.
        language: Language that the text was taken to be in.
        summary: The kept sentences, in the order of the text.
        sentences: The same, one by one.
    """

    index: int
    language: str
    summary: str
    sentences: tuple[SummarySentence, ...]


class SummarizeResponse(InferenceAnswer):
    """One result per text, in the order of the request."""

    results: tuple[ResultOr[TextSummary], ...]


KEYPHRASES: Final[Operation[KeyphrasesRequest, KeyphrasesResponse]] = Operation(
    name="text.keyphrases",
    method="POST",
    path="/v1/text/keyphrases",
    summary="Find the phrases that tell what texts are about, by TF-IDF.",
    request=KeyphrasesRequest,
    bodies=("json",),
    response=KeyphrasesResponse,
    scope=SCOPE,
    effect="pure",
)

ENTITIES: Final[Operation[EntitiesRequest, EntitiesResponse]] = Operation(
    name="text.entities",
    method="POST",
    path="/v1/text/entities",
    summary="Find the names of people, places, companies, products, groups and works in texts.",
    request=EntitiesRequest,
    bodies=("json",),
    response=EntitiesResponse,
    scope=SCOPE,
    effect="pure",
)

REDACT: Final[Operation[RedactRequest, RedactResponse]] = Operation(
    name="text.redact",
    method="POST",
    path="/v1/text/redact",
    summary="Remove personal data from texts, and say why each match fired.",
    request=RedactRequest,
    bodies=("json",),
    response=RedactResponse,
    scope=SCOPE,
    effect="pure",
)

DETECT_LANGUAGE: Final[Operation[DetectLanguageRequest, DetectLanguageResponse]] = Operation(
    name="text.detect_language",
    method="POST",
    path="/v1/text/detect-language",
    summary="Say which languages texts are written in.",
    request=DetectLanguageRequest,
    bodies=("json",),
    response=DetectLanguageResponse,
    scope=SCOPE,
    effect="pure",
)

SUMMARIZE: Final[Operation[SummarizeRequest, SummarizeResponse]] = Operation(
    name="text.summarize",
    method="POST",
    path="/v1/text/summarize",
    summary="Keep the most central sentences of texts.",
    request=SummarizeRequest,
    bodies=("json",),
    response=SummarizeResponse,
    scope=SCOPE,
    effect="pure",
)

OPERATIONS: Final = (KEYPHRASES, ENTITIES, REDACT, DETECT_LANGUAGE, SUMMARIZE)
