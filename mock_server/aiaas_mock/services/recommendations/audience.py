"""Users whom an item would interest: those who had to do with what goes with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Final

import numpy as np

from aiaas.contract.answers import Usage
from aiaas.contract.recommendations.ranking import (
    InterestedUser,
    InterestedUsers,
    UsersForItemRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.asking import Asker, past_of_items
from aiaas_mock.services.recommendations.eligibility import eligible
from aiaas_mock.services.recommendations.histories import MOST_ITEMS, history
from aiaas_mock.services.recommendations.items import unknown_item
from aiaas_mock.services.recommendations.models import ModelRoom
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import Scorer
from aiaas_mock.services.recommendations.selection import best
from aiaas_mock.services.recommendations.telling import DIGITS
from aiaas_mock.services.recommendations.views import NamespaceViews, View
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import Act

_RELATED: Final = 50
"""Items whose users are looked at."""
_MOST_PAIRS: Final = 5_000
_MOST_USERS: Final = 500
"""Users whose pasts are looked at, those who came to most of the items first."""
_AT_A_TIME: Final = 50
"""Users read in one transaction: others want the store too."""


class AudienceService:
    """Answers ``recommendations.users_for_item``.

    Args:
        store: Where events are.
        views: What is in memory of namespaces.
        models: Finds the model that answers.
        asker: Has it score.
        executor: Where pasts are scored.
    """

    def __init__(
        self,
        store: Store,
        views: NamespaceViews,
        models: ModelRoom,
        asker: Asker,
        executor: Executor,
    ) -> None:
        self._store = store
        self._views = views
        self._models = models
        self._asker = asker
        self._executor = executor

    async def users_for_item(
        self, request: UsersForItemRequest, context: RequestContext
    ) -> InterestedUsers:
        """Answer ``recommendations.users_for_item``."""
        view = await self._views.of(context)
        position = view.catalogue.find(request.item)
        if position is None:
            raise unknown_item(request.item, "/item")
        answering = await self._models.choose(view, request.model, None)
        context.trace.model, context.trace.inputs = answering.id, 1
        past, _ = past_of_items([request.item], "view", view.catalogue, now=context.now())
        weighed = await self._asker.ask(view, answering, past, {})
        related = best(weighed.scores, eligible(view.catalogue, None), _RELATED).tolist()
        users = await self._candidates(view, [position, *related], request)
        pasts = await self._pasts(view, users)
        if request.exclude_seen:  # the pairs were not all that there are
            fresh = [at for at, past in enumerate(pasts) if position not in past.positions]
            users, pasts = [users[at] for at in fresh], [pasts[at] for at in fresh]
        loop = asyncio.get_running_loop()
        scores = await loop.run_in_executor(
            self._executor, _interest, weighed.scorer, pasts, position
        )
        order = np.argsort(-scores, kind="stable")[: request.count].tolist()
        return InterestedUsers(
            id=context.new_id("rua"),
            object="recommendation.users",
            model=answering.id,
            usage=Usage(inputs=1),
            users=tuple(
                InterestedUser(user_id=users[at], score=round(float(scores[at]), DIGITS))
                for at in order
            ),
        )

    async def _candidates(
        self, view: View, positions: Sequence[int], request: UsersForItemRequest
    ) -> list[str]:
        """Return users of items, those of most of them first."""
        ids = list(dict.fromkeys(view.catalogue.ids[position] for position in positions))

        def read(transaction: Transaction) -> Sequence[tuple[str, str]]:
            return transaction.events.users_of(view.namespace, ids, limit=_MOST_PAIRS)

        pairs = await self._store.run(read)
        items: dict[str, int] = {}
        for user, _ in pairs:
            items[user] = items.get(user, 0) + 1
        if request.exclude_seen:
            for user in {user for user, item in pairs if item == request.item}:
                del items[user]
        return sorted(items, key=lambda user: -items[user])[:_MOST_USERS]

    async def _pasts(self, view: View, users: Sequence[str]) -> list[Past]:
        pasts: list[Past] = []
        for start in range(0, len(users), _AT_A_TIME):
            some = users[start : start + _AT_A_TIME]

            def read(transaction: Transaction, some: Sequence[str] = some) -> list[Sequence[Act]]:
                of_user = transaction.events.of_user
                return [of_user(view.namespace, user, limit=MOST_ITEMS) for user in some]

            for acts in await self._store.run(read):
                pasts.append(Past.of(history(acts), view.catalogue))
        return pasts


def _interest(scorer: Scorer, pasts: Sequence[Past], position: int) -> Floats:
    """Return what an item scores for each past."""
    if not scorer.exact:
        return np.array([scorer.scores(past)[position] for past in pasts], np.float32)
    # The parts of one item are found sooner than the scores of all.
    shares = [scorer.shares(past, np.array([position])) for past in pasts]
    return np.array([one.base[0] + one.of_past[0].sum() for one in shares], np.float32)
