"""What type checkers must make of the SDK; checked by mypy and pyright, never run.

Every `assert_type` is an error when the SDK's types say something else, and every ignored error
is one when the SDK no longer refuses it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import aiaas
from aiaas.contract.images import CLASSIFY, ClassifyImagesRequest, ClassifyImagesResponse
from aiaas.contract.system import HEALTH, Health

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


def one_picture(client: aiaas.Client) -> None:
    answer = client.images.classify("cat.jpg", model="m", top_k=3, min_score=0.5)
    assert_type(answer, aiaas.ImageClassification)
    assert_type(answer.label, str | None)
    assert_type(answer.score, float)
    assert_type(answer.model, str | None)
    assert_type(answer.request_id, str | None)
    assert_type(answer.predictions, tuple[aiaas.Prediction, ...])
    assert_type(client.images.embed(b"...").vector, tuple[float, ...])


def pictures_of_every_kind(
    client: aiaas.Client, image: Image, pixels: NDArray[np.uint8], path: Path
) -> None:
    with path.open("rb") as file:
        client.images.classify(file)
    client.images.classify(path)
    client.images.classify(image)
    client.images.classify(pixels)
    client.images.classify(bytearray(b"..."))
    client.images.classify(memoryview(b"..."))
    client.images.classify(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def many_pictures(client: aiaas.Client, paths: list[Path], photos: Iterator[bytes]) -> None:
    answers = client.images.classify_many(paths, progress=print)
    assert_type(answers, list[aiaas.ImageClassification | aiaas.ItemError])
    for answer in answers:
        if isinstance(answer, aiaas.ItemError):
            assert_type(answer.error, aiaas.Problem)
        else:
            assert_type(answer.label, str | None)
    client.images.embed_many(photos, concurrency=2)


def models(client: aiaas.Client) -> None:
    for model in client.models.list(task="image-classification"):
        assert_type(model, aiaas.Model)
    for page in client.models.list().pages():
        assert_type(page, aiaas.Page[aiaas.Model])
        assert_type(page.request_id, str | None)
    assert_type(client.models.retrieve("m").metrics, tuple[aiaas.Metric, ...])


def any_operation(client: aiaas.Client, request: ClassifyImagesRequest) -> None:
    assert_type(client.request(HEALTH), Health)
    assert_type(client.request(CLASSIFY, request), ClassifyImagesResponse)


def errors(error: aiaas.APIStatusError, lost: aiaas.APIConnectionError) -> None:
    assert_type(error.status, int)
    assert_type(error.code, str | None)
    assert_type(error.retryable, bool)
    assert_type(error.errors, tuple[aiaas.ProblemDetail, ...])
    assert_type(lost.host, str)


async def asynchronous(client: aiaas.AsyncClient) -> None:
    async with client as same:
        assert_type(same, aiaas.AsyncClient)
    assert_type(await client.images.classify("cat.jpg"), aiaas.ImageClassification)
    assert_type(
        await client.images.embed_many(["cat.jpg"]), list[aiaas.ImageEmbedding | aiaas.ItemError]
    )
    assert_type(client.models.list().pages(), AsyncIterator[aiaas.Page[aiaas.Model]])
    async for model in client.models.list():
        assert_type(model, aiaas.Model)
    assert_type(await client.request(HEALTH), Health)
