"""Answers: items with their reasons, written down once it is known which they are.

They are plain dictionaries until the answer is whole, which is made of them at once: models made
one by one would take longer than everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiaas.contract.answers import Warning
from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.models import Answering
from aiaas_mock.services.recommendations.selection import Places
from aiaas_mock.services.recommendations.served import ServedCounter
from aiaas_mock.services.recommendations.weighing import Part, Weighed

DIGITS: Final = 6

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """Makes answers and counts them.

    Attributes:
        ids: Makes their recommendation ids.
        served: Counts them.
    """

    ids: RecommendationIds
    served: ServedCounter

    def of(
        self,
        items: Sequence[Json],
        answering: Answering,
        context: RequestContext,
        *,
        warnings: tuple[Warning, ...] = (),
    ) -> Json:
        """Make an answer, as the fields of `Recommendations`."""
        now = context.now()
        context.trace.model, context.trace.inputs = answering.id, 1
        self.served.count(context.namespace, answering.id, answering.group, now=now)
        return {
            "id": context.new_id("ria"),
            "object": "recommendation.items",
            "model": answering.id,
            "usage": {"inputs": 1},
            "warnings": warnings,
            "recommendation_id": self.ids.make(
                context.namespace, model=answering.id, group=answering.group, now=now
            ),
            "group": answering.group,
            "items": items,
        }


def shown(places: Places, weighed: Weighed, reasons: int) -> list[Json]:
    """Show items at their places, each with at most so many reasons."""
    items = []
    for position in places.positions:
        given = places.given.get(position)
        if not reasons or given is None:
            items.append(shown_item(position, weighed, reasons))
            continue
        # Why the item is there is always told, though it is no part of the score.
        kind, detail = given
        item = shown_item(position, weighed, reasons - 1)
        item["reasons"].append(_reason(Part(kind, 0.0, True, None, detail), weighed))
        items.append(item)
    return items


def shown_item(position: int, weighed: Weighed, reasons: int) -> Json:
    """Show one item."""
    catalogue = weighed.catalogue
    parts = weighed.parts(position, reasons) if reasons else ()
    return {
        "item_id": catalogue.ids[position],
        "score": round(float(weighed.scores[position]), DIGITS),
        "title": catalogue.titles[position],
        "metadata": catalogue.metadata[position],
        "reasons": [_reason(part, weighed) for part in parts],
    }


def _reason(part: Part, weighed: Weighed) -> Json:
    position = part.position
    return {
        "kind": part.kind,
        "contribution": round(part.contribution, DIGITS),
        "exact": part.exact,
        "item_id": None if position is None else weighed.catalogue.ids[position],
        "title": None if position is None else weighed.catalogue.titles[position],
        "detail": part.detail,
    }
