"""Going through pictures: one by one while they are few, in batches when there are many."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

import typer

from aiaas.cli._progress import Advance, progress_bar
from aiaas.cli._session import ExitStatus, complain

if TYPE_CHECKING:
    from aiaas import ItemError

FEW: Final = 8
"""Up to so many pictures are sent one by one, so that each has a time of its own."""
BATCH: Final = 256
"""So many are given to the client at once, which sends them in a few parallel requests; what was
answered is printed before the next."""

ResultT = TypeVar("ResultT")
One = Callable[[Path], ResultT]
Progress = Callable[[int, int | None], None]
"""What the client calls: with how many are done, and of how many."""
Many = Callable[[Sequence[Path], Progress], "list[ResultT | ItemError]"]


class Answered(NamedTuple, Generic[ResultT]):
    """A result, the picture it is about, and how long it took if it was sent alone."""

    photo: Path
    result: ResultT
    duration_ms: float | None = None

    @property
    def times(self) -> tuple[str, ...]:
        """The cell for how long it took, if it was sent alone."""
        return () if self.duration_ms is None else (f"{self.duration_ms:.1f} ms",)


class Runner:
    """Goes through pictures; those that cannot be used are named and left out."""

    def __init__(self, label: str, photos: Sequence[Path], *, verbose: bool) -> None:
        self._label = label
        self._photos = photos
        self._verbose = verbose
        self._failures = 0

    @property
    def times(self) -> tuple[str, ...]:
        """The column for how long each picture took, if each was sent alone."""
        return ("time",) if len(self._photos) <= FEW else ()

    def run(self, one: One[ResultT], many: Many[ResultT]) -> Iterator[Answered[ResultT]]:
        """Yield the result of each picture, in order."""
        if len(self._photos) <= FEW:
            return self._one_by_one(one)
        return self._in_batches(many)

    def finish(self) -> None:
        """End with a status that says whether pictures were left out."""
        if self._failures:
            raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)

    def _one_by_one(self, ask: One[ResultT]) -> Iterator[Answered[ResultT]]:
        from aiaas import InvalidInputError

        for photo in self._photos:
            started_s = time.perf_counter()
            try:
                result = ask(photo)
            except (InvalidInputError, OSError) as error:
                self._leave_out(photo, error)
                continue
            yield Answered(photo, result, (time.perf_counter() - started_s) * 1000)

    def _in_batches(self, ask: Many[ResultT]) -> Iterator[Answered[ResultT]]:
        from aiaas import ItemError

        total = len(self._photos)
        with progress_bar(self._label, total, hidden=self._verbose) as advance:
            for start in range(0, total, BATCH):
                photos = [
                    photo for photo in self._photos[start : start + BATCH] if self._readable(photo)
                ]
                results = ask(photos, _from(start, advance)) if photos else []
                for photo, result in zip(photos, results, strict=True):
                    if isinstance(result, ItemError):
                        self._leave_out(photo, result.error.detail)
                    else:
                        yield Answered(photo, result)

    def _readable(self, photo: Path) -> bool:
        # Looked at before, because one that is missing must not stop the others.
        try:
            photo.open("rb").close()
        except OSError as error:
            self._leave_out(photo, error)
            return False
        return True

    def _leave_out(self, photo: Path, why: Exception | str) -> None:
        self._failures += 1
        reason = why.strerror if isinstance(why, OSError) else None
        complain(f"{photo}: {reason or why}")


def _from(start: int, advance: Advance) -> Progress:
    return lambda done, _: advance(start + done)
