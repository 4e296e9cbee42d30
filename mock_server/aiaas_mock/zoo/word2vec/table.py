"""From word vectors to a small table whose rows only need to be added up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.zoo.word2vec.export import convert

Floats = NDArray[np.float32]
Ids = Sequence[int]

SMOOTHING = 1e-3
"""The `a` of SIF: a word that is as frequent as this counts half; chosen on BANKING77's train
split."""
_MOST_TEXTS = 10_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of int8 and a scale for each; row 0 pads and row 1 is unknown, both are zero."""

    values: NDArray[np.int8]
    scales: Floats


def weighted_rows(
    vectors: Floats, counts: NDArray[np.int64], languages: Sequence[Sequence[Ids]]
) -> Floats:
    """Weight words by rarity and take out what all texts of a language have in common.

    This is the "smooth inverse frequency" of Arora et al. 2017: a text's vector is the mean of
    its words' times a / (a + share of the word), less its part along the first singular vector of
    many texts. Both steps are linear, so they are done to the rows once and not to each text.

    Args:
        vectors: One row per token.
        counts: How often each token occurs in the corpus.
        languages: For each language, texts as tokens.
    """
    shares = counts / counts.sum()
    rows = vectors * (SMOOTHING / (SMOOTHING + shares))[:, None]
    rows[:2] = 0
    common = np.stack([_common_direction(rows, texts) for texts in languages], axis=1)
    basis, _ = np.linalg.qr(common)
    result: Floats = (rows - (rows @ basis) @ basis.T).astype(np.float32)
    return result


def quantise(rows: Floats) -> Table:
    """Round each row to int8, with its own scale."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    values = np.rint(rows / scales[:, None]).astype(np.int8)
    return Table(values, scales.astype(np.float32))


def to_litert(table: Table, length: int) -> bytes:
    """Make the model: `length` ids to the mean of their rows, brought to length 1."""
    values, scales = tf.constant(table.values), tf.constant(table.scales[:, None])

    def embed(ids: tf.Tensor) -> tf.Tensor:
        # Cast after the gathering: a table of floats would be four times as large.
        rows = tf.cast(tf.gather(values, ids), tf.float32) * tf.gather(scales, ids)
        total = tf.reduce_sum(rows, axis=1)
        norm = tf.sqrt(tf.reduce_sum(total * total, axis=1, keepdims=True))
        return total / tf.maximum(norm, 1e-6)

    return convert(embed, tf.TensorSpec((None, length), tf.int32, name="ids"))


def _common_direction(rows: Floats, texts: Sequence[Ids]) -> Floats:
    step = -(-len(texts) // _MOST_TEXTS)
    means = np.stack([rows[list(ids)].mean(axis=0) for ids in texts[::step] if len(ids)])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    direction: Floats = np.linalg.svd(means, full_matrices=False)[2][0]
    return direction
