"""From a trained Keras model to the files of a bundle."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.cards import Variant

VARIANTS = {
    "float32": Variant(engine="litert", file="model.tflite"),
    "keras": Variant(engine="tensorflow", file="model.keras"),
}
INT8_VARIANT = {"int8": Variant(engine="litert", file="model-int8.tflite")}


def save_model(model: Any, folder: Path, *, typical: NDArray[np.float32] | None = None) -> None:
    """Write the model for TensorFlow and, with a free batch dimension, for LiteRT.

    Args:
        model: A Keras model of one input and one output, not compiled: an optimizer's state
            would triple the file.
        folder: The bundle's folder.
        typical: Inputs from the training split; with them, an int8 form is written too, whose
            ranges come from these. Its input and output stay float32.
    """
    model.save(folder / VARIANTS["keras"].file)
    with TemporaryDirectory() as exported:
        # Exported and read back: the converter leaves the weights out of a Keras function.
        shape = (None, *model.input_shape[1:])
        signature = [tf.TensorSpec(shape, tf.float32, name="input")]
        model.export(exported, input_signature=signature, verbose=False)
        convert = tf.lite.TFLiteConverter.from_saved_model
        (folder / VARIANTS["float32"].file).write_bytes(convert(exported).convert())
        if typical is not None:
            weights = _to_int8(convert(exported), typical)
            (folder / INT8_VARIANT["int8"].file).write_bytes(weights)


def _to_int8(converter: Any, typical: NDArray[np.float32]) -> bytes:
    def examples() -> Iterator[list[NDArray[np.float32]]]:
        for row in typical:
            yield [row[None]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    weights: bytes = converter.convert()
    return weights
