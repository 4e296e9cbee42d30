"""Cases of ``recommendations.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.cases import (
    recommendation_events,
    recommendation_items,
    recommendation_learning,
    recommendation_ranking,
    recommendation_users,
)

CASES: Final = (
    *recommendation_items.CASES,
    *recommendation_users.CASES,
    *recommendation_events.CASES,
    *recommendation_ranking.CASES,
    *recommendation_learning.CASES,
)
