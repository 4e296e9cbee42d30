"""`LocalBackend`: models are loaded once, chains run base first, nothing is left running."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiaas_mock.inference.backend import DeadlineExceeded, ModelUnavailable
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.inference.local import LocalBackend

WriteBundle = Callable[..., Path]
EMBEDDING = {"task": "image-embedding", "output": {"kind": "embedding", "size": 3}}
PICTURES = np.zeros((5, 2, 2, 1), np.uint8)


def soon() -> float:
    return asyncio.get_running_loop().time() + 10


@pytest.fixture
def catalogue(write_bundle: WriteBundle, tmp_path: Path) -> Catalogue:
    """A classifier, an embedding model, and a head on the latter."""
    write_bundle()
    write_bundle(name="base", **EMBEDDING)
    write_bundle(name="head", base="base@1", input={"kind": "vector", "size": 3})
    return Catalogue.scan(tmp_path / "models")


@pytest.fixture
def batches() -> list[tuple[str, int]]:
    """Which model ran how many inputs."""
    return []


@pytest.fixture
def open_backend(catalogue: Catalogue, batches: list[tuple[str, int]]) -> Callable[..., Any]:
    def make(*warm: str, **options: Any) -> LocalBackend:
        refs = [catalogue.resolve(name) for name in warm]
        return LocalBackend(
            catalogue,
            warm=refs,
            observe=lambda model, size, _: batches.append((model, size)),
            **{"engine": "null", **options},
        )

    return make


async def test_models_are_loaded_at_start_or_on_first_use(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend("tiny")
    assert backend.loaded() == ()
    await backend.start()
    assert backend.loaded() == ("tiny@1",)
    await backend.infer(catalogue.resolve("base"), PICTURES, deadline=soon())
    assert backend.loaded() == ("base@1", "tiny@1")
    await backend.close()
    assert backend.loaded() == ()


async def test_a_head_runs_on_the_output_of_its_base(
    open_backend: Callable[..., LocalBackend],
    catalogue: Catalogue,
    batches: list[tuple[str, int]],
) -> None:
    backend = open_backend()
    answer = await backend.infer(catalogue.resolve("head"), PICTURES, deadline=soon())
    assert answer.outputs.shape == (5, 2)
    assert batches == [("base@1", 5), ("head@1", 5)]
    await backend.close()


async def test_warming_a_head_warms_its_base(open_backend: Callable[..., LocalBackend]) -> None:
    backend = open_backend("head")
    await backend.start()
    assert backend.loaded() == ("base@1", "head@1")
    await backend.close()


async def test_many_callers_of_a_cold_model_share_one_loading(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend()
    ref = catalogue.resolve("tiny")
    calls = [backend.infer(ref, PICTURES, deadline=soon()) for _ in range(20)]
    running = [asyncio.ensure_future(call) for call in calls]
    await asyncio.sleep(0)
    assert len(backend._loading) == 1
    answers = await asyncio.gather(*running)
    assert all(len(answer.outputs) == 5 for answer in answers)
    assert backend._loading == {}
    await backend.close()


async def test_a_caller_that_leaves_does_not_spoil_the_loading_for_others(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend()
    ref = catalogue.resolve("tiny")
    first, second = (
        asyncio.ensure_future(backend.infer(ref, PICTURES, deadline=soon())) for _ in range(2)
    )
    await asyncio.sleep(0)
    first.cancel()
    assert len((await second).outputs) == 5
    assert first.cancelled()
    await backend.close()


async def test_weights_that_cannot_be_loaded_are_tried_again_the_next_time(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend(engine="litert")
    ref = catalogue.resolve("tiny")
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match=r"LiteRT cannot load model\.tflite"):
            await backend.infer(ref, PICTURES, deadline=soon())
    assert backend.loaded() == ()
    await backend.close()


async def test_a_file_that_changed_under_the_server_is_not_loaded(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    ref = catalogue.resolve("tiny")
    (ref.bundle.folder / "model.tflite").write_bytes(b"other weights!!")
    backend = open_backend(engine="litert")
    with pytest.raises(ModelUnavailable, match="was changed"):
        await backend.infer(ref, PICTURES, deadline=soon())
    await backend.close()


async def test_a_deadline_in_the_past_is_exceeded(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend("tiny")
    await backend.start()
    with pytest.raises(DeadlineExceeded):
        await backend.infer(catalogue.resolve("tiny"), PICTURES, deadline=0.0)
    await backend.close()


async def test_variants_are_models_of_their_own(
    open_backend: Callable[..., LocalBackend], catalogue: Catalogue
) -> None:
    backend = open_backend()
    variant: ModelRef = catalogue.resolve("tiny:float32")
    await backend.infer(variant, PICTURES, deadline=soon())
    assert backend.loaded() == ("tiny@1:float32",)
    await backend.close()


async def test_closing_twice_is_safe(open_backend: Callable[..., LocalBackend]) -> None:
    backend = open_backend("tiny")
    await backend.start()
    await backend.close()
    await backend.close()
