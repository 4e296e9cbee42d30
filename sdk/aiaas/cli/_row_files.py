"""Files with a row on each line: comma-separated values, or JSON objects."""

from __future__ import annotations

import csv
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from aiaas.cli._session import ExitStatus, end

Row = Mapping[str, Any]

SHOWN_ERRORS: Final = 20
"""How many of the lines that cannot be used are named."""

_PIECE_BYTES: Final = 1 << 20
_DELIMITERS: Final = (",", ";", "\t", "|")
_JSON_LINES: Final = frozenset({".jsonl", ".ndjson"})


class BadLines:
    """Lines that cannot be used: all are counted, the first are kept."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[tuple[int, str, str]] = []

    def add(self, line: int, code: str, detail: str) -> None:
        """Note what is wrong with a line."""
        self.count += 1
        if len(self._first) < SHOWN_ERRORS:
            self._first.append((line, code, detail))

    @property
    def first(self) -> list[tuple[int, str, str]]:
        """Line, code and detail, in the order of the lines."""
        return sorted(self._first)[:SHOWN_ERRORS]


class RowFile:
    """A file of rows, read as a stream; the numbers of lines are found again in little memory.

    Args:
        path: The file. What ends in ``.jsonl`` or ``.ndjson`` has a JSON object on each line,
            other files have a header and separated values.
        delimiter: What is between values; found in the header when omitted.

    Raises:
        typer.Exit: The file cannot be read.
    """

    def __init__(self, path: Path, delimiter: str | None = None) -> None:
        self.path = path
        self.is_json = path.suffix.lower() in _JSON_LINES
        self.bad = BadLines()
        self.sha256, self.lines = self._measured()
        self.columns = () if self.is_json else self._header(delimiter)
        # Where lines do not simply follow rows: positions of rows, and how far lines are ahead.
        self._positions: list[int] = []
        self._ahead: list[int] = []

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """Read the rows from the first; lines that are none are noted and left out."""
        self.bad, self._positions, self._ahead = BadLines(), [], []
        for position, (line, row) in enumerate(self._objects() if self.is_json else self._cells()):
            if not self._ahead or line - position != self._ahead[-1]:
                self._positions.append(position)
                self._ahead.append(line - position)
            yield row

    def line_of(self, position: int) -> int:
        """Return the line of a row that was read, the first row being 0."""
        return position + self._ahead[bisect_right(self._positions, position) - 1]

    def event_id(self, position: int) -> str:
        """Return a name for a row that is the same whenever this very file is read."""
        return f"{self.sha256[:32]}-{self.line_of(position)}"

    def _measured(self) -> tuple[str, int]:
        digest, lines = hashlib.sha256(), 0
        try:
            with self.path.open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    digest.update(piece)
                    lines += piece.count(b"\n")
        except OSError as error:
            end(f"{self.path}: {error.strerror or error}", ExitStatus.USAGE)
        return digest.hexdigest(), lines

    def _header(self, delimiter: str | None) -> tuple[str, ...]:
        with self._opened() as file:
            first = file.readline()
        self._delimiter = _delimiter(delimiter) or max(_DELIMITERS, key=first.count)
        columns = next(csv.reader([first], delimiter=self._delimiter), [])
        if not columns:
            end(f"{self.path}: the first line names no columns", ExitStatus.USAGE)
        return tuple(column.strip() for column in columns)

    def _cells(self) -> Iterator[tuple[int, Row]]:
        with self._opened() as file:
            reader = csv.reader(file, delimiter=self._delimiter)
            next(reader)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    self.bad.add(line, "invalid_line", str(error))
                    continue
                if len(cells) == len(self.columns):
                    yield line, dict(zip(self.columns, cells, strict=True))
                elif cells:
                    detail = f"it has {len(cells)} values; the header has {len(self.columns)}"
                    self.bad.add(line, "invalid_line", detail)

    def _objects(self) -> Iterator[tuple[int, Row]]:
        with self._opened() as file:
            for line, text in enumerate(file, start=1):
                if not text.strip():
                    continue
                try:
                    row = json.loads(text)
                except (ValueError, RecursionError) as error:
                    self.bad.add(line, "invalid_line", f"it is no JSON: {error}")
                    continue
                if isinstance(row, dict):
                    yield line, row
                else:
                    self.bad.add(line, "invalid_line", "it is no JSON object")

    def _opened(self) -> Any:
        # Bytes that are no UTF-8 stay recognisable, so that only their line is refused.
        return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def column_named(file: RowFile, name: str | None, usual: str) -> str | None:
    """Return the column that a person means: by the name given, or by the usual one.

    Raises:
        typer.Exit: The name was given, and the file has no such column.
    """
    if file.is_json:
        return name or usual
    wanted = (name or usual).strip().lower()
    found = next((column for column in file.columns if column.lower() == wanted), None)
    if found is None and name is not None:
        there = ", ".join(file.columns)
        end(f"{file.path}: there is no column {name!r}; there are: {there}", ExitStatus.USAGE)
    return found


def _delimiter(given: str | None) -> str | None:
    if given is None:
        return None
    found = "\t" if given == "\\t" else given
    if len(found) != 1:
        end(f"--delimiter must be one character; got {given!r}", ExitStatus.USAGE)
    return found
