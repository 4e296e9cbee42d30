"""The demo catalogue: a namespace without items of its own shows that of a shipped bundle.

So a fresh server recommends at once. The demo's items cannot be changed, and are gone as soon as
the namespace has an item.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.services.recommendations.column_kinds import field_type
from aiaas_mock.storage import Transaction
from aiaas_mock.storage.recommendations import MetadataValue, StoredItem

DEMO_BUNDLE: Final = "retail"
"""The bundle that has it, if it is there."""

SESSIONS_BUNDLE: Final = "retail-next"
"""The bundle that tells what comes next in a session of the demo, if it is there."""

_FILE: Final = "catalogue.jsonl"


class DemoCatalogue:
    """Items that nobody sent, read when they are first asked for.

    Args:
        file: Lines of JSON with ``item_id``, ``title`` and ``metadata``; None for no items.
        made_at: When the items were made.
    """

    def __init__(self, file: Path | None, made_at: datetime) -> None:
        self._file = file
        self._made_at = made_at

    @classmethod
    def none(cls) -> DemoCatalogue:
        """Make one without items."""
        return cls(None, datetime.min.replace(tzinfo=UTC))

    @classmethod
    def of_bundle(cls, bundle: Bundle) -> DemoCatalogue:
        """Make that of a bundle; one without items, when the bundle has no catalogue."""
        file = bundle.folder / _FILE
        made_at = datetime.combine(bundle.card.created, time.min, UTC)
        return cls(file if file.is_file() else None, made_at)

    @cached_property
    def items(self) -> Mapping[str, StoredItem]:
        """The items by id, in the order of their ids."""
        if self._file is None:
            return {}
        with self._file.open(encoding="utf-8") as lines:
            items = [_item(json.loads(line), self._made_at) for line in lines]
        return {item.id: item for item in sorted(items, key=lambda item: item.id)}

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The type of every field of metadata."""
        return {
            name: field_type(value)
            for item in self.items.values()
            for name, value in item.metadata.items()
        }

    @cached_property
    def _ids(self) -> Sequence[str]:
        return tuple(self.items)

    def shown_in(self, transaction: Transaction, namespace: str) -> bool:
        """Say whether a namespace shows the demo: it has no item of its own."""
        return self._file is not None and not transaction.items.list(namespace, after=None, limit=1)

    def page(self, *, after: str | None, limit: int) -> Sequence[StoredItem]:
        """Return items in the order of their ids, only those after `after`."""
        start = 0 if after is None else bisect_right(self._ids, after)
        return [self.items[item_id] for item_id in self._ids[start : start + limit]]


def _item(line: Mapping[str, Any], made_at: datetime) -> StoredItem:
    return StoredItem(
        id=line["item_id"],
        title=line["title"],
        metadata={name: _value(value) for name, value in line["metadata"].items()},
        updated_at=made_at,
    )


def _value(value: Any) -> MetadataValue:
    found: MetadataValue = tuple(value) if isinstance(value, list) else value
    return found
