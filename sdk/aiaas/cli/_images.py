"""``aiaas images``: classify and embed pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_table
from aiaas.cli._pictures import Answered, Runner

if TYPE_CHECKING:
    from aiaas import ImageClassification, ImageEmbedding

app = typer.Typer(help="Classify and embed pictures.", no_args_is_help=True)

Photos = Annotated[list[Path], typer.Argument(metavar="PHOTO", help="Picture files.")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name, name@version or alias; see 'aiaas models'.")
]


@command(app)
def classify(
    session: Session,
    photos: Photos,
    model: ModelName = None,
    top_k: Annotated[int, typer.Option(min=1, help="Most labels for each picture.")] = 3,
    min_score: Annotated[
        float | None, typer.Option(min=0, max=1, help="Leave out labels that score less.")
    ] = None,
) -> None:
    """Say what pictures show."""
    with session.client() as client:
        runner = Runner("classifying", photos, verbose=session.verbose)
        answers = runner.run(
            lambda photo: client.images.classify(
                photo, model=model, top_k=top_k, min_score=min_score
            ),
            lambda several, progress: client.images.classify_many(
                several, model=model, top_k=top_k, min_score=min_score, progress=progress
            ),
        )
        if session.as_json:
            for answer in answers:
                print_json(_described(answer))
        else:
            rows = [row for answer in answers for row in _label_rows(answer)]
            if rows:
                columns = ("picture", "label", "score", "model", *runner.times)
                print_table(columns, rows, numbers=("score", "time"))
    runner.finish()


@command(app)
def embed(
    session: Session,
    photos: Photos,
    model: ModelName = None,
    dimensions: Annotated[
        int | None, typer.Option(min=1, help="Keep only the first so many numbers.")
    ] = None,
) -> None:
    """Turn pictures into vectors."""
    with session.client() as client:
        runner = Runner("embedding", photos, verbose=session.verbose)
        answers = runner.run(
            lambda photo: client.images.embed(photo, model=model, dimensions=dimensions),
            lambda several, progress: client.images.embed_many(
                several, model=model, dimensions=dimensions, progress=progress
            ),
        )
        if session.as_json:
            for answer in answers:
                print_json(_described(answer) | {"embedding": answer.result.vector})
        else:
            rows = [_vector_row(answer) for answer in answers]
            if rows:
                columns = ("picture", "length", "vector", "model", *runner.times)
                print_table(columns, rows, numbers=("length", "time"))
    runner.finish()


def _described(
    answer: Answered[ImageClassification] | Answered[ImageEmbedding],
) -> dict[str, object]:
    described: dict[str, object] = {
        "picture": str(answer.photo),
        **answer.result.model_dump(mode="json", exclude={"index"}),
        "model": answer.result.model,
        "request_id": answer.result.request_id,
    }
    if answer.duration_ms is not None:
        described["duration_ms"] = round(answer.duration_ms, 1)
    return described


def _label_rows(answer: Answered[ImageClassification]) -> Iterator[tuple[str, ...]]:
    result = answer.result
    model = result.model or ""
    if not result.predictions:
        yield str(answer.photo), "-", "", model, *answer.times
    for rank, prediction in enumerate(result.predictions):
        score = f"{prediction.score:.3f}"
        # What is the same for all labels of a picture is written once.
        if rank == 0:
            yield str(answer.photo), prediction.label, score, model, *answer.times
        else:
            yield "", prediction.label, score


def _vector_row(answer: Answered[ImageEmbedding]) -> tuple[str, ...]:
    vector = answer.result.vector
    first = ", ".join(f"{number:.3f}" for number in vector[:4])
    return (
        str(answer.photo),
        str(len(vector)),
        f"{first}{', ...' if len(vector) > 4 else ''}",
        answer.result.model or "",
        *answer.times,
    )
