"""Trained models in memory, shared by the requests that they answer.

A model comes as an archive of files from the store, or as a folder from a bundle. It is unpacked,
read and forgotten again off the event loop.
"""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from weakref import WeakValueDictionary

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.recommenders import Recommender, RecommenderError
from aiaas_mock.storage import Store

_MOST_MODELS: Final = 16
_MOST_BYTES: Final = 2 * 2**30
"""Unpacked; more is no model that was trained here."""


_Key = tuple[str, str, datetime | None]

LoadRecommender = Callable[[Path], Recommender]
"""Reads a model from its folder."""


class RecommenderShelf:
    """The models that were asked for lately; those unused for longest are forgotten.

    Args:
        store: Where the archives are.
        executor: Where models are unpacked and read.
        load: Reads a model.
        most: Most models that are in memory.
    """

    def __init__(
        self, store: Store, executor: Executor, load: LoadRecommender, *, most: int = _MOST_MODELS
    ) -> None:
        self._store = store
        self._executor = executor
        self._load = load
        self._most = most
        self._models: OrderedDict[_Key, Recommender] = OrderedDict()
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    def ready(
        self, namespace: str, model_id: str, made_at: datetime | None = None
    ) -> Recommender | None:
        """Return a model if it is in memory; `made_at` tells it from one that had its id before."""
        key = namespace, model_id, made_at
        model = self._models.get(key)
        if model is not None:
            self._models.move_to_end(key)
        return model

    def forget(self, namespace: str) -> None:
        """Forget the models of a namespace: others may come by their names."""
        for key in [key for key in self._models if key[0] == namespace]:
            del self._models[key]

    async def trained(
        self, namespace: str, model_id: str, made_at: datetime | None = None
    ) -> Recommender:
        """Return a model that was trained in a namespace.

        After the namespace was reset, here or by another server, other models come by the same
        ids: when a model was made says which it is.

        Raises:
            ApiError: There is no such model any longer, or it cannot be read.
        """

        async def read() -> Recommender:
            packed = await self._store.run(lambda tx: tx.recommenders.archive(namespace, model_id))
            if packed is None:
                raise unknown_model(model_id)
            return await self._off_loop(lambda: _unpacked(packed, self._load))

        return await self._kept((namespace, model_id, made_at), read)

    async def bundled(self, model_id: str, folder: Path) -> Recommender:
        """Return the model of a bundle, which all namespaces share.

        Raises:
            ApiError: It cannot be read.
        """

        async def read() -> Recommender:
            return await self._off_loop(lambda: self._load(folder))

        return await self._kept(("", model_id, None), read)

    async def _kept(self, key: _Key, read: Callable[[], Awaitable[Recommender]]) -> Recommender:
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            model = self.ready(*key)
            if model is None:
                model = self._models[key] = await read()
                if len(self._models) > self._most:
                    self._models.popitem(last=False)
            return model

    async def _off_loop(self, work: Callable[[], Recommender]) -> Recommender:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except (OSError, ValueError, RecommenderError) as error:
            raise ApiError("model_unavailable", "The model's files cannot be read.") from error


def pack(folder: Path) -> bytes:
    """Return the files of a folder as one archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                archive.add(file, arcname=str(file.relative_to(folder)), recursive=False)
    return packed.getvalue()


def unpack(packed: bytes, folder: Path, *, most_bytes: int = _MOST_BYTES) -> None:
    """Write the files of an archive into a folder, and nowhere else.

    Raises:
        ValueError: It is no archive of ours, or larger than any model is.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
            members = archive.getmembers()
            if sum(member.size for member in members) > most_bytes:
                raise ValueError("the archive is too large for a model")
            archive.extractall(folder, members, filter="data")  # the filter refuses
    except tarfile.TarError as error:
        raise ValueError("not an archive of a model") from error


def unknown_model(reference: str) -> ApiError:
    """Refuse a model that is not there."""
    return ApiError(
        "model_not_found",
        f"There is no model {reference!r} that recommends; "
        "GET /v1/recommendations/models lists those there are.",
        param="/model",
    )


def _unpacked(packed: bytes, load: LoadRecommender) -> Recommender:
    with TemporaryDirectory(prefix="aiaas-model-") as folder:
        unpack(packed, Path(folder))
        return load(Path(folder))
