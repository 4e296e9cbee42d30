"""The OpenAPI document says what the table says, and the server serves it."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.routing import Route

from aiaas.contract.openapi import build_document
from aiaas.contract.operations import all_operations
from aiaas_mock.http.routes import FixedRoutes
from aiaas_mock.protocols.routes import PREFIXES

CHECKED_IN = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document()


def test_the_checked_in_document_is_the_generated_one(document: dict[str, Any]) -> None:
    checked_in = json.loads(CHECKED_IN.read_text("utf-8"))
    assert checked_in == document, "the contract changed: run 'make openapi' and review the diff"


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    faults = [
        fault.message for fault in OpenAPIV31SpecValidator(cast("Any", document)).iter_errors()
    ]
    assert faults == []


def test_the_document_is_the_same_when_built_again(document: dict[str, Any]) -> None:
    assert json.dumps(build_document()) == json.dumps(document)


def test_the_document_names_every_operation_of_the_table(document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path, operation["operationId"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert described == {(op.method, op.path, op.name) for op in all_operations()}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        value: Any = document
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]


def test_writes_take_an_idempotency_key_and_others_do_not(document: dict[str, Any]) -> None:
    for operation in all_operations():
        described = document["paths"][operation.path][operation.method.lower()]
        names = [parameter["name"] for parameter in described.get("parameters", ())]
        assert ("Idempotency-Key" in names) == (operation.effect == "write")
        assert ("409" in described["responses"]) == (operation.effect == "write")


def test_every_operation_takes_a_deadline_and_may_refuse_it(document: dict[str, Any]) -> None:
    for operation in all_operations():
        described = document["paths"][operation.path][operation.method.lower()]
        assert "Aiaas-Deadline-Ms" in [parameter["name"] for parameter in described["parameters"]]
        assert "422" in described["responses"]


def test_operations_that_need_a_key_may_be_limited(document: dict[str, Any]) -> None:
    for operation in all_operations():
        responses = document["paths"][operation.path][operation.method.lower()]["responses"]
        assert ("429" in responses) == (operation.scope is not None)
        assert ("RateLimit" in responses["200"]["headers"]) == (operation.scope is not None)


def test_an_upload_is_described_as_a_form_with_one_file(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/files"]["post"]["requestBody"]["content"]
    schema = content["multipart/form-data"]["schema"]
    assert schema["required"] == ["file"]
    assert schema["properties"]["request"] == {"$ref": "#/components/schemas/CreateFileRequest"}


def test_what_travels_in_the_path_is_no_part_of_the_body(document: dict[str, Any]) -> None:
    described = document["paths"]["/v1/jobs/{job}/cancel"]["post"]
    (in_path,) = [one for one in described["parameters"] if one["in"] == "path"]
    assert (in_path["name"], in_path["required"]) == ("job", True)
    body = described["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"] == {}
    assert body["schema"]["additionalProperties"] is False
    assert body["example"] == {}


def test_an_answer_of_events_is_described_beside_the_whole_one(document: dict[str, Any]) -> None:
    for operation in all_operations():
        described = document["paths"][operation.path][operation.method.lower()]
        content = described["responses"]["200"]["content"]
        assert ("text/event-stream" in content) == (operation.events is not None)
        for name in operation.events or {}:
            assert name in content["text/event-stream"]["x-aiaas-events"]


def test_every_bound_has_the_name_that_json_schema_gives_it(document: dict[str, Any]) -> None:
    request = document["components"]["schemas"]["GenerateTextRequest"]["properties"]
    assert (request["max_tokens"]["minimum"], request["max_tokens"]["maximum"]) == (1, 1024)
    assert request["seed"]["anyOf"][0]["exclusiveMaximum"] == 2**63
    limit = next(
        parameter["schema"]
        for parameter in document["paths"]["/v1/models"]["get"]["parameters"]
        if parameter["name"] == "limit"
    )
    assert (limit["minimum"], limit["maximum"]) == (1, 100)
    assert not {"ge", "gt", "le", "lt"} & keywords(document["components"]["schemas"])


def test_an_event_is_described_with_its_name_and_data(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/text/generate"]["post"]["responses"]["200"]["content"]
    events = content["text/event-stream"]["schema"]["oneOf"]
    assert [event["properties"]["event"]["const"] for event in events] == ["token", "done", "error"]
    for event in events:
        assert event["properties"]["data"]["contentMediaType"] == "application/json"


def test_names_that_must_match_a_pattern_are_the_only_ones_that_are_allowed(
    document: dict[str, Any],
) -> None:
    metadata = document["components"]["schemas"]["NewItem"]["properties"]["metadata"]
    (pattern,) = metadata["patternProperties"]
    assert pattern.startswith("^[a-z]")
    assert metadata["additionalProperties"] is False


def test_what_makes_or_lists_things_leads_to_the_operations_on_one(
    document: dict[str, Any],
) -> None:
    for operation in all_operations():
        resource = operation.name.rpartition(".")[0]
        one = {
            other.name
            for other in all_operations()
            if other.name.rpartition(".")[0] == resource and len(other.path_fields) == 1
        }
        described = document["paths"][operation.path][operation.method.lower()]
        links = described["responses"]["200"].get("links", {})
        assert set(links) in (set(), one)
        if operation.paginated and one:
            assert set(links) == one
    items = document["paths"]["/v1/recommendations/items"]["get"]["responses"]["200"]["links"]
    assert set(items) == {"recommendations.items.retrieve", "recommendations.items.delete"}
    files = document["paths"]["/v1/files"]["post"]["responses"]["200"]["links"]
    assert files["files.retrieve"] == {
        "operationId": "files.retrieve",
        "parameters": {"file": "$response.body#/id"},
    }


def test_operations_state_scope_and_effect(document: dict[str, Any]) -> None:
    for operation in all_operations():
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["x-aiaas-effect"] == operation.effect
        assert described.get("x-aiaas-scope") == operation.scope
        assert ("security" in described) == (operation.scope is None)


async def test_the_server_has_a_route_for_every_path_and_no_other(app: Starlette) -> None:
    fixed, *others = app.routes
    assert isinstance(fixed, FixedRoutes)
    patterns = [route.path for route in others if isinstance(route, Route)]
    assert len(patterns) == len(others)
    served = [*fixed.paths, *patterns]
    served = [path for path in served if not path.startswith(PREFIXES)]  # of others
    assert sorted(served) == sorted({operation.path for operation in all_operations()})


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()


def keywords(value: Any) -> set[str]:
    """Return the names of everything in a schema but its fields."""
    if isinstance(value, list):
        return set().union(*(keywords(item) for item in value))
    if not isinstance(value, dict):
        return set()
    named = value.get("properties", {})
    rest = {name: item for name, item in value.items() if name not in ("properties", "example")}
    return set(rest).union(*(keywords(item) for item in (*rest.values(), *named.values())))
