"""The OpenAPI 3.1 document of the lab, made from its table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from aiaas.contract import problems
from aiaas.contract._operation import Operation
from aiaas.contract.problems import Problem
from aiaas_mock.lab.claim import HEADER
from aiaas_mock.lab.contract.operations import DOMAINS, control_examples, domain_operations

_REF: Final = "#/components/schemas/{model}"
_CLAIM: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The namespace that is meant; that of the key, or `default`, when omitted.",
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,31}$"},
}

_Json = dict[str, Any]
_Domains = dict[str, tuple[Operation[Any, Any], ...]]


def build_control_document(version: str) -> _Json:
    """Return the document; `version` is that of the server."""
    domains = {domain: domain_operations(domain) for domain in DOMAINS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "aiaas lab",
            "version": version,
            "summary": "Steers the reference cloud: namespaces, clocks, seeds, limits, faults.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"adminToken": []}],
        "tags": [{"name": domain} for domain in domains],
        "paths": _paths(domains),
        "components": {
            "securitySchemes": {"adminToken": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(operation for found in domains.values() for operation in found),
            "responses": {"Problem": _problem()},
        },
    }


def _paths(domains: _Domains) -> _Json:
    examples = control_examples()
    paths: _Json = {}
    for domain, operations in domains.items():
        for operation in operations:
            described = _operation(operation, domain, examples.get(operation.name))
            paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return paths


def _operation(operation: Operation[Any, Any], domain: str, example: Any) -> _Json:
    content = {} if operation.response is None else {"schema": _ref(operation.response)}
    described: _Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [domain],
        "parameters": [_CLAIM, *_parameters(operation)],
        "responses": {
            "200": {"description": "Success.", "content": {operation.media_type: content}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    for status in operation.statuses:
        told = {"description": "No success.", "content": {operation.media_type: content}}
        described["responses"][str(status)] = told
    if operation.bodies:
        body = {"schema": _ref(operation.request), "example": example}
        described["requestBody"] = {"required": True, "content": {"application/json": body}}
    return described


def _parameters(operation: Operation[Any, Any]) -> list[_Json]:
    if operation.request is None or operation.bodies:
        return []
    schema = operation.request.model_json_schema(ref_template=_REF)
    return [
        {
            "name": name,
            "in": "path" if name in operation.path_fields else "query",
            "required": name in schema.get("required", ()),
            "schema": {key: value for key, value in described.items() if key != "title"},
        }
        for name, described in schema["properties"].items()
    ]


def _schemas(operations: Iterable[Operation[Any, Any]]) -> _Json:
    models: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for operation in operations:
        if operation.bodies and operation.request is not None:
            models[operation.request, "validation"] = None
        if operation.response is not None:
            models[operation.response, "serialization"] = None
    _, document = models_json_schema(list(models), ref_template=_REF)
    schemas: _Json = document["$defs"]
    return schemas


def _problem() -> _Json:
    return {
        "description": "What went wrong (RFC 9457).",
        "content": {problems.MEDIA_TYPE: {"schema": _ref(Problem)}},
    }


def _ref(model: Any) -> _Json:
    # pydantic's own name for a type with parameters has brackets, which references have not.
    name = model.__name__.replace("[", "_").replace("]", "_")
    return {"$ref": _REF.format(model=name)}
