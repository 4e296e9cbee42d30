# Generated from aiaas/_async/recommendation_ranking.py by `make sync`; edit that file instead.
"""Recommendations: which items, for whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aiaas._core.recommendation_types import (
    InterestedUsers,
    RankedItems,
    Recommendations,
    remember_user,
)
from aiaas._core.requests import arguments
from aiaas._sync.recommendation_calls import RecommendationCalls
from aiaas.contract.recommendations import ranking
from aiaas.contract.recommendations.ranking import Context, Promotion

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class Recommending(RecommendationCalls):
    """What is recommended, and to whom."""

    def for_user(
        self,
        user: str,
        *,
        count: int = 10,
        filter: str | None = None,
        exclude_seen: bool = True,
        diversity: float = 0.0,
        exploration: float = 0.0,
        promotions: Iterable[Promotion | Mapping[str, object]] = (),
        context: Context | Mapping[str, object] | None = None,
        reasons: int = 3,
        seed: int | None = None,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Recommendations:
        """Recommend items to a user.

        Args:
            user: The user; one without events gets what is popular, and what fits the context.
            count: Most items in the answer, 1 to 100.
            filter: Only items that meet this condition on their metadata, for instance
                ``price < 20 and category in ("mugs", "bags")``.
            exclude_seen: Whether to leave out items that the user has an event with.
            diversity: 0 for the best items one by one, 1 for items as different as can be.
            exploration: The part of the answer, 0 to 1, for items that few have seen yet.
            promotions: Items that are to be among them: a ``filter`` and the ``share`` of the
                answer that they get at least.
            context: What is known of the moment: ``items`` in view or in the basket, and values
                of metadata to ``prefer``.
            reasons: Most reasons for each item, 0 to 20.
            seed: Makes what is left to chance repeatable.
            model: A model of yours or a built-in one, ``name`` or ``name@version``; the promoted
                one, or that of the experiment, when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The items, best first, each with its ``score`` and ``why``.

        Raises:
            InvalidRequestError: The filter cannot be read; ``detail`` says at which column.
            NotFoundError: There is no such model, or no such item in the context.
            ValueError: An argument is out of range.

        Example:
            >>> answer = client.recommendations.for_user("ada", filter="price < 20")
            >>> for item in answer:
            ...     print(item.title, item.score, item.why)
        """
        with arguments():
            request = ranking.ForUserRequest.model_validate(
                {
                    "user": user,
                    "count": count,
                    "filter": filter,
                    "exclude_seen": exclude_seen,
                    "diversity": diversity,
                    "exploration": exploration,
                    "promotions": list(promotions),
                    "context": context or Context(),
                    "reasons": reasons,
                    "seed": seed,
                    "model": model,
                }
            )
        answer = self._ask(ranking.FOR_USER, request, Recommendations, options)
        remember_user(answer, user)
        return answer

    def similar_items(
        self,
        item: str,
        *,
        count: int = 10,
        filter: str | None = None,
        diversity: float = 0.0,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Recommendations:
        """Find items that go with an item.

        Args:
            item: Its id.
            count: Most items in the answer, 1 to 100.
            filter: Only items that meet this condition on their metadata.
            diversity: 0 for the nearest items, 1 for items as different as can be.
            model: A model of yours or a built-in one; the promoted one when omitted.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such item, or no such model.
            InvalidRequestError: The filter cannot be read.
            ValueError: An argument is out of range.

        Example:
            >>> for item in client.recommendations.similar_items("mug-1", count=3):
            ...     print(item.title, item.score)
        """
        with arguments():
            request = ranking.SimilarItemsRequest(
                item=item, count=count, filter=filter, diversity=diversity, model=model
            )
        return self._ask(ranking.SIMILAR_ITEMS, request, Recommendations, options)

    def rank(
        self,
        user: str,
        items: Iterable[str],
        *,
        context: Context | Mapping[str, object] | None = None,
        reasons: int = 3,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> RankedItems:
        """Put given items in order for a user.

        Args:
            user: The user.
            items: Ids of 1 to 1,000 items.
            context: What is known of the moment: ``items`` in view or in the basket, and values
                of metadata to ``prefer``.
            reasons: Most reasons for each item, 0 to 20.
            model: A model of yours or a built-in one; the promoted one, or that of the
                experiment, when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The items, best first; in ``errors`` those that are not in the catalogue.

        Raises:
            NotFoundError: There is no such model.
            ValueError: An argument is out of range.

        Example:
            >>> ranked = client.recommendations.rank("ada", ["mug-1", "bag-7", "lamp-2"])
            >>> print([item.item_id for item in ranked])
        """
        with arguments():
            request = ranking.RankRequest.model_validate(
                {
                    "user": user,
                    "items": items if isinstance(items, str) else list(items),
                    "context": context or Context(),
                    "reasons": reasons,
                    "model": model,
                }
            )
        answer = self._ask(ranking.RANK, request, RankedItems, options)
        remember_user(answer, user)
        return answer

    def popular(
        self,
        *,
        count: int = 10,
        filter: str | None = None,
        window_s: int | None = None,
        type: str | None = None,
        trend: bool = False,
        **options: Unpack[CallOptions],
    ) -> Recommendations:
        """Find what many users like, or what more and more do.

        Args:
            count: Most items in the answer, 1 to 100.
            filter: Only items that meet this condition on their metadata.
            window_s: Seconds back from now that count; all time when omitted.
            type: Only events of this type.
            trend: Whether to order by how much more users an item has in the window than in the
                one before it; needs `window_s`.
            options: Options for this call; see `CallOptions`.

        Raises:
            InvalidRequestError: The filter cannot be read, or `trend` lacks a window.
            ValueError: An argument is out of range.

        Example:
            >>> week_s = 7 * 24 * 3600
            >>> for item in client.recommendations.popular(window_s=week_s, trend=True):
            ...     print(item.title, item.score)
        """
        with arguments():
            request = ranking.PopularRequest(
                count=count, filter=filter, window_s=window_s, type=type, trend=trend
            )
        return self._ask(ranking.POPULAR, request, Recommendations, options)

    def next_items(
        self,
        items: Iterable[str],
        *,
        count: int = 10,
        filter: str | None = None,
        exclude_seen: bool = True,
        reasons: int = 3,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Recommendations:
        """Find what comes next in a session of somebody who need not be known.

        Args:
            items: Ids of 1 to 100 items that were seen, the last one last.
            count: Most items in the answer, 1 to 100.
            filter: Only items that meet this condition on their metadata.
            exclude_seen: Whether to leave out those that were seen.
            reasons: Most reasons for each item, 0 to 20.
            model: A model of yours or a built-in one; the promoted one when omitted.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such item, or no such model.
            InvalidRequestError: The filter cannot be read.
            ValueError: An argument is out of range.

        Example:
            >>> answer = client.recommendations.next_items(["mug-1", "tea-3"])
            >>> print([item.title for item in answer])
        """
        with arguments():
            request = ranking.NextItemsRequest.model_validate(
                {
                    "items": items if isinstance(items, str) else list(items),
                    "count": count,
                    "filter": filter,
                    "exclude_seen": exclude_seen,
                    "reasons": reasons,
                    "model": model,
                }
            )
        return self._ask(ranking.NEXT_ITEMS, request, Recommendations, options)

    def users_for_item(
        self,
        item: str,
        *,
        count: int = 10,
        exclude_seen: bool = True,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> InterestedUsers:
        """Find users whom an item would interest.

        Args:
            item: Its id.
            count: Most users in the answer, 1 to 100.
            exclude_seen: Whether to leave out users who have an event with it.
            model: A model of yours or a built-in one; the promoted one when omitted.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such item, or no such model.
            ValueError: An argument is out of range.

        Example:
            >>> for user in client.recommendations.users_for_item("mug-1"):
            ...     print(user.user_id, user.score)
        """
        with arguments():
            request = ranking.UsersForItemRequest(
                item=item, count=count, exclude_seen=exclude_seen, model=model
            )
        return self._ask(ranking.USERS_FOR_ITEM, request, InterestedUsers, options)
