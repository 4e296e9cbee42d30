"""What is around every attempt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas._async.middleware import chain

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud


def layer(cloud: Cloud, on_call: Callable[[aiaas.Call], aiaas.Call], log: list[Any]) -> Any:
    """Return middleware of the cloud's colour that changes calls and notes what comes of them."""

    def sync_layer(call: aiaas.Call, proceed: aiaas.Proceed) -> aiaas.RawResponse:
        try:
            response = proceed(on_call(call))
        except aiaas.AiaasError as error:
            log.append(type(error).__name__)
            raise
        log.append(response.status)
        return response

    async def async_layer(call: aiaas.Call, proceed: aiaas.AsyncProceed) -> aiaas.RawResponse:
        try:
            response = await proceed(on_call(call))
        except aiaas.AiaasError as error:
            log.append(type(error).__name__)
            raise
        log.append(response.status)
        return response

    return sync_layer if cloud.colour == "sync" else async_layer


def test_it_runs_once_an_attempt_and_sees_failures_as_answers(cloud: Cloud) -> None:
    log: list[Any] = []
    attempts: list[int] = []

    def note(call: aiaas.Call) -> aiaas.Call:
        attempts.append(call.attempt)
        return call

    cloud.answers(cloud.problem("overloaded"), httpx.ConnectError("refused"))
    cloud.run(lambda client: client.images.classify(b"x"), middleware=[layer(cloud, note, log)])
    assert log == [503, "APIConnectionError", 200]
    assert attempts == [1, 2, 3]


def test_the_first_is_outermost_and_both_add_headers(cloud: Cloud) -> None:
    log: list[str] = []

    def named(name: str) -> Callable[[aiaas.Call], aiaas.Call]:
        def add(call: aiaas.Call) -> aiaas.Call:
            log.append(name)
            return call.with_headers(**{f"x_{name}": name})

        return add

    layers = [layer(cloud, named(name), []) for name in ("outer", "inner")]
    cloud.run(lambda client: client.images.classify(b"x"), middleware=layers)
    assert log == ["outer", "inner"]
    sent = cloud.requests[0].headers
    assert (sent["x-outer"], sent["x-inner"]) == ("outer", "inner")


def test_what_it_raises_is_retried_if_that_helps(cloud: Cloud) -> None:
    def refuse(call: aiaas.Call) -> aiaas.Call:
        if call.attempt < 3:
            raise aiaas.APIConnectionError("not now", host="h", phase="connect")
        return call

    cloud.run(lambda client: client.images.classify(b"x"), middleware=[layer(cloud, refuse, [])])
    assert (len(cloud.requests), len(cloud.sleeps)) == (1, 2)


def test_a_call_shows_what_it_is_and_hides_the_key(cloud: Cloud) -> None:
    seen: list[aiaas.Call] = []

    def note(call: aiaas.Call) -> aiaas.Call:
        seen.append(call)
        return call.replace(attempt=9)

    cloud.run(
        lambda client: client.images.classify(b"x", model="m", deadline_s=5),
        middleware=[layer(cloud, note, [])],
    )
    (call,) = seen
    assert call.operation.name == "images.classify"
    assert (call.method, call.path, call.query) == ("POST", "/v1/images/classify", "model=m")
    assert call.base_url == "http://cloud.test"
    assert 4 < (call.remaining_s or 0) <= 5
    assert "sk_test" not in repr(call)
    assert cloud.requests[0].headers["aiaas-retry-count"] == "8"
    with pytest.raises(AttributeError):
        call.attempt = 2  # type: ignore[misc]


def test_without_middleware_nothing_is_in_between() -> None:
    async def last(call: aiaas.Call) -> aiaas.RawResponse:
        raise NotImplementedError

    assert chain((), last) is last


def test_a_header_of_a_middleware_replaces_the_one_of_another_case(cloud: Cloud) -> None:
    def add(call: aiaas.Call) -> aiaas.Call:
        return call.replace(headers={"X-Team": "first"}).with_headers(x_team="second")

    cloud.run(lambda client: client.images.classify(b"x"), middleware=[layer(cloud, add, [])])
    assert cloud.requests[0].headers.get_list("x-team") == ["second"]


def test_closing_a_client_closes_its_middleware(cloud: Cloud) -> None:
    class Closable:
        closed = 0

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __call__(self, call: aiaas.Call, proceed: Any) -> Any:
            return self._inner(call, proceed)

        def close(self) -> None:
            self.closed += 1

    class AsyncClosable(Closable):
        async def close(self) -> None:  # type: ignore[override]
            self.closed += 1

    inner = layer(cloud, lambda call: call, [])
    kinds = [Closable] if cloud.colour == "sync" else [Closable, AsyncClosable]
    for kind in kinds:
        one = kind(inner)
        cloud.run(lambda client: client.images.classify(b"x"), middleware=[one, inner])
        assert one.closed == 1
