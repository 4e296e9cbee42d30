"""What a deployment would refuse, so that a test does not pass with a request that never would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from aiaas._core.redaction import MASK
from aiaas.contract._findings import findings
from aiaas.contract.problems import ProblemDetail
from aiaas.testing._calls import Arrived, Call, json_object
from aiaas.testing._gate import refused, turned_away
from aiaas.testing._stub import Reply

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation


def refusal(operation: Operation[Any, Any], call: Call, arrived: Arrived) -> Reply | None:
    """Return what every deployment answers to what the contract does not allow."""
    return turned_away(operation, arrived) or _wrong_fields(operation, call, arrived)


def _wrong_fields(operation: Operation[Any, Any], call: Call, arrived: Arrived) -> Reply | None:
    model: type[BaseModel] | None = operation.options or operation.request
    if model is None:
        return None
    media_type = call.headers.get("content-type", "").partition(";")[0]
    masked: frozenset[str] = frozenset()
    try:
        if media_type == "application/json" and operation.bodies:
            if double := _in_path_and_body(operation, arrived.body):
                return double
            (operation.request or model).model_validate_json(_whole(operation, call, arrived.body))
        elif media_type == "multipart/form-data":
            model.model_validate_json(json.dumps(dict(call.fields)))
        else:  # the text of a path, a query or a form, whose secrets are not known any more
            masked = frozenset(name for name, value in call.fields.items() if value == MASK)
            model.model_validate(call.fields, strict=False)
    except ValidationError as error:
        return _reply(error, model, masked)
    return None


def _in_path_and_body(operation: Operation[Any, Any], body: bytes) -> Reply | None:
    sent = json_object(body) if operation.path_fields else {}
    double = next((name for name in operation.path_fields if name in sent), None)
    if double is None:
        return None
    detail = "This field travels in the path."
    found = ProblemDetail(param=f"/{double}", code="duplicate", detail=detail)
    return refused("invalid_request", f"{found.param}: {detail}", errors=(found,))


def _whole(operation: Operation[Any, Any], call: Call, body: bytes) -> bytes:
    """Return a JSON body with the fields that travel in the path, as the contract's type has them.

    What is no JSON object stays as it is.
    """
    if not operation.path_fields:
        return body
    sent = json_object(body)
    if not sent and body.strip() != b"{}":
        return body
    return json.dumps(sent | {name: call.fields[name] for name in operation.path_fields}).encode()


def _reply(error: ValidationError, model: type[BaseModel], masked: frozenset[str]) -> Reply | None:
    said = findings(error, model)
    if said[0].kind == "json_invalid":
        return refused("invalid_json", "The body is not JSON.")
    found = tuple(
        finding.as_detail() for finding in said if next(iter(finding.place), "") not in masked
    )
    if not found:
        return None
    first = found[0]
    where = first.param or "the body"
    return refused("invalid_request", f"{where}: {first.detail}", errors=found)
