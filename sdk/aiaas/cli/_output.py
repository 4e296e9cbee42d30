"""How answers are printed: a table for people, JSON lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

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
