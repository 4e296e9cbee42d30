"""``aiaas-mock lab recordings``: record a deployment, keep it in a file, replay it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from aiaas_mock.cli.lab_server import Server, with_server
from aiaas_mock.settings import ENV_PREFIX

_ID = click.option("--id", "recording_id", help="Which one; the newest when omitted.")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def recordings() -> None:
    """Record what a namespace or another deployment answers, and replay it."""


@recordings.command()
@click.option("--upstream", metavar="URL", help="Deployment to record, without /v1.")
@click.option(
    "--upstream-key",
    envvar=f"{ENV_PREFIX}UPSTREAM_KEY",
    help=f"Key for it; by default the environment variable {ENV_PREFIX}UPSTREAM_KEY.",
)
@click.option("--header", "headers", multiple=True, help="'Name: value' for it; several times.")
@with_server
def start(
    server: Server, *, upstream: str | None, upstream_key: str | None, headers: tuple[str, ...]
) -> None:
    """Record the namespace, or --upstream in its place, from now on."""
    body: dict[str, Any] = {}
    if upstream is not None:
        body = {"upstream": upstream, "api_key": upstream_key, "headers": _named(headers)}
    elif headers:
        raise click.UsageError("--header goes with --upstream")
    server.ask("POST", "recordings/start", body)


@recordings.command()
@with_server
def stop(server: Server) -> None:
    """Stop to record, or to replay."""
    server.ask("POST", "recordings/stop")


@recordings.command(name="list")
@with_server
def list_(server: Server) -> None:
    """List the recordings of the namespace."""
    server.ask("GET", "recordings")


@recordings.command()
@click.argument("file", type=_FILE)
@_ID
@with_server
def save(server: Server, *, file: Path, recording_id: str | None) -> None:
    """Write a recording to FILE, as HAR 1.2."""
    found = recording_id or _newest(server)
    har = server.asked("GET", f"recordings/{found}")
    try:
        file.write_bytes(har.content)
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error
    click.echo(f"{file}: {found}, {len(har.content)} bytes", err=True)


@recordings.command()
@click.argument("file", type=_FILE)
@with_server
def load(server: Server, *, file: Path) -> None:
    """Bring the HAR file FILE in."""
    try:
        har = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON in UTF-8: {error}") from error
    server.ask("POST", "recordings", har)


@recordings.command()
@_ID
@click.option("--recorded-pace", is_flag=True, help="As slowly as it came, not at once.")
@with_server
def replay(server: Server, *, recording_id: str | None, recorded_pace: bool) -> None:
    """Answer from a recording from now on."""
    pace = "recorded" if recorded_pace else "at_once"
    found = recording_id or _newest(server)
    server.ask("POST", f"recordings/{found}/replay?pace={pace}")


@recordings.command()
@click.argument("recording_id")
@with_server
def drop(server: Server, *, recording_id: str) -> None:
    """Forget the recording RECORDING_ID."""
    server.ask("DELETE", f"recordings/{recording_id}")


def _newest(server: Server) -> str:
    found = server.asked("GET", "recordings").json()["data"]
    if not found:
        raise click.ClickException("the namespace has no recording")
    newest: str = found[-1]["id"]
    return newest


def _named(headers: tuple[str, ...]) -> dict[str, str]:
    parts = [header.partition(":") for header in headers]
    if not all(colon for _, colon, _ in parts):
        raise click.UsageError("a header is 'Name: value'")
    return {name.strip(): value.strip() for name, _, value in parts}
