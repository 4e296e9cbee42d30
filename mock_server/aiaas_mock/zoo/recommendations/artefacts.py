"""From what a training found to an artefact."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aiaas_mock.inference.recommenders import Artefact, Family, Manifest
from aiaas_mock.inference.recommenders.factors import Factors
from aiaas_mock.inference.recommenders.manifest import AnyMember, RecencySettings
from aiaas_mock.inference.recommenders.neighbours import Neighbours
from aiaas_mock.zoo.recommendations.events import Events, Floats
from aiaas_mock.zoo.recommendations.settings import Settings


def artefact(
    family: Family,
    events: Events,
    settings: Settings,
    *,
    prior: Floats,
    members: tuple[AnyMember, ...] = (),
    files: Mapping[str, Neighbours | Factors | bytes] | None = None,
) -> Artefact:
    """Put a trained recommender together."""
    manifest = Manifest(
        family=family,
        items=events.size,
        members=members,
        recency=RecencySettings(
            half_life_visits=settings.half_life_visits or None, floor=settings.floor
        ),
        trained_until_us=int(events.times_us.max()) if len(events) else None,
        settings=settings.kept(),
    )
    return Artefact(manifest, events.item_ids, prior, files or {})


def popularity_prior(events: Events) -> Floats:
    """Return how popular each item is, from 0 to 1: by the logarithm, so that none towers."""
    counts = np.log1p(events.popularity())
    prior: Floats = (counts / max(counts.max(initial=0.0), 1e-9)).astype(np.float32)
    return prior
