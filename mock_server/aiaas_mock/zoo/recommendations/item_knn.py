"""Item-kNN: what is had together, by cosine (Sarwar et al. 2001), with shrinkage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiaas_mock.inference.recommenders import Artefact
from aiaas_mock.inference.recommenders.manifest import NeighboursMember
from aiaas_mock.inference.recommenders.neighbours import Neighbours
from aiaas_mock.zoo.recommendations.artefacts import artefact, popularity_prior
from aiaas_mock.zoo.recommendations.events import Events, Floats, Pairs, co_occurrences
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
    nearest = []
    for pairs in co_occurrences(groups, events.items, events.size):
        nearest.append(_nearest(pairs, counts, settings))
        report("comparing items", pairs.end / events.size)
    rows, columns, values = (np.concatenate(part) for part in zip(*nearest, strict=True))
    starts = np.searchsorted(rows, np.arange(events.size + 1)).astype(np.int64)
    return Neighbours(starts, columns.astype(np.int32), values)


def _nearest(pairs: Pairs, counts: Floats, settings: KnnSettings) -> tuple[Any, ...]:
    """Return rows, columns and values of the nearest neighbours of each item."""
    others = pairs.rows != pairs.columns  # nobody is told what they have
    rows, columns = pairs.rows[others], pairs.columns[others]
    both = np.sqrt(counts[rows] * counts[columns]) + settings.shrinkage
    values = (pairs.counts[others] / both).astype(np.float16)
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = (place < settings.neighbours) & (values > 0)
    return rows[kept], columns[kept], values[kept]
