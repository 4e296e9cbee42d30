"""One request with its answer, and a cassette of them; knows no HTTP library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of an answer as it arrived.

    Attributes:
        size_bytes: How long it is.
        at_ms: When it came, after the head of the answer.
    """

    size_bytes: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and the answer to it, without secrets.

    Attributes:
        method: HTTP method.
        url: The whole address.
        request_headers: Headers of the request.
        request_body: What was sent.
        status: HTTP status of the answer.
        response_headers: Headers of the answer.
        response_body: What came back, decoded from any compression.
        chunks: The pieces in which it came; together they are the body.
        begun: When the request was sent.
        wait_ms: How long the head of the answer took.
        comment: What it belongs to, for instance the case of a contract.
    """

    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int
    response_headers: Headers
    response_body: bytes
    chunks: tuple[Chunk, ...]
    begun: datetime
    wait_ms: float
    comment: str = ""

    @property
    def size_bytes(self) -> int:
        """What it takes to keep it: both bodies, the headers and the address."""
        headers = (*self.request_headers, *self.response_headers)
        named = sum(len(name) + len(value) for name, value in headers)
        return len(self.request_body) + len(self.response_body) + named + len(self.url)

    def pieces(self) -> list[bytes]:
        """Return the body of the answer, cut where it was when it came."""
        pieces, start = [], 0
        for chunk in self.chunks:
            pieces.append(self.response_body[start : start + chunk.size_bytes])
            start += chunk.size_bytes
        return pieces


@dataclass(slots=True)
class Cassette:
    """Exchanges in the order in which they were begun."""

    exchanges: list[Exchange] = field(default_factory=list)

    def add(self, exchanges: Iterable[Exchange], *, comment: str = "") -> None:
        """Take in exchanges, and say what they belong to."""
        self.exchanges += [
            replace(exchange, comment=comment) if comment else exchange for exchange in exchanges
        ]

    def about(self, comment: str) -> Cassette:
        """Return the exchanges that belong to one thing."""
        return Cassette([one for one in self.exchanges if one.comment == comment])
