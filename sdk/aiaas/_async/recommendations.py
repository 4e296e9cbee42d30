"""Recommendations: from events to items, with reasons."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aiaas._async.recommendation_learning import AsyncLearning
from aiaas._async.recommendation_ranking import AsyncRecommending

if TYPE_CHECKING:
    from aiaas._async.recommendation_events import AsyncRecommendationEvents
    from aiaas._async.recommendation_items import AsyncRecommendationItems
    from aiaas._async.recommendation_learning import (
        AsyncRecommendationExperiment,
        AsyncRecommendationModels,
    )
    from aiaas._async.recommendation_users import AsyncRecommendationUsers


class AsyncRecommender(AsyncRecommending, AsyncLearning):
    """Recommend items to users, and say why. Reach it as ``client.recommendations``.

    Send the catalogue to ``items`` and what users do to ``events``; the next answer knows of it.
    `train` makes a model of all events, and ``experiment`` tries two of them against each other.
    """

    @cached_property
    def items(self) -> AsyncRecommendationItems:
        """Add, list and delete what is recommended."""
        from aiaas._async.recommendation_items import AsyncRecommendationItems

        return AsyncRecommendationItems(self._pipeline)

    @cached_property
    def users(self) -> AsyncRecommendationUsers:
        """Tell what is known of users, and erase it."""
        from aiaas._async.recommendation_users import AsyncRecommendationUsers

        return AsyncRecommendationUsers(self._pipeline)

    @cached_property
    def events(self) -> AsyncRecommendationEvents:
        """Tell what users did, and list it."""
        from aiaas._async.recommendation_events import AsyncRecommendationEvents

        return AsyncRecommendationEvents(self._pipeline)

    @cached_property
    def models(self) -> AsyncRecommendationModels:
        """List models, promote one, go back."""
        from aiaas._async.recommendation_learning import AsyncRecommendationModels

        return AsyncRecommendationModels(self._pipeline)

    @cached_property
    def experiment(self) -> AsyncRecommendationExperiment:
        """Try models against each other."""
        from aiaas._async.recommendation_learning import AsyncRecommendationExperiment

        return AsyncRecommendationExperiment(self._pipeline)
