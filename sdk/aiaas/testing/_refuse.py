"""What a deployment would refuse, so that a test does not pass with a request that never would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from aiaas._core.redaction import MASK
from aiaas.contract.problems import MEDIA_TYPE, ProblemDetail, problem
from aiaas.testing._calls import Call
from aiaas.testing._stub import Reply

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation


def refusal(operation: Operation[Any, Any], call: Call) -> Reply | None:
    """Return the 422 that a deployment answers to fields that the contract does not allow."""
    model: type[BaseModel] | None = operation.options or operation.request
    if model is None:
        return None
    names = call.fields.keys() - ({"inputs"} if operation.options else set())
    try:
        # Loosely, as a query is text; JSON of a wrong type is rare enough in typed code.
        model.model_validate({name: call.fields[name] for name in names}, strict=False)
    except ValidationError as error:
        return _reply(error, call)
    return None


def _reply(error: ValidationError, call: Call) -> Reply | None:
    found = tuple(
        ProblemDetail(
            param="/" + "/".join(str(step) for step in one["loc"]),
            code=one["type"],
            detail=one["msg"],
        )
        for one in error.errors(include_url=False, include_input=False)
        # What a secret was is not known any more.
        if call.fields.get(str(next(iter(one["loc"]), ""))) != MASK
    )
    if not found:
        return None
    first = found[0]
    made = problem(
        "invalid_request", f"{first.param}: {first.detail}.", param=first.param, errors=found
    )
    return Reply(status=422, media_type=MEDIA_TYPE, body=made.model_dump_json().encode())
