"""Item-kNN: what is had together, by cosine (Sarwar et al. 2001), with shrinkage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.recommenders import Artefact
from aiaas_mock.inference.recommenders.manifest import NeighboursMember
from aiaas_mock.inference.recommenders.neighbours import Neighbours, of_rows
from aiaas_mock.zoo.recommendations.artefacts import artefact, popularity_prior
from aiaas_mock.zoo.recommendations.events import Events, co_occurrences
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class KnnSettings(Settings):
    """How neighbours are found.

    Attributes:
        neighbours: Most neighbours of an item.
        shrinkage: Added to the counts below the line, so that a few people prove little.
        visits: Whether items must be of one visit to count as had together.
        prior: What popularity adds to a score, at most.
    """

    neighbours: int = 100
    shrinkage: float = 10.0
    visits: bool = False
    prior: float = 0.001


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Compare each item with all others."""
    settings = chosen(KnnSettings, given)
    found = _neighbours(events, settings, report)
    return artefact(
        "item-knn",
        events,
        settings,
        prior=settings.prior * popularity_prior(events),
        members=(NeighboursMember(family="item-knn", file="item-knn.npz"),),
        files={"item-knn.npz": found},
    )


def _neighbours(events: Events, settings: KnnSettings, report: Report) -> Neighbours:
    counts = events.popularity().astype(np.float32)
    groups = events.visits() if settings.visits else events.users.astype(np.int64)
    keep = min(settings.neighbours, max(events.size - 1, 1))
    neighbours, values = [], []
    first = 0
    for block in co_occurrences(groups, events.items, events.size):
        rows = np.arange(first, first + len(block))
        block /= np.sqrt(counts[rows])[:, None] * np.sqrt(counts) + settings.shrinkage + 1e-9
        block[rows - first, rows] = 0  # nobody is told what they have
        nearest = np.argpartition(-block, keep - 1, axis=1)[:, :keep]
        nearest.sort(axis=1)
        neighbours.append(nearest)
        values.append(np.take_along_axis(block, nearest, axis=1))
        first += len(block)
        report("comparing items", first / events.size)
    return of_rows(events.size, np.concatenate(neighbours), np.concatenate(values))
