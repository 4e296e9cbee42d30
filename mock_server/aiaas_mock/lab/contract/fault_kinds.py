"""Every kind of fault, as it travels. The first line of each says what a client sees of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from aiaas.contract._base import Integer, RequestModel

Seconds = Annotated[float, Field(ge=0, le=600)]
Position = Annotated[Integer, Field(ge=0, le=100_000)]
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
_HeaderText = Annotated[str, Field(pattern=r"^[ -~]{0,256}$")]
When = Literal["before", "after"]
"""Whether the service never sees the request, or has answered it: the effect is there."""


# HTTP: refusals, as the contract has them


class Status(RequestModel):
    """An answer with this status: the contract's problem for it, else a proxy's plain text."""

    kind: Literal["status"] = "status"
    status: Annotated[Integer, Field(ge=400, le=599)]
    retry_after_s: Seconds | None = None


class RateLimit(RequestModel):
    """429 `rate_limited`, with `Retry-After`."""

    kind: Literal["rate_limit"] = "rate_limit"
    retry_after_s: Seconds = 1.0


class Quota(RequestModel):
    """429 `rate_limited` with `Aiaas-Should-Retry: false`: what was paid for is used up."""

    kind: Literal["quota"] = "quota"
    reset_s: Annotated[Integer, Field(ge=1, le=31_536_000)] = 3600


class AuthExpired(RequestModel):
    """401 `expired_token`, with `WWW-Authenticate`."""

    kind: Literal["auth_expired"] = "auth_expired"


class Forbidden(RequestModel):
    """403 `insufficient_scope`."""

    kind: Literal["forbidden"] = "forbidden"


class Validation(RequestModel):
    """422 `invalid_request`, which names the field `param`."""

    kind: Literal["validation"] = "validation"
    param: Annotated[str, Field(pattern=r"^/[ -~]{0,255}$")] = "/inputs/0"


class Overloaded(RequestModel):
    """503 `overloaded`, with `Retry-After`."""

    kind: Literal["overloaded"] = "overloaded"
    retry_after_s: Seconds = 1.0


class Internal(RequestModel):
    """500 `internal_error`."""

    kind: Literal["internal"] = "internal"


class Deadline(RequestModel):
    """504 `deadline_exceeded`."""

    kind: Literal["deadline"] = "deadline"


# Time


class Latency(RequestModel):
    """The answer, later: by `delay_s`, between it and `max_s`, or lognormal with it as median."""

    kind: Literal["latency"] = "latency"
    delay_s: Seconds
    distribution: Literal["fixed", "uniform", "lognormal"] = "fixed"
    max_s: Seconds | None = None
    sigma: Annotated[float, Field(gt=0, le=4)] = 0.5

    @model_validator(mode="after")
    def _has_an_end(self) -> Latency:
        if self.distribution == "uniform" and self.max_s is None:
            raise ValueError("the distribution 'uniform' needs 'max_s'")
        if self.max_s is not None and self.max_s < self.delay_s:
            raise ValueError("'max_s' cannot be less than 'delay_s'")
        return self


class Ttfb(RequestModel):
    """The first byte of the answer, later; the work was done before."""

    kind: Literal["ttfb"] = "ttfb"
    delay_s: Seconds


class Ramp(RequestModel):
    """Every answer `step_s` later than the one before, up to `max_s`."""

    kind: Literal["ramp"] = "ramp"
    step_s: Seconds
    max_s: Seconds = 30.0


class Timeout(RequestModel):
    """Nothing, until the client gives up."""

    kind: Literal["timeout"] = "timeout"


# Body: well-formed HTTP with the wrong content


class MalformedJson(RequestModel):
    """200 with JSON whose last bracket is missing."""

    kind: Literal["malformed_json"] = "malformed_json"


class Truncate(RequestModel):
    """200 with the first `keep_bytes` of the body, and a `Content-Length` that agrees."""

    kind: Literal["truncate"] = "truncate"
    keep_bytes: Annotated[Integer, Field(ge=0, le=2**31)] = 20


class WrongSchema(RequestModel):
    """200 with JSON whose members have other types than the contract's."""

    kind: Literal["wrong_schema"] = "wrong_schema"


class WrongContentType(RequestModel):
    """The answer, called `media_type`."""

    kind: Literal["wrong_content_type"] = "wrong_content_type"
    media_type: _HeaderText = "text/html"


class DuplicateHeader(RequestModel):
    """The answer, with the header `name` twice: as it was, then with `value`."""

    kind: Literal["duplicate_header"] = "duplicate_header"
    name: _HeaderName = "X-Request-Id"
    value: _HeaderText = "req_duplicate"


class EmptyBody(RequestModel):
    """200 and nothing in the body."""

    kind: Literal["empty_body"] = "empty_body"


class SlowChunks(RequestModel):
    """The body in `chunks` pieces, `pause_s` between them."""

    kind: Literal["slow_chunks"] = "slow_chunks"
    chunks: Annotated[Integer, Field(ge=2, le=1000)] = 5
    pause_s: Seconds = 0.05


class Bandwidth(RequestModel):
    """The body at `bytes_per_s`."""

    kind: Literal["bandwidth"] = "bandwidth"
    bytes_per_s: Annotated[Integer, Field(ge=1, le=2**31)]


# Wire: what no well-formed HTTP can say


class Reset(RequestModel):
    """The connection is reset (RST) in place of an answer."""

    kind: Literal["reset"] = "reset"
    when: When = "before"


class EmptyReply(RequestModel):
    """The connection is closed without an answer."""

    kind: Literal["empty_reply"] = "empty_reply"
    when: When = "before"


class CloseMidBody(RequestModel):
    """The connection is closed after half of the body that was announced."""

    kind: Literal["close_mid_body"] = "close_mid_body"


class ResetMidBody(RequestModel):
    """The connection is reset (RST) after half of the body that was announced."""

    kind: Literal["reset_mid_body"] = "reset_mid_body"


class SlowClose(RequestModel):
    """The answer without its length: it ends with the connection, `hold_s` after the last byte."""

    kind: Literal["slow_close"] = "slow_close"
    hold_s: Seconds = 0.5


class MalformedChunk(RequestModel):
    """A chunked body with a length that is no number."""

    kind: Literal["malformed_chunk"] = "malformed_chunk"


class MalformedHead(RequestModel):
    """A status line that is none."""

    kind: Literal["malformed_head"] = "malformed_head"


# Stream: events


class DropAfterEvents(RequestModel):
    """The connection is closed after `events` events."""

    kind: Literal["drop_after_events"] = "drop_after_events"
    events: Position = 1


class ErrorEvent(RequestModel):
    """After `events` events comes an event `error`, with a problem, and the stream ends."""

    kind: Literal["error_event"] = "error_event"
    events: Position = 1


class Stall(RequestModel):
    """After `events` events nothing comes, for `pause_s` or until the client gives up."""

    kind: Literal["stall"] = "stall"
    events: Position = 1
    pause_s: Seconds | None = None


class Reordered(RequestModel):
    """The event at `position`, from 0, comes after the one that follows it."""

    kind: Literal["reordered"] = "reordered"
    position: Position = 0


class DuplicateEvent(RequestModel):
    """The event at `position`, from 0, comes twice."""

    kind: Literal["duplicate_event"] = "duplicate_event"
    position: Position = 0


class MalformedEvent(RequestModel):
    """The data of the event at `position`, from 0, is no JSON."""

    kind: Literal["malformed_event"] = "malformed_event"
    position: Position = 0


KINDS = (
    Status,
    RateLimit,
    Quota,
    AuthExpired,
    Forbidden,
    Validation,
    Overloaded,
    Internal,
    Deadline,
    Latency,
    Ttfb,
    Ramp,
    Timeout,
    MalformedJson,
    Truncate,
    WrongSchema,
    WrongContentType,
    DuplicateHeader,
    EmptyBody,
    SlowChunks,
    Bandwidth,
    Reset,
    EmptyReply,
    CloseMidBody,
    ResetMidBody,
    SlowClose,
    MalformedChunk,
    MalformedHead,
    DropAfterEvents,
    ErrorEvent,
    Stall,
    Reordered,
    DuplicateEvent,
    MalformedEvent,
)
"""All kinds, in the order of the documentation."""

Fault: TypeAlias = Annotated[
    Status
    | RateLimit
    | Quota
    | AuthExpired
    | Forbidden
    | Validation
    | Overloaded
    | Internal
    | Deadline
    | Latency
    | Ttfb
    | Ramp
    | Timeout
    | MalformedJson
    | Truncate
    | WrongSchema
    | WrongContentType
    | DuplicateHeader
    | EmptyBody
    | SlowChunks
    | Bandwidth
    | Reset
    | EmptyReply
    | CloseMidBody
    | ResetMidBody
    | SlowClose
    | MalformedChunk
    | MalformedHead
    | DropAfterEvents
    | ErrorEvent
    | Stall
    | Reordered
    | DuplicateEvent
    | MalformedEvent,
    Field(discriminator="kind"),
]
"""Any kind."""


def kind_of(fault: type[RequestModel]) -> str:
    """Return the name of a kind."""
    name: str = fault.model_fields["kind"].default
    return name
