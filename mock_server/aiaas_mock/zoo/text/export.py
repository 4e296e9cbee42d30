"""From a trained network to the `.tflite` file that is served."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import keras

from aiaas_mock.inference.cards import Variant
from aiaas_mock.zoo.text.networks import Branch, Shape, build, logits_per_branch
from aiaas_mock.zoo.text.tables import stored

VARIANTS: Final = {"int8": Variant(engine="litert", file="model.tflite")}


def write_tflite(
    network: Any,
    branches: tuple[Branch, ...],
    shape: Shape,
    path: Path,
    *,
    scale: NDArray[np.float64] | None = None,
    offset: NDArray[np.float64] | None = None,
) -> None:
    """Write a network with tables and kernels in int8, and with a free batch dimension.

    Args:
        network: As trained, with float32 tables.
        branches: What it was built of.
        shape: What it was built for.
        path: The file.
        scale: Calibration of each label: the output is `logits * scale + offset`.
        offset: See `scale`.
    """
    served = _served(network, branches, shape, scale, offset)
    with TemporaryDirectory() as exported:
        # Exported and read back: the converter leaves the weights out of a Keras function.
        size = shape.tokens + shape.ngrams
        signature = [tf.TensorSpec((None, size), tf.int32, name="ids")]
        served.export(exported, input_signature=signature, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(exported)
        # Kernels become int8, sums stay float32; the tables are int8 already.
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        path.write_bytes(converter.convert())


def _served(
    network: Any,
    branches: tuple[Branch, ...],
    shape: Shape,
    scale: NDArray[np.float64] | None,
    offset: NDArray[np.float64] | None,
) -> Any:
    bare = build(branches, shape, stored(network))
    for layer in bare.layers:
        if layer.weights:
            layer.set_weights(network.get_layer(layer.name).get_weights())
    row = keras.Input(network.input_shape[1:], dtype="int32", name="ids")
    outputs = logits_per_branch(bare, row)
    whole = sum(branch.weight for branch in branches)
    logits = sum(one * (b.weight / whole) for one, b in zip(outputs, branches, strict=True))
    if scale is not None:
        logits = logits * scale.astype(np.float32)
    if offset is not None:
        logits = logits + offset.astype(np.float32)
    return keras.Model(row, logits)
