"""One step of the trained network as a LiteRT model of one input and one output."""

import numpy as np
import tensorflow as tf

from aiaas_mock.zoo.language_model.network import Weights
from aiaas_mock.zoo.word2vec.export import convert
from aiaas_mock.zoo.word2vec.table import quantise


def to_litert(weights: Weights) -> bytes:
    """Make the model: a token and the state to the scores of all tokens and the new state.

    The matrices become int8, and so does the table from which a token's row is taken.
    """
    units = len(weights.bias) // 4
    table = quantise(weights.table)
    values, scales = tf.constant(table.values), tf.constant(table.scales[:, None])
    kernel, projection = tf.constant(weights.kernel), tf.constant(weights.projection)
    outwards = tf.constant(np.ascontiguousarray(weights.table.T))

    def step(row: tf.Tensor) -> tf.Tensor:
        token = tf.cast(row[:, 0], tf.int32)
        hidden, cell = row[:, 1 : 1 + units], row[:, 1 + units :]
        x = tf.cast(tf.gather(values, token), tf.float32) * tf.gather(scales, token)
        gates = tf.matmul(tf.concat([x, hidden], axis=1), kernel) + weights.bias
        write, keep, candidate, show = tf.split(gates, 4, axis=1)
        cell = tf.sigmoid(keep) * cell + tf.sigmoid(write) * tf.tanh(candidate)
        hidden = tf.sigmoid(show) * tf.tanh(cell)
        logits = tf.matmul(tf.matmul(hidden, projection), outwards) + weights.offsets
        return tf.concat([logits, hidden, cell], axis=1)

    return convert(step, tf.TensorSpec((None, 1 + 2 * units), tf.float32, name="row"), small=True)
