"""Embedding, similarity, ranking and token counts."""

import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import numpy as np
import pytest

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


async def post(client: httpx.AsyncClient, operation: str, **body: Any) -> dict[str, Any]:
    response = await client.post(f"/v1/text/{operation}", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_vectors_have_length_one_in_either_format(open_texts: Open) -> None:
    inputs = ["good good bad", "", "pizza"]
    async with open_texts() as client:
        plain = await post(client, "embed", inputs=inputs)
        packed = await post(client, "embed", inputs=inputs, encoding_format="base64")
    assert plain["dimensions"] == 12
    vector = np.array(plain["results"][0]["embedding"])
    assert np.linalg.norm(vector) == pytest.approx(1)
    unpacked = np.frombuffer(base64.b64decode(packed["results"][0]["embedding"]), "<f4")
    np.testing.assert_allclose(unpacked, vector, atol=1e-7)
    assert plain["results"][1]["error"]["code"] == "empty_input"
    assert plain["usage"] == {"inputs": 2}


async def test_fewer_dimensions_are_normalised_again_and_more_are_refused(
    open_texts: Open,
) -> None:
    async with open_texts() as client:
        short = await post(client, "embed", inputs=["good bad great"], dimensions=2)
        response = await client.post("/v1/text/embed", json={"inputs": ["a"], "dimensions": 13})
    assert short["results"][0]["embedding"] == pytest.approx([0.5**0.5, 0.5**0.5])
    assert (response.status_code, response.json()["param"]) == (422, "/dimensions")


async def test_similarity_is_the_cosine_of_each_pair(open_texts: Open) -> None:
    pairs = [
        {"a": "good bad", "b": "bad good"},
        {"a": "good", "b": "bad"},
        {"a": "good", "b": " "},
        {"a": "good bad", "b": "good"},
        {"a": "unknown", "b": "words"},
    ]
    async with open_texts() as client:
        answer = await post(client, "similarity", inputs=pairs)
    found = [result.get("similarity") for result in answer["results"]]
    assert found == [1.0, 0.0, None, pytest.approx(0.5**0.5, abs=1e-6), 0.0]
    assert answer["results"][2]["error"]["param"] == "/inputs/2/b"
    assert answer["usage"] == {"inputs": 4}


async def test_a_pair_with_a_long_text_is_named_in_the_warning(open_texts: Open) -> None:
    pairs = [{"a": "", "b": "good"}, {"a": "good", "b": "good " * 9}]
    async with open_texts() as client:
        answer = await post(client, "similarity", inputs=pairs)
    (warning,) = answer["warnings"]
    assert warning["detail"].endswith(": 1.")


async def test_only_unreadable_pairs_still_make_an_answer(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, "similarity", inputs=[{"a": "", "b": "x"}])
    assert answer["results"][0]["error"]["param"] == "/inputs/0/a"


async def test_documents_are_ranked_best_first_and_unread_ones_come_last(
    open_texts: Open,
) -> None:
    documents = ["pizza", "", "good book", "book", "good book"]
    async with open_texts() as client:
        answer = await post(client, "rerank", query="good book", documents=documents)
        top = await post(
            client,
            "rerank",
            query="good book",
            documents=documents,
            top_n=1,
            return_documents=True,
        )
    assert [result["index"] for result in answer["results"]] == [2, 4, 3, 0, 1]
    scores = [result["relevance_score"] for result in answer["results"][:4]]
    assert scores == [1.0, 1.0, pytest.approx(0.5**0.5, abs=1e-6), 0.0]
    error = answer["results"][4]["error"]
    assert (error["code"], error["param"]) == ("empty_input", "/documents/1")
    assert answer["results"][0]["document"] is None
    assert [(r["index"], r.get("document")) for r in top["results"]] == [
        (2, "good book"),
        (1, None),
    ]
    assert answer["usage"] == {"inputs": 4}


async def test_a_query_that_cannot_be_read_is_refused(open_texts: Open) -> None:
    async with open_texts() as client:
        response = await client.post("/v1/text/rerank", json={"query": " ", "documents": ["a"]})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "empty_input")
    assert problem["param"] == "/query"


async def test_long_query_and_documents_are_named(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, "rerank", query="a " * 9, documents=["b", "a " * 9])
    assert answer["warnings"][0]["detail"].endswith(": query, 1.")


async def test_tokens_are_counted_by_the_model_that_is_named(open_texts: Open) -> None:
    inputs = ["good book", "", "a " * 1_000]
    async with open_texts() as client:
        by_words = await post(client, "count-tokens", inputs=inputs, model="mood")
        by_default = await post(client, "count-tokens", inputs=["abc"])
    counts = [(result["tokens"], result["max_tokens"]) for result in by_words["results"]]
    assert counts == [(2, 8), (0, 8), (1_000, 8)]
    assert by_default["results"] == [{"index": 0, "tokens": 3, "max_tokens": None}]
    assert by_default["model"] == "letters@1"


async def test_a_text_too_long_to_count_fails_alone(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, "count-tokens", inputs=["a" * 100_001, "a"])
    assert answer["results"][0]["error"]["code"] == "text_too_long"
    assert answer["usage"] == {"inputs": 1}


async def test_the_tokens_of_pictures_cannot_be_counted(open_texts: Open) -> None:
    async with open_texts() as client:
        response = await client.post(
            "/v1/text/count-tokens", json={"inputs": ["a"], "model": "imagenet-mobilenet-v2"}
        )
    assert response.status_code == 404
