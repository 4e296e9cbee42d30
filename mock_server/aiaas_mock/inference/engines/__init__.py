"""Engines: what turns a file of weights into a function from rows to rows.

Only `tensorflow` here and the zoo import TensorFlow, and nothing imports an engine before a model
needs it.
"""

from __future__ import annotations

from typing import Literal, Protocol

from aiaas_mock.inference.backend import Array, Floats, ModelUnavailable
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.cards import BundleError, verify_bundle

EngineName = Literal["litert", "tensorflow", "null"]


class Engine(Protocol):
    """A loaded model. Not thread-safe: one batch at a time."""

    def run(self, rows: Array) -> Floats:
        """Answer each row of `rows` with a row of float32."""
        ...


def load_engine(ref: ModelRef, engine: EngineName) -> Engine:
    """Load a model's weights.

    The variant that `ref` names decides the engine; without one, `engine` chooses among the
    variants that the card offers, and a card that offers none for TensorFlow runs on LiteRT.

    Raises:
        ModelUnavailable: A file is missing or was changed, or the engine is not installed.
    """
    if engine == "null":
        from aiaas_mock.inference.engines.null import NullEngine

        return NullEngine(ref.card)
    try:
        # Once more: the files may have changed since the catalogue was read.
        verify_bundle(ref.bundle.folder)
    except BundleError as error:
        raise ModelUnavailable(str(error)) from error
    variant = ref.card.variants[_variant(ref, engine)]
    if variant.engine == "recommender":
        raise ModelUnavailable(
            f"{ref.card.id} takes no rows: the operations of recommendations answer with it"
        )
    path = ref.bundle.folder / variant.file
    if variant.engine == "tensorflow":
        from aiaas_mock.inference.engines.tensorflow import TensorFlowEngine

        return TensorFlowEngine(path)
    from aiaas_mock.inference.engines.litert import LiteRtEngine

    return LiteRtEngine(path, fixed_batch=ref.card.fixed_batch)


def _variant(ref: ModelRef, engine: EngineName) -> str:
    if ref.variant is not None:
        return ref.variant
    if engine == "tensorflow":
        for name, variant in ref.card.variants.items():
            if variant.engine == "tensorflow":
                return name
    return ref.card.default_variant
