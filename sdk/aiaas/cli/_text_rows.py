"""How results about texts look in tables; a text is written once, before its first row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiaas import (
        DetectedLanguage,
        Explanation,
        TextClassification,
        TextEmbedding,
        TextEmotions,
        TextEntities,
        TextKeyphrases,
        TextSentiment,
        TokenCount,
    )

Rows = Iterator[tuple[str, ...]]


def sentiment(text: str, found: TextSentiment) -> Rows:
    """Yield the text, and its sentences if they were asked for."""
    because = (_because(found.explanation),) if found.explanation else ()
    yield text, found.label, _score(found.score), found.language, found.model, *because
    for sentence in found.sentences or ():
        yield f"  {sentence.text}", sentence.label, _score(sentence.score)


def emotions(text: str, found: TextEmotions) -> Rows:
    """Yield the emotions that hold, in one cell."""
    scores = {one.label: one.score for one in found.scores}
    holding = ", ".join(f"{label} {_score(scores.get(label, 0))}" for label in found.labels)
    yield text, holding or "-", found.model or ""


def classes(text: str, found: TextClassification) -> Rows:
    """Yield the classes, and whether to rely on them."""
    note = "out of scope" if found.out_of_scope else "unsure" if found.abstained else ""
    because = (_because(found.explanation),) if found.explanation else ()
    last = (note, found.model or "", *because)
    rows = [(one.label, _score(one.score)) for one in found.predictions]
    return _once(text, rows or [(found.label, _score(found.score))], last)


def phrases(text: str, found: TextKeyphrases) -> Rows:
    """Yield the phrases, and how often each occurs."""
    return _once(
        text, [(one.text, _score(one.score), str(len(one.spans))) for one in found.keyphrases]
    )


def entities(text: str, found: TextEntities) -> Rows:
    """Yield the names, and where they stand."""
    return _once(
        text,
        [
            (one.text, one.type, _score(one.score), f"{one.start}-{one.end}")
            for one in found.entities
        ],
    )


def languages(text: str, found: DetectedLanguage) -> Rows:
    """Yield the languages."""
    return _once(text, [(one.language, _score(one.score)) for one in found.languages])


def vector(text: str, found: TextEmbedding) -> Rows:
    """Yield the first numbers of the vector."""
    first = ", ".join(f"{number:.3f}" for number in found.vector[:4])
    more = ", ..." if len(found.vector) > 4 else ""
    yield text, str(len(found.vector)), f"{first}{more}", found.model or ""


def tokens(text: str, found: TokenCount) -> Rows:
    """Yield the number of tokens, and how many are looked at."""
    most = "any" if found.max_tokens is None else f"{found.max_tokens:,}"
    yield text, f"{found.tokens:,}", most, found.model or ""


def _once(text: str, rows: Iterable[tuple[str, ...]], last: tuple[str, ...] = ()) -> Rows:
    """Put the text before the first row, and `last` behind it."""
    first = True
    for row in rows:
        yield (text, *row, *last) if first else ("", *row)
        first = False
    if first:
        yield text, "-"


def _because(explanation: Explanation) -> str:
    strongest = sorted(explanation.contributions, key=lambda one: -abs(one.value))[:3]
    return ", ".join(f"{one.text} {one.value:+.2f}" for one in strongest)


def _score(score: float) -> str:
    return f"{score:.3f}"
