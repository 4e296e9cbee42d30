"""Two towers: an item's vector is made of its id and of the words of its title.

The tower of people is the weighted sum of their items' vectors, so that reasons are exact. Now
and then the ids are hidden, so that an item nobody had yet is found by its title alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders import Artefact, Recency
from aiaas_mock.inference.recommenders.factors import Factors
from aiaas_mock.inference.recommenders.manifest import FactorsMember
from aiaas_mock.zoo.recommendations.artefacts import artefact, popularity_prior
from aiaas_mock.zoo.recommendations.events import Events
from aiaas_mock.zoo.recommendations.moments import Moments
from aiaas_mock.zoo.recommendations.networks import (
    begin,
    learning_step,
    multinomial,
    optimizer,
)
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen
from aiaas_mock.zoo.recommendations.titles import words_of_title

FILE = "two-tower.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TowerSettings(Settings):
    """How the towers are built and trained.

    Attributes:
        factors: Numbers in a vector.
        hidden_ids: Share of the items whose id is hidden in a step.
        fewest_titles: A word must be in so many titles.
        epochs: Moments of each person that are learned from.
        batch: People of a step.
        rate: Of learning, at the beginning.
        decay: Of the weights.
        prior: What popularity adds to a score, at most.
    """

    factors: int = 64
    hidden_ids: float = 0.3
    fewest_titles: int = 2
    epochs: int = 50
    batch: int = 128
    rate: float = 3e-3
    decay: float = 0.01
    prior: float = 0.001


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Train both towers against all items."""
    settings = chosen(TowerSettings, given)
    begin(settings.seed)
    towers = _Towers(events, settings)
    recency = Recency(settings.half_life_visits or None, settings.floor)
    moments = Moments(events, recency, np.random.default_rng(settings.seed))
    steps = settings.epochs * -(-len(moments.people()) // settings.batch)
    step = learning_step(
        towers.variables, towers.loss, optimizer(settings.rate, steps, decay=settings.decay)
    )
    _train(moments, settings, step, report)
    folded, items = towers.vectors(1.0)
    return artefact(
        "two-tower",
        events,
        settings,
        prior=settings.prior * popularity_prior(events),
        members=(FactorsMember(family="two-tower", file=FILE),),
        files={FILE: Factors(folded.numpy(), items.numpy())},
    )


def _train(
    moments: Moments, settings: TowerSettings, step: Callable[..., float], report: Report
) -> None:
    for epoch in range(settings.epochs):
        people = moments.people()
        for at in range(0, len(people), settings.batch):
            loss = step(*moments.draw(people[at : at + settings.batch]))
        report(f"two-tower: epoch {epoch + 1}, loss {loss:.3f}", (epoch + 1) / settings.epochs)


class _Towers:
    """The vectors of ids and of words, once for the past and once for what comes next."""

    def __init__(self, events: Events, settings: TowerSettings) -> None:
        self._titles = _bags(events.titles, settings.fewest_titles)
        self._hidden = settings.hidden_ids
        # Where nobody had an item yet, its id says nothing, and nor does that it was not had.
        self._had = tf.constant(events.popularity() > 0)
        words = int(self._titles.shape[1])
        shapes = [(events.size, settings.factors)] * 2 + [(words, settings.factors)] * 2
        self.variables = [tf.Variable(tf.random.normal(shape, stddev=0.05)) for shape in shapes]
        self.variables.append(tf.Variable(10.0))

    def vectors(self, shown: Any) -> tuple[Any, Any]:
        """Return what items add to a person, and what a person is held against."""
        ids_past, ids_next, words_past, words_next, _ = self.variables
        shown *= tf.cast(self._had, tf.float32)[:, None]
        past = ids_past * shown + tf.sparse.sparse_dense_matmul(self._titles, words_past)
        after = ids_next * shown + tf.sparse.sparse_dense_matmul(self._titles, words_next)
        return past, after

    def loss(self, past: Any, future: Any) -> Any:
        """Return how unlikely the future is."""
        drawn = tf.random.uniform((self.variables[0].shape[0], 1))
        folded, items = self.vectors(tf.cast(drawn >= self._hidden, tf.float32))
        # Every person's vector has length 1 here; when it is served only the order counts.
        people = tf.math.l2_normalize(past @ folded, axis=1)
        logits = self.variables[-1] * (people @ tf.transpose(items))
        return multinomial(tf.where(self._had, logits, -1e9), future)


def _bags(titles: tuple[str, ...], fewest: int) -> Any:
    """Return the words of each title as a sparse row: each the same, all together 1."""
    split = [sorted(set(words_of_title(title))) for title in titles]
    counts = Counter(word for words in split for word in words)
    known = sorted(word for word, count in counts.items() if count >= fewest)
    column = {word: at for at, word in enumerate(known)}
    cells: list[tuple[int, int]] = []
    values: list[float] = []
    for row, words in enumerate(split):
        kept = [column[word] for word in words if word in column]
        cells += [(row, at) for at in kept]
        values += [1 / max(len(kept), 1)] * len(kept)
    places: NDArray[np.int64] = np.array(cells, np.int64).reshape(-1, 2)
    return tf.SparseTensor(places, np.array(values, np.float32), (len(titles), max(len(known), 1)))
