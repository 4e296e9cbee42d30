"""`MockNamespace`: one namespace of a mock cloud, in the hands of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiaas._core.options import ClientOptions
from aiaas._core.retry import DEFAULT_RETRY
from aiaas_mock.testing.control import Control
from aiaas_mock.testing.door import Door
from aiaas_mock.testing.faults import MockFaults
from aiaas_mock.testing.journal import MockOverrides, MockRequests
from aiaas_mock.testing.recordings import MockRecordings
from aiaas_mock.testing.steering import MockClock, MockLimits, MockSnapshot, written

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas import AsyncClient, Client
    from aiaas._async.middleware import AsyncMiddleware
    from aiaas._sync.middleware import Middleware


class MockNamespace:
    """A mock cloud that shares nothing but its models with others of the same server.

    Args:
        door: How the server is reached.
        name: Name of the namespace.
        api_key: A key that enters it.
        base_url: Address of the deployment, for clients.
        admin_token: What the control plane wants to be shown, if anything.

    Attributes:
        name: Its name.
        api_key: The same, for clients of your own.
        base_url: The same.
    """

    def __init__(
        self, door: Door, name: str, *, api_key: str, base_url: str, admin_token: str | None = None
    ) -> None:
        self._door = door
        self.name = name
        self.api_key = api_key
        self.base_url = base_url
        self._control = Control(door.http, door.url, name, admin_token=admin_token)

    @classmethod
    def made(
        cls,
        door: Door,
        name: str,
        *,
        seed: int | None = None,
        frozen: datetime | str | None = None,
        admin_token: str | None = None,
    ) -> MockNamespace:
        """Make a namespace.

        Args:
            door: How the server is reached.
            name: Its name.
            seed: Root seed of everything that is drawn.
            frozen: Instant at which its clock stands.
            admin_token: What the control plane wants to be shown, if anything.

        Raises:
            MockControlError: The server made none.
        """
        control = Control(door.http, door.url, name, admin_token=admin_token)
        body: dict[str, object] = {"name": name}
        if seed is not None:
            body["seed"] = seed
        if frozen is not None:
            body["clock"] = {"action": "freeze", "instant": written(frozen)}
        state = control.ask("POST", "namespaces", body)
        return cls(
            door,
            name,
            api_key=state["key"] or admin_token or "",
            base_url=door.url + state["base_path"],
            admin_token=admin_token,
        )

    @cached_property
    def clock(self) -> MockClock:
        """Its clock."""
        return MockClock(self._control)

    @cached_property
    def faults(self) -> MockFaults:
        """What goes wrong in it."""
        return MockFaults(self._control)

    @cached_property
    def limits(self) -> MockLimits:
        """Its rate limit."""
        return MockLimits(self._control)

    @cached_property
    def overrides(self) -> MockOverrides:
        """Answers that it gives instead of its own."""
        return MockOverrides(self._control)

    @cached_property
    def recordings(self) -> MockRecordings:
        """What was recorded, to be replayed."""
        return MockRecordings(self._control)

    @cached_property
    def requests(self) -> MockRequests:
        """What it was asked."""
        return MockRequests(self._control)

    @property
    def seed(self) -> int | None:
        """Root seed of everything that is drawn; None for draws that nobody can foresee."""
        seed: int | None = self._control.ask("GET", "seed")["seed"]
        return seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        self._control.ask("PUT", "seed", {"seed": seed})

    def snapshot(self) -> MockSnapshot:
        """Keep this moment, to come back to it."""
        return MockSnapshot(self._control.ask("POST", "snapshots")["id"], self._control)

    def reset(self, *scope: str) -> None:
        """Make it as new, or parts of it: ``state``, ``clock``, ``limits`` and so on."""
        self._control.ask("POST", "reset", {"scope": list(scope)} if scope else {})

    def drop(self) -> None:
        """Forget it and all that is kept of it."""
        self._control.ask("DELETE", f"namespaces/{self.name}")

    def set_up(self, *, faults: Iterable[Mapping[str, object]] = ()) -> None:
        """Add rules of faults, as the control plane has them."""
        for rule in faults:
            self.faults.add_rule(rule)

    def client(
        self, *, middleware: Sequence[Middleware] = (), **options: Unpack[ClientOptions]
    ) -> Client:
        """Return a client of this namespace; it takes settings of `aiaas.Client`."""
        from aiaas import Client

        return Client(
            self.api_key,
            base_url=self.base_url,
            middleware=middleware,
            http_client=self._door.http,
            **_client_options(options),
        )

    def async_client(
        self, *, middleware: Sequence[AsyncMiddleware] = (), **options: Unpack[ClientOptions]
    ) -> AsyncClient:
        """Return an asynchronous client; it need not be closed, nor stay in one event loop."""
        from aiaas import AsyncClient

        return AsyncClient(
            self.api_key,
            base_url=self.base_url,
            middleware=middleware,
            http_client=self._door.async_http(),
            **_client_options(options),
        )


def _client_options(options: ClientOptions) -> dict[str, Any]:
    return {
        "timeout_s": options.get("timeout_s"),
        "deadline_s": options.get("deadline_s"),
        "headers": options.get("headers"),
        "retries": options.get("retries", DEFAULT_RETRY),
    }
