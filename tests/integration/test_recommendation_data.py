"""Items, users and events over HTTP: whose they are, and what is left of them after a crash."""

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from aiaas_mock.conformance import ServerProcess

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

ITEMS = "/v1/recommendations/items"
USERS = "/v1/recommendations/users"
EVENTS = "/v1/recommendations/events"
VIEW = {"type": "view", "user": "ann", "item": "mug"}


def batch(number: int) -> dict[str, Any]:
    events = [{**VIEW, "user": f"u{n}", "id": f"{number}-{n}"} for n in range(50)]
    return {"events": events}


def all_events(client: httpx.Client) -> Iterator[str]:
    cursor: dict[str, str] = {}
    while True:
        page = client.get(EVENTS, params={"limit": 1000, **cursor}).json()
        yield from (event["id"] for event in page["data"])
        if not page["has_more"]:
            return
        cursor = {"cursor": page["next_cursor"]}


def test_no_acknowledged_event_is_lost_or_doubled_when_the_server_is_killed(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    options = ("--data-dir", str(tmp_path), "--engine", "null")
    headers = {"Authorization": f"Bearer {api_key}"}
    acknowledged: list[int] = []
    first = serve(*options)

    def send(number: int) -> None:
        if len(acknowledged) == 20:
            first.signal(signal.SIGKILL)
        try:
            answer = client.post(EVENTS, json=batch(number))
        except httpx.TransportError:
            return
        assert answer.json()["created"] == 50
        acknowledged.append(number)

    with httpx.Client(base_url=first.url, headers=headers) as client:
        client.post(ITEMS, json={"items": [{"id": "mug"}]})
        with ThreadPoolExecutor(4) as senders:
            list(senders.map(send, range(60)))
    first.wait()
    assert 20 <= len(acknowledged) < 60

    with httpx.Client(base_url=serve(*options).url, headers=headers) as client:
        kept = list(all_events(client))
        assert len(kept) == len(set(kept))
        assert {f"{number}-{n}" for number in acknowledged for n in range(50)} <= set(kept)
        for number in range(60):  # as whoever got no answer would
            answer = client.post(EVENTS, json=batch(number)).json()
            assert answer["created"] + answer["duplicates"] == 50
            assert answer["created"] in (0, 50), "a request is kept whole or not at all"
            assert answer["created"] == 0 or number not in acknowledged
        assert sorted(all_events(client)) == sorted(
            f"{number}-{n}" for number in range(60) for n in range(50)
        )


async def test_nobody_sees_or_touches_what_another_namespace_has(open_app: OpenApp) -> None:
    keys = tuple(SecretStr(f"sk_mock_{name}_a-key-of-a-namespace") for name in ("one", "two"))
    one, two = ({"Authorization": f"Bearer {key.get_secret_value()}"} for key in keys)
    async with open_app(engine="null", api_key=keys) as client:
        item = {"id": "mug", "title": "of one", "metadata": {"price": 1}}
        await client.post(ITEMS, json={"items": [item]}, headers=one)
        await client.post(USERS, json={"users": [{"id": "ann"}]}, headers=one)
        await client.post(EVENTS, json={"events": [{**VIEW, "id": "e"}]}, headers=one)

        other = {"id": "pot", "metadata": {"price": "another type"}}
        answer = await client.post(ITEMS, json={"items": [other]}, headers=two)
        assert answer.json()["errors"] == []
        answer = await client.post(EVENTS, json={"events": [VIEW]}, headers=two)
        assert answer.json()["errors"][0]["error"]["code"] == "item_not_found"
        for method, path in (
            ("GET", f"{ITEMS}/mug"),
            ("DELETE", f"{ITEMS}/mug"),
            ("DELETE", f"{USERS}/ann"),
        ):
            assert (await client.request(method, path, headers=two)).status_code == 404
        assert (await client.get(EVENTS, headers=two)).json()["data"] == []
        listed = await client.get(ITEMS, headers=two)
        assert [item["id"] for item in listed.json()["data"]] == ["pot"]

        again = {**VIEW, "item": "pot", "id": "e"}
        answer = await client.post(EVENTS, json={"events": [again]}, headers=two)
        assert answer.json()["created"] == 1, "ids of events are a namespace's own"
        erased = await client.delete(f"{USERS}/ann", headers=one)
        assert erased.json()["events"] == 1


@pytest.mark.parametrize("body", ['{"value": NaN}', '{"value": Infinity}', '{"value": 1e999}'])
async def test_a_value_that_is_no_number_refuses_the_request(open_app: OpenApp, body: str) -> None:
    event = json.dumps(VIEW)[:-1] + "," + body[1:]
    headers = {"Content-Type": "application/json"}
    async with open_app(engine="null") as client:
        answer = await client.post(EVENTS, content=f'{{"events": [{event}]}}', headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("invalid_json", "invalid_request")


async def test_five_megabytes_of_metadata_refuse_their_item_alone(open_app: OpenApp) -> None:
    large = {f"f{number}": ["x" * 1000] * 100 for number in range(50)}
    items = [{"id": "large", "metadata": large}, {"id": "small"}]
    async with open_app(engine="null") as client:
        answer = await client.post(ITEMS, json={"items": items})
    assert answer.json()["created"] == 1
    (error,) = answer.json()["errors"]
    assert (error["index"], error["error"]["code"]) == (0, "metadata_too_large")
    assert len(answer.content) < 1000


async def test_a_new_namespace_has_the_demo_to_begin_with(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        listed = (await client.get(ITEMS)).json()["data"]
        assert len(listed) == 100  # a page
        told = await client.post(EVENTS, json={"events": [{**VIEW, "item": "85123A"}]})
        assert told.json()["created"] == 1
        refused = await client.delete(f"{ITEMS}/85123A")
        assert refused.json()["code"] == "item_not_found"
        await client.post(ITEMS, json={"items": [{"id": "mug"}]})
        listed = (await client.get(ITEMS)).json()["data"]
        assert [item["id"] for item in listed] == ["mug"]


async def test_the_demo_can_be_turned_off(open_app: OpenApp) -> None:
    async with open_app(engine="null", demo_catalogue=False) as client:
        assert (await client.get(ITEMS)).json()["data"] == []


def test_the_demo_can_be_turned_off_on_the_command_line(serve: Serve, api_key: str) -> None:
    for flag, shown in (("--demo-catalogue", 100), ("--no-demo-catalogue", 0)):
        server = serve("--engine", "null", flag)
        listed = httpx.get(f"{server.url}{ITEMS}", headers={"Authorization": f"Bearer {api_key}"})
        assert len(listed.json()["data"]) == shown
