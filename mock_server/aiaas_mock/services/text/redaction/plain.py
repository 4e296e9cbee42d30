"""A text as the rules look at it: digits, hyphens and spaces written one way, nothing invisible."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
)
_DIGIT_ZEROS: Final = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50)
"""The zeros of Arabic, Persian, Devanagari, Bengali and Thai digits."""

_WRITTEN_ALIKE: Final = {
    # Full-width ASCII, but for the signs that Chinese sentences are written with.
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "！，：；？"},
    **{zero + digit: 48 + digit for zero in _DIGIT_ZEROS for digit in range(10)},
    **dict.fromkeys(map(ord, "‐‑‒–—−﹣"), ord("-")),
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\t"), ord(" ")),
}
_LETTER_OR_DIGIT: Final = re.compile("[0-9A-Za-z_]")
_DIGIT: Final = re.compile("[0-9]")
_JOINTS: Final = frozenset(".,:/-#+")
"""Signs that make one number of the digits on both their sides."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in which every digit is ASCII and nothing is invisible.

    Attributes:
        text: The plain text.
    """

    text: str
    _origins: array[int] | None = field(repr=False)

    @classmethod
    def of(cls, original: str) -> PlainText:
        """Make a text plain; every character but the invisible ones keeps its place."""
        text = original.translate(_WRITTEN_ALIKE)
        if not _INVISIBLE.search(text):
            return cls(text, None)
        origins = array("i")
        kept: list[str] = []
        at = 0
        for gap in _INVISIBLE.finditer(text):
            kept.append(text[at : gap.start()])
            origins.extend(range(at, gap.start()))
            at = gap.end()
        kept.append(text[at:])
        origins.extend(range(at, len(text)))
        return cls("".join(kept), origins)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` to `end` lie in the original text."""
        if self._origins is None:
            return start, end
        return self._origins[start], self._origins[end - 1] + 1

    def stands_alone(self, start: int, end: int) -> bool:
        """Say whether digits are a number of their own, not a part of a code or a longer number.

        ``1.5``, ``v2``, ``a716-44`` and ``10:30:15`` go on where their first part ends.
        """
        return not (self._goes_on(start - 1, -1) or self._goes_on(end, 1))

    def _goes_on(self, at: int, step: int) -> bool:
        text = self.text
        if not 0 <= at < len(text):
            return False
        if _LETTER_OR_DIGIT.match(text, at):
            return True
        beyond = at + step
        return text[at] in _JOINTS and 0 <= beyond < len(text) and bool(_DIGIT.match(text, beyond))


def digits_of(written: str) -> str:
    """Return the digits of a number that is written with signs between them."""
    return "".join(_DIGIT.findall(written))
