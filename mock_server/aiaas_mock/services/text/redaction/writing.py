"""Writing something in the place of personal data."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aiaas.contract.text.extraction import RedactionMode
from aiaas_mock.services.text.redaction.matches import Match
from aiaas_mock.services.text.redaction.recognizers import without_overlaps

_HASH_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """A match, what stands in its place, and where that is in the redacted text."""

    match: Match
    replacement: str
    start: int
    end: int


class Writer:
    """Writes replacements.

    Args:
        mode: What to write.
        hash_key: Secret for the mode ``hash``; a random one makes values equal only here.
    """

    def __init__(self, mode: RedactionMode, hash_key: str | None = None) -> None:
        self._mode = mode
        self._key = secrets.token_bytes(32) if hash_key is None else hash_key.encode()

    def replacement(self, match: Match) -> str:
        """Return what to write in the place of a match."""
        if self._mode == "mask":
            return "*" * (match.end - match.start)
        if self._mode == "replace":
            return f"[{match.type.upper()}]"
        # The type is hashed too, so that a number as a card and as a phone tells nothing.
        message = f"{match.type}\0{match.value}".encode()
        digest = hmac.new(self._key, message, hashlib.sha256).hexdigest()
        return f"[{match.type.upper()}:{digest[:_HASH_DIGITS]}]"


def redact(text: str, matches: Iterable[Match], writer: Writer) -> tuple[str, list[Placed]]:
    """Write replacements over the matches in a text.

    Args:
        text: The original text.
        matches: What was found in it; of overlapping matches one is chosen.
        writer: What to write.

    Returns:
        The redacted text, and what was placed where, in the order of the text.
    """
    parts: list[str] = []
    placed: list[Placed] = []
    read = written = 0
    for match in without_overlaps(matches):
        replacement = writer.replacement(match)
        start = written + match.start - read
        parts += text[read : match.start], replacement
        read, written = match.end, start + len(replacement)
        placed.append(Placed(match, replacement, start, written))
    parts.append(text[read:])
    return "".join(parts), placed
