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
KEY = {"Authorization": "Bearer any-key"}
OPERATIONS = list(all_operations())


@pytest.fixture
def stubs() -> Any:
    with respx.mock(assert_all_called=False) as router:
        respx_stubs(router, base_url=f"{URL}/")
        yield router


def body_of(operation: Operation[Any, Any]) -> dict[str, Any]:
    example = example_of(operation.name)
    if operation.upload:
        return {"files": {"file": example.file}}
    if "form" in operation.bodies:
        return {"data": example.request}
    if not operation.bodies:
        return {}
    in_path = operation.path_fields
    return {"json": {k: v for k, v in (example.request or {}).items() if k not in in_path}}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_stub_answers_with_the_type_of_its_operation(
    stubs: respx.MockRouter, operation: Operation[Any, Any]
) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    with httpx.Client(headers=KEY) as http:
        response = http.request(operation.method, URL + path, **body_of(operation))
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


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_stub_wants_a_key_where_a_deployment_does(
    stubs: respx.MockRouter, operation: Operation[Any, Any]
) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    with httpx.Client() as http:
        response = http.request(operation.method, URL + path, **body_of(operation))
    assert response.status_code == (200 if operation.scope is None else 401)
    if operation.scope is not None:
        assert response.json()["code"] == "missing_api_key"
        assert response.json()["request_id"] == response.headers["x-request-id"]
        assert response.headers["www-authenticate"] == 'Bearer realm="aiaas"'


@pytest.mark.parametrize(
    ("sent", "status", "code", "param"),
    [
        (
            {"content": b"x", "headers": {"Content-Type": "text/plain"}},
            415,
            "unsupported_media_type",
            None,
        ),
        (
            {"json": {"inputs": [{"data": "AA=="}]}, "params": {"top_k": "2"}},
            422,
            "invalid_request",
            "/top_k",
        ),
        (
            {"content": b"{", "headers": {"Content-Type": "application/json"}},
            400,
            "invalid_json",
            None,
        ),
        ({"json": []}, 422, "invalid_request", ""),
        ({"json": {"inputs": [{"data": "!"}], "top_k": "2"}}, 422, "invalid_request", "/top_k"),
        (
            {"content": b"--", "headers": {"Content-Type": "multipart/form-data"}},
            400,
            "invalid_multipart",
            None,
        ),
        ({"files": {"request": "{}"}}, 422, "invalid_request", "/inputs"),
        ({"files": [("inputs", b"x")] * 65}, 422, "invalid_request", "/inputs"),
        (
            {"files": [("inputs", b"x"), ("request", "{}"), ("request", "{}")]},
            422,
            "invalid_request",
            "/request",
        ),
        ({"files": {"picture": b"x"}}, 422, "invalid_request", "/"),
        (
            {
                "content": b"x",
                "headers": {"Content-Type": "image/png"},
                "params": [("top_k", "1"), ("top_k", "2")],
            },
            422,
            "invalid_request",
            "/top_k",
        ),
        (
            {
                "content": b"x",
                "headers": {"Content-Type": "image/png", "Aiaas-Deadline-Ms": "soon"},
            },
            422,
            "invalid_request",
            None,
        ),
    ],
)
def test_a_stub_refuses_a_body_that_no_deployment_takes(
    stubs: respx.MockRouter, sent: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    with httpx.Client(headers=KEY) as http:
        response = http.post(f"{URL}/v1/images/classify", **sent)
    problem = response.json()
    assert (response.status_code, problem["code"], problem.get("param")) == (status, code, param)


def test_a_stub_refuses_an_upload_that_no_deployment_takes(stubs: respx.MockRouter) -> None:
    options = (None, "{}", "application/json")
    with httpx.Client(headers=KEY) as http:
        late = http.post(f"{URL}/v1/files", files={"file": b"x", "request": options})
        none = http.post(f"{URL}/v1/files", files={"request": options})
        spaced = http.post(
            f"{URL}/v1/files", files={"file": b"x"}, headers={"Idempotency-Key": "a b"}
        )
    assert late.json()["code"] == "invalid_multipart"
    assert none.json()["param"] == "/file"
    assert spaced.status_code == 422


def test_a_secret_in_a_form_is_not_judged(stubs: respx.MockRouter) -> None:
    form = {"grant_type": "client_credentials", "client_secret": "x" * 600}
    with httpx.Client() as http:
        assert http.post(f"{URL}/oauth/token", data=form).status_code == 200
