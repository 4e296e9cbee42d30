"""Events: what happens in a namespace, told as it happens."""

import asyncio
import json

import httpx
import pytest

from aiaas_mock.context import utc_now
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.control.events import tell
from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.journal.journal import MOST_WATCHERS, Journal, JournalSize, Shelf
from aiaas_mock.lab.journal.tape import Copied
from aiaas_mock.lab.namespace import Blueprint, Namespace

A = {"X-Mock-Namespace": "a"}


async def test_entries_are_told_as_they_come(lab: httpx.AsyncClient) -> None:
    stream = asyncio.create_task(lab.get("/_mock/events", headers=A, params={"limit": 2}))
    await asyncio.sleep(0.02)
    rule = {"id": "r1", "match": {"nth": [2]}, "fault": {"kind": "status", "status": 503}}
    await lab.post("/_mock/faults", json=rule, headers=A)
    await lab.get("/v1/models")
    first = await lab.get("/v1/models", headers=A)
    await lab.get("/v1/models", headers=A)
    answer = await stream
    assert answer.headers["content-type"] == "text/event-stream"
    events = [text.split("\n") for text in answer.text.strip().split("\n\n")]
    told = [(kind[len("event: ") :], json.loads(data[len("data: ") :])) for kind, data in events]
    assert [kind for kind, _ in told] == ["open", "request", "request", "done"]
    assert told[0][1] == {"namespace": "a", "next_number": 1}
    assert told[1][1]["request_id"] == first.headers["x-request-id"]
    assert told[1][1]["request"] is None
    assert (told[2][1]["status"], told[2][1]["faults"]) == (503, ["r1"])


async def test_silence_is_broken_by_pings() -> None:
    space = Namespace("a", Blueprint(machine=utc_now, parts={}))
    events = tell(space, limit=None, ping_after_s=0.001)
    assert [(await anext(events))[0] for _ in range(3)] == ["open", "ping", "ping"]
    await events.aclose()  # type: ignore[attr-defined]


def test_so_many_watch_a_journal_and_no_more() -> None:
    journal = Journal(JournalSize(), Shelf())
    watching = [journal.watched() for _ in range(MOST_WATCHERS)]
    for one in watching:
        one.__enter__()
    with pytest.raises(ApiError, match="watch"), journal.watched():
        pass
    watching[0].__exit__(None, None, None)
    with journal.watched() as coming:
        assert coming.empty()


def entry(number: int) -> Entry:
    nothing = Copied("", 0, None, "")
    return Entry(
        number=number,
        request_id=f"req_{number}",
        at=utc_now(),
        operation="models.list",
        method="GET",
        path="/v1/models",
        query="",
        key_id=None,
        status=200,
        faults=(),
        override=None,
        model=None,
        duration_s=0.0,
        queue_s=0.0,
        raw_headers=(),
        raw_answer_headers=(),
        request=nothing,
        answer=nothing,
    )


def test_who_reads_too_slowly_misses_the_oldest() -> None:
    journal = Journal(JournalSize(), Shelf())
    with journal.watched() as coming:
        for number in range(1, coming.maxsize + 3):
            journal.add(entry(number))
        assert coming.get_nowait().number == 3


def test_a_journal_gives_back_the_room_that_it_took() -> None:
    shelf = Shelf(most_bytes=1)
    one, other = Journal(JournalSize(), shelf), Journal(JournalSize(), shelf)
    for journal in (one, one, other):
        journal.add(entry(journal.next_number))
    assert [len(list(one)), len(list(other))] == [1, 1]
    copied = one.copy()
    one.reset()
    assert shelf.used_bytes == copied[0].weight_bytes
    one.restore(copied)
    other.reset()
    assert shelf.used_bytes == copied[0].weight_bytes
