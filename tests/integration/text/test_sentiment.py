"""Sentiment: each text by the model for its language, its sentences too when asked."""

import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text import sentiment

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
PATH = "/v1/text/sentiment"
ENGLISH_ONLY = {"text.sentiment": "mood"}


async def post(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    response = await client.post(PATH, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_each_text_is_answered_by_the_model_for_its_language(open_texts: Open) -> None:
    inputs = ["good book", "好", "not good", "", "坏"]
    async with open_texts() as client:
        answer = await post(client, inputs=inputs)
    assert answer["model"] == "mood@1+mood-zh@1"
    said = [(r["language"], r["model"], r["label"]) for r in answer["results"] if "label" in r]
    assert said == [
        ("en", "mood@1", "positive"),
        ("zh", "mood-zh@1", "positive"),
        ("en", "mood@1", "negative"),
        ("zh", "mood-zh@1", "negative"),
    ]
    assert answer["results"][3]["error"]["code"] == "empty_input"
    assert answer["usage"] == {"inputs": 4}
    assert answer["results"][0]["sentences"] is None


async def test_only_models_that_answered_are_named(open_texts: Open) -> None:
    async with open_texts() as client:
        assert (await post(client, inputs=["坏", "好"]))["model"] == "mood-zh@1"
        assert (await post(client, inputs=[""]))["model"] == "mood@1"


async def test_a_language_that_is_given_is_believed(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, inputs=["good"], language="zh")
    assert (answer["results"][0]["language"], answer["model"]) == ("zh", "mood-zh@1")


async def test_a_model_that_is_named_answers_whatever_the_language(open_texts: Open) -> None:
    async with open_texts() as client:
        answer = await post(client, inputs=["good", "好"], model="mood")
    assert answer["model"] == "mood@1"
    assert [result["language"] for result in answer["results"]] == ["en", "zh"]


async def test_a_language_without_a_model_is_refused_with_those_there_are(
    open_texts: Open,
) -> None:
    async with open_texts() as client:
        response = await client.post(PATH, json={"inputs": ["bon"], "language": "fr"})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "language_not_supported")
    assert (problem["param"], "en, zh" in problem["detail"]) == ("/language", True)


async def test_a_text_in_a_language_without_a_model_fails_alone(open_texts: Open) -> None:
    async with open_texts(default=ENGLISH_ONLY) as client:
        answer = await post(client, inputs=["好", "good"])
    error = answer["results"][0]["error"]
    assert (error["code"], error["param"]) == ("language_not_supported", "/inputs/0")
    assert "'zh'" in error["detail"]
    assert answer["results"][1]["label"] == "positive"


async def test_a_deployment_without_any_model_for_it_says_so(open_texts: Open) -> None:
    async with open_texts(default={}) as client:
        response = await client.post(PATH, json={"inputs": [""]})
    assert (response.status_code, response.json()["code"]) == (404, "model_not_found")


async def test_sentences_are_answered_beside_their_text(open_texts: Open, engines: Any) -> None:
    text = "😀 This is great. It was bad!  And"
    async with open_texts() as client:
        answer = await post(client, inputs=[text, "", "good"], level="sentence")
    first, _, last = answer["results"]
    sentences = first["sentences"]
    assert [text[s["start"] : s["end"]] for s in sentences] == [s["text"] for s in sentences]
    assert [s["text"] for s in sentences] == ["😀 This is great.", "It was bad!", "And"]
    assert [s["label"] for s in sentences[:2]] == ["positive", "negative"]
    assert first["label"] == "positive"
    assert [s["text"] for s in last["sentences"]] == ["good"]
    assert engines.runs_of("mood") == [6]  # two texts and four sentences, all at once


async def test_a_long_text_is_named_once_however_many_sentences_are_too_long(
    open_texts: Open,
) -> None:
    long = "good " * 20 + ". " + "bad " * 20
    async with open_texts() as client:
        answer = await post(client, inputs=["好", "good", long], level="sentence")
    (warning,) = answer["warnings"]
    assert warning["detail"].endswith(": 2.")


async def test_scores_are_probabilities_best_first(open_texts: Open) -> None:
    async with open_texts() as client:
        (result,) = (await post(client, inputs=["good"]))["results"]
    scores = [prediction["score"] for prediction in result["scores"]]
    assert scores[0] == result["score"] > scores[1]
    assert sum(scores) == pytest.approx(1, abs=1e-5)


async def test_the_log_names_the_models_and_counts_the_failures(
    open_texts: Open, log_lines: list[dict[str, Any]]
) -> None:
    async with open_texts() as client:
        await post(client, inputs=["good", "好", ""])
    (line,) = [line for line in log_lines if line.get("operation") == "text.sentiment"]
    assert line["model"] == "mood@1+mood-zh@1"
    assert (line["inputs"], line["failed_inputs"]) == (3, 1)


async def test_of_a_long_text_the_first_sentences_are_answered_and_a_warning_says_so(
    open_texts: Open,
) -> None:
    inputs = ["Good. " * 501, "Bad. " * 500, "Good. " * 700]
    async with open_texts() as client:
        answer = await post(client, inputs=inputs, level="sentence")
        whole = await post(client, inputs=inputs)
    assert [len(result["sentences"]) for result in answer["results"]] == [500] * 3
    last = answer["results"][1]["sentences"][-1]
    assert (last["start"], last["text"], last["label"]) == (2_495, "Bad.", "negative")
    codes = [warning["code"] for warning in answer["warnings"]]
    assert codes == ["input_truncated", "sentences_truncated"]
    assert answer["warnings"][1]["detail"].endswith("more: 0, 2.")
    assert [warning["code"] for warning in whole["warnings"]] == ["input_truncated"]


async def test_the_sentences_of_a_whole_request_are_bounded(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentiment, "MOST_SENTENCES_OF_ALL", 5)
    async with open_texts() as client:
        answer = await post(client, inputs=["Good. " * 3, "Bad. " * 3, "Good."], level="sentence")
    assert [len(result["sentences"]) for result in answer["results"]] == [3, 2, 0]
    (warning,) = answer["warnings"]
    assert warning["code"] == "sentences_truncated"
    assert warning["detail"].endswith("more: 1, 2.")


async def test_a_long_request_is_cut_and_written_down_away_from_the_event_loop(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def watch(name: str) -> None:
        original = getattr(sentiment, name)

        def watched(*args: Any) -> Any:
            threads.append((name, threading.get_ident()))
            return original(*args)

        monkeypatch.setattr(sentiment, name, watched)

    watch("split_sentences")
    watch("_result")
    async with open_texts() as client:
        await post(client, inputs=["Good. " * 400] * 3, level="sentence")
    assert [name for name, _ in threads] == ["split_sentences"] * 3 + ["_result"] * 3
    assert threading.get_ident() not in {thread for _, thread in threads}


async def test_the_model_for_a_language_is_looked_up_once_a_request(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    original = ModelDirectory.for_language

    def watched(self: ModelDirectory, language: str, operation: str) -> ModelRef:
        asked.append(language)
        return original(self, language, operation)

    monkeypatch.setattr(ModelDirectory, "for_language", watched)
    async with open_texts() as client:
        await post(client, inputs=["good", "好", "bad", "坏", "a"])
    assert asked == ["en", "zh"]
