"""Test code that uses the SDK, without a server: a fake deployment made of the contract.

With pytest, ask for the fixture ``aiaas_fake``; elsewhere use `FakeCloud` as a context manager.

Example:
    >>> from aiaas.testing import classification
    >>> def test_boots_are_shoes(aiaas_fake):
    ...     aiaas_fake.on("images.classify").answers(classification("Ankle boot"))
    ...     assert is_shoe(aiaas_fake.client(), b"a picture")

Importing this module loads nothing: pytest imports it in every run of whoever has the SDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiaas.testing._answers import Answer
    from aiaas.testing._builders import answer, classification, embedding, item_error
    from aiaas.testing._calls import Call
    from aiaas.testing._clock import VirtualClock
    from aiaas.testing._errors import UnexpectedCallError, WrongAnswerError
    from aiaas.testing._fake import FakeCloud
    from aiaas.testing._jobs import job, job_event
    from aiaas.testing._recommendations import (
        catalogue_item,
        interested_users,
        ranked_items,
        recommendations,
        recommended_item,
    )
    from aiaas.testing._respx import respx_stubs
    from aiaas.testing._stub import Stub
    from aiaas.testing._texts import (
        detected_language,
        emotions,
        entities,
        keyphrases,
        ranked_document,
        redacted,
        sentiment,
        similarity,
        summary,
        text_classification,
        text_embedding,
        token_count,
    )

__all__ = [
    "Answer",
    "Call",
    "FakeCloud",
    "Stub",
    "UnexpectedCallError",
    "VirtualClock",
    "WrongAnswerError",
    "answer",
    "catalogue_item",
    "classification",
    "detected_language",
    "embedding",
    "emotions",
    "entities",
    "interested_users",
    "item_error",
    "job",
    "job_event",
    "keyphrases",
    "ranked_document",
    "ranked_items",
    "recommendations",
    "recommended_item",
    "redacted",
    "respx_stubs",
    "sentiment",
    "similarity",
    "summary",
    "text_classification",
    "text_embedding",
    "token_count",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_HOMES = {
    "Answer": "_answers",
    "Call": "_calls",
    "FakeCloud": "_fake",
    "Stub": "_stub",
    "UnexpectedCallError": "_errors",
    "VirtualClock": "_clock",
    "WrongAnswerError": "_errors",
    "answer": "_builders",
    "catalogue_item": "_recommendations",
    "classification": "_builders",
    "detected_language": "_texts",
    "embedding": "_builders",
    "emotions": "_texts",
    "entities": "_texts",
    "interested_users": "_recommendations",
    "item_error": "_builders",
    "job": "_jobs",
    "job_event": "_jobs",
    "keyphrases": "_texts",
    "ranked_document": "_texts",
    "ranked_items": "_recommendations",
    "recommendations": "_recommendations",
    "recommended_item": "_recommendations",
    "redacted": "_texts",
    "respx_stubs": "_respx",
    "sentiment": "_texts",
    "similarity": "_texts",
    "summary": "_texts",
    "text_classification": "_texts",
    "text_embedding": "_texts",
    "token_count": "_texts",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'aiaas.testing' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"aiaas.testing.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
