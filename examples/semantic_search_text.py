"""Search 5,000 short documents by what they mean, with vectors that are made once.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set:
python examples/semantic_search_text.py [--file FILE] [QUERY]

With numpy the search is one multiplication; without it, a loop that is still quick enough.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from aiaas import Client, ItemError

MOST = 5000
_ADJECTIVES = (
    "warm woollen", "light summer", "waterproof", "second-hand", "children's",
    "elegant black", "cheap plastic", "hand-made", "red leather", "folding",
)  # fmt: skip
_THINGS = (
    "socks", "boots", "sandals", "coat", "raincoat", "hat", "scarf", "gloves", "umbrella",
    "garden chair", "kitchen table", "bookshelf", "desk lamp", "frying pan", "coffee machine",
    "bicycle", "tent", "sleeping bag", "suitcase", "football", "piano", "guitar", "radio",
    "telephone", "laptop bag",
)  # fmt: skip
_PLACES = (
    "for the beach", "for long walks in winter", "for a small kitchen", "for the office",
    "for travelling", "for a rainy day", "for the mountains", "for a birthday",
    "for people who read at night", "for musicians", "for camping", "for the garden",
    "for school", "for a wedding", "for cold feet", "for the gym", "for the train",
    "for cooking with friends", "for the car", "for old houses",
)  # fmt: skip


def main(query: str, documents: Sequence[str]) -> None:
    """Print the documents that are nearest to the query."""
    with Client() as client:
        started_s = time.perf_counter()
        answers = client.text.embed_many(documents)
        took_s = time.perf_counter() - started_s
        wanted = client.text.embed(query).vector
    kept = [
        (document, answer.vector)
        for document, answer in zip(documents, answers, strict=True)
        if not isinstance(answer, ItemError)
    ]
    print(f"{len(kept)} of {len(documents)} documents embedded in {took_s:.1f} s")
    scores = similarities(wanted, [vector for _, vector in kept])
    best = heapq.nlargest(5, zip(scores, (document for document, _ in kept), strict=True))
    for score, document in best:
        print(f"{score:.3f}  {document}")


def similarities(wanted: Sequence[float], vectors: Sequence[Sequence[float]]) -> list[float]:
    """Return the cosine similarity of each vector: all have length 1."""
    if find_spec("numpy") is not None:
        import numpy as np

        found: list[float] = (np.asarray(vectors) @ np.asarray(wanted)).tolist()
        return found
    return [sum(a * b for a, b in zip(wanted, vector, strict=True)) for vector in vectors]


def made_up() -> list[str]:
    """Return documents of our own words."""
    combined = itertools.product(_ADJECTIVES, _THINGS, _PLACES)
    return [" ".join(words) for words in itertools.islice(combined, MOST)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("query", nargs="?", default="something warm for the feet")
    parser.add_argument("--file", type=Path, help="documents, one a line")
    given = parser.parse_args()
    lines = given.file.read_text("utf-8").splitlines() if given.file else made_up()
    main(given.query, lines)
