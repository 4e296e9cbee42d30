"""No operation enters the table without its cases."""

import json
from collections import Counter
from typing import Any

import pytest

from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations
from aiaas_mock.conformance import Case, all_cases
from aiaas_mock.conformance.case import KINDS, Form, Json, Multipart, Raw, Upload

OPERATIONS = tuple(all_operations())
CASES = tuple(all_cases())


def cases_of(operation: Operation[Any, Any]) -> list[Case]:
    return [case for case in CASES if case.operation == operation.name]


def needed_kinds(operation: Operation[Any, Any]) -> set[str]:
    kinds = {"happy", "bad_input", "fault"}
    if operation.scope is not None:
        kinds.add("auth")
    if operation.effect == "write":
        kinds.add("idempotency")
    if operation.paginated:
        kinds.add("paging")
    return kinds


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_has_cases_of_every_kind(operation: Operation[Any, Any]) -> None:
    present = {case.kind for case in cases_of(operation)}
    assert needed_kinds(operation) <= present <= set(KINDS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_way_a_body_may_travel_has_a_happy_case(operation: Operation[Any, Any]) -> None:
    multipart = Upload if operation.upload else Multipart
    kinds = {"json": Json, "multipart": multipart, "image": Raw, "form": Form}
    sent = {type(case.body) for case in cases_of(operation) if case.kind == "happy"}
    assert {kinds[body] for body in operation.bodies} <= sent


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_has_an_example_that_its_types_accept(
    operation: Operation[Any, Any],
) -> None:
    example = example_of(operation.name)
    if operation.request is not None:
        assert example.request is not None
        operation.request.model_validate_json(json.dumps(example.request))
    if operation.response is not None:
        assert example.response is not None
        operation.response.model_validate_json(json.dumps(example.response))


def test_an_example_of_no_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        example_of("images.paint")


def test_cases_have_names_of_their_own() -> None:
    doubles = [name for name, count in Counter(case.id for case in CASES).items() if count > 1]
    assert doubles == []


def test_cases_name_operations_of_the_table() -> None:
    assert {case.operation for case in CASES} == {operation.name for operation in OPERATIONS}
