"""How recommendations, models and figures look in tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiaas import (
        Event,
        Experiment,
        InterestedUsers,
        Item,
        ModelMetrics,
        OfflineMetrics,
        OnlineMetrics,
        Recommendations,
        TrainedModel,
    )

Rows = Iterator[tuple[str, ...]]

RECOMMENDED: Final = ("item", "title", "score", "why")
USERS: Final = ("user", "score")
ITEMS: Final = ("item", "title", "available", "metadata", "updated")
EVENTS: Final = ("event", "time", "type", "user", "item", "value", "model", "group")
MODELS: Final = ("model", "family", "status", "recall", "nDCG", "decision")
OFFLINE: Final = (
    *("model", "family", "status", "users", "recall", "nDCG", "hits", "coverage", "novelty"),
    "diversity",
)
ONLINE: Final = (
    *("model", "group", "answers", "clicks", "click-through", "conversions", "conversion"),
    "revenue",
)
GROUPS: Final = ("group", "model", "share")


def recommended(answer: Recommendations) -> Rows:
    """Yield the items with their reasons."""
    for item in answer.items:
        yield item.item_id, item.title or "", f"{item.score:.3f}", item.why


def users(answer: InterestedUsers) -> Rows:
    """Yield the users."""
    for user in answer.users:
        yield user.user_id, f"{user.score:.3f}"


def item(one: Item) -> tuple[str, ...]:
    """Return an item of the catalogue."""
    values = ", ".join(f"{field}={_value(value)}" for field, value in one.metadata.items())
    available = "yes" if one.available else "no"
    return one.id, one.title or "", available, values, f"{one.updated_at:%Y-%m-%d %H:%M}"


def event(one: Event) -> tuple[str, ...]:
    """Return an event."""
    value = "" if one.value is None else f"{one.value:g}"
    time = f"{one.time:%Y-%m-%d %H:%M:%S}"
    return one.id, time, one.type, one.user, one.item, value, one.model or "", one.group or ""


def model(one: TrainedModel) -> tuple[str, ...]:
    """Return a model in a line."""
    measured = one.metrics
    recall = f"{measured.recall:.3f}" if measured else ""
    ndcg = f"{measured.ndcg:.3f}" if measured else ""
    return one.id, one.family, one.status, recall, ndcg, one.decision or ""


def model_fields(one: TrainedModel) -> Iterator[tuple[str, str]]:
    """Yield all that is known of a model."""
    yield "model", one.id
    yield "family", one.family
    yield "status", one.status
    yield "origin", one.origin
    yield "created", one.created_at.isoformat() if one.created_at else ""
    yield "job", one.job or ""
    yield "events", "" if one.events is None else f"{one.events:,}"
    yield "items", "" if one.items is None else f"{one.items:,}"
    yield "decision", one.decision or ""
    if one.metrics:
        names = ("users", f"recall@{one.metrics.k}", f"nDCG@{one.metrics.k}", "hits", "coverage")
        yield from zip((*names, "novelty", "diversity"), _measures(one.metrics), strict=True)


def offline(one: ModelMetrics) -> tuple[str, ...]:
    """Return what was measured when a model was trained."""
    return one.model, one.family, one.status, *_measures(one.metrics)


def online(one: OnlineMetrics) -> tuple[str, ...]:
    """Return what users did with the answers of a model."""
    return (
        one.model,
        one.group or "",
        f"{one.answers:,}",
        f"{one.clicks:,}",
        f"{one.click_through_rate:.1%}",
        f"{one.conversions:,}",
        f"{one.conversion_rate:.1%}",
        f"{one.revenue:,.2f}",
    )


def groups(experiment: Experiment) -> Rows:
    """Yield the groups of an experiment."""
    for group in experiment.groups:
        yield group.name, group.model, f"{group.share:.0%}"


def _measures(found: OfflineMetrics) -> tuple[str, ...]:
    diversity = "" if found.diversity is None else f"{found.diversity:.3f}"
    rates = (found.recall, found.ndcg, found.hit_rate, found.coverage)
    return (
        f"{found.users:,}",
        *(f"{rate:.3f}" for rate in rates),
        f"{found.novelty:.1f}",
        diversity,
    )


def _value(value: object) -> str:
    return " | ".join(map(str, value)) if isinstance(value, tuple) else str(value)
