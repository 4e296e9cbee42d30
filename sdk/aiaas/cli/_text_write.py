"""``aiaas text generate`` and ``count-tokens``."""

from __future__ import annotations

from typing import Annotated

import typer

from aiaas.cli import _text_rows
from aiaas.cli._commands import Session
from aiaas.cli._output import print_json
from aiaas.cli._texts import (
    FromFile,
    ModelName,
    Table,
    Texts,
    answer,
    read_inputs,
    read_whole,
)


def generate(
    session: Session,
    prompt: Annotated[
        str, typer.Argument(help="The beginning; '-' reads all of standard input.")
    ] = "",
    model: ModelName = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Most tokens to generate.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, max=2, help="0 is the most probable text.")
    ] = None,
    top_p: Annotated[
        float | None, typer.Option(min=0, max=1, help="Draw from so much probability only.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Equal seeds give equal texts.")] = None,
    stop: Annotated[
        list[str] | None, typer.Option(help="End before this text; up to four times.")
    ] = None,
) -> None:
    """Continue a text, and print it as it comes."""
    with (
        session.client() as client,
        client.text.generate_stream(
            read_whole(None) if prompt == "-" else prompt,
            model=model,
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            stop=stop or (),
        ) as stream,
    ):
        if session.as_json:
            found = stream.final()
            print_json({**found.model_dump(mode="json"), "request_id": found.request_id})
            return
        try:
            for token in stream:
                typer.echo(token.text, nl=False)
        finally:
            typer.echo()  # an error is told on a line of its own


def count_tokens(
    session: Session, texts: Texts = None, file: FromFile = None, model: ModelName = None
) -> None:
    """Count the tokens of texts."""
    answer(
        session,
        "counting",
        read_inputs(texts, file),
        lambda client, several, progress: client.text.count_tokens_many(
            several, model=model, progress=progress
        ),
        Table(("text", "tokens", "looked at", "model"), _text_rows.tokens, ("tokens", "looked at")),
    )
