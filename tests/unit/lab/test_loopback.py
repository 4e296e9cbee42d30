"""Who is on this machine."""

from typing import Any

import pytest

from aiaas_mock.lab.loopback import is_local


def scope(peer: str | None = "127.0.0.1", **headers: str) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"client": None if peer is None else (peer, 1), "headers": raw}


@pytest.mark.parametrize(
    "request_",
    [
        scope(),
        scope(None),
        scope("::1"),
        scope("::ffff:127.0.0.1"),
        scope("testclient"),
        scope(host="localhost:8080"),
        scope(host="127.0.0.1:8080"),
        scope(host="[::1]:8080"),
        scope(host="mock.localhost"),
        scope(host="test"),
        scope(sec_fetch_site="same-origin"),
    ],
)
def test_this_machine_is_local(request_: dict[str, Any]) -> None:
    assert is_local(request_)


@pytest.mark.parametrize(
    "request_",
    [
        scope("192.0.2.1"),
        scope("::ffff:192.0.2.1"),
        scope("2001:db8::1"),
        scope(x_forwarded_for="192.0.2.1"),
        scope(forwarded="for=192.0.2.1"),
        scope(via="1.1 proxy"),
        scope(sec_fetch_site="cross-site"),
        scope(host="rebound.example.com"),
        {**scope(host="127.0.0.1:8080", connection="close"), "http_version": "1.0"},
    ],
)
def test_others_and_what_was_passed_on_are_not(request_: dict[str, Any]) -> None:
    assert not is_local(request_)
