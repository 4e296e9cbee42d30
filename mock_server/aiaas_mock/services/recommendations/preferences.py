"""What somebody prefers by metadata: values that make items more likely that have them too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.column_kinds import (
    BoolColumn,
    Bools,
    Column,
    NumberColumn,
    TextColumn,
    TextsColumn,
)
from aiaas_mock.storage.recommendations import MetadataValue


@dataclass(frozen=True, slots=True)
class Preference:
    """Values that are preferred, and how well each item meets them.

    Attributes:
        met: By field, which positions have the value.
        unknown: Fields that no item has, or with values of another type.
    """

    met: Mapping[str, Bools]
    unknown: tuple[str, ...]

    def matches(self, size: int) -> Floats:
        """Return for each position the part of the fields that it meets."""
        matches = np.zeros(size, np.float32)
        for mask in self.met.values():
            matches += mask
        return matches / np.float32(max(1, len(self.met)))

    def fields_met(self, position: int) -> list[str]:
        """Return the fields that an item meets."""
        return [name for name, mask in self.met.items() if mask[position]]


def preference(wanted: Mapping[str, MetadataValue], catalogue: CatalogueView) -> Preference:
    """Find what meets preferred values."""
    met = {}
    for name, value in wanted.items():
        column = catalogue.columns.column(name)
        mask = None if column is None else _meeting(column, value)
        if mask is not None:
            met[name] = mask
    return Preference(met, tuple(name for name in wanted if name not in met))


def _meeting(column: Column, value: MetadataValue) -> Bools | None:
    """Tell which cells have a value or one of several; None when it is of another type."""
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else None
    if isinstance(column, BoolColumn):
        return column.compare("==", value) if isinstance(value, bool) else None
    if isinstance(column, NumberColumn):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return column.compare("==", float(value)) if is_number else None  # type: ignore[arg-type]
    if texts is None:
        return None
    if isinstance(column, TextColumn):
        return column.one_of(texts)
    if isinstance(column, TextsColumn):
        masks = [column.has(text) for text in texts]
        return np.logical_or.reduce(masks) if masks else None
    return None
