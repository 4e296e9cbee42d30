"""The bytes of a stored file, as they come."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING

from aiaas._async import _runtime
from aiaas._async.pipeline import AsyncPipeline
from aiaas._async.transport import AsyncStreamedResponse
from aiaas._core.checksums import Verifier, announced_sha256
from aiaas._core.destinations import Destination
from aiaas._core.options import CallOptions
from aiaas._core.requests import build
from aiaas.contract.files import CONTENT, FileRequest

if TYPE_CHECKING:
    from typing import Self


class AsyncFileContent:
    """The bytes of a stored file. Each use asks for them anew.

    At their end the checksum is compared: what was read before may be wrong if that raises.

    Example:
        >>> data = await client.files.content("file_7f3a").read()
    """

    def __init__(
        self,
        pipeline: AsyncPipeline,
        request: FileRequest,
        options: CallOptions,
        sha256: Callable[[], Awaitable[str]],
    ) -> None:
        self._pipeline = pipeline
        self._request = request
        self._options = options
        self._sha256 = sha256
        self._first: AsyncStreamedResponse | None = None
        self._opened: list[AsyncStreamedResponse] = []

    async def read(self) -> bytes:
        """Return all bytes.

        Raises:
            NotFoundError: There is no such file.
            ChecksumError: They are not those that were stored.
            APIConnectionError: The connection broke.
        """
        async with aclosing(self._pieces()) as pieces:
            return b"".join([piece async for piece in pieces])

    async def save(self, path: str | os.PathLike[str]) -> int:
        """Write all bytes to a file, which appears whole or not at all.

        Args:
            path: Where to; what is there is replaced.

        Returns:
            How many bytes there were.

        Raises:
            OSError: The file cannot be written.
            NotFoundError: There is no such file in the deployment.
            ChecksumError: The bytes are not those that were stored.
            APIConnectionError: The connection broke.
        """
        async with _runtime.opened(lambda: Destination(path)) as destination:
            async with aclosing(self._pieces()) as pieces:
                async for piece in pieces:
                    await _runtime.call_blocking(destination.write, piece)
            await _runtime.call_blocking(destination.keep)
            return destination.size_bytes

    async def __aenter__(self) -> Self:
        self._first = await self._open()
        return self

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                yield piece

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._first = None
        # Those too that an iteration took and did not read to the end.
        while self._opened:
            await self._opened.pop().aclose()

    async def _open(self) -> AsyncStreamedResponse:
        response = await self._pipeline.open(build(CONTENT, self._request), self._options)
        self._opened.append(response)
        return response

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        # The one that a `with` block opened is used once.
        response, self._first = self._first, None
        response = response or await self._open()
        try:
            expected = announced_sha256(response.headers) or await self._sha256()
            verifier = Verifier(f"{self._request.file} was changed on the way", expected)
            async with aclosing(response.chunks()) as chunks:
                async for chunk in chunks:
                    verifier.update(chunk)
                    yield chunk
            verifier.finish()
        finally:
            self._opened = [one for one in self._opened if one is not response]
            await response.aclose()
