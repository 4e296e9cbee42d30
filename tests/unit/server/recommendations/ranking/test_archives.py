"""The files of trained models: packed, unpacked, and in memory for a while."""

import asyncio
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.recommendations.ranking.conftest import Shop

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.recommenders import load_recommender
from aiaas_mock.services.recommendations.recommenders import RecommenderShelf, pack, unpack


def test_an_archive_comes_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "model.bin").write_bytes(b"weights")
    (tmp_path / "in" / "link").symlink_to("/etc/hostname")
    unpack(pack(tmp_path / "in"), tmp_path / "out")
    assert [path.name for path in sorted((tmp_path / "out").rglob("*"))] == ["deep", "model.bin"]


@pytest.mark.parametrize("name", ["../outside", "link"])
def test_an_archive_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "../../outside"
        archive.addfile(member)
    with pytest.raises(ValueError, match="not an archive of a model"):
        unpack(packed.getvalue(), tmp_path / "model")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an archive"):
        unpack(b"not an archive", tmp_path)


def test_an_archive_larger_than_any_model_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    with pytest.raises(ValueError, match="too large"):
        unpack(packed.getvalue(), tmp_path, most_bytes=-1)


async def test_models_unused_for_longest_are_forgotten(shop: Shop) -> None:
    loaded: list[Path] = []
    for version in (1, 2):
        await shop.keep_model(f"mine@{version}", ["a"], [[0.0]])

    def load(folder: Path) -> Any:
        loaded.append(folder)
        return load_recommender(folder)

    with ThreadPoolExecutor(1) as executor:
        shelf = RecommenderShelf(shop.store, executor, load, most=1)
        first = await asyncio.gather(*[shelf.trained("ours", "mine@1") for _ in range(3)])
        assert len(loaded) == 1
        assert first[0] is first[2]
        await shelf.trained("ours", "mine@2")
        assert shelf.ready("ours", "mine@1") is None
        assert shelf.ready("ours", "mine@2") is not None
        with pytest.raises(ApiError, match="model_not_found"):
            await shelf.trained("theirs", "mine@1")
        with pytest.raises(ApiError, match="model_unavailable"):
            await shelf.bundled("retail@1", shop.folder)
