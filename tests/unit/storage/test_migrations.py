"""Old databases are brought up to the tables of today, and newer ones left alone."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from aiaas_mock.storage import StoredAnswer, StoredEvent, StoreError, UsageCount
from aiaas_mock.storage.sql import SqlStore
from aiaas_mock.storage.sql.engines import make_engine
from aiaas_mock.storage.sql.versions import NEWEST, VERSIONS, prepare

At = Callable[[float], datetime]

OLD = Path(__file__).with_name("version_1.sql")


@pytest.fixture
def old_directory(tmp_path: Path) -> Path:
    """A data directory as the first release left it."""
    with closing(sqlite3.connect(tmp_path / "aiaas.db")) as connection:
        connection.executescript(OLD.read_text("utf-8"))
    return tmp_path


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    engine = make_engine(url, connections=2)
    yield engine
    engine.dispose()


def described(connection: Connection) -> dict[str, Any]:
    """Describe the tables as the database knows them."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))
        return {row.name: re.sub(r"\s+", " ", row.sql or "") for row in rows}
    found = inspect(connection)
    return {
        table: (
            [{**column, "type": repr(column["type"])} for column in found.get_columns(table)],
            found.get_pk_constraint(table),
            found.get_foreign_keys(table),
            found.get_unique_constraints(table),
            sorted(found.get_indexes(table), key=lambda index: str(index["name"])),
        )
        for table in found.get_table_names()
    }


def test_all_steps_and_a_new_database_give_the_same_tables(engine: Engine, at: At) -> None:
    with engine.begin() as connection:
        prepare(connection, at(0))
        new = described(connection)
    made = MetaData()
    made.reflect(engine)
    with engine.begin() as connection:
        made.drop_all(connection)
        assert "store" not in described(connection)
        # No step was taken: that is what an empty table of steps says.
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
        _take_first_step(connection)
        prepare(connection, at(0))
        stepped = described(connection)
    for tables in (new, stepped):
        tables.pop("alembic_version")
        tables.pop("sqlite_autoindex_alembic_version_1", None)
    assert stepped == new


def _take_first_step(connection: Connection) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    step = _scripts().get_revision("0001")
    assert step is not None
    with Operations.context(MigrationContext.configure(connection)):
        step.module.upgrade()


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "aiaas_mock.storage.sql:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def test_the_versions_are_the_steps() -> None:
    steps = [script.revision for script in _scripts().walk_revisions()]
    assert tuple(reversed(steps)) == VERSIONS


async def test_what_the_first_release_kept_is_all_there(old_directory: Path, at: At) -> None:
    store = SqlStore.in_directory(old_directory, now=lambda: at(50))
    file = await store.run(lambda tx: tx.files.get("ours", "file_1", now=at(1)))
    assert file is not None
    assert (file.filename, file.created_at, file.expires_at) == ("notes.txt", at(0), at(86400))
    pieces = await store.run(lambda tx: [tx.files.piece("ours", "file_1", n) for n in range(3)])
    assert pieces == [b"abc", b"def", None]
    claimed = await store.run(
        lambda tx: tx.answers.claim("ours", "k", owner="p", now=at(1), until=at(2))
    )
    assert claimed is not None
    assert claimed.answer == StoredAnswer(
        fingerprint=b"f", status=200, media_type="application/json", body=b"{}"
    )
    assert await store.run(lambda tx: tx.usage.read("ours")) == [
        UsageCount(operation="files.create", requests=3, failed_requests=1, inputs=2)
    ]
    assert await store.run(lambda tx: tx.usage.since()) == at(0)
    await store.close()


async def test_an_old_database_takes_what_is_new(old_directory: Path, at: At) -> None:
    event = StoredEvent(id="e", type="view", user="u", item="i", time=at(0))
    for expected in (True, False):  # the second time nothing is left to be done
        store = SqlStore.in_directory(old_directory, now=lambda: at(0))
        assert await store.run(lambda tx: tx.events.add("ours", [event])) == [expected]
        await store.close()


async def test_the_first_release_refuses_what_was_brought_up(old_directory: Path, at: At) -> None:
    store = SqlStore.in_directory(old_directory, now=lambda: at(0))
    await store.open()
    await store.close()
    with closing(sqlite3.connect(old_directory / "aiaas.db")) as connection:
        [(version,)] = connection.execute("SELECT version FROM store")
        [(step,)] = connection.execute("SELECT version_num FROM alembic_version")
    assert (version > 1, step) == (True, NEWEST)


def test_a_newer_version_is_refused_and_stays_as_it_is(engine: Engine, at: At) -> None:
    with engine.begin() as connection:
        prepare(connection, at(0))
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    with (
        engine.begin() as connection,
        pytest.raises(StoreError, match=f"version 0099 and this server knows {NEWEST}"),
    ):
        prepare(connection, at(0))


def test_alembic_is_not_loaded_for_a_database_that_needs_no_step(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom datetime import UTC, datetime\n"
        "from aiaas_mock.storage.sql.database import Database\n"
        "for _ in range(2):\n"
        "    Database(sys.argv[1], now=datetime.now(UTC), alone=True).close()\n"
        "print('alembic' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'aiaas.db'}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "False\n"
