"""Names that nobody else makes up."""

from __future__ import annotations


def new_id() -> str:
    """Return 32 random hexadecimal digits."""
    import uuid  # here, as only operations that write need one

    return uuid.uuid4().hex
