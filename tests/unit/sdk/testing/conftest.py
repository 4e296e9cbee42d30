"""A fake deployment and a client of it for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

import pytest

import aiaas
from aiaas.testing import FakeCloud


@pytest.fixture
def fake() -> FakeCloud:
    """A fake whose unexpected calls are the test's own business."""
    return FakeCloud()


@pytest.fixture
def client(fake: FakeCloud) -> Iterator[aiaas.Client]:
    """A client of the fake."""
    with fake.client() as client:
        yield client


@pytest.fixture
def run_pytest(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest with the plugin and with warnings as errors, in a process of its own."""

    def run(code: str | bytes, *options: str, name: str = "test_it.py") -> pytest.RunResult:
        content = code.encode() if isinstance(code, str) else code
        (pytester.path / name).write_bytes(content)
        installed = any(
            entry.value == "aiaas.testing.plugin" for entry in entry_points(group="pytest11")
        )
        plugin = () if installed else ("-p", "aiaas.testing.plugin")
        return pytester.runpytest_subprocess("-W", "error", *plugin, *options)

    return run
