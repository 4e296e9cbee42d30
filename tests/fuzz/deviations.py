"""Everything in which a fuzzed request is not what the OpenAPI document alone would allow.

No operation, check or phase is left out. What stands here is knowledge that no schema can hold:
what one deployment has (`narrowed`), and what ties two parts of a request together (`mend`).
Only requests that are meant to be right are mended: wrong ones are sent as they were made, but for
deadlines.
`docs/contract-suite.md` repeats this list; a test holds the two together.
"""

from __future__ import annotations

import base64
import copy
import secrets
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.fuzz.pictures import picture_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One departure, and its reason.

    Attributes:
        name: What it is about.
        why: Why no schema can say it.
    """

    name: str
    why: str


DEVIATIONS: Final = (
    Deviation(
        name="model",
        why="Which models there are is the deployment's: `GET /v1/models` is asked, and only "
        "models that name the operation are drawn.",
    ),
    Deviation(
        name="dimensions",
        why="A vector is cut to at most the length that the model has.",
    ),
    Deviation(
        name="language",
        why="Which languages have a model is the deployment's: `en` and `zh` are drawn.",
    ),
    Deviation(
        name="types",
        why="Which kinds of entity a model finds is the model's own.",
    ),
    Deviation(
        name="cursor",
        why="Only the page before gives one, so none is drawn; cases go through whole lists.",
    ),
    Deviation(
        name="client_secret",
        why="A random one is refused with 401, and nothing behind it would be reached; nor can a "
        "form hold the null that JSON has for what is left out.",
    ),
    Deviation(
        name="scope",
        why="Which scopes a key may give is the key's; of others none is granted (RFC 6749, 5.2).",
    ),
    Deviation(
        name="pictures",
        why="Random bytes are no picture: base64 in `data` and raw `image/*` are small real ones.",
    ),
    Deviation(
        name="Idempotency-Key",
        why="One key for two requests is refused with 422, as it must be: each gets its own.",
    ),
    Deviation(
        name="Aiaas-Deadline-Ms",
        why="A short one ends in 504, which a check for server errors cannot tell from a defect: "
        "it becomes a minute.",
    ),
    Deviation(
        name="sha256",
        why="It is the checksum of the file beside it: only null is drawn (and wrong ones).",
    ),
    Deviation(
        name="filter",
        why="It has a grammar, which is tested elsewhere: a few that are right are drawn.",
    ),
    Deviation(
        name="trend",
        why="It compares two windows, so that it needs `window_s`: without one it is left out.",
    ),
    Deviation(
        name="groups",
        why="Names of groups differ, and their shares add up to 1: they are named and shared anew.",
    ),
    Deviation(
        name="order of parts",
        why="The part `request` comes before `file`, which is stored while it arrives.",
    ),
    Deviation(
        name="query beside a body",
        why="Fields in the query belong to raw `image/*` bodies, which have no place for them.",
    ),
)

FILTERS: Final = ('id == "a"', 'title != "b" and id in ("a", "b")')
SCOPES: Final = ("models:read", "files:read models:read")
LANGUAGES: Final = ("en", "zh")
TYPES: Final[Mapping[str, Sequence[str]]] = {
    "text.entities": ("person", "location"),
    "text.redact": ("email", "phone"),
}
_LONG_MS: Final = 60_000
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What `narrowed` must know of a deployment.

    Attributes:
        models: The items of ``GET /v1/models``.
        api_key: A key with all scopes.
    """

    models: Sequence[Mapping[str, Any]]
    api_key: str


def narrowed(document: Json, deployment: Deployment) -> Json:
    """Return an OpenAPI document that allows only what a deployment has."""
    document = copy.deepcopy(document)
    for operation in _operations(document):
        for fields in _fields(document, operation):
            _narrow(operation["operationId"], fields, deployment)
        operation["parameters"] = [
            one for one in operation["parameters"] if one["name"] != "cursor"
        ]
    return document


def be_patient(headers: MutableMapping[str, str]) -> None:
    """Make a valid deadline a long one, in place; in requests that are wrong otherwise, too."""
    value = str(headers.get("Aiaas-Deadline-Ms", ""))
    if value.isdecimal():
        headers["Aiaas-Deadline-Ms"] = str(max(_LONG_MS, int(value)))


def mend(media_type: str | None, body: Any, query: Json, headers: MutableMapping[str, str]) -> None:
    """Put right, in place, what ties the parts of a request together."""
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = secrets.token_hex(16)
    if media_type is not None and not media_type.startswith("image/"):
        query.clear()
    if not isinstance(body, dict):
        return
    if media_type == "application/json":
        _mend_fields(body)
        for one in body.get("inputs", ()):
            if isinstance(one, dict) and "data" in one:
                drawn = one["data"].encode("utf-8", "replace")
                one["data"] = base64.b64encode(picture_of(drawn)).decode()
    if "file" in body:
        body["file"] = body.pop("file")  # the last one now


def _mend_fields(body: Json) -> None:
    if body.get("trend") and not body.get("window_s"):
        del body["trend"]
    groups = body.get("groups")
    if not isinstance(groups, list):
        return
    for number, group in enumerate(groups):
        if isinstance(group, dict):
            group |= {"name": f"group-{number}", "share": 1 / len(groups)}


def _operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        for method in _METHODS:
            if method in methods:
                yield methods[method]


def _fields(document: Json, operation: Json) -> Iterator[Json]:
    """Yield every mapping of field names to schemas that the operation takes."""
    yield {
        parameter["name"]: parameter["schema"]
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _properties(document, content.get("schema", {}))


def _properties(document: Json, schema: Json) -> Iterator[Json]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    properties = schema.get("properties", {})
    yield properties
    for inner in properties.values():
        if isinstance(inner, dict):
            yield from _properties(document, inner.get("items", inner))


def _narrow(operation: str, fields: Json, deployment: Deployment) -> None:
    suited = [model for model in deployment.models if operation in model["operations"]]
    if "model" in fields and suited:
        _allow(fields["model"], [model["id"] for model in suited])
    lengths = [model["dimensions"] for model in suited if model.get("dimensions")]
    if "dimensions" in fields and lengths:
        _branch(fields["dimensions"], "integer")["maximum"] = min(lengths)
    if "language" in fields:
        _allow(fields["language"], list(LANGUAGES))
    if "types" in fields and operation in TYPES:
        _allow(_branch(fields["types"], "array")["items"], list(TYPES[operation]))
    if "filter" in fields:
        _allow(fields["filter"], list(FILTERS))
    if "sha256" in fields:
        _allow(fields["sha256"], [])
    if "client_secret" in fields:
        _allow(fields["client_secret"], [deployment.api_key])
        _allow(fields["scope"], list(SCOPES))
        for name in ("client_id", "client_secret", "scope"):  # a form has no null
            fields[name]["anyOf"] = [_branch(fields[name], "string")]


def _allow(schema: Json, values: list[str]) -> None:
    """Let a field hold these texts only (and null, where it may be null)."""
    if not values:
        schema["anyOf"] = [{"type": "null"}]
        return
    branch = _branch(schema, "string")
    branch.clear()
    branch.update({"type": "string", "enum": values})


def _branch(schema: Json, kind: str) -> Json:
    """Return the part of a schema that is about one type."""
    branches: list[Json] = [schema, *schema.get("anyOf", ())]
    return next(branch for branch in branches if branch.get("type") == kind)
