"""Multi-VAE: a variational autoencoder with a multinomial likelihood (Liang et al. 2018).

Unlike the original, it is shown what somebody had until a moment, older visits weaker, and asked
for what came next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import tensorflow as tf
from tensorflow import keras

from aiaas_mock.inference.recommenders import Artefact, Recency
from aiaas_mock.inference.recommenders.manifest import NetworkMember
from aiaas_mock.zoo.recommendations.artefacts import artefact
from aiaas_mock.zoo.recommendations.events import Events, Floats
from aiaas_mock.zoo.recommendations.moments import Moments
from aiaas_mock.zoo.recommendations.networks import (
    begin,
    learning_step,
    multinomial,
    optimizer,
    tflite,
)
from aiaas_mock.zoo.recommendations.settings import Report, Setting, Settings, chosen

FILE: Final = "multi-vae.tflite"
_QUIET: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeSettings(Settings):
    """How the network is built and trained.

    Attributes:
        hidden: Numbers between encoder and decoder.
        dropout: Share of a history that is hidden from the network.
        divergence: Weight of the Kullback-Leibler divergence, reached halfway.
        epochs: Moments of each person that are learned from.
        batch: People of a step.
        rate: Of learning, at the beginning.
        decay: Of the weights.
    """

    hidden: int = 200
    dropout: float = 0.5
    divergence: float = 0.002
    epochs: int = 60
    batch: int = 128
    rate: float = 2e-3
    decay: float = 0.01


def fit(events: Events, given: Mapping[str, Setting], report: Report) -> Artefact:
    """Train the network."""
    settings = chosen(VaeSettings, given)
    file, nothing = trained(events, settings, report)
    return artefact(
        "multi-vae",
        events,
        settings,
        prior=nothing,
        members=(NetworkMember(family="multi-vae", file=FILE, input="bag"),),
        files={FILE: file},
    )


def trained(events: Events, settings: VaeSettings, report: Report) -> tuple[bytes, Floats]:
    """Return the network's file, and its answer to an empty history."""
    begin(settings.seed)
    encoder, decoder = _parts(events.size, settings)
    recency = Recency(settings.half_life_visits or None, settings.floor)
    moments = Moments(events, recency, np.random.default_rng(settings.seed))
    per_epoch = -(-len(moments.people()) // settings.batch)
    steps = settings.epochs * per_epoch
    step = learning_step(
        encoder.trainable_variables + decoder.trainable_variables,
        _loss(encoder, decoder, settings),
        optimizer(settings.rate, steps, decay=settings.decay),
    )
    done = 0
    for epoch in range(settings.epochs):
        people = moments.people()
        for at in range(0, len(people), settings.batch):
            past, future = moments.draw(people[at : at + settings.batch])
            annealed = min(1.0, 2 * done / max(steps, 1)) * settings.divergence
            loss = step(past, future, np.float32(annealed))
            done += 1
        report(f"multi-vae: epoch {epoch + 1}, loss {loss:.3f}", (epoch + 1) / settings.epochs)
    return _served(encoder, decoder, events.size)


def _parts(size: int, settings: VaeSettings) -> tuple[Any, Any]:
    history = keras.Input((size,), name="history")
    seen = keras.layers.Dropout(settings.dropout)(_unit_length(history))
    both = keras.layers.Dense(2 * settings.hidden, name="encoder")(seen)
    code = keras.Input((settings.hidden,), name="code")
    scores = keras.layers.Dense(size, name="decoder")(keras.layers.Activation("tanh")(code))
    return keras.Model(history, both), keras.Model(code, scores)


def _unit_length(history: Any) -> Any:
    # Keras' own layer is no number for an empty history once it is converted.
    squares = keras.ops.sum(history * history, axis=1, keepdims=True)
    return history / (keras.ops.sqrt(squares) + 1e-6)


def _loss(encoder: Any, decoder: Any, settings: VaeSettings) -> Any:
    def loss(past: Any, future: Any, divergence: Any) -> Any:
        mean, wide = tf.split(encoder(past, training=True), 2, axis=1)
        # Little noise at first: drowned in it, the codes of all people become one.
        log_variance = wide - _QUIET
        noise = tf.random.normal(tf.shape(mean))
        code = mean + noise * tf.exp(0.5 * log_variance)
        apart = tf.exp(log_variance) + mean**2 - 1.0 - log_variance
        away = 0.5 * tf.reduce_mean(tf.reduce_sum(apart, axis=1))
        return multinomial(decoder(code, training=True), future) + divergence * away

    return loss


def _served(encoder: Any, decoder: Any, size: int) -> tuple[bytes, Floats]:
    """Leave out the variance, and give the probability of each item to be next."""
    hidden = decoder.input_shape[-1]
    history = keras.Input((size,), name="history")
    mean = keras.layers.Dense(hidden, name="mean")
    answer = decoder(mean(_unit_length(history)))
    served = keras.Model(history, keras.layers.Softmax()(answer))
    kernel, bias = encoder.get_layer("encoder").get_weights()
    mean.set_weights([kernel[:, :hidden], bias[:hidden]])
    nothing: Floats = served(np.zeros((1, size), np.float32)).numpy()[0]
    return tflite(served, tf.float32), nothing
