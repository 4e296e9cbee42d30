"""Asking a model: from a past to the scores of all items."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime
from typing import Final

from aiaas.contract.answers import Warning
from aiaas_mock.services.recommendations.answers import shown
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.histories import Deed
from aiaas_mock.services.recommendations.models import Answering, ModelRoom
from aiaas_mock.services.recommendations.preferences import preference
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import Scorer
from aiaas_mock.services.recommendations.selection import Places
from aiaas_mock.services.recommendations.telling import Json
from aiaas_mock.services.recommendations.views import View
from aiaas_mock.services.recommendations.weighing import Weighed, weigh
from aiaas_mock.storage.recommendations import MetadataValue

_ON_LOOP: Final = 100_000
"""Items that are scored in two milliseconds; more would keep others waiting."""


class Asker:
    """Has models score the items of a namespace.

    Args:
        models: Has models ready.
        executor: Where large catalogues are scored.
        on_loop: Most items that are scored at once, without a thread.
    """

    def __init__(self, models: ModelRoom, executor: Executor, *, on_loop: int = _ON_LOOP) -> None:
        self._models = models
        self._executor = executor
        self._on_loop = on_loop

    async def ask(
        self,
        view: View,
        answering: Answering,
        past: Past,
        wanted: Mapping[str, MetadataValue],
    ) -> Weighed:
        """Score all items.

        Args:
            view: The namespace.
            answering: The model that answers.
            past: What somebody had to do with.
            wanted: Metadata that are preferred.
        """
        catalogue = view.catalogue
        scorer = await self._models.scorer(view, answering.id)
        crowd = await view.popularity.all_time(catalogue, fresh=not len(past))
        if self._takes_long(scorer, catalogue) and len(past):
            loop = asyncio.get_running_loop()
            of_model = await loop.run_in_executor(self._executor, scorer.scores, past)
            crowd = await view.popularity.all_time(catalogue, fresh=False)
        else:
            of_model = scorer.scores(past)
        liked = preference(wanted, catalogue) if wanted else None
        return weigh(catalogue, answering.id, scorer, of_model, past, crowd, liked)

    async def explain(self, places: Places, weighed: Weighed, reasons: int) -> list[Json]:
        """Show the items of an answer with their reasons.

        Args:
            places: The items.
            weighed: Their scores.
            reasons: Most reasons of each.
        """
        if weighed.scorer.exact or not reasons:
            return shown(places, weighed, reasons)
        # Estimates are made by asking the model again and again.
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, shown, places, weighed, reasons)

    def _takes_long(self, scorer: Scorer, catalogue: CatalogueView) -> bool:
        """Say whether scoring would keep the other requests waiting: networks always do."""
        return len(catalogue) > self._on_loop or not scorer.exact


def past_of_items(
    item_ids: Sequence[str], deed: str, catalogue: CatalogueView, *, now: datetime
) -> tuple[Past, tuple[Warning, ...]]:
    """Make a past of the items of a request, the newest first, and warn of unknown ones."""
    if not item_ids:
        return Past.of([], catalogue), ()
    different = list(dict.fromkeys(item_ids))
    unknown = sum(catalogue.find(item_id) is None for item_id in different)
    past = Past.of([Deed(item_id, deed, 1.0, now) for item_id in different], catalogue)
    if not unknown:
        return past, ()
    detail = (
        "1 item is not in the catalogue and was left out."
        if unknown == 1
        else f"{unknown} items are not in the catalogue and were left out."
    )
    return past, (Warning(code="unknown_items", detail=detail),)


def fields_warning(weighed: Weighed) -> tuple[Warning, ...]:
    """Warn of preferred fields that no item can meet."""
    if weighed.preference is None or not weighed.preference.unknown:
        return ()
    names = ", ".join(weighed.preference.unknown)
    detail = f"No item can meet what is preferred of {names}: no such field, or of another type."
    return (Warning(code="unknown_fields", detail=detail),)
