"""What a fake deployment answers: examples, results, pages; and what it refuses to."""

from __future__ import annotations

import asyncio
import json
from typing import Any, assert_type

import pytest

import aiaas
from aiaas.contract._operation import Operation
from aiaas.contract.images import CLASSIFY, ClassifyImagesRequest, ImageData
from aiaas.contract.models import RETRIEVE, Model
from aiaas.contract.operations import all_operations
from aiaas.contract.system import HEALTH, METRICS, OPENAPI
from aiaas.testing import (
    Call,
    FakeCloud,
    WrongAnswerError,
    answer,
    classification,
    embedding,
    item_error,
)

TYPED = [operation for operation in all_operations() if operation.response is not None]


@pytest.mark.parametrize("operation", TYPED, ids=lambda operation: operation.name)
def test_every_operation_has_a_builder_of_its_own_type(operation: Operation[Any, Any]) -> None:
    assert operation.response is not None
    assert isinstance(answer(operation), operation.response)


def test_an_answer_without_details_is_the_example_of_the_contract(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("images.classify").answers()
    result = client.images.classify(b"a picture")
    assert (result.label, result.model) == ("Ankle boot", "fashion-cnn@1")
    assert result.request_id == "req_fake_0001"


def test_every_picture_gets_the_scripted_result(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers(classification("cat"))
    results = client.images.classify_many([b"one", b"two", b"three"])
    assert [(result.index, label_of(result)) for result in results] == [
        (0, "cat"),
        (1, "cat"),
        (2, "cat"),
    ]


def test_one_result_for_each_picture_keeps_the_order(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers(
        classification("cat"), item_error("invalid_image", "Truncated."), classification("dog")
    )
    results = client.images.classify_many([b"one", b"two", b"three"])
    assert [label_of(result) for result in results] == ["cat", "Truncated.", "dog"]


def test_a_function_answers_from_the_call(fake: FakeCloud, client: aiaas.Client) -> None:
    def echo(call: Call) -> list[Any]:
        return [classification(picture.decode()) for picture in call.inputs]

    fake.on("images.classify").answers(echo)
    results = client.images.classify_many([b"cat", b"dog"])
    assert [label_of(result) for result in results] == ["cat", "dog"]


def test_the_model_that_was_asked_for_answers(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers()
    assert client.images.classify(b"x", model="clothing").model == "clothing@1"
    assert client.images.classify(b"x", model="clothing@7").model == "clothing@7"


def test_fields_of_the_whole_answer_can_be_changed(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers(classification("cat"), model="mine@3")
    assert client.images.classify(b"x").model == "mine@3"


def test_a_vector_is_as_long_as_it_is(fake: FakeCloud) -> None:
    async def embed() -> tuple[float, ...]:
        async with fake.async_client() as client:
            return (await client.images.embed(b"x")).vector

    fake.on("images.embed").answers(embedding(3, 4))
    assert asyncio.run(embed()) == (0.6, 0.8)


def test_pictures_in_a_json_body_are_inputs_too(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on(CLASSIFY).answers()
    client.request(CLASSIFY, ClassifyImagesRequest(inputs=(ImageData(data="Y2F0"),), top_k=2))
    fake.assert_called("images.classify", inputs=[b"cat"], top_k=2)


def test_a_list_is_given_page_by_page(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.list").answers({"name": "a"}, {"name": "b"}, {"name": "c"})
    assert [model.name for model in client.models.list(limit=2)] == ["a", "b", "c"]
    fake.assert_called("models.list", times=2)
    fake.assert_called("models.list", times=1, cursor="2")


def test_a_list_without_items_is_the_example(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.list").answers()
    assert [model.task for model in client.models.list()] == ["image-embedding"]


def test_answers_that_are_not_typed_are_text_or_json(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("system.metrics").answers("requests 1").answers(b"requests 2").answers()
    fake.on("system.openapi").answers({"openapi": "3.1.0"})
    assert [client.request(METRICS) for _ in range(3)] == ["requests 1", "requests 2", ""]
    assert client.request(OPENAPI) == {"openapi": "3.1.0"}


def test_builders_give_what_a_deployment_gives() -> None:
    dog = classification("dog", 0.8, cat=0.15, wolf=0.05)
    assert [(one.label, one.score) for one in dog.predictions] == [
        ("dog", 0.8),
        ("cat", 0.15),
        ("wolf", 0.05),
    ]
    assert assert_type(answer(RETRIEVE, name="clothing", metrics=[]), Model).name == "clothing"
    assert item_error().error.code == "invalid_image"


def test_an_upload_is_answered_with_its_own_checksum(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("files.create").answers(filename="a.txt")
    stored = client.files.create(b"abc", purpose="batch")
    assert (stored.filename, stored.size_bytes, stored.purpose) == ("a.txt", 3, "batch")
    fake.on("files.create").answers({"sha256": "0" * 64})
    with pytest.raises(aiaas.AiaasError, match="is not what was sent"):
        client.files.create(b"abc")


def test_the_bytes_of_a_file_come_with_their_checksum(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("files.content").answers(b"abc")
    assert client.files.content("file_1").read() == b"abc"


def test_what_is_built_can_be_built_upon(fake: FakeCloud, client: aiaas.Client) -> None:
    card = answer(RETRIEVE)
    fake.on("models.list").answers(card, data=[card, answer(RETRIEVE, name="second")])
    assert [model.name for model in client.models.list()] == ["fashion-cnn", "second"]
    fake.on("models.retrieve").answers(card, labels=("a", "b"))
    assert client.models.retrieve("m").labels == ("a", "b")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: classification("dog", 1.5), "the score of 'dog' must be within 0 and 1; got 1.5"),
        (lambda: classification("dog", 0.1, cat=0.2), "'cat' would score better than"),
        (lambda: embedding(0, 0), "an embedding needs a number other than 0"),
        (lambda: item_error("invalid_imag"), "no problem 'invalid_imag'. Did you mean"),
    ],
)
def test_builders_refuse_what_cannot_be(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("operation", "given", "changes", "message"),
    [
        (
            "images.classify",
            [{"predictions": [{"label": "x", "score": "high"}], "width": None}],
            {},
            "images.classify cannot answer that: its ImageClassification would be wrong.\n"
            "  predictions.0.score must be a number; got 'high'\n"
            "  width must be a whole number; got None",
        ),
        (
            "images.classify",
            [{"predictions": [{"label": "x"}]}],
            {},
            "images.classify cannot answer that: its ImageClassification would be wrong.\n"
            "  predictions.0.score is required",
        ),
        (
            "images.classify",
            [{"widht": 3}],
            {},
            "ImageClassification, the answer of images.classify, has no field 'widht'. "
            "Did you mean 'width'?\n  It has: index, predictions, width, height, format.",
        ),
        (
            "images.classify",
            [],
            {"predictions": []},
            "'predictions' is a field of each ImageClassification in the answer of "
            "images.classify, not of the answer itself: pass {'predictions': ...}.",
        ),
        (
            "images.classify",
            [embedding(1)],
            {},
            "images.classify answers with ImageClassification; got ImageEmbedding.",
        ),
        (
            "images.classify",
            ["cat"],
            {},
            "images.classify answers JSON; got str. Pass its model, or the fields that matter.",
        ),
        (
            "models.retrieve",
            [],
            {"parameters": "many"},
            "models.retrieve cannot answer that: its Model would be wrong.\n"
            "  parameters must be a whole number; got 'many'",
        ),
        (
            "models.retrieve",
            [{}, {}],
            {},
            "models.retrieve gives one answer; got 2. "
            "For one after the other: .answers(first).answers(second)",
        ),
        (
            "system.metrics",
            [],
            {"requests": 1},
            "system.metrics answers bytes or text; it has no fields.",
        ),
    ],
)
def test_a_wrong_answer_is_refused_where_it_is_written(
    fake: FakeCloud, operation: str, given: list[Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(WrongAnswerError) as info:
        fake.on(operation).answers(*given, **changes)
    assert str(info.value) == message


def test_a_model_in_place_of_text_is_refused(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("system.metrics").answers(embedding(1))
    with pytest.raises(WrongAnswerError, match="answers bytes or text; got ImageEmbedding"):
        client.request(METRICS)


def test_a_wrong_answer_of_a_function_is_refused_when_the_call_comes(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("system.health").answers(lambda call: {"version": 3})
    with pytest.raises(WrongAnswerError, match="version must be a string; got 3"):
        client.request(HEALTH)


def test_as_many_results_as_pictures_are_needed(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").answers(classification("cat"), classification("dog"))
    with pytest.raises(WrongAnswerError) as info:
        client.images.classify(b"x")
    assert str(info.value) == (
        "images.classify: 2 results were scripted, but 1 input was sent. "
        "Script one result for all, or one for each."
    )


def test_what_travels_is_what_the_contract_says(fake: FakeCloud) -> None:
    from aiaas.testing._calls import Arrived
    from aiaas.testing._stub import Reply

    fake.on("system.health").answers(version="1.2.3")
    reply = fake.receive(
        Arrived(method="GET", url="http://x/healthz", headers={}, body=b""), timeout_s=None
    )
    assert isinstance(reply, Reply)
    assert json.loads(reply.body) == {"status": "ok", "version": "1.2.3"}


def label_of(result: aiaas.ImageClassification | aiaas.ItemError) -> str | None:
    return result.error.detail if isinstance(result, aiaas.ItemError) else result.label
