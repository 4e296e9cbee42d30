"""The examples in the documentation are what the server really answers."""

import json
from typing import Any

import httpx
import pytest

from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations, get_operation

WITH_ANSWER = [
    operation for operation in all_operations() if example_of(operation.name).response is not None
]
CHANGES_FROM_RUN_TO_RUN = {
    "access_token",
    "created_at",
    "expires_at",
    "failed_requests",
    "id",
    "loaded",
    "requests",
    "since",
    "version",
}
"""Of these only the presence is compared; the id of a model is its name, and held."""
SCORE_TOLERANCE = 1e-3


@pytest.mark.parametrize("operation", WITH_ANSWER, ids=lambda operation: operation.name)
async def test_the_example_is_what_the_server_answers(
    in_process: httpx.AsyncClient, api_key: str, operation: Operation[Any, Any]
) -> None:
    example = example_of(operation.name)
    wanted = await made_real(example.request, in_process, api_key)
    response = await in_process.request(
        operation.method,
        operation.path.format_map(wanted or {}),
        params=in_query(operation, wanted),
        headers={"Authorization": f"Bearer {api_key}"},
        **body_of(operation, wanted, example.file),
    )
    assert response.status_code == 200
    answer = response.json()
    assert settled(answer) == settled(example.response), json.dumps(answer)


async def made_real(
    request: dict[str, Any] | None, client: httpx.AsyncClient, api_key: str
) -> dict[str, Any] | None:
    """Put ids and keys that exist here into the place of those of the example."""
    if request is None:
        return None
    if "file" in request:
        example = example_of("files.create")
        stored = await client.post(
            "/v1/files",
            headers={"Authorization": f"Bearer {api_key}"},
            **body_of(get_operation("files.create"), example.request, example.file),
        )
        return {**request, "file": stored.json()["id"]}
    if "client_secret" in request:
        named = {name: value for name, value in request.items() if name != "client_id"}
        return {**named, "client_secret": api_key}
    return request


def body_of(
    operation: Operation[Any, Any], request: dict[str, Any] | None, file: str | None
) -> dict[str, Any]:
    if operation.upload:
        options = (None, json.dumps(request), "application/json")
        return {"files": {"request": options, "file": ("labels.txt", file, "text/plain")}}
    if "form" in operation.bodies:
        return {"data": request}
    return {"json": request} if operation.bodies else {}


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
