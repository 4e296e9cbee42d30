"""Examples of ``text.*``: sentences of our own."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

_ARTICLE: Final = (
    "The harbour of Lindau was closed on Monday because of a storm. "
    "Waves of three metres broke over the pier of the harbour. "
    "A ferry waited on the lake for two hours. "
    "The harbour opens again when the storm has passed."
)

EXAMPLES: Final = {
    "text.sentiment": Example(
        request={"inputs": ["The battery lasts for days, I love it.", "质量太差了，非常失望。"]},
        response={
            "id": "tse_7c0f1e5a9b3d2468ac13e0f2",
            "object": "text.sentiment",
            "model": "sentiment-en@1+sentiment-zh@1",
            "usage": {"inputs": 2},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "language": "en",
                    "model": "sentiment-en@1",
                    "label": "positive",
                    "score": 0.974783,
                    "scores": [
                        {"label": "positive", "score": 0.974783},
                        {"label": "neutral", "score": 0.013965},
                        {"label": "negative", "score": 0.00585},
                        {"label": "ambiguous", "score": 0.005402},
                    ],
                    "sentences": None,
                    "explanation": None,
                },
                {
                    "index": 1,
                    "language": "zh",
                    "model": "sentiment-zh@1",
                    "label": "negative",
                    "score": 0.997119,
                    "scores": [
                        {"label": "negative", "score": 0.997119},
                        {"label": "positive", "score": 0.002881},
                    ],
                    "sentences": None,
                    "explanation": None,
                },
            ],
        },
    ),
    "text.emotions": Example(
        request={"inputs": ["Thank you so much, you made my day!"]},
        response={
            "id": "tem_2b9d40c7e81f356a0cd4b7e9",
            "object": "text.emotions",
            "model": "emotions@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "labels": ["gratitude"],
                    "scores": [
                        {"label": "gratitude", "score": 0.999884},
                        {"label": "joy", "score": 0.119414},
                        {"label": "relief", "score": 0.019864},
                        {"label": "excitement", "score": 0.018216},
                        {"label": "caring", "score": 0.014402},
                        {"label": "approval", "score": 0.010597},
                        {"label": "admiration", "score": 0.010275},
                        {"label": "love", "score": 0.008777},
                        {"label": "amusement", "score": 0.008713},
                        {"label": "optimism", "score": 0.008058},
                        {"label": "annoyance", "score": 0.005272},
                        {"label": "sadness", "score": 0.004914},
                        {"label": "neutral", "score": 0.004161},
                        {"label": "curiosity", "score": 0.004079},
                        {"label": "anger", "score": 0.00328},
                        {"label": "realization", "score": 0.003059},
                        {"label": "surprise", "score": 0.002853},
                        {"label": "disappointment", "score": 0.001622},
                        {"label": "pride", "score": 0.001452},
                        {"label": "disapproval", "score": 0.001199},
                        {"label": "desire", "score": 0.001135},
                        {"label": "remorse", "score": 0.001068},
                        {"label": "disgust", "score": 0.000939},
                        {"label": "fear", "score": 0.000319},
                        {"label": "grief", "score": 0.000302},
                        {"label": "nervousness", "score": 0.000273},
                        {"label": "confusion", "score": 0.000259},
                        {"label": "embarrassment", "score": 6.4e-05},
                    ],
                }
            ],
        },
    ),
    "text.classify": Example(
        request={
            "inputs": ["I think somebody stole my credit card", "How many moons has Jupiter?"],
            "top_k": 2,
        },
        response={
            "id": "tcl_90e3b5d12f7c486aa1e0d83b",
            "object": "text.classification",
            "model": "intents-clinc150@1",
            "usage": {"inputs": 2},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "label": "report_lost_card",
                    "score": 0.937059,
                    "abstained": False,
                    "out_of_scope": False,
                    "out_of_scope_score": 0.014338,
                    "predictions": [
                        {"label": "report_lost_card", "score": 0.937059},
                        {"label": "report_fraud", "score": 0.018071},
                    ],
                    "explanation": None,
                },
                {
                    "index": 1,
                    "label": "spelling",
                    "score": 0.00486,
                    "abstained": True,
                    "out_of_scope": True,
                    "out_of_scope_score": 0.972417,
                    "predictions": [
                        {"label": "spelling", "score": 0.00486},
                        {"label": "measurement_conversion", "score": 0.00263},
                    ],
                    "explanation": None,
                },
            ],
        },
    ),
    "text.keyphrases": Example(
        request={"inputs": [_ARTICLE], "top_k": 2},
        response={
            "id": "tkp_14af7d90b2c36e58d1f09ab4",
            "object": "text.keyphrases",
            "model": "tfidf-keyphrases@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "language": "en",
                    "keyphrases": [
                        {
                            "text": "harbour",
                            "score": 1.0,
                            "tf": 0.073171,
                            "idf": 11.179674,
                            "spans": [
                                {"start": 4, "end": 11},
                                {"start": 112, "end": 119},
                                {"start": 167, "end": 174},
                            ],
                        },
                        {
                            "text": "storm",
                            "score": 0.529359,
                            "tf": 0.04878,
                            "idf": 8.877089,
                            "spans": [{"start": 56, "end": 61}, {"start": 196, "end": 201}],
                        },
                    ],
                }
            ],
        },
    ),
    "text.entities": Example(
        request={"inputs": ["Ada Lovelace was born in London."]},
        response={
            "id": "ten_f31c8e07a95b4d26e0b1c7a8",
            "object": "text.entities",
            "model": "entities@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "entities": [
                        {
                            "start": 0,
                            "end": 12,
                            "text": "Ada Lovelace",
                            "type": "person",
                            "score": 0.996048,
                        },
                        {
                            "start": 25,
                            "end": 31,
                            "text": "London",
                            "type": "location",
                            "score": 0.975484,
                        },
                    ],
                }
            ],
        },
    ),
    "text.redact": Example(
        request={
            "inputs": [("Write to ada@example.com, my card is 4111 1111 1111 1111.")],
            "types": ["email", "credit_card"],
        },
        response={
            "id": "trd_a8e0d5371cf9b2460d7e3c15",
            "object": "text.redaction",
            "model": "redaction-rules@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
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
                            "score": 0.98,
                            "recognizer": "email-address",
                            "reason": "a name, @ and a domain that ends as domains do",
                        },
                        {
                            "start": 37,
                            "end": 56,
                            "type": "credit_card",
                            "replacement": "[CREDIT_CARD]",
                            "redacted_start": 29,
                            "redacted_end": 42,
                            "score": 0.99,
                            "recognizer": "credit-card-luhn",
                            "reason": (
                                "16 digits that start with a prefix of Visa and pass the Luhn check"
                            ),
                        },
                    ],
                }
            ],
        },
    ),
    "text.detect_language": Example(
        request={"inputs": ["Wie geht es dir heute?"], "top_k": 2},
        response={
            "id": "tla_5e92c0b7143dfa68c0e1d92b",
            "object": "text.language",
            "model": "py3langid@0.4.0",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "language": "de",
                    "score": 0.992326,
                    "languages": [
                        {"language": "de", "score": 0.992326},
                        {"language": "lb", "score": 0.00209},
                    ],
                }
            ],
        },
    ),
    "text.summarize": Example(
        request={"inputs": [_ARTICLE], "max_sentences": 1},
        response={
            "id": "tsm_c7410fd8b95e23a60b1d7ce4",
            "object": "text.summary",
            "model": "lexrank@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "language": "en",
                    "summary": "The harbour opens again when the storm has passed.",
                    "sentences": [
                        {
                            "start": 163,
                            "end": 213,
                            "text": "The harbour opens again when the storm has passed.",
                            "score": 1.0,
                        }
                    ],
                }
            ],
        },
    ),
    "text.embed": Example(
        request={"inputs": ["a warm winter coat"], "dimensions": 4},
        response={
            "id": "tev_0d83f1ac92b7456ed03c8b17",
            "object": "text.embedding",
            "model": "word2vec@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "dimensions": 4,
            "results": [
                {
                    "index": 0,
                    "embedding": [
                        0.4578368663787842,
                        0.15632547438144684,
                        0.3186315894126892,
                        -0.8151206970214844,
                    ],
                }
            ],
        },
    ),
    "text.similarity": Example(
        request={"inputs": [{"a": "a pair of leather boots", "b": "winter shoes"}]},
        response={
            "id": "tsi_6ba1e7093fd5c284b0d9e3f7",
            "object": "text.similarity",
            "model": "word2vec@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [{"index": 0, "similarity": 0.44595}],
        },
    ),
    "text.rerank": Example(
        request={
            "query": "something warm for the feet",
            "documents": ["a straw hat for the beach", "thick woollen socks", "a garden chair"],
            "top_n": 2,
            "return_documents": True,
        },
        response={
            "id": "trr_d2f95b08e7c1436aa90b5e1d",
            "object": "text.ranking",
            "model": "word2vec@1",
            "usage": {"inputs": 3},
            "warnings": [],
            "results": [
                {"index": 1, "relevance_score": 0.177739, "document": "thick woollen socks"},
                {"index": 2, "relevance_score": 0.113797, "document": "a garden chair"},
            ],
        },
    ),
    "text.generate": Example(
        request={"prompt": "To be, or not", "max_tokens": 8, "temperature": 0.0, "seed": 7},
        response={
            "id": "tgn_3fb9e2706c1d48a5e0d7b2c9",
            "object": "text.generation",
            "model": "lstm-lm@1",
            "usage": {"inputs": 1, "prompt_tokens": 6, "completion_tokens": 4},
            "warnings": [],
            "text": " the same thing.",
            "finish_reason": "stop",
            "seed": 7,
        },
    ),
    "text.count_tokens": Example(
        request={"inputs": ["To be, or not to be"]},
        response={
            "id": "tct_e10c97fa8b3d4526d0ea9b74",
            "object": "text.token_count",
            "model": "lstm-lm@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [{"index": 0, "tokens": 8, "max_tokens": None}],
        },
    ),
}
