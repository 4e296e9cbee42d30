"""Explanations: what the parts of a text add up to, and that they are the same every time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from aiaas_mock.inference.preprocess.text import EncodedText, TextEncoder

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


async def explain(
    client: httpx.AsyncClient, *texts: str, operation: str = "sentiment"
) -> list[dict[str, Any]]:
    body = {"inputs": texts, "explain": True}
    response = await client.post(f"/v1/text/{operation}", json=body)
    assert response.status_code == 200, response.text
    return [result["explanation"] for result in response.json()["results"] if "label" in result]


def total(explanation: dict[str, Any]) -> float:
    values = (float(part["value"]) for part in explanation["contributions"])
    return float(explanation["baseline"]) + sum(values)


async def test_words_of_an_additive_model_add_their_own_weights(open_texts: Open) -> None:
    async with open_texts() as client:
        (explanation,) = await explain(client, "A great book, bad pizza")
    assert explanation["label"] == "positive"
    assert (explanation["baseline"], explanation["logit"]) == (0, 1)
    parts = {part["text"]: part["value"] for part in explanation["contributions"]}
    assert parts == pytest.approx(
        {"A": 0, "great": 3, "book": 0, ",": 0, "bad": -2, "pizza": 0}, abs=1e-4
    )


async def test_a_word_that_turns_another_around_shares_with_it(open_texts: Open) -> None:
    async with open_texts() as client:
        (explanation,) = await explain(client, "not good")
    assert (explanation["label"], explanation["logit"]) == ("negative", 1.5)
    assert [part["value"] for part in explanation["contributions"]] == [1.5, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "not good not bad great",
        "good " * 3 + "not " * 40 + "bad",
        "这本书很好\uff0c不坏。good!",
        "👩‍👩‍👧‍👦 good e\u0301 don't-know",
        " " * 2_000 + "good",
    ],
)
async def test_baseline_and_values_add_up_to_the_logit(open_texts: Open, text: str) -> None:
    async with open_texts() as client:
        (explanation,) = await explain(client, text)
    assert total(explanation) == pytest.approx(explanation["logit"], abs=1e-3)
    for part in explanation["contributions"]:
        assert text[part["start"] : part["end"]] == part["text"]


async def test_the_same_text_is_explained_the_same_alone_or_among_others(
    open_texts: Open,
) -> None:
    text = "not good not bad great happy sad " * 3
    async with open_texts() as client:
        alone = await explain(client, text)
        again = await explain(client, "", "good", text)
    assert again[1] == alone[0]


async def test_long_texts_are_grouped_and_their_passes_bounded(
    open_texts: Open, engines: Any
) -> None:
    async with open_texts() as client:
        (explanation,) = await explain(client, "good bad " * 100)
    assert len(explanation["contributions"]) <= 32
    assert sum(engines.runs_of("mood")) <= 1 + 24 * 31 + 2


async def test_equal_subsets_are_run_once(open_texts: Open, engines: Any) -> None:
    async with open_texts() as client:
        await explain(client, "not good")
    assert sum(engines.runs_of("mood")) == 1 + 4


async def test_chinese_is_cut_as_the_models_tokenizer_does(open_texts: Open) -> None:
    async with open_texts() as client:
        (explanation,) = await explain(client, "很好吗")
    assert [part["text"] for part in explanation["contributions"]] == ["很", "好", "吗"]
    assert explanation["contributions"][1]["value"] == pytest.approx(2.0)


async def test_the_best_class_is_explained_not_the_scope(open_texts: Open) -> None:
    async with open_texts() as client:
        explanations = await explain(client, "book a flight", "a sad book", operation="classify")
    assert [explanation["label"] for explanation in explanations] == ["flight", "flight"]
    values = [part["value"] for part in explanations[0]["contributions"]]
    assert values == pytest.approx([0, 0, 3])


async def test_nothing_is_explained_unasked(open_texts: Open, engines: Any) -> None:
    async with open_texts() as client:
        response = await client.post("/v1/text/sentiment", json={"inputs": ["good"]})
    assert response.json()["results"][0]["explanation"] is None
    assert engines.runs_of("mood") == [1]


async def test_of_a_long_text_only_what_the_model_reads_is_cut_again_and_again(
    open_texts: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []
    original = TextEncoder.encode

    def watched(self: TextEncoder, text: str) -> EncodedText:
        lengths.append(len(text))
        return original(self, text)

    monkeypatch.setattr(TextEncoder, "encode", watched)
    async with open_texts() as client:
        (explanation,) = await explain(client, "很好" * 2_000)
    assert sum(length > 8 for length in lengths) < 5
    assert [part["text"] for part in explanation["contributions"]] == ["很", "好"] * 4
    assert total(explanation) == pytest.approx(explanation["logit"], abs=2e-4)
