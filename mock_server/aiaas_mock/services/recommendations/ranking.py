"""Recommending to a user: the best items of the catalogue, or given ones in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from aiaas.contract.answers import ItemError, Warning
from aiaas.contract.recommendations.ranking import (
    Context,
    ForUserRequest,
    RankedItems,
    RankRequest,
    Recommendations,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.services.blocks import item_error
from aiaas_mock.services.plain import Plain
from aiaas_mock.services.recommendations.answers import Answers
from aiaas_mock.services.recommendations.asking import Asker, fields_warning, past_of_items
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.eligibility import eligible, read_filter
from aiaas_mock.services.recommendations.items import unknown_item
from aiaas_mock.services.recommendations.models import Answering, ModelRoom
from aiaas_mock.services.recommendations.profiles import Past, Profile, Profiles
from aiaas_mock.services.recommendations.selection import Places, Promoted, Wanted, select
from aiaas_mock.services.recommendations.telling import IN_CONTEXT
from aiaas_mock.services.recommendations.views import NamespaceViews, View
from aiaas_mock.services.recommendations.weighing import Weighed


class RankingService:
    """Answers ``recommendations.for_user`` and ``recommendations.rank``.

    Args:
        views: What is in memory of namespaces.
        profiles: What is in memory of users.
        models: Finds the model that answers.
        asker: Has it score.
        answers: Makes the answers.
    """

    def __init__(
        self,
        views: NamespaceViews,
        profiles: Profiles,
        models: ModelRoom,
        asker: Asker,
        answers: Answers,
    ) -> None:
        self._views = views
        self._profiles = profiles
        self._models = models
        self._asker = asker
        self._answers = answers

    async def for_user(
        self, request: ForUserRequest, context: RequestContext
    ) -> Plain[Recommendations]:
        """Answer ``recommendations.for_user``."""
        view = await self._views.of(context)
        catalogue = view.catalogue
        condition = read_filter(request.filter, catalogue, "/filter")
        promoted = [
            (one, read_filter(one.filter, catalogue, f"/promotions/{index}/filter"))
            for index, one in enumerate(request.promotions)
        ]
        answering = await self._models.choose(view, request.model, request.user)
        profile = await self._profiles.of(view.namespace, request.user, catalogue)
        weighed, in_context, warnings = await self._weigh(
            view, answering, profile, request.context, now=context.now()
        )
        seen = [profile.seen] if request.exclude_seen else []
        mask = eligible(catalogue, condition, without=[*seen, in_context.positions])
        wanted = Wanted(
            count=request.count,
            diversity=request.diversity,
            exploration=request.exploration,
            promoted=[
                Promoted(one.filter, eligible(catalogue, rule), one.share) for one, rule in promoted
            ],
            seed=request.seed,
        )
        places = select(weighed.scores, weighed.users, mask, wanted, catalogue)
        items = await self._asker.explain(places, weighed, request.reasons)
        answer = self._answers.of(items, answering, context, warnings=warnings)
        return Plain(Recommendations, answer)

    async def rank(self, request: RankRequest, context: RequestContext) -> Plain[RankedItems]:
        """Answer ``recommendations.rank``."""
        view = await self._views.of(context)
        answering = await self._models.choose(view, request.model, request.user)
        profile = await self._profiles.of(view.namespace, request.user, view.catalogue)
        weighed, _, warnings = await self._weigh(
            view, answering, profile, request.context, now=context.now()
        )
        places, errors = _given(request.items, weighed.catalogue)
        positions = np.array(list(dict.fromkeys(places)), np.intp)
        order = positions[np.argsort(-weighed.scores[positions], kind="stable")]
        items = await self._asker.explain(Places(order.tolist()), weighed, request.reasons)
        answer = self._answers.of(items, answering, context, warnings=warnings)
        context.trace.inputs, context.trace.failed_inputs = len(request.items), len(errors)
        answer["errors"] = [error.model_dump(mode="json") for error in errors]
        return Plain(RankedItems, answer)

    async def _weigh(
        self, view: View, answering: Answering, profile: Profile, moment: Context, *, now: datetime
    ) -> tuple[Weighed, Past, tuple[Warning, ...]]:
        """Score all items for a user at a moment."""
        in_context, warnings = past_of_items(moment.items, IN_CONTEXT, view.catalogue, now=now)
        past = _both(in_context, profile.past)
        # What is known of a user beside the events helps while there are none.
        known = {} if len(past) else {**profile.metadata}
        weighed = await self._asker.ask(view, answering, past, {**known, **moment.prefer})
        if moment.prefer:
            warnings += fields_warning(weighed)
        return weighed, in_context, warnings


def _both(first: Past, second: Past) -> Past:
    """Put what is in view before what was."""
    if not len(first):
        return second
    rest = ~np.isin(second.positions, first.positions)
    types = tuple(kind for kind, keep in zip(second.types, rest.tolist(), strict=True) if keep)
    return Past(
        np.concatenate([first.positions, second.positions[rest]]),
        np.concatenate([first.strengths, second.strengths[rest]]),
        np.concatenate([first.times_us, second.times_us[rest]]),
        first.types + types,
    )


def _given(
    item_ids: Sequence[str], catalogue: CatalogueView
) -> tuple[list[int], tuple[ItemError, ...]]:
    """Return the positions of given items, and errors for those that are not there."""
    places: list[int] = []
    errors: list[ItemError] = []
    for index, item_id in enumerate(item_ids):
        position = catalogue.find(item_id)
        if position is None:
            errors.append(item_error(index, unknown_item(item_id, f"/items/{index}")))
        else:
            places.append(position)
    return places, tuple(errors)
