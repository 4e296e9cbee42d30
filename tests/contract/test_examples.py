"""The examples in the documentation are what the server really answers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations, get_operation
from aiaas_mock.app import create_app
from aiaas_mock.settings import Settings

NEEDS_MORE = {"recommendations.train", "jobs.list", "jobs.retrieve", "jobs.cancel", "jobs.events"}
"""Training needs more events than an example has; the integration tests train."""

WITH_ANSWER = [
    operation
    for operation in all_operations()
    if example_of(operation.name).response is not None and operation.name not in NEEDS_MORE
]
CHANGES_FROM_RUN_TO_RUN = {
    "access_token",
    "created_at",
    "erased_at",
    "expires_at",
    "failed_requests",
    "id",
    "loaded",
    "receipt_id",
    "recommendation_id",
    "requests",
    "since",
    "started_at",
    "updated_at",
    "version",
}
"""Of these only the presence is compared; the id of a model is its name, and held."""
SCORE_TOLERANCE = 1e-3


@pytest.mark.parametrize("operation", WITH_ANSWER, ids=lambda operation: operation.name)
async def test_the_example_is_what_the_server_answers(
    in_process: httpx.AsyncClient, api_key: str, operation: Operation[Any, Any]
) -> None:
    example = example_of(operation.name)
    if operation.name.startswith(("recommendations.", "usage.")):  # they tell what is there
        async with new_cloud(api_key) as client:
            for name in example.before:
                await answer_to(get_operation(name), client, api_key)
            answer = await answer_to(operation, client, api_key)
    else:
        answer = await answer_to(operation, in_process, api_key)
    assert settled(answer) == settled(example.response), json.dumps(answer)


@asynccontextmanager
async def new_cloud(api_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that has nothing yet, and loads its models when they are needed."""
    app = create_app(Settings(api_key=(SecretStr(api_key),), warm=()))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        yield client


async def answer_to(
    operation: Operation[Any, Any], client: httpx.AsyncClient, api_key: str
) -> dict[str, Any]:
    """Send the request of an operation's example."""
    example = example_of(operation.name)
    wanted = await made_real(example.request, client, api_key)
    response = await client.request(
        operation.method,
        operation.path.format_map(wanted or {}),
        params=in_query(operation, wanted),
        headers={"Authorization": f"Bearer {api_key}"},
        **body_of(operation, wanted, example.file),
    )
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


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
    if not operation.bodies or request is None:
        return {}
    in_body = {key: value for key, value in request.items() if key not in operation.path_fields}
    return {"json": in_body}


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
