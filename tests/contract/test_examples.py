"""The examples in the documentation are what the server really answers."""

import json
from typing import Any

import httpx
import pytest

from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations

WITH_ANSWER = [
    operation for operation in all_operations() if example_of(operation.name).response is not None
]
CHANGES_FROM_RUN_TO_RUN = {"id", "loaded", "version"}
"""Of these only the presence is compared; the id of a model is its name, and held."""
SCORE_TOLERANCE = 1e-3


@pytest.mark.parametrize("operation", WITH_ANSWER, ids=lambda operation: operation.name)
async def test_the_example_is_what_the_server_answers(
    in_process: httpx.AsyncClient, api_key: str, operation: Operation[Any, Any]
) -> None:
    example = example_of(operation.name)
    response = await in_process.request(
        operation.method,
        operation.path.format_map(example.request or {}),
        params=in_query(operation, example.request),
        json=example.request if operation.bodies else None,
        headers={"Authorization": f"Bearer {api_key}"},
    )
    assert response.status_code == 200
    answer = response.json()
    assert settled(answer) == settled(example.response), json.dumps(answer)


def in_query(operation: Operation[Any, Any], request: dict[str, Any] | None) -> dict[str, Any]:
    if operation.bodies or request is None:
        return {}
    return {name: value for name, value in request.items() if name not in operation.path_fields}


def settled(value: Any, name: str = "") -> Any:
    """Take out what may change from run to run, and allow numbers their tolerance."""
    if name == "models":  # those in memory
        return type(value)
    if isinstance(value, dict):
        return {key: settled(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    if name in CHANGES_FROM_RUN_TO_RUN and "@" not in str(value):
        return type(value)
    return pytest.approx(value, abs=SCORE_TOLERANCE) if isinstance(value, float) else value
