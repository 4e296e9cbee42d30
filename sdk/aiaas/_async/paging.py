"""Lists that fetch their next page when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from aiaas._core.page_types import Page

ItemT = TypeVar("ItemT")


class AsyncPaginator(Generic[ItemT]):
    """All items of a list, page by page.

    Iterate over it for the items, or over `pages` for whole pages. Every iteration starts from
    the beginning (or the ``cursor`` that was given) and asks anew.
    """

    def __init__(
        self,
        fetch: Callable[[str | None], Awaitable[Page[ItemT]]],
        *,
        cursor: str | None = None,
    ) -> None:
        self._fetch = fetch
        self._cursor = cursor

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> AsyncIterator[Page[ItemT]]:
        """Iterate over the pages instead of their items.

        ``page.next_cursor`` is where the next one starts: keep it to go on another day with
        ``list(cursor=...)``.
        """
        cursor = self._cursor
        while True:
            page = await self._fetch(cursor)
            yield page
            # A page that repeats its own cursor would be fetched forever.
            if not page.has_more or page.next_cursor in (None, cursor):
                return
            cursor = page.next_cursor
