"""Options of a client, of a copy of it, and of one call."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud


def test_options_of_a_call_add_to_those_of_a_copy_and_its_client(cloud: Cloud) -> None:
    def use(client: Any) -> Any:
        copy = client.with_options(headers={"X-Team": "search"}, timeout_s=7)
        return copy.images.classify(b"x", headers={"X-Trace": "1"}, model="m")

    cloud.run(use, headers={"X-App": "shop"})
    sent = cloud.requests[0]
    assert [sent.headers[name] for name in ("x-app", "x-team", "x-trace")] == [
        "shop",
        "search",
        "1",
    ]
    assert sent.extensions["timeout"]["read"] == 7
    assert sent.url.params["model"] == "m"


def test_a_number_of_retries_changes_only_the_attempts(cloud: Cloud) -> None:
    cloud.answers(*(cloud.problem("overloaded", Retry_After_Ms="1") for _ in range(5)))
    policy = aiaas.Retry(max_attempts=2, max_retry_after_s=1)
    cloud.run(lambda client: client.images.classify(b"x", retries=5), retries=policy)
    assert len(cloud.requests) == 6


def test_every_method_takes_options(cloud: Cloud) -> None:
    calls = [
        lambda client: client.images.embed(b"x", timeout_s=2),
        lambda client: client.images.classify_many([b"x"], timeout_s=2),
        lambda client: client.images.embed_many([b"x"], timeout_s=2),
    ]
    for call in calls:
        cloud.run(call)
    assert {request.extensions["timeout"]["read"] for request in cloud.requests} == {2}


def test_an_option_that_is_none_is_refused_by_name(sync_cloud: Cloud) -> None:
    with pytest.raises(TypeError, match=r"no parameter or option 'tpo_k'; .*deadline_s"):
        sync_cloud.run(lambda client: client.images.classify(b"x", tpo_k=3))
    assert sync_cloud.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {"timeout_s": 0},
        {"deadline_s": -1},
        {"retries": -1},
        {"headers": {"Authorization": "x"}},
        {"headers": {"idempotency-key": "x"}},
        {"headers": {"X-Secret": "hidden\n"}},
        {"headers": {"X\n": "1"}},
    ],
)
def test_an_option_that_cannot_work_is_refused(sync_cloud: Cloud, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"timeout_s|deadline_s|retries|header") as info:
        sync_cloud.run(lambda client: client.with_options(**options))
    assert "hidden" not in str(info.value)


def test_ten_thousand_copies_leave_no_memory_behind() -> None:
    answer = httpx.Response(200, json={"status": "ok", "version": "1"})
    transport = httpx.MockTransport(lambda request: answer)
    with httpx.Client(transport=transport) as http_client:
        client = aiaas.Client("k", http_client=http_client)

        def copies(count: int) -> None:
            for number in range(count):
                client.with_options(timeout_s=1 + number, headers={"X-N": str(number)}).images  # noqa: B018

        copies(100)
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        copies(10_000)
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after - before < 20_000
    assert peak - before < 200_000


def test_a_copy_has_the_address_and_the_connections_of_its_client(sync_cloud: Cloud) -> None:
    def use(client: Any) -> None:
        copy = client.with_options(timeout_s=1)
        assert type(copy) is type(client)
        assert copy.base_url == client.base_url
        copy.close()
        with pytest.raises(aiaas.ClientClosedError, match="was closed"):
            client.images.classify(b"x")

    sync_cloud.run(use)


def test_a_header_replaces_the_one_of_another_case(cloud: Cloud) -> None:
    cloud.run(
        lambda client: client.images.classify(b"x", headers={"x-team": "call"}),
        headers={"X-Team": "client", "X-Other": "kept"},
    )
    assert cloud.requests[0].headers.get_list("x-team") == ["call"]
    assert cloud.requests[0].headers["x-other"] == "kept"
