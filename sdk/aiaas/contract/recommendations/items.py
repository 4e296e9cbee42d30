"""Items: what is recommended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import ItemError, Page
from aiaas.contract.recommendations._common import (
    MAX_BATCH,
    READ,
    WRITE,
    Cursor,
    ItemId,
    ItemRequest,
    Metadata,
    PageLimit,
)

Title = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class NewItem(RequestModel):
    """An item as it is sent.

    Attributes:
        id: Its id with you.
        title: What it is called. Its words place an item among others before anybody has
            bought it.
        metadata: Values to filter by, to recommend by and to show; the first value of a field
            decides its type.
        available: Whether it may be recommended.
    """

    id: ItemId
    title: Title | None = None
    metadata: Metadata = Field(default_factory=dict)
    available: bool = True


class UpsertItemsRequest(RequestModel):
    """1 to 1,000 items; one with a known id takes the place of what was there."""

    items: Annotated[tuple[NewItem, ...], Field(min_length=1, max_length=MAX_BATCH, strict=False)]


class ListItemsRequest(RequestModel):
    """Which items to list, in the order of their ids.

    Attributes:
        limit: Most items on a page.
        cursor: ``next_cursor`` of the page before.
    """

    limit: PageLimit = 100
    cursor: Cursor | None = None


class Item(ResponseModel):
    """An item as it is kept.

    Attributes:
        id: Its id with you.
        title: What it is called.
        metadata: Its values by field.
        available: Whether it may be recommended.
        updated_at: When it was sent last (RFC 3339, UTC).
    """

    id: str
    object: Literal["recommendation.item"] = "recommendation.item"
    title: str | None = None
    metadata: dict[str, bool | int | float | str | tuple[str, ...]]
    available: bool
    updated_at: datetime


class UpsertedItems(ResponseModel):
    """What became of the items.

    Attributes:
        created: Number of items that are new.
        updated: Number of items that were there before.
        errors: One entry for every item that was refused; all others were kept.
    """

    object: Literal["recommendation.items.upserted"] = "recommendation.items.upserted"
    created: int
    updated: int
    errors: tuple[ItemError, ...] = ()


class ItemPage(Page[Item]):
    """One page of items, in the order of their ids."""


class DeletedItem(ResponseModel):
    """An item that is no more; its events stay.

    Attributes:
        id: The item's id.
        deleted: Always true.
    """

    id: str
    object: Literal["recommendation.item.deleted"] = "recommendation.item.deleted"
    deleted: Literal[True] = True


UPSERT: Final[Operation[UpsertItemsRequest, UpsertedItems]] = Operation(
    name="recommendations.items.upsert",
    method="POST",
    path="/v1/recommendations/items",
    summary="Add items to the catalogue, or replace them.",
    request=UpsertItemsRequest,
    bodies=("json",),
    response=UpsertedItems,
    scope=WRITE,
    effect="write",
)

LIST: Final[Operation[ListItemsRequest, ItemPage]] = Operation(
    name="recommendations.items.list",
    method="GET",
    path="/v1/recommendations/items",
    summary="List the items of the catalogue.",
    request=ListItemsRequest,
    response=ItemPage,
    scope=READ,
    effect="read",
    paginated=True,
)

RETRIEVE: Final[Operation[ItemRequest, Item]] = Operation(
    name="recommendations.items.retrieve",
    method="GET",
    path="/v1/recommendations/items/{item}",
    summary="Describe an item.",
    request=ItemRequest,
    response=Item,
    scope=READ,
    effect="read",
)

DELETE: Final[Operation[ItemRequest, DeletedItem]] = Operation(
    name="recommendations.items.delete",
    method="DELETE",
    path="/v1/recommendations/items/{item}",
    summary="Take an item out of the catalogue.",
    request=ItemRequest,
    response=DeletedItem,
    scope=WRITE,
    effect="write",
)

OPERATIONS: Final = (UPSERT, LIST, RETRIEVE, DELETE)
