"""What of a request must not be told: keys, tokens, pictures."""

from __future__ import annotations

import binascii
import hashlib
import re
from typing import Any, Final

REDACTED: Final = "[redacted]"
_SECRET: Final = re.compile(
    r"authorization|cookie|token|secret|password|api[-_]?key", re.IGNORECASE
)
_KEY: Final = re.compile(r"\bsk_[A-Za-z0-9]+_[A-Za-z0-9_-]+")
_SHORTEST_FILE: Final = 256
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_COUNTS: Final = frozenset({"tokens", "max_tokens", "input_tokens", "output_tokens"})


def is_secret(name: str) -> bool:
    """Say whether what has this name is nobody's business."""
    return _SECRET.search(name) is not None and name.lower() not in _COUNTS


def without_keys(text: str) -> str:
    """Return a text with no API key in it."""
    return _KEY.sub(REDACTED, text)


def redacted(value: Any, name: str = "") -> Any:
    """Return JSON with no secrets in it, and with digests in the place of files.

    A string is taken for a file when it is long and nothing but base64.
    """
    if isinstance(value, dict):
        return {without_keys(key): redacted(held, key) for key, held in value.items()}
    if isinstance(value, list):
        return [redacted(held, name) for held in value]
    if not isinstance(value, str):
        return value
    if is_secret(name):
        return REDACTED
    return _digest(value) if _is_file(value) else without_keys(value)


def _is_file(text: str) -> bool:
    return len(text) >= _SHORTEST_FILE and _BASE64.fullmatch(text) is not None


def _digest(text: str) -> Any:
    try:
        data = binascii.a2b_base64(text)
    except ValueError:  # no file after all, but not to be kept either
        data = text.encode()
    return {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
