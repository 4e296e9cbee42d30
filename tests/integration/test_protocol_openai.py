"""OpenAI's protocol, asked by OpenAI's client as it is."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import openai
import pytest

from aiaas import Client
from aiaas_mock.conformance import ServerProcess

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

PREFIX: Final = "/compat/openai/v1"
EMBED: Final = f"{PREFIX}/embeddings"
CHAT: Final = f"{PREFIX}/chat/completions"
TEXTS: Final = ["The parcel never arrived.", "My order was not delivered."]
HELLO: Final[list[Any]] = [{"role": "user", "content": "In the morning"}]


@pytest.fixture(scope="module")
def client(live: ServerProcess, api_key: str) -> Iterator[Any]:
    base_url = live.url + PREFIX
    with openai.OpenAI(api_key=api_key, base_url=base_url, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(live: ServerProcess, api_key: str) -> AsyncIterator[Any]:
    base_url = live.url + PREFIX
    async with openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def ours(live: ServerProcess, api_key: str) -> Iterator[Client]:
    with Client(api_key, base_url=live.url) as client:
        yield client


# Models


def test_the_models_that_are_listed_are_those_that_can_be_asked(client: Any) -> None:
    found = {model.id: model for model in client.models.list()}
    assert set(found) == {"word2vec@1", "lstm-lm@1"}
    assert found["word2vec@1"].created > 1_700_000_000
    assert found["word2vec@1"].owned_by == "trained-by-us"


async def test_more_models_than_a_page_of_our_own_list_are_listed(
    open_app: Open, tmp_path: Path, write_bundle: Callable[..., Path]
) -> None:
    for number in range(25):
        output = {"kind": "embedding", "size": 2}
        write_bundle(name=f"vectors-{number}", task="text-embedding", output=output)
    async with open_app(engine="null", models=tmp_path / "models") as client:
        listed = (await client.get(f"{PREFIX}/models")).json()["data"]
    assert len(listed) == 25 + 2


@pytest.mark.parametrize("name", ["word2vec", "word2vec@1"])
def test_a_model_is_found_by_name_and_version(name: str, client: Any) -> None:
    assert client.models.retrieve(name).id == "word2vec@1"


@pytest.mark.parametrize("name", ["no-such-model", "fashion-cnn"])
def test_a_model_that_cannot_be_asked_here_is_not_found(name: str, client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve(name)
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


# Embeddings


def test_vectors_are_those_of_our_own_operation(client: Any, ours: Client) -> None:
    answer = client.embeddings.create(model="word2vec", input=TEXTS)  # travels as base64
    assert [one.index for one in answer.data] == [0, 1]
    assert answer.model == "word2vec@1"
    for text, one in zip(TEXTS, answer.data, strict=True):
        np.testing.assert_allclose(one.embedding, ours.text.embed(text).vector, atol=1e-7)


def test_numbers_and_base64_are_the_same_vector(client: Any) -> None:
    packed = client.embeddings.create(model="word2vec", input=TEXTS[0])
    numbers = client.embeddings.create(model="word2vec", input=TEXTS[0], encoding_format="float")
    np.testing.assert_allclose(packed.data[0].embedding, numbers.data[0].embedding, atol=1e-7)


def test_fewer_dimensions_are_a_shorter_vector_of_length_one(client: Any) -> None:
    (one,) = client.embeddings.create(model="word2vec", input=TEXTS[0], dimensions=16).data
    assert len(one.embedding) == 16
    assert np.linalg.norm(one.embedding) == pytest.approx(1, abs=1e-5)


def test_the_tokens_are_counted_by_the_models_own_tokenizer(client: Any, ours: Client) -> None:
    usage = client.embeddings.create(model="word2vec", input=TEXTS).usage
    counted = sum(ours.text.count_tokens(text, model="word2vec").tokens for text in TEXTS)
    assert (usage.prompt_tokens, usage.total_tokens) == (counted, counted)


def test_more_texts_than_our_own_operation_takes_stay_in_order(client: Any) -> None:
    texts = [f"parcel {'late ' * (number % 3)}" for number in range(300)]
    answer = client.embeddings.create(model="word2vec", input=texts)
    assert [one.index for one in answer.data] == list(range(300))
    np.testing.assert_allclose(answer.data[1].embedding, answer.data[298].embedding, atol=1e-5)


def test_a_text_that_cannot_be_read_is_named(client: Any) -> None:
    texts = [*["parcel"] * 256, "late", " "]
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="word2vec", input=texts)
    assert (caught.value.param, caught.value.code) == ("input[257]", "empty_input")


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_token_ids_are_refused_with_the_reason(tokens: Any, client: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="Token ids are not taken") as caught:
        client.embeddings.create(model="word2vec", input=tokens)
    assert caught.value.param == "input"


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"model": "no-such-model"}, "model", "model_not_found"),
        ({"model": "lstm-lm"}, "model", "model_task_mismatch"),
        ({"dimensions": 97}, "dimensions", "invalid_value"),
        ({"dimensions": 0}, "dimensions", "invalid_value"),
        ({"input": []}, "input", "invalid_value"),
        ({"encoding_format": "hex"}, "encoding_format", "invalid_value"),
        ({"extra_body": {"truncate": "END"}}, "truncate", "unknown_parameter"),
    ],
)
def test_a_faulty_request_for_vectors_says_what_is_wrong(
    change: dict[str, Any], param: str, code: str, client: Any
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.embeddings.create(**{"model": "word2vec", "input": "a parcel", **change})
    assert (caught.value.param, caught.value.code) == (param, code)
    assert caught.value.status_code == (404 if code == "model_not_found" else 400)


# Chat


def test_a_conversation_goes_on_as_the_text_of_its_messages_does(client: Any, ours: Client) -> None:
    answer = client.chat.completions.create(
        model="lstm-lm",
        messages=[
            {"role": "system", "content": "It was late."},
            {"role": "user", "content": [{"type": "text", "text": "In the"}, TEXT_PART]},
        ],
        max_completion_tokens=12,
        temperature=0.5,
        top_p=0.9,
        seed=2,
    )
    expected = ours.text.generate(
        "It was late.\nIn the morning", max_tokens=12, temperature=0.5, top_p=0.9, seed=2
    )
    (choice,) = answer.choices
    assert (choice.message.role, choice.message.content) == ("assistant", expected.text)
    assert choice.finish_reason == expected.finish_reason
    assert answer.model == expected.model == "lstm-lm@1"
    usage = answer.usage
    assert usage.completion_tokens == expected.usage.completion_tokens
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


TEXT_PART: Final = {"type": "text", "text": " morning"}


def test_a_stream_says_the_same_piece_by_piece(client: Any) -> None:
    options: dict[str, Any] = {"model": "lstm-lm", "max_tokens": 12, "seed": 2, "temperature": 0.5}
    whole = client.chat.completions.create(messages=HELLO, **options)
    with client.chat.completions.create(
        messages=HELLO, stream=True, stream_options={"include_usage": True}, **options
    ) as stream:
        *chunks, last = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert "".join(pieces) == whole.choices[0].message.content
    assert sum(map(bool, pieces)) > 3
    assert chunks[-1].choices[0].finish_reason == whole.choices[0].finish_reason
    assert (last.choices, last.usage) == ([], whole.usage)
    assert {chunk.model for chunk in chunks} == {"lstm-lm@1"}
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_not_streamed_to_those_who_did_not_ask(client: Any) -> None:
    stream = client.chat.completions.create(
        model="lstm-lm", messages=HELLO, max_tokens=2, stream=True
    )
    assert [chunk.usage for chunk in stream if chunk.usage] == []


async def test_a_stream_ends_as_clients_expect_it(
    in_process: httpx.AsyncClient, api_key: str
) -> None:
    answer = await in_process.post(
        CHAT,
        json={"model": "lstm-lm", "messages": HELLO, "max_tokens": 2, "stream": True},
        headers={"Authorization": f"Bearer {api_key}"},
    )
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.text.endswith("\n\ndata: [DONE]\n\n")


def test_a_stop_text_ends_the_answer(client: Any) -> None:
    options: dict[str, Any] = {"model": "lstm-lm", "max_tokens": 40, "seed": 2, "messages": HELLO}
    text = client.chat.completions.create(**options).choices[0].message.content
    for stop in (text[5:9], [text[5:9]]):
        (choice,) = client.chat.completions.create(stop=stop, **options).choices
        assert choice.message.content == text[: text.index(text[5:9])]
        assert choice.finish_reason == "stop"


def test_what_the_model_said_can_be_part_of_the_next_request(client: Any) -> None:
    first = client.chat.completions.create(model="lstm-lm", messages=HELLO, max_tokens=3)
    messages = [*HELLO, first.choices[0].message, {"role": "user", "content": "And then"}]
    assert client.chat.completions.create(model="lstm-lm", messages=messages, max_tokens=3).usage


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"model": "gpt-4o"}, "model", "model_not_found"),
        ({"model": "word2vec"}, "model", "model_task_mismatch"),
        ({"n": 2}, "n", "invalid_value"),
        ({"max_tokens": 5000}, "max_tokens", "invalid_value"),
        ({"max_tokens": 1, "max_completion_tokens": 2}, "", "invalid_value"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"presence_penalty": 1}, "presence_penalty", "invalid_value"),
        ({"response_format": {"type": "json_object"}}, "response_format.type", "invalid_value"),
        ({"tools": []}, "tools", "unknown_parameter"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "missing_required_parameter"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role", "invalid_value"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages[0].content[0].type",
            "invalid_value",
        ),
        ({"messages": [{"role": "user", "content": "x" * 100_001}]}, "messages", "text_too_long"),
        ({"messages": HELLO * 1001}, "messages", "invalid_value"),
    ],
)
def test_a_faulty_conversation_says_what_is_wrong(
    change: dict[str, Any], param: str, code: str, client: Any
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(**{"model": "lstm-lm", "messages": HELLO, **change})
    assert ((caught.value.param or ""), caught.value.code) == (param, code)


def test_nothing_here_moderates(client: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="no model here that moderates") as caught:
        client.moderations.create(input="anything")
    assert caught.value.code == "model_not_found"


def test_what_is_not_here_is_not_found_in_openais_words(client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.create(model="lstm-lm", input="anything")
    assert caught.value.code == "not_found"


def test_a_wrong_key_is_refused_as_openai_refuses_it(live: ServerProcess) -> None:
    base_url = live.url + PREFIX
    with (
        openai.OpenAI(api_key="nobody-knows-me-here", base_url=base_url) as stranger,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        stranger.models.list()
    assert caught.value.code == "invalid_api_key"
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_")


async def test_the_asynchronous_client_is_answered_too(async_client: Any) -> None:
    vectors = await async_client.embeddings.create(model="word2vec", input=TEXTS)
    assert len(vectors.data) == 2
    stream = await async_client.chat.completions.create(
        model="lstm-lm", messages=HELLO, max_tokens=4, stream=True
    )
    assert len([chunk async for chunk in stream]) >= 3


# What only a server in trouble says


async def test_a_client_that_is_limited_is_told_when_to_come_back(open_app: Open) -> None:
    body = {"model": "word2vec", "input": "a parcel"}
    async with open_app(engine="null", rate_limit="1/minute") as client:
        first, second = [await client.post(EMBED, json=body) for _ in "ab"]
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.json()["error"]["code"] == "rate_limit_exceeded"
    assert second.headers["x-should-retry"] == "true"
    assert 0 < int(second.headers["retry-after"]) <= 60
    assert int(second.headers["retry-after-ms"]) > 1000
