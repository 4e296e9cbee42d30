"""Recommendations: items, users, events, and what is recommended, learned and measured."""

from __future__ import annotations

from typing import Final

from aiaas.contract.recommendations import events, items, learning, ranking, users

OPERATIONS: Final = (
    *items.OPERATIONS,
    *users.OPERATIONS,
    *events.OPERATIONS,
    *ranking.OPERATIONS,
    *learning.OPERATIONS,
)
