"""A weighted sum of EASE and networks, whose weights were chosen on held-out events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.recommenders import Artefact, Family
from aiaas_mock.zoo.recommendations.artefacts import artefact
from aiaas_mock.zoo.recommendations.events import Events
from aiaas_mock.zoo.recommendations.registry import trainer
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleSettings(Settings):
    """What each member's scores are multiplied with; 0 leaves it out.

    A setting of a member is given as "family.name", such as "multi-vae.epochs".
    """

    ease: float = 1.0
    multi_vae: float = 0.0
    two_tower: float = 0.035
    sasrec: float = 0.0

    def weights(self) -> dict[Family, float]:
        """Return the weights of the members that take part."""
        every: dict[Family, float] = {
            "ease": self.ease,
            "multi-vae": self.multi_vae,
            "two-tower": self.two_tower,
            "sasrec": self.sasrec,
        }
        return {family: weight for family, weight in every.items() if weight}


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Train the members one after the other."""
    own = {name: value for name, value in given.items() if "." not in name}
    settings = chosen(EnsembleSettings, own)
    parts: dict[Family, Artefact] = {}
    weights = settings.weights()
    for at, family in enumerate(weights):
        begun = at / len(weights)

        def shared(message: str, fraction: float, begun: float = begun) -> None:
            report(message, begun + fraction / len(weights))

        parts[family] = trainer(family)(events, _settings_of(family, given, settings), shared)
    return combined(events, settings, parts, weights)


def combined(
    events: Events,
    settings: Settings,
    parts: Mapping[Family, Artefact],
    weights: Mapping[Family, float],
) -> Artefact:
    """Add artefacts of the same items up, each multiplied with its weight."""
    prior = np.zeros(events.size, np.float32)
    members = []
    for family, part in parts.items():
        weight = weights[family]
        prior += np.float32(weight) * part.prior
        members += [
            member.model_copy(update={"weight": weight * member.weight})
            for member in part.manifest.members
        ]
    files = {name: file for part in parts.values() for name, file in part.files.items()}
    return artefact("ensemble", events, settings, prior=prior, members=tuple(members), files=files)


def _settings_of(
    family: Family, given: Mapping[str, Setting], settings: EnsembleSettings
) -> dict[str, Setting]:
    """The members see the same weights of older items, as there is one history for all."""
    own = {
        name.partition(".")[2]: value
        for name, value in given.items()
        if name.partition(".")[0] == family and "." in name
    }
    return {
        **own,
        "half_life_visits": settings.half_life_visits,
        "floor": settings.floor,
        "seed": settings.seed,
    }
