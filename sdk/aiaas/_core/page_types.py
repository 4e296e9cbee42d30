"""One page of a list: the contract's type and which request it came from."""

from __future__ import annotations

from typing import Generic, TypeVar

from aiaas._core.results import Traced
from aiaas.contract import answers

ItemT = TypeVar("ItemT")


class Page(Traced, answers.Page[ItemT], Generic[ItemT]):
    """One page of a list.

    Attributes:
        data: The items, in a stable order.
        has_more: Whether there is another page.
        next_cursor: Where the next page starts.
    """
