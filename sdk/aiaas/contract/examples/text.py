"""Examples of ``text.*``: sentences of our own."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_ARTICLE: Final = (
    "The harbour of Lindau was closed on Monday because of a storm. "
    "Waves of three metres broke over the pier of the harbour. "
    "A ferry waited on the lake for two hours. "
    "The harbour opens again when the storm has passed."
)


def _answer(
    id: str,
    kind: str,
    model: str,
    *results: dict[str, Any],
    inputs: int | None = None,
    **more: object,
) -> dict[str, Any]:
    return {
        "id": id,
        "object": kind,
        "model": model,
        "usage": {"inputs": len(results) if inputs is None else inputs},
        "warnings": [],
        "results": list(results),
        **more,
    }


EXAMPLES: Final = {
    "text.sentiment": Example(
        request={"inputs": ["The battery lasts for days, I love it.", "质量太差了，非常失望。"]},
        response=_answer(
            "tse_7c0f1e5a9b3d2468ac13e0f2",
            "text.sentiment",
            "sentiment-en@1",
            {
                "index": 0,
                "language": "en",
                "model": "sentiment-en@1",
                "label": "positive",
                "score": 0.981,
                "scores": [
                    {"label": "positive", "score": 0.981},
                    {"label": "negative", "score": 0.019},
                ],
                "sentences": None,
                "explanation": None,
            },
            {
                "index": 1,
                "language": "zh",
                "model": "sentiment-zh@1",
                "label": "negative",
                "score": 0.972,
                "scores": [
                    {"label": "negative", "score": 0.972},
                    {"label": "positive", "score": 0.028},
                ],
                "sentences": None,
                "explanation": None,
            },
        ),
    ),
    "text.emotions": Example(
        request={"inputs": ["Thank you so much, you made my day!"]},
        response=_answer(
            "tem_2b9d40c7e81f356a0cd4b7e9",
            "text.emotions",
            "emotions@1",
            {
                "index": 0,
                "labels": ["gratitude", "joy"],
                "scores": [
                    {"label": "gratitude", "score": 0.962},
                    {"label": "joy", "score": 0.611},
                    {"label": "anger", "score": 0.004},
                ],
            },
        ),
    ),
    "text.classify": Example(
        request={
            "inputs": ["I think somebody stole my credit card", "How many moons has Jupiter?"],
            "top_k": 2,
        },
        response=_answer(
            "tcl_90e3b5d12f7c486aa1e0d83b",
            "text.classification",
            "intents@1",
            {
                "index": 0,
                "label": "report_lost_card",
                "score": 0.941,
                "abstained": False,
                "out_of_scope": False,
                "out_of_scope_score": 0.021,
                "predictions": [
                    {"label": "report_lost_card", "score": 0.941},
                    {"label": "freeze_account", "score": 0.022},
                ],
                "explanation": None,
            },
            {
                "index": 1,
                "label": "fun_fact",
                "score": 0.342,
                "abstained": True,
                "out_of_scope": True,
                "out_of_scope_score": 0.887,
                "predictions": [
                    {"label": "fun_fact", "score": 0.342},
                    {"label": "definition", "score": 0.104},
                ],
                "explanation": None,
            },
        ),
    ),
    "text.keyphrases": Example(
        request={"inputs": [_ARTICLE], "top_k": 2},
        response=_answer(
            "tkp_14af7d90b2c36e58d1f09ab4",
            "text.keyphrases",
            "keyphrases@1",
            {
                "index": 0,
                "language": "en",
                "keyphrases": [
                    {
                        "text": "harbour",
                        "score": 1.0,
                        "tf": 0.081,
                        "idf": 6.31,
                        "spans": [
                            {"start": 4, "end": 11},
                            {"start": 112, "end": 119},
                            {"start": 167, "end": 174},
                        ],
                    },
                    {
                        "text": "storm",
                        "score": 0.62,
                        "tf": 0.054,
                        "idf": 5.87,
                        "spans": [{"start": 56, "end": 61}, {"start": 196, "end": 201}],
                    },
                ],
            },
        ),
    ),
    "text.entities": Example(
        request={"inputs": ["Ada Lovelace was born in London."]},
        response=_answer(
            "ten_f31c8e07a95b4d26e0b1c7a8",
            "text.entities",
            "entities@1",
            {
                "index": 0,
                "entities": [
                    {
                        "start": 0,
                        "end": 12,
                        "text": "Ada Lovelace",
                        "type": "person",
                        "score": 0.988,
                    },
                    {
                        "start": 25,
                        "end": 31,
                        "text": "London",
                        "type": "location",
                        "score": 0.993,
                    },
                ],
            },
        ),
    ),
    "text.redact": Example(
        request={
            "inputs": ["Write to ada@example.com, my card is 4111 1111 1111 1111."],
            "types": ["email", "credit_card"],
        },
        response=_answer(
            "trd_a8e0d5371cf9b2460d7e3c15",
            "text.redaction",
            "pii@1",
            {
                "index": 0,
                "text": "Write to [EMAIL], my card is [CREDIT_CARD].",
                "redactions": [
                    {
                        "start": 9,
                        "end": 24,
                        "type": "email",
                        "replacement": "[EMAIL]",
                        "redacted_start": 9,
                        "redacted_end": 16,
                        "score": 1.0,
                        "recognizer": "email",
                        "reason": "looks like an address of e-mail",
                    },
                    {
                        "start": 37,
                        "end": 56,
                        "type": "credit_card",
                        "replacement": "[CREDIT_CARD]",
                        "redacted_start": 29,
                        "redacted_end": 42,
                        "score": 1.0,
                        "recognizer": "credit_card",
                        "reason": "16 digits whose checksum (Luhn) is right",
                    },
                ],
            },
        ),
    ),
    "text.detect_language": Example(
        request={"inputs": ["Wie geht es dir heute?"], "top_k": 2},
        response=_answer(
            "tdl_5e92c0b7143dfa68c0e1d92b",
            "text.language_detection",
            "language@1",
            {
                "index": 0,
                "language": "de",
                "score": 0.996,
                "languages": [
                    {"language": "de", "score": 0.996},
                    {"language": "nl", "score": 0.002},
                ],
            },
        ),
    ),
    "text.summarize": Example(
        request={"inputs": [_ARTICLE], "max_sentences": 1},
        response=_answer(
            "tsu_c7410fd8b95e23a60b1d7ce4",
            "text.summary",
            "summary@1",
            {
                "index": 0,
                "language": "en",
                "summary": "The harbour of Lindau was closed on Monday because of a storm.",
                "sentences": [
                    {
                        "start": 0,
                        "end": 62,
                        "text": "The harbour of Lindau was closed on Monday because of a storm.",
                        "score": 1.0,
                    }
                ],
            },
        ),
    ),
    "text.embed": Example(
        request={"inputs": ["a warm winter coat"], "dimensions": 4},
        response=_answer(
            "tem_0d83f1ac92b7456ed03c8b17",
            "text.embedding",
            "text-embedding@1",
            {"index": 0, "embedding": [0.5, -0.5, 0.5, 0.5]},
            dimensions=4,
        ),
    ),
    "text.similarity": Example(
        request={"inputs": [{"a": "a pair of leather boots", "b": "winter shoes"}]},
        response=_answer(
            "tsi_6ba1e7093fd5c284b0d9e3f7",
            "text.similarity",
            "text-embedding@1",
            {"index": 0, "similarity": 0.643},
        ),
    ),
    "text.rerank": Example(
        request={
            "query": "something warm for the feet",
            "documents": ["a straw hat for the beach", "thick woollen socks", "a garden chair"],
            "top_n": 2,
            "return_documents": True,
        },
        response=_answer(
            "trr_d2f95b08e7c1436aa90b5e1d",
            "text.rerank",
            "text-embedding@1",
            {"index": 1, "relevance_score": 0.584, "document": "thick woollen socks"},
            {"index": 0, "relevance_score": 0.231, "document": "a straw hat for the beach"},
            inputs=3,
        ),
    ),
    "text.generate": Example(
        request={
            "prompt": "To be, or not",
            "max_tokens": 8,
            "temperature": 0.0,
            "seed": 7,
        },
        response={
            "id": "tge_3fb9e2706c1d48a5e0d7b2c9",
            "object": "text.generation",
            "model": "shakespeare@1",
            "usage": {"inputs": 1, "prompt_tokens": 5, "completion_tokens": 8},
            "warnings": [],
            "text": " to be the man that I have",
            "finish_reason": "length",
            "seed": 7,
        },
    ),
    "text.count_tokens": Example(
        request={"inputs": ["To be, or not to be"]},
        response=_answer(
            "tct_e10c97fa8b3d4526d0ea9b74",
            "text.token_count",
            "shakespeare@1",
            {"index": 0, "tokens": 7, "max_tokens": None},
        ),
    ),
}
