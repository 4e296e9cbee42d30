"""Cursors: a place in a list, written so that nobody builds one by hand and it may change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from aiaas_mock.errors import ApiError

RowT = TypeVar("RowT")

_MOST_PLACE: Final = 2**63 - 1
"""Databases count no further."""


def encode_cursor(place: str) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Return the place of a cursor.

    Raises:
        ApiError: It is not one of ours.
    """
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:  # also what base64 and UTF-8 raise
        raise unknown_cursor() from None
    if encode_cursor(place) != cursor:  # Python's decoder skips characters that it does not know
        raise unknown_cursor()
    return place


def decode_place(cursor: str) -> int:
    """Return the place of a cursor into rows of the store.

    Raises:
        ApiError: It is not one of ours.
    """
    place = decode_cursor(cursor)
    if not place.isdecimal() or not place.isascii() or int(place) > _MOST_PLACE:
        raise unknown_cursor()
    return int(place)


def cut_page(
    found: Sequence[RowT], limit: int, place: Callable[[RowT], object]
) -> tuple[Sequence[RowT], str | None]:
    """Return the rows of a page, and the cursor of the next one if there is one.

    Args:
        found: The rows from the beginning of the page on; one more than it has tells that there
            is another page.
        limit: Most rows of the page.
        place: Tells where in the list a row is.
    """
    page = found[:limit]
    return page, encode_cursor(str(place(page[-1]))) if len(found) > limit else None


def unknown_cursor() -> ApiError:
    """Refuse a cursor."""
    return ApiError(
        "invalid_request",
        "The cursor is not one of this deployment; pass next_cursor of the page before.",
        param="/cursor",
    )
