"""Does a request come from this machine?"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

_PASSED_ON: Final = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"}
)

_FROM_ELSEWHERE: Final = (b"sec-fetch-site", b"cross-site")


def is_local(scope: Mapping[str, Any]) -> bool:
    """Say whether a request was made on this machine, for it, and passed on by no proxy.

    A page in a browser on this machine may come from elsewhere. Browsers say so; and where it has a
    name of its own stand for a loopback address, that name has a dot.
    """
    client = scope.get("client")
    if client is not None and not _is_loopback(client[0]):
        return False
    # What nginx speaks when nobody told it otherwise; it says then of no request whence it came.
    if scope.get("http_version") == "1.0":
        return False
    for name, value in scope["headers"]:
        if name in _PASSED_ON or (name, value) == _FROM_ELSEWHERE:
            return False
        if name == b"host" and not _is_ours(value):
            return False
    return True


@lru_cache(maxsize=256)
def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # in this process, or a socket of the file system: no other machine's
        return True
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


@lru_cache(maxsize=256)
def _is_ours(raw_host: bytes) -> bool:
    host = raw_host.decode("latin-1")
    name = host.rpartition("]")[0].lstrip("[") or host.partition(":")[0]
    return "." not in name or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
