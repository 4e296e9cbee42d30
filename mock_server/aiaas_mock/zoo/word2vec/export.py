"""From a TensorFlow function to a LiteRT file."""

from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import tensorflow as tf


def convert(function: Callable[[tf.Tensor], tf.Tensor], spec: Any, *, small: bool = False) -> bytes:
    """Return the LiteRT file of a function of one input and one output.

    Args:
        function: What the model computes; its constants become the weights.
        spec: The input, whose first dimension is free.
        small: Whether the weights of matrix products become int8 (dynamic range quantisation).
    """
    module = tf.Module()
    module.function = tf.function(function, input_signature=[spec])
    with TemporaryDirectory() as exported:
        # Saved and read back: the converter loses weights that it is handed as a function.
        tf.saved_model.save(module, exported, signatures=module.function.get_concrete_function())
        converter = tf.lite.TFLiteConverter.from_saved_model(exported)
        if small:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        file: bytes = converter.convert()
    return file
