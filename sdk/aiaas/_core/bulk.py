"""Many inputs as few requests: chunks, global positions, progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from aiaas.contract.answers import ItemError

MAX_CHUNK_INPUTS: Final = 64
MAX_CHUNK_BYTES: Final = 8 * 1024 * 1024
"""A chunk is closed before it grows beyond this; one larger input travels alone."""

Progress = Callable[[int, int | None], None]
"""Called after every chunk with the number of inputs answered so far and of all, if known."""

ResultT = TypeVar("ResultT")


class Written(Protocol):
    """An input as it will travel."""

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


InputT = TypeVar("InputT", bound=Written)


@dataclass(frozen=True, slots=True)
class Chunk(Generic[InputT]):
    """Inputs that travel in one request.

    Attributes:
        start: Position of the first among all inputs.
        inputs: The inputs, in order.
    """

    start: int
    inputs: tuple[InputT, ...]


class Chunker(Generic[InputT]):
    """Gathers inputs into chunks without ever holding more than one."""

    def __init__(
        self, *, max_inputs: int = MAX_CHUNK_INPUTS, max_bytes: int = MAX_CHUNK_BYTES
    ) -> None:
        self._max_inputs = max_inputs
        self._max_bytes = max_bytes
        self._start = 0
        self._inputs: list[InputT] = []
        self._bytes = 0

    def add(self, item: InputT) -> Chunk[InputT] | None:
        """Take an input; return the chunk before it when this one no longer fits."""
        size = len(item.content)
        full = len(self._inputs) == self._max_inputs
        closed = self.close() if full or self._bytes + size > self._max_bytes else None
        self._inputs.append(item)
        self._bytes += size
        return closed

    def close(self) -> Chunk[InputT] | None:
        """Return what was gathered, or None when there is nothing."""
        if not self._inputs:
            return None
        chunk = Chunk(self._start, tuple(self._inputs))
        self._start += len(self._inputs)
        self._inputs = []
        self._bytes = 0
        return chunk


class Tally:
    """Counts answered inputs and tells `progress`."""

    def __init__(self, progress: Progress | None, total: int | None) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, results: Sized) -> None:
        """Note that these inputs were answered too; to be called by one thread at a time."""
        self._done += len(results)
        if self._progress is not None:
            self._progress(self._done, self._total)


def checked_inputs(inputs: Iterable[ResultT], method: str) -> Iterable[ResultT]:
    """Return `inputs` if they are several.

    Raises:
        TypeError: It is a single one, whose parts would be taken for inputs.
    """
    given: object = inputs
    if isinstance(given, str | bytes | bytearray | memoryview | os.PathLike):
        kind = type(given).__name__
        raise TypeError(f"{method} takes several inputs: pass a list; got a single {kind}")
    return inputs


def total_of(inputs: Iterable[object]) -> int | None:
    """Return how many inputs there are, unless they are made one by one."""
    return len(inputs) if isinstance(inputs, Sized) else None


def checked_concurrency(concurrency: int) -> int:
    """Return `concurrency` if it is one.

    Raises:
        ValueError: It is less than 1.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1; got {concurrency}")
    return concurrency


def flatten(chunks: Sequence[list[ResultT]]) -> list[ResultT]:
    """Put the results of all chunks in one list."""
    return [result for chunk in chunks for result in chunk]


def shift_error(error: ItemError, start: int) -> ItemError:
    """Return `error` with positions counted over all chunks instead of its own."""
    return place_error(error, error.index + start, field="inputs")


def place_error(error: ItemError, position: int, *, field: str) -> ItemError:
    """Return `error` as one about what is at another position of a request's list `field`."""
    problem = error.error
    prefix = f"/{field}/{error.index}"
    if problem.param and (problem.param + "/").startswith(prefix + "/"):
        param = f"/{field}/{position}{problem.param[len(prefix) :]}"
        problem = problem.model_copy(update={"param": param})
    return error.model_copy(update={"index": position, "error": problem})
