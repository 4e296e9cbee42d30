"""Cases of ``text.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.cases import (
    text_classification,
    text_extraction,
    text_generation,
    text_vectors,
)

CASES: Final = (
    *text_classification.CASES,
    *text_extraction.CASES,
    *text_vectors.CASES,
    *text_generation.CASES,
)
