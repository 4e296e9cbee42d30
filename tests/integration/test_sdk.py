"""The SDK against the server, both as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import aiaas
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT, CUT_OFF, NOT_A_PICTURE

PHOTOS = Path(__file__).parents[2] / "examples" / "photos"


@pytest.fixture(scope="module")
def client(live: ServerProcess, api_key: str) -> Iterator[aiaas.Client]:
    with aiaas.Client(api_key, base_url=live.url) as client:
        yield client


def test_a_photo_is_classified(client: aiaas.Client) -> None:
    answer = client.images.classify(PHOTOS / "cat.jpg")
    assert "cat" in (answer.label or "").lower()


def test_64_pictures_with_3_bad_ones_give_61_answers_in_place(client: aiaas.Client) -> None:
    pictures = [ANKLE_BOOT] * 64
    pictures[5], pictures[31], pictures[63] = NOT_A_PICTURE, CUT_OFF, b""
    answers = client.images.classify_many(pictures, model="fashion-cnn")
    assert [answer.index for answer in answers] == list(range(64))
    failed = {a.index: a.error.code for a in answers if isinstance(a, aiaas.ItemError)}
    assert failed == {5: "invalid_image", 31: "invalid_image", 63: "empty_input"}
    labels = {a.label for a in answers if not isinstance(a, aiaas.ItemError)}
    assert labels == {"Ankle boot"}


async def test_the_asynchronous_client_gives_the_same(
    client: aiaas.Client, live: ServerProcess, api_key: str
) -> None:
    pictures = [PHOTOS / name for name in ("cat.jpg", "hot_dog.jpg", "parrot.jpg")]
    async with aiaas.AsyncClient(api_key, base_url=live.url) as asynchronous:
        answers = await asynchronous.images.classify_many(pictures)
    assert answers == client.images.classify_many(pictures)


def test_a_single_bad_picture_raises(client: aiaas.Client) -> None:
    with pytest.raises(aiaas.InvalidInputError) as caught:
        client.images.classify(NOT_A_PICTURE)
    assert caught.value.code == "invalid_image"


def test_like_pictures_have_near_vectors(client: aiaas.Client) -> None:
    cat, again, dog = (
        client.images.embed(PHOTOS / name) for name in ("cat.jpg", "cat.jpg", "hot_dog.jpg")
    )
    assert cosine(cat, again) == pytest.approx(1.0, abs=1e-5)
    assert cosine(cat, dog) < 0.95


def cosine(one: aiaas.ImageEmbedding, other: aiaas.ImageEmbedding) -> float:
    return sum(a * b for a, b in zip(one.vector, other.vector, strict=True))


def test_the_list_of_models_iterates_over_all_pages(client: aiaas.Client) -> None:
    whole = [model.id for model in client.models.list()]
    assert [model.id for model in client.models.list(limit=1)] == whole
    assert "fashion-cnn@1" in whole


def test_an_unknown_model_raises(client: aiaas.Client) -> None:
    with pytest.raises(aiaas.NotFoundError) as caught:
        client.models.retrieve("no-such-model")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "/model")


def test_a_wrong_key_raises(live: ServerProcess) -> None:
    with (
        aiaas.Client("nobody-ever-issued-this", base_url=live.url) as client,
        pytest.raises(aiaas.AuthenticationError),
    ):
        client.models.retrieve("fashion-cnn")
