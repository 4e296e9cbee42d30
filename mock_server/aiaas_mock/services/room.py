"""How full a namespace is while uploads are under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Arrivals:
    """Bytes of one namespace, counted from when its first upload under way began."""

    uploads: int = 0
    staged_bytes: int = 0
    total_bytes: int = 0
    """Those that are staged, and those that became files meanwhile."""


class Uploads:
    """The uploads under way; together with what is stored they must fit into the quota.

    Counted here and not in the store, as counting there would look at every piece that is staged
    whenever another one arrives. One server has a store for itself.
    """

    def __init__(self) -> None:
        self._arrivals: dict[str, _Arrivals] = {}

    @contextmanager
    def begin(self, namespace: str) -> Iterator[UploadUnderWay]:
        """Count an upload for as long as it is under way."""
        arrivals = self._arrivals.setdefault(namespace, _Arrivals())
        arrivals.uploads += 1
        upload = UploadUnderWay(arrivals)
        try:
            yield upload
        finally:
            upload.end()
            arrivals.uploads -= 1
            if not arrivals.uploads:
                del self._arrivals[namespace]


class UploadUnderWay:
    """One of the uploads of a namespace."""

    def __init__(self, arrivals: _Arrivals) -> None:
        self._arrivals = arrivals
        self._size_bytes = 0
        self._before_bytes = 0

    def measure(self, stored_bytes: int) -> None:
        """Take in how much is stored now."""
        arrivals = self._arrivals
        self._before_bytes = stored_bytes + arrivals.staged_bytes - arrivals.total_bytes

    @property
    def used_bytes(self) -> int:
        """How much the namespace has: stored when this was measured, and arrived since."""
        return self._before_bytes + self._arrivals.total_bytes

    def grow(self, size_bytes: int) -> None:
        """Count bytes that arrived."""
        self._size_bytes += size_bytes
        self._arrivals.staged_bytes += size_bytes
        self._arrivals.total_bytes += size_bytes

    def publish(self) -> None:
        """Let the bytes be those of a file: they stay."""
        self._arrivals.staged_bytes -= self._size_bytes
        self._size_bytes = 0

    def end(self) -> None:
        """Forget the bytes, unless they are those of a file."""
        self._arrivals.staged_bytes -= self._size_bytes
        self._arrivals.total_bytes -= self._size_bytes
        self._size_bytes = 0
