"""Emotions and classes of texts: calibrated scores, doubts, and errors in their places."""

import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import numpy as np
import pytest

from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.services import scores
from aiaas_mock.services.text import inputs

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def softmax(*logits: float) -> list[float]:
    powers = np.exp(np.array(logits))
    shares: list[float] = (powers / powers.sum()).tolist()
    return shares


async def post(client: httpx.AsyncClient, operation: str, **body: Any) -> dict[str, Any]:
    response = await client.post(f"/v1/text/{operation}", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_text_gets_its_class_and_the_scope_is_no_class(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, "classify", inputs=["book a flight"])
    (result,) = answer["results"]
    flight, pizza, other = softmax(3, 0, -3)
    assert (result["label"], result["abstained"], result["out_of_scope"]) == (
        "flight",
        False,
        False,
    )
    assert [p["label"] for p in result["predictions"]] == ["flight", "pizza"]
    scores = [p["score"] for p in result["predictions"]]
    assert scores == pytest.approx([flight, pizza], abs=1e-6)
    assert result["out_of_scope_score"] == pytest.approx(other, abs=1e-6)
    assert answer["model"] == "wishes@1"
    assert answer["usage"] == {"inputs": 1}


async def test_a_text_that_fits_no_class_is_out_of_scope_and_abstained(open_texts: Open) -> None:
    async with open_texts() as client:
        (result,) = (await post(client, "classify", inputs=["a sad book"]))["results"]
    assert (result["out_of_scope"], result["abstained"]) == (True, True)
    assert result["out_of_scope_score"] > 0.9
    assert result["label"] == "flight"


async def test_a_class_that_is_hardly_the_best_is_abstained_though_in_scope(
    open_texts: Open,
) -> None:
    async with open_texts() as client:
        (result,) = (await post(client, "classify", inputs=["flight pizza"]))["results"]
    assert (result["out_of_scope"], result["abstained"]) == (False, True)
    assert 0.4 < result["score"] < 0.6


async def test_top_k_keeps_the_best_classes(open_texts: Open) -> None:
    async with open_texts() as client:
        (result,) = (await post(client, "classify", inputs=["pizza"], top_k=1))["results"]
    assert [p["label"] for p in result["predictions"]] == ["pizza"]


async def test_several_emotions_hold_each_from_its_own_threshold(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, "emotions", inputs=["happy", "sad", "happy sad sad", "a book"])
    assert [result["labels"] for result in answer["results"]] == [["joy"], [], ["grief", "joy"], []]
    scores = {p["label"]: p["score"] for p in answer["results"][1]["scores"]}
    assert scores == pytest.approx(
        {"grief": 1 / (1 + np.exp(-2)), "joy": 1 / (1 + np.exp(2)), "fear": 1 / (1 + np.exp(3))},
        abs=1e-6,
    )


async def test_an_input_with_nothing_to_read_fails_alone(open_texts: Open) -> None:
    inputs = ["flight", "", " \t\n\u3000", "\u200b\u200d\ufeff", "x" * 100_001, "pizza"]
    async with open_texts() as client:
        answer = await post(client, "classify", inputs=inputs)
    codes = [result.get("error", {}).get("code") for result in answer["results"]]
    empty = ["empty_input"] * 3
    assert codes == [None, *empty, "text_too_long", None]
    assert [result["index"] for result in answer["results"]] == list(range(6))
    assert answer["results"][1]["error"]["param"] == "/inputs/1"
    assert "100,000" in answer["results"][4]["error"]["detail"]
    assert answer["results"][5]["label"] == "pizza"
    assert answer["usage"] == {"inputs": 2}


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x1b[31m flight",
        "مرحبا بالعالم flight",
        "\u202eflight\u202c",
        "👩‍👩‍👧‍👦 flight 🇨🇭",
        "fl\u200bight flight",
        "e\u0301\u0301\u0301 flight",
        "\U000e0041 flight",
        "\ufffe\uffff flight",
    ],
)
async def test_texts_of_any_kind_are_answered(open_texts: Open, text: str) -> None:
    async with open_texts() as client:
        for operation in ("classify", "emotions", "sentiment", "embed", "count-tokens"):
            (result,) = (await post(client, operation, inputs=[text]))["results"]
            assert "error" not in result
        (result,) = (await post(client, "classify", inputs=[text], explain=True))["results"]
    assert result["explanation"]["contributions"]


@pytest.mark.parametrize("half", [rb"\ud83d", rb"a\ud83d\ud83db", rb"\ude00 x"])
async def test_half_a_surrogate_pair_is_refused_with_its_place(
    open_texts: Open, half: bytes
) -> None:
    body = b'{"inputs": ["flight", "' + half + b'"]}'
    headers = {"Content-Type": "application/json"}
    async with open_texts() as client:
        response = await client.post("/v1/text/classify", content=body, headers=headers)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid_text")
    assert problem["param"] == "/inputs/1"


@pytest.mark.parametrize(
    "body", [b'{"inputs": ["\xed\xa0\xbd"]}', rb'{"\ud800": "\ud800"', b'"\\u']
)
async def test_a_body_that_is_no_json_is_still_just_that(open_texts: Open, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with open_texts() as client:
        response = await client.post("/v1/text/classify", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_json")


async def test_half_a_pair_in_a_name_is_refused_without_repeating_it(open_texts: Open) -> None:
    headers = {"Content-Type": "application/json"}
    async with open_texts() as client:
        response = await client.post(
            "/v1/text/classify", content=rb'{"\ud800": "\ud800"}', headers=headers
        )
    assert (response.status_code, response.json()["code"]) == (422, "invalid_text")


async def test_longer_inputs_than_the_model_reads_are_named_in_one_warning(
    open_texts: Open,
) -> None:
    async with open_texts() as client:
        answer = await post(client, "emotions", inputs=["happy " * 9, "happy", "a " * 100])
    (warning,) = answer["warnings"]
    assert warning["code"] == "input_truncated"
    assert warning["detail"].endswith(": 0, 2.")


async def test_hundreds_of_inputs_run_in_blocks_and_keep_their_order(
    open_texts: Open, engines: Any
) -> None:
    inputs = ["flight" if n % 3 else "pizza" for n in range(256)]
    async with open_texts() as client:
        answer = await post(client, "classify", inputs=inputs)
    assert [result["label"] for result in answer["results"]] == inputs
    assert sum(engines.runs_of("wishes")) == 256
    assert max(engines.runs_of("wishes")) <= 8  # the card's max_batch


async def test_a_model_for_another_task_is_refused(open_texts: Open) -> None:
    async with open_texts() as client:
        body = {"inputs": ["flight"], "model": "mood"}
        response = await client.post("/v1/text/classify", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "model_task_mismatch")


async def test_an_operation_whose_shipped_default_is_missing_asks_for_a_model(
    open_texts: Open,
) -> None:
    async with open_texts(default={}) as client:
        refused = await client.post("/v1/text/classify", json={"inputs": ["flight"]})
        named = await post(client, "classify", inputs=["flight"], model="wishes")
    assert (refused.status_code, refused.json()["code"]) == (404, "model_not_found")
    assert "name one" in refused.json()["detail"]
    assert named["model"] == "wishes@1"


async def test_the_models_say_what_they_can_and_are_the_default_for(open_texts: Open) -> None:
    async with open_texts() as client:
        models = (await client.get("/v1/models")).json()["data"]
    by_name = {model["name"]: model for model in models}
    assert by_name["mood-zh"]["default_for"] == ["text.sentiment"]
    assert by_name["vectors"]["default_for"] == ["text.embed", "text.similarity", "text.rerank"]
    assert "text.count_tokens" in by_name["letters"]["operations"]


async def test_a_tokenizer_that_changed_under_the_server_makes_the_model_unavailable(
    open_texts: Open, text_models: Any
) -> None:
    async with open_texts() as client:
        (text_models / "wishes" / "1" / "tokenizer.json").write_text("{}")
        response = await client.post("/v1/text/classify", json={"inputs": ["flight"]})
    assert (response.status_code, response.json()["code"]) == (503, "model_unavailable")


@pytest.mark.parametrize("operation", ["classify", "emotions", "sentiment"])
async def test_many_predictions_are_written_down_away_from_the_event_loop(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    threads = []
    original = scores.best_classes

    def watched(*args: Any, **options: Any) -> Any:
        threads.append(threading.get_ident())
        return original(*args, **options)

    texts = ["flight", "pizza", "good", "happy", "sad"]
    async with open_texts() as client:
        expected = await post(client, operation, inputs=texts)
        monkeypatch.setattr(inputs, "best_classes", watched)
        monkeypatch.setattr(inputs, "_QUICK_PREDICTIONS", 6)
        answer = await post(client, operation, inputs=texts)
    assert answer["results"] == expected["results"]
    assert len(threads) in {2, 3}  # two or three rows at a time
    assert threading.get_ident() not in threads


async def test_long_texts_are_counted_away_from_the_event_loop(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    portions = []
    original = TextEncoder.count

    def watched(self: TextEncoder, text: str) -> int:
        portions.append(threading.get_ident())
        return original(self, text)

    monkeypatch.setattr(TextEncoder, "count", watched)
    async with open_texts() as client:
        answer = await post(client, "count-tokens", inputs=["good " * 9_000, "a"], model="mood")
    assert [result["tokens"] for result in answer["results"]] == [9_000, 1]
    assert threading.get_ident() not in portions
