"""Titles become vectors with the model that embeds texts, where there is one."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aiaas.contract.recommendations.items import NewItem, UpsertItemsRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.items import ItemService
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.services.text.inputs import TextRunner
from aiaas_mock.storage.sql import SqlStore


@pytest.fixture
async def titles() -> AsyncIterator[TitleVectors]:
    """Titles with the word vectors that are shipped."""
    backend = LocalBackend(Catalogue.scan(SHIPPED))
    with ThreadPoolExecutor(1) as executor:
        runner = TextRunner(backend, executor)
        yield TitleVectors(runner, ModelDirectory(backend, {"text.embed": "word2vec"}))
    await backend.close()


def vector(packed: bytes | None) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    assert packed is not None
    return np.frombuffer(packed, "<f4")


async def test_titles_that_mean_alike_point_alike(
    titles: TitleVectors, context: RequestContext
) -> None:
    cat, kitten, none, bank, empty, unknown = await titles.of(
        [
            "the cat sat",
            "a cat and a dog",
            None,
            "interest rates of the bank",
            " \u200b ",
            "\u2603",
        ],
        context,
    )
    assert none is None
    assert empty is None
    assert unknown is None, "a vector of zeros has no direction"
    assert np.linalg.norm(vector(cat)) == pytest.approx(1, abs=1e-5)
    assert vector(cat) @ vector(kitten) > vector(cat) @ vector(bank)


async def test_items_are_kept_with_the_vectors_of_their_own_titles(
    titles: TitleVectors, store: SqlStore, context: RequestContext
) -> None:
    service = ItemService(store, DemoCatalogue.none(), titles, on_items=lambda namespace: None)
    new = [
        NewItem(id="faulty", title="the bank", metadata={"n": 2**70}),
        NewItem(id="untitled"),
        NewItem(id="cat", title="the cat sat"),
    ]
    await service.upsert(UpsertItemsRequest(items=tuple(new)), context)
    kept = await store.run(lambda tx: tx.items.list("ours", after=None, limit=5))
    (alone,) = await titles.of(["the cat sat"], context)
    assert {item.id: item.vector for item in kept} == {"cat": alone, "untitled": None}


async def test_without_a_model_there_are_no_vectors(
    no_titles: TitleVectors, context: RequestContext
) -> None:
    assert await no_titles.of(["the cat", None], context) == [None, None]


async def test_without_titles_no_model_is_asked(
    titles: TitleVectors, context: RequestContext
) -> None:
    assert await titles.of([None, ""], context) == [None, None]
    assert context.trace.batch_size == 0
