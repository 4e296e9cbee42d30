"""How long a fault holds a request up."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, Final

from aiaas_mock.lab.contract import fault_kinds as kinds
from aiaas_mock.lab.faults.rules import Hit

_MOST_S: Final = 600.0


def _latency(fault: kinds.Latency, hit: Hit) -> float:
    return min(_drawn(fault, hit.chance), _MOST_S if fault.max_s is None else fault.max_s)


def _drawn(fault: kinds.Latency, chance: random.Random) -> float:
    if fault.distribution == "uniform":
        return chance.uniform(fault.delay_s, fault.max_s or fault.delay_s)
    if fault.distribution == "lognormal" and fault.delay_s > 0:
        return chance.lognormvariate(math.log(fault.delay_s), fault.sigma)
    return fault.delay_s


def _ramp(fault: kinds.Ramp, hit: Hit) -> float:
    return min(fault.step_s * hit.rule.hit, fault.max_s)


DELAYS: Final[dict[type, Callable[[Any, Hit], float]]] = {
    kinds.Latency: _latency,
    kinds.Ramp: _ramp,
}
"""Returns the delay of a kind before the service, in seconds."""
