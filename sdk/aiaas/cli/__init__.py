"""The ``aiaas`` command."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """Run the command line and exit with a status that says how it went."""
    # The extra is optional, and nothing but this command needs it.
    missing = [package for package in ("typer", "rich") if find_spec(package) is None]
    if missing:
        needed = " and ".join(missing)
        print(f"The command line needs {needed}. Run: pip install 'aiaas[cli]'", file=sys.stderr)
        sys.exit(2)

    from aiaas.cli._app import app

    app(prog_name="aiaas")
