"""EASE: a linear model from all items to each other in closed form (Steck 2019)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders import Artefact
from aiaas_mock.inference.recommenders.manifest import NeighboursMember
from aiaas_mock.inference.recommenders.neighbours import largest
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.artefacts import artefact, popularity_prior
from aiaas_mock.zoo.recommendations.events import Events, Floats, co_occurrences
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen

MOST_ITEMS: Final = 10_000
"""The closed form turns a matrix of items x items over: 1.6 GB at 10,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EaseSettings(Settings):
    """How the linear model is fitted.

    Attributes:
        penalty: Of the squared weights (lambda).
        visit_weight: What a row of the data that is a visit counts beside one that is a person.
        neighbours: Most weights that are kept of an item.
        prior: What popularity adds to a score, at most.
    """

    penalty: float = 60.0
    visit_weight: float = 1.0
    neighbours: int = 100
    prior: float = 0.001


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Solve for the weights.

    Raises:
        ZooError: There are more than `MOST_ITEMS` items.
    """
    settings = chosen(EaseSettings, given)
    weights = largest(solved(events, settings, report), settings.neighbours)
    return artefact(
        "ease",
        events,
        settings,
        prior=settings.prior * popularity_prior(events),
        members=(NeighboursMember(family="ease", file="ease.npz"),),
        files={"ease.npz": weights},
    )


def solved(events: Events, settings: EaseSettings, report: Report) -> Floats:
    """Return what each item (row) says of each other one (column)."""
    if events.size > MOST_ITEMS:
        raise ZooError(
            "bad_settings",
            f"EASE takes {MOST_ITEMS} items at most, here are {events.size}; use item-knn",
        )
    report("counting", 0.0)
    gram = np.zeros((events.size, events.size))
    _count_into(gram, events, events.users.astype(np.int64), 1.0)
    if settings.visit_weight:
        _count_into(gram, events, events.visits(), settings.visit_weight)
    gram[np.diag_indices(events.size)] += settings.penalty
    report("solving", 0.2)
    inverse = np.linalg.inv(gram)
    weights: Floats = (inverse / -np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return weights


def _count_into(
    gram: NDArray[np.float64], events: Events, groups: NDArray[np.int64], weight: float
) -> None:
    for pairs in co_occurrences(groups, events.items, events.size):
        gram[pairs.rows, pairs.columns] += weight * pairs.counts
