"""Skip-gram with negative sampling (Mikolov et al. 2013), in batches of many thousand pairs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SkipGramSettings:
    """The settings of the training.

    Attributes:
        window: Words to each side that a word is trained to predict, at most; the real number is
            drawn anew for each word, so that near words count more.
        subsample: Words that make up a larger share of the corpus than this are left out at
            random, the more often the more frequent they are.
        negatives: Drawn words per pair, by their share to the power of `flatten`.
    """

    size: int = 96
    window: int = 8
    subsample: float = 3e-4
    negatives: int = 6
    flatten: float = 0.75
    epochs: int = 6
    batch: int = 8192
    rate: float = 0.1
    seed: int = 7


def train_vectors(
    ids: Ints,
    texts: Ints,
    vocabulary: int,
    settings: SkipGramSettings,
    report: Callable[[str], None],
) -> Floats:
    """Learn a vector for each token.

    Args:
        ids: The tokens of all texts, one after the other.
        texts: Which text each is from; no pair crosses a border.
        vocabulary: Number of tokens that there are.
        settings: See `SkipGramSettings`.
        report: Gets the loss of each epoch.

    Returns:
        Shape (vocabulary, size): the mean of what a token is as a word and as a context.
    """
    rng = np.random.default_rng(settings.seed)
    counts = np.bincount(ids, minlength=vocabulary)
    trainer = _Trainer(counts, settings, rng)
    for epoch in range(settings.epochs):
        began = time.perf_counter()
        rate = settings.rate * (1 - epoch / settings.epochs)
        losses = [
            trainer.step(words, contexts, rate)
            for words, contexts in _batches(ids, texts, counts, settings, rng)
        ]
        seconds = time.perf_counter() - began
        loss = f"loss {np.mean(losses):.4f}" if losses else "too few words for a batch"
        report(f"epoch {epoch + 1}: {loss}, {len(losses)} batches, {seconds:.0f} s")
    return trainer.vectors()


class _Trainer:
    def __init__(
        self, counts: NDArray[np.int64], settings: SkipGramSettings, rng: np.random.Generator
    ) -> None:
        shape = (len(counts), settings.size)
        start = rng.uniform(-0.5, 0.5, shape).astype(np.float32) / settings.size
        self._words, self._contexts = tf.Variable(start), tf.Variable(tf.zeros(shape))
        self._squares = [tf.Variable(tf.fill(shape, 0.1)) for _ in range(2)]
        shares = counts**settings.flatten
        self._cumulative = np.cumsum(shares / shares.sum())
        self._negatives, self._rng = settings.negatives, rng
        self._update = tf.function(self._apply)

    def step(self, words: Ints, contexts: Ints, rate: float) -> float:
        draws = self._rng.random((len(words), self._negatives))
        drawn = np.searchsorted(self._cumulative, draws).astype(np.int32)
        targets = np.concatenate([contexts[:, None], drawn], axis=1)
        loss = self._update(tf.constant(words), tf.constant(targets), tf.constant(rate))
        return float(loss)

    def vectors(self) -> Floats:
        result: Floats = (self._words.numpy() + self._contexts.numpy()) / 2
        return result

    def _apply(self, words: tf.Tensor, targets: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        word = tf.gather(self._words, words)
        context = tf.gather(self._contexts, targets)
        logits = tf.einsum("bd,bkd->bk", word, context)
        wanted = tf.one_hot(tf.zeros_like(words), targets.shape[1])
        # The gradient by hand: TensorFlow's own would sum up the rows of each token first.
        slope = tf.sigmoid(logits) - wanted
        self._adagrad(0, self._words, tf.einsum("bk,bkd->bd", slope, context), words, rate)
        pulls = tf.reshape(slope[:, :, None] * word[:, None, :], (-1, word.shape[1]))
        self._adagrad(1, self._contexts, pulls, tf.reshape(targets, [-1]), rate)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits)
        return tf.reduce_mean(tf.reduce_sum(losses, axis=1))

    def _adagrad(
        self, which: int, table: tf.Variable, grad: tf.Tensor, rows: tf.Tensor, rate: tf.Tensor
    ) -> None:
        tf.raw_ops.ResourceSparseApplyAdagradV2(
            var=table.handle,
            accum=self._squares[which].handle,
            lr=rate,
            epsilon=1e-7,
            grad=grad,
            indices=rows,
        )


def _batches(
    ids: Ints,
    texts: Ints,
    counts: NDArray[np.int64],
    settings: SkipGramSettings,
    rng: np.random.Generator,
) -> Iterator[tuple[Ints, Ints]]:
    """Draw an epoch's pairs and give them in random order; the last few are left out."""
    share = counts / counts.sum()
    ratio = settings.subsample / np.maximum(share, 1e-12)
    keep = rng.random(len(ids)) < (np.sqrt(ratio) + ratio)[ids]
    ids, texts = ids[keep], texts[keep]
    reach = rng.integers(1, settings.window + 1, len(ids))
    words, contexts = [], []
    for apart in range(1, settings.window + 1):
        together = texts[:-apart] == texts[apart:]
        first, second = ids[:-apart], ids[apart:]
        for near, a, b in (
            (reach[:-apart] >= apart, first, second),
            (reach[apart:] >= apart, second, first),
        ):
            words.append(a[together & near])
            contexts.append(b[together & near])
    word, context = np.concatenate(words), np.concatenate(contexts)
    order = rng.permutation(len(word))
    for at in range(0, len(order) - settings.batch + 1, settings.batch):
        chosen = order[at : at + settings.batch]
        yield word[chosen], context[chosen]
