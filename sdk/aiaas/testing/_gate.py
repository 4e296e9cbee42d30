"""What any deployment refuses before it looks at fields: no key, a body of a wrong type or form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from aiaas.contract.headers import DEADLINE_MS, IDEMPOTENCY_KEY
from aiaas.contract.problems import MEDIA_TYPE, PROBLEMS, ProblemDetail, problem
from aiaas.testing._calls import Arrived, part_names
from aiaas.testing._stub import Reply

if TYPE_CHECKING:
    from aiaas.contract._operation import Body, Operation

_MEDIA_TYPES: Final[dict[Body, str]] = {
    "json": "application/json",
    "multipart": "multipart/form-data",
    "image": "image/*",
    "form": "application/x-www-form-urlencoded",
}
_KEY: Final = re.compile("[!-~]{1,255}")
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="aiaas"'}


def turned_away(operation: Operation[Any, Any], arrived: Arrived) -> Reply | None:
    """Return the refusal of a request that no deployment takes, None when it may go on."""
    headers = {name.lower(): value for name, value in arrived.headers.items()}
    for check in (_deadline, _key, _body, _query, _idempotency):
        refused = check(operation, arrived, headers)
        if refused is not None:
            return refused
    return None


def refused(
    code: str,
    detail: str,
    *,
    errors: tuple[ProblemDetail, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Make the answer that says no; the first of several mistakes is the one to blame."""
    made = problem(code, detail, param=errors[0].param if errors else None, errors=errors or None)
    return Reply(
        status=PROBLEMS[code].status,
        media_type=MEDIA_TYPE,
        body=made.model_dump_json().encode(),
        headers=headers or {},
    )


def _deadline(
    operation: Operation[Any, Any], arrived: Arrived, headers: Mapping[str, str]
) -> Reply | None:
    value = headers.get(DEADLINE_MS.lower())
    if value is None or value.isdecimal():
        return None
    return refused("invalid_request", f"The header {DEADLINE_MS} must be whole milliseconds.")


def _key(
    operation: Operation[Any, Any], arrived: Arrived, headers: Mapping[str, str]
) -> Reply | None:
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    if operation.scope is None or (scheme.lower() == "bearer" and credential.strip()):
        return None
    return refused(
        "missing_api_key",
        "No Authorization header was sent. Send 'Authorization: Bearer <key>'.",
        headers=_CHALLENGE,
    )


def _body(
    operation: Operation[Any, Any], arrived: Arrived, headers: Mapping[str, str]
) -> Reply | None:
    if not operation.bodies:
        return None
    content_type = headers.get("content-type", "")
    body = _kind_of(content_type)
    if body not in operation.bodies:
        taken = ", ".join(_MEDIA_TYPES[one] for one in operation.bodies)
        return refused("unsupported_media_type", f"This operation takes {taken}.")
    if body == "multipart":
        return _multipart(operation, content_type, arrived.body)
    return None


def _query(
    operation: Operation[Any, Any], arrived: Arrived, headers: Mapping[str, str]
) -> Reply | None:
    names = [name for name, _ in parse_qsl(urlsplit(arrived.url).query, keep_blank_values=True)]
    doubles = [name for name, count in Counter(names).items() if count > 1]
    if doubles:
        return _field(doubles[0], "duplicate", "This field is given twice.")
    if names and operation.bodies and _kind_of(headers.get("content-type", "")) != "image":
        detail = "With this kind of body, options travel in the body."
        return _field(names[0], "unknown_field", detail)
    return None


def _idempotency(
    operation: Operation[Any, Any], arrived: Arrived, headers: Mapping[str, str]
) -> Reply | None:
    value = headers.get(IDEMPOTENCY_KEY.lower())
    if operation.effect != "write" or value is None or _KEY.fullmatch(value):
        return None
    detail = f"The header {IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters."
    return refused("invalid_request", detail)


def _multipart(operation: Operation[Any, Any], content_type: str, body: bytes) -> Reply | None:
    names = part_names(content_type, body)
    if names is None:
        return refused("invalid_multipart", "The form breaks off, or has no boundary.")
    file = "file" if operation.upload else "inputs"
    strange = [name for name in names if name not in ("request", file)]
    if operation.upload and (strange or "request" in names[1:]):
        return refused("invalid_multipart", "The part 'request' must be the first, then 'file'.")
    if strange:
        return _field("", "unknown_field", f"Parts are named 'request' or '{file}'.")
    if names.count("request") > 1:
        return _field("request", "duplicate", "There may be one 'request' part.")
    return _count(names.count(file), file, operation)


def _count(count: int, file: str, operation: Operation[Any, Any]) -> Reply | None:
    if count == 0:
        kind = "missing_field" if operation.upload else "too_short"
        return _field(file, kind, f"There is no part named '{file}'.")
    most = 1 if operation.upload else _most_inputs(operation)
    if count > most:
        return _field(file, "too_long", f"There may be {most} parts named '{file}'.")
    return None


def _most_inputs(operation: Operation[Any, Any]) -> int:
    constraints = operation.request.model_fields["inputs"].metadata if operation.request else ()
    return next(int(one.max_length) for one in constraints if hasattr(one, "max_length"))


def _kind_of(content_type: str) -> Body | None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("image/"):
        return "image"
    return next((body for body, known in _MEDIA_TYPES.items() if known == media_type), None)


def _field(name: str, code: str, detail: str) -> Reply:
    param = f"/{name[:64]}"
    finding = ProblemDetail(param=param, code=code, detail=detail)
    return refused("invalid_request", f"{param}: {detail}", errors=(finding,))
