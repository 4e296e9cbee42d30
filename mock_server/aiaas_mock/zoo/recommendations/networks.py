"""What the trainings of networks share: one core, a seed, a falling rate, a ``.tflite`` file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tensorflow as tf
from tensorflow import keras


def begin(seed: int) -> None:
    """Make the training repeatable and leave the other cores to the server."""
    keras.utils.set_random_seed(seed)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass  # the runtime is up already: a training before this one chose


def optimizer(rate: float, steps: int, *, decay: float = 0.0) -> Any:
    """Return AdamW whose rate falls to 0 over the training."""
    falling = keras.optimizers.schedules.CosineDecay(rate, max(steps, 1))
    return keras.optimizers.AdamW(falling, weight_decay=decay)


def learning_step(
    variables: list[Any], loss: Callable[..., Any], optimizer: Any
) -> Callable[..., float]:
    """Return a compiled step: the loss of a batch, after which the variables are better."""
    optimizer.build(variables)

    def step(*batch: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(*batch)
        gradients = tape.gradient(value, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return value

    compiled = tf.function(step, reduce_retracing=True, autograph=False)  # no loops in there
    return lambda *batch: float(compiled(*(tf.constant(part) for part in batch)))


def multinomial(logits: Any, wanted: Any) -> Any:
    """Return the mean negative log-likelihood of the wanted items among all."""
    likely = tf.reduce_sum(wanted * tf.nn.log_softmax(logits), axis=1)
    # By the root of their number: a person of many items counts more, but not as many times.
    return -tf.reduce_mean(likely / tf.sqrt(tf.maximum(tf.reduce_sum(wanted, axis=1), 1.0)))


def tflite(model: Any, dtype: Any) -> bytes:
    """Return a model of one input with a free batch: kernels in int8, sums in float32."""
    with TemporaryDirectory() as folder:
        # Exported and read back: the converter leaves the weights out of a Keras function.
        signature = [tf.TensorSpec((None, *model.input_shape[1:]), dtype, name="history")]
        model.export(folder, input_signature=signature, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(Path(folder)))
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        content: bytes = converter.convert()
        return content
