"""Examples of ``images.*``: an ankle boot of Fashion-MNIST's test set (MIT, Zalando SE)."""

from __future__ import annotations

from aiaas.contract.examples import Example

EXAMPLES = {
    "images.classify": Example(request={"inputs": []}),
    "images.embed": Example(request={"inputs": []}),
}
