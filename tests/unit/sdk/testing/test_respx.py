"""Stubs for respx: every operation, from the contract's examples."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx

import aiaas
from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations
from aiaas.testing import respx_stubs

URL = "https://ai.example.com"
OPERATIONS = list(all_operations())


@pytest.fixture
def stubs() -> Any:
    with respx.mock(assert_all_called=False) as router:
        respx_stubs(router, base_url=f"{URL}/")
        yield router


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_stub_answers_with_the_type_of_its_operation(
    stubs: respx.MockRouter, operation: Operation[Any, Any]
) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    body = example_of(operation.name).request if operation.method in ("POST", "PUT") else None
    with httpx.Client() as http:
        response = http.request(operation.method, URL + path, json=body)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(operation.media_type)
    if operation.response is not None:
        operation.response.model_validate_json(response.content, strict=True)
    assert stubs[operation.name].called
    assert sum(route.called for route in stubs.routes) == 1


def test_code_that_makes_its_own_client_meets_the_stubs(stubs: respx.MockRouter) -> None:
    with aiaas.Client("key", base_url=URL) as client:
        assert client.models.retrieve("fashion-cnn").name == "fashion-cnn"
        assert len(client.images.classify_many([b"one", b"two"])) == 2
    assert stubs["images.classify"].call_count == 1


def test_a_stub_refuses_what_a_deployment_would(stubs: respx.MockRouter) -> None:
    with (
        aiaas.Client("key", base_url=URL) as client,
        pytest.raises(aiaas.InvalidRequestError, match="/top_k"),
    ):
        client.images.classify(b"x", top_k=0)


def test_a_stub_can_be_changed_like_any_route(stubs: respx.MockRouter) -> None:
    stubs["models.retrieve"].mock(return_value=httpx.Response(404))
    with (
        aiaas.Client("key", base_url=URL) as client,
        pytest.raises(aiaas.APIStatusError),
    ):
        client.models.retrieve("m")
