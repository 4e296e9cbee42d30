"""The ``aiaas-mock`` command."""

from __future__ import annotations

import sys
from importlib.util import find_spec

_NEEDED = ("click", "starlette", "uvicorn", "numpy", "pydantic_settings")


def main() -> None:
    """Run the command line; without the server's packages say which command installs them."""
    if any(find_spec(name) is None for name in _NEEDED):
        print(
            "aiaas-mock needs packages that a plain 'pip install aiaas' leaves out; run:\n"
            "  pip install 'aiaas[server]'",
            file=sys.stderr,
        )
        raise SystemExit(2)
    from aiaas_mock.cli.commands import cli

    cli(prog_name="aiaas-mock")
