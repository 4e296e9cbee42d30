"""A take: one exchange, written down while it goes past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from aiaas_mock.cassettes.exchange import Chunk, Exchange, Headers
from aiaas_mock.cassettes.redaction import Redaction

_FRAMING = ("content-encoding", "transfer-encoding")


class Take:
    """One exchange on its way past.

    Args:
        method: HTTP method.
        url: The whole address.
        headers: Headers of the request.
        begun: When it was sent.
        monotonic: Gives seconds that only go up.
        most_bytes: What both bodies may have together; of more, nothing is kept. None for no limit.

    Attributes:
        sent_s: When it was sent, by `monotonic`.
        too_large: Whether it had more than it may, so that there is no exchange of it.
        status: HTTP status of the answer; 0 before there is one.
    """

    def __init__(
        self,
        method: str,
        url: str,
        headers: Headers,
        *,
        begun: datetime,
        monotonic: Callable[[], float],
        most_bytes: int | None = None,
    ) -> None:
        self._method = method
        self._url = url
        self._sent = headers
        self._begun = begun
        self._monotonic = monotonic
        self._left_bytes = most_bytes
        self._request: list[bytes] = []
        self._pieces: list[tuple[bytes, float]] = []
        self._came: Headers = ()
        self.too_large = False
        self.status = 0
        self.sent_s = self._head_s = monotonic()

    def ask(self, piece: bytes) -> bytes:
        """Note a piece of the request, and return it."""
        if self._fits(piece):
            self._request.append(piece)
        return piece

    def head(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """Note the head of the answer."""
        self._head_s = self._monotonic()
        self.status = status
        self._came = tuple(headers)

    def take(self, piece: bytes) -> bytes:
        """Note a piece of the answer, and return it."""
        if piece and self._fits(piece):
            self._pieces.append((piece, self._monotonic()))
        return piece

    def exchange(self, redaction: Redaction) -> Exchange:
        """Return the exchange, which is over, without secrets."""
        request = b"".join(self._request)
        raw = b"".join(piece for piece, _ in self._pieces)
        kept = redaction.body(self._decoded(raw), _find(self._came, "content-type"))
        return Exchange(
            method=self._method,
            url=redaction.text(self._url),
            request_headers=redaction.headers(self._sent),
            request_body=redaction.body(request, _find(self._sent, "content-type")),
            status=self.status,
            response_headers=redaction.headers(tuple(self._described(kept))),
            response_body=kept,
            chunks=self._chunks(kept, is_as_sent=kept == raw),
            begun=self._begun,
            wait_ms=round((self._head_s - self.sent_s) * 1e3, 3),
        )

    def _fits(self, piece: bytes) -> bool:
        if self._left_bytes is not None and not self.too_large:
            self._left_bytes -= len(piece)
            if self._left_bytes < 0:
                self.too_large = True
                self._request, self._pieces = [], []
        return not self.too_large

    def _decoded(self, raw: bytes) -> bytes:
        """Return a body without its compression."""
        encoding = _find(self._came, "content-encoding")
        if not encoding:
            return raw
        import httpx  # here, as it is slow to load, and few answers are compressed

        return httpx.Response(200, headers={"content-encoding": encoding}, content=raw).content

    def _described(self, kept: bytes) -> Iterator[tuple[str, str]]:
        """Yield the headers of the answer as they are of the body that is kept."""
        for name, value in self._came:
            # That of an answer to HEAD is the length of a body that nobody sent.
            if name.lower() == "content-length" and self._method != "HEAD":
                yield name, str(len(kept))
            elif name.lower() not in _FRAMING:
                yield name, value

    def _chunks(self, kept: bytes, *, is_as_sent: bool) -> tuple[Chunk, ...]:
        """Return where the body was cut; one piece where its length is not what was sent."""
        if is_as_sent:
            return tuple(
                Chunk(size_bytes=len(piece), at_ms=round((at_s - self._head_s) * 1e3, 3))
                for piece, at_s in self._pieces
            )
        return (Chunk(size_bytes=len(kept), at_ms=0.0),) if kept else ()


def _find(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
