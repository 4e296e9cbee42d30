"""Raw tensors through every model that we ship: ids are checked before they share a batch."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aiaas_mock.context import ANONYMOUS, RequestContext, utc_now
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Array
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.inference.rows import has_ids, id_limits
from aiaas_mock.services.tensors import MAX_ROWS, TensorService
from aiaas_mock.storage.sql import SqlStore

CATALOGUE = Catalogue.scan(SHIPPED)
MODELS = [
    model_id
    for model_id, bundle in CATALOGUE.bundles.items()
    if bundle.card.task != "recommendation"
]
WITH_IDS = [name for name in MODELS if has_ids(CATALOGUE.bundles[name].card.input)]


@pytest.fixture(scope="module")
async def tensors(anyio_backend: str) -> AsyncIterator[TensorService]:
    backend = LocalBackend(CATALOGUE)
    with ThreadPoolExecutor(1) as executor:
        yield TensorService(backend, executor)
    await backend.close()


@pytest.fixture
async def context() -> RequestContext:
    return RequestContext(
        request_id="req_1",
        namespace="default",
        principal=ANONYMOUS,
        deadline=asyncio.get_running_loop().time() + 60,
        commit=SqlStore(now=utc_now).run,
    )


def zeros(tensors: TensorService, model: str, rows: int) -> Array:
    row = tensors.takes(tensors.find(model))
    return np.zeros((rows, *row.shape), row.dtype)


@pytest.mark.parametrize("model", MODELS)
async def test_every_shipped_model_answers_a_raw_tensor(
    model: str, tensors: TensorService, context: RequestContext
) -> None:
    ref = tensors.find(model)
    answer = await tensors.run(ref, zeros(tensors, model, 3), context)
    assert answer.shape == (3, *tensors.gives(ref).shape)
    assert np.isfinite(answer).all()
    assert (context.trace.model, context.trace.inputs) == (model, 3)


@pytest.mark.parametrize("model", WITH_IDS)
async def test_every_id_up_to_the_last_one_is_in_the_models_tables_and_the_next_is_refused(
    model: str, tensors: TensorService, context: RequestContext
) -> None:
    ref = tensors.find(model)
    limits = id_limits(ref.bundle)
    ids = np.isfinite(limits)
    rows = zeros(tensors, model, 1)
    rows[0, ids] = limits[ids] - 1
    assert np.isfinite(await tensors.run(ref, rows, context)).all()
    for place in (0, int(np.flatnonzero(ids)[-1])):
        wrong = rows.copy()
        wrong[0, place] = limits[place]
        with pytest.raises(ApiError, match=f"at place {place} what is no id") as caught:
            await tensors.run(ref, wrong, context)
        assert caught.value.code == "invalid_request"


@pytest.mark.parametrize("number", [-1, 0.5])
async def test_a_number_that_is_no_id_is_refused(
    number: float, tensors: TensorService, context: RequestContext
) -> None:
    rows = zeros(tensors, "lstm-lm", 2)
    rows[1, 0] = number
    with pytest.raises(ApiError, match="Row 1 has at place 0"):
        await tensors.run(tensors.find("lstm-lm"), rows, context)


@pytest.mark.parametrize("number", [np.nan, np.inf])
async def test_a_number_that_is_not_finite_is_refused(
    number: float, tensors: TensorService, context: RequestContext
) -> None:
    rows = zeros(tensors, "fashion-cnn", 1)
    rows[0, 3, 4, 0] = number
    with pytest.raises(ApiError, match="not finite"):
        await tensors.run(tensors.find("fashion-cnn"), rows, context)


async def test_more_rows_than_a_request_may_have_are_refused(
    tensors: TensorService, context: RequestContext
) -> None:
    rows = zeros(tensors, "sentiment-en", MAX_ROWS + 1)
    with pytest.raises(ApiError, match="a request may have 4096"):
        await tensors.run(tensors.find("sentiment-en"), rows, context)


async def test_loading_a_model_is_no_inference(
    tensors: TensorService, context: RequestContext
) -> None:
    await tensors.load(tensors.find("fashion-cnn:int8"), context)
    assert "fashion-cnn@1:int8" in tensors.loaded()
    assert context.trace.model is None


def test_versions_and_variants_are_found_by_name(tensors: TensorService) -> None:
    assert tensors.find("fashion-cnn:int8", "1").id == "fashion-cnn@1:int8"
    with pytest.raises(ApiError, match="no model 'fashion-cnn@2'"):
        tensors.find("fashion-cnn", "2")
