"""How answers are printed: as a table, as JSON lines, and what is said where there are none."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

ShownT = TypeVar("ShownT", bound="BaseModel")

_WIDTH_IN_A_PIPE: Final = 160


def print_json(value: Mapping[str, Any]) -> None:
    """Print one object on one line, at once, so that a pipe sees it as it comes."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[str] = ()
) -> None:
    """Print a table; the columns called `numbers` are flush right. Without rows, print nothing."""
    cells = [list(row) for row in rows]
    if not cells:
        return
    # Imported here: `--json` does not need it, and it takes a while.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    for row in cells:
        # As text, because a label or a file name with brackets is no markup.
        table.add_row(*(Text(cell) for cell in row))
    console = Console(soft_wrap=False)
    if not sys.stdout.isatty():
        console = Console(width=_WIDTH_IN_A_PIPE, no_color=True, highlight=False)
    console.print(table)


def print_list(
    found: Iterable[ShownT],
    what: str,
    columns: Sequence[str],
    row: Callable[[ShownT], Sequence[str]],
    *,
    as_json: bool,
    numbers: Sequence[str] = (),
    filtered: bool = False,
) -> None:
    """Print a list as a table or as JSON lines, or say that there is nothing in it.

    Args:
        found: What is in it.
        what: What that is called, for instance ``jobs``.
        columns: Names of the columns.
        row: Makes the row of one of them.
        as_json: Whether to print JSON.
        numbers: Columns that are flush right.
        filtered: Whether only some were asked for.
    """
    rows, is_empty = [], True
    for one in found:
        is_empty = False
        if as_json:
            print_json(one.model_dump(mode="json"))
        else:
            rows.append(row(one))
    print_table(columns, rows, numbers=numbers)
    if is_empty:
        say_none(what, filtered=filtered)


def say_none(what: str, *, filtered: bool = False) -> None:
    """Say on standard error that there is nothing: a pipe gets just that, nothing.

    Args:
        what: What there is none of, for instance ``jobs``.
        filtered: Whether there may be others than those that were asked for.
    """
    print(f"there are no {'such ' if filtered else ''}{what}", file=sys.stderr)
