"""Items from the rows of a file; what their metadata are is found in the file itself."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from aiaas.cli._row_files import Row, RowFile, column_named
from aiaas.cli._session import ExitStatus, end

_TRUTHS: Final = {"true": True, "false": False}
_BETWEEN: Final = "|"


class ItemRows:
    """The items of a file, as the catalogue takes them.

    A column of numbers alone becomes numbers, one of ``true`` and ``false`` truth values, all
    others texts. Empty cells are left out.

    Args:
        file: The file.
        id_column: The column that names an item.
        title_column: The column with titles.
        text_columns: Columns of texts, though they look like numbers.
        list_columns: Columns of several texts.

    Raises:
        typer.Exit: There are no ids.
    """

    def __init__(
        self,
        file: RowFile,
        *,
        id_column: str | None,
        title_column: str | None,
        text_columns: Sequence[str],
        list_columns: Sequence[str],
    ) -> None:
        if id_column is None:
            there = ", ".join(file.columns)
            end(
                f"{file.path}: there is no column 'id'; there are: {there}\n"
                "Say which it is with --id-column.",
                ExitStatus.USAGE,
            )
        self._file = file
        self._own = {
            "id": id_column,
            "title": title_column,
            "available": column_named(file, None, "available"),
        }
        self._lists = frozenset(column_named(file, name, name) for name in list_columns)
        self._texts = frozenset(column_named(file, name, name) for name in text_columns)
        self._kinds = {} if file.is_json else self._found_kinds()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._file.rows():
            yield self._from_object(row) if self._file.is_json else self._from_cells(row)

    def _from_object(self, row: Row) -> dict[str, Any]:
        rest = dict(row)
        own = {field: rest.pop(column, None) for field, column in self._own.items() if column}
        item = {field: value for field, value in own.items() if value is not None}
        nested = rest.pop("metadata", None) or {}
        return {**item, "metadata": {**nested, **rest} if isinstance(nested, dict) else nested}

    def _from_cells(self, row: Row) -> dict[str, Any]:
        item: dict[str, Any] = {
            field: row[column]
            for field, column in self._own.items()
            if column and row.get(column, "") != ""
        }
        own = set(self._own.values())
        item["metadata"] = {
            field_name(column): self._value(column, cell)
            for column, cell in row.items()
            if column not in own and cell != ""
        }
        return item

    def _value(self, column: str, cell: str) -> Any:
        if column in self._lists:
            return [part.strip() for part in cell.split(_BETWEEN) if part.strip()]
        if column in self._texts:
            return cell
        kind = self._kinds.get(column)
        return cell if kind is None else kind(cell)

    def _found_kinds(self) -> dict[str, Any]:
        """Read the file once to see what each column holds."""
        possible: dict[str, tuple[Any, ...]] = dict.fromkeys(
            self._file.columns, (_truth, _whole, _number)
        )
        for row in self._file.rows():
            for column, cell in row.items():
                if cell != "" and possible[column]:
                    possible[column] = tuple(
                        kind for kind in possible[column] if kind(cell) is not None
                    )
        return {column: kinds[0] for column, kinds in possible.items() if kinds}


def field_name(column: str) -> str:
    """Return a column's name as that of a field: small letters, digits and ``_``."""
    name = re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")
    return name if name[:1].isalpha() else f"field_{name}"


def _truth(cell: str) -> bool | None:
    return _TRUTHS.get(cell.lower())


def _whole(cell: str) -> int | None:
    # Not what `int` also reads, such as 1_000; and 007 is no number but a name.
    return int(cell) if re.fullmatch(r"-?(0|[1-9]\d{0,14})", cell) else None


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and not re.match(r"-?0\d", cell) else None
