"""The kit and texts: builders, streams, rankings."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import respx

import aiaas
from aiaas.testing import (
    FakeCloud,
    WrongAnswerError,
    detected_language,
    emotions,
    entities,
    item_error,
    keyphrases,
    ranked_document,
    redacted,
    respx_stubs,
    sentiment,
    similarity,
    summary,
    text_classification,
    text_embedding,
)

TEXT = "Ada (ada@example.com) met Ada"


def test_builders_put_things_where_they_stand() -> None:
    found = entities(TEXT, {"Ada": "person"})
    assert [(one.start, one.end) for one in found.entities] == [(0, 3), (26, 29)]
    (phrase,) = keyphrases(TEXT, "Ada").keyphrases
    assert [(one.start, one.end) for one in phrase.spans] == [(0, 3), (26, 29)]
    clean = redacted(TEXT, {"ada@example.com": "email", "Ada": "person"})
    assert clean.text == "[PERSON] ([EMAIL]) met [PERSON]"
    for one in clean.redactions:
        assert clean.text[one.redacted_start : one.redacted_end] == one.replacement
        assert TEXT[one.start : one.end] in {"Ada", "ada@example.com"}
    (kept,) = summary("One. Two.", "Two.").sentences
    assert (kept.start, kept.end) == (5, 9)


def test_builders_sort_by_score() -> None:
    assert [one.label for one in emotions(anger=0.1, joy=0.9).scores] == ["joy", "anger"]
    assert emotions().scores == ()
    assert [one.language for one in detected_language("de", 0.6, nl=0.4).languages] == ["de", "nl"]
    assert sentiment("positive", 0.8, negative=0.2).scores[1].label == "negative"
    assert text_classification("refund", out_of_scope=True).abstained
    assert text_embedding(3, 4).vector == (0.6, 0.8)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: sentiment("positive", 0.1, negative=0.9), "'negative' would score better"),
        (lambda: emotions(joy=1.5), "the score of 'joy' must be within 0 and 1"),
        (lambda: similarity(1.5), "within -1 and 1"),
        (lambda: text_embedding(0), "other than 0"),
        (lambda: entities("a", {"b": "person"}), "'b' is not in the text 'a'"),
        (lambda: redacted("a", {"": "email"}), "'' is not in the text"),
        (lambda: summary("a", "b"), "'b' is not in the text"),
    ],
)
def test_builders_refuse_what_cannot_be(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_every_text_gets_its_result(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("text.sentiment").answers(sentiment("positive"), item_error("empty_input"))
    good, bad = client.text.sentiment_many(["a", ""])
    assert isinstance(good, aiaas.TextSentiment)
    assert isinstance(bad, aiaas.ItemError)
    fake.assert_called("text.sentiment", times=1, inputs=["a", ""])


def test_the_model_that_was_asked_for_answers_for_each_text(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.sentiment").answers()
    assert client.text.sentiment("x", model="mine").model == "mine@1"


def test_pairs_are_inputs_too(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("text.similarity").answers(similarity(0.1), similarity(0.2))
    found = client.text.similarity_many([("a", "b"), ("c", "d")])
    assert [one.similarity for one in found if isinstance(one, aiaas.TextSimilarity)] == [0.1, 0.2]


def test_documents_are_ranked_as_they_came_or_as_the_test_says(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.rerank").answers()
    found = client.text.rerank("q", ["a", "b", "c"], top_n=2, return_documents=True)
    assert [(one.index, one.document) for one in found.ranked] == [(0, "a"), (1, "b")]
    fake.on("text.rerank").answers(ranked_document(2, 0.9), ranked_document(0, 0.1))
    found = client.text.rerank("q", ["a", "b", "c"])
    assert [(one.index, one.document) for one in found.ranked] == [(2, None), (0, None)]


def test_a_ranking_of_documents_that_were_not_sent_is_refused(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.rerank").answers(ranked_document(3, 0.9))
    with pytest.raises(WrongAnswerError, match="about document 3, but 2 were sent"):
        client.text.rerank("q", ["a", "b"])


def tokens_of(client: aiaas.Client) -> list[str]:
    with client.text.generate_stream("x") as stream:
        return [token.text for token in stream]


def test_an_answer_is_streamed_to_who_asks_for_a_stream(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.generate").answers(text="one two ", finish_reason="stop")
    with client.text.generate_stream("x", model="m") as stream:
        assert [token.text for token in stream] == ["one", " two", " "]
        assert (stream.final().finish_reason, stream.final().model) == ("stop", "m@1")
    assert client.text.generate("x").text == "one two "


def test_pieces_are_scripted_and_the_whole_is_made_of_them(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.generate").streams("Hel", "lo", finish_reason="stop")
    assert tokens_of(client) == ["Hel", "lo"]
    whole = client.text.generate("x")
    assert (whole.text, whole.finish_reason) == ("Hello", "stop")


def test_pieces_reach_an_asynchronous_client(fake: FakeCloud) -> None:
    async def read() -> list[str]:
        async with fake.async_client() as client, client.text.generate_stream("x") as stream:
            return [token.text async for token in stream]

    fake.on("text.generate").streams("Hel", "lo")
    assert asyncio.run(read()) == ["Hel", "lo"]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"fails": "internal_error"}, aiaas.ServerError),
        ({"cut_off": True}, aiaas.APIConnectionError),
    ],
)
def test_a_stream_fails_after_its_pieces(
    fake: FakeCloud, client: aiaas.Client, script: Any, error: type[Exception]
) -> None:
    fake.on("text.generate").streams("Hel", **script)
    got: list[str] = []

    def read() -> None:
        with client.text.generate_stream("x") as stream:
            got.extend(token.text for token in stream)

    with pytest.raises(error):
        read()
    assert got == ["Hel"]
    with pytest.raises(error):  # at once there is nothing before the failure
        client.text.generate("x")


def test_only_what_streams_can_be_streamed(fake: FakeCloud) -> None:
    with pytest.raises(ValueError, match=r"text\.sentiment does not answer piece by piece"):
        fake.on("text.sentiment").streams("a")
    with pytest.raises(ValueError, match="no problem 'internal_eror'"):
        fake.on("text.generate").streams("a", fails="internal_eror")
    with pytest.raises(WrongAnswerError, match="no field 'sede'"):
        fake.on("text.generate").streams("a", sede=3)


def test_a_request_that_no_deployment_takes_is_refused(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("text.generate").answers()
    with pytest.raises(aiaas.InvalidRequestError, match="max_tokens"):
        client.text.generate("x", max_tokens=0)
    with (
        pytest.raises(aiaas.InvalidRequestError, match="max_tokens"),
        client.text.generate_stream("x", max_tokens=0),
    ):
        pass


def test_the_secret_of_hashes_is_in_no_record(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("text.redact").answers()
    client.text.redact("x", mode="hash", hash_key="a-very-secret-key")
    assert "a-very-secret-key" not in repr(fake.calls)


def test_stubs_of_respx_stream_too() -> None:
    with respx.mock(assert_all_called=False) as router:
        respx_stubs(router, base_url="https://ai.example.com")
        with aiaas.Client(
            "key", base_url="https://ai.example.com", http_client=httpx.Client()
        ) as client:
            assert "".join(tokens_of(client)) == client.text.generate("x").text
            assert client.text.sentiment("x").label == "positive"
