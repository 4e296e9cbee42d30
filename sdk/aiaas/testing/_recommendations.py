"""Recommendations that are quick to write and right by construction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiaas.contract.answers import ItemError, Usage
from aiaas.contract.problems import problem
from aiaas.contract.recommendations.items import Item
from aiaas.contract.recommendations.ranking import (
    InterestedUser,
    InterestedUsers,
    RankedItems,
    Reason,
    Recommendations,
    RecommendedItem,
)

_MODEL = "ease@1"
_ID = "rcm_test"
_UPDATED = datetime(2026, 1, 1, tzinfo=UTC)


def catalogue_item(
    item_id: str, title: str | None = None, *, available: bool = True, **metadata: Any
) -> Item:
    """Make an item as the catalogue keeps it.

    Args:
        item_id: Its id.
        title: What it is called.
        available: Whether it may be recommended.
        metadata: Its values by field: ``price=4.5``.

    Example:
        >>> catalogue_item("mug-1", "White mug", price=4.5).metadata
        {'price': 4.5}
    """
    return Item(
        id=item_id, title=title, metadata=metadata, available=available, updated_at=_UPDATED
    )


def recommended_item(
    item_id: str,
    score: float | None = None,
    *,
    title: str | None = None,
    because: Mapping[str, float] | None = None,
    **metadata: Any,
) -> RecommendedItem:
    """Make an item of an answer, with reasons that add up to its score.

    Args:
        item_id: Its id.
        score: How well it fits; the sum of the reasons when omitted, or 1 without any.
        title: What it is called.
        because: What each item of the user's past contributes to the score, by its id.
        metadata: Its values by field: ``price=4.5``.

    Raises:
        ValueError: The reasons do not add up to the score.

    Example:
        >>> recommended_item("mug-1", because={"mug-2": 0.3, "tea-1": 0.1}).score
        0.4
    """
    parts = because or {}
    sum_of_parts = sum(parts.values())
    score = score if score is not None else sum_of_parts if parts else 1.0
    if parts and abs(sum_of_parts - score) > 1e-6:
        raise ValueError(f"the reasons add up to {sum_of_parts:g}, not to the score {score:g}")
    greatest_first = sorted(parts, key=lambda name: -abs(parts[name]))
    return RecommendedItem(
        item_id=item_id,
        score=score,
        title=title,
        metadata=metadata,
        reasons=tuple(
            Reason(
                kind="item",
                contribution=parts[name],
                exact=True,
                item_id=name,
                detail=f"Goes with {name}.",
            )
            for name in greatest_first
        ),
    )


def recommendations(
    *items: RecommendedItem | str,
    model: str = _MODEL,
    recommendation_id: str = _ID,
    group: str | None = None,
) -> Recommendations:
    """Make an answer of ``for_user``, ``similar_items``, ``popular`` or ``next_items``.

    Args:
        items: The items, best first; ids alone get scores that fall.
        model: ``name@version`` of the model that answers.
        recommendation_id: What events name.
        group: The group of the experiment that the user is in.

    Example:
        >>> [item.item_id for item in recommendations("mug-1", "bag-2").items]
        ['mug-1', 'bag-2']
    """
    return Recommendations(
        id=recommendation_id,
        object="recommendations",
        model=model,
        usage=Usage(inputs=1),
        recommendation_id=recommendation_id,
        group=group,
        items=tuple(_scored(items)),
    )


def ranked_items(
    *items: RecommendedItem | str,
    unknown: Mapping[int, str] | None = None,
    model: str = _MODEL,
    recommendation_id: str = _ID,
) -> RankedItems:
    """Make an answer of ``rank``.

    Args:
        items: The items, best first; ids alone get scores that fall.
        unknown: Ids that are not in the catalogue, by their positions in the call.
        model: ``name@version`` of the model that answers.
        recommendation_id: What events name.
    """
    errors = tuple(
        ItemError(
            index=index,
            error=problem("item_not_found", f"There is no item {name!r}.", param=f"/items/{index}"),
        )
        for index, name in (unknown or {}).items()
    )
    answer = recommendations(*items, model=model, recommendation_id=recommendation_id)
    return RankedItems(**dict(answer), errors=errors)


def interested_users(*users: str, model: str = _MODEL) -> InterestedUsers:
    """Make an answer of ``users_for_item``.

    Args:
        users: Ids, the most interested first; their scores fall.
        model: ``name@version`` of the model that answers.
    """
    return InterestedUsers(
        id="rcm_test",
        object="recommendations.users",
        model=model,
        usage=Usage(inputs=1),
        users=tuple(
            InterestedUser(user_id=user, score=_falling(place, len(users)))
            for place, user in enumerate(users)
        ),
    )


def _scored(items: tuple[RecommendedItem | str, ...]) -> Iterable[RecommendedItem]:
    for place, item in enumerate(items):
        if isinstance(item, str):
            yield recommended_item(item, _falling(place, len(items)))
        else:
            yield item


def _falling(place: int, of: int) -> float:
    return 1 - place / of
