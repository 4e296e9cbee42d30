"""In how many texts of a background collection a word stands: what makes a word rare or common."""

from __future__ import annotations

import gzip
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).parent / "data" / "document_frequencies.txt.gz"
"""Counted by `aiaas_mock.zoo.document_frequencies`, which says from which texts."""


@dataclass(frozen=True, slots=True)
class DocumentFrequencies:
    """The words of one language.

    Attributes:
        documents: Number of texts that were counted.
        counts: For each word, in how many of them it stands.
    """

    documents: int
    counts: Mapping[str, int]

    def idf(self, word: str) -> float:
        """Return the inverse document frequency: ln((1 + documents) / (1 + count))."""
        return math.log((1 + self.documents) / (1 + self.counts.get(word, 0)))


@cache
def shipped() -> Mapping[str, DocumentFrequencies]:
    """Return the frequencies that come with the server, by language; read once."""
    return read(SHIPPED)


def read(path: Path) -> dict[str, DocumentFrequencies]:
    """Read a file that `write` wrote."""
    found: dict[str, DocumentFrequencies] = {}
    counts: dict[str, int] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            first, *rest = line.split()
            if first == "language":
                counts = {}
                found[rest[0]] = DocumentFrequencies(int(rest[1]), counts)
            else:
                counts.update(dict.fromkeys(rest, int(first)))
    return found


def write(path: Path, frequencies: Mapping[str, DocumentFrequencies]) -> None:
    """Write frequencies to a file; the same ones give the same bytes.

    A line has a count and all the words that have it, after a line ``language en 71000``.
    """
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        for language, counted in sorted(frequencies.items()):
            file.write(f"language {language} {counted.documents}\n".encode())
            by_count = sorted(counted.counts.items(), key=lambda item: (-item[1], item[0]))
            for count, words in groupby(by_count, key=lambda item: item[1]):
                file.write(f"{count} {' '.join(word for word, _ in words)}\n".encode())
