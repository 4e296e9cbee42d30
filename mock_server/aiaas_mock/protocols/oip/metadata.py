"""What models are: their tensors, versions and configuration."""

from __future__ import annotations

from typing import Any, Final

import orjson

from aiaas_mock.context import RequestContext
from aiaas_mock.http.answers import Answer
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.rows import Row
from aiaas_mock.protocols.oip.datatypes import datatype_of
from aiaas_mock.protocols.protocol import Named
from aiaas_mock.services.tensors import INPUT, OUTPUT, TensorService

_ANY: Final = -1
"""Length of the axis of the batch."""


def name_of(ref: ModelRef) -> str:
    """Return the name of a model: without its version, with the variant that was asked for."""
    return f"{ref.card.name}:{ref.variant}" if ref.variant else ref.card.name


class ModelDescriptions:
    """Answers what asks about a model.

    Args:
        tensors: Knows the models.
    """

    def __init__(self, tensors: TensorService) -> None:
        self._tensors = tensors

    async def ready(self, named: Named, context: RequestContext) -> Answer:
        """Answer ``ready``: what is there is, as it is loaded when it is first asked."""
        ref = self._tensors.find(named.model, named.version)
        return Answer(orjson.dumps({"name": name_of(ref), "ready": True}))

    async def metadata(self, named: Named, context: RequestContext) -> Answer:
        """Answer what a model takes and gives."""
        ref = self._tensors.find(named.model, named.version)
        content = {
            "name": name_of(ref),
            "versions": [bundle.card.version for bundle in self._tensors.versions(ref)],
            "platform": _platform(ref),
            "inputs": [_tensor(INPUT, self._tensors.takes(ref))],
            "outputs": [_tensor(OUTPUT, self._tensors.gives(ref))],
        }
        return Answer(orjson.dumps(content))

    async def config(self, named: Named, context: RequestContext) -> Answer:
        """Answer how a model is configured, in the words of Triton."""
        ref = self._tensors.find(named.model, named.version)
        output = _field(OUTPUT, self._tensors.gives(ref))
        if isinstance(ref.card.output, ScoresOutput):
            output["label_filename"] = ref.card.output.labels_file
        content = {
            "name": name_of(ref),
            "platform": _platform(ref),
            "backend": _platform(ref),
            "max_batch_size": ref.card.max_batch,
            "input": [_field(INPUT, self._tensors.takes(ref))],
            "output": [output],
        }
        return Answer(orjson.dumps(content))


def _platform(ref: ModelRef) -> str:
    card = ref.card
    return card.variants[ref.variant or card.default_variant].engine


def _tensor(name: str, row: Row) -> dict[str, Any]:
    return {"name": name, "datatype": datatype_of(row.dtype), "shape": [_ANY, *row.shape]}


def _field(name: str, row: Row) -> dict[str, Any]:
    return {
        "name": name,
        "data_type": f"TYPE_{datatype_of(row.dtype)}",
        "format": "FORMAT_NONE",
        "dims": list(row.shape),
    }
