"""Events from the rows of a file, with ids that are the same whenever it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from aiaas.cli._row_files import RowFile, column_named
from aiaas.cli._session import ExitStatus, end

FIELDS: Final = ("user", "item", "type", "value", "time", "recommendation_id", "id")
"""What a column may hold."""


class EventRows:
    """The events of a file, each with an id that is the same the next time.

    Args:
        file: The file.
        columns: The column of a field, where its name is not that of the field.
        event_type: Type of all events, in place of a column.
        zone: Where times are that do not say it.

    Raises:
        typer.Exit: A column is missing.
    """

    def __init__(
        self,
        file: RowFile,
        columns: Mapping[str, str | None],
        event_type: str | None,
        zone: tzinfo | None,
    ) -> None:
        found = {field: column_named(file, columns.get(field), field) for field in FIELDS}
        _check(file, found, event_type)
        self._file = file
        self._columns = {field: column for field, column in found.items() if column}
        self._type = event_type
        self._zone = zone

    @property
    def item_column(self) -> str:
        """The column with items."""
        return self._columns["item"]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for position, row in enumerate(self._file.rows()):
            # Without empty cells: they say nothing.
            event = {
                field: value
                for field, column in self._columns.items()
                if (value := row.get(column)) not in ("", None)
            }
            if self._type:
                event["type"] = self._type
            if "id" not in event:
                event["id"] = self._file.event_id(position)
            if self._zone and "time" in event:
                event["time"] = _in_zone(event["time"], self._zone)
            yield event


def _check(file: RowFile, columns: dict[str, str | None], event_type: str | None) -> None:
    there = ", ".join(file.columns)
    for field in ("user", "item"):
        if columns[field] is None:
            end(
                f"{file.path}: there is no column {field!r}; there are: {there}\n"
                f"Say which it is with --{field}-column.",
                ExitStatus.USAGE,
            )
    if columns["type"] is None and event_type is None:
        end(
            f"{file.path}: there is no column 'type'; there are: {there}\n"
            "Say which it is with --type-column, or what all events are with --type.",
            ExitStatus.USAGE,
        )


def zone_named(name: str | None) -> tzinfo | None:
    """Return the time zone that a person names.

    Raises:
        typer.Exit: There is no such zone.
    """
    if name is None:
        return None
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        end(f"there is no time zone {name!r}", ExitStatus.USAGE)


def _in_zone(text: Any, zone: tzinfo) -> Any:
    """Put a time without a zone into one; leave everything else for the client to judge."""
    if not isinstance(text, str) or text.isdigit():
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found if found.tzinfo else found.replace(tzinfo=zone)
