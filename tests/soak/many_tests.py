"""``python -m tests.soak.many_tests``: 10,000 tests of eight processes at once on one server.

They are tests as customers write them, with the fixtures of the pytest plugin. Each makes state of
every kind in its own namespace, and fails when it sees anything of another's.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from aiaas_mock.conformance import ServerProcess

_TESTS: Final = """
import pytest

import aiaas


@pytest.mark.parametrize("number", range({count}))
@pytest.mark.aiaas(frozen="2026-03-01T12:00:00Z")
def test_sees_only_what_is_its_own(aiaas_mock, aiaas_client, number):
    aiaas_mock.seed = number % 7
    aiaas_mock.clock.advance(number)
    if number % 2:
        aiaas_mock.faults.add("status", operation="models.retrieve", times=1, status=500)
    if number % 3 == 0:
        aiaas_mock.limits.set(600, remaining=9)
    aiaas_client.files.create(b"%d" % number, filename=f"{{number}}.txt")
    if number % 5 == 0:
        merge = {{"/results/0/language": "xx"}}
        aiaas_mock.overrides.add("text.detect_language", merge=merge)
    hurt = aiaas_mock.client(retries=0)
    if number % 2:
        with pytest.raises(aiaas.ServerError):
            hurt.models.retrieve("fashion-cnn")
    assert hurt.models.retrieve("fashion-cnn").id == "fashion-cnn@1"
    found = aiaas_client.text.detect_language("It is a fine day, and we are glad of it.")
    assert found.language == ("xx" if number % 5 == 0 else "en")
    assert [file.filename for file in aiaas_client.files.list()] == [f"{{number}}.txt"]
    usage = {{row.operation: row.requests for row in aiaas_client.usage.retrieve().data}}
    assert usage["files.create"] == 1
    assert aiaas_mock.clock.now.timestamp() == 1772366400 + number
    assert len(aiaas_mock.requests.list()) == 5 + number % 2
    if number % 3 == 0:
        assert aiaas_mock.limits.remaining == 4  # the fault came before it was counted
"""


def main() -> int:
    """Run as many tests as the command line asks for, and return pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.many_tests", description=__doc__)
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=8)
    given = parser.parse_args()
    key = f"sk_mock_default_{secrets.token_hex(16)}"
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        ServerProcess("--api-key", key, "--engine", "null", "--log-level", "error") as server,
    ):
        Path(folder, "test_many.py").write_text(_TESTS.format(count=given.tests))
        options = ["-q", "-n", str(given.processes), "--aiaas-mock-url", server.url]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
        done = subprocess.run(command, cwd=folder, env=dict(os.environ), check=False)
    print(f"{given.tests} tests by {given.processes} processes: {time.monotonic() - begun:.0f} s")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
