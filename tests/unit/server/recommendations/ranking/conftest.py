"""A small shop in memory: everything about recommendations, without HTTP."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from aiaas.contract.operations import get_operation
from aiaas_mock.context import ANONYMOUS, RequestContext
from aiaas_mock.http.answers import encode
from aiaas_mock.inference.bundles import Catalogue
from aiaas_mock.inference.cards import CARD_FILE, Card, write_card
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.inference.recommenders import Artefact, Manifest, write_artefact
from aiaas_mock.inference.recommenders.manifest import NeighboursMember
from aiaas_mock.inference.recommenders.neighbours import Neighbours
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.recommending import Recommending
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.plain import Plain
from aiaas_mock.services.recommendations.column_kinds import field_type
from aiaas_mock.services.recommendations.recommenders import pack
from aiaas_mock.settings import Settings
from aiaas_mock.storage.recommendations import StoredItem, StoredModel
from aiaas_mock.storage.sql import SqlStore

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINEAR = (
    ("a", "b", "c", "d"),
    ((0.0, 0.5, 0.25, 0.0), (0.5, 0.0, 0.0, 0.125), (0.25, 0.0, 0.0, 0.0), (0.0, 0.0, 0.5, 0.0)),
)
"""Items, and what each speaks for."""
REPORT = json.dumps(
    {
        "family": "item-knn",
        "candidate": {
            "recall@10": 0.25,
            "ndcg@10": 0.125,
            "hit@10": 0.5,
            "coverage": 0.75,
            "novelty": 7.5,
        },
        "held_out_users": 9,
        "promote": True,
        "reason": "First.",
        "events": 120,
        "items": 4,
    }
)


def item(item_id: str, **changes: Any) -> StoredItem:
    """Make an item with a title."""
    return replace(StoredItem(id=item_id, title=item_id.upper(), updated_at=START), **changes)


class Silence:
    """A log that nobody reads."""

    def info(self, event: str, **fields: Any) -> None:
        """Say nothing."""

    def error(self, event: str, **fields: Any) -> None:
        """Say nothing."""


@dataclass
class Shop:
    """Answers operations in a namespace."""

    store: SqlStore
    recommending: Recommending
    folder: Path
    now: datetime = START
    handlers: Mapping[str, Any] = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.handlers = self.recommending.handlers()

    def context(self, namespace: str = "ours") -> RequestContext:
        """Make the context of a request."""
        return RequestContext(
            request_id="req_1",
            namespace=namespace,
            principal=ANONYMOUS,
            deadline=1e9,
            commit=self.store.run,
            now=lambda: self.now,
            new_id=self._new_id,
        )

    async def call(self, name: str, namespace: str = "ours", /, **request: Any) -> Any:
        """Answer an operation of ``recommendations``, as it would travel."""
        operation = get_operation(f"recommendations.{name}")
        asked = None if operation.request is None else operation.request.model_validate(request)
        answer = await self.handlers[operation.name](asked, self.context(namespace))
        if isinstance(answer, Plain):
            # What is written without a model is what the model would have written, to the byte.
            written = answer
            answer = written.read()
            assert encode(operation, written) == encode(operation, answer)
        return cast("Any", answer.model_dump(mode="json"))

    async def ids(self, name: str, namespace: str = "ours", /, **request: Any) -> list[str]:
        """Return the items of an answer."""
        answer = await self.call(name, namespace, **request)
        return [item["item_id"] for item in answer["items"]]

    async def stock(
        self,
        *item_ids: str,
        namespace: str = "ours",
        vectors: Mapping[str, Any] | None = None,
        **metadata: Any,
    ) -> None:
        """Put items on the shelves, with vectors as a model of texts would have made them."""
        items = [
            StoredItem(
                id=item_id,
                title=f"ITEM {item_id}",
                metadata=metadata,
                vector=_packed((vectors or {}).get(item_id)),
                updated_at=self.now,
            )
            for item_id in item_ids
        ]
        last = replace(items[-1], id="to-be-deleted", metadata={})
        await self.store.run(lambda tx: tx.items.upsert(namespace, [*items, last]))
        fields = {name: field_type(value) for name, value in metadata.items()}
        await self.store.run(lambda tx: tx.items.declare(namespace, fields))
        await self.call("items.delete", namespace, item=last.id)  # which tells of the change

    async def tell(self, *events: tuple[str, str, str], namespace: str = "ours") -> None:
        """Tell of events: user, type and item, a second after the other."""
        for start in range(0, len(events), 1000):
            sent = []
            for user, kind, item in events[start : start + 1000]:
                self.now += timedelta(seconds=1)
                sent.append({"user": user, "type": kind, "item": item, "time": self.now})
            answer = await self.call("events.create", namespace, events=sent)
            assert not answer["errors"]

    async def keep_model(
        self, model_id: str, items: Sequence[str], matrix: Sequence[Sequence[float]]
    ) -> None:
        """Keep a linear model, as training would: rows say what an item speaks for."""
        folder = self.folder / model_id
        write_linear(folder, items, matrix)
        model = StoredModel(
            id=model_id,
            family="item-knn",
            created_at=self.now,
            job="job_1",
            events=120,
            items=len(items),
            report=REPORT,
            decision="First.",
        )
        archive = pack(folder)
        await self.store.run(lambda tx: tx.recommenders.add("ours", model, archive))

    def _new_id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}_{self.made}"


def write_linear(
    folder: Path, items: Sequence[str], matrix: Sequence[Sequence[float]], prior: float = 0.0
) -> None:
    """Write a linear model; the prior falls from the first item on."""
    size = len(items)
    neighbours = Neighbours(
        np.arange(size + 1, dtype=np.int64) * size,
        np.tile(np.arange(size, dtype=np.int32), size),
        np.array(matrix, np.float32).ravel(),
    )
    member = NeighboursMember(family="item-knn", file="knn.npz")
    manifest = Manifest(family="item-knn", items=size, members=(member,))
    falling = (prior * np.arange(size, 0, -1)).astype(np.float32)
    write_artefact(folder, Artefact(manifest, tuple(items), falling, {"knn.npz": neighbours}))


def _packed(vector: Sequence[float] | None) -> bytes | None:
    if vector is None:
        return None
    numbers = np.array(vector, "<f4")
    packed: bytes = (numbers / np.linalg.norm(numbers)).astype("<f4").tobytes()
    return packed


@asynccontextmanager
async def open_shop(folder: Path, catalogue: Catalogue, store: SqlStore) -> AsyncIterator[Shop]:
    """Open a shop without a model of texts: items have the vectors that tests give them."""
    backend = LocalBackend(catalogue)
    with ThreadPoolExecutor(1) as executor:
        recommending = Recommending(
            Settings(),
            store,
            b"a secret of the tests",
            backend,
            ModelDirectory(backend, {}),
            StoreJobQueue(),
            executor,
            log=Silence(),
            now=lambda: made.now,
            clock=lambda: made.now.timestamp(),
        )
        made = Shop(store, recommending, folder)
        recommending.start()
        yield made
        await recommending.close()
        await store.close()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that knows nothing yet."""
    async with open_shop(tmp_path, Catalogue([]), SqlStore(now=lambda: START)) as made:
        yield made


@pytest.fixture
async def demo_shop(tmp_path: Path, write_bundle: Callable[..., Path]) -> AsyncIterator[Shop]:
    """A shop whose server has the demo's bundle."""
    following = write_bundle(name="retail-next")
    write_linear(following, LINEAR[0], LINEAR[1][::-1])
    write_card(following, Card.model_validate_json((following / CARD_FILE).read_bytes()))
    folder = write_bundle(name="retail")
    write_linear(folder, *LINEAR, prior=0.01)
    lines = [{"item_id": item, "title": item.upper(), "metadata": {}} for item in LINEAR[0]]
    (folder / "catalogue.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    write_card(folder, Card.model_validate_json((folder / CARD_FILE).read_bytes()))
    catalogue = Catalogue.scan(folder.parent.parent)
    async with open_shop(tmp_path, catalogue, SqlStore(now=lambda: START)) as made:
        yield made
