"""``aiaas-mock serve``: one option per setting, made from the settings' own descriptions."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn, get_args, get_origin

import click
import uvicorn
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsError
from starlette.applications import Starlette

from aiaas.contract._findings import Finding, findings
from aiaas.contract._known_names import nearest
from aiaas_mock.cli.starting import StartingApp
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.keys import new_key
from aiaas_mock.settings import ENV_PREFIX, Settings


def _setting_options(command: click.Command) -> click.Command:
    """Give the command an option for every setting."""
    command.params[:0] = [_option(name, field) for name, field in Settings.model_fields.items()]
    return command


def _option(name: str, field: FieldInfo) -> click.Option:
    kind, flag = field.annotation, name.replace("_", "-")
    multiple = name in ("api_key", "warm", "default")
    default = "" if field.default in ((), None) or multiple else f"  [{field.default}]"
    help_text = f"{field.description}{default}"
    if kind is bool:
        return click.Option([f"--{flag}/--no-{flag}"], default=None, help=help_text)
    choice = next((a for a in (kind, *get_args(kind)) if get_origin(a) is Literal), None)
    return click.Option(
        [f"--{flag}"],
        type=click.Choice(get_args(choice)) if choice else str,
        multiple=multiple,
        default=None,
        help=help_text,
        metavar=None if choice else name.rpartition("_")[2].upper(),
    )


@_setting_options
@click.command(
    epilog=f"Every option can be an environment variable: {ENV_PREFIX}PORT for --port, lists "
    "with commas between; or a line of the TOML file: port = 8080."
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar=f"{ENV_PREFIX}CONFIG",
    help="TOML file with settings.",
)
def serve(config: Path | None, **flags: Any) -> None:
    """Answer the aiaas contract with real models, until Ctrl-C."""
    for warning in _mistyped(os.environ):
        click.echo(f"warning: {warning}", err=True)
    settings = _load_settings(config, flags)
    key = None
    if not settings.api_key and settings.key_file is None:  # on loopback only: settings see to it
        key = new_key()
        settings = settings.model_copy(update={"api_key": (SecretStr(key),)})
    if settings.engine == "tensorflow" and find_spec("tensorflow") is None:
        _give_up("TensorFlow is not installed; run: pip install 'aiaas[server,tensorflow]'")
    listener = _listen(settings)

    release = version("aiaas")

    def make() -> Starlette:
        app = _made(settings)
        _announce(settings, release, listener, key, app.state.key_ids)
        return app

    def give_up() -> None:
        server.should_exit = True

    starting = StartingApp(make, release, give_up)
    server = uvicorn.Server(
        uvicorn.Config(
            starting,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nothing here asks where a request came from
            timeout_graceful_shutdown=settings.shutdown_grace_s,
        )
    )
    # uvicorn answers what is in flight, then raises the signal again: that is our clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    server.run(sockets=[listener])
    if starting.failure is not None:
        _explain(starting.failure)


def _made(settings: Settings) -> Starlette:
    """Make the application; what that imports is most of the server, and takes its time."""
    from aiaas_mock.app import create_app
    from aiaas_mock.cli.logs import configure_logs

    configure_logs(settings.log_format, settings.log_level)
    # What is there when all is warm stays: the collector need not walk it again and again,
    # which would halt every request in flight (p99 at 64 clients: twice as long).
    return create_app(settings, on_ready=gc.freeze)


def _explain(failure: Exception) -> NoReturn:
    """End with one line where it is the settings' fault, else with the trace of a defect."""
    from aiaas_mock.gateway.key_file import KeyFileError
    from aiaas_mock.inference.bundles import UnknownModel
    from aiaas_mock.inference.cards import BundleError
    from aiaas_mock.storage import StoreError

    if isinstance(failure, BundleError | UnknownModel | KeyFileError | StoreError):
        _give_up(str(failure))
    if isinstance(failure, ApiError):  # a default model that is for another task
        _give_up(failure.detail)
    raise failure


def _load_settings(config: Path | None, flags: dict[str, Any]) -> Settings:
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    try:
        return Settings.load(config, **given)
    except ValidationError as error:
        for finding in findings(error, Settings):
            click.echo(f"error: {_told(finding, config, flags)}", err=True)
        raise SystemExit(2) from None
    except tomllib.TOMLDecodeError as error:
        _give_up(f"{config} is not TOML: {error}")
    except SettingsError as error:
        _give_up(str(error))


def _mistyped(environment: Mapping[str, str]) -> Iterator[str]:
    """Say which variables are nearly settings; others of this prefix may be another command's."""
    for variable in sorted(environment):
        name = variable.removeprefix(ENV_PREFIX).lower()
        if variable.startswith(ENV_PREFIX) and name not in Settings.model_fields:
            near = nearest(name, tuple(Settings.model_fields))
            if near is not None and name != "config":
                meant = f"{ENV_PREFIX}{near.upper()}"
                yield f"{variable} is not a setting and has no effect; did you mean {meant}?"


def _told(finding: Finding, config: Path | None, flags: dict[str, Any]) -> str:
    """Say what is wrong with a setting, under the name by which it was given."""
    if not finding.place:
        return finding.message
    name = str(finding.place[0])
    variable = f"{ENV_PREFIX}{name.upper()}"
    if flags.get(name) not in (None, ()):
        return finding.about(f"--{name.replace('_', '-')}")
    in_file = config is not None and variable not in os.environ
    return finding.about(f"{name} in {config}" if in_file else variable)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()  # now, so that whoever reads the address can connect at once
    except OSError as error:
        listener.close()
        _give_up(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; "
            "choose another with --port (0 takes a free one)"
        )
    return listener


def _announce(
    settings: Settings,
    release: str,
    listener: socket.socket,
    key: str | None,
    key_ids: Sequence[str],
) -> None:
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    shown = " ".join(f"{name}={value}" for name, value in settings.redacted().items())
    click.echo(f"aiaas-mock {release} on http://{host}:{port}", err=True)
    click.echo(f"settings: {shown}", err=True)
    click.echo(f"keys: {' '.join(key_ids)}", err=True)  # the client_id of OAuth 2.0
    if key is not None:
        click.echo("development key for this run (configure one with --api-key):", err=True)
        click.echo(f"  export AIAAS_BASE_URL=http://{host}:{port} AIAAS_API_KEY={key}", err=True)


def _give_up(message: str) -> NoReturn:
    click.echo(f"error: {message}", err=True)
    raise SystemExit(2)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)
