"""Answers what can be asked of the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice

from aiaas.contract.answers import Page
from aiaas.contract.operations import all_operations
from aiaas_mock.http.answers import Answer
from aiaas_mock.lab.contract.requests import (
    DeletedRequests,
    JournalEntry,
    JournalEntryRequest,
    ListRequestsRequest,
    UnmatchedRequest,
    VerifyRequest,
)
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.journal.canonical import MEDIA_TYPE, canonical
from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.journal.journal import Journal
from aiaas_mock.lab.journal.shown import shown
from aiaas_mock.lab.journal.unmatched import unmatched
from aiaas_mock.lab.journal.verification import verify


async def _list(request: ListRequestsRequest, space: MakeSpace) -> Page[JournalEntry] | Answer:
    found = _wanted(request, (await space()).journal)
    if request.canonical:
        return Answer(canonical(found), media_type=MEDIA_TYPE)
    page = list(islice(found, request.limit + 1))
    more, page = len(page) > request.limit, page[: request.limit]
    return Page[JournalEntry](
        data=tuple(map(shown, page)),
        has_more=more,
        next_cursor=str(page[-1].number) if more else None,
    )


def _wanted(request: ListRequestsRequest, journal: Journal) -> Iterator[Entry]:
    after = int(request.cursor or 0)
    for entry in journal:
        if (
            entry.number > after
            and (request.operation is None or fnmatchcase(entry.operation, request.operation))
            and request.status in (None, entry.status)
            and request.key in (None, entry.key_id)
            and request.request_id in (None, entry.request_id)
            and (request.since is None or entry.at >= request.since)
        ):
            yield entry


async def _clear(request: None, space: MakeSpace) -> DeletedRequests:
    journal = (await space()).journal
    count = len(journal.copy())
    journal.reset()
    return DeletedRequests(count=count)


async def _verify(request: VerifyRequest, space: MakeSpace) -> Answer:
    report = verify(request, tuple((await space()).journal))
    body = report.model_dump_json().encode()
    return Answer(body, status=200 if report.verified else 406)


async def _unmatched(request: None, space: MakeSpace) -> Page[UnmatchedRequest]:
    found = unmatched((await space()).journal, tuple(all_operations()))
    return Page[UnmatchedRequest](data=tuple(found), has_more=False)


async def _retrieve(request: JournalEntryRequest, space: MakeSpace) -> JournalEntry:
    return shown((await space()).journal.get(request.request_id))


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {
        "mock.requests.list": _list,
        "mock.requests.clear": _clear,
        "mock.requests.verify": _verify,
        "mock.requests.unmatched": _unmatched,
        "mock.requests.retrieve": _retrieve,
    }
