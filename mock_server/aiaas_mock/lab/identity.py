"""What a request asks, as a digest: the same for the same question."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from starlette.types import Message, Receive, Scope

_MOST_BYTES: Final = 2**20
_BOUNDARY: Final = re.compile(rb'boundary="?([^";,\s]+)')


async def identify(scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """Return the digest of a request, and the channel on which its body is still to be read.

    Method, path, query and body count, the first MiB of it. The boundary of a form does not, as
    clients draw it.

    Args:
        scope: The request.
        receive: The ASGI channel from the client.
    """
    read: list[Message] = []
    body = bytearray()
    while len(body) < _MOST_BYTES:
        message = await receive()
        read.append(message)
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    head = b"%b %b?%b" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
    digest = hashlib.sha256(head + b"\0" + bytes(body[:_MOST_BYTES]).replace(_boundary(scope), b""))
    messages = iter(read)

    async def again() -> Message:
        for message in messages:
            return message
        return await receive()

    return digest.digest()[:16], again


def _boundary(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type" and (found := _BOUNDARY.search(value)):
            boundary: bytes = found[1]
            return boundary
    return b"\n--no boundary--\n"
