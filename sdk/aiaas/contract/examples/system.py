"""Examples of ``system.*``."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

EXAMPLES: Final = {
    "system.health": Example(response={"status": "ok", "version": "0.1.0"}),
    "system.ready": Example(
        response={
            "status": "ready",
            "models": [
                "imagenet-mobilenet-v1-embedding@1",
                "imagenet-mobilenet-v2@1",
            ],
        }
    ),
    "system.openapi": Example(),
    "system.metrics": Example(),
}
