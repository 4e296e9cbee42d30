"""Classify pictures of a folder, many at a time, and handle the ones that are broken.

Needs a running server: `aiaas-mock serve`, with AIAAS_API_KEY and AIAAS_BASE_URL set.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aiaas import Client, ItemError


def main(folder: Path) -> None:
    """Print a line per picture."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in {".jpg", ".png"})
    with Client() as client:
        results = client.images.classify_many(paths, top_k=1)
    for path, result in zip(paths, results, strict=True):
        if isinstance(result, ItemError):
            print(f"{path.name}: {result.error.title} ({result.error.code})")
        else:
            print(f"{path.name}: {result.label} {result.score:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "photos")
