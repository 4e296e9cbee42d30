"""What every command needs: a client, and errors turned into lines and exit statuses."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, NoReturn, Protocol, cast

import typer

from aiaas.cli._profile_file import profile_names

if TYPE_CHECKING:
    from aiaas import Client

# The variables are read by the SDK and not here: there they come after a profile that was named.
ApiKey = Annotated[
    str | None,
    typer.Option("--api-key", help="The API key.  [env var: AIAAS_API_KEY]"),
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="Address of the deployment.  [env var: AIAAS_BASE_URL]"),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="Settings to take from the configuration file, before the environment; see "
        "'aiaas config'.  [env var: AIAAS_PROFILE]",
        autocompletion=profile_names,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Tell every request and every retry on standard error."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


class ExitStatus(IntEnum):
    """How a command went."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NO_CONNECTION = 3
    SOME_INPUTS_FAILED = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Place:
    """Which deployment a command is about, and how much it tells.

    Attributes:
        api_key: The key, if it was given.
        base_url: The address, if it was given.
        profile: Name of the profile, if it was given.
        verbose: Whether requests are told as they happen.
    """

    # Not in the repr, which tracebacks may show.
    api_key: str | None
    base_url: str | None
    profile: str | None = None
    verbose: bool = False

    def __repr__(self) -> str:
        return f"Place(base_url={self.base_url!r}, profile={self.profile!r})"


class MakeClient(Protocol):
    """Makes a client from the settings that every command takes."""

    def __call__(self, api_key: str | None, *, base_url: str | None, profile: str | None) -> Client:
        """Return a new client."""
        ...


@contextmanager
def client_for(context: typer.Context, place: Place) -> Iterator[Client]:
    """Give a client, and end the command in a readable way if it raises."""
    # A program that runs these commands itself may pass its own way to make a client.
    make = cast("MakeClient", context.obj or _default_client)
    with readable_errors(place.profile), told(place.verbose):
        client = make(place.api_key, base_url=place.base_url, profile=place.profile)
        with client:
            yield client


@contextmanager
def readable_errors(profile: str | None = None) -> Iterator[None]:
    """End the command with a line or two and a status if the SDK raises.

    Args:
        profile: Name of the profile, if it was given.
    """
    import aiaas
    from aiaas._core.requests import ArgumentError

    try:
        yield
    except aiaas.ConfigurationError as error:
        keyless = str(error).startswith("No API key")
        place = f" --profile {shlex.quote(profile)}" if profile else ""
        advice = f"\nTo keep a key: aiaas config set api_key{place}" if keyless else ""
        end(f"{error}{advice}", ExitStatus.USAGE)
    except (ArgumentError, aiaas.MissingDependencyError) as error:
        end(str(error), ExitStatus.USAGE)
    except aiaas.APIConnectionError as error:
        end(f"{error}{_after(error)}", ExitStatus.NO_CONNECTION)
    except aiaas.AiaasError as error:
        end(f"{error}{_after(error)}", ExitStatus.REFUSED)


@contextmanager
def told(verbose: bool) -> Iterator[None]:
    """Write what the SDK does to standard error, as it does it."""
    if not verbose:
        yield
        return
    log = logging.getLogger("aiaas")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03d %(message)s", "%H:%M:%S"))
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def complain(text: str) -> None:
    """Write to standard error, the first line marked as an error."""
    typer.echo(f"error: {text}", err=True)


def end(text: str, status: ExitStatus) -> NoReturn:
    """Complain and end the command.

    Raises:
        typer.Exit: Always.
    """
    complain(text)
    raise typer.Exit(status)


def _after(error: Exception) -> str:
    attempts = getattr(error, "attempts", 0)
    return f"\nGave up after {attempts} attempts; --verbose shows them." if attempts > 1 else ""


def _default_client(api_key: str | None, *, base_url: str | None, profile: str | None) -> Client:
    import aiaas

    return aiaas.Client(api_key, base_url=base_url, profile=profile)
