# Generated from aiaas/_async/file_content.py by `make sync`; edit that file instead.
"""The bytes of a stored file, as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import TYPE_CHECKING

from aiaas._core.checksums import Verifier, announced_sha256
from aiaas._core.destinations import Destination
from aiaas._core.options import CallOptions
from aiaas._core.requests import build
from aiaas._sync import _runtime
from aiaas._sync.pipeline import Pipeline
from aiaas._sync.transport import StreamedResponse
from aiaas.contract.files import CONTENT, FileRequest

if TYPE_CHECKING:
    from typing import Self


class FileContent:
    """The bytes of a stored file. Each use asks for them anew.

    At their end the checksum is compared: what was read before may be wrong if that raises.

    Example:
        >>> data = client.files.content("file_7f3a").read()
    """

    def __init__(
        self,
        pipeline: Pipeline,
        request: FileRequest,
        options: CallOptions,
        sha256: Callable[[], str],
    ) -> None:
        self._pipeline = pipeline
        self._request = request
        self._options = options
        self._sha256 = sha256
        self._first: StreamedResponse | None = None
        self._opened: list[StreamedResponse] = []

    def read(self) -> bytes:
        """Return all bytes.

        Raises:
            NotFoundError: There is no such file.
            ChecksumError: They are not those that were stored.
            APIConnectionError: The connection broke.
        """
        with closing(self._pieces()) as pieces:
            return b"".join([piece for piece in pieces])

    def save(self, path: str | os.PathLike[str]) -> int:
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
        with _runtime.opened(lambda: Destination(path)) as destination:
            with closing(self._pieces()) as pieces:
                for piece in pieces:
                    _runtime.call_blocking(destination.write, piece)
            _runtime.call_blocking(destination.keep)
            return destination.size_bytes

    def __enter__(self) -> Self:
        self._first = self._open()
        return self

    def __iter__(self) -> Iterator[bytes]:
        with closing(self._pieces()) as pieces:
            for piece in pieces:
                yield piece

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._first = None
        # Those too that an iteration took and did not read to the end.
        while self._opened:
            self._opened.pop().close()

    def _open(self) -> StreamedResponse:
        response = self._pipeline.open(build(CONTENT, self._request), self._options)
        self._opened.append(response)
        return response

    def _pieces(self) -> Generator[bytes, None, None]:
        # The one that a `with` block opened is used once.
        response, self._first = self._first, None
        response = response or self._open()
        try:
            expected = announced_sha256(response.headers) or self._sha256()
            verifier = Verifier(f"{self._request.file} was changed on the way", expected)
            with closing(response.chunks()) as chunks:
                for chunk in chunks:
                    verifier.update(chunk)
                    yield chunk
            verifier.finish()
        finally:
            self._opened = [one for one in self._opened if one is not response]
            response.close()
