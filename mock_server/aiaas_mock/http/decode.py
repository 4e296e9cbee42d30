"""From an HTTP request to the operation's request, however it travelled."""

from __future__ import annotations

import binascii
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers

from aiaas.contract._operation import Body, Operation
from aiaas_mock.errors import ApiError
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.faults import half_character, invalid_field, invalid_request
from aiaas_mock.http.multipart import read_form
from aiaas_mock.http.oauth import basic_credentials
from aiaas_mock.http.uploads import read_upload
from aiaas_mock.services.inputs import FileInput, InputsRequest
from aiaas_mock.services.uploads import Upload

ModelT = TypeVar("ModelT", bound=BaseModel)

Decode = Callable[["Incoming"], Awaitable[Any]]
"""Makes an operation's request of an HTTP request."""

_MEDIA_TYPES: Final[dict[Body, str]] = {
    "json": "application/json",
    "multipart": "multipart/form-data",
    "image": "image/*",
    "form": "application/x-www-form-urlencoded",
}


class Incoming:
    """The parts of an HTTP request that an operation is made from.

    Attributes:
        path_params: Fields that travel in the path.
        query: The raw query string.
        headers: All headers.
        body: The body, unread.
        authorization: The header of this name; empty when there is none.
        media_type: Content type without parameters, lower case; empty when there is none.
    """

    __slots__ = (
        "_content_type",
        "authorization",
        "body",
        "headers",
        "media_type",
        "path_params",
        "query",
    )

    def __init__(
        self, path_params: dict[str, str], query: bytes, headers: Headers, body: BodyReader
    ) -> None:
        self.path_params = path_params
        self.query = query
        self.headers = headers
        self.body = body
        self.authorization = headers.get("authorization", "")
        self._content_type = headers.get("content-type", "")
        self.media_type = self._content_type.partition(";")[0].strip().lower()

    @property
    def boundary(self) -> str:
        """The boundary of a multipart body.

        Raises:
            ApiError: The content type names none.
        """
        for parameter in self._content_type.split(";")[1:]:
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "boundary" and value:
                return value.strip('"')
        raise ApiError("invalid_multipart", "The Content-Type names no boundary.")

    def fields(self) -> dict[str, str]:
        """Return the fields of path and query.

        Raises:
            ApiError: The query names a field twice, or names one that the path holds.
        """
        return _add_encoded(dict(self.path_params), self.query)


def _add_encoded(fields: dict[str, str], encoded: bytes) -> dict[str, str]:
    """Add fields that are URL-encoded, each at most once."""
    for name, value in parse_qsl(
        encoded.decode("latin-1"), keep_blank_values=True, errors="replace"
    ):
        if name in fields:
            raise invalid_field(f"/{name[:64]}", "duplicate", "This field is given twice.")
        fields[name] = value
    return fields


def decoder(operation: Operation[Any, Any], *, max_file_bytes: int) -> Decode:
    """Choose how the requests of an operation are decoded."""
    request = operation.request
    if request is None:
        return _decode_nothing
    if operation.method in ("GET", "DELETE") or not operation.bodies:
        return _FieldsDecoder(request)
    if operation.upload:
        return _UploadDecoder(request, max_file_bytes)
    if "form" in operation.bodies:
        return _FormDecoder(request)
    if operation.options is None:
        return _JsonDecoder(request)
    return _FilesDecoder(request, operation.options, operation.bodies)


async def _decode_nothing(incoming: Incoming) -> None:
    return None


class _FieldsDecoder:
    """Requests that travel in path and query."""

    def __init__(self, request: type[BaseModel]) -> None:
        self._request = request

    async def __call__(self, incoming: Incoming) -> BaseModel:
        return _from_strings(self._request, incoming.fields())


class _JsonDecoder:
    """Requests that travel as JSON, but for the fields in the path."""

    def __init__(self, request: type[BaseModel]) -> None:
        self._request = request

    async def __call__(self, incoming: Incoming) -> BaseModel:
        if incoming.media_type != _MEDIA_TYPES["json"]:
            raise _unsupported(incoming, ("json",))
        body = await incoming.body.read()
        if incoming.path_params:
            body = _add_to_json(body, incoming.path_params)
        return from_json(self._request, body)


class _FormDecoder:
    """Requests that travel as a URL-encoded form, as OAuth 2.0 has them."""

    def __init__(self, request: type[BaseModel]) -> None:
        self._request = request

    async def __call__(self, incoming: Incoming) -> BaseModel:
        _refuse_query(incoming)  # secrets in addresses end up in logs
        if incoming.media_type != _MEDIA_TYPES["form"]:
            raise _unsupported(incoming, ("form",))
        fields = _add_encoded({}, await incoming.body.read())
        client = basic_credentials(incoming.authorization)
        if client is not None:
            if "client_secret" in fields or fields.get("client_id", client[0]) != client[0]:
                raise ApiError("invalid_request", "The client authenticates in two ways.")
            fields["client_id"], fields["client_secret"] = client
        return _from_strings(self._request, fields)


class _UploadDecoder:
    """Requests that bring one file, which is streamed."""

    def __init__(self, request: type[BaseModel], max_file_bytes: int) -> None:
        self._request = request
        self._max_file_bytes = max_file_bytes

    async def __call__(self, incoming: Incoming) -> Upload[Any]:
        _refuse_query(incoming)
        if incoming.media_type != _MEDIA_TYPES["multipart"]:
            raise _unsupported(incoming, ("multipart",))
        return await read_upload(
            incoming.body,
            incoming.boundary,
            parse=partial(from_json, self._request),
            max_file_bytes=self._max_file_bytes,
        )


class _FilesDecoder:
    """Requests with files: base64 in JSON, multipart, or one raw file."""

    def __init__(
        self, request: type[BaseModel], options: type[BaseModel], bodies: Sequence[Body]
    ) -> None:
        self._request = request
        self._options = options
        self._bodies = bodies
        self._most_inputs = _most_inputs(request)

    async def __call__(self, incoming: Incoming) -> InputsRequest[Any]:
        media_type = incoming.media_type
        if media_type == _MEDIA_TYPES["json"] and "json" in self._bodies:
            return await self._json(incoming)
        if media_type == _MEDIA_TYPES["multipart"] and "multipart" in self._bodies:
            return await self._multipart(incoming)
        if media_type.startswith("image/") and "image" in self._bodies:
            options = _from_strings(self._options, incoming.fields())
            return InputsRequest(options, (await incoming.body.read(),))
        raise _unsupported(incoming, self._bodies)

    async def _json(self, incoming: Incoming) -> InputsRequest[Any]:
        _refuse_query(incoming)
        request = from_json(self._request, await incoming.body.read())
        names = self._options.model_fields
        options = self._options.model_construct(**{name: getattr(request, name) for name in names})
        files: Sequence[Any] = request.inputs  # type: ignore[attr-defined]
        return InputsRequest(options, tuple(_from_base64(file.data) for file in files))

    async def _multipart(self, incoming: Incoming) -> InputsRequest[Any]:
        _refuse_query(incoming)
        form = await read_form(incoming.body, incoming.boundary)
        count = len(form.inputs)
        if not 1 <= count <= self._most_inputs:
            raise invalid_field(
                "/inputs",
                "too_short" if count == 0 else "too_long",
                f"There must be 1 to {self._most_inputs} parts named 'inputs', not {count}.",
            )
        return InputsRequest(from_json(self._options, form.request), tuple(form.inputs))


def _refuse_query(incoming: Incoming) -> None:
    """Refuse options that would be ignored in the query, since the body has a place for them."""
    for name in incoming.fields():
        raise invalid_field(
            f"/{name[:64]}", "unknown_field", "With this kind of body, options travel in the body."
        )


def _add_to_json(body: bytes, fields: dict[str, str]) -> bytes:
    """Add the fields of the path to a body, which must not have them."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body  # what is wrong with it is told by who reads it
    if not isinstance(value, dict):
        return body
    for name in fields:
        if name in value:
            raise invalid_field(f"/{name}", "duplicate", "This field travels in the path.")
    return json.dumps({**value, **fields}).encode()


def _unsupported(incoming: Incoming, bodies: Sequence[Body]) -> ApiError:
    accepted = ", ".join(_MEDIA_TYPES[body] for body in bodies)
    given = f"'{incoming.media_type[:64]}'" if incoming.media_type else "missing"
    return ApiError(
        "unsupported_media_type",
        f"The Content-Type is {given}; this operation takes {accepted}.",
        headers={"Accept-Post": accepted},
    )


def _most_inputs(request: type[BaseModel]) -> int:
    """Read the limit on inputs from the type, where the contract states it."""
    for constraint in request.model_fields["inputs"].metadata:
        if (most := getattr(constraint, "max_length", None)) is not None:
            return int(most)
    raise TypeError(f"{request.__name__}: the type of 'inputs' states no max_length")


def from_json(model: type[ModelT], data: bytes) -> ModelT:
    """Read a request from JSON.

    Raises:
        ApiError: It is not JSON, or not of this type.
    """
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        refusal = invalid_request(error, model)
        if refusal.code == "invalid_json":
            refusal = half_character(data) or refusal
        raise refusal from error


def _from_strings(model: type[BaseModel], fields: dict[str, str]) -> BaseModel:
    try:
        return model.model_validate_strings(fields, strict=False)
    except ValidationError as error:
        raise invalid_request(error, model) from error


def _from_base64(text: str) -> FileInput:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # also raised for text that is not ASCII
        return ApiError(
            "invalid_base64",
            "The value is not base64 with the standard alphabet and padding (RFC 4648 section 4).",
        )
