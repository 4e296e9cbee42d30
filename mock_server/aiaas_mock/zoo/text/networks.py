"""The networks: branches from a row of ids to logits, several of which make the best models.

Each branch has a loss of its own, so that it learns as if it were alone; their mean is served.
Together they are an ensemble in one graph.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.preprocess.text import PAD_ID
from aiaas_mock.zoo.text.tables import TableMaker

layers = keras.layers
Kind = Literal["counts", "tfidf", "ngram-counts", "vectors", "rnn", "lstm", "convolution", "ngrams"]
LINEAR: Final = frozenset({"counts", "tfidf", "ngram-counts", "vectors"})
ON_NGRAMS: Final = frozenset({"ngrams", "ngram-counts"})


@dataclass(frozen=True, slots=True)
class Branch:
    """One way from ids to logits.

    Attributes:
        kind: "counts" and "tfidf" are linear on words, "ngram-counts" on n-grams, "vectors" on
            the mean of frozen vectors; "ngrams" has a hidden layer on the sum of n-gram vectors.
        dim: Numbers in a vector.
        units: Of the recurrent or hidden layer, or filters of each convolution.
        sizes: Widths of the convolutions.
        drop_input: Dropout of the vectors.
        drop_hidden: Dropout before each dense layer.
        weight: In the mean of the branches.
        strength: Of the linear kinds: C, one over the strength of their regularisation.
    """

    kind: Kind
    dim: int = 64
    units: int = 128
    sizes: tuple[int, ...] = (1, 2, 3)
    drop_input: float = 0.2
    drop_hidden: float = 0.5
    weight: float = 1.0
    strength: float = 4.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What the branches need to know of the row and the labels.

    Attributes:
        tokens: Token ids in a row; n-gram ids follow them.
        ngrams: N-gram ids in a row.
        rarity: Inverse document frequency of each token, for "tfidf".
        vectors: A vector for each token, for "vectors".
    """

    tokens: int
    ngrams: int
    vocabulary: int
    buckets: int
    classes: int
    rarity: NDArray[np.float32] | None = None
    vectors: NDArray[np.float32] | None = None


def build(branches: tuple[Branch, ...], shape: Shape, table: TableMaker) -> Any:
    """Build the network of all branches, whose output is a list of their logits."""
    row = keras.Input((shape.tokens + shape.ngrams,), dtype="int32", name="ids")
    outputs = []
    for number, branch in enumerate(branches):
        name = f"{branch.kind}{number}"
        ids = row[:, shape.tokens :] if branch.kind in ON_NGRAMS else row[:, : shape.tokens]
        outputs.append(_BUILDERS[branch.kind](ids, branch, shape, table, name))
    return keras.Model(row, outputs)


def logits_per_branch(network: Any, rows: Any, *, training: bool = False) -> list[Any]:
    """Return the logits of each branch of a network."""
    outputs = network(rows, training=training)
    # Keras takes a list of one apart.
    return outputs if isinstance(outputs, list) else [outputs]


def _counts(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    scores = table(f"{name}_scores", shape.vocabulary, shape.classes)(ids)
    return _Bias(name=f"{name}_bias")(_sum(scores))


def _tfidf(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    scores = table(f"{name}_scores", shape.vocabulary, shape.classes)(ids)
    weights = _UnitTfIdf(shape.rarity, name=f"{name}_weights")(ids)
    return _Bias(name=f"{name}_bias")(_sum(scores * weights[..., None]))


def _ngram_counts(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    scores = _sum(table(f"{name}_scores", shape.buckets + 1, shape.classes)(ids))
    return _Bias(name=f"{name}_bias")(scores / keras.ops.sqrt(_length(ids)))


def _vectors(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    # A word's vector times the linear layer is one score per label: so it is stored and served.
    scores = _sum(table(f"{name}_scores", shape.vocabulary, shape.classes)(ids))
    return _Bias(name=f"{name}_bias")(scores / _length(ids))


def _recurrent(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    found = table(f"{name}_vectors", shape.vocabulary, branch.dim)(ids)
    x = layers.SpatialDropout1D(branch.drop_input)(found)
    # Unrolled: the converter cannot free the batch of a loop. Read backwards, so that the last
    # step is the first word and the padding, being zeros, is passed before anything is known.
    cell = layers.SimpleRNN if branch.kind == "rnn" else layers.LSTM
    x = cell(branch.units, unroll=True, go_backwards=True, name=f"{name}_cell")(x)
    x = layers.Dropout(branch.drop_hidden)(x)
    return layers.Dense(shape.classes, name=f"{name}_logits")(x)


def _convolution(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    """Kim 2014: convolutions of several widths, the maximum of each over the text."""
    found = table(f"{name}_vectors", shape.vocabulary, branch.dim)(ids)
    x = layers.SpatialDropout1D(branch.drop_input)(found)
    peaks = [
        layers.GlobalMaxPooling1D()(
            layers.Conv1D(
                branch.units, size, padding="same", activation="relu", name=f"{name}_width{size}"
            )(x)
        )
        for size in branch.sizes
    ]
    x = layers.Dropout(branch.drop_hidden)(layers.Concatenate()(peaks))
    return layers.Dense(shape.classes, name=f"{name}_logits")(x)


def _ngrams(ids: Any, branch: Branch, shape: Shape, table: TableMaker, name: str) -> Any:
    """fastText's bag of n-grams (Joulin et al. 2016), with a hidden layer."""
    found = table(f"{name}_vectors", shape.buckets + 1, branch.dim)(ids)
    x = layers.ReLU()(_sum(found) / keras.ops.sqrt(_length(ids)))
    x = layers.Dropout(branch.drop_input)(x)
    x = layers.Dense(branch.units, activation="relu", name=f"{name}_hidden")(x)
    x = layers.Dropout(branch.drop_hidden)(x)
    return layers.Dense(shape.classes, name=f"{name}_logits")(x)


_BUILDERS = {
    "counts": _counts,
    "tfidf": _tfidf,
    "ngram-counts": _ngram_counts,
    "vectors": _vectors,
    "rnn": _recurrent,
    "lstm": _recurrent,
    "convolution": _convolution,
    "ngrams": _ngrams,
}


def _sum(vectors: Any) -> Any:
    """Sum the vectors of a text."""
    return keras.ops.sum(vectors, axis=1)


def _length(ids: Any) -> Any:
    """Return the number of ids that are not padding, at least 1, as a column."""
    known = keras.ops.cast(keras.ops.not_equal(ids, PAD_ID), "float32")
    return keras.ops.maximum(keras.ops.sum(known, axis=1, keepdims=True), 1.0)


class _Bias(keras.layers.Layer):  # type: ignore[misc]
    """Adds a learned number to each logit."""

    def build(self, shape: Any) -> None:
        self.bias = self.add_weight(shape=(shape[-1],), initializer="zeros", name="bias")

    def call(self, logits: Any) -> Any:
        return logits + self.bias


class _UnitTfIdf(keras.layers.Layer):  # type: ignore[misc]
    """Weighs each token by its rarity, so that the text's TF-IDF vector has length 1.

    The vector itself, as long as the vocabulary, is never laid out: its squared length is a sum
    over pairs of equal tokens.
    """

    def __init__(self, rarity: Any, **keywords: Any) -> None:
        super().__init__(**keywords)
        rarity = rarity.copy()
        rarity[PAD_ID] = 0
        self._rarity = tf.constant(rarity, tf.float32)

    def call(self, ids: Any) -> Any:
        weights = tf.gather(self._rarity, ids)
        equal = tf.cast(tf.equal(ids[:, :, None], ids[:, None, :]), tf.float32)
        squares = tf.reduce_sum(equal * (weights * weights)[:, None, :], axis=[1, 2])
        return weights * tf.math.rsqrt(tf.maximum(squares, 1e-6))[:, None]
