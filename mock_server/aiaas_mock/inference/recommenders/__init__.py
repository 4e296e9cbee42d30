"""Recommenders: what scores every item of a catalogue for somebody's past, and says why.

A recommender is a folder, an *artefact*: our own and those that are trained from a tenant's events
are of the same form, and are read as data.
"""

from aiaas_mock.inference.recommenders.artefact import (
    Artefact,
    load_recommender,
    read_manifest,
    write_artefact,
)
from aiaas_mock.inference.recommenders.manifest import (
    MANIFEST_FILE,
    Family,
    Manifest,
    RecommenderError,
)
from aiaas_mock.inference.recommenders.protocol import Recommender
from aiaas_mock.inference.recommenders.recency import Recency

__all__ = [
    "MANIFEST_FILE",
    "Artefact",
    "Family",
    "Manifest",
    "Recency",
    "Recommender",
    "RecommenderError",
    "load_recommender",
    "read_manifest",
    "write_artefact",
]
