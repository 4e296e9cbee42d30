"""TensorFlow: a ``.keras`` file or a SavedModel as one concrete function with a free batch.

Never ``model.predict`` or a call of the model per request, which are 100 to 1,000 times slower.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from aiaas_mock.inference.backend import Array, Floats, ModelUnavailable


class TensorFlowEngine:
    """Runs a ``.keras`` file or a SavedModel folder."""

    def __init__(self, path: Path) -> None:
        self._tf = _import_tensorflow()
        try:
            self._function = self._load(path)
        except (OSError, ValueError, TypeError) as error:
            raise ModelUnavailable(f"TensorFlow cannot load {path.name}: {error}") from error

    def run(self, rows: Array) -> Floats:
        """Answer each row of `rows` with a row of float32."""
        outputs: Floats = self._function(self._tf.constant(rows)).numpy()
        return outputs.reshape(len(outputs), -1)

    def _load(self, path: Path) -> Any:
        tf = self._tf
        if path.is_dir():
            loaded = tf.saved_model.load(str(path))
            signature = loaded.signatures["serving_default"]
            (name,) = signature.structured_input_signature[1]
            (output,) = signature.structured_outputs

            def serve(rows: Any, _loaded: Any = loaded) -> Any:  # the signature holds no reference
                return signature(**{name: rows})[output]

            return serve
        model = tf.keras.models.load_model(path, compile=False)
        shape, dtype = model.inputs[0].shape, model.inputs[0].dtype
        function = tf.function(lambda rows: model(rows, training=False))
        return function.get_concrete_function(tf.TensorSpec((None, *shape[1:]), dtype))


def _import_tensorflow() -> Any:
    # The C++ part greets on stderr with lines that no log format knows.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import tensorflow as tf
    except ImportError as error:
        raise ModelUnavailable(
            "TensorFlow is not installed; run: pip install 'aiaas[server,tensorflow]'"
        ) from error
    try:
        # One core each: models share the machine with decoding and HTTP.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass  # the runtime is up already, since another model or the host program started it
    return tf
