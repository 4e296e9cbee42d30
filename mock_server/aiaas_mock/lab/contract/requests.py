"""The journal: what was asked of the namespace, and whether it was what was expected."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, model_validator

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.matching import RequestMatch

_Text = Annotated[str, Field(min_length=1, max_length=64)]
_Number = Annotated[Integer, Field(ge=0, le=10**9)]


class ListRequestsRequest(RequestModel):
    """Which entries.

    Attributes:
        operation: Only of this operation; ``*`` stands for any text.
        status: Only with this status.
        key: Only of the key with this public id.
        request_id: Only this request.
        since: Only what was over at this time of the namespace's clock, or later.
        cursor: `next_cursor` of the page before.
        limit: Most entries of a page.
        canonical: Whether to answer with the canonical form: lines of JSON without times and ids,
            sorted, all of them.
    """

    operation: _Text | None = None
    status: Annotated[Integer, Field(ge=100, le=599)] | None = None
    key: _Text | None = None
    request_id: _Text | None = None
    since: AwareDatetime | None = None
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,15}$")] | None = None
    limit: Annotated[Integer, Field(ge=1, le=100)] = 50
    canonical: bool = False


class JournalBody(ResponseModel):
    """A body that went past.

    Attributes:
        media_type: Its content type, without parameters.
        size_bytes: Its size.
        sha256: Its digest; empty for no body.
        json_body: What it says, redacted, when it is JSON or a stream of events and was kept.
        headers: The headers before it, redacted.
    """

    media_type: str
    size_bytes: int
    sha256: str
    json_body: Any = None
    headers: dict[str, str]


class JournalEntry(ResponseModel):
    """One request and its answer.

    Attributes:
        number: Which of the journal it is, from 1.
        request_id: Its id.
        at: When it was over, by the clock of the namespace.
        operation: Name of the operation, ``unmatched`` when no route was found.
        method: HTTP method.
        path: Path.
        query: Query string.
        key_id: Public id of the key.
        status: HTTP status; 499 when there was no answer or nobody to take it.
        faults: Ids of the fault rules that hit it.
        override: Id of the override that answered.
        model: What answered.
        duration_ms: How long it took, in milliseconds.
        queue_ms: How long it waited for the model, in milliseconds.
        request: The body of the request; None in a stream of events.
        answer: The body of the answer; None in a stream of events.
    """

    number: int
    request_id: str
    at: AwareDatetime
    operation: str
    method: str
    path: str
    query: str
    key_id: str | None
    status: int
    faults: tuple[str, ...]
    override: str | None
    model: str | None
    duration_ms: float
    queue_ms: float
    request: JournalBody | None = None
    answer: JournalBody | None = None


class JournalEntryRequest(RequestModel):
    """Which entry."""

    request_id: _Text


class DeletedRequests(ResponseModel):
    """Entries that are no more.

    Attributes:
        count: How many.
    """

    count: int
    deleted: bool = True


class Times(RequestModel):
    """How often.

    Attributes:
        exactly: So many.
        at_least: So many or more.
        at_most: So many or fewer.
    """

    exactly: _Number | None = None
    at_least: _Number | None = None
    at_most: _Number | None = None

    def allow(self, count: int) -> bool:
        """Say whether a count is right."""
        return (
            (self.exactly is None or count == self.exactly)
            and (self.at_least is None or count >= self.at_least)
            and (self.at_most is None or count <= self.at_most)
        )

    def __str__(self) -> str:
        """Say it in words."""
        given = self.model_dump(exclude_none=True)
        return " and ".join(f"{name.replace('_', ' ')} {count}" for name, count in given.items())


class VerifyRequest(RequestModel):
    """What must have been asked. One of `match` and `sequence` is given.

    Attributes:
        match: Which requests are meant.
        times: How many there must be; at least one when omitted.
        sequence: Requests that must have been over in this order; others may lie between.
    """

    match: RequestMatch | None = None
    times: Times | None = None
    sequence: Annotated[tuple[RequestMatch, ...], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _check(self) -> VerifyRequest:
        if (self.match is None) == (self.sequence is None):
            raise ValueError("give one of 'match' and 'sequence'")
        if self.times is not None and (self.sequence is not None or not str(self.times)):
            raise ValueError("'times' goes with 'match', and takes a number")
        return self


class FieldDifference(ResponseModel):
    """Where a request is not as expected.

    Attributes:
        field: The place.
        expected: What should be there.
        got: What is.
    """

    field: str
    expected: str
    got: str


class NearMiss(ResponseModel):
    """A request that is almost as expected.

    Attributes:
        request_id: Its id.
        operation: Its operation.
        differences: Where it differs.
    """

    request_id: str
    operation: str
    differences: tuple[FieldDifference, ...]


class VerifyReport(ResponseModel):
    """Whether it was asked.

    Attributes:
        verified: The same in a word.
        matched: How many requests match; of a sequence, how many of its steps were found.
        request_ids: Ids of the first of them.
        message: What is wrong, in at most 10 lines; empty when nothing is.
        nearest: Requests that are almost as expected, the nearest first.
    """

    verified: bool
    matched: int
    request_ids: tuple[str, ...]
    message: str = ""
    nearest: tuple[NearMiss, ...] = ()


class UnmatchedRequest(ResponseModel):
    """A request that no route matched.

    Attributes:
        request_id: Its id.
        method: Its method.
        path: Its path.
        closest: The operation that is closest.
        differences: Where it differs.
    """

    request_id: str
    method: str
    path: str
    closest: str
    differences: tuple[FieldDifference, ...]


LIST: Final[Operation[ListRequestsRequest, Page[JournalEntry]]] = Operation(
    name="mock.requests.list",
    method="GET",
    path="/_mock/requests",
    summary="List the journal of the namespace, the oldest first, or its canonical form.",
    request=ListRequestsRequest,
    response=Page[JournalEntry],
    scope=None,
    effect="read",
    paginated=True,
)

CLEAR: Final[Operation[None, DeletedRequests]] = Operation(
    name="mock.requests.clear",
    method="DELETE",
    path="/_mock/requests",
    summary="Delete the journal of the namespace.",
    request=None,
    response=DeletedRequests,
    scope=None,
    effect="write",
)

VERIFY: Final[Operation[VerifyRequest, VerifyReport]] = Operation(
    name="mock.requests.verify",
    method="POST",
    path="/_mock/requests/verify",
    summary="Say whether something was asked; 406 with what comes nearest when it was not.",
    request=VerifyRequest,
    response=VerifyReport,
    bodies=("json",),
    scope=None,
    effect="read",
    statuses=(406,),
)

UNMATCHED: Final[Operation[None, Page[UnmatchedRequest]]] = Operation(
    name="mock.requests.unmatched",
    method="GET",
    path="/_mock/requests/unmatched",
    summary="List requests that no route matched, with the operation that each is closest to.",
    request=None,
    response=Page[UnmatchedRequest],
    scope=None,
    effect="read",
)

RETRIEVE: Final[Operation[JournalEntryRequest, JournalEntry]] = Operation(
    name="mock.requests.retrieve",
    method="GET",
    path="/_mock/requests/{request_id}",
    summary="Read an entry of the journal.",
    request=JournalEntryRequest,
    response=JournalEntry,
    scope=None,
    effect="read",
)

# Fixed paths come before the one with a field, which would match them, too.
OPERATIONS: Final = (LIST, CLEAR, VERIFY, UNMATCHED, RETRIEVE)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.requests.verify": {
        "match": {"operation": "text.sentiment", "body": {"/inputs/0": {"$regex": "I love .*"}}},
        "times": {"at_least": 1},
    }
}
