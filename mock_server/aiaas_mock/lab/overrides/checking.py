"""Is an override an answer that its operation could give?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations
from aiaas.contract.problems import Problem, ProblemDetail
from aiaas_mock.errors import ApiError
from aiaas_mock.http.faults import invalid_request
from aiaas_mock.lab.contract.overrides import Override, Respond
from aiaas_mock.lab.naming import no_such_operation
from aiaas_mock.lab.overrides.merging import NoSuchPlace, merged

_FIRST_PROBLEM = 400


def check(override: Override) -> None:
    """Refuse an override of no operation, and one whose answer is not of the operation's type.

    A merge is tried on the contract's example of an answer.

    Raises:
        ApiError: It says where, and what is wrong.
    """
    operation = _operation(override.match.operation or "")
    if override.unchecked:
        return
    respond = override.respond
    place = "/respond/body" if respond.merge is None else "/respond/merge"
    expected: type[BaseModel] | None = operation.response
    if (respond.status or 200) >= _FIRST_PROBLEM:
        expected = Problem
    if expected is None:
        raise _refusal(place, f"{operation.name} answers no JSON.")
    answer = _whole(operation, respond)
    try:
        read = expected.model_validate_json(json.dumps(answer))
    except ValidationError as error:
        raise _of_field(place, invalid_request(error)) from error
    for unknown in _unknown(read, ""):
        raise _refusal(f"{place}{unknown}", f"An answer of {operation.name} has no such field.")


def _operation(name: str) -> Operation[Any, Any]:
    for operation in all_operations():
        if operation.name == name:
            return operation
    raise no_such_operation(name)


def _whole(operation: Operation[Any, Any], respond: Respond) -> Any:
    if respond.merge is None:
        return respond.body
    try:
        return merged(example_of(operation.name).response, respond.merge, any_index=True)
    except NoSuchPlace as error:
        raise _refusal(
            "/respond/merge", f"{error} leads nowhere in the contract's example of an answer."
        ) from error


def _unknown(value: Any, place: str) -> Iterator[str]:
    """Yield the places of fields that the type of an answer does not know."""
    if isinstance(value, BaseModel):
        yield from (f"{place}/{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{place}/{name}")
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _unknown(item, f"{place}/{index}")


def _of_field(place: str, found: ApiError) -> ApiError:
    details = tuple(
        ProblemDetail.model_copy(one, update={"param": f"{place}{one.param or ''}"})
        for one in found.errors or ()
    )
    return _refusal(details[0].param or place, details[0].detail, details)


def _refusal(place: str, detail: str, details: tuple[ProblemDetail, ...] | None = None) -> ApiError:
    return ApiError(
        "invalid_request",
        f"{place}: {detail} Set 'unchecked' to answer it all the same.",
        param=place,
        errors=details,
    )
