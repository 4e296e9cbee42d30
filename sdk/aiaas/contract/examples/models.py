"""Examples of ``models.*``: the cards of two shipped models."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

EXAMPLES: Final = {
    "models.list": Example(
        request={"task": "image-embedding", "limit": 1},
        response={
            "object": "list",
            "data": [
                {
                    "id": "imagenet-mobilenet-v1-embedding@1",
                    "object": "model",
                    "name": "imagenet-mobilenet-v1-embedding",
                    "version": "1",
                    "task": "image-embedding",
                    "operations": ["images.embed"],
                    "default_for": ["images.embed"],
                    "aliases": [],
                    "variants": ["int8"],
                    "summary": "Turns a photo into 1,024 numbers: near pictures get near vectors",
                    "origin": "third-party",
                    "licence": "Apache-2.0",
                    "limits": "For similarity of photos of things. Not for telling "
                    "people apart. All numbers are positive, so that even "
                    "unlike pictures have a cosine similarity well above "
                    "zero.",
                    "parameters": None,
                    "base": None,
                    "metrics": [
                        {
                            "name": "nearest_neighbour_accuracy",
                            "split": "clothing-dataset-small: 372 test photos "
                            "against 3,068 train photos",
                            "value": 0.7016,
                            "variant": "int8",
                            "command": "aiaas-mock evaluate "
                            "imagenet-mobilenet-v1-embedding --data DIR",
                            "note": "share of test photos whose nearest train "
                            "photo by cosine is of the same kind",
                        }
                    ],
                    "labels": None,
                    "dimensions": 1024,
                    "loaded": True,
                    "created": "2026-11-24",
                }
            ],
            "has_more": False,
            "next_cursor": None,
        },
    ),
    "models.retrieve": Example(
        request={"model": "fashion-cnn"},
        response={
            "id": "fashion-cnn@1",
            "object": "model",
            "name": "fashion-cnn",
            "version": "1",
            "task": "image-classification",
            "operations": ["images.classify"],
            "default_for": [],
            "aliases": [],
            "variants": ["float32", "keras", "int8"],
            "summary": "The textbook network for Fashion-MNIST, which the others are measured by",
            "origin": "trained-by-us",
            "licence": "Apache-2.0",
            "limits": "For pictures like Fashion-MNIST's: one garment, light grey on "
            "black, centred, 28x28. On ordinary photos the answer means "
            "nothing: use `clothing`. Shirts are the weak class: they are taken "
            "for T-shirts, pullovers and coats.",
            "parameters": 93322,
            "base": None,
            "metrics": [
                {
                    "name": "accuracy",
                    "split": "test, 10,000 images",
                    "value": 0.8947,
                    "variant": "float32",
                    "command": "aiaas-mock evaluate fashion-cnn --data DIR",
                    "note": None,
                },
                {
                    "name": "accuracy",
                    "split": "test, 10,000 images",
                    "value": 0.8946,
                    "variant": "int8",
                    "command": "aiaas-mock evaluate fashion-cnn --data DIR",
                    "note": None,
                },
            ],
            "labels": [
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ],
            "dimensions": None,
            "loaded": True,
            "created": "2026-11-24",
        },
    ),
}
