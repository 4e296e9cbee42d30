"""A file that appears whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from typing import IO, Final

_ANYBODY: Final = 0o666  # less what the process's umask takes away, as for any new file
_OWNER: Final = 0o600


class Destination:
    """A temporary neighbour of a file, which takes its place when everything was written.

    Attributes:
        size_bytes: How much was written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.size_bytes = 0
        self._path = os.path.abspath(path)
        self._mode = _mode_of(self._path)
        self._file = _new_beside(self._path, _ANYBODY if self._mode is None else _OWNER)

    def write(self, piece: bytes) -> None:
        """Write the next bytes."""
        self._file.write(piece)
        self.size_bytes += len(piece)

    def keep(self) -> None:
        """Let the file appear, with the permissions of the one that it replaces."""
        self._file.close()
        if self._mode is not None:
            os.chmod(self._file.name, self._mode)
        os.replace(self._file.name, self._path)

    def close(self) -> None:
        """Remove what was written, unless it was kept."""
        self._file.close()
        if os.path.exists(self._file.name):
            os.unlink(self._file.name)


def _mode_of(path: str) -> int | None:
    try:
        return stat.S_IMODE(os.stat(path).st_mode) & 0o777
    except FileNotFoundError:
        return None


def _new_beside(path: str, mode: int) -> IO[bytes]:
    # Not `tempfile`: its files are for their owner alone, and what the umask would have allowed
    # can only be found out by setting it for a moment, for all threads of the process.
    folder, name = os.path.split(path)
    while True:
        temporary = os.path.join(folder, f".{name}-{secrets.token_hex(8)}")
        try:
            return open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, mode))
        except FileExistsError:
            continue
