"""What the operations on recommendations share."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aiaas.contract._base import Integer, OneFinding, RequestModel

MAX_BATCH: Final = 1000
"""Most items, users or events in one request."""

MAX_COUNT: Final = 100
"""Most recommendations in one answer."""

MAX_METADATA_BYTES: Final = 16_384
"""Largest metadata of one item or user, as JSON; larger ones get ``metadata_too_large``."""

READ: Final = "recommendations:read"
WRITE: Final = "recommendations:write"
ADMIN: Final = "recommendations:admin"

_ID: Final = r"^[A-Za-z0-9._:@+=~-]{1,128}$"

ItemId = Annotated[str, StringConstraints(pattern=_ID)]
UserId = Annotated[str, StringConstraints(pattern=_ID)]
EventType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
"""Such as ``view``, ``click``, ``add-to-cart`` or ``purchase``."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=512)]
PageLimit = Annotated[Integer, Field(ge=1, le=1000)]
Count = Annotated[Integer, Field(ge=1, le=MAX_COUNT)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]

FilterText = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""A condition on metadata, such as ``price < 20 and category in ("mugs", "bags")``."""

Text = Annotated[str, StringConstraints(max_length=1000)]
MetadataValue = Annotated[
    bool
    | Integer
    | float
    | Text
    | Annotated[tuple[Text, ...], Field(max_length=100, strict=False)],
    OneFinding("metadata_value"),
]
"""A truth value, a number, a text or a list of texts."""

Metadata = Annotated[dict[FieldName, MetadataValue], Field(max_length=64)]
"""Values by field. The first value of a field decides the type that it has from then on."""


class ItemRequest(RequestModel):
    """Which item."""

    item: ItemId
