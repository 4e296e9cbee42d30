"""Cases of ``text.sentiment``, ``text.emotions`` and ``text.classify``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import refusal
from aiaas_mock.conformance.cases.text_requests import (
    CHINESE,
    ENGLISH,
    bad,
    happy,
    shared_cases,
    texts,
)
from aiaas_mock.conformance.matchers import (
    ANY_TEXT,
    BEST_FIRST,
    DISTINCT_LABELS,
    Between,
    Every,
    Holds,
    Length,
    Text,
)

_ADDS_UP: Final = Holds(
    "baseline and contributions that add up to the logit",
    lambda one: (
        abs(one["baseline"] + sum(part["value"] for part in one["contributions"]) - one["logit"])
        < 0.02
    ),
)
_A_PART_OF_THE_TEXT: Final = Holds(
    "a part of the text at its place",
    lambda part: ENGLISH[part["start"] : part["end"]] == part["text"],
)
_YES_OR_NO: Final = Holds("true or false", lambda value: isinstance(value, bool))

SENTIMENT: Final = (
    happy(
        "text.sentiment",
        "tells praise from complaint, in English and Chinese",
        texts(ENGLISH, CHINESE),
        {
            "/object": Text(r"text\.\w+"),
            "/id": Text(r"\w+_\w+"),
            "/model": Text(r".+@.+"),
            "/warnings": [],
            "/results": Length.of(2),
            "/results/0/label": "positive",
            "/results/0/language": "en",
            "/results/0/model": Text(r".+@.+"),
            "/results/0/score": Between(0.5, 1.0),
            "/results/0/scores": BEST_FIRST,
            "/results/1/label": "negative",
            "/results/1/language": "zh",
            "/results/1/scores": DISTINCT_LABELS,
        },
        headers={"Content-Type": "application/json", "X-Request-Id": Text(r"req_\w+")},
    ),
    happy(
        "text.sentiment",
        "believes the language that is given",
        texts(ENGLISH, language="en"),
        {"/results/0/language": "en"},
    ),
    happy(
        "text.sentiment",
        "answers for each sentence when asked to, with positions in code points",
        texts("\U0001f600 I love it. I hate the rest.", level="sentence"),
        {
            "/results/0/sentences": Length.of(2),
            "/results/0/sentences/1/text": "I hate the rest.",
            "/results/0/sentences/1/start": 13,
            "/results/0/sentences/1/end": 29,
            "/results/0/sentences/1/scores": BEST_FIRST,
        },
    ),
    happy(
        "text.sentiment",
        "explains its answer with numbers that add up",
        texts(ENGLISH, explain=True),
        {
            "/results/0/explanation": _ADDS_UP,
            "/results/0/explanation/method": ANY_TEXT,
            "/results/0/explanation/contributions": Every(_A_PART_OF_THE_TEXT),
        },
    ),
    *shared_cases("text.sentiment"),
    bad(
        "text.sentiment",
        "with a language that no model knows is refused",
        texts("Das ist ein wirklich schönes und sehr gutes Buch, danke.", language="de"),
        refusal("language_not_supported", 422, "/language"),
    ),
    bad(
        "text.sentiment",
        "with a language that is no code is refused",
        texts(language="English"),
        refusal("invalid_request", 422, "/language"),
    ),
    bad(
        "text.sentiment",
        "with an unknown level is refused",
        texts(level="word"),
        refusal("invalid_request", 422, "/level"),
    ),
    bad(
        "text.sentiment",
        "with a text in place of true or false is refused",
        texts(explain="yes"),
        refusal("invalid_request", 422, "/explain"),
    ),
)

EMOTIONS: Final = (
    happy(
        "text.emotions",
        "finds gratitude in thanks",
        texts("Thank you so much for your help!"),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results/0/labels/0": "gratitude",
            "/results/0/scores": BEST_FIRST,
            "/results/0/scores/0/score": Between(0.0, 1.0),
        },
    ),
    *shared_cases("text.emotions"),
)

CLASSIFY: Final = (
    happy(
        "text.classify",
        "says what is wanted, and whether it had better abstain",
        texts("I think somebody stole my credit card"),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results/0/label": ANY_TEXT,
            "/results/0/abstained": _YES_OR_NO,
            "/results/0/out_of_scope": _YES_OR_NO,
            "/results/0/out_of_scope_score": Between(0.0, 1.0),
            "/results/0/predictions": BEST_FIRST,
        },
    ),
    happy(
        "text.classify",
        "gives as many classes as asked for",
        texts(top_k=2),
        {"/results/0/predictions": Length.of(2)},
    ),
    happy(
        "text.classify",
        "explains its answer with numbers that add up",
        texts(ENGLISH, explain=True),
        {
            "/results/0/explanation": _ADDS_UP,
            "/results/0/explanation/contributions": Every(_A_PART_OF_THE_TEXT),
        },
    ),
    *shared_cases("text.classify"),
    bad(
        "text.classify",
        "with no class wanted is refused",
        texts(top_k=0),
        refusal("invalid_request", 422, "/top_k"),
    ),
)

CASES: Final = (*SENTIMENT, *EMOTIONS, *CLASSIFY)
