"""What most people had: the model that all others must beat."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas_mock.inference.recommenders import Artefact
from aiaas_mock.zoo.recommendations.artefacts import artefact, popularity_prior
from aiaas_mock.zoo.recommendations.events import Events
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Count."""
    settings = chosen(Settings, given)
    report("counting", 0.0)
    return artefact("popularity", events, settings, prior=popularity_prior(events))
