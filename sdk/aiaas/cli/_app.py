"""The commands of ``aiaas`` put together."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aiaas.cli import (
    _config,
    _files,
    _images,
    _jobs,
    _models,
    _ping,
    _recommendations,
    _text,
    _usage,
)
from aiaas.cli._commands import command
from aiaas.cli._session import ExitStatus

_HELP = """Ask an AI-as-a-service deployment from the command line.

The key and the address are taken from --api-key and --base-url, else from AIAAS_API_KEY and
AIAAS_BASE_URL, else from the profile; 'aiaas config set' writes one.

Exit status: 0 all is well; 1 the deployment refused or failed; 2 wrong usage or configuration;
3 no connection; 4 some of the inputs could not be used; 130 interrupted.
"""


class _Group(TyperGroup):
    """Says what is wrong in plain words, also when the user presses Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = _plain(error)
            raise
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(ExitStatus.INTERRUPTED) from None


def _plain(error: typer.BadParameter) -> str:
    """Say in our words what typer, since it checks values with pydantic, says in pydantic's."""
    from pydantic import ValidationError  # here: it takes a while, and is needed for mistakes only

    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return error.message
    from aiaas.contract._findings import findings

    first = findings(cause)[0]
    return first.words or first.message


app = typer.Typer(
    name="aiaas",
    cls=_Group,
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    # A traceback with local variables would show what the caller sends.
    pretty_exceptions_enable=False,
)
app.add_typer(_images.app, name="images")
app.add_typer(_text.app, name="text")
app.add_typer(_recommendations.app, name="recommendations")
app.add_typer(_models.app, name="models")
app.add_typer(_files.app, name="files")
app.add_typer(_jobs.app, name="jobs")
command(app)(_usage.usage)
app.command("ping")(_ping.ping)
app.add_typer(_config.app, name="config")


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
