"""The head: a small network from an embedding to ten kinds of clothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.zoo.clothing.embeddings import Embeddings

layers = keras.layers


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """The settings that were chosen by cross-validation on the train and validation splits."""

    epochs: int = 60
    batch: int = 256
    rate: float = 0.001
    weight_decay: float = 0.2
    hidden: int = 256
    dropout: float = 0.3
    seed: int = 7


def build_head(size: int, classes: int, settings: HeadSettings) -> Any:
    """Build the head, untrained; the embedding is brought to length 1 inside it."""
    embedding = keras.Input((size,), name="embedding")
    x = layers.UnitNormalization()(embedding)
    # Numbers near 1 train better than the 0.03 that a unit vector of 1,024 has on average.
    x = layers.Rescaling(size**0.5)(x)
    x = layers.Dropout(settings.dropout, seed=settings.seed)(x)
    if settings.hidden:
        x = layers.Dense(settings.hidden, activation="relu")(x)
        x = layers.Dropout(settings.dropout, seed=settings.seed + 1)(x)
    scores = layers.Dense(classes, activation="softmax", name="scores")(x)
    return keras.Model(embedding, scores, name="clothing")


def fit_head(
    train: Embeddings,
    classes: int,
    settings: HeadSettings,
    report: Callable[[str], None],
    *,
    validation: Embeddings | None = None,
) -> Any:
    """Train a head on one random view of each photo an epoch.

    Args:
        train: Embeddings of several views of each photo.
        classes: Number of kinds.
        settings: See `HeadSettings`.
        report: Gets the final loss and, where there is one, the validation accuracy.
        validation: Photos that are only measured on, by their first view.
    """
    keras.utils.set_random_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    photos, views, size = train.values.shape
    head = build_head(size, classes, settings)
    steps = settings.epochs * -(-photos // settings.batch)
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(settings.rate, steps),
        weight_decay=settings.weight_decay,
    )
    # Without label smoothing: it gained nothing here, and made the scores too modest.
    head.compile(optimizer, "sparse_categorical_crossentropy")
    for _ in range(settings.epochs):
        rows = train.values[np.arange(photos), rng.integers(0, views, photos)]
        history = head.fit(rows, train.labels, batch_size=settings.batch, verbose=0)
    message = f"loss {history.history['loss'][0]:.4f}"
    if validation is not None:
        message += f", validation {_share_right(head, validation):.4f}"
    report(message)
    return _without_optimizer(head, size, classes, settings)


def _share_right(head: Any, data: Embeddings) -> float:
    scores: NDArray[np.float32] = head.predict(data.values[:, 0], verbose=0)
    return float((scores.argmax(axis=1) == data.labels).mean())


def _without_optimizer(head: Any, size: int, classes: int, settings: HeadSettings) -> Any:
    bare = build_head(size, classes, settings)
    bare.set_weights(head.get_weights())
    return bare
