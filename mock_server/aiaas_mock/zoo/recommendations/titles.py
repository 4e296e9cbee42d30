"""The words of an item's title."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")


def words_of_title(title: str) -> list[str]:
    """Return the words in small letters, numbers too: sizes tell items apart."""
    return _WORD.findall(title.casefold())
