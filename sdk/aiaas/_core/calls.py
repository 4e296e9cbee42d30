"""One attempt of a call: what middleware sees, may change, and hands on. No input or output."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from aiaas._core.options import NO_HEADERS, Settings, merged_headers
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing

if TYPE_CHECKING:
    from typing import Self

    from aiaas.contract._operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt's request.

    Attributes:
        outgoing: What the logical call asks for; the same object for all its attempts.
        base_url: Address of the deployment.
        settings: The options of the logical call: time-outs, retries, idempotency key.
        headers: Headers of this attempt beside those that every request has. They hold no
            secret, so they may be logged.
        attempt: 1 for the first. A repetition with a renewed token keeps the number.
        ends_at_s: When the call's deadline is, by `clock`; None when it has none.
        clock: The client's clock.
        stream: Whether the answer's body is left to be read piece by piece; the response is then
            a `StreamedResponse` with empty ``content``, and whoever drops it must close it.
        authorization: What the header ``Authorization`` will hold.
    """

    outgoing: Outgoing
    settings: Settings
    base_url: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)
    attempt: int = 1
    ends_at_s: float | None = None
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)
    stream: bool = False
    authorization: Secret | None = field(default=None, repr=False)

    @property
    def operation(self) -> Operation[Any, Any]:
        """The row of the operation table; its ``effect`` says what may be repeated or cached."""
        return self.outgoing.operation

    @property
    def method(self) -> str:
        """HTTP method."""
        return self.outgoing.operation.method

    @property
    def path(self) -> str:
        """Path of the URL, quoted."""
        return self.outgoing.path

    @property
    def query(self) -> str:
        """Query of the URL, quoted, without its question mark."""
        return self.outgoing.query

    @property
    def remaining_s(self) -> float | None:
        """Seconds left until the call's deadline, now; None when it has none."""
        return None if self.ends_at_s is None else max(0.0, self.ends_at_s - self.clock())

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some attributes changed."""
        return replace(self, **changes)

    def with_headers(self, **headers: str) -> Self:
        """Return a copy with more headers; ``_`` in a name stands for ``-``.

        Example:
            >>> call = call.with_headers(traceparent="00-4bf9-00f0-01")
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers=merged_headers(self.headers, named))
