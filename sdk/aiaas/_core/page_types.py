"""One page of a list: the contract's type and which request it came from."""

from __future__ import annotations

from typing import Generic, TypeVar

from aiaas._core.responses import RawResponse
from aiaas._core.results import Origin, Traced, attach
from aiaas.contract import answers

ItemT = TypeVar("ItemT")


class Page(Traced, answers.Page[ItemT], Generic[ItemT]):
    """One page of a list.

    Attributes:
        data: The items, in a stable order.
        has_more: Whether there is another page.
        next_cursor: Where the next page starts.
    """


def attach_all(page: Page[ItemT], response: RawResponse) -> None:
    """Say where a page and its items came from."""
    origin = Origin(response.headers)
    attach(page, origin)
    for item in page.data:
        attach(item, origin)
