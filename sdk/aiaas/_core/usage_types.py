"""Results of the usage resource: the contract's types and which request each came from."""

from __future__ import annotations

from aiaas._core.results import Traced
from aiaas.contract import usage


class UsageReport(Traced, usage.UsageReport):
    __doc__ = usage.UsageReport.__doc__
