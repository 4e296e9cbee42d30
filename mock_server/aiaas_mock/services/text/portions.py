"""Portions of a request's texts that are worth a thread, and small enough to be stopped between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

ItemT = TypeVar("ItemT")

_CHARACTERS: Final = 20_000
"""A text of so many is a portion alone; shorter ones share one."""


def portions(items: Iterable[ItemT], length: Callable[[ItemT], int]) -> Iterator[list[ItemT]]:
    """Cut items into portions, in their order.

    Args:
        items: Texts, or whatever has one.
        length: The number of characters of an item.
    """
    portion: list[ItemT] = []
    characters = 0
    for item in items:
        portion.append(item)
        characters += length(item)
        if characters >= _CHARACTERS:
            yield portion
            portion, characters = [], 0
    if portion:
        yield portion
