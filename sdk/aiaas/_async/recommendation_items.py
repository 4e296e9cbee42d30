"""Recommendations: the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aiaas._async.paging import AsyncPaginator
from aiaas._async.recommendation_calls import AsyncRecommendationCalls
from aiaas._core.bulk import Progress, total_of
from aiaas._core.recommendation_entries import ITEMS, Totals, entries_of
from aiaas._core.recommendation_types import DeletedItem, Item, ItemPage, UpsertedItems
from aiaas._core.requests import arguments
from aiaas.contract.recommendations._common import ItemRequest
from aiaas.contract.recommendations.items import DELETE, LIST, RETRIEVE, ListItemsRequest, NewItem

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions

ItemLike = NewItem | Item | Mapping[str, object]
"""An item as it is sent: one of the contract, one that was listed, or its fields."""


class AsyncRecommendationItems(AsyncRecommendationCalls):
    """What is recommended. Reach it as ``client.recommendations.items``."""

    async def upsert(
        self,
        items: ItemLike | Iterable[ItemLike],
        *,
        concurrency: int = 4,
        progress: Progress | None = None,
        max_errors: int = 1_000,
        raise_on_error: bool = False,
        **options: Unpack[CallOptions],
    ) -> UpsertedItems:
        """Add items to the catalogue; one with a known id takes the place of what was there.

        Args:
            items: An item or any number of them: ``NewItem``, mappings of its fields (``id``,
                ``title``, ``metadata``, ``available``), or items that were listed. A generator
                is read only as fast as they are sent, 1,000 in a request.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of items that are done, and of
                all, or None if that is not known.
            max_errors: Most errors to keep; all are counted.
            raise_on_error: Whether to raise the first error; items that were not sent yet are
                not sent then. The error of an item that is given alone is always raised.
            options: Options for each request; see `CallOptions`. An ``idempotency_key`` is
                continued with the position of each request's first item.

        Returns:
            How many are new and how many were there, and what was wrong with the others.

        Raises:
            InvalidInputError: Metadata are too large or have another type than before.
            AiaasError: A whole request failed; items that were not sent yet are not sent.
            TypeError: Something is no item.

        Example:
            >>> await client.recommendations.items.upsert(
            ...     {"id": "mug-1", "title": "White mug", "metadata": {"price": 4.5}}
            ... )
        """
        alone = isinstance(items, Mapping | NewItem | Item)
        return await self._send_all(
            ITEMS,
            entries_of(items),
            options,
            Totals(max_errors, raising=raise_on_error or alone),
            concurrency=concurrency,
            progress=progress,
            total=None if alone else total_of(entries_of(items)),
        )

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **options: Unpack[CallOptions]
    ) -> AsyncPaginator[Item]:
        """List the items in the order of their ids, over all pages.

        Args:
            limit: Most items to fetch at once, 1 to 1000.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of items; its ``pages()`` gives whole pages. Nothing is sent before it is
            iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> async for item in client.recommendations.items.list():
            ...     print(item.id, item.title, item.metadata)
        """
        with arguments():
            first = ListItemsRequest(limit=limit, cursor=cursor)
        return self._list(LIST, first, ItemPage, cursor, options)

    async def retrieve(self, item_id: str, **options: Unpack[CallOptions]) -> Item:
        """Describe an item.

        Args:
            item_id: Its id.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such item.
            ValueError: `item_id` cannot be the id of an item.
        """
        return await self._ask(RETRIEVE, _request_of(item_id), Item, options)

    async def delete(self, item_id: str, **options: Unpack[CallOptions]) -> DeletedItem:
        """Take an item out of the catalogue. Its events stay.

        Args:
            item_id: Its id.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such item.
            ValueError: `item_id` cannot be the id of an item.
        """
        return await self._ask(DELETE, _request_of(item_id), DeletedItem, options)


def _request_of(item_id: str) -> ItemRequest:
    with arguments(item="item_id"):
        return ItemRequest(item=item_id)
