"""Examples of ``system.*``."""

from __future__ import annotations

from aiaas.contract.examples import Example

EXAMPLES = {
    "system.health": Example(response={"status": "ok", "version": "0.1.0"}),
    "system.ready": Example(response={"status": "ready", "models": ["fashion-cnn@1"]}),
    "system.openapi": Example(),
    "system.metrics": Example(),
}
