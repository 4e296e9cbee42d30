"""Where a call goes, and how it ended."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse, is_success

_MAY_PASS = frozenset({408, 425, 429})


def url_of(call: Call) -> str:
    """Return where a call goes, without what may be secret: query, user and password."""
    outgoing = call.outgoing
    url = call.base_url + outgoing.path if outgoing.url is None else outgoing.url
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, _without_user(parts.netloc), parts.path, "", ""))


def host_of(call: Call) -> str:
    """Return host and port of where a call goes."""
    return _without_user(urlsplit(call.outgoing.url or call.base_url).netloc)


def _without_user(netloc: str) -> str:
    return netloc.rpartition("@")[2]


def is_final(call: Call, response: RawResponse) -> bool:
    """Say whether another attempt would get the same answer: a success, or a fault of the call."""
    if is_success(call.operation, response):
        return True
    return response.status < 500 and response.status not in _MAY_PASS
