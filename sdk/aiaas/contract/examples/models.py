"""Examples of ``models.*``."""

from __future__ import annotations

from aiaas.contract.examples import Example

EXAMPLES = {
    "models.list": Example(request={}),
    "models.retrieve": Example(request={"model": "fashion-cnn"}),
}
