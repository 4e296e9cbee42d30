"""Items: the catalogue of a namespace, sent, shown and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Final

from pydantic import TypeAdapter, ValidationError

from aiaas.contract.recommendations._common import ItemId, ItemRequest
from aiaas.contract.recommendations.items import (
    DeletedItem,
    Item,
    ItemPage,
    ListItemsRequest,
    NewItem,
    UpsertedItems,
    UpsertItemsRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.blocks import item_error
from aiaas_mock.services.cursors import cut_page, decode_cursor, unknown_cursor
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.metadata import check_size, new_fields
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import ItemTable, StoredItem

OnItems = Callable[[str], object]
"""Told the namespace whose catalogue has changed."""

_ITEM_ID: Final[TypeAdapter[str]] = TypeAdapter(ItemId)


class ItemService:
    """Answers ``recommendations.items.*``.

    Args:
        store: Where items are kept.
        demo: What namespaces without items show.
        titles: Embeds titles.
        on_items: Called when items were committed.
    """

    def __init__(
        self, store: Store, demo: DemoCatalogue, titles: TitleVectors, *, on_items: OnItems
    ) -> None:
        self._store = store
        self._demo = demo
        self._titles = titles
        self._on_items = on_items

    async def upsert(self, request: UpsertItemsRequest, context: RequestContext) -> UpsertedItems:
        """Answer ``recommendations.items.upsert``; of items with one id, the last one stays."""
        arriving = _Arriving.of(request.items)
        vectors = await self._titles.of([item.title for item in arriving.items.values()], context)
        namespace, now = context.namespace, context.now()
        answer = await commit_and_tell(
            context,
            lambda tx: arriving.stored(tx, namespace, vectors, now),
            lambda: self._on_items(namespace),
        )
        context.trace.inputs, context.trace.failed_inputs = len(request.items), len(answer.errors)
        return answer

    async def list(self, request: ListItemsRequest, context: RequestContext) -> ItemPage:
        """Answer ``recommendations.items.list``."""
        after = None if request.cursor is None else _place(request.cursor)
        namespace, limit = context.namespace, request.limit + 1

        def read(transaction: Transaction) -> Sequence[StoredItem]:
            if self._demo.shown_in(transaction, namespace):
                return self._demo.page(after=after, limit=limit)
            return transaction.items.list(namespace, after=after, limit=limit)

        found = await self._store.run(read)
        page, next_cursor = cut_page(found, request.limit, attrgetter("id"))
        return ItemPage(
            data=tuple(map(_shown, page)), has_more=next_cursor is not None, next_cursor=next_cursor
        )

    async def retrieve(self, request: ItemRequest, context: RequestContext) -> Item:
        """Answer ``recommendations.items.retrieve``."""

        def read(transaction: Transaction) -> StoredItem | None:
            item = transaction.items.get(context.namespace, request.item)
            return item or self._demo_item(transaction, context.namespace, request.item)

        item = await self._store.run(read)
        if item is None:
            raise unknown_item(request.item, "/item")
        return _shown(item)

    async def delete(self, request: ItemRequest, context: RequestContext) -> DeletedItem:
        """Answer ``recommendations.items.delete``."""
        namespace, item_id = context.namespace, request.item

        def effect(transaction: Transaction) -> DeletedItem:
            if transaction.items.delete(namespace, item_id):
                return DeletedItem(id=item_id)
            if self._demo_item(transaction, namespace, item_id) is not None:
                raise ApiError(
                    "item_not_found",
                    f"Item {item_id!r} is none of yours: it is of the demo catalogue, which cannot "
                    "be changed and is gone as soon as there is an item of your own.",
                    param="/item",
                )
            raise unknown_item(item_id, "/item")

        return await commit_and_tell(context, effect, lambda: self._on_items(namespace))

    def _demo_item(
        self, transaction: Transaction, namespace: str, item_id: str
    ) -> StoredItem | None:
        shown = self._demo.shown_in(transaction, namespace)
        return self._demo.items.get(item_id) if shown else None


def unknown_item(item_id: str, param: str) -> ApiError:
    """Refuse an item that is not in the catalogue."""
    return ApiError("item_not_found", f"There is no item {item_id!r}.", param=param)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Items by id, the fields that they bring, and what was wrong with others."""

    items: dict[str, StoredItem] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    errors: dict[int, ApiError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Arriving:
    """The items of a request that can be kept, by their positions, and what is wrong with others.

    What depends on what is stored already is found in the transaction that stores them.
    """

    items: dict[int, NewItem] = field(default_factory=dict)
    errors: dict[int, ApiError] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Sequence[NewItem]) -> _Arriving:
        arriving = cls()
        for index, item in enumerate(items):
            try:
                check_size(item.metadata, _metadata(index))
                arriving.items[index] = item
            except ApiError as error:
                arriving.errors[index] = error
        return arriving

    def stored(
        self,
        transaction: Transaction,
        namespace: str,
        vectors: Sequence[bytes | None],
        now: datetime,
    ) -> UpsertedItems:
        """Store the items and tell what became of all."""
        table = transaction.items
        judged = self._declared(table, namespace, vectors, now)
        created = table.upsert(namespace, list(judged.items.values()))
        errors = self.errors | judged.errors
        return UpsertedItems(
            created=created,
            updated=len(judged.items) - created,
            errors=tuple(item_error(index, errors[index]) for index in sorted(errors)),
        )

    def _declared(
        self, table: ItemTable, namespace: str, vectors: Sequence[bytes | None], now: datetime
    ) -> _Judged:
        """Fix the types of new fields, and tell which items fit the types that there are then."""
        known = table.fields(namespace)
        while True:
            judged = self._judged(known, vectors, now)
            if not judged.fields:
                return judged
            table.declare(namespace, judged.fields)
            known = table.fields(namespace)
            # Where others write too, one of them may have been the first to send a field.
            if judged.fields.items() <= known.items():
                return judged

    def _judged(
        self, known: Mapping[str, str], vectors: Sequence[bytes | None], now: datetime
    ) -> _Judged:
        """Hold the items against the fields that are there."""
        fields, judged = dict(known), _Judged()
        for (index, item), vector in zip(self.items.items(), vectors, strict=True):
            try:
                new = new_fields(item.metadata, fields, _metadata(index))
            except ApiError as error:
                judged.errors[index] = error
                continue
            fields |= new
            judged.fields.update(new)
            judged.items[item.id] = _stored(item, vector, now)
        return judged


def _metadata(index: int) -> str:
    return f"/items/{index}/metadata"


def _stored(item: NewItem, vector: bytes | None, now: datetime) -> StoredItem:
    return StoredItem(
        id=item.id,
        title=item.title,
        metadata=item.metadata,
        available=item.available,
        vector=vector,
        updated_at=now,
    )


def _shown(item: StoredItem) -> Item:
    return Item(
        id=item.id,
        title=item.title,
        metadata=dict(item.metadata),
        available=item.available,
        updated_at=item.updated_at,
    )


def _place(cursor: str) -> str:
    try:
        return _ITEM_ID.validate_python(decode_cursor(cursor))
    except ValidationError:
        raise unknown_cursor() from None
