"""The network and its training: an LSTM whose output layer is its table of embeddings."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

layers = keras.layers
Ints = NDArray[np.int32]

_PADDING = -1


@dataclass(frozen=True, slots=True)
class LstmSettings:
    """The settings of the network and its training.

    Attributes:
        batch: Tokens in a batch, about.
        clip: Longest gradient.
    """

    vocabulary: int = 4096
    embedding: int = 128
    units: int = 320
    dropout: float = 0.1
    epochs: int = 5
    batch: int = 3072
    rate: float = 0.004
    clip: float = 1.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained weights.

    Attributes:
        table: Shape (vocabulary, embedding): what goes in, and what the output is held against.
        kernel: Shape (embedding + units, 4 x units): input, forget, candidate and output gates.
        bias: Shape (4 x units,).
        projection: Shape (units, embedding).
        offsets: Shape (vocabulary,), added to the scores.
    """

    table: NDArray[np.float32]
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    projection: NDArray[np.float32]
    offsets: NDArray[np.float32]


def train_network(
    texts: Sequence[Sequence[int]],
    validation: Sequence[Sequence[int]],
    settings: LstmSettings,
    report: Callable[[str], None],
) -> Weights:
    """Learn to predict each token of a text from those before it.

    Every text starts from a state of zeros, as it does when the model is served.

    Args:
        texts: Each with its start and, where it is whole, its end.
        validation: Texts of the same kind; only measured.
        settings: See `LstmSettings`.
        report: Gets the perplexity after each epoch.
    """
    keras.utils.set_random_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    network = _Network(settings)
    steps = settings.epochs * sum(1 for _ in _batches(texts, settings, rng))
    rate = keras.optimizers.schedules.CosineDecay(settings.rate, steps, alpha=0.02)
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=settings.clip)
    variables = network.variables

    def step(batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            total, tokens = network.loss(batch, training=True)
            loss = total / tokens
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    signature = [tf.TensorSpec((None, None), tf.int32)]
    learn = tf.function(step, input_signature=signature)
    measure = tf.function(
        lambda batch: network.loss(batch, training=False), input_signature=signature
    )

    for epoch in range(settings.epochs):
        began, losses = time.perf_counter(), []
        for batch in _batches(texts, settings, rng):
            losses.append(float(learn(tf.constant(batch))))
            if len(losses) % 200 == 0:
                report(f"  {len(losses)}: {np.mean(losses[-200:]):.3f}")
        sums = np.array([measure(tf.constant(b)) for b in _batches(validation, settings, rng)])
        perplexity = np.exp(sums[:, 0].sum() / sums[:, 1].sum())
        seconds = time.perf_counter() - began
        report(
            f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, validation perplexity "
            f"{perplexity:.1f}, {seconds:.0f} s"
        )
    return network.weights()


class _Network:
    def __init__(self, settings: LstmSettings) -> None:
        size, units = settings.embedding, settings.units
        self._table = tf.Variable(tf.random.normal((settings.vocabulary, size), stddev=0.1))
        # The products in bfloat16: several times as fast on a processor that has them.
        self._lstm = layers.LSTM(units, return_sequences=True, dtype="mixed_bfloat16")
        self._lstm.build((None, None, size))
        self._projection = layers.Dense(size, use_bias=False, dtype="mixed_bfloat16")
        self._projection.build((None, units))
        self._offsets = tf.Variable(tf.zeros(settings.vocabulary))
        self._dropout = settings.dropout

    @property
    def variables(self) -> list[Any]:
        inner = [*self._lstm.trainable_variables, *self._projection.trainable_variables]
        return [self._table, self._offsets, *(variable.value for variable in inner)]

    def loss(self, batch: tf.Tensor, *, training: bool) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the sum of the losses of all tokens, and how many there are."""
        given, wanted = tf.maximum(batch[:, :-1], 0), batch[:, 1:]
        x = tf.cast(tf.gather(self._table, given), tf.bfloat16)
        if training:
            x = tf.nn.dropout(x, self._dropout)
        x = self._lstm(x)
        # Only where there is a token: the product with the whole table is most of the work.
        there = tf.where(wanted != _PADDING)
        x = self._projection(tf.gather_nd(x, there))
        if training:
            x = tf.nn.dropout(x, self._dropout)
        scores = tf.matmul(x, tf.cast(self._table, tf.bfloat16), transpose_b=True)
        logits = tf.cast(scores, tf.float32) + self._offsets
        labels = tf.gather_nd(wanted, there)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return tf.reduce_sum(losses), tf.cast(tf.size(losses), tf.float32)

    def weights(self) -> Weights:
        kernel, recurrent, bias = self._lstm.get_weights()
        return Weights(
            self._table.numpy(),
            np.concatenate([kernel, recurrent]),
            bias,
            self._projection.get_weights()[0],
            self._offsets.numpy(),
        )


def _batches(
    texts: Sequence[Sequence[int]], settings: LstmSettings, rng: np.random.Generator
) -> Iterator[Ints]:
    """Give batches of texts of nearly the same length, in random order."""
    lengths = np.array([len(text) for text in texts])
    # A random tie-break, and some noise, so that no two epochs have the same batches.
    order = np.argsort(lengths + rng.uniform(0, 2, len(texts)))
    groups, at = [], 0
    while at < len(order):
        longest = lengths[order[at]] + 2
        rows = max(settings.batch // int(longest), 1)
        groups.append(order[at : at + rows])
        at += rows
    for group in rng.permutation(len(groups)):
        chosen = groups[group]
        batch = np.full((len(chosen), int(lengths[chosen].max())), _PADDING, np.int32)
        for row, number in zip(batch, chosen, strict=True):
            row[: lengths[number]] = texts[number]
        yield batch
