"""Which answers hold what another operation asks for: OpenAPI's links, told by the table alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from aiaas.contract.answers import Page

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation

_Json = dict[str, Any]


def links_of(operation: Operation[Any, Any], table: Iterable[Operation[Any, Any]]) -> _Json:
    """Return the links from a successful answer, by name.

    What creates or lists things of a resource leads to every operation of that resource that
    names one of them in its path.
    """
    place = _place_of_id(operation)
    if place is None or operation.path_fields:
        return {}
    resource = operation.name.rpartition(".")[0]
    return {
        other.name: {"operationId": other.name, "parameters": {other.path_fields[0]: place}}
        for other in _about_one(table, resource)
    }


def _about_one(
    table: Iterable[Operation[Any, Any]], resource: str
) -> Iterator[Operation[Any, Any]]:
    for operation in table:
        if operation.name.rpartition(".")[0] == resource and len(operation.path_fields) == 1:
            yield operation


def _place_of_id(operation: Operation[Any, Any]) -> str | None:
    """Return the runtime expression of the id in an answer, None when it has none to ask for."""
    response = operation.response
    if not (isinstance(response, type) and issubclass(response, BaseModel)):
        return None
    if operation.paginated and issubclass(response, Page):
        item = get_args(response.model_fields["data"].annotation)[0]
        return "$response.body#/data/0/id" if "id" in item.model_fields else None
    return "$response.body#/id" if "id" in response.model_fields else None
