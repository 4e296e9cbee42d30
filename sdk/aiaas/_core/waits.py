"""What a deployment says about another attempt: whether it helps, and how long to wait before it.

``Aiaas-Should-Retry``; ``Retry-After-Ms``, or ``Retry-After`` in either form.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime


def server_says_retry(headers: Mapping[str, str]) -> bool | None:
    """Return what ``Aiaas-Should-Retry`` says, or None when it is absent."""
    return {"true": True, "false": False}.get(headers.get("aiaas-should-retry", "").lower())


def asked_wait_s(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the wait in seconds that headers ask for; the finer header is preferred.

    Args:
        headers: Headers of an answer, looked up in lower case.
        now: The time in seconds since 1970.
    """
    asked_ms = _number(headers.get("retry-after-ms"))
    if asked_ms is not None:
        return asked_ms / 1000
    return parse_retry_after(headers.get("retry-after"), now=now)


def parse_retry_after(value: str | None, *, now: float) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for: a number, or an HTTP date."""
    if value is None:
        return None
    delay_s = _number(value)
    if delay_s is not None:
        return delay_s
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError, OSError):
        return None


def _number(value: str | None) -> float | None:
    """Return a number that is not negative; an infinite one is kept, and is above any cap."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return None if number != number else max(0.0, number)
