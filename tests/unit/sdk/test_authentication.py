"""As whom requests are sent: keys, functions that give keys, and tokens."""

from __future__ import annotations

import asyncio
import base64
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

import aiaas
from aiaas.contract.system import HEALTH

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

SECRET = "client-secret-0123456789"
CREDENTIALS = aiaas.OAuth2ClientCredentials("key_1", SECRET, scope="images:read")


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def token(text: str, *, expires_in: int = 3600) -> httpx.Response:
    return httpx.Response(
        200,
        json={
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": expires_in,
            "scope": "images:read",
        },
    )


def used(cloud: Cloud) -> list[str]:
    return [
        request.headers["authorization"].removeprefix("Bearer ")
        for request in cloud.requests
        if request.url.path != "/oauth/token"
    ]


def asked_for_tokens(cloud: Cloud) -> list[httpx.Request]:
    return [request for request in cloud.requests if request.url.path == "/oauth/token"]


async def twice_async(client: Any) -> None:
    await client.images.classify(b"x")
    await client.images.classify(b"x")


def twice(client: Any) -> Any:
    if isinstance(client, aiaas.AsyncClient):
        return twice_async(client)
    client.images.classify(b"x")
    return client.images.classify(b"x")


def test_a_function_gives_the_key_of_each_call_and_of_all_its_attempts(cloud: Cloud) -> None:
    keys = iter(["first", "second"])
    cloud.answers(cloud.problem("overloaded"))
    cloud.run(twice, api_key=lambda: next(keys))
    assert used(cloud) == ["first", "first", "second"]


def test_a_coroutine_function_gives_the_key_of_an_asynchronous_client(cloud: Cloud) -> None:
    async def key() -> str:
        await asyncio.sleep(0)
        return "awaited"

    if cloud.colour == "async":
        cloud.run(classify, api_key=key)
        assert used(cloud) == ["awaited"]
    else:
        with pytest.raises(TypeError, match="AsyncClient takes them"):
            cloud.run(classify, api_key=key)


@pytest.mark.parametrize("key", ["", "sec\nret", None])
def test_a_function_that_gives_no_key_is_found_out(cloud: Cloud, key: Any) -> None:
    with pytest.raises(aiaas.ConfigurationError) as info:
        cloud.run(classify, api_key=lambda: key)
    assert "sec" not in str(info.value)
    assert cloud.requests == []


def test_a_key_that_is_refused_is_asked_for_again_once(cloud: Cloud) -> None:
    keys = iter(["old", "new", "newer"])
    cloud.answers(cloud.problem("invalid_api_key"), cloud.problem("invalid_api_key"))
    with pytest.raises(aiaas.AuthenticationError):
        cloud.run(classify, api_key=lambda: next(keys))
    assert used(cloud) == ["old", "new"]
    assert cloud.sleeps == []


def test_a_key_that_does_not_change_is_sent_once(cloud: Cloud) -> None:
    for key in ("fixed", lambda: "same"):
        cloud.requests.clear()
        cloud.answers(cloud.problem("invalid_api_key"))
        with pytest.raises(aiaas.AuthenticationError) as info:
            cloud.run(classify, api_key=key)
        assert (len(cloud.requests), info.value.attempts) == (1, 1)


def test_anything_else_is_no_key() -> None:
    with pytest.raises(aiaas.ConfigurationError, match="text or gives text; got int"):
        aiaas.Client(3)  # type: ignore[arg-type]


def test_a_token_is_asked_for_once_and_kept(cloud: Cloud) -> None:
    cloud.answers(token("t1"))
    cloud.run(twice, api_key=CREDENTIALS)
    (request,) = asked_for_tokens(cloud)
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["images:read"],
    }
    kind, _, pair = request.headers["authorization"].partition(" ")
    assert (kind, base64.b64decode(pair).decode()) == ("Basic", f"key_1:{SECRET}")
    assert used(cloud) == ["t1", "t1"]


def test_a_token_may_come_from_elsewhere(cloud: Cloud) -> None:
    elsewhere = aiaas.OAuth2ClientCredentials("id", "s", token_url="https://login.test/oauth/token")
    cloud.answers(token("t1"))
    cloud.run(classify, api_key=elsewhere)
    assert str(cloud.requests[0].url) == "https://login.test/oauth/token"
    assert used(cloud) == ["t1"]


def test_a_token_is_renewed_before_it_ends(cloud: Cloud) -> None:
    now_s = 0.0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal now_s
        now_s = 3545.0  # less than a minute before the end of the first token
        return cloud._infer(request)

    cloud.answers(token("t1"), answer, token("t2"))
    cloud.run(twice, api_key=CREDENTIALS, clock=lambda: now_s)
    assert used(cloud) == ["t1", "t2"]


def test_renewing_early_may_fail_while_the_token_is_good(cloud: Cloud) -> None:
    now_s = 0.0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal now_s
        now_s = 3545.0
        return cloud._infer(request)

    cloud.answers(token("t1"), answer, cloud.problem("internal_error"))
    cloud.run(twice, api_key=CREDENTIALS, clock=lambda: now_s)
    assert used(cloud) == ["t1", "t1"]


def test_a_refused_token_is_renewed_once_and_the_request_repeated_once(cloud: Cloud) -> None:
    cloud.answers(token("t1"), cloud.problem("expired_token"), token("t2"))
    cloud.run(classify, api_key=CREDENTIALS, retries=0)
    assert used(cloud) == ["t1", "t2"]
    assert "aiaas-retry-count" not in cloud.requests[-1].headers


def test_a_token_that_is_refused_again_is_an_error(cloud: Cloud) -> None:
    refusal = cloud.problem("expired_token")
    cloud.answers(token("t1"), refusal, token("t2"), refusal)
    with pytest.raises(aiaas.AuthenticationError) as info:
        cloud.run(classify, api_key=CREDENTIALS)
    assert info.value.code == "expired_token"
    assert used(cloud) == ["t1", "t2"]


def test_a_client_that_is_not_known_is_told_so_without_its_secret(
    cloud: Cloud, debug_log: pytest.LogCaptureFixture
) -> None:
    cloud.answers(cloud.problem("invalid_client"))
    with pytest.raises(aiaas.AuthenticationError) as info:
        cloud.run(classify, api_key=CREDENTIALS)
    seen = f"{info.value!r} {info.value} {CREDENTIALS!r} {debug_log.text} {vars(info.value)}"
    basic = base64.b64encode(f"key_1:{SECRET}".encode()).decode()
    assert SECRET not in seen
    assert basic not in seen


def test_asking_for_a_token_is_retried(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), httpx.ConnectError("refused"), token("t1"))
    cloud.run(classify, api_key=CREDENTIALS)
    assert used(cloud) == ["t1"]
    assert len(cloud.sleeps) == 2


def test_a_hundred_tasks_ask_for_one_token() -> None:
    asked = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.path == "/oauth/token":
            asked += 1
            await asyncio.sleep(0.005)
            return token("t1")
        return httpx.Response(200, json={"status": "ok", "version": "1"})

    async def use() -> None:
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http_client,
            aiaas.AsyncClient(CREDENTIALS, http_client=http_client) as client,
        ):
            await asyncio.gather(*(client.request(HEALTH) for _ in range(100)))

    asyncio.run(use())
    assert asked == 1


def test_sixteen_threads_ask_for_one_token_and_renew_it_once() -> None:
    asked: list[str] = []
    good = "t1"
    gate = threading.Barrier(16)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            asked.append(f"t{len(asked) + 1}")
            return token(asked[-1])
        if request.headers["authorization"] != f"Bearer {good}":
            return httpx.Response(401, json={})
        return httpx.Response(200, json={"status": "ok", "version": "1"})

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.Client(CREDENTIALS, http_client=http_client) as client,
    ):
        failures: list[Exception] = []

        def call() -> None:
            try:
                gate.wait()
                client.request(HEALTH)
            except Exception as error:
                failures.append(error)

        for good in ("t1", "t2"):  # noqa: B007 - read by the cloud
            threads = [threading.Thread(target=call) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert failures == []
    assert asked == ["t1", "t2"]


@pytest.mark.parametrize(("client_id", "secret"), [("", "s"), ("i", "")])
def test_credentials_need_both_halves(client_id: str, secret: str) -> None:
    with pytest.raises(aiaas.ConfigurationError, match="client_id and a client_secret"):
        aiaas.OAuth2ClientCredentials(client_id, secret)


async def test_a_deadline_ends_the_wait_for_somebody_elses_token() -> None:
    go = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        await go.wait()
        return token("t1") if request.url.path == "/oauth/token" else httpx.Response(200, json={})

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.AsyncClient(CREDENTIALS, http_client=http_client) as client,
    ):
        patient = asyncio.create_task(client.raw.send(HEALTH))
        await asyncio.sleep(0.01)
        with pytest.raises(aiaas.CallDeadlineError):
            async with asyncio.timeout(5):
                await client.raw.send(HEALTH, deadline_s=0.05)
        go.set()
        await patient


def test_a_deadline_ends_the_wait_of_a_thread_for_somebody_elses_token() -> None:
    begun, go = threading.Event(), threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        begun.set()
        go.wait(5)
        return token("t1") if request.url.path == "/oauth/token" else httpx.Response(200, json={})

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.Client(CREDENTIALS, http_client=http_client) as client,
    ):
        patient = threading.Thread(target=client.raw.send, args=(HEALTH,))
        patient.start()
        begun.wait(5)
        with pytest.raises(aiaas.CallDeadlineError):
            client.raw.send(HEALTH, deadline_s=0.05)
        go.set()
        patient.join()


async def test_who_waits_for_the_same_token_shares_its_failure() -> None:
    asked = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return httpx.Response(503, json={})

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.AsyncClient(CREDENTIALS, http_client=http_client, retries=0) as client,
    ):
        calls = [client.raw.send(HEALTH) for _ in range(10)]
        failures = await asyncio.gather(*calls, return_exceptions=True)
        assert asked == 1
        assert {type(failure) for failure in failures} == {aiaas.ServiceUnavailableError}
        assert len({id(failure) for failure in failures}) == 10
        with pytest.raises(aiaas.ServiceUnavailableError):
            await client.raw.send(HEALTH)
    assert asked == 2


async def test_who_waits_asks_itself_when_the_one_who_asked_gave_up() -> None:
    asked = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.path != "/oauth/token":
            return httpx.Response(200, json={})
        asked += 1
        await asyncio.sleep(10 if asked == 1 else 0)
        return token("t1")

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.AsyncClient(CREDENTIALS, http_client=http_client) as client,
    ):
        hasty = asyncio.create_task(client.raw.send(HEALTH, deadline_s=0.05))
        cancelled = asyncio.create_task(client.raw.send(HEALTH))
        await asyncio.sleep(0)
        patient = asyncio.create_task(client.raw.send(HEALTH))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        assert (await patient).status == 200
        with pytest.raises(aiaas.CallDeadlineError):
            await hasty
    assert asked == 2


def test_a_token_that_cannot_be_renewed_early_is_used_for_a_while(cloud: Cloud) -> None:
    now_s = 0.0

    def late(request: httpx.Request) -> httpx.Response:
        nonlocal now_s
        now_s = {0.0: 80.0, 80.0: 84.0, 84.0: 86.0}.get(now_s, now_s)
        return httpx.Response(200, json={})

    async def thrice_async(client: Any) -> None:
        for _ in range(4):
            await client.raw.send(HEALTH)

    def thrice(client: Any) -> Any:
        if isinstance(client, aiaas.AsyncClient):
            return thrice_async(client)
        return [client.raw.send(HEALTH) for _ in range(4)]

    refused = cloud.problem("internal_error")
    cloud.answers(token("t1", expires_in=100), late, refused, late, late, token("t2"), late)
    cloud.run(thrice, api_key=CREDENTIALS, clock=lambda: now_s, retries=0)
    assert used(cloud) == ["t1", "t1", "t1", "t2"]
    assert cloud.script == []


def test_a_client_with_a_token_outlives_its_event_loop() -> None:
    now_s = 0.0

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.001)
        if request.url.path == "/oauth/token":
            return token("t1", expires_in=1)
        return httpx.Response(200, json={})

    http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = aiaas.AsyncClient(CREDENTIALS, http_client=http_client, clock=lambda: now_s)

    async def both() -> list[int]:
        answers = await asyncio.gather(*(client.raw.send(HEALTH) for _ in range(2)))
        return [answer.status for answer in answers]

    for _ in range(2):
        assert asyncio.run(both()) == [200, 200]
        now_s += 50


@pytest.mark.parametrize("elsewhere", [True, False])
def test_own_headers_go_to_the_deployment_alone(cloud: Cloud, elsewhere: bool) -> None:
    host = "login.test" if elsewhere else "cloud.test"
    credentials = aiaas.OAuth2ClientCredentials("id", "s", token_url=f"http://{host}/oauth/token")
    cloud.answers(token("t1"))
    cloud.run(classify, api_key=credentials, headers={"X-Gateway-Key": "secret"})
    sent = [request.headers.get("x-gateway-key") for request in cloud.requests]
    assert sent == [None if elsewhere else "secret", "secret"]
