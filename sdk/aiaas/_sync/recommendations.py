# Generated from aiaas/_async/recommendations.py by `make sync`; edit that file instead.
"""Recommendations: from events to items, with reasons."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aiaas._sync.recommendation_learning import Learning
from aiaas._sync.recommendation_ranking import Recommending

if TYPE_CHECKING:
    from aiaas._sync.recommendation_events import RecommendationEvents
    from aiaas._sync.recommendation_items import RecommendationItems
    from aiaas._sync.recommendation_learning import (
        RecommendationExperiment,
        RecommendationModels,
    )
    from aiaas._sync.recommendation_users import RecommendationUsers


class Recommender(Recommending, Learning):
    """Recommend items to users, and say why. Reach it as ``client.recommendations``.

    Send the catalogue to ``items`` and what users do to ``events``; the next answer knows of it.
    `train` makes a model of all events, and ``experiment`` tries two of them against each other.
    """

    @cached_property
    def items(self) -> RecommendationItems:
        """Add, list and delete what is recommended."""
        from aiaas._sync.recommendation_items import RecommendationItems

        return RecommendationItems(self._pipeline)

    @cached_property
    def users(self) -> RecommendationUsers:
        """Tell what is known of users, and erase it."""
        from aiaas._sync.recommendation_users import RecommendationUsers

        return RecommendationUsers(self._pipeline)

    @cached_property
    def events(self) -> RecommendationEvents:
        """Tell what users did, and list it."""
        from aiaas._sync.recommendation_events import RecommendationEvents

        return RecommendationEvents(self._pipeline)

    @cached_property
    def models(self) -> RecommendationModels:
        """List models, promote one, go back."""
        from aiaas._sync.recommendation_learning import RecommendationModels

        return RecommendationModels(self._pipeline)

    @cached_property
    def experiment(self) -> RecommendationExperiment:
        """Try models against each other."""
        from aiaas._sync.recommendation_learning import RecommendationExperiment

        return RecommendationExperiment(self._pipeline)
