"""A mock cloud for tests: in this process, or a server that tests share.

With pytest, ask for the fixtures ``aiaas_mock``, ``aiaas_client`` and their like; elsewhere use
`MockCloud` as a context manager.

Importing this module loads nothing: pytest imports it in every run of whoever has the package,
also where what the server needs is not installed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiaas_mock.testing.app_thread import AppThread
    from aiaas_mock.testing.async_transport import AsyncInProcessTransport
    from aiaas_mock.testing.cloud import MockCloud
    from aiaas_mock.testing.control import MockControlError
    from aiaas_mock.testing.faults import MockFaults
    from aiaas_mock.testing.journal import MockOverrides, MockRequests
    from aiaas_mock.testing.namespace import MockNamespace
    from aiaas_mock.testing.recordings import MockRecordings
    from aiaas_mock.testing.server import MockServer
    from aiaas_mock.testing.steering import MockClock, MockLimits, MockSnapshot
    from aiaas_mock.testing.sync_transport import InProcessTransport

__all__ = [
    "AppThread",
    "AsyncInProcessTransport",
    "InProcessTransport",
    "MockClock",
    "MockCloud",
    "MockControlError",
    "MockFaults",
    "MockLimits",
    "MockNamespace",
    "MockOverrides",
    "MockRecordings",
    "MockRequests",
    "MockServer",
    "MockSnapshot",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_HOMES = {
    "AppThread": "app_thread",
    "AsyncInProcessTransport": "async_transport",
    "InProcessTransport": "sync_transport",
    "MockClock": "steering",
    "MockCloud": "cloud",
    "MockControlError": "control",
    "MockFaults": "faults",
    "MockLimits": "steering",
    "MockNamespace": "namespace",
    "MockOverrides": "journal",
    "MockRecordings": "recordings",
    "MockRequests": "journal",
    "MockServer": "server",
    "MockSnapshot": "steering",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'aiaas_mock.testing' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"aiaas_mock.testing.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
