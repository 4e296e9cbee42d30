"""Files to send: from a path, bytes or an open file to a multipart body of known length.

The body is made here and not by the HTTP library, whose own multipart encoder reads files from
their beginning whatever their position, and blocks the event loop while it does.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Callable
from typing import Any, BinaryIO, Final, Protocol, cast, runtime_checkable

CHUNK_BYTES: Final = 256 * 1024
DEFAULT_MEDIA_TYPE: Final = "application/octet-stream"


@runtime_checkable
class BinaryReader(Protocol):
    """A file opened in binary mode, or anything else that reads bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""
        ...


FileSource = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryReader
"""A file to send: a path, its bytes, or a file opened in binary mode."""


class Upload:
    """A multipart body with a JSON part and one file that is read while it is sent.

    Attributes:
        content_type: Media type of the whole body.
        size_bytes: Its length, or None when the file's end cannot be foreseen.
    """

    def __init__(
        self,
        source: FileSource,
        *,
        fields: Callable[[str | None], bytes],
        filename: str | None = None,
        media_type: str | None = None,
        checksum: bool = True,
        new_boundary: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """Prepare a body; nothing is read before `measure`.

        Args:
            source: The file.
            fields: Makes the JSON part, given the checksum in hex if it is known beforehand.
            filename: Name to give it; the source's own when omitted.
            media_type: Its content type; guessed from the name when omitted.
            checksum: Whether to compute it beforehand, if the source can be read twice.
            new_boundary: Makes a text that no file contains.
        """
        self._source = _checked(source)
        self._fields = fields
        self._filename = filename or _name_of(source)
        self._media_type = media_type or _guess(self._filename)
        self._checksum = checksum
        self._boundary = new_boundary()
        self._started = False
        self._start = 0
        self._seekable = _is_seekable(self._source)
        self._sha256 = hashlib.sha256()
        self.content_type = f"multipart/form-data; boundary={self._boundary}"
        self.size_bytes: int | None = None
        self.head = b""
        self.tail = f"\r\n--{self._boundary}--\r\n".encode()

    @property
    def resendable(self) -> bool:
        """Whether the body can be sent (once more)."""
        return self._seekable or not self._started

    @property
    def sent_sha256(self) -> str:
        """Checksum of the bytes that were read last, in hex."""
        return self._sha256.hexdigest()

    def measure(self) -> None:
        """Find out the length, and the checksum if it is wanted: reads a seekable file once."""
        sha256 = None
        size = None
        if self._seekable:
            file = cast("Any", self._source)
            if not isinstance(self._source, str | os.PathLike | bytes):
                self._start = file.tell()
            size, sha256 = self._measured()
        self.head = self._head(sha256)
        self.size_bytes = None if size is None else len(self.head) + size + len(self.tail)

    def open(self) -> UploadReader:
        """Begin to read from the start."""
        self._started = True
        self._sha256 = hashlib.sha256()
        source = self._source
        if isinstance(source, str | os.PathLike):
            return UploadReader(open(source, "rb"), self._sha256, owned=True)
        if isinstance(source, bytes):
            return UploadReader(io.BytesIO(source), self._sha256, owned=True)
        if self._seekable:
            cast("BinaryIO", source).seek(self._start)
        return UploadReader(source, self._sha256, owned=False)

    def _measured(self) -> tuple[int, str | None]:
        size = 0
        reader = self.open()
        try:
            if not self._checksum:
                return reader.size(), None
            while chunk := reader.read():
                size += len(chunk)
            return size, self.sent_sha256
        finally:
            reader.close()
            self._started = False

    def _head(self, sha256: str | None) -> bytes:
        json_head = 'Content-Disposition: form-data; name="request"\r\n'
        json_head += "Content-Type: application/json\r\n\r\n"
        file_head = f'Content-Disposition: form-data; name="file"; filename="{self._quoted()}"\r\n'
        file_head += f"Content-Type: {self._media_type}\r\n\r\n"
        line = f"--{self._boundary}\r\n".encode()
        fields = self._fields(sha256)
        return line + json_head.encode() + fields + b"\r\n" + line + file_head.encode()

    def _quoted(self) -> str:
        # As browsers do it (WHATWG HTML, 4.10.21.8): a name must not end its own header.
        name = self._filename
        return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class UploadReader:
    """Reads a file piece by piece and computes its checksum on the way."""

    def __init__(self, file: BinaryReader, sha256: Any, *, owned: bool) -> None:
        self._file = file
        self._sha256 = sha256
        self._owned = owned

    def read(self) -> bytes:
        """Return the next piece; none at the end."""
        chunk: object = self._file.read(CHUNK_BYTES)
        if isinstance(chunk, str):
            raise TypeError("the file was opened in text mode; open it with mode 'rb'")
        if not isinstance(chunk, bytes):
            raise TypeError(f"a file must read bytes; got {type(chunk).__name__}")
        self._sha256.update(chunk)
        return chunk

    def size(self) -> int:
        """Return how many bytes there are from here to the end."""
        file = cast("BinaryIO", self._file)
        here = file.tell()
        return file.seek(0, os.SEEK_END) - here

    def close(self) -> None:
        """Close the file, unless it is the caller's."""
        if self._owned:
            cast("BinaryIO", self._file).close()


def _checked(source: FileSource) -> str | os.PathLike[str] | bytes | BinaryReader:
    if isinstance(source, bytearray | memoryview):
        return bytes(source)  # the caller may change theirs while it is sent
    if isinstance(source, str | os.PathLike | bytes | BinaryReader):
        return source
    raise TypeError(
        f"a file is a path, bytes, or a file opened in binary mode; got {type(source).__name__}"
    )


def _is_seekable(source: object) -> bool:
    if isinstance(source, str | os.PathLike):
        # A named pipe can be opened, but not read twice.
        return os.path.isfile(source) or not os.path.exists(source)
    if isinstance(source, bytes):
        return True
    seekable = getattr(source, "seekable", None)
    return bool(seekable and seekable())


def _name_of(source: object) -> str:
    path = source if isinstance(source, str | os.PathLike) else getattr(source, "name", None)
    # Only the last part: where the caller keeps it is nobody else's business.
    return os.path.basename(path) if isinstance(path, str | os.PathLike) else "file"


def _guess(filename: str) -> str:
    import mimetypes

    return mimetypes.guess_type(filename)[0] or DEFAULT_MEDIA_TYPE
