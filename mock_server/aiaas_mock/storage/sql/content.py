"""Metadata as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from aiaas_mock.storage.recommendations import MetadataValue


def to_json(value: object) -> str:
    """Return JSON; U+0000 is escaped in it, which PostgreSQL could not hold otherwise."""
    return orjson.dumps(value).decode()


def metadata_of(fields: Mapping[str, Any]) -> Mapping[str, MetadataValue]:
    """Return metadata as it was before it was JSON, which has lists for tuples."""
    return {name: tuple(value) if type(value) is list else value for name, value in fields.items()}
