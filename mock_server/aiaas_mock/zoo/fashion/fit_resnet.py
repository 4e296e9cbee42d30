"""Fit the residual network: SGD with a one-cycle learning rate and an augmented epoch at a time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.preprocess.images import to_input
from aiaas_mock.zoo.data_sets import LabelledImages
from aiaas_mock.zoo.fashion.augmentation import augment
from aiaas_mock.zoo.fashion.resnet import CLASSES, build_logits, served

HELD_OUT = 5_000
"""Images of the training split that are only validated on."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """The settings that were chosen on the held-out images.

    Attributes:
        peak_rate: Learning rate at the end of the warm-up.
        warm_up_share: Part of all steps in which the rate rises from zero.
        weight_decay: Decoupled, of kernels only; 10 times smaller were it added to the gradient.
        clean_epochs: Epochs at the end in which nothing is erased.
    """

    epochs: int = 24
    batch: int = 128
    peak_rate: float = 0.15
    warm_up_share: float = 0.15
    momentum: float = 0.9
    weight_decay: float = 0.005
    label_smoothing: float = 0.05
    erase_share: float = 0.5
    clean_epochs: int = 3
    seed: int = 7


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """Rise straight to the peak, then fall along half a cosine to zero."""

    def __init__(self, peak_rate: float, warm_up_share: float, steps: int) -> None:
        """Spread the cycle over `steps` steps."""
        self.peak_rate = peak_rate
        self.warm_up_share = warm_up_share
        self.steps = steps

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        done = tf.cast(step, tf.float32) / self.steps
        rest = tf.minimum((done - self.warm_up_share) / (1 - self.warm_up_share), 1.0)
        falling = 0.5 * (1 + tf.cos(math.pi * rest))
        return self.peak_rate * tf.where(
            done < self.warm_up_share, done / self.warm_up_share, falling
        )

    def get_config(self) -> dict[str, Any]:
        """Return what makes this schedule again."""
        return {
            "peak_rate": self.peak_rate,
            "warm_up_share": self.warm_up_share,
            "steps": self.steps,
        }


def fit(
    data: LabelledImages,
    spec: ImageInput,
    settings: FitSettings,
    report: Callable[[str], None],
) -> Any:
    """Train on all but the held-out images and return the network as it is served.

    Args:
        data: The training split.
        spec: How pixels become input values.
        settings: See `FitSettings`.
        report: Gets one line an epoch.
    """
    keras.utils.set_random_seed(settings.seed)
    order = np.random.default_rng(settings.seed).permutation(len(data))
    held_out = min(HELD_OUT, len(data) // 5)
    validation, train = data.subset(order[:held_out]), data.subset(order[held_out:])
    logits = build_logits()
    _compile(logits, settings, steps=settings.epochs * (len(train) // settings.batch))

    rng = np.random.default_rng(settings.seed)
    pixels = to_input(validation.images, spec)[..., None]
    for epoch in range(settings.epochs):
        erase_share = settings.erase_share if epoch < _first_clean_epoch(settings) else 0.0
        loss = _fit_epoch(logits, train, spec, settings, erase_share, rng)
        scores = logits.predict(pixels, batch_size=500, verbose=0)
        share = float((scores.argmax(axis=1) == validation.labels).mean())
        report(f"epoch {epoch + 1}/{settings.epochs}: loss {loss:.4f}, validation {share:.4f}")
    return served(logits)


def _first_clean_epoch(settings: FitSettings) -> int:
    return settings.epochs - settings.clean_epochs


def _compile(logits: Any, settings: FitSettings, *, steps: int) -> None:
    optimizer = keras.optimizers.SGD(
        OneCycle(settings.peak_rate, settings.warm_up_share, steps),
        momentum=settings.momentum,
        nesterov=True,
        weight_decay=settings.weight_decay,
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=settings.label_smoothing
    )
    logits.compile(optimizer, loss)


def _fit_epoch(
    logits: Any,
    train: LabelledImages,
    spec: ImageInput,
    settings: FitSettings,
    erase_share: float,
    rng: np.random.Generator,
) -> float:
    whole_batches = len(train) // settings.batch * settings.batch
    chosen = train.subset(rng.permutation(len(train))[:whole_batches])
    pixels = to_input(augment(chosen.images, rng, erase_share=erase_share), spec)
    history = logits.fit(
        pixels[..., None],
        _one_hot(chosen.labels),
        batch_size=settings.batch,
        shuffle=False,  # The permutation above has done it, from our own seed.
        verbose=0,
    )
    return float(history.history["loss"][0])


def _one_hot(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.eye(CLASSES, dtype=np.float32)[labels]
