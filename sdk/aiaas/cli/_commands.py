"""The options that all commands share, written once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

import typer

from aiaas.cli._session import (
    ApiKey,
    AsJson,
    BaseUrl,
    Place,
    Profile,
    Verbose,
    client_for,
)

if TYPE_CHECKING:
    from aiaas import Client

P = ParamSpec("P")

_SHARED: Final[dict[str, tuple[Any, Any]]] = {
    "as_json": (AsJson, False),
    "verbose": (Verbose, False),
    "profile": (Profile, None),
    "base_url": (BaseUrl, None),
    "api_key": (ApiKey, None),
}


@dataclass(frozen=True, slots=True)
class Session:
    """What the shared options of a command say.

    Attributes:
        context: The command's context.
        place: Which deployment it is about.
        as_json: Whether to print JSON.
    """

    context: typer.Context
    place: Place
    as_json: bool

    @property
    def verbose(self) -> bool:
        """Whether requests are told as they happen."""
        return self.place.verbose

    def client(self) -> AbstractContextManager[Client]:
        """Give a client, and end the command in a readable way if it raises."""
        return client_for(self.context, self.place)


def command(
    app: typer.Typer, name: str | None = None, *, json: bool = True
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[Concatenate[Session, P], None]]:
    """Make a function a command of `app`, with the shared options behind its own.

    Args:
        app: The group that the command belongs to.
        name: Its name; the function's when omitted.
        json: Whether it takes ``--json``.

    Example:
        >>> @command(app)
        ... def show(session: Session, name: str) -> None:
        ...     with session.client() as client:
        ...         print(client.models.retrieve(name))
    """

    def register(
        function: Callable[Concatenate[Session, P], None],
    ) -> Callable[Concatenate[Session, P], None]:
        app.command(name)(_with_shared_options(function, json=json))
        return function

    return register


def _with_shared_options(function: Callable[..., None], *, json: bool) -> Callable[..., None]:
    @functools.wraps(function)
    def run(context: typer.Context, **given: Any) -> None:
        shared = {option: given.pop(option, default) for option, (_, default) in _SHARED.items()}
        as_json = shared.pop("as_json")
        function(Session(context, Place(**shared), as_json), **given)

    _, *own = inspect.signature(function, eval_str=True).parameters.values()
    parameters = [
        _parameter("context", typer.Context),
        *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own),
        *(
            _parameter(option, kind, default)
            for option, (kind, default) in _SHARED.items()
            if json or option != "as_json"
        ),
    ]
    # What typer reads options from, in place of the function's own.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
