"""Which versions of the SDK are served: all of them, with a word to those that differ."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from aiaas.contract.headers import CLIENT_VERSION
from aiaas_mock.errors import ApiError

_STATED: Final = re.compile(r"[a-z]{1,32}/((\d{1,9})\.(\d{1,9})[0-9A-Za-z.+-]{0,32})")
_RELEASE: Final = re.compile(r"(\d+)\.(\d+)")


class ClientVersions:
    """Compares the version that a client states with the server's.

    Releases are the same to it while they differ in the last number only (semantic versioning). A
    client that states no version is somebody else's, and never refused.

    Args:
        server: Version of the server.
        strict: Whether other versions are refused.
    """

    def __init__(self, server: str, *, strict: bool) -> None:
        self._server = server
        self._strict = strict
        self._difference = lru_cache(maxsize=64)(self._compared)

    def check(self, stated: str | None) -> str | None:
        """Return what to tell a client of another version, None where there is nothing to tell.

        Args:
            stated: Value of its header, such as ``python/0.1.0``; None when it sent none.

        Raises:
            ApiError: Other versions are refused here.
        """
        difference = None if stated is None else self._difference(stated)
        if difference is not None and self._strict:
            raise ApiError("client_version_refused", difference)
        return difference

    def _compared(self, stated: str) -> str | None:
        found, own = _STATED.fullmatch(stated), _RELEASE.match(self._server)
        if found is None:
            return f"The header {CLIENT_VERSION} is not like python/{self._server}."
        version, *numbers = found.groups()
        theirs = tuple(map(int, numbers))
        ours = None if own is None else tuple(map(int, own.groups()))
        if ours is None or theirs == ours:
            return None
        older = "older" if theirs < ours else "newer"
        return f"The client's version {version} is {older} than the server's, {self._server}."
