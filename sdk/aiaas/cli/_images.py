"""``aiaas images``: classify and embed pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Generic, NamedTuple, TypeVar

import typer

from aiaas.cli._output import print_json, print_table
from aiaas.cli._session import ApiKey, AsJson, BaseUrl, ExitStatus, client_for, complain

if TYPE_CHECKING:
    from aiaas import ImageClassification, ImageEmbedding

app = typer.Typer(help="Classify and embed pictures.", no_args_is_help=True)

Photos = Annotated[list[Path], typer.Argument(metavar="PHOTO", help="Picture files.")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name, name@version or alias; see 'aiaas models'.")
]
ResultT = TypeVar("ResultT")


class _Timed(NamedTuple, Generic[ResultT]):
    """A result, the picture it is about, and how long it took."""

    photo: Path
    result: ResultT
    duration_ms: float


class _Runner:
    """Goes through pictures; those that cannot be used are named and left out."""

    def __init__(self) -> None:
        self.failures = 0

    def run(
        self, photos: Sequence[Path], ask: Callable[[Path], ResultT]
    ) -> Iterator[_Timed[ResultT]]:
        """Yield the result of each picture."""
        from aiaas import InvalidInputError

        for photo in photos:
            started_s = time.perf_counter()
            try:
                result = ask(photo)
            except (InvalidInputError, OSError) as error:
                self.failures += 1
                reason = error.strerror if isinstance(error, OSError) else None
                complain(f"{photo}: {reason or error}")
                continue
            yield _Timed(photo, result, (time.perf_counter() - started_s) * 1000)

    def finish(self) -> None:
        """End with a status that says whether pictures were left out."""
        if self.failures:
            raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)


@app.command()
def classify(
    context: typer.Context,
    photos: Photos,
    model: ModelName = None,
    top_k: Annotated[int, typer.Option(min=1, help="Most labels for each picture.")] = 3,
    min_score: Annotated[
        float | None, typer.Option(min=0, max=1, help="Leave out labels that score less.")
    ] = None,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
) -> None:
    """Say what pictures show."""
    runner = _Runner()
    with client_for(context, api_key, base_url) as client:

        def ask(photo: Path) -> ImageClassification:
            return client.images.classify(photo, model=model, top_k=top_k, min_score=min_score)

        answers = runner.run(photos, ask)
        if as_json:
            for answer in answers:
                print_json(_described(answer, answer.result.model, answer.result.request_id))
        else:
            print_table(
                ("picture", "label", "score", "model", "time"),
                [row for answer in answers for row in _label_rows(answer)],
                numbers=("score", "time"),
            )
    runner.finish()


@app.command()
def embed(
    context: typer.Context,
    photos: Photos,
    model: ModelName = None,
    dimensions: Annotated[
        int | None, typer.Option(min=1, help="Keep only the first so many numbers.")
    ] = None,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
) -> None:
    """Turn pictures into vectors."""
    runner = _Runner()
    with client_for(context, api_key, base_url) as client:

        def ask(photo: Path) -> ImageEmbedding:
            return client.images.embed(photo, model=model, dimensions=dimensions)

        answers = runner.run(photos, ask)
        if as_json:
            for answer in answers:
                print_json(
                    _described(answer, answer.result.model, answer.result.request_id)
                    | {"embedding": answer.result.vector}
                )
        else:
            print_table(
                ("picture", "length", "vector", "model", "time"),
                [_vector_row(answer) for answer in answers],
                numbers=("length", "time"),
            )
    runner.finish()


def _described(
    answer: _Timed[ImageClassification] | _Timed[ImageEmbedding],
    model: str | None,
    request_id: str | None,
) -> dict[str, object]:
    return {
        "picture": str(answer.photo),
        **answer.result.model_dump(mode="json", exclude={"index"}),
        "model": model,
        "request_id": request_id,
        "duration_ms": round(answer.duration_ms, 1),
    }


def _label_rows(answer: _Timed[ImageClassification]) -> Iterator[tuple[str, ...]]:
    result = answer.result
    model, duration = result.model or "", f"{answer.duration_ms:.1f} ms"
    if not result.predictions:
        yield str(answer.photo), "-", "", model, duration
    for rank, prediction in enumerate(result.predictions):
        score = f"{prediction.score:.3f}"
        # What is the same for all labels of a picture is written once.
        if rank == 0:
            yield str(answer.photo), prediction.label, score, model, duration
        else:
            yield "", prediction.label, score, "", ""


def _vector_row(answer: _Timed[ImageEmbedding]) -> tuple[str, ...]:
    vector = answer.result.vector
    first = ", ".join(f"{number:.3f}" for number in vector[:4])
    return (
        str(answer.photo),
        str(len(vector)),
        f"{first}{', ...' if len(vector) > 4 else ''}",
        answer.result.model or "",
        f"{answer.duration_ms:.1f} ms",
    )
