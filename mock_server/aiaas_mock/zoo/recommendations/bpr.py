"""Matrix factorisation by Bayesian personalised ranking (Rendle et al. 2009).

Somebody's vector is learned with the others, and then folded together from their items', by a
linear map fitted to what was learned: so a new person, or a new event, needs no training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from aiaas_mock.inference.recommenders import Artefact, Recency
from aiaas_mock.inference.recommenders.factors import Factors
from aiaas_mock.inference.recommenders.manifest import FactorsMember
from aiaas_mock.zoo.recommendations.artefacts import artefact
from aiaas_mock.zoo.recommendations.events import Events, Floats
from aiaas_mock.zoo.recommendations.networks import begin, learning_step, optimizer
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen

FILE = "bpr.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class BprSettings(Settings):
    """How the vectors are learned.

    Attributes:
        factors: Numbers in a vector.
        epochs: Passes over the events.
        batch: Events of a step.
        rate: Of learning, at the beginning.
        penalty: Of the squared numbers of the vectors in a batch.
        ridge: Of the map that folds a person's vector together.
    """

    factors: int = 64
    epochs: int = 40
    batch: int = 4096
    rate: float = 0.01
    penalty: float = 0.002
    ridge: float = 10.0


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Learn the vectors."""
    settings = chosen(BprSettings, given)
    begin(settings.seed)
    people = tf.Variable(tf.random.normal((events.people, settings.factors), stddev=0.1))
    items = tf.Variable(tf.random.normal((events.size, settings.factors), stddev=0.1))
    bias = tf.Variable(tf.zeros(events.size))
    steps = settings.epochs * -(-len(events) // settings.batch)
    step = learning_step(
        [people, items, bias],
        _loss(people, items, bias, settings.penalty),
        optimizer(settings.rate, steps),
    )
    rng = np.random.default_rng(settings.seed)
    for epoch in range(settings.epochs):
        for batch in _triples(events, settings.batch, rng):
            loss = step(*batch)
        report(f"bpr: epoch {epoch + 1}, loss {loss:.3f}", (epoch + 1) / settings.epochs)
    folded = _folded(events, people.numpy(), items.numpy(), settings)
    return artefact(
        "bpr",
        events,
        settings,
        prior=bias.numpy(),
        members=(FactorsMember(family="bpr", file=FILE),),
        files={FILE: Factors(folded, items.numpy())},
    )


def _triples(events: Events, batch: int, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """Go through the events, each with an item that the person did not have, by all odds."""
    order = rng.permutation(len(events))
    for at in range(0, len(order), batch):
        mine = order[at : at + batch]
        others = rng.integers(0, events.size, len(mine)).astype(np.int32)
        yield events.users[mine], events.items[mine], others


def _loss(people: Any, items: Any, bias: Any, penalty: float) -> Any:
    def loss(person: Any, had: Any, other: Any) -> Any:
        mine, yes, no = (
            tf.gather(people, person),
            tf.gather(items, had),
            tf.gather(items, other),
        )
        better = tf.reduce_sum(mine * (yes - no), axis=1)
        better += tf.gather(bias, had) - tf.gather(bias, other)
        lengths = tf.reduce_sum(mine**2 + yes**2 + no**2, axis=1)
        return tf.reduce_mean(-tf.math.log_sigmoid(better) + penalty * lengths)

    return loss


def _folded(events: Events, people: Floats, items: Floats, settings: BprSettings) -> Floats:
    """Fit the map from the sum of somebody's item vectors to the vector that was learned."""
    # With recency as it is served, so that the map knows how large the sums will be.
    weights = events.weights(Recency(settings.half_life_visits or None, settings.floor))
    sums = np.zeros_like(people)
    np.add.at(sums, events.users, items[events.items] * weights[:, None])
    square = sums.T @ sums + settings.ridge * np.eye(sums.shape[1], dtype=np.float32)
    folded: Floats = items @ np.linalg.solve(square, sums.T @ people)
    return folded
