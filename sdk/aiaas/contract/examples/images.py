"""Examples of ``images.*``: an ankle boot of Fashion-MNIST's test set (MIT, Zalando SE)."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

ANKLE_BOOT: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAABUElEQVR42t3Su0rDYBgG4Pf78ydpDk0roQcVPAyl"
    "aJFOoljciu7i4uCiixfgfQkOTl6Bo5Pgoqhoiya2aWqb/AcHQdA70G98H953+oB/fQYBNhoA+xETw/y+JzUwxd5v"
    "hMJ25xgAqocJwH8OivWVXuMscu7D4PFXkwlvnwpFYtTKY/6NBEYwFE56L06hJ1WaWYH3hQQNpQ2Jg/rLqPzWz7kJ"
    "5jW+UINxgsRR+yEsO8OiGueksQsOMGhSCpjbc259O8y0CzmVqeqAG1IBGpWl5mw2LAemrRbN91yxDyNpcYnaouc5"
    "y24+YiVHuOOp9VxyY38mrYcc3TlRMaRI/DrZMfONdDSoArFybMF3jm+eE5YZlFiqSI4y67VViyF1J6M+v9pc60Ak"
    "UTSwKGy6gW5f33VtDfE0LBIAf6O5VQk80iq6ubyYAOcLr0kipqd/65k+AWKCff9NOm1OAAAAAElFTkSuQmCC"
)
"""A 28x28 grey PNG, base64."""

EXAMPLES: Final = {
    "images.classify": Example(
        request={"inputs": [{"data": ANKLE_BOOT}], "model": "fashion-cnn", "top_k": 3},
        response={
            "id": "icl_4e8a1f0c9b7d2356ae01c4f8",
            "object": "images.classification",
            "model": "fashion-cnn@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "results": [
                {
                    "index": 0,
                    "predictions": [
                        {"label": "Ankle boot", "score": 0.999826},
                        {"label": "Sandal", "score": 0.000126},
                        {"label": "Sneaker", "score": 4.5e-05},
                    ],
                    "width": 28,
                    "height": 28,
                    "format": "png",
                }
            ],
        },
    ),
    "images.embed": Example(
        request={"inputs": [{"data": ANKLE_BOOT}], "dimensions": 4},
        response={
            "id": "iem_b1d07c52f39e4a86cd20e7a1",
            "object": "images.embedding",
            "model": "imagenet-mobilenet-v1-embedding@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "dimensions": 4,
            "results": [
                {
                    "index": 0,
                    "embedding": [0.767368, 0.625262, 0.142105, 0.0],
                    "width": 28,
                    "height": 28,
                    "format": "png",
                }
            ],
        },
    ),
}
