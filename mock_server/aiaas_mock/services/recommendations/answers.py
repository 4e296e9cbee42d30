"""Answers: items with their reasons, written down once it is known which they are.

They are plain dictionaries: models of them would take longer than everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiaas.contract.answers import Warning
from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.models import Answering
from aiaas_mock.services.recommendations.selection import Places
from aiaas_mock.services.recommendations.served import ServedCounter
from aiaas_mock.services.recommendations.telling import DIGITS, Json, reason
from aiaas_mock.services.recommendations.weighing import Weighed


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
            "warnings": [warning.model_dump() for warning in warnings],
            "recommendation_id": self.ids.make(
                context.namespace, model=answering.id, group=answering.group, now=now
            ),
            "group": answering.group,
            "items": items,
        }


def shown(places: Places, weighed: Weighed, reasons: int) -> list[Json]:
    """Show items at their places, each with at most so many reasons."""
    positions, catalogue = places.positions, weighed.catalogue
    told = weighed.reasons(positions, reasons) if reasons else [[] for _ in positions]
    for position, of_item in zip(positions, told, strict=True):
        given = places.given.get(position)
        if reasons and given is not None:
            # Why the item is there is always told, though it is no part of the score.
            kind, detail = given
            of_item[reasons - 1 :] = [reason(kind, 0.0, detail)]
    return [
        {
            "item_id": catalogue.ids[position],
            "score": round(score, DIGITS),
            "title": catalogue.titles[position],
            "metadata": catalogue.metadata[position],
            "reasons": of_item,
        }
        for position, score, of_item in zip(
            positions, weighed.scores[positions].tolist(), told, strict=True
        )
    ]
