"""Metadata on its way in: its size, its numbers, and the type that each field keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from aiaas.contract.recommendations._common import MAX_METADATA_BYTES
from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.column_kinds import field_type
from aiaas_mock.storage.recommendations import MetadataValue

Metadata = Mapping[str, MetadataValue]

_MOST_NUMBER: Final = 2**63 - 1
_MOST_FIELDS: Final = 200
"""Fields of all items of a namespace: each takes memory for every item, with a value or without."""
_WORDS: Final[Mapping[str, str]] = {
    "bool": "true or false",
    "number": "a number",
    "text": "a text",
    "texts": "a list of texts",
}


def check_size(metadata: Metadata, param: str) -> None:
    """Demand metadata that is not too large.

    Args:
        metadata: Values by field.
        param: JSON pointer to them.

    Raises:
        ApiError: They are too large together, or a whole number does not fit into 64 bits.
    """
    for name, value in metadata.items():
        if isinstance(value, int) and not -_MOST_NUMBER <= value <= _MOST_NUMBER:
            raise ApiError(
                "invalid_request",
                f"The whole number in '{name}' does not fit into 64 bits; send it as a text.",
                param=f"{param}/{name}",
            )
    size_bytes = len(orjson.dumps(metadata))
    if size_bytes > MAX_METADATA_BYTES:
        raise ApiError(
            "metadata_too_large",
            f"The metadata has {size_bytes:,} bytes as JSON; the limit is {MAX_METADATA_BYTES:,}.",
            param=param,
        )


def new_fields(metadata: Metadata, fields: Mapping[str, str], param: str) -> dict[str, str]:
    """Return the types of fields that come for the first time.

    Args:
        metadata: Values by field.
        fields: The types that fields have already.
        param: JSON pointer to the metadata.

    Raises:
        ApiError: A value has another type than its field, or there would be too many fields.
    """
    types = {name: field_type(value) for name, value in metadata.items()}
    for name, kind in types.items():
        if fields.get(name, kind) != kind:
            raise ApiError(
                "metadata_type_mismatch",
                f"'{name}' is {_WORDS[fields[name]]} since it was first sent, "
                f"and here {_WORDS[kind]}.",
                param=f"{param}/{name}",
            )
    new: dict[str, str] = {name: kind for name, kind in types.items() if name not in fields}
    if new and len(fields) + len(new) > _MOST_FIELDS:
        raise ApiError(
            "metadata_too_large",
            f"The items of a namespace have at most {_MOST_FIELDS} different fields; there are "
            f"{len(fields)} already, and here {len(new)} more.",
            param=param,
        )
    return new
