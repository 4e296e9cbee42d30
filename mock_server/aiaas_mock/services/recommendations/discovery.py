"""Recommending without a user: what goes with an item, what comes next, what is popular."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from aiaas.contract.answers import Warning
from aiaas.contract.recommendations.ranking import (
    NextItemsRequest,
    PopularRequest,
    Recommendations,
    SimilarItemsRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.plain import Plain
from aiaas_mock.services.recommendations.answers import Answers, shown
from aiaas_mock.services.recommendations.asking import Asker, past_of_items
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.eligibility import eligible, read_filter
from aiaas_mock.services.recommendations.items import unknown_item
from aiaas_mock.services.recommendations.models import POPULARITY, Answering, ModelRoom
from aiaas_mock.services.recommendations.popularity import ALL_TIME, Window
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import NoScorer
from aiaas_mock.services.recommendations.selection import Wanted, select
from aiaas_mock.services.recommendations.telling import (
    DIGITS,
    IN_CONTEXT,
    Json,
    reason,
    users_in_words,
)
from aiaas_mock.services.recommendations.views import NamespaceViews, View
from aiaas_mock.services.recommendations.weighing import Weighed

_LIKE: Final = "asked for"
"""What was done with an item of which similar ones are wanted."""
_REASONS: Final = 3


class DiscoveryService:
    """Answers ``recommendations.similar_items``, ``next_items`` and ``popular``.

    Args:
        views: What is in memory of namespaces.
        models: Finds the model that answers.
        asker: Has it score.
        answers: Makes the answers.
    """

    def __init__(
        self, views: NamespaceViews, models: ModelRoom, asker: Asker, answers: Answers
    ) -> None:
        self._views = views
        self._models = models
        self._asker = asker
        self._answers = answers

    async def similar_items(
        self, request: SimilarItemsRequest, context: RequestContext
    ) -> Plain[Recommendations]:
        """Answer ``recommendations.similar_items``."""
        view = await self._views.of(context)
        if view.catalogue.find(request.item) is None:
            raise unknown_item(request.item, "/item")
        past, _ = past_of_items([request.item], _LIKE, view.catalogue, now=context.now())
        wanted = Wanted(count=request.count, diversity=request.diversity)
        answering = await self._models.choose(view, request.model, None)
        return await self._after(
            view, answering, past, context, text=request.filter, wanted=wanted, reasons=_REASONS
        )

    async def next_items(
        self, request: NextItemsRequest, context: RequestContext
    ) -> Plain[Recommendations]:
        """Answer ``recommendations.next_items``."""
        view = await self._views.of(context)
        newest_first = request.items[::-1]
        past, warnings = past_of_items(newest_first, IN_CONTEXT, view.catalogue, now=context.now())
        answering = await self._models.choose_next(view, request.model)
        return await self._after(
            view,
            answering,
            past,
            context,
            text=request.filter,
            wanted=Wanted(count=request.count),
            reasons=request.reasons,
            exclude_seen=request.exclude_seen,
            warnings=warnings,
        )

    async def _after(
        self,
        view: View,
        answering: Answering,
        past: Past,
        context: RequestContext,
        *,
        text: str | None,
        wanted: Wanted,
        reasons: int,
        exclude_seen: bool = True,
        warnings: tuple[Warning, ...] = (),
    ) -> Plain[Recommendations]:
        """Recommend what goes with a past."""
        condition = read_filter(text, view.catalogue, "/filter")
        weighed = await self._asker.ask(view, answering, past, {})
        seen = [past.positions] if exclude_seen else []
        mask = eligible(view.catalogue, condition, without=seen)
        places = select(weighed.scores, weighed.users, mask, wanted, view.catalogue)
        items = await self._asker.explain(places, weighed, reasons)
        answer = self._answers.of(items, answering, context, warnings=warnings)
        return Plain(Recommendations, answer)

    async def popular(
        self, request: PopularRequest, context: RequestContext
    ) -> Plain[Recommendations]:
        """Answer ``recommendations.popular``; the score is the number of users, or its growth.

        In a demo where nobody has done anything it is what the demo's model thinks of everybody.
        """
        if request.trend and request.window_s is None:
            raise ApiError(
                "invalid_request",
                "A trend compares a window with the one before it; give its length.",
                param="/window_s",
            )
        view = await self._views.of(context)
        catalogue, now = view.catalogue, context.now()
        condition = read_filter(request.filter, catalogue, "/filter")
        window = Window(request.type, request.window_s)
        users = await view.popularity.within(window, catalogue, now=now)
        if view.is_demo and window == ALL_TIME and not users.any():
            # Nobody has done anything here yet, but the demo's model knows its own customers.
            return await self._after(
                view,
                await self._models.choose(view, self._models.default(view), None),
                Past.of([], catalogue),
                context,
                text=request.filter,
                wanted=Wanted(count=request.count),
                reasons=_REASONS,
            )
        before: Floats | None = None
        if request.trend:
            earlier = Window(request.type, request.window_s, back=1)
            before = await view.popularity.within(earlier, catalogue, now=now)
            users = await view.popularity.within(window, catalogue, now=now)
        weighed = _counted(catalogue, users, before)
        mask = eligible(catalogue, condition)
        places = select(weighed.scores, users, mask, Wanted(count=request.count), catalogue)
        items = shown(places, weighed, _REASONS)
        answer = self._answers.of(items, Answering(POPULARITY), context)
        return Plain(Recommendations, answer)


class _Counted(Weighed):
    """Scores that are numbers of users."""

    __slots__ = ()

    def reasons(self, positions: Sequence[int], most: int | None = None) -> list[list[Json]]:
        """Tell the one part of each item's score."""
        return [self._reason(position) for position in positions]

    def _reason(self, position: int) -> list[Json]:
        score = float(self.scores[position])
        if not score:
            return []
        users = users_in_words(self.users[position])
        detail = f"Popular: {users}."
        if self.scores is not self.users:
            detail = f"Trending: {users}, {score:+,.0f} on the window before."
        return [reason("popularity", round(score, DIGITS), detail)]


def _counted(catalogue: CatalogueView, users: Floats, before: Floats | None) -> Weighed:
    size = len(catalogue)
    users = _sized(users, size)
    scores = users if before is None else users - _sized(before, size)
    scorer, nobody = NoScorer(catalogue), Past.of([], catalogue)
    return _Counted(catalogue, scores, scorer, nobody, users, users, None, None)


def _sized(users: Floats, size: int) -> Floats:
    """Give items that came meanwhile no users."""
    return np.concatenate([users, np.zeros(max(0, size - len(users)), np.float32)])
