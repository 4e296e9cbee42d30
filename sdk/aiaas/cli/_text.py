"""``aiaas text``: what texts say, hold and are."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from aiaas.cli import _text_compare, _text_rows, _text_write
from aiaas.cli._commands import Session, command
from aiaas.cli._texts import (
    FromFile,
    Language,
    MinScore,
    ModelName,
    Table,
    Texts,
    Types,
    answer,
    read_documents,
    read_inputs,
    without_text,
)

app = typer.Typer(help="Understand, compare and write texts.", no_args_is_help=True)


Explain = Annotated[bool, typer.Option("--explain", help="Name the words that count.")]


class Level(Enum):
    """What a sentiment is about."""

    DOCUMENT = "document"
    SENTENCE = "sentence"


class Mode(Enum):
    """How personal data is removed."""

    MASK = "mask"
    REPLACE = "replace"
    HASH = "hash"


@command(app)
def sentiment(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    model: ModelName = None,
    language: Language = None,
    level: Annotated[Level, typer.Option(help="Whether each sentence is judged too.")] = (
        Level.DOCUMENT
    ),
    explain: Explain = False,
) -> None:
    """Say whether texts are positive or negative, in English and Chinese."""
    answer(
        session,
        "judging",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.sentiment_many(
            several,
            model=model,
            language=language,
            level=level.value,
            explain=explain,
            progress=progress,
        ),
        Table(
            ("text", "sentiment", "score", "language", "model", *_because(explain)),
            _text_rows.sentiment,
        ),
    )


@command(app)
def emotions(
    session: Session, texts: Texts = None, file: FromFile = None, model: ModelName = None
) -> None:
    """Find the emotions in texts."""
    answer(
        session,
        "feeling",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.emotions_many(
            several, model=model, progress=progress
        ),
        Table(("text", "emotions", "model"), _text_rows.emotions),
    )


@command(app)
def classify(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    model: ModelName = None,
    top_k: Annotated[int, typer.Option(min=1, help="Most classes for each text.")] = 1,
    explain: Explain = False,
) -> None:
    """Say what texts want, and when to ask a person instead."""
    answer(
        session,
        "classifying",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.classify_many(
            several, model=model, top_k=top_k, explain=explain, progress=progress
        ),
        Table(("text", "class", "score", "note", "model", *_because(explain)), _text_rows.classes),
    )


@command(app)
def keyphrases(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    top_k: Annotated[int, typer.Option(min=1, help="Most phrases for each text.")] = 10,
    language: Language = None,
) -> None:
    """Find the phrases that tell what texts are about."""
    answer(
        session,
        "reading",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.keyphrases_many(
            several, top_k=top_k, language=language, progress=progress
        ),
        Table(("text", "phrase", "score", "times"), _text_rows.phrases, ("score", "times")),
    )


@command(app)
def entities(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    model: ModelName = None,
    types: Types = None,
    min_score: MinScore = None,
) -> None:
    """Find the names in texts."""
    answer(
        session,
        "reading",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.entities_many(
            several, model=model, types=types or None, min_score=min_score, progress=progress
        ),
        Table(("text", "name", "type", "score", "at"), _text_rows.entities, ("score", "at")),
    )


@command(app)
def redact(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    types: Types = None,
    mode: Annotated[Mode, typer.Option(help="What is written in its place.")] = Mode.REPLACE,
    hash_key: Annotated[
        str | None,
        typer.Option(
            envvar="AIAAS_HASH_KEY",
            show_envvar=True,
            help="Secret for hashes; 16 characters or more.",
        ),
    ] = None,
    min_score: MinScore = None,
) -> None:
    """Print texts without personal data, one a line; lines stay in their places."""
    answer(
        session,
        "redacting",
        read_inputs(texts, file, blank=True),
        lambda client, several, progress: client.text.redact_many(
            several,
            types=types or None,
            mode=mode.value,
            hash_key=hash_key,
            min_score=min_score,
            progress=progress,
        ),
        lambda found: found.text,
        as_json=without_text,
        in_place=True,
    )


@command(app)
def detect_language(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    top_k: Annotated[int, typer.Option(min=1, help="Most languages for each text.")] = 1,
) -> None:
    """Say which languages texts are written in."""
    answer(
        session,
        "reading",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.detect_language_many(
            several, top_k=top_k, progress=progress
        ),
        Table(("text", "language", "score"), _text_rows.languages),
    )


@command(app)
def summarize(
    session: Session,
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="Texts; '-' reads all of standard input as one."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Read a file as one text.")
    ] = None,
    max_sentences: Annotated[int, typer.Option(min=1, help="Most sentences to keep.")] = 3,
    language: Language = None,
) -> None:
    """Print the most central sentences of texts."""
    answer(
        session,
        "reading",
        read_documents(texts, file),
        lambda client, several, progress: client.text.summarize_many(
            several, max_sentences=max_sentences, language=language, progress=progress
        ),
        lambda found: found.summary,
    )


def _because(explain: bool) -> tuple[str, ...]:
    return ("because",) if explain else ()


command(app)(_text_compare.embed)
command(app)(_text_compare.similarity)
command(app)(_text_compare.rerank)
command(app)(_text_write.generate)
command(app)(_text_write.count_tokens)
