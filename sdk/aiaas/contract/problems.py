"""Errors on the wire: RFC 9457 problem details with a stable ``code``.

`PROBLEMS` is the complete table of codes. Each has one HTTP status, a title that never changes
and a hint that says what to do; the server raises them, the SDK maps each to an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pydantic import Field

from aiaas.contract._base import ResponseModel

MEDIA_TYPE: Final = "application/problem+json"


def _is_unknown(value: object) -> bool:
    return value is None  # such members are left out of the JSON


class ProblemDetail(ResponseModel):
    """One thing that is wrong with a request.

    Attributes:
        param: JSON pointer (RFC 6901) to the offending value, for instance ``/inputs/3/data``.
        code: What kind of mistake it is, for instance ``unknown_field``.
        detail: A sentence for people.
    """

    param: str
    code: str
    detail: str


class Problem(ResponseModel):
    """The body of every answer that is not a success (RFC 9457).

    Attributes:
        type: URI that names the kind of problem: ``urn:aiaas:problem:<code>``.
        title: The kind of problem in a few words; the same for every occurrence.
        status: HTTP status code.
        detail: What was wrong this time, and what to do.
        code: Stable machine-readable name; one of `PROBLEMS` (the set may grow).
        instance: URI of this occurrence: ``urn:aiaas:request:<request id>``.
        param: JSON pointer to the offending value, when one value is to blame.
        request_id: Quote it when asking for help.
        errors: All the mistakes found, when there can be several.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = Field(None, exclude_if=_is_unknown)
    param: str | None = Field(None, exclude_if=_is_unknown)
    request_id: str | None = Field(None, exclude_if=_is_unknown)
    errors: tuple[ProblemDetail, ...] | None = Field(None, exclude_if=_is_unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A row of the error table."""

    code: str
    status: int
    title: str
    hint: str
    retryable: bool = False


def _kinds(*kinds: ProblemKind) -> MappingProxyType[str, ProblemKind]:
    return MappingProxyType({kind.code: kind for kind in kinds})


PROBLEMS: Final = _kinds(
    ProblemKind(
        code="invalid_json",
        status=400,
        title="The body is not valid JSON",
        hint="Send one JSON object in UTF-8, nested at most a few levels deep.",
    ),
    ProblemKind(
        code="invalid_multipart",
        status=400,
        title="The body is not valid multipart/form-data",
        hint="Send a JSON part named 'request' (optional) and one 'inputs' part per file.",
    ),
    ProblemKind(
        code="client_version_refused",
        status=400,
        title="The client has another version than the deployment",
        hint="Install the deployment's version of the SDK, or start it without --strict.",
    ),
    ProblemKind(
        code="missing_api_key",
        status=401,
        title="No API key was sent",
        hint="Send 'Authorization: Bearer <key>'; in the SDK pass api_key= or set AIAAS_API_KEY.",
    ),
    ProblemKind(
        code="invalid_api_key",
        status=401,
        title="The API key is not known here",
        hint="Check that the key belongs to this deployment and was copied whole.",
    ),
    ProblemKind(
        code="revoked_api_key",
        status=401,
        title="The API key was revoked",
        hint="Ask for a new key.",
    ),
    ProblemKind(
        code="expired_token",
        status=401,
        title="The access token has expired",
        hint="Get a new one from /oauth/token; the SDK's OAuth2 provider does it by itself.",
    ),
    ProblemKind(
        code="invalid_client",
        status=401,
        title="The client's id and secret are not known here",
        hint="Use the id and the key that 'aiaas-mock keys create' printed.",
    ),
    ProblemKind(
        code="insufficient_scope",
        status=403,
        title="The API key may not call this operation",
        hint="Use a key that has the scope named in the detail.",
    ),
    ProblemKind(
        code="namespace_forbidden",
        status=403,
        title="The API key is bound to another namespace",
        hint="Name no namespace, or that of the key; only the development key may choose one.",
    ),
    ProblemKind(
        code="local_only",
        status=403,
        title="Only this machine may ask that",
        hint="Ask from the machine of the deployment, or start it with --admin-token.",
    ),
    ProblemKind(
        code="not_found",
        status=404,
        title="There is nothing at this address",
        hint="Check the path; GET /openapi.json lists every operation.",
    ),
    ProblemKind(
        code="model_not_found",
        status=404,
        title="There is no such model",
        hint="GET /v1/models lists the models of this deployment.",
    ),
    ProblemKind(
        code="file_not_found",
        status=404,
        title="There is no such file",
        hint="GET /v1/files lists the files of the key's namespace.",
    ),
    ProblemKind(
        code="item_not_found",
        status=404,
        title="There is no such item",
        hint="GET /v1/recommendations/items lists the catalogue; send the item first.",
    ),
    ProblemKind(
        code="user_not_found",
        status=404,
        title="Nothing is known of this user",
        hint="Check the id; a user is known by metadata or by an event.",
    ),
    ProblemKind(
        code="job_not_found",
        status=404,
        title="There is no such job",
        hint="GET /v1/jobs lists the jobs of the key's namespace.",
    ),
    ProblemKind(
        code="experiment_not_found",
        status=404,
        title="There is no experiment",
        hint="Set one with PUT /v1/recommendations/experiment.",
    ),
    ProblemKind(
        code="method_not_allowed",
        status=405,
        title="This address does not answer this method",
        hint="Use one of the methods in the Allow header.",
    ),
    ProblemKind(
        code="idempotency_in_progress",
        status=409,
        title="A request with this idempotency key is still running",
        hint="Repeat the request after a moment; it will get the first one's answer.",
        retryable=True,
    ),
    ProblemKind(
        code="no_previous_model",
        status=409,
        title="There is no model to go back to",
        hint="Only a promoted model that followed another can be taken back.",
    ),
    ProblemKind(
        code="not_enough_events",
        status=409,
        title="There are too few events to learn from",
        hint="Send more events first; the least number is in the detail.",
    ),
    ProblemKind(
        code="request_too_large",
        status=413,
        title="The request body is too large",
        hint="Send fewer or smaller inputs per request; the SDK's _many methods do it.",
    ),
    ProblemKind(
        code="file_too_large",
        status=413,
        title="The file is too large",
        hint="Split the file; the limit is in the detail.",
    ),
    ProblemKind(
        code="storage_full",
        status=413,
        title="The namespace has no room left",
        hint="Delete files that are no longer needed.",
    ),
    ProblemKind(
        code="unsupported_media_type",
        status=415,
        title="The request body has a type this operation does not take",
        hint="Send one of the content types named in the detail.",
    ),
    ProblemKind(
        code="invalid_request",
        status=422,
        title="The request is well-formed but not valid",
        hint="Correct the values named in 'errors'.",
    ),
    ProblemKind(
        code="model_task_mismatch",
        status=422,
        title="This model does something else",
        hint="Choose a model whose 'operations' include this one; GET /v1/models lists them.",
    ),
    ProblemKind(
        code="empty_input",
        status=422,
        title="The input is empty",
        hint="Check that it was read and is not empty.",
    ),
    ProblemKind(
        code="invalid_base64",
        status=422,
        title="The input is not valid base64",
        hint="Use the standard alphabet with padding (RFC 4648 section 4), no line breaks.",
    ),
    ProblemKind(
        code="invalid_image",
        status=422,
        title="The input is not a picture that can be decoded",
        hint="Check that the file is whole; JPEG, PNG, WebP, GIF and BMP are read.",
    ),
    ProblemKind(
        code="unsupported_image_format",
        status=422,
        title="Pictures of this format are not read",
        hint="Convert it to JPEG, PNG, WebP, GIF or BMP.",
    ),
    ProblemKind(
        code="image_too_large",
        status=422,
        title="The picture has too many pixels",
        hint="Scale the picture down before sending it.",
    ),
    ProblemKind(
        code="invalid_text",
        status=422,
        title="The input is not a text that can be read",
        hint="Send Unicode text; half a surrogate pair is no character.",
    ),
    ProblemKind(
        code="text_too_long",
        status=422,
        title="The text is too long",
        hint="Split it; the limit is in the detail.",
    ),
    ProblemKind(
        code="language_not_supported",
        status=422,
        title="There is no model for this language here",
        hint="Send a text in one of the languages named in the detail, or name a model.",
    ),
    ProblemKind(
        code="invalid_filter",
        status=422,
        title="The filter cannot be read",
        hint="Mend it at the column in the detail; the documentation has the grammar.",
    ),
    ProblemKind(
        code="metadata_too_large",
        status=422,
        title="The metadata is too large",
        hint="Keep only what is filtered by or shown; the limit is in the detail.",
    ),
    ProblemKind(
        code="metadata_type_mismatch",
        status=422,
        title="A field of the metadata has another type",
        hint="Send the type that the field had first, or use another field.",
    ),
    ProblemKind(
        code="event_in_future",
        status=422,
        title="The event has not happened yet",
        hint="Send the time at which it happened, with its offset from UTC.",
    ),
    ProblemKind(
        code="unknown_recommendation",
        status=422,
        title="The recommendation id was not given here",
        hint="Send back recommendation_id exactly as it came with the answer.",
    ),
    ProblemKind(
        code="training_unavailable",
        status=422,
        title="This kind of model cannot be trained here",
        hint="Install what the detail names, or choose another family.",
    ),
    ProblemKind(
        code="checksum_mismatch",
        status=422,
        title="The bytes that arrived are not those that were announced",
        hint="Send the file again; if it fails twice, compute the checksum anew.",
    ),
    ProblemKind(
        code="idempotency_key_reused",
        status=422,
        title="The idempotency key was used for another request",
        hint="Use a new key for every logical call; the SDK makes one by itself.",
    ),
    ProblemKind(
        code="rate_limited",
        status=429,
        title="Too many requests",
        hint="Wait for the time in Retry-After; the RateLimit header tells what is left.",
        retryable=True,
    ),
    ProblemKind(
        code="internal_error",
        status=500,
        title="The server failed",
        hint="This is a defect of the server. Report it with the request id.",
    ),
    ProblemKind(
        code="job_lost",
        status=500,
        title="The job's server died too often",
        hint="Look at the server's log for why, then start the job again.",
    ),
    ProblemKind(
        code="overloaded",
        status=503,
        title="The server is busy",
        hint="Repeat the request after the time in Retry-After.",
        retryable=True,
    ),
    ProblemKind(
        code="model_unavailable",
        status=503,
        title="The model cannot be loaded",
        hint="The server's log says why; other models still answer.",
    ),
    ProblemKind(
        code="deadline_exceeded",
        status=504,
        title="The request could not be answered in time",
        hint="Allow more time or send fewer inputs.",
        retryable=True,
    ),
)
"""Every error code, by name."""


def type_uri(code: str) -> str:
    """Return the URI that names a kind of problem."""
    return f"urn:aiaas:problem:{code}"


def problem(
    code: str,
    detail: str,
    *,
    param: str | None = None,
    request_id: str | None = None,
    errors: tuple[ProblemDetail, ...] | None = None,
) -> Problem:
    """Make a `Problem` of a known kind.

    Raises:
        KeyError: `code` is not in `PROBLEMS`.
    """
    kind = PROBLEMS[code]
    return Problem(
        type=type_uri(code),
        title=kind.title,
        status=kind.status,
        detail=detail,
        code=code,
        instance=f"urn:aiaas:request:{request_id}" if request_id else None,
        param=param,
        request_id=request_id,
        errors=errors,
    )
