"""Fit a network to rows of ids: AdamW, a cosine, and ids that are dropped at random."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.preprocess.text import PAD_ID, Ids
from aiaas_mock.zoo.text.networks import logits_per_branch
from aiaas_mock.zoo.text.vocabulary import UNKNOWN_ID

Targets = NDArray[np.float32]
Examples = Callable[[int], tuple[Ids, Targets]]
"""Gives the rows and targets of an epoch."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """The settings that were chosen on validation.

    Attributes:
        rate: Learning rate at its peak; it falls along a cosine.
        label_smoothing: For softmax only.
        hidden_words: Share of the tokens that are replaced by the unknown one, each epoch anew.
        hidden_ngrams: Share of the n-grams that are left out.
        rare_label_power: For sigmoid: what is true counts (1 / share of the label) to this power.
    """

    epochs: int
    batch: int = 64
    rate: float = 2e-3
    weight_decay: float = 1e-4
    label_smoothing: float = 0.1
    hidden_words: float = 0.1
    hidden_ngrams: float = 0.1
    rare_label_power: float = 0.0
    seed: int = 7


def fit(
    network: Any,
    examples: Examples,
    settings: FitSettings,
    *,
    tokens: int,
    several: bool,
    report: Callable[[int, float], None],
) -> None:
    """Train all branches of a network, each with a loss of its own.

    Args:
        network: Gives a list of logits.
        examples: The rows of an epoch, the same number in each.
        settings: See `FitSettings`.
        tokens: How many ids at the beginning of a row are tokens.
        several: Whether a text may have several labels: sigmoid instead of softmax.
        report: Gets the number of each epoch and its loss.
    """
    rng = np.random.default_rng(settings.seed)
    rows, targets = examples(0)
    loss = _sigmoid_loss(targets, settings) if several else _softmax_loss(settings)
    steps = settings.epochs * (len(rows) // settings.batch)
    run = _step(network, loss, settings, steps=steps)
    for epoch in range(settings.epochs):
        rows, targets = examples(epoch)
        whole = len(rows) // settings.batch * settings.batch
        order = rng.permutation(len(rows))[:whole]
        shown, wanted = _with_gaps(rows[order], tokens, settings, rng), targets[order]
        total = 0.0
        for at in range(0, whole, settings.batch):
            end = at + settings.batch
            total += float(run(tf.constant(shown[at:end]), tf.constant(wanted[at:end])))
        report(epoch + 1, total * settings.batch / whole)


def logits_of(network: Any, rows: Ids) -> NDArray[np.float32]:
    """Return the mean of a network's branches."""
    means = []
    for at in range(0, len(rows), 512):
        parts = logits_per_branch(network, rows[at : at + 512])
        means.append(np.mean([np.asarray(part) for part in parts], axis=0))
    return np.concatenate(means)


def _with_gaps(rows: Ids, tokens: int, settings: FitSettings, rng: np.random.Generator) -> Ids:
    words, ngrams = rows[:, :tokens], rows[:, tokens:]
    chance = rng.random(words.shape, np.float32)
    words = np.where((chance < settings.hidden_words) & (words != PAD_ID), UNKNOWN_ID, words)
    chance = rng.random(ngrams.shape, np.float32)
    ngrams = np.where(chance < settings.hidden_ngrams, PAD_ID, ngrams)
    return np.concatenate([words, ngrams], axis=1).astype(np.int32)


def _step(
    network: Any, loss: Callable[[Any, Any], Any], settings: FitSettings, *, steps: int
) -> Callable[[Any, Any], Any]:
    """Return a function that takes one step and returns its loss."""
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        steps,
        alpha=0.02,
        warmup_target=settings.rate,
        warmup_steps=max(1, steps // 20),
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    weights = network.trainable_variables
    optimizer.build(weights)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def run(rows: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            parts = logits_per_branch(network, rows, training=True)
            total = sum(loss(targets, one) for one in parts)
        optimizer.apply(tape.gradient(total, weights), weights)
        return total

    taken: Callable[[Any, Any], Any] = run
    return taken


def _softmax_loss(settings: FitSettings) -> Callable[[Any, Any], Any]:
    loss: Callable[[Any, Any], Any] = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=settings.label_smoothing
    )
    return loss


def _sigmoid_loss(targets: Targets, settings: FitSettings) -> Callable[[Any, Any], Any]:
    share = np.maximum(targets.mean(axis=0), 1 / len(targets))
    extra = tf.constant((1 / share) ** settings.rare_label_power - 1, tf.float32)

    def loss(wanted: Any, logits: Any) -> Any:
        each = tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits) * (1 + wanted * extra)
        return tf.reduce_mean(tf.reduce_sum(each, axis=-1))

    return loss
