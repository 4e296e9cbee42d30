"""One file that is on its way here, and one that is on its way out."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

OptionsT = TypeVar("OptionsT", bound=BaseModel)

PIECE_BYTES: Final = 256 * 1024
"""Length of the pieces that files are kept in; the last may be shorter."""


@dataclass(slots=True, kw_only=True)
class Upload(Generic[OptionsT]):
    """A file that is read while it arrives, once.

    Attributes:
        options: The request without its file.
        filename: Name that the client gave, without folders.
        media_type: Content type that the client gave.
        source: The bytes as they arrive. Raises when they cannot be read to the end.
        size_bytes: Bytes that have arrived.
    """

    options: OptionsT
    filename: str
    media_type: str
    source: AsyncIterator[bytes]
    size_bytes: int = 0
    _sha256: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Checksum in hex of the bytes that have arrived."""
        digest: str = self._sha256.hexdigest()
        return digest

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes in pieces of `PIECE_BYTES`."""
        gathered = bytearray()
        async for chunk in self.source:
            self._count(chunk)
            gathered += chunk
            while len(gathered) >= PIECE_BYTES:
                yield bytes(memoryview(gathered)[:PIECE_BYTES])
                del gathered[:PIECE_BYTES]
        if gathered:
            yield bytes(gathered)

    async def fingerprint(self) -> bytes:
        """Return the digest of the whole request, reading to the end and keeping nothing."""
        async for chunk in self.source:
            self._count(chunk)
        options = self.options.model_dump_json()
        about = f"{options}\0{self.filename}\0{self.media_type}\0{self.sha256}"
        return hashlib.sha256(about.encode("utf-8", "surrogateescape")).digest()

    def _count(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._sha256.update(chunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file that is read while it is sent.

    Attributes:
        filename: Its name.
        size_bytes: Its length.
        sha256: Its checksum in hex.
        pieces: Its bytes. Raises when the file is deleted half-way.
    """

    filename: str
    size_bytes: int
    sha256: str
    pieces: AsyncIterator[bytes]
