"""Whether the bytes that came are those that were stored."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from aiaas._core.errors import ChecksumError

_DIGEST = re.compile(r"\bsha-256=:([A-Za-z0-9+/]+={0,2}):")
_ETAG = re.compile(r'"(?:sha256:)?([0-9a-f]{64})"')


def announced_sha256(headers: Mapping[str, str]) -> str | None:
    """Return the checksum that an answer names: ``Repr-Digest`` (RFC 9530), or its ETag."""
    digest = _DIGEST.search(headers.get("repr-digest", ""))
    if digest:
        return base64.b64decode(digest[1] + "==").hex()
    tag = _ETAG.fullmatch(headers.get("etag", ""))
    return tag[1] if tag else None


class Verifier:
    """Computes the checksum of bytes as they come."""

    def __init__(self, what: str, expected: str | None) -> None:
        self._what = what
        self._expected = expected
        self._sha256 = hashlib.sha256()

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._sha256.update(chunk)

    def finish(self) -> None:
        """Compare.

        Raises:
            ChecksumError: They are not the bytes that were stored.
        """
        actual = self._sha256.hexdigest()
        if self._expected is not None and actual != self._expected:
            raise ChecksumError(self._what, expected=self._expected, actual=actual)
