"""Cursors: a place in a list, written so that nobody builds one by hand and it may change."""

from __future__ import annotations

import base64

from aiaas_mock.errors import ApiError


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


def unknown_cursor() -> ApiError:
    """Refuse a cursor."""
    return ApiError(
        "invalid_request",
        "The cursor is not one of this deployment; pass next_cursor of the page before.",
        param="/cursor",
    )
