"""Training on a server of its own: a model is learned, promoted, and survives a killed server."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess

Serve = Callable[..., ServerProcess]

ITEMS = 40
USERS = 120
BATCH = 200


def items() -> list[dict[str, Any]]:
    """Even items go together, and odd ones do."""
    return [
        {"id": f"i{number}", "title": f"{'Tea cup' if number % 2 else 'Garden lamp'} {number}"}
        for number in range(ITEMS)
    ]


def events() -> list[dict[str, Any]]:
    """Each user buys some items of one kind, one a day."""
    return [
        {
            "id": f"e{user}-{step}",
            "type": "purchase",
            "user": f"u{user}",
            "item": f"i{(user * 7 + step * 2) % ITEMS // 2 * 2 + user % 2}",
            "time": f"2026-01-{step + 1:02}T{user % 24:02}:00:00Z",
        }
        for user in range(USERS)
        for step in range(8)
    ]


class Cloud:
    """A client of a server."""

    def __init__(self, server: ServerProcess, api_key: str) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._client = httpx.Client(base_url=f"{server.url}/v1/", headers=headers, timeout=60)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request and return the answer."""
        answer = self._client.request("GET" if body is None else "POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def news(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield what happens to a job, and the job in the end."""
        path = f"jobs/{job}/events"
        with self._client.stream("GET", path, params={"stream": "true"}) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def end_of(self, job: str) -> dict[str, Any]:
        """Wait for the end of a job."""
        return list(self.news(job))[-1]

    def stock(self) -> None:
        """Send the items."""
        self.ask("recommendations/items", {"items": items()})

    def stored(self) -> list[str]:
        """Return the ids of all events."""
        ids: list[str] = []
        cursor = ""
        while True:
            page = self.ask(f"recommendations/events?limit=1000{cursor}")
            ids += [event["id"] for event in page["data"]]
            if not page["has_more"]:
                return ids
            cursor = f"&cursor={page['next_cursor']}"


Start = Callable[[], tuple[ServerProcess, Cloud]]


@pytest.fixture
def start(serve: Serve, api_key: str, tmp_path: Path) -> Iterator[Start]:
    """Start a server on the test's data directory."""
    clouds: list[Cloud] = []

    def start() -> tuple[ServerProcess, Cloud]:
        server = serve("--data-dir", str(tmp_path / "data"), "--log-format", "json")
        server.wait_for_log('"ready"')
        clouds.append(Cloud(server, api_key))
        return server, clouds[-1]

    yield start
    for cloud in clouds:
        cloud.close()


def test_a_model_is_learned_from_the_events_promoted_and_rolled_back(start: Start) -> None:
    server, cloud = start()
    cloud.stock()
    cloud.ask("recommendations/events", {"events": events()})
    job = cloud.ask("recommendations/train", {"family": "item-knn"})
    assert job["status"] == "queued"
    ended = cloud.end_of(job["id"])
    assert ended["status"] == "succeeded", (ended, server.log)
    assert ended["result"]["model"] == "trained@1"
    assert ended["result"]["promoted"], ended
    assert 0 <= ended["result"]["metrics"]["recall"] <= 1
    # Somebody who bought one lamp gets lamps, because of the lamp.
    bought = {"type": "purchase", "user": "new", "item": "i4"}
    cloud.ask("recommendations/events", {"events": [bought]})
    answer = cloud.ask("recommendations/for-user", {"user": "new", "count": 5, "reasons": 20})
    assert answer["model"] == "trained@1"
    assert {int(item["item_id"][1:]) % 2 for item in answer["items"]} == {0}
    first = answer["items"][0]
    assert any(reason["item_id"] == "i4" and reason["exact"] for reason in first["reasons"])
    together = sum(reason["contribution"] for reason in first["reasons"])
    assert together == pytest.approx(first["score"], abs=1e-3)
    # A second one is measured beside the first; whichever answers, the first can come back.
    second = cloud.end_of(cloud.ask("recommendations/train", {"family": "popularity"})["id"])
    assert second["result"]["model"] == "trained@2"
    assert second["result"]["decision"]
    cloud.ask("recommendations/models/trained@2/promote", {})
    assert cloud.ask("recommendations/rollback", {})["id"] == "trained@1"
    offline = cloud.ask("recommendations/metrics")["offline"]
    assert [row["model"] for row in offline] == ["trained@2", "trained@1"]


def test_a_training_whose_server_is_killed_is_begun_again(start: Start) -> None:
    server, cloud = start()
    cloud.stock()
    cloud.ask("recommendations/events", {"events": events()})
    job = cloud.ask("recommendations/train", {"family": "item-knn", "name": "mine"})["id"]
    with suppress(httpx.TransportError):
        for update in cloud.news(job):
            if update.get("kind") == "progress":
                server.signal(signal.SIGKILL)
    assert server.wait() == -signal.SIGKILL
    _, cloud = start()
    ended = cloud.end_of(job)
    assert (ended["status"], ended["attempt"]) == ("succeeded", 2)
    models = cloud.ask("recommendations/models")["data"]
    assert [model["id"] for model in models if model["origin"] == "trained"] == ["mine@1"]
    stored = cloud.stored()
    assert sorted(stored) == sorted(event["id"] for event in events())


def test_no_event_that_was_acknowledged_is_lost_or_doubled_by_a_kill(start: Start) -> None:
    server, cloud = start()
    cloud.stock()
    batches = [events()[at : at + BATCH] for at in range(0, USERS * 8, BATCH)]
    acknowledged: list[str] = []
    several = threading.Event()

    def send() -> None:
        try:
            for number, batch in enumerate(batches * 1000):
                fresh = [{**event, "id": f"{event['id']}-{number}"} for event in batch]
                answer = cloud.ask("recommendations/events", {"events": fresh})
                assert answer["created"] == BATCH or number % len(batches) == len(batches) - 1
                acknowledged.extend(event["id"] for event in fresh)
                if number == 2:
                    several.set()
        except httpx.TransportError:
            pass  # the server is no more

    sender = threading.Thread(target=send)
    sender.start()
    assert several.wait(60)
    server.signal(signal.SIGKILL)
    server.wait()
    sender.join(60)
    _, cloud = start()
    stored = cloud.stored()
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    again = [
        {"id": name, "type": "purchase", "user": "u1", "item": "i1"} for name in acknowledged[:500]
    ]
    answer = cloud.ask("recommendations/events", {"events": again})
    assert (answer["created"], answer["duplicates"]) == (0, 500)


def test_training_that_cannot_be_done_fails_with_the_reason(start: Start) -> None:
    _, cloud = start()
    cloud.stock()
    lonely = [{**event, "user": "u1"} for event in events()[:20]]
    cloud.ask("recommendations/events", {"events": lonely})
    ended = cloud.end_of(cloud.ask("recommendations/train", {"family": "item-knn"})["id"])
    assert ended["status"] == "failed"
    assert ended["error"]["code"] == "not_enough_events"
