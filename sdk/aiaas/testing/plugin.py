"""The pytest plugin: the fixture ``aiaas_fake``.

It imports pytest alone until a test asks for the fixture, because pytest loads it in every run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aiaas.testing import FakeCloud


@pytest.fixture
def aiaas_fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A fake deployment, new for every test: say what it answers, then look what it was asked.

    A call that the test did not script fails the test, even when the code under test swallows
    the exception.
    """
    from aiaas.testing import FakeCloud

    # A test must not depend on the profiles of whoever runs it.
    monkeypatch.setenv("AIAAS_CONFIG", os.devnull)
    monkeypatch.delenv("AIAAS_PROFILE", raising=False)
    with FakeCloud() as fake:
        yield fake
