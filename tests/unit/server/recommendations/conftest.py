"""What tests of the catalogue, of users and of events share."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiaas_mock.context import ANONYMOUS, RequestContext
from aiaas_mock.inference.bundles import Catalogue
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.events import EventService
from aiaas_mock.services.recommendations.items import ItemService
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.services.recommendations.users import UserService
from aiaas_mock.services.text.inputs import TextRunner
from aiaas_mock.storage.recommendations import StoredEvent
from aiaas_mock.storage.sql import SqlStore

START = datetime(2026, 3, 1, 12, tzinfo=UTC)

ContextOf = Callable[..., RequestContext]


def clock() -> datetime:
    return START


@pytest.fixture
def now() -> datetime:
    """The time of the tests."""
    return START


@dataclass
class Told:
    """What the services told others."""

    items: list[str] = field(default_factory=list)
    users: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    events: list[tuple[str, Sequence[StoredEvent]]] = field(default_factory=list)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def store() -> AsyncIterator[SqlStore]:
    store = SqlStore(now=clock)
    yield store
    await store.close()


@pytest.fixture
def context_of(store: SqlStore) -> ContextOf:
    """Make the context of a request in a namespace, some seconds after the start."""
    made = iter(range(10_000))

    def make(namespace: str = "ours", *, after_s: float = 0) -> RequestContext:
        return RequestContext(
            request_id="req_1",
            namespace=namespace,
            principal=ANONYMOUS,
            deadline=float("1e9"),
            commit=store.run,
            now=lambda: START + timedelta(seconds=after_s),
            new_id=lambda prefix: f"{prefix}_{next(made)}",
        )

    return make


@pytest.fixture
def context(context_of: ContextOf) -> RequestContext:
    return context_of()


@pytest.fixture
def demo(tmp_path: Path) -> DemoCatalogue:
    """A demo of three items."""
    lines = [
        {"item_id": "d2", "title": "RED MUG", "metadata": {"price": 2.5, "tags": ["red"]}},
        {"item_id": "d1", "title": "BLUE MUG", "metadata": {"price": 3}},
        {"item_id": "d3", "title": "TEA POT", "metadata": {}},
    ]
    file = tmp_path / "catalogue.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return DemoCatalogue(file, START)


@pytest.fixture
def no_titles() -> Iterator[TitleVectors]:
    """Titles where there is no model for texts."""
    backend = LocalBackend(Catalogue([]))
    with ThreadPoolExecutor(1) as executor:
        yield TitleVectors(TextRunner(backend, executor), ModelDirectory(backend, {}))


@pytest.fixture
def items(store: SqlStore, demo: DemoCatalogue, no_titles: TitleVectors, told: Told) -> ItemService:
    return ItemService(store, demo, no_titles, on_items=told.items.append)


@pytest.fixture
def users(told: Told) -> UserService:
    return UserService(on_users=lambda *of: told.users.append(of))


@pytest.fixture
def ids() -> RecommendationIds:
    return RecommendationIds(b"a secret of the tests")


@pytest.fixture
def events(
    store: SqlStore, demo: DemoCatalogue, ids: RecommendationIds, told: Told
) -> EventService:
    return EventService(store, demo, ids, on_events=lambda *of: told.events.append(of))
