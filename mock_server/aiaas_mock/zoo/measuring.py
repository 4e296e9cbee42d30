"""Run a bundle's LiteRT file over a data set, without TensorFlow and without a server."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.cards import Card


class Interpreter:
    """A bundle's LiteRT variant, one thread, any number of examples a call."""

    def __init__(self, folder: Path, card: Card, *, variant: str) -> None:
        """Load the file of a variant whose engine is "litert"."""
        # Imported here so that listing and checking bundles does not load the runtime.
        from ai_edge_litert.interpreter import Interpreter as LiteRt

        path = folder / card.variants[variant].file
        self._runtime: Any = LiteRt(model_path=str(path), num_threads=1)
        self._batch = card.fixed_batch or min(card.max_batch, 64)
        self._fixed = card.fixed_batch is not None
        self._rows = 0
        if self._fixed:
            self._runtime.allocate_tensors()

    def run(self, examples: NDArray[Any]) -> NDArray[np.float32]:
        """Return one row of float32 numbers per example."""
        steps = range(0, len(examples), self._batch)
        return np.concatenate([self._invoke(examples[at : at + self._batch]) for at in steps])

    def _invoke(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        details = self._runtime.get_input_details()[0]
        if not self._fixed and len(batch) != self._rows:
            self._runtime.resize_tensor_input(details["index"], batch.shape)
            self._runtime.allocate_tensors()
            self._rows = len(batch)
        self._runtime.set_tensor(details["index"], batch)
        self._runtime.invoke()
        return self._output().reshape(len(batch), -1)

    def _output(self) -> NDArray[np.float32]:
        details = self._runtime.get_output_details()[0]
        values = self._runtime.get_tensor(details["index"])
        scale, zero_point = details["quantization"]
        if scale:
            values = (values.astype(np.float32) - zero_point) * np.float32(scale)
        result: NDArray[np.float32] = values
        return result


def accuracy(scores: NDArray[np.float32], labels: NDArray[Any]) -> float:
    """Return the share of rows whose highest score is at the label, to four digits."""
    return round(float((scores.argmax(axis=1) == labels).mean()), 4)


def litert_variants(card: Card) -> list[str]:
    """Return the names of a card's variants that this module can run."""
    return [name for name, variant in card.variants.items() if variant.engine == "litert"]


def picture_input(card: Card) -> ImageInput:
    """Return the input of a card that takes pictures.

    Raises:
        TypeError: It takes something else.
    """
    if not isinstance(card.input, ImageInput):
        raise TypeError(f"{card.id} takes no pictures")
    return card.input
