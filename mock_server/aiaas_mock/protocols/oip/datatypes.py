"""Names of the types of numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import numpy as np

_NAMES: Final = MappingProxyType({"uint8": "UINT8", "int32": "INT32", "float32": "FP32"})


def datatype_of(dtype: np.dtype[Any]) -> str:
    """Return the protocol's name of a type."""
    return _NAMES[dtype.name]
