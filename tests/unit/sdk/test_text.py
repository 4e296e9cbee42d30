"""Texts: sent in chunks, answered in order, each with its own error."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.contract.problems import problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

EMPTY = problem("empty_input", "The text is empty.", param="/inputs/1").model_dump(mode="json")

RESULTS: dict[str, dict[str, Any]] = {
    "sentiment": {
        "language": "en",
        "model": "english@2",
        "label": "positive",
        "score": 0.9,
        "scores": [{"label": "positive", "score": 0.9}],
    },
    "emotions": {"labels": ["joy"], "scores": [{"label": "joy", "score": 0.9}]},
    "classify": {
        "label": "refund",
        "score": 0.9,
        "abstained": False,
        "predictions": [{"label": "refund", "score": 0.9}],
    },
    "keyphrases": {
        "language": "en",
        "keyphrases": [
            {"text": "a", "score": 1.0, "tf": 0.5, "idf": 2.0, "spans": [{"start": 0, "end": 1}]}
        ],
    },
    "entities": {
        "entities": [{"start": 0, "end": 3, "text": "Ada", "type": "person", "score": 0.9}]
    },
    "redact": {"text": "[EMAIL]", "redactions": []},
    "detect_language": {
        "language": "en",
        "score": 0.9,
        "languages": [{"language": "en", "score": 0.9}],
    },
    "summarize": {"language": "en", "summary": "a", "sentences": []},
    "embed": {"embedding": "AACAPwAAAAA="},
    "similarity": {"similarity": 0.5},
    "count_tokens": {"tokens": 3, "max_tokens": 8},
}
TYPES: dict[str, type] = {
    "sentiment": aiaas.TextSentiment,
    "emotions": aiaas.TextEmotions,
    "classify": aiaas.TextClassification,
    "keyphrases": aiaas.TextKeyphrases,
    "entities": aiaas.TextEntities,
    "redact": aiaas.RedactedText,
    "detect_language": aiaas.DetectedLanguage,
    "summarize": aiaas.TextSummary,
    "embed": aiaas.TextEmbedding,
    "similarity": aiaas.TextSimilarity,
    "count_tokens": aiaas.TokenCount,
}
METHODS = sorted(RESULTS)


def sent(request: httpx.Request) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request.content)
    return body


def answering(cloud: Cloud, method: str, *, bad: str = "") -> Callable[..., httpx.Response]:
    """Return what answers each input of a request, and an error for those that are `bad`."""

    def answer(request: httpx.Request) -> httpx.Response:
        results: list[dict[str, Any]] = []
        for index, text in enumerate(sent(request)["inputs"]):
            own: dict[str, Any] = {"error": EMPTY} if text == bad else RESULTS[method]
            results.append({"index": index, **own})
        envelope = {"id": "t_1", "object": "text", "model": "m@1", "usage": {"inputs": 1}}
        return cloud.json({**envelope, "dimensions": 2, "results": results})

    return answer


def one(client: Any, method: str, **options: Any) -> Any:
    given = ("a", "b") if method == "similarity" else ("a text",)
    return getattr(client.text, method)(*given, **options)


def many(client: Any, method: str, count: int = 3, **options: Any) -> Any:
    texts = [f"text {number}" for number in range(count)]
    given: Any = [(text, text) for text in texts] if method == "similarity" else texts
    return getattr(client.text, f"{method}_many")(given, **options)


@pytest.mark.parametrize("method", METHODS)
def test_one_text_is_one_request_and_one_typed_result(cloud: Cloud, method: str) -> None:
    cloud.answers(answering(cloud, method))
    result = cloud.run(lambda client: one(client, method))

    (request,) = cloud.requests
    assert request.url.path == f"/v1/text/{method.replace('_', '-')}"
    assert request.headers["content-type"] == "application/json"
    wanted: object = {"a": "a", "b": "b"} if method == "similarity" else "a text"
    assert sent(request)["inputs"] == [wanted]
    assert {type(result)} == {TYPES[method]}
    assert result.request_id == "req_json"
    assert result.model == ("english@2" if method == "sentiment" else "m@1")


@pytest.mark.parametrize("method", METHODS)
def test_many_texts_are_few_requests_and_keep_their_order(cloud: Cloud, method: str) -> None:
    cloud.answers(*[answering(cloud, method)] * 3)
    results = cloud.run(lambda client: many(client, method, 600))
    assert sorted(len(sent(request)["inputs"]) for request in cloud.requests) == [88, 256, 256]
    assert [result.index for result in results] == list(range(600))
    assert {type(result) for result in results} == {TYPES[method]}


def test_results_belong_to_their_texts(cloud: Cloud) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        body = answering(cloud, "redact")(request).json()
        for result, text in zip(body["results"], sent(request)["inputs"], strict=True):
            result["text"] = text
        return cloud.json(body)

    cloud.answers(*[echo] * 3)
    results = cloud.run(lambda client: many(client, "redact", 600, concurrency=3))
    assert [result.text for result in results] == [f"text {number}" for number in range(600)]


def test_large_texts_are_sent_in_smaller_chunks(cloud: Cloud) -> None:
    cloud.answers(*[answering(cloud, "count_tokens")] * 3)
    large = "é" * (2 * 1024 * 1024)  # of two bytes each: two of them fill a chunk
    results = cloud.run(lambda client: client.text.count_tokens_many([large] * 3))
    assert [len(sent(request)["inputs"]) for request in cloud.requests] in ([1, 1, 1], [2, 1])
    assert [result.index for result in results] == [0, 1, 2]


def test_an_error_of_one_text_takes_its_place(cloud: Cloud) -> None:
    cloud.answers(*[answering(cloud, "sentiment", bad="text 257")] * 2)
    results = cloud.run(lambda client: many(client, "sentiment", 300))
    failed = results[257]
    assert isinstance(failed, aiaas.ItemError)
    assert (failed.index, failed.error.param) == (257, "/inputs/257")
    assert sum(isinstance(result, aiaas.ItemError) for result in results) == 1


@pytest.mark.parametrize("code", ["empty_input", "text_too_long", "language_not_supported"])
def test_an_error_of_a_single_text_is_raised(cloud: Cloud, code: str) -> None:
    item = {"index": 0, "error": problem(code, "Not this one.").model_dump(mode="json")}
    envelope = {"id": "t_1", "object": "text", "model": "m@1", "usage": {"inputs": 0}}
    cloud.answers(cloud.json({**envelope, "results": [item]}))
    with pytest.raises(aiaas.InvalidInputError, match="Not this one") as caught:
        cloud.run(lambda client: client.text.sentiment("x"))
    assert (caught.value.code, caught.value.index) == (code, 0)


def test_what_is_not_given_is_not_sent(cloud: Cloud) -> None:
    cloud.answers(answering(cloud, "keyphrases"))
    cloud.run(lambda client: client.text.keyphrases("a"))
    assert sent(cloud.requests[0]) == {"inputs": ["a"]}


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("sentiment", {"model": "m", "language": "zh", "level": "sentence", "explain": True}),
        ("emotions", {"model": "m"}),
        ("classify", {"model": "m", "top_k": 3, "explain": False}),
        ("keyphrases", {"top_k": 3, "language": "en"}),
        ("entities", {"model": "m", "types": ["person"], "min_score": 0.5}),
        ("redact", {"types": ["email"], "mode": "mask", "min_score": 0.5}),
        ("redact", {"mode": "hash", "hash_key": "0123456789abcdef"}),
        ("detect_language", {"top_k": 2}),
        ("summarize", {"max_sentences": 2, "language": "en"}),
        ("embed", {"model": "m", "dimensions": 2}),
        ("similarity", {"model": "m"}),
        ("count_tokens", {"model": "m"}),
    ],
)
def test_parameters_travel_under_their_names(
    cloud: Cloud, method: str, given: dict[str, Any]
) -> None:
    cloud.answers(*[answering(cloud, method)] * 2)
    cloud.run(lambda client: one(client, method, **given))
    cloud.run(lambda client: many(client, method, 1, **given))
    packed = {"encoding_format": "base64"} if method == "embed" else {}
    for request in cloud.requests:
        body = sent(request)
        del body["inputs"]
        assert body == {**given, **packed}


@pytest.mark.parametrize("language", ["zh-CN", "EN", "", "en\n", "x" * 99])
@pytest.mark.parametrize("method", ["sentiment", "keyphrases", "summarize"])
def test_what_is_no_code_of_a_language_is_refused_before_it_is_sent(
    cloud: Cloud, method: str, language: str
) -> None:
    message = "language must be a code like 'en' or 'zh'"
    with pytest.raises(ValueError, match=message) as caught:
        cloud.run(lambda client: one(client, method, language=language))
    assert len(str(caught.value)) < 80
    with pytest.raises(ValueError, match=message):
        cloud.run(lambda client: many(client, method, 1, language=language))
    assert cloud.requests == []


def test_letters_travel_as_they_are(cloud: Cloud) -> None:
    cloud.answers(answering(cloud, "sentiment"))
    cloud.run(lambda client: client.text.sentiment('很好 "\n\0\U0001f600'))
    assert '很好 \\"\\n\\u0000\U0001f600'.encode() in cloud.requests[0].content


def test_half_a_surrogate_pair_spoils_no_other_text(cloud: Cloud) -> None:
    cloud.answers(*[answering(cloud, "sentiment")] * 2)
    texts = ["good"] * 300
    texts[270] = "half \ud83d"
    results = cloud.run(lambda client: client.text.sentiment_many(iter(texts)))
    failed = results[270]
    assert isinstance(failed, aiaas.ItemError)
    assert (failed.index, failed.error.code, failed.error.param) == (
        270,
        "invalid_text",
        "/inputs/270",
    )
    assert sum(isinstance(result, aiaas.ItemError) for result in results) == 1


@pytest.mark.parametrize(
    ("use", "param"),
    [
        (lambda client: client.text.sentiment("\ud800"), "/inputs/0"),
        (lambda client: client.text.similarity("a", "\ud800"), "/inputs/0"),
        (lambda client: client.text.generate("\ud800"), "/prompt"),
        (lambda client: client.text.generate("a", stop=["b", "\ud800"]), "/stop/1"),
        (lambda client: client.text.rerank("a", ["b", "\ud800"]), "/documents/1"),
    ],
)
def test_half_a_surrogate_pair_alone_is_refused_before_it_is_sent(
    cloud: Cloud, use: Callable[[Any], Any], param: str
) -> None:
    with pytest.raises(aiaas.InvalidInputError, match="surrogate") as caught:
        cloud.run(use)
    assert (caught.value.code, caught.value.param) == ("invalid_text", param)
    assert cloud.requests == []


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda client: client.text.sentiment_many("one text"), "pass a list"),
        (lambda client: client.text.rerank("a", "one text"), "put it in a list"),
        (lambda client: client.text.sentiment(7), "must be a str; got int"),
        (lambda client: client.text.sentiment_many([b"bytes"]), "must be a str; got bytes"),
        (lambda client: client.text.similarity_many(["ab"]), "a pair is two texts"),
        (lambda client: client.text.similarity_many([("a", "b", "c")]), "a pair is two texts"),
        (lambda client: client.text.similarity("a", 7), "must be a str; got int"),
        (lambda client: client.text.entities("a", types="person"), r"\['person'\] is meant"),
        (lambda client: client.text.generate("a", stop="."), r"\['\.'\] is meant"),
    ],
)
def test_what_is_no_text_is_a_type_error(
    cloud: Cloud, use: Callable[[Any], Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        cloud.run(use)
    assert cloud.requests == []


def test_progress_is_told_how_many_are_done(cloud: Cloud) -> None:
    told: list[tuple[int, int | None]] = []

    def progress(done: int, total: int | None) -> None:
        told.append((done, total))

    cloud.answers(*[answering(cloud, "emotions")] * 2)
    cloud.run(lambda client: many(client, "emotions", 300, progress=progress))
    assert (len(told), told[-1]) == (2, (300, 300))


def test_no_concurrency_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cloud.run(lambda client: many(client, "emotions", concurrency=0))


def test_a_vector_is_read_as_numbers(cloud: Cloud) -> None:
    cloud.answers(answering(cloud, "embed"))
    result = cloud.run(lambda client: client.text.embed("a"))
    assert result.vector == (1.0, 0.0)


def test_a_similarity_is_a_number(cloud: Cloud) -> None:
    cloud.answers(answering(cloud, "similarity"))
    assert float(cloud.run(lambda client: client.text.similarity("a", "b"))) == 0.5


def test_equal_values_have_equal_hashes_in_all_requests_of_a_call(cloud: Cloud) -> None:
    cloud.answers(*[answering(cloud, "redact")] * 3)
    cloud.run(lambda client: many(client, "redact", 300, mode="hash"))
    cloud.run(lambda client: many(client, "redact", 1, mode="hash"))
    first, second, other = (sent(request)["hash_key"] for request in cloud.requests)
    assert first == second != other
    assert len(first) >= 16


def test_options_of_a_call_are_for_that_call(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), *[answering(cloud, "emotions")] * 2)
    with pytest.raises(aiaas.ServiceUnavailableError):
        cloud.run(lambda client: one(client, "emotions", retries=0))
    cloud.run(lambda client: many(client, "emotions", headers={"X-Team": "a"}))
    assert cloud.requests[1].headers["x-team"] == "a"
    with pytest.raises(TypeError, match="no parameter or option 'tpo_k'"):
        cloud.run(lambda client: one(client, "classify", tpo_k=3))


# Ranking


def ranking(cloud: Cloud, *results: tuple[int, float]) -> httpx.Response:
    ranked = [{"index": index, "relevance_score": score} for index, score in results]
    envelope = {"id": "t_1", "object": "text", "model": "m@1", "usage": {"inputs": 1}}
    return cloud.json({**envelope, "results": ranked})


def test_documents_come_back_in_their_new_order(cloud: Cloud) -> None:
    cloud.answers(ranking(cloud, (2, 0.9), (0, 0.1)))
    found = cloud.run(lambda client: client.text.rerank("q", iter("abc"), top_n=2, model="m"))
    assert sent(cloud.requests[0]) == {
        "query": "q",
        "documents": ["a", "b", "c"],
        "top_n": 2,
        "return_documents": False,
        "model": "m",
    }
    assert type(found) is aiaas.RerankResult
    assert [(one.index, one.relevance_score) for one in found.ranked] == [(2, 0.9), (0, 0.1)]
    assert (found.errors, found.model, found.request_id) == ((), "m@1", "req_json")


def test_documents_that_could_not_be_read_are_apart(cloud: Cloud) -> None:
    body = json.loads(ranking(cloud, (0, 0.9)).content)
    body["results"].append({"index": 1, "error": EMPTY})
    cloud.answers(cloud.json(body))
    found = cloud.run(lambda client: client.text.rerank("q", ["a", ""]))
    assert [one.index for one in found.ranked] == [0]
    assert [one.error.code for one in found.errors] == ["empty_input"]


@pytest.mark.parametrize("results", [[(3, 0.9)], [(-1, 0.9)], [(0, 0.9), (0, 0.8)]])
def test_a_ranking_of_other_documents_is_refused(
    cloud: Cloud, results: list[tuple[int, float]]
) -> None:
    cloud.answers(ranking(cloud, *results))
    with pytest.raises(aiaas.ResponseValidationError, match="of 3 documents"):
        cloud.run(lambda client: client.text.rerank("q", ["a", "b", "c"]))


def test_more_documents_than_one_request_takes_are_an_error_that_says_what_to_do(
    cloud: Cloud,
) -> None:
    with pytest.raises(aiaas.TooManyInputsError, match="1,001 documents") as caught:
        cloud.run(lambda client: client.text.rerank("q", ["a"] * 1001))
    assert (caught.value.given, caught.value.limit) == (1001, 1000)
    assert "embed_many" in str(caught.value.hint)
    assert isinstance(caught.value, aiaas.AiaasError)
    assert isinstance(caught.value, ValueError)
    assert cloud.requests == []


# Generation, at once


def test_a_text_is_generated(cloud: Cloud) -> None:
    answer = {
        "id": "t_1",
        "object": "text.generation",
        "model": "m@1",
        "usage": {"inputs": 1, "prompt_tokens": 2, "completion_tokens": 3},
        "text": " be",
        "finish_reason": "stop",
        "seed": 7,
    }
    cloud.answers(cloud.json(answer), cloud.json(answer))
    found = cloud.run(
        lambda client: client.text.generate(
            "to", max_tokens=3, temperature=0, top_p=0.5, seed=7, stop=["."], model="m"
        )
    )
    assert sent(cloud.requests[0]) == {
        "prompt": "to",
        "max_tokens": 3,
        "temperature": 0,
        "top_p": 0.5,
        "seed": 7,
        "stop": ["."],
        "model": "m",
    }
    assert cloud.requests[0].headers["accept"] == "application/json"
    assert type(found) is aiaas.GeneratedText
    assert (found.text, found.seed, found.usage.completion_tokens) == (" be", 7, 3)
    assert (found.model, found.request_id) == ("m@1", "req_json")
    cloud.run(lambda client: client.text.generate())
    assert sent(cloud.requests[1]) == {"prompt": ""}


# Loading


def test_a_client_that_uses_no_text_loads_nothing_of_it() -> None:
    code = (
        "import sys, aiaas, httpx\n"
        "client = aiaas.Client('key', http_client=httpx.Client())\n"
        "client.images, client.models, client.files, client.usage\n"
        "print([name for name in sys.modules if 'text' in name.split('.')[-1]"
        " and name.startswith('aiaas')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == []
