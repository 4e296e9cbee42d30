"""Which model a path means: by name, by a version, or by a label."""

from __future__ import annotations

from typing import Final

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.protocols.protocol import Named
from aiaas_mock.services.tensors import TensorService

STABLE: Final = "stable"
"""The label of every model's newest version; a card's variants are labels too."""


def find(tensors: TensorService, named: Named) -> ModelRef:
    """Return the model that a path means.

    Raises:
        ApiError: There is none.
    """
    ref = tensors.find(named.model, named.version)
    if named.label is None or named.label == STABLE:
        return ref
    if named.label not in ref.card.variants:
        known = ", ".join((STABLE, *ref.card.variants))
        raise ApiError(
            "model_not_found",
            f"Model {ref.card.id} has no label '{named.label[:64]}'; it has {known}.",
        )
    return ModelRef(ref.bundle, named.label)
