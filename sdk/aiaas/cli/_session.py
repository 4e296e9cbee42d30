"""What every command needs: a client, and errors turned into lines and exit statuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

if TYPE_CHECKING:
    from aiaas import Client

ApiKey = Annotated[
    str | None,
    typer.Option("--api-key", envvar="AIAAS_API_KEY", show_envvar=True, help="The API key."),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", envvar="AIAAS_BASE_URL", show_envvar=True, help="Address of the deployment."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


class ExitStatus(IntEnum):
    """How a command went."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NO_CONNECTION = 3
    SOME_INPUTS_FAILED = 4


class MakeClient(Protocol):
    """Makes a client from the two settings that every command takes."""

    def __call__(self, api_key: str | None, *, base_url: str | None) -> Client:
        """Return a new client."""
        ...


@contextmanager
def client_for(
    context: typer.Context, api_key: str | None, base_url: str | None
) -> Iterator[Client]:
    """Give a client, and end the command in a readable way if it raises."""
    import aiaas

    # A program that runs these commands itself may pass its own way to make a client.
    make = cast("MakeClient", context.obj or aiaas.Client)
    try:
        with make(api_key, base_url=base_url) as client:
            yield client
    except aiaas.ConfigurationError as error:
        _end(error, ExitStatus.USAGE)
    except aiaas.APIConnectionError as error:
        _end(error, ExitStatus.NO_CONNECTION)
    except aiaas.AiaasError as error:
        _end(error, ExitStatus.REFUSED)


def complain(text: str) -> None:
    """Write to standard error, the first line marked as an error."""
    typer.echo(f"error: {text}", err=True)


def _end(error: Exception, status: ExitStatus) -> None:
    complain(str(error))
    raise typer.Exit(status)
