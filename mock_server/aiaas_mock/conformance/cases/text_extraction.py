"""Cases of ``text.keyphrases``, ``entities``, ``redact``, ``detect_language``, ``summarize``."""

from __future__ import annotations

from typing import Any, Final

from aiaas_mock.conformance.case import Case, refusal
from aiaas_mock.conformance.cases.text_requests import (
    CHINESE,
    bad,
    happy,
    shared_cases,
    texts,
)
from aiaas_mock.conformance.matchers import ANY_TEXT, Between, Every, Holds, Length, Text

ARTICLE: Final = (
    "The harbour of Lindau was closed on Monday because of a storm. "
    "Waves of three metres broke over the pier of the harbour. "
    "A ferry waited on the lake for two hours. "
    "The harbour opens again when the storm has passed."
)
_PEOPLE: Final = "Yesterday Barack Obama met Angela Merkel in Berlin."
_MAIL: Final = "\U0001f600 Write to ada@example.com or call no one."
_TWICE: Final = "ada@example.com wrote to ada@example.com"
_KEY: Final = "a secret of the test suite"


def _cut_from(text: str) -> Holds:
    return Holds(
        "a part of the text at its place",
        lambda part: text[part["start"] : part["end"]] == part["text"],
    )


def _bad_types(operation: str) -> tuple[Case, ...]:
    return (
        bad(
            operation,
            "with no type wanted is refused",
            texts(types=[]),
            refusal("invalid_request", 422, "/types"),
        ),
        bad(
            operation,
            "with a type that is no name is refused",
            texts(types=["E-mail!"]),
            refusal("invalid_request", 422, "/types/0"),
        ),
        bad(
            operation,
            "with a least score above 1 is refused",
            texts(min_score=1.5),
            refusal("invalid_request", 422, "/min_score"),
        ),
    )


KEYPHRASES: Final = (
    happy(
        "text.keyphrases",
        "finds what a text is about, with every place",
        texts(ARTICLE),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results/0/language": "en",
            "/results/0/keyphrases": Length(1, 10),
            "/results/0/keyphrases/0/score": 1.0,
            "/results/0/keyphrases/0/tf": Between(0.0, 1.0),
            "/results/0/keyphrases/0/spans": Length(1, 100),
        },
    ),
    happy(
        "text.keyphrases",
        "gives as many phrases as asked for",
        texts(ARTICLE, top_k=2),
        {"/results/0/keyphrases": Length.of(2)},
    ),
    *shared_cases("text.keyphrases", takes_model=False),
    bad(
        "text.keyphrases",
        "with no phrase wanted is refused",
        texts(top_k=0),
        refusal("invalid_request", 422, "/top_k"),
    ),
)

ENTITIES: Final = (
    happy(
        "text.entities",
        "finds people and places where they stand",
        texts(_PEOPLE),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results/0/entities": Every(_cut_from(_PEOPLE)),
            "/results/0/entities/0/text": "Barack Obama",
            "/results/0/entities/0/type": "person",
            "/results/0/entities/0/start": 10,
            "/results/0/entities/0/end": 22,
            "/results/0/entities/0/score": Between(0.0, 1.0),
        },
    ),
    happy(
        "text.entities",
        "finds only what is asked for",
        texts(_PEOPLE, types=["person"]),
        {"/results/0/entities": Every(Holds("a person", lambda one: one["type"] == "person"))},
    ),
    *shared_cases("text.entities"),
    *_bad_types("text.entities"),
)


def _redacted(name: str, text: str, values: dict[str, Any], **options: Any) -> Case:
    return happy("text.redact", name, texts(text, **options), values)


REDACT: Final = (
    _redacted(
        "writes the type over what it removes, and says why, in code points",
        _MAIL,
        {
            "/object": Text(r"text\.\w+"),
            "/results/0/text": "\U0001f600 Write to [EMAIL] or call no one.",
            "/results/0/redactions": Length.of(1),
            "/results/0/redactions/0/type": "email",
            "/results/0/redactions/0/start": 11,
            "/results/0/redactions/0/end": 26,
            "/results/0/redactions/0/redacted_start": 11,
            "/results/0/redactions/0/redacted_end": 18,
            "/results/0/redactions/0/replacement": "[EMAIL]",
            "/results/0/redactions/0/recognizer": ANY_TEXT,
            "/results/0/redactions/0/reason": ANY_TEXT,
        },
    ),
    _redacted(
        "knows a card number by its checksum",
        "My card is 4111 1111 1111 1111.",
        {
            "/results/0/text": "My card is [CREDIT_CARD].",
            "/results/0/redactions/0/type": "credit_card",
        },
    ),
    _redacted(
        "masks every character",
        _MAIL,
        {"/results/0/text": f"\U0001f600 Write to {'*' * 15} or call no one."},
        mode="mask",
    ),
    _redacted(
        "gives equal values equal hashes",
        _TWICE,
        {
            "/results/0/text": Holds(
                "twice the same, and no address",
                lambda text: len(set(text.split(" wrote to "))) == 1 and "ada" not in text,
            )
        },
        mode="hash",
        hash_key=_KEY,
    ),
    _redacted(
        "leaves alone what is not asked for",
        _MAIL,
        {"/results/0/text": _MAIL, "/results/0/redactions": []},
        types=["credit_card"],
    ),
    *shared_cases("text.redact", takes_model=False),
    *_bad_types("text.redact"),
    bad(
        "text.redact",
        "with an unknown mode is refused",
        texts(mode="burn"),
        refusal("invalid_request", 422, "/mode"),
    ),
    bad(
        "text.redact",
        "with a key that is too short is refused",
        texts(mode="hash", hash_key="short"),
        refusal("invalid_request", 422, "/hash_key"),
    ),
)

DETECT_LANGUAGE: Final = (
    happy(
        "text.detect_language",
        "tells languages apart",
        texts(
            "This is a sentence that was written in English.",
            "Dieser Satz wurde auf Deutsch geschrieben, glaube ich.",
            "Cette phrase a été écrite en français, je crois.",
            CHINESE,
        ),
        {
            "/object": Text(r"text\.\w+"),
            "/results/0/language": "en",
            "/results/1/language": "de",
            "/results/2/language": "fr",
            "/results/3/language": "zh",
            "/results/0/score": Between(0.5, 1.0),
            "/results/0/languages": Length(1, 5),
            "/results/0/languages/0/language": "en",
        },
    ),
    happy(
        "text.detect_language",
        "says that a text without letters is in none",
        texts("12345 !?"),
        {"/results/0/language": "und"},
    ),
    happy(
        "text.detect_language",
        "gives as many languages as asked for",
        texts(top_k=1),
        {"/results/0/languages": Length.of(1)},
    ),
    *shared_cases("text.detect_language", takes_model=False),
    bad(
        "text.detect_language",
        "with no language wanted is refused",
        texts(top_k=0),
        refusal("invalid_request", 422, "/top_k"),
    ),
)

SUMMARIZE: Final = (
    happy(
        "text.summarize",
        "keeps whole sentences in their order",
        texts(ARTICLE, max_sentences=2),
        {
            "/object": Text(r"text\.\w+"),
            "/results/0/language": "en",
            "/results/0/summary": ANY_TEXT,
            "/results/0/sentences": Every(_cut_from(ARTICLE)),
            "/results/0/sentences/1/score": Between(0.0, 1.0),
        },
    ),
    happy(
        "text.summarize",
        "keeps all of a text that is short enough",
        texts("One sentence alone."),
        {"/results/0/summary": "One sentence alone.", "/results/0/sentences": Length.of(1)},
    ),
    *shared_cases("text.summarize", takes_model=False),
    bad(
        "text.summarize",
        "with no sentence wanted is refused",
        texts(max_sentences=0),
        refusal("invalid_request", 422, "/max_sentences"),
    ),
)

CASES: Final = (*KEYPHRASES, *ENTITIES, *REDACT, *DETECT_LANGUAGE, *SUMMARIZE)
