"""A recording, and the session in which one is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiaas_mock.cassettes.exchange import Exchange, Headers
from aiaas_mock.cassettes.take import Take
from aiaas_mock.context import Clock
from aiaas_mock.http.detour import Detour
from aiaas_mock.lab.recordings.secrets import redaction_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept.

    Attributes:
        exchanges: Most exchanges of a recording.
        bytes: Most bytes of a recording: bodies, headers and addresses.
        recordings: Most recordings of a namespace.
    """

    exchanges: int = 1000
    bytes: int = 16 * 2**20
    recordings: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The deployment that is recorded.

    Attributes:
        url: Its address, without ``/v1`` and without a slash at the end.
        api_key: What it is shown in the place of the client's key; None leaves that as it is.
        headers: Further headers for it.
        secrets: What of these must be in no recording, by name.
    """

    url: str
    api_key: str | None = field(repr=False)
    headers: Headers = field(repr=False)
    secrets: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was recorded.

    Attributes:
        id: Names it.
        made_at: When it was begun, or brought in, by the clock of the namespace.
        upstream: Address of the deployment that was recorded; None for this one.
        exchanges: What was exchanged, in the order in which it was begun.
        left_out: How many exchanges there was no room for.
    """

    id: str
    made_at: datetime
    upstream: str | None
    exchanges: tuple[Exchange, ...]
    left_out: int = 0

    @property
    def size_bytes(self) -> int:
        """What its exchanges take."""
        return sum(exchange.size_bytes for exchange in self.exchanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a session is about.

    Attributes:
        id: Names the recording.
        made_at: When it was begun.
        upstream: What is recorded; None for the namespace itself.
        forward: Makes what answers in the place of the namespace; None for the namespace itself.
    """

    id: str
    made_at: datetime
    upstream: Upstream | None = None
    forward: Callable[[Session, Upstream], Detour] | None = None


Copied = tuple[Plan, tuple[tuple[float, Exchange], ...], int]
"""A session at one moment."""


class Session:
    """A recording that is being made.

    Args:
        plan: What it is about.
        bounds: How much is kept.
        clock: Gives the time.
        monotonic: Gives seconds that only go up.

    Attributes:
        plan: The same.
        detour: What answers in the place of the namespace; None for the namespace itself.
    """

    def __init__(
        self,
        plan: Plan,
        bounds: Bounds,
        *,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self._bounds = bounds
        self._clock = clock
        self._monotonic = monotonic
        self._kept: list[tuple[float, Exchange]] = []
        self._size_bytes = 0
        self._left_out = 0
        self._over = False
        self.detour: Detour | None = None
        if plan.upstream is not None and plan.forward is not None:
            self.detour = plan.forward(self, plan.upstream)

    def begin(self, method: str, url: str, headers: Headers) -> Take:
        """Begin to write an exchange down."""
        return Take(
            method,
            url,
            headers,
            begun=self._clock(),
            monotonic=self._monotonic,
            most_bytes=self._bounds.bytes - self._size_bytes,
        )

    def keep(self, take: Take, headers: Headers) -> None:
        """Keep an exchange that is over, if there is room and the session goes on."""
        if self._over:
            return
        upstream = self.plan.upstream
        known = {} if upstream is None else upstream.secrets
        exchange = None
        if not take.too_large and len(self._kept) < self._bounds.exchanges:
            exchange = take.exchange(redaction_of(headers, take.status, known))
        if exchange is None or self._size_bytes + exchange.size_bytes > self._bounds.bytes:
            self._left_out += 1
        else:
            self._kept.append((take.sent_s, exchange))
            self._size_bytes += exchange.size_bytes

    def so_far(self) -> Recording:
        """Return what there is by now."""
        kept = sorted(self._kept, key=lambda one: one[0])  # parallel requests end in any order
        return Recording(
            id=self.plan.id,
            made_at=self.plan.made_at,
            upstream=None if self.plan.upstream is None else self.plan.upstream.url,
            exchanges=tuple(exchange for _, exchange in kept),
            left_out=self._left_out,
        )

    def end(self) -> Recording:
        """Keep nothing more, and return what there is. What is under way is not in it."""
        self._over = True
        return self.so_far()

    def copy(self) -> Copied:
        """Return what `restored` needs to go on from this moment."""
        return self.plan, tuple(self._kept), self._left_out

    @classmethod
    def restored(cls, copied: Copied, bounds: Bounds, *, clock: Clock) -> Session:
        """Return a session that goes on from when `copied` was made."""
        plan, kept, left_out = copied
        session = cls(plan, bounds, clock=clock)
        session._kept, session._left_out = list(kept), left_out
        session._size_bytes = sum(exchange.size_bytes for _, exchange in kept)
        return session
