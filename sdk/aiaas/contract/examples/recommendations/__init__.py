"""Examples of ``recommendations.*``: a small shop of mugs and pots."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples.recommendations import catalogue, learning, ranking

EXAMPLES: Final = {**catalogue.EXAMPLES, **ranking.EXAMPLES, **learning.EXAMPLES}
