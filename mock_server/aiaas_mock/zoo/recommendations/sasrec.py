"""SASRec: self-attention over the items in their order (Kang & McAuley 2018), for what is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.recommenders import Artefact
from aiaas_mock.inference.recommenders.manifest import NetworkMember
from aiaas_mock.zoo.recommendations.artefacts import artefact
from aiaas_mock.zoo.recommendations.events import Events, Floats
from aiaas_mock.zoo.recommendations.networks import begin, learning_step, optimizer, tflite
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen

FILE = "sasrec.tflite"


@dataclass(frozen=True, slots=True, kw_only=True)
class SasRecSettings(Settings):
    """How the network is built and trained.

    Attributes:
        length: Items that it looks back on.
        factors: Numbers in a vector.
        heads: Of the attention.
        blocks: Of attention and a dense layer.
        dropout: Share of the numbers that are hidden.
        negatives: Other items that each next one is held against in a step.
        epochs: Passes over the people, each with the end of a past of random length.
        batch: People of a step.
        rate: Of learning, at the beginning.
        decay: Of the weights.
    """

    half_life_visits: float = 0.0
    length: int = 32
    factors: int = 64
    heads: int = 1
    blocks: int = 1
    dropout: float = 0.2
    negatives: int = 512
    epochs: int = 60
    batch: int = 64
    rate: float = 5e-3
    decay: float = 0.01


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Train the network."""
    settings = chosen(SasRecSettings, given)
    begin(settings.seed)
    body, bias = _body(events.size, settings), tf.Variable(tf.zeros(events.size))
    windows = _Windows(events, settings.length, np.random.default_rng(settings.seed))
    steps = settings.epochs * -(-len(windows.people()) // settings.batch)
    step = learning_step(
        [*(variable.value for variable in body.trainable_variables), bias],
        _loss(body, bias, settings),
        optimizer(settings.rate, steps, decay=settings.decay),
    )
    _train(windows, settings, step, report)
    file, nothing = _served(body, bias, settings.length)
    member = NetworkMember(family="sasrec", file=FILE, input="sequence", length=settings.length)
    return artefact(
        "sasrec", events, settings, prior=nothing, members=(member,), files={FILE: file}
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    """Draws ends of pasts: items counted from 1, 0 before the first."""

    events: Events
    length: int
    rng: np.random.Generator

    def people(self) -> NDArray[np.intp]:
        """Return all who had at least two items, shuffled."""
        return self.rng.permutation(np.flatnonzero(np.diff(self.events.starts) > 1))

    def draw(self, people: NDArray[np.intp]) -> NDArray[np.int32]:
        """Return one more item than `length` of each person."""
        rows = np.zeros((len(people), self.length + 1), np.int32)
        starts = self.events.starts
        for row, person in zip(rows, people, strict=True):
            begin, end = starts[person], starts[person + 1]
            times = self.events.times_us[begin:end]
            # Nobody knows the order of what was had at the same time.
            order = np.lexsort((self.rng.random(end - begin), times)) + begin
            last = int(self.rng.integers(2, len(order) + 1))
            items = self.events.items[order[max(0, last - self.length - 1) : last]]
            row[self.length + 1 - len(items) :] = items + 1
        return rows


def _train(
    windows: _Windows, settings: SasRecSettings, step: Callable[..., float], report: Report
) -> None:
    for epoch in range(settings.epochs):
        people = windows.people()
        for at in range(0, len(people), settings.batch):
            loss = step(windows.draw(people[at : at + settings.batch]))
        report(f"sasrec: epoch {epoch + 1}, loss {loss:.3f}", (epoch + 1) / settings.epochs)


def _body(size: int, settings: SasRecSettings) -> Any:
    layers = keras.layers
    row = keras.Input((settings.length,), dtype="int32", name="history")
    items = layers.Embedding(size + 1, settings.factors, name="items")(row)
    places = layers.Embedding(settings.length, settings.factors)(
        keras.ops.arange(settings.length)[None]
    )
    known = keras.ops.not_equal(row, 0)[:, None, :]
    hidden = layers.Dropout(settings.dropout)(items + places)
    for _ in range(settings.blocks):
        normal = layers.LayerNormalization()(hidden)
        attention = layers.MultiHeadAttention(
            settings.heads, settings.factors // settings.heads, dropout=settings.dropout
        )
        seen = attention(normal, normal, attention_mask=known, use_causal_mask=True)
        hidden = hidden + layers.Dropout(settings.dropout)(seen)
        wide = layers.Dense(settings.factors, activation="gelu")(
            layers.LayerNormalization()(hidden)
        )
        hidden = hidden + layers.Dropout(settings.dropout)(layers.Dense(settings.factors)(wide))
    return keras.Model(row, layers.LayerNormalization()(hidden))


def _loss(body: Any, bias: Any, settings: SasRecSettings) -> Any:
    """Each next item against some that are drawn by chance, the same for the whole batch.

    An item's vector is the same where it is looked back on and where it is foretold.
    """
    size = int(bias.shape[0])
    drawn = min(settings.negatives, size)
    items = body.get_layer("items").embeddings

    def loss(rows: Any) -> Any:
        hidden = body(rows[:, :-1], training=True)
        # Only where there is a past: the row begins with zeros.
        asked = tf.where(rows[:, :-1] > 0)
        vectors = tf.gather_nd(hidden, asked)
        wanted = tf.gather_nd(rows[:, 1:], asked) - 1
        others = tf.random.uniform((drawn,), 0, size, tf.int32)
        right = tf.reduce_sum(vectors * tf.gather(items, wanted + 1), axis=1)
        right += tf.gather(bias, wanted)
        wrong = vectors @ tf.transpose(tf.gather(items, others + 1)) + tf.gather(bias, others)
        # Who is drawn against itself would be taught nothing good.
        wrong -= 1e9 * tf.cast(others[None, :] == wanted[:, None], tf.float32)
        # As many as are drawn stand for all that might be.
        wrong += tf.math.log(tf.cast(size, tf.float32) / drawn)
        logits = tf.concat([right[:, None], wrong], axis=1)
        return tf.reduce_mean(tf.reduce_logsumexp(logits, axis=1) - right)

    return loss


def _served(body: Any, bias: Any, length: int) -> tuple[bytes, Floats]:
    row = keras.Input((length,), dtype="int32", name="history")
    head = keras.layers.Dense(int(bias.shape[0]), activation="softmax")
    served = keras.Model(row, head(body(row)[:, -1]))
    items = body.get_layer("items").get_weights()[0][1:]
    head.set_weights([items.T, bias.numpy()])
    nothing: Floats = served(np.zeros((1, length), np.int32)).numpy()[0]
    return tflite(served, tf.int32), nothing
