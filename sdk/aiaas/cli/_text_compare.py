"""``aiaas text embed``, ``similarity`` and ``rerank``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aiaas.cli import _text_rows
from aiaas.cli._commands import Session
from aiaas.cli._output import print_json, print_table
from aiaas.cli._session import ExitStatus, complain
from aiaas.cli._texts import (
    FromFile,
    ModelName,
    Table,
    Texts,
    answer,
    described,
    read_inputs,
    shown,
)

if TYPE_CHECKING:
    from aiaas import TextEmbedding


def embed(
    session: Session,
    texts: Texts = None,
    file: FromFile = None,
    model: ModelName = None,
    dimensions: Annotated[
        int | None, typer.Option(min=1, help="Keep only the first so many numbers.")
    ] = None,
) -> None:
    """Turn texts into vectors."""
    answer(
        session,
        "embedding",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.embed_many(
            several, model=model, dimensions=dimensions, progress=progress
        ),
        Table(("text", "length", "vector", "model"), _text_rows.vector, ("length",)),
        as_json=_vector,
    )


def similarity(
    session: Session,
    a: Annotated[str, typer.Argument(help="One text.")],
    b: Annotated[str, typer.Argument(help="The other.")],
    model: ModelName = None,
) -> None:
    """Say how alike two texts are, -1 to 1."""
    with session.client() as client:
        found = client.text.similarity(a, b, model=model)
        if session.as_json:
            print_json({**described(a, found), "text": [a, b]})
        else:
            typer.echo(f"{found.similarity:.3f}")


def rerank(
    session: Session,
    query: Annotated[str, typer.Argument(help="What is looked for.")],
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="DOCUMENT", help="Texts; '-' reads standard input, by line."),
    ] = None,
    file: FromFile = None,
    top_n: Annotated[int | None, typer.Option(min=1, help="Most documents, best first.")] = None,
    model: ModelName = None,
) -> None:
    """Order texts by how well they fit a query."""
    inputs = read_inputs(texts, file)
    with session.client() as client:
        documents = [one.text for one in inputs]
        found = client.text.rerank(query, documents, top_n=top_n, model=model)
        if session.as_json:
            for one in found.ranked:
                print_json(
                    {
                        "document": documents[one.index],
                        "index": one.index,
                        "relevance_score": one.relevance_score,
                        "model": found.model,
                        "request_id": found.request_id,
                    }
                )
        else:
            print_table(
                ("relevance", "document"),
                [
                    (f"{one.relevance_score:.3f}", shown(documents[one.index]))
                    for one in found.ranked
                ],
                numbers=("relevance",),
            )
    for failed in found.errors:
        complain(f"{inputs[failed.index].name}: {failed.error.detail}")
    if found.errors:
        raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)


def _vector(text: str, found: TextEmbedding) -> dict[str, Any]:
    return {**described(text, found), "embedding": found.vector}
