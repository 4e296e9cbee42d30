"""Reading request bodies within a limit.

Starlette's own limit answers 413 in plain text; here every error is problem+json, so the bytes
are counted where they are read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from aiaas_mock.errors import ApiError


class BodyReader:
    """The body of one request, read once.

    Args:
        receive: The ASGI channel.
        content_length: What the client announced, None when it did not.
        max_bytes: The most that is read.
        code: What a larger one is refused with.
    """

    def __init__(
        self,
        receive: Receive,
        content_length: int | None,
        max_bytes: int,
        *,
        code: str = "request_too_large",
    ) -> None:
        self._receive = receive
        self._content_length = content_length
        self._max_bytes = max_bytes
        self._code = code

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            ApiError: 413, before a byte is read when the announced length is over the limit.
            ClientDisconnect: The client left half-way.
        """
        if self._content_length is not None and self._content_length > self._max_bytes:
            raise self._too_large()
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            if chunk:
                yield chunk
            if not message.get("more_body", False):
                return

    async def read(self) -> bytes:
        """Return the whole body; raises like `chunks`."""
        chunks = [chunk async for chunk in self.chunks()]
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self) -> ApiError:
        # Closing spares the client from sending the rest of a body that nobody reads.
        return ApiError(
            self._code,
            f"The body is larger than {self._max_bytes} bytes.",
            headers={"Connection": "close"},
        )
