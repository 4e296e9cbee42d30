"""A small deployment on a socket, which answers the very bytes that a test wants."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name]


class SmallUpstream:
    """Answers each request with the next script; a script is pieces that are sent one by one.

    Attributes:
        seen: What came, the probe of the control plane left out.
        hold: An answer with an empty piece in it waits there for this.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.scripts: list[tuple[bytes, ...]] = []
        self.hold = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                upstream._answer(self)

            do_GET = do_POST = do_HEAD = do_DELETE = handle_one

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def say(self, *pieces: bytes) -> None:
        """Have the next request answered so."""
        self.scripts.append(pieces)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: Any) -> None:
        handler.close_connection = True
        if handler.path.endswith("/_mock/health"):
            handler.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        body = _body_of(handler)
        self.seen.append(Seen(handler.command, handler.path, handler.headers.items(), body))
        for piece in self.scripts.pop(0):
            if not piece:
                self.hold.wait(5)
            handler.wfile.write(piece)
            handler.wfile.flush()


def _body_of(handler: Any) -> bytes:
    if handler.headers.get("Transfer-Encoding") != "chunked":
        length = int(handler.headers.get("Content-Length", 0))
        read: bytes = handler.rfile.read(length)
        return read
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


def message(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunk(data: bytes) -> bytes:
    """Return a chunk of a body in chunks."""
    return b"%x\r\n%b\r\n" % (len(data), data)
