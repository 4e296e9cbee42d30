"""A file that appears whole or not at all."""

from __future__ import annotations

import os
import tempfile


class Destination:
    """A temporary neighbour of a file, which takes its place when everything was written.

    Attributes:
        size_bytes: How much was written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.size_bytes = 0
        self._path = os.path.abspath(path)
        folder, name = os.path.split(self._path)
        handle, self._temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        self._file = os.fdopen(handle, "wb")

    def write(self, piece: bytes) -> None:
        """Write the next bytes."""
        self._file.write(piece)
        self.size_bytes += len(piece)

    def keep(self) -> None:
        """Let the file appear."""
        self._file.close()
        mask = os.umask(0)
        os.umask(mask)
        # A temporary file is for its owner alone; this one is to be like any other.
        os.chmod(self._temporary, 0o666 & ~mask)
        os.replace(self._temporary, self._path)

    def close(self) -> None:
        """Remove what was written, unless it was kept."""
        self._file.close()
        if os.path.exists(self._temporary):
            os.unlink(self._temporary)
