"""The contract as an OpenAPI 3.1 document, made from the operation table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import CoreSchema

from aiaas.contract import headers, problems
from aiaas.contract._links import links_of
from aiaas.contract._operation import Operation
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations
from aiaas.contract.problems import Problem

VERSION: Final = "1.0.0"
"""Version of the contract: the first number changes when old clients would break."""

_REF: Final = "#/components/schemas/{model}"
_TEXT: Final = {"schema": {"type": "string"}}
_HEADERS: Final = {headers.REQUEST_ID: {"description": "Quote it when asking for help.", **_TEXT}}
_LIMIT_HEADERS: Final = {
    headers.RATE_LIMIT: {
        "description": "What is left of the key's limit, where the deployment has one.",
        **_TEXT,
    },
    headers.RATE_LIMIT_POLICY: {
        "description": "The key's limit, where the deployment has one.",
        **_TEXT,
    },
}
_VERSION_HEADERS: Final = {
    headers.VERSION_WARNING: {
        "description": "Says so when the client has another version than the deployment.",
        **_TEXT,
    }
}
_REPLAY_HEADERS: Final = {
    headers.IDEMPOTENT_REPLAY: {
        "description": "`true` when this is the stored answer to an earlier request.",
        **_TEXT,
    }
}
_RETRY_HEADERS: Final = {
    headers.RETRY_AFTER: {
        "description": "Seconds to wait before the next attempt.",
        "schema": {"type": "integer"},
    },
    headers.RETRY_AFTER_MS: {
        "description": "The same in milliseconds.",
        "schema": {"type": "integer"},
    },
}
_RETRY_STATUSES: Final = (409, 429, 503)
_IDEMPOTENCY_KEY: Final = {
    "name": headers.IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "The same on every attempt of one call, which then has its effect once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_DEADLINE: Final = {
    "name": headers.DEADLINE_MS,
    "in": "header",
    "required": False,
    "description": "Milliseconds after which the client no longer waits.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
}

_Json = dict[str, Any]


_BOUNDS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


class _Schemas(GenerateJsonSchema):
    """Schemas that say all that the types do.

    Where a validator runs before the type, as for the contract's `Integer`, pydantic leaves its
    own names of bounds in the schema, which mean nothing there. And where names must match a
    pattern, it does not say that others are refused.
    """

    def generate_inner(self, schema: CoreSchema) -> JsonSchemaValue:
        found = super().generate_inner(schema)
        if "patternProperties" in found:
            found.setdefault("additionalProperties", False)
        return {_BOUNDS.get(name, name): value for name, value in found.items()}


def build_document() -> _Json:
    """Return the document, the same for the same contract."""
    operations = tuple(all_operations())
    paths: dict[str, _Json] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, operations
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "aiaas",
            "version": VERSION,
            "summary": "AI as a Service: models over the network.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": tag} for tag in _tags(operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(operations),
            "responses": {
                "Problem": _problem_response(_HEADERS),
                "ProblemToRetry": _problem_response({**_HEADERS, **_RETRY_HEADERS}),
            },
        },
    }


def _tags(operations: Iterable[Operation[Any, Any]]) -> list[str]:
    return list(dict.fromkeys(operation.name.partition(".")[0] for operation in operations))


def _schemas(operations: Iterable[Operation[Any, Any]]) -> _Json:
    models: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for operation in operations:
        for model in (operation.request, operation.options):
            if model is not None and operation.bodies:
                models[model, "validation"] = None
        if operation.response is not None:
            models[operation.response, "serialization"] = None
        for event in (operation.events or {}).values():
            models[event, "serialization"] = None
    _, document = models_json_schema(list(models), ref_template=_REF, schema_generator=_Schemas)
    schemas: _Json = document["$defs"]
    return schemas


def _operation(operation: Operation[Any, Any], table: Sequence[Operation[Any, Any]]) -> _Json:
    described: _Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.name.partition(".")[0]],
        "responses": _responses(operation, links_of(operation, table)),
        "x-aiaas-effect": operation.effect,
    }
    if operation.scope is None:
        described["security"] = []
    else:
        described["x-aiaas-scope"] = operation.scope
    parameters = _parameters(operation)
    if operation.effect == "write":
        parameters.append(_IDEMPOTENCY_KEY)
    described["parameters"] = [*parameters, _DEADLINE]
    if operation.bodies:
        described["requestBody"] = {
            "required": True,
            "content": {
                media: content
                for body in operation.bodies
                for media, content in _CONTENT[body](operation).items()
            },
        }
    return described


def _parameters(operation: Operation[Any, Any]) -> list[_Json]:
    """Describe the fields that travel in path and query."""
    model, note = operation.request, ""
    if "image" in operation.bodies:
        model, note = operation.options, "For raw `image/*` bodies. "
    elif operation.bodies and not operation.path_fields:
        return []
    if model is None:
        return []
    schema = model.model_json_schema(ref_template=_REF, schema_generator=_Schemas)
    required = schema.get("required", ())
    notes = _field_notes(model)
    return [
        {
            "name": name,
            "in": "path" if name in operation.path_fields else "query",
            "required": name in required,
            "description": note + notes.get(name, ""),
            "schema": {key: value for key, value in described.items() if key != "title"},
        }
        for name, described in schema["properties"].items()
        if not operation.bodies or "image" in operation.bodies or name in operation.path_fields
    ]


def _field_notes(model: type[BaseModel]) -> dict[str, str]:
    """Read what the docstring says about each attribute."""
    notes: dict[str, str] = {}
    name = ""
    for line in (model.__doc__ or "").partition("Attributes:")[2].splitlines():
        text = line.strip()
        head, colon, rest = text.partition(": ")
        if colon and head.isidentifier():
            name = head
            notes[name] = rest
        elif text and name:
            notes[name] += f" {text}"
    return notes


def _json_content(operation: Operation[Any, Any]) -> _Json:
    example = example_of(operation.name).request or {}
    in_path = operation.path_fields
    return {
        "application/json": {
            "schema": _rest_of(operation) if in_path else _ref(operation.request),
            "example": {name: value for name, value in example.items() if name not in in_path},
        }
    }


def _rest_of(operation: Operation[Any, Any]) -> _Json:
    """Describe a body that lacks the fields in the path."""
    schema = operation.request.model_json_schema(ref_template=_REF) if operation.request else {}
    in_path = operation.path_fields
    return {
        "type": "object",
        "properties": {
            name: value for name, value in schema["properties"].items() if name not in in_path
        },
        "required": [name for name in schema.get("required", ()) if name not in in_path],
        "additionalProperties": False,
    }


def _form_content(operation: Operation[Any, Any]) -> _Json:
    return {
        "application/x-www-form-urlencoded": {
            "schema": _ref(operation.request),
            "example": example_of(operation.name).request,
        }
    }


def _upload_content(operation: Operation[Any, Any]) -> _Json:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {
        "multipart/form-data": {
            "schema": {
                "description": "The part `request`, when there is one, comes before `file`.",
                "type": "object",
                "properties": {"request": _ref(operation.request), "file": file},
                "required": ["file"],
                "additionalProperties": False,
            },
            "encoding": {"request": {"contentType": "application/json"}},
        }
    }


def _multipart_content(operation: Operation[Any, Any]) -> _Json:
    if operation.upload:
        return _upload_content(operation)
    inputs: _Json = {
        "type": "array",
        "minItems": 1,
        "maxItems": _most_inputs(operation),
        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
    }
    return {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"request": _ref(operation.options), "inputs": inputs},
                "required": ["inputs"],
                "additionalProperties": False,
            },
            "encoding": {
                "request": {"contentType": "application/json"},
                "inputs": {"contentType": "image/*"},
            },
        }
    }


def _image_content(operation: Operation[Any, Any]) -> _Json:
    return {"image/*": {}}  # any bytes: OpenAPI 3.1 has no schema for what is no JSON


_CONTENT: Final = {
    "json": _json_content,
    "multipart": _multipart_content,
    "image": _image_content,
    "form": _form_content,
}


def _most_inputs(operation: Operation[Any, Any]) -> int:
    schema = operation.request.model_json_schema() if operation.request else {}
    return int(schema["properties"]["inputs"]["maxItems"])


def _responses(operation: Operation[Any, Any], links: _Json) -> _Json:
    content: _Json = {"schema": {}}
    if operation.response is not None:
        content = {"schema": _ref(operation.response)}
        if (example := example_of(operation.name).response) is not None:
            content["example"] = example
    success = {
        "description": "Success.",
        "headers": _success_headers(operation),
        "content": {operation.media_type: content, **_event_content(operation)},
    }
    if links:
        success["links"] = links
    responses: _Json = {"200": success}
    for status in operation.statuses:
        responses[str(status)] = {**success, "description": "Not now."}
    for status in _problem_statuses(operation):
        kind = "ProblemToRetry" if status in _RETRY_STATUSES else "Problem"
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{kind}"})
    return responses


def _event_content(operation: Operation[Any, Any]) -> _Json:
    """Describe the stream of events that is answered when the request says ``stream``."""
    if operation.events is None:
        return {}
    named = {name: _ref(model) for name, model in operation.events.items()}
    named["error"] = _ref(Problem)
    return {
        "text/event-stream": {
            "schema": {
                "description": "With `stream: true`: server-sent events, of which this is one; "
                "their data is JSON. `done` ends the stream; `error` ends it too, and has a "
                "problem as its data.",
                "oneOf": [_event(name, data) for name, data in named.items()],
            },
            "x-aiaas-events": named,
        }
    }


def _event(name: str, data: _Json) -> _Json:
    described = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "properties": {"event": {"const": name}, "data": described},
        "required": ["event", "data"],
    }


def _success_headers(operation: Operation[Any, Any]) -> _Json:
    of_keys = {**_VERSION_HEADERS, **_LIMIT_HEADERS} if operation.scope is not None else {}
    replayed = _REPLAY_HEADERS if operation.effect == "write" else {}
    return {**_HEADERS, **of_keys, **replayed}


def _problem_statuses(operation: Operation[Any, Any]) -> list[int]:
    statuses = {422, 500, 504}  # 422 for a deadline that is none
    if operation.scope is not None:
        statuses |= {
            400,
            401,
            403,
            404,
            429,
        }  # 404 for what is named, and for what is not there yet
    elif "form" in operation.bodies:
        statuses |= {401}
    if operation.effect == "write":
        statuses |= {409}
    if operation.request is not None:
        statuses |= {404}
    if operation.bodies:
        statuses |= {400, 413, 415, 503}
    return sorted(statuses)


def _problem_response(described_headers: _Json) -> _Json:
    return {
        "description": "What went wrong (RFC 9457).",
        "headers": described_headers,
        "content": {problems.MEDIA_TYPE: {"schema": _ref(Problem)}},
    }


def _ref(model: type[BaseModel] | None) -> _Json:
    return {} if model is None else {"$ref": _REF.format(model=model.__name__)}
