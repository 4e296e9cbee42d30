"""Tables of vectors: float32 while a network learns, int8 as it is served."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.preprocess.text import PAD_ID

TableMaker = Callable[[str, int, int], Any]
"""Makes a layer from ids to vectors: its name, rows and columns. The padding's vector is zero."""


class Table(keras.layers.Layer):  # type: ignore[misc]
    """Vectors that are learned."""

    def __init__(self, name: str, rows: int, columns: int, *, spread: float = 0.1) -> None:
        """Draw the vectors at random; without spread they begin as zeros."""
        super().__init__(name=name)
        self.vectors = self.add_weight(
            shape=(rows, columns),
            initializer=keras.initializers.RandomNormal(stddev=spread) if spread else "zeros",
            name="vectors",
        )

    def call(self, ids: Any) -> Any:
        """Return one vector per id."""
        known = tf.cast(tf.not_equal(ids, PAD_ID), tf.float32)
        return tf.gather(self.vectors, ids) * known[..., None]


class StoredTable(keras.layers.Layer):  # type: ignore[misc]
    """Vectors rounded to int8 with one scale for all: a quarter of the size, looked up as such."""

    def __init__(self, name: str, vectors: NDArray[np.float32]) -> None:
        """Round the vectors."""
        super().__init__(name=name)
        vectors = vectors.copy()
        vectors[PAD_ID] = 0
        self._scale = float(np.abs(vectors).max() / 127) or 1.0
        self._vectors = tf.constant(np.round(vectors / self._scale), tf.int8)

    def call(self, ids: Any) -> Any:
        """Return one vector per id."""
        return tf.cast(tf.gather(self._vectors, ids), tf.float32) * self._scale


def learned(name: str, rows: int, columns: int) -> Table:
    """Make a table for training; one whose name says "scores" begins at zero."""
    return Table(name, rows, columns, spread=0.0 if "scores" in name else 0.1)


def stored(network: Any) -> TableMaker:
    """Return a maker of tables with the vectors that a trained network has under their names."""

    def make(name: str, rows: int, columns: int) -> StoredTable:
        return StoredTable(name, network.get_layer(name).vectors.numpy())

    return make
