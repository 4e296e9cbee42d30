"""A progress bar on standard error, where somebody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Literal

Advance = Callable[[int], None]
"""Called with the number that are done so far."""


@contextmanager
def progress_bar(
    label: str, total: int, *, unit: Literal["inputs", "bytes"] = "inputs", hidden: bool = False
) -> Iterator[Advance]:
    """Show how far a command is; nothing when standard error is no terminal.

    Args:
        label: What is being done.
        total: How many there are.
        unit: Whether inputs or bytes are counted.
        hidden: Whether something else is being written there.
    """
    if hidden or not sys.stderr.isatty():
        yield _ignore
        return
    # Imported here: it takes a while, and pipes do not need it.
    from rich import progress
    from rich.console import Console

    count = progress.DownloadColumn() if unit == "bytes" else progress.MofNCompleteColumn()
    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        count,
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Else lines for a pipe would go to the terminal with the bar.
        redirect_stdout=sys.stdout.isatty(),
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


class CountedFile:
    """A file that tells how much of it was read; as much of a file as an upload needs."""

    def __init__(self, file: IO[bytes], advance: Advance) -> None:
        self._file = file
        self._advance = advance

    @property
    def name(self) -> str:
        """Path of the file."""
        return self._file.name

    def read(self, size: int = -1, /) -> bytes:
        """Read, and tell how far that led."""
        piece = self._file.read(size)
        self._advance(self._file.tell())
        return piece

    def seekable(self) -> bool:
        """Say whether it can be read once more, for a checksum or a second attempt."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as a repeated attempt does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()


def _ignore(_: int) -> None:
    pass
