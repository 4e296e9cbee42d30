"""The ``aiaas`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with a status that says how it went."""
    try:
        # The extra is optional, and nothing but this command needs it.
        from aiaas.cli._app import app
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("typer", "rich"):
            raise
        print(f"The command line needs {package}. Run: pip install 'aiaas[cli]'", file=sys.stderr)
        sys.exit(2)
    app()
