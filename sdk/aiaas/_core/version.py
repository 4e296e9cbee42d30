"""The version of this package and how it names itself on the wire."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final


def _installed_version() -> str:
    try:
        return version("aiaas")
    except PackageNotFoundError:  # used from a source tree that is not installed
        return "0+unknown"


__version__: Final = _installed_version()

CLIENT_VERSION: Final = f"python/{__version__}"
USER_AGENT: Final = f"aiaas-python/{__version__} python/{platform.python_version()}"
