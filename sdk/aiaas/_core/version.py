"""The version of this package and how it names itself on the wire."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final


def installed_version(distribution: str) -> str:
    """Return the version of an installed distribution, for this one's own use."""
    try:
        return version(distribution)
    except PackageNotFoundError:  # used from a source tree that is not installed
        return "0+unknown"


__version__: Final = installed_version("aiaas")

CLIENT_VERSION: Final = f"python/{__version__}"
USER_AGENT: Final = f"aiaas-python/{__version__} python/{platform.python_version()}"
