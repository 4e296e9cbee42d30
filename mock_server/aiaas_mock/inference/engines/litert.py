"""LiteRT (``ai-edge-litert``), TensorFlow's on-device runtime: no TensorFlow, 70 ms to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from aiaas_mock.inference.backend import Array, Floats, ModelUnavailable


class LiteRtEngine:
    """Runs a ``.tflite`` file on one thread.

    Args:
        path: The file.
        fixed_batch: 1 when the file cannot be resized; rows are then run one by one.
    """

    def __init__(self, path: Path, *, fixed_batch: int | None = None) -> None:
        try:
            # Bytes, not a path: the runtime maps files into memory, where a file that changes
            # under a running server would change the model.
            self._model = Interpreter(model_content=path.read_bytes(), num_threads=1)
            self._model.allocate_tensors()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(f"LiteRT cannot load {path.name}: {error}") from error
        self._input = self._model.get_input_details()[0]
        self._output = self._model.get_output_details()[0]
        self._fixed_batch = fixed_batch
        self._batch = int(self._input["shape"][0])

    def run(self, rows: Array) -> Floats:
        """Answer each row of `rows` with a row of float32."""
        if self._fixed_batch is not None:
            return np.concatenate([self._invoke(rows[at : at + 1]) for at in range(len(rows))])
        if len(rows) != self._batch:
            # About 15 us for a small model: cheaper than padding to a size that is ready.
            self._model.resize_tensor_input(self._input["index"], rows.shape)
            self._model.allocate_tensors()
            self._batch = len(rows)
        return self._invoke(rows)

    def _invoke(self, rows: Array) -> Floats:
        self._model.set_tensor(self._input["index"], rows)
        self._model.invoke()
        outputs: Any = self._model.get_tensor(self._output["index"])
        return _as_floats(outputs, *self._output["quantization"])


def _as_floats(outputs: Array, scale: float, zero_point: int) -> Floats:
    """Undo the quantisation of the output and flatten what comes with each row."""
    if np.issubdtype(outputs.dtype, np.integer):
        outputs = (outputs.astype(np.float32) - zero_point) * scale
    return outputs.reshape(len(outputs), -1).astype(np.float32, copy=False)
