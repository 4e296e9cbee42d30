"""Reading ``RateLimit`` and ``RateLimit-Policy`` (IETF draft ratelimit-headers)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_ITEM: Final = re.compile(r'\s*("[^"]*"|[A-Za-z*][\w*.:/-]*)((?:\s*;\s*[a-z*][\w*.-]*=[^;,]*)*)')
_PARAMETER: Final = re.compile(r";\s*([a-z*][\w*.-]*)=([^;,\s]*)")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # the standard's longest integer (RFC 8941, 3.3.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What a deployment says is left for the key.

    Attributes:
        limit: Requests allowed in a window, if the policy was sent.
        remaining: Requests that may be sent until `reset_s` have passed.
        reset_s: Seconds until there are more.
        window_s: Length of the window in seconds, if the policy was sent.
    """

    limit: int | None = None
    remaining: int
    reset_s: float
    window_s: float | None = None


def rate_limit_in(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the tightest limit that an answer names, or None when it names none."""
    said = headers.get("ratelimit")
    if said is None:
        return None
    policies = _items(headers.get("ratelimit-policy", ""))
    limits = [
        RateLimit(
            limit=_whole(policies.get(name, {}).get("q")),
            remaining=int(remaining),
            reset_s=values.get("t", 0.0),
            window_s=policies.get(name, {}).get("w"),
        )
        for name, values in _items(said).items()
        if (remaining := values.get("r")) is not None
    ]
    # The tightest is the one that allows the slowest pace.
    return max(limits, key=lambda limit: limit.reset_s / (limit.remaining or 0.5), default=None)


def _items(value: str) -> dict[str, dict[str, float]]:
    """Read ``"a";r=1;t=2, "b";r=3`` as numbers by name; what is no number is left out."""
    found: dict[str, dict[str, float]] = {}
    for item in _ITEM.finditer(value):
        parameters = _PARAMETER.findall(item[2])
        found[item[1].strip('"')] = {
            name: float(text) for name, text in parameters if _NUMBER.fullmatch(text)
        }
    return found


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
