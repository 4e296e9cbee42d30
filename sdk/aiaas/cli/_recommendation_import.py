"""``aiaas recommendations import`` and ``items import``: files of any length, line by line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aiaas.cli._commands import Session
from aiaas.cli._event_rows import EventRows, zone_named
from aiaas.cli._item_rows import ItemRows
from aiaas.cli._output import print_json
from aiaas.cli._progress import progress_bar
from aiaas.cli._row_files import SHOWN_ERRORS, RowFile, column_named
from aiaas.cli._session import ExitStatus, complain

if TYPE_CHECKING:
    from aiaas import Client, ItemError

Delimiter = Annotated[
    str | None,
    typer.Option(help="What is between values; found in the header when left out."),
]
Concurrency = Annotated[int, typer.Option(min=1, help="Most requests under way at a time.")]


def import_events(
    session: Session,
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with a header, or JSON lines (.jsonl).")
    ],
    event_type: Annotated[
        str | None, typer.Option("--type", help="Type of all events, in place of a column.")
    ] = None,
    user_column: Annotated[str | None, typer.Option(help="Name of the column 'user'.")] = None,
    item_column: Annotated[str | None, typer.Option(help="Name of the column 'item'.")] = None,
    type_column: Annotated[str | None, typer.Option(help="Name of the column 'type'.")] = None,
    value_column: Annotated[str | None, typer.Option(help="Name of the column 'value'.")] = None,
    time_column: Annotated[str | None, typer.Option(help="Name of the column 'time'.")] = None,
    id_column: Annotated[
        str | None, typer.Option(help="Name of the column 'id', if events have ids.")
    ] = None,
    recommendation_column: Annotated[
        str | None, typer.Option(help="Name of the column 'recommendation_id'.")
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(help="Time zone of times that name none, for instance Europe/Paris."),
    ] = None,
    create_items: Annotated[
        bool, typer.Option("--create-items", help="First add the items that are not known.")
    ] = False,
    title_column: Annotated[
        str | None, typer.Option(help="Column with titles, for --create-items.")
    ] = None,
    delimiter: Delimiter = None,
    concurrency: Concurrency = 4,
) -> None:
    """Send events from a file. Run it again after a failure: no event counts twice."""
    file = RowFile(path, delimiter)
    columns = {
        "user": user_column,
        "item": item_column,
        "type": type_column,
        "value": value_column,
        "time": time_column,
        "recommendation_id": recommendation_column,
        "id": id_column,
    }
    events = EventRows(file, columns, event_type, zone_named(time_zone))
    with session.client() as client:
        if create_items:
            title = column_named(file, title_column, "title")
            _create_items(session, client, file, events.item_column, title)
        _send(
            session,
            file,
            lambda progress: client.recommendations.events.create_many(
                events, concurrency=concurrency, progress=progress, max_errors=SHOWN_ERRORS
            ),
            known="duplicates",
        )


def import_items(
    session: Session,
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with a header, or JSON lines (.jsonl).")
    ],
    id_column: Annotated[str | None, typer.Option(help="Name of the column 'id'.")] = None,
    title_column: Annotated[str | None, typer.Option(help="Name of the column 'title'.")] = None,
    text_columns: Annotated[
        list[str] | None,
        typer.Option("--text-column", help="A column of texts, though they look like numbers."),
    ] = None,
    list_columns: Annotated[
        list[str] | None,
        typer.Option("--list-column", help="A column of several texts with | between."),
    ] = None,
    delimiter: Delimiter = None,
    concurrency: Concurrency = 4,
) -> None:
    """Add items from a file; columns beside id, title and available become metadata."""
    file = RowFile(path, delimiter)
    items = ItemRows(
        file,
        id_column=column_named(file, id_column, "id"),
        title_column=column_named(file, title_column, "title"),
        text_columns=text_columns or (),
        list_columns=list_columns or (),
    )
    with session.client() as client:
        _send(
            session,
            file,
            lambda progress: client.recommendations.items.upsert(
                items, concurrency=concurrency, progress=progress, max_errors=SHOWN_ERRORS
            ),
            known="updated",
        )


def _create_items(
    session: Session, client: Client, file: RowFile, item_column: str, title: str | None
) -> None:
    """Add the items that events are about, and leave those alone that are known."""
    titles: dict[str, str | None] = {}
    for row in file.rows():
        item = row.get(item_column)
        if item and isinstance(item, str):
            titles[item] = titles.get(item) or row.get(title or "") or None
    added = 0
    # Once more if there were new ones: a demonstration catalogue is gone when the first is there.
    while new := _unknown(client, titles):
        created = _add_items(session, client, new)
        if not created:
            break
        added += created
    typer.echo(f"{added:,} items added", err=True)


def _add_items(session: Session, client: Client, titles: Mapping[str, str | None]) -> int:
    items = ({"id": item, "title": title} for item, title in titles.items())
    with progress_bar("items", len(titles), hidden=session.verbose) as advance:
        # Those that are refused are refused once more, with their lines, as items of events.
        done = client.recommendations.items.upsert(
            items, progress=lambda done, _: advance(done), max_errors=0
        )
    return done.created


def _unknown(client: Client, titles: Mapping[str, str | None]) -> dict[str, str | None]:
    known = {item.id for item in client.recommendations.items.list(limit=1_000)}
    return {item: title for item, title in titles.items() if item not in known}


def _send(
    session: Session,
    file: RowFile,
    send: Callable[[Callable[[int, int | None], None]], Any],
    *,
    known: str,
) -> None:
    """Send the rows of a file, and say what became of them."""
    import aiaas

    started_s, sent = time.monotonic(), 0
    with progress_bar(file.name, file.lines, hidden=session.verbose) as advance:

        def progress(done: int, _: int | None) -> None:
            nonlocal sent
            sent = done
            advance(done)

        try:
            done = send(progress)
        except (aiaas.AiaasError, KeyboardInterrupt):
            complain(f"stopped after {sent:,} lines; run it again: none counts twice")
            raise
    counts = {"created": done.created, known: getattr(done, known)}
    _report(session, file, done.errors, done.failed, counts, time.monotonic() - started_s)


def _report(
    session: Session,
    file: RowFile,
    errors: Iterable[ItemError],
    failed: int,
    counts: dict[str, int],
    took_s: float,
) -> None:
    failed += file.bad.count
    lines = [(file.line_of(one.index), one.error.code, one.error.detail) for one in errors]
    first = sorted([*lines, *file.bad.first])[:SHOWN_ERRORS]
    if session.as_json:
        named = [{"line": line, "code": code, "detail": text} for line, code, text in first]
        print_json(
            {"file": str(file.path), "sha256": file.sha256, **counts, "failed": failed,
             "errors": named}
        )  # fmt: skip
    else:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        typer.echo(f"{said}, {failed:,} refused in {took_s:.1f} s")
    for line, _, detail in first:
        complain(f"{file.name}:{line}: {detail}")
    if failed > len(first):
        complain(f"and {failed - len(first):,} more lines")
    if failed:
        raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)
