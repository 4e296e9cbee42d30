"""Text: sentiment, classes, entities, redaction, vectors, generation.

Positions in texts are counted in Unicode code points, as Python does.
"""

from __future__ import annotations

from typing import Final

from aiaas.contract.text import classification, extraction, generation, vectors

OPERATIONS: Final = (
    *classification.OPERATIONS,
    *extraction.OPERATIONS,
    *vectors.OPERATIONS,
    *generation.OPERATIONS,
)
