"""Cases of ``text.embed``, ``text.similarity`` and ``text.rerank``."""

from __future__ import annotations

from typing import Any, Final

from aiaas_mock.conformance.case import Json, auth_cases, refusal
from aiaas_mock.conformance.cases.text_requests import (
    PAIR,
    bad,
    bad_bodies,
    happy,
    model_cases,
    shared_cases,
    texts,
)
from aiaas_mock.conformance.matchers import UNIT_VECTOR, Between, Holds, Length, Text

_QUERY: Final = "something warm for the feet"
_DOCUMENTS: Final = ["a straw hat for the beach", "thick woollen socks", "a garden chair"]

_FALLING: Final = Holds(
    "relevance that falls, between 0 and 1",
    lambda results: (
        (scores := [one["relevance_score"] for one in results]) == sorted(scores, reverse=True)
        and all(0 <= score <= 1 for score in scores)
    ),
)
_EVERY_ONE_ONCE: Final = Holds(
    "every document once", lambda results: {one["index"] for one in results} == {0, 1, 2}
)

EMBED: Final = (
    happy(
        "text.embed",
        "gives a vector of length 1",
        texts(),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/dimensions": Between(1, 65536),
            "/results/0/embedding": UNIT_VECTOR,
        },
    ),
    happy(
        "text.embed",
        "shortens vectors and scales them to length 1 again",
        texts(dimensions=4),
        {
            "/dimensions": 4,
            "/results/0/embedding": UNIT_VECTOR,
            "/results/0/embedding/3": Between(-1.0, 1.0),
        },
    ),
    happy(
        "text.embed",
        "packs vectors as float32 in base64",
        texts(dimensions=3, encoding_format="base64"),
        {"/results/0/embedding": Text(r"[A-Za-z0-9+/]{16}")},
    ),
    *shared_cases("text.embed"),
    bad(
        "text.embed",
        "with more dimensions than the model has is refused",
        texts(dimensions=65536),
        refusal("invalid_request", 422, "/dimensions", source="deployment"),
    ),
    bad(
        "text.embed",
        "with an unknown encoding is refused",
        texts(encoding_format="hex"),
        refusal("invalid_request", 422, "/encoding_format"),
    ),
)

SIMILARITY: Final = (
    happy(
        "text.similarity",
        "says that equal texts are alike, and others less",
        texts({"a": "winter shoes", "b": "winter shoes"}, PAIR),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results/0/similarity": Between(0.999, 1.001),
            "/results/1/similarity": Between(-1.0, 0.999),
        },
    ),
    *shared_cases(
        "text.similarity",
        good=PAIR,
        refused={"a": "a boot", "b": ""},
        because=("empty_input", "/b"),
    ),
    bad(
        "text.similarity",
        "with half a pair is refused",
        texts({"a": "a boot"}),
        refusal("invalid_request", 422, "/inputs/0/b"),
    ),
    bad(
        "text.similarity",
        "with an unknown field in a pair is refused",
        texts({**PAIR, "c": "a hat"}),
        refusal("invalid_request", 422, "/inputs/0/c"),
    ),
)


def _ranking(**changes: Any) -> Json:
    return Json({"query": _QUERY, "documents": _DOCUMENTS, **changes})


RERANK: Final = (
    happy(
        "text.rerank",
        "orders documents by how well they fit",
        _ranking(),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/usage/inputs": 3,
            "/results": _FALLING,
            "/results/0/relevance_score": Between(0.0, 1.0),
        },
    ),
    happy("text.rerank", "leaves no document out", _ranking(), {"/results": _EVERY_ONE_ONCE}),
    happy(
        "text.rerank",
        "gives the best ones with their texts when asked to",
        _ranking(documents=[*_DOCUMENTS, _QUERY], top_n=2, return_documents=True),
        {
            "/results": Length.of(2),
            "/results/0/index": 3,
            "/results/0/document": _QUERY,
            "/results/0/relevance_score": Between(0.999, 1.001),
        },
    ),
    happy(
        "text.rerank",
        "puts a document that is empty at the end, as an error",
        _ranking(documents=["a boot", "", "a shoe"]),
        {
            "/usage/inputs": 2,
            "/results": Length.of(3),
            "/results/2/index": 1,
            "/results/2/error/code": "empty_input",
            "/results/2/error/param": "/documents/1",
        },
    ),
    *bad_bodies("text.rerank", _ranking()),
    bad(
        "text.rerank",
        "without a query is refused",
        Json({"documents": _DOCUMENTS}),
        refusal("invalid_request", 422, "/query"),
    ),
    bad(
        "text.rerank",
        "with an empty query is refused",
        _ranking(query=""),
        refusal("invalid_request", 422, "/query"),
    ),
    bad(
        "text.rerank",
        "without documents is refused",
        _ranking(documents=[]),
        refusal("invalid_request", 422, "/documents"),
    ),
    bad(
        "text.rerank",
        "with 1001 documents is refused",
        _ranking(documents=["a boot"] * 1001),
        refusal("invalid_request", 422, "/documents"),
    ),
    bad(
        "text.rerank",
        "with a number in place of a document is refused",
        _ranking(documents=["a boot", 7]),
        refusal("invalid_request", 422, "/documents/1"),
    ),
    bad(
        "text.rerank",
        "with no document wanted is refused",
        _ranking(top_n=0),
        refusal("invalid_request", 422, "/top_n"),
    ),
    *model_cases("text.rerank", _ranking().value),
    *auth_cases("text.rerank", body=_ranking()),
)

CASES: Final = (*EMBED, *SIMILARITY, *RERANK)
