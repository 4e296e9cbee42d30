"""The commands of ``aiaas`` put together."""

from __future__ import annotations

from typing import Annotated

import typer

from aiaas.cli import _images, _models

_HELP = """Ask an AI-as-a-service deployment from the command line.

The key and the address are taken from --api-key and --base-url, else from AIAAS_API_KEY and
AIAAS_BASE_URL.

Exit status: 0 all is well; 1 the deployment refused or failed; 2 wrong usage or configuration;
3 no connection; 4 some of the inputs could not be used.
"""

app = typer.Typer(
    name="aiaas",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    # A traceback with local variables would show what the caller sends.
    pretty_exceptions_enable=False,
)
app.add_typer(_images.app, name="images")
app.add_typer(_models.app, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        from aiaas._core.version import __version__

        typer.echo(f"aiaas {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Hold the options of the command itself; its help is `_HELP`."""
