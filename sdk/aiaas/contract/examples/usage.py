"""Examples of ``usage.*``."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

EXAMPLES: Final = {
    "usage.retrieve": Example(
        before=("models.list",),
        request={"operation": "models.list"},
        response={
            "object": "usage",
            "namespace": "default",
            "since": "2026-11-24T09:30:00.123456Z",
            "data": [
                {
                    "operation": "models.list",
                    "requests": 12,
                    "failed_requests": 1,
                    "inputs": 0,
                }
            ],
        },
    ),
}
