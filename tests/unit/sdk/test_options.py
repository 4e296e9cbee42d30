"""Options of a client, of a copy of it, and of one call."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

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
        {"headers": {"X": "1\u00e9"}},
    ],
)
def test_an_option_that_cannot_work_is_refused(sync_cloud: Cloud, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"timeout_s|deadline_s|retries|header") as info:
        sync_cloud.run(lambda client: client.with_options(**options))
    assert "hidden" not in str(info.value)


_COPIES = """
import gc, tracemalloc
import httpx, aiaas

transport = httpx.MockTransport(lambda request: httpx.Response(200))
with httpx.Client(transport=transport) as http_client:
    client = aiaas.Client("k", http_client=http_client)

    def memory_of(count):
        gc.collect()
        tracemalloc.start()
        for number in range(count):
            client.with_options(timeout_s=1 + number, headers={"X-N": str(number)}).images
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return kept, peak

    memory_of(100)
    print(memory_of(1_000)[1], *memory_of(10_000))
"""


def test_ten_thousand_copies_leave_no_memory_behind() -> None:
    # In a process of its own: what other tests leave behind is collected in between, and counts.
    done = subprocess.run(
        [sys.executable, "-c", _COPIES], check=True, capture_output=True, text=True
    )
    peak_of_few, kept, peak = map(int, done.stdout.split())
    assert kept < 20_000
    assert peak < 2 * peak_of_few


def test_a_copy_has_the_address_and_the_connections_of_its_client(sync_cloud: Cloud) -> None:
    def use(client: Any) -> None:
        copy = client.with_options(timeout_s=1)
        assert type(copy) is type(client)
        assert copy.base_url == client.base_url
        copy.close()
        with pytest.raises(aiaas.ClientClosedError, match="was closed"):
            client.images.classify(b"x")

    sync_cloud.run(use)


def test_a_copy_has_no_idempotency_key_as_it_would_name_all_its_calls(sync_cloud: Cloud) -> None:
    with pytest.raises(TypeError, match=r"single call: .* options are deadline_s, headers, ret"):
        sync_cloud.run(lambda client: client.with_options(idempotency_key="x"))
    with pytest.raises(TypeError, match=r"'colour' is no option of a client: the options are"):
        sync_cloud.run(lambda client: client.with_options(colour="red"))


@pytest.mark.parametrize("key", ["", "\u00e9", "a\nb", "a b", "\x7f", "k" * 256])
def test_an_idempotency_key_that_no_header_can_carry_is_refused(cloud: Cloud, key: str) -> None:
    with pytest.raises(ValueError, match="idempotency_key must be 1 to 255 visible ASCII"):
        cloud.run(lambda client: client.files.delete("f", idempotency_key=key))
    assert cloud.requests == []


def test_any_visible_text_is_an_idempotency_key(cloud: Cloud) -> None:
    key = "".join(map(chr, range(ord("!"), ord("~") + 1)))
    cloud.answers(*(cloud.json({"id": "f"}) for _ in range(3)))
    cloud.run(lambda client: client.files.delete("f", idempotency_key=key))
    cloud.run(lambda client: client.files.delete("f", idempotency_key="k" * 255))
    cloud.run(lambda client: client.files.delete("f", idempotency_key=None))
    sent = [request.headers["idempotency-key"] for request in cloud.requests]
    assert sent[:2] == [key, "k" * 255]
    assert len(sent[2]) > 10  # made up


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"retries": "3"}, "retries must be a whole number or an aiaas.Retry; got str"),
        ({"retries": None}, "retries must be a whole number or an aiaas.Retry; got NoneType"),
        ({"timeout_s": None}, "timeout_s must be a number of seconds; got NoneType"),
        ({"deadline_s": "3"}, "deadline_s must be a number of seconds; got str"),
        ({"headers": {"x": 1}}, "header 'x' must be text; got int"),
        ({"headers": {1: "x"}}, "header 1 must be text; got int"),
        ({"headers": ["x"]}, "headers must map names to values; got list"),
        ({"idempotency_key": 7}, "idempotency_key must be text; got int"),
    ],
)
def test_an_option_of_a_wrong_type_is_told(
    sync_cloud: Cloud, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        sync_cloud.run(lambda client: client.files.delete("f", **options))
    assert sync_cloud.requests == []


def test_a_header_replaces_the_one_of_another_case(cloud: Cloud) -> None:
    cloud.run(
        lambda client: client.images.classify(b"x", headers={"x-team": "call"}),
        headers={"X-Team": "client", "X-Other": "kept"},
    )
    assert cloud.requests[0].headers.get_list("x-team") == ["call"]
    assert cloud.requests[0].headers["x-other"] == "kept"
