"""A PostgreSQL for tests: one that a variable names, or a cluster of our own while they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
import pytest

URL_VARIABLE: Final = "AIAAS_TEST_POSTGRES_URL"
"""URL of a server on which databases may be made and dropped."""

_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",  # nothing here outlives the machine; a killed process loses nothing by it
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "deadlock_timeout": "20ms",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


class PostgresServer:
    """Makes databases.

    Args:
        url: URL of the server's own database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = count()

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Make a database and give its URL."""
        name = f"aiaas_test_{os.getpid()}_{next(self._numbers)}"
        self.do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url_of(name)
        finally:
            self.do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url_of(self, name: str) -> str:
        """Return the URL of a database."""
        before, _, after = self._url.partition("://")
        host, _, rest = after.partition("/")
        _, question, options = rest.partition("?")
        return f"{before}://{host}/{name}{question}{options}"

    def do(self, statement: str) -> None:
        """Run a statement outside of a transaction."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Give the server that the variable names, or start one; skip where there is none."""
    if url := os.environ.get(URL_VARIABLE):
        yield PostgresServer(url)
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    if not programs:
        pytest.skip(f"PostgreSQL is not installed (Debian: postgresql), nor is {URL_VARIABLE} set")
    # Short, since it holds a socket; and not pytest's own, which only its user may enter.
    directory = Path(tempfile.mkdtemp(prefix="aiaas-pg-"))
    try:
        with _cluster(programs[-1], directory) as url:
            yield PostgresServer(url)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _version(programs: Path) -> int:
    return int(programs.parent.name.partition(".")[0])


@contextmanager
def _cluster(programs: Path, directory: Path) -> Iterator[str]:
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to be run by root
    if user is not None:
        shutil.chown(directory, user)
    data = directory / "data"
    # A collation of a language, as servers have: the store must not depend on it.
    collation = ["--locale-provider=icu", "--icu-locale=en"] if _version(programs) >= 15 else []
    made = subprocess.run(
        [
            *(str(programs / "initdb"), "--pgdata", str(data), "--username=aiaas", "--auth=trust"),
            *("--encoding=UTF8", "--no-sync", "--locale=C.UTF-8", *collation),
        ],
        user=user,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
    log, socket = f"--log={directory / 'log'}", f"-k {directory}"
    control = [str(programs / "pg_ctl"), "--pgdata", str(data), "--wait", "--silent"]
    started = [*control, log, f"--options={socket} {options}", "start"]
    subprocess.run(started, user=user, cwd=directory, check=True)
    try:
        yield f"postgresql://aiaas@/postgres?host={directory}"
    finally:
        stopped = [*control, "--mode=immediate", "stop"]
        subprocess.run(stopped, user=user, cwd=directory, check=True)
