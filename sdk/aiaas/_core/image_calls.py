"""The calls of the images resource: what is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aiaas._core.bulk import Chunk
from aiaas._core.image_types import (
    ClassifyImagesResponse,
    EmbedImagesResponse,
    ImageClassification,
    ImageEmbedding,
)
from aiaas._core.inference import InferenceCall
from aiaas._core.pictures import Encoded
from aiaas._core.requests import Outgoing, Part, Scalar
from aiaas.contract._operation import Operation
from aiaas.contract.images import CLASSIFY, EMBED

Fields = Mapping[str, Scalar | None]

CLASSIFY_CALL: Final = InferenceCall(CLASSIFY, ClassifyImagesResponse, ImageClassification)
EMBED_CALL: Final = InferenceCall(EMBED, EmbedImagesResponse, ImageEmbedding)


def pictures_in_parts(
    operation: Operation[Any, Any], chunk: Chunk[Encoded], fields: Fields
) -> Outgoing:
    """Send pictures as files beside a JSON part with the other fields."""
    given = {name: value for name, value in fields.items() if value is not None}
    written = json.dumps(given, allow_nan=False).encode()
    request = Part(name="request", content=written, media_type="application/json")
    # Made-up names: what a picture is called on the caller's disk is nobody else's business.
    inputs = (
        Part(
            name="inputs",
            content=picture.content,
            media_type=picture.media_type,
            filename=f"input-{position}",
        )
        for position, picture in enumerate(chunk.inputs)
    )
    return Outgoing(operation=operation, path=operation.path, parts=(request, *inputs))
