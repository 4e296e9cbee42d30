"""``aiaas-mock keys``: make, list and revoke the keys of a key file."""

from __future__ import annotations

from pathlib import Path

import click

from aiaas_mock.context import DEFAULT_NAMESPACE
from aiaas_mock.gateway.key_file import KeyFile, KeyFileError
from aiaas_mock.gateway.keys import known_scopes

_file = click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The key file; give the same to 'serve --key-file'.",
)


@click.group()
def keys() -> None:
    """Manage a file of API keys, which holds their digests only."""


@keys.command()
@_file
@click.option("--namespace", default=DEFAULT_NAMESPACE, show_default=True, help="Tenant.")
@click.option("--scope", "scopes", multiple=True, help="Such as images:infer; all when omitted.")
def create(path: Path, namespace: str, scopes: tuple[str, ...]) -> None:
    """Make a key and print it, this once."""
    known = known_scopes()
    for scope in scopes:
        if scope not in known:
            raise click.ClickException(f"there is no scope {scope!r}; there are {', '.join(known)}")
    file = _read(path) if path.exists() else KeyFile.new()
    try:
        key_id, key = file.create(namespace, frozenset(scopes or ("*",)))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    file.write(path)
    click.echo(f"{key_id} added to {path}; it is shown only now:", err=True)
    click.echo(key)


@keys.command("list")
@_file
def list_keys(path: Path) -> None:
    """List the keys: id, namespace, scopes, state."""
    for key in _read(path).keys:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "active"
        click.echo(f"{key.id}  {key.namespace}  {','.join(key.scopes)}  {state}")


@keys.command()
@_file
@click.argument("key_id")
def revoke(path: Path, key_id: str) -> None:
    """Withdraw the key with the given id; a running server reads the file at its next start."""
    file = _read(path)
    try:
        newly = file.revoke(key_id)
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error
    file.write(path)
    told = "is revoked" if newly else "was revoked already"
    click.echo(f"{key_id} {told} in {path}; a running server reads it at its next start", err=True)


def _read(path: Path) -> KeyFile:
    try:
        return KeyFile.read(path)
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error
