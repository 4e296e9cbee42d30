"""What a user did, as weights on items.

An item counts once, however often it was clicked: by the strongest thing that was done with it,
at the time of the last one. How much less older items count is up to the model that is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiaas_mock.storage.recommendations import Act

MOST_ITEMS: Final = 200
"""The newest items of a user that are recommended by."""

MOST_ACTS: Final = 5_000
"""The newest acts of a user that are read: what was seen is left out longer than it counts."""

_STRENGTHS: Final[Mapping[str, float]] = {
    "purchase": 1.0,
    "add-to-cart": 0.7,
    "click": 0.5,
    "view": 0.4,
}
_OTHER: Final = 0.6
"""The strength of types of events that we know nothing of."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a user did with an item, all in all.

    Attributes:
        item: The item.
        type: The strongest thing that was done with it.
        strength: How much that says, up to 1.
        time: When the last was.
    """

    item: str
    type: str
    strength: float
    time: datetime


def strength(event_type: str) -> float:
    """Return how much a type of event says, up to 1."""
    return _STRENGTHS.get(event_type, _OTHER)


def history(acts: Sequence[Act]) -> list[Deed]:
    """Sum up acts, the newest first, by item."""
    deeds: dict[str, Deed] = {}
    for act in acts:
        known = deeds.get(act.item)
        if known is None:
            deeds[act.item] = Deed(act.item, act.type, strength(act.type), act.time)
        elif strength(act.type) > known.strength:
            # The time of the last act stays: who bought an item and views it again still has it.
            deeds[act.item] = Deed(act.item, act.type, strength(act.type), known.time)
    return list(deeds.values())
