"""Which items may be in an answer."""

from __future__ import annotations

from collections.abc import Sequence

from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.column_kinds import Bools
from aiaas_mock.services.recommendations.filters import Filter, parse_filter


def read_filter(text: str | None, catalogue: CatalogueView, param: str) -> Filter | None:
    """Read a filter and hold it against the fields of a catalogue.

    Raises:
        ApiError: It cannot be read, or asks for what there is not.
    """
    if text is None:
        return None
    read = parse_filter(text, param=param)
    read.check(catalogue.types)
    return read


def eligible(
    catalogue: CatalogueView, condition: Filter | None, *, without: Sequence[Positions] = ()
) -> Bools:
    """Tell which positions have an item that may be recommended.

    Args:
        catalogue: The items.
        condition: What they must meet.
        without: Positions that are left out.
    """
    mask = catalogue.available.copy()
    if condition is not None:
        mask &= condition.mask(catalogue.columns)
    for positions in without:
        mask[positions] = False
    return mask
