"""One server per data directory."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from aiaas_mock.storage.store import StoreError

_NAME: Final = "aiaas.lock"


class DirectoryLock:
    """Held on a directory while a server uses it; the operating system frees it at a crash."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, directory: Path) -> DirectoryLock:
        """Make the directory, readable by its owner only, and lock it.

        Raises:
            StoreError: It cannot be used, or another server uses it.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(directory / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"data directory {directory}: {error.strerror}") from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise StoreError(
                f"data directory {directory} is in use by another server; choose another"
            ) from error
        return cls(descriptor)

    def release(self) -> None:
        """Let others use the directory; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
