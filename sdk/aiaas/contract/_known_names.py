"""Names that a request may have, and the one among them that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

_LONGEST_NAME: Final = 64
_NEAR: Final = 0.7
"""Likeness, 0 to 1, from which on a name is probably another one that was mistyped."""


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that is probably meant."""
    matches = get_close_matches(name[:_LONGEST_NAME].lower(), known, n=1, cutoff=_NEAR)
    return matches[0] if matches else None


def names_at(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """Return the names that are known in an object at a place."""
    names = (name for found in _models_at(model, place) for name in found.model_fields)
    return list(dict.fromkeys(names))


def _models_at(kind: Any, place: Sequence[int | str]) -> Iterator[type[BaseModel]]:
    """Yield the models that what is at a place may be of."""
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _models_in(kind, place)
    elif origin is Annotated:
        yield from _models_at(get_args(kind)[0], place)
    elif origin in (Union, UnionType):
        for member in get_args(kind):
            yield from _models_at(member, place)
    elif origin is not None and place:
        # Of a list the type of its entries, of a mapping that of its values.
        *_, inner = (one for one in get_args(kind) if one is not Ellipsis)
        yield from _models_at(inner, place[1:])


def _models_in(model: type[BaseModel], place: Sequence[int | str]) -> Iterator[type[BaseModel]]:
    if not place:
        yield model
    elif place[0] in _tags(model):  # how a place names a member of a union that is told by a field
        yield from _models_in(model, place[1:])
    elif place[0] in model.model_fields:
        yield from _models_at(model.model_fields[str(place[0])].annotation, place[1:])


def _tags(model: type[BaseModel]) -> set[object]:
    kinds = (field.annotation for field in model.model_fields.values())
    return {tag for kind in kinds if get_origin(kind) is Literal for tag in get_args(kind)}
