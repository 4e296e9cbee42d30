"""How good the recommendations are: as measured at training, and by what users did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from aiaas.contract.recommendations.learning import (
    MetricsRequest,
    ModelMetrics,
    OnlineMetrics,
    RecommendationMetrics,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.reports import TrainingReport
from aiaas_mock.services.recommendations.served import day_of
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import Outcome, ServedCount

_MOST_MODELS: Final = 100
_CLICK: Final = "click"
_PURCHASE: Final = "purchase"

_Group = tuple[str, str | None]


class MetricsService:
    """Answers ``recommendations.metrics``.

    Args:
        store: Where models, events and counts are.
        flush: Writes the counts that are not there yet.
    """

    def __init__(self, store: Store, flush: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._flush = flush

    async def metrics(
        self, request: MetricsRequest, context: RequestContext
    ) -> RecommendationMetrics:
        """Answer ``recommendations.metrics``; answers are counted by day, so the window begins
        at midnight UTC of its first day."""
        await self._flush()
        namespace, now = context.namespace, context.now()
        since = None
        if request.window_s is not None:
            first = now - timedelta(seconds=request.window_s)
            since = first.replace(hour=0, minute=0, second=0, microsecond=0)

        def read(transaction: Transaction) -> RecommendationMetrics:
            since_day = None if since is None else day_of(since)
            served = transaction.recommenders.served(namespace, since_day=since_day)
            outcomes = transaction.events.outcomes(namespace, since=since)
            return RecommendationMetrics(
                offline=tuple(_offline(transaction, namespace)),
                online=tuple(_online(served, outcomes)),
            )

        return await self._store.run(read)


def _offline(transaction: Transaction, namespace: str) -> Iterator[ModelMetrics]:
    promoted = transaction.recommenders.promoted(namespace)
    for _, model in transaction.recommenders.list(namespace, before=None, limit=_MOST_MODELS):
        metrics = TrainingReport.read(model.report).candidate
        if metrics is not None:
            status = "promoted" if model.id == promoted else "candidate"
            yield ModelMetrics(model=model.id, family=model.family, status=status, metrics=metrics)


def _online(served: Sequence[ServedCount], outcomes: Sequence[Outcome]) -> Iterator[OnlineMetrics]:
    answers: dict[_Group, int] = {}
    for count in served:
        key = count.model, count.group
        answers[key] = answers.get(key, 0) + count.answers
    became = {(one.model, one.group, one.type): one for one in outcomes}
    # An answer of before the window may have been clicked in it: then there are no answers.
    groups = answers.keys() | {(one.model, one.group) for one in outcomes}
    for model, group in sorted(groups, key=lambda key: (key[0], key[1] or "")):
        given = answers.get((model, group), 0)
        clicked = became.get((model, group, _CLICK))
        bought = became.get((model, group, _PURCHASE))
        clicks = 0 if clicked is None else clicked.answers
        conversions = 0 if bought is None else bought.answers
        yield OnlineMetrics(
            model=model,
            group=group,
            answers=given,
            clicks=clicks,
            conversions=conversions,
            click_through_rate=clicks / given if given else 0.0,
            conversion_rate=conversions / given if given else 0.0,
            revenue=0.0 if bought is None else bought.value,
        )
