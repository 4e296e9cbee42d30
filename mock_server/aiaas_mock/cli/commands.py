"""The group of commands; each lives in a module of its own, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Final

import click

_MODULES: Final = {
    "serve": "serve",
    "models": "models",
    "train": "zoo",
    "evaluate": "zoo",
    "keys": "keys",
    "openapi": "openapi",
    "lab": "lab",
    "verify": "verify",
}
"""Which module of this package holds which command."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"aiaas_mock.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("aiaas"), message="aiaas-mock %(version)s")
def cli() -> None:
    """Run the aiaas reference cloud: real models behind the aiaas contract, offline."""
