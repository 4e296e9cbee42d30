"""What tests of every folder share."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import anyio
import httpx
import psycopg
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from tests.postgres import PostgresServer, postgres_server

from aiaas_mock.app import create_app
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.cards import Card, DataSet, Variant, write_card
from aiaas_mock.settings import Settings

API_KEY = "sk_mock_default_the-key-of-the-test-suite"

WriteBundle = Callable[..., Path]
Serve = Callable[..., ServerProcess]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, which is what server and SDK run on."""
    return "asyncio"


@pytest.fixture(scope="session")
def api_key() -> str:
    """A key with all scopes that the shared servers accept."""
    return API_KEY


@pytest.fixture
def serve(api_key: str) -> Iterator[Serve]:
    """Start `aiaas-mock serve` with further options; it is stopped after the test."""
    running: list[ServerProcess] = []

    def start(*arguments: str, **options: object) -> ServerProcess:
        keys = () if "--key-file" in arguments else ("--api-key", api_key)
        server = ServerProcess(*keys, *arguments, **options)  # type: ignore[arg-type]
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def live(api_key: str) -> Iterator[ServerProcess]:
    """A server with the shipped models for all tests that leave it as it is."""
    with ServerProcess("--api-key", api_key) as server:
        server.wait_for_log('"ready"')
        yield server


@pytest.fixture(scope="session")
async def app(anyio_backend: str, api_key: str) -> AsyncIterator[Starlette]:
    """The server in this process, started."""
    app = create_app(Settings(api_key=(SecretStr(api_key),)))
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test"
        ) as client:
            with anyio.fail_after(30):
                while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110  # over HTTP
                    await anyio.sleep(0.01)
        yield app


@pytest.fixture(scope="session")
async def in_process(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server in this process."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def write_bundle(tmp_path: Path) -> WriteBundle:
    """Write a tiny two-class bundle, whose weights only the null engine can run."""

    def write(folder: Path = tmp_path / "models", **changes: object) -> Path:
        card = Card.model_validate_json(json.dumps({**TINY_CARD, **changes}))
        place = folder / card.name / card.version
        place.mkdir(parents=True)
        for variant in card.variants.values():
            (place / variant.file).write_bytes(b"no real weights")
        if isinstance(card.output, ScoresOutput):
            (place / card.output.labels_file).write_text("cat\ndog\n", "utf-8")
        write_card(place, card)
        return place

    return write


TINY_CARD = Card(
    name="tiny",
    version="1",
    task="image-classification",
    summary="Two classes",
    origin="trained-by-us",
    input=ImageInput(width=2, height=2, mode="L", dtype="uint8"),
    output=ScoresOutput(size=2, labels_file="labels.txt"),
    max_batch=8,
    architecture="none",
    data=DataSet(name="none", licence="CC0-1.0", source="made up", split="none"),
    limits="Everything",
    licence="Apache-2.0",
    created=date(2026, 1, 2),
    variants={"float32": Variant(engine="litert", file="model.tflite")},
    default_variant="float32",
).model_dump(mode="json")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, if there is one."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """An empty database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database that has the tables."""
    from aiaas_mock.storage.sql.database import Database

    with postgres.database() as url:
        made = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
        Database(url, now=made, alone=False).close()
        yield url


@pytest.fixture
def postgres_tables(postgres_with_tables: str) -> Iterator[str]:
    """The URL of a database whose tables are empty: emptying them is quicker than making them."""
    yield postgres_with_tables
    from aiaas_mock.storage.sql.schema import metadata

    kept = ("store", "alembic_version")
    with psycopg.connect(postgres_with_tables) as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in kept:
                connection.execute(f"DELETE FROM {table.name}".encode())  # noqa: S608  # no input
