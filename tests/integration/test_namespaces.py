"""Many tests at once on one server: nothing of one is seen by another."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from aiaas import Client, PermissionDeniedError
from aiaas_mock.conformance import ServerProcess

TESTS, CALLS, AT_ONCE = 96, 14, 24
FILES, USAGE, MODEL = "/v1/files", "/v1/usage", "/v1/models/clothing"
INSTANT = "2026-03-01T12:00:{:02d}Z"


@pytest.fixture(scope="module")
def server(api_key: str) -> Iterator[ServerProcess]:
    """A server that has room for fewer namespaces than there are tests, but not than at once."""
    options = ("--engine", "null", "--warm", "fashion-cnn", "--max-namespaces", "32")
    with ServerProcess("--api-key", api_key, *options) as server:
        server.wait_for_log('"ready"')
        yield server


class Tenant:
    """A test with a namespace of its own, entered in one of the three ways."""

    def __init__(self, number: int, client: httpx.AsyncClient, api_key: str) -> None:
        self.name = f"tenant-{number}"
        self.number = number
        self._client = client
        self._prefix, key, self.headers = "", api_key, {}
        if number % 3 == 0:
            self.headers["X-Mock-Namespace"] = self.name
        elif number % 3 == 1:
            self._prefix = f"/ns/{self.name}"
        else:
            key = f"sk_mock_{self.name}_development"
        self.headers["Authorization"] = f"Bearer {key}"
        self.files: list[str] = []
        self.chance = random.Random(number)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self._client.request(
            method, f"{self._prefix}{path}", headers=self.headers, **options
        )

    async def steer(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, f"/_mock/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def set_up(self) -> None:
        """Have a seed, a time and a fault that nobody else has."""
        second = self.number % 60
        clock = {"action": "freeze", "instant": INSTANT.format(second)}
        body = {"name": self.name, "seed": self.number, "clock": clock}
        await self.steer("POST", "namespaces", body)
        await self.steer(
            "POST",
            "faults",
            {"match": {"operation": "models.*"}, "fault": {"kind": "status", "status": self._own}},
        )

    @property
    def _own(self) -> int:
        return (418, 502, 507, 511)[self.number % 4]

    async def call(self) -> None:
        """Do something, and see only what is one's own."""
        await self.chance.choice((self._upload, self._list, self._fault, self._clock))()

    async def _upload(self) -> None:
        content = f"{self.name} {len(self.files)}".encode()
        made = (await self.ask("POST", FILES, files={"file": content})).json()
        assert made["created_at"] == INSTANT.format(self.number % 60)
        self.files.append(made["id"])
        read = await self.ask("GET", f"{FILES}/{made['id']}/content")
        assert read.content == content

    async def _list(self) -> None:
        page = (await self.ask("GET", FILES, params={"limit": 100})).json()
        assert [file["id"] for file in page["data"]] == self.files[::-1]

    async def _fault(self) -> None:
        assert (await self.ask("GET", MODEL)).status_code == self._own

    async def _clock(self) -> None:
        shown = await self.steer("GET", "clock")
        assert shown["now"] == INSTANT.format(self.number % 60)

    async def tear_down(self) -> None:
        """Look at what was counted, and be gone."""
        report = (await self.ask("GET", USAGE)).json()
        assert report["namespace"] == self.name
        created = [row["requests"] for row in report["data"] if row["operation"] == "files.create"]
        assert created == ([len(self.files)] if self.files else [])
        await self.steer("DELETE", f"namespaces/{self.name}")


async def test_a_thousand_interleaved_calls_leak_nothing(
    server: ServerProcess, api_key: str
) -> None:
    # Idle connections are given up before the server does it, which could cross a request.
    limits = httpx.Limits(max_connections=AT_ONCE, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client:

        async def run(number: int) -> Tenant:
            tenant = Tenant(number, client, api_key)
            await tenant.set_up()
            for _ in range(CALLS):
                await tenant.call()
            await tenant.tear_down()
            return tenant

        waiting = iter(range(TESTS))

        async def worker() -> list[Tenant]:
            return [await run(number) for number in waiting]

        done = await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        left = (await client.get("/_mock/namespaces")).json()["data"]
    tenants = [tenant for found in done for tenant in found]
    assert len(tenants) == TESTS
    assert left == []
    ids = [file for tenant in tenants for file in tenant.files]
    assert len(set(ids)) == len(ids)


async def test_the_same_seed_tells_the_same_story_over_http(
    server: ServerProcess, api_key: str
) -> None:
    headers = {"Authorization": f"Bearer {api_key}"}
    frozen = {"action": "freeze", "instant": "2026-03-01T12:00:00Z"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:

        async def story(name: str) -> list[Any]:
            await client.post("/_mock/namespaces", json={"name": name, "seed": 7, "clock": frozen})
            flaky = {"id": "flaky", "probability": 0.5, "fault": {"kind": "internal"}}
            await client.post(f"/ns/{name}/_mock/faults", json=flaky)
            told: list[Any] = []
            for number in range(8):
                part = {"file": ("a.txt", f"{number}".encode())}
                answer = await client.post(f"/ns/{name}{FILES}", files=part)
                told.append((answer.status_code, answer.headers["x-request-id"], answer.text))
            return told

        one, other = await story("one"), await story("other")
    assert one == other
    assert {status for status, _, _ in one} == {200, 500}


def test_the_sdk_enters_by_base_url_and_by_key(server: ServerProcess, api_key: str) -> None:
    with (
        Client(api_key, base_url=f"{server.url}/ns/by-url") as by_url,
        Client("sk_mock_by-key_development", base_url=server.url) as by_key,
        Client(
            api_key, base_url=server.url, headers={"X-Mock-Namespace": "by-header"}
        ) as by_header,
    ):
        names = [client.usage.retrieve().namespace for client in (by_url, by_key, by_header)]
        with pytest.raises(PermissionDeniedError) as refused:
            by_key.with_options(headers={"X-Mock-Namespace": "elsewhere"}).usage.retrieve()
    assert names == ["by-url", "by-key", "by-header"]
    assert refused.value.code == "namespace_forbidden"
