"""Find the pictures most like a given one, by the dot product of their embeddings.

Needs a running server: `aiaas-mock serve`, with AIAAS_API_KEY and AIAAS_BASE_URL set.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiaas import AsyncClient, ImageEmbedding, ItemError


async def main(query: Path) -> None:
    """Print the other pictures of the folder, nearest first."""
    paths = sorted(p for p in query.parent.iterdir() if p.suffix in {".jpg", ".png"} and p != query)
    async with AsyncClient() as client:
        wanted = await client.images.embed(query)
        found = await client.images.embed_many(paths)
    ranked = sorted(
        (
            (similarity(wanted, embedding), path.name)
            for path, embedding in zip(paths, found, strict=True)
            if not isinstance(embedding, ItemError)
        ),
        reverse=True,
    )
    for score, name in ranked:
        print(f"{score:.3f}  {name}")


def similarity(a: ImageEmbedding, b: ImageEmbedding) -> float:
    """Return the cosine similarity: the vectors have length 1."""
    return sum(x * y for x, y in zip(a.vector, b.vector, strict=True))


if __name__ == "__main__":
    photos = Path(__file__).parent / "photos"
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else photos / "clothing_shoes.jpg"))
