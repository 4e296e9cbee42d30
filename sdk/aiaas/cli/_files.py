"""``aiaas files``: bytes that a deployment keeps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_list, print_table
from aiaas.cli._progress import CountedFile, progress_bar
from aiaas.cli._session import ExitStatus, end

if TYPE_CHECKING:
    from aiaas.contract.files import File

app = typer.Typer(help="Store, list, fetch and delete files.", no_args_is_help=True)

FileId = Annotated[str, typer.Argument(metavar="ID", help="Id of the file, file_...")]


@command(app)
def create(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to store.")],
    purpose: Annotated[
        str, typer.Option(help="What it is for, for instance batch or training.")
    ] = "general",
    expires_after_s: Annotated[
        int | None, typer.Option(min=1, help="Seconds after which it is deleted.")
    ] = None,
) -> None:
    """Store a file, and print its id."""
    with session.client() as client:
        try:
            with (
                path.open("rb") as file,
                progress_bar(
                    path.name, path.stat().st_size, unit="bytes", hidden=session.verbose
                ) as advance,
            ):
                # It is read twice: for its checksum, and while it is sent.
                counted = CountedFile(file, advance)
                stored = client.files.create(
                    counted, purpose=purpose, expires_after_s=expires_after_s
                )
        except OSError as error:
            end(f"{path}: {error.strerror or error}", ExitStatus.USAGE)
        if session.as_json:
            print_json(stored.model_dump(mode="json"))
        else:
            typer.echo(stored.id)


@command(app, "list")
def list_files(
    session: Session,
    purpose: Annotated[str | None, typer.Option(help="Only files for this purpose.")] = None,
) -> None:
    """List files, newest first."""
    with session.client() as client:
        files = client.files.list(purpose=purpose, limit=100)
        print_list(
            files,
            "files",
            ("file", "name", "purpose", "bytes", "created", "expires"),
            _row,
            as_json=session.as_json,
            numbers=("bytes",),
            filtered=purpose is not None,
        )


@command(app)
def show(
    session: Session,
    file_id: FileId,
) -> None:
    """Describe a file."""
    with session.client() as client:
        file = client.files.retrieve(file_id)
        if session.as_json:
            print_json(file.model_dump(mode="json"))
        else:
            print_table(("field", "value"), list(_fields(file)))


@command(app, json=False)
def download(
    session: Session,
    file_id: FileId,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write it; standard output when left out."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Fetch the bytes of a file."""
    if output is not None and output.exists() and not force:
        end(f"{output} exists; --force writes over it", ExitStatus.USAGE)
    with session.client() as client:
        content = client.files.content(file_id)
        if output is None:
            for piece in content:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        try:
            content.save(output)
        except OSError as error:
            end(f"{output}: {error.strerror or error}", ExitStatus.USAGE)


@command(app)
def delete(
    session: Session,
    file_ids: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of the files.")],
) -> None:
    """Delete files."""
    with session.client() as client:
        for file_id in file_ids:
            deleted = client.files.delete(file_id)
            if session.as_json:
                print_json(deleted.model_dump(mode="json"))
            else:
                typer.echo(f"{file_id} deleted", err=True)


def _row(file: File) -> tuple[str, ...]:
    expires = f"{file.expires_at:%Y-%m-%d %H:%M}" if file.expires_at else "never"
    return (
        file.id,
        file.filename,
        file.purpose,
        f"{file.size_bytes:,}",
        f"{file.created_at:%Y-%m-%d %H:%M}",
        expires,
    )


def _fields(file: File) -> Iterator[tuple[str, str]]:
    yield "file", file.id
    yield "name", file.filename
    yield "type", file.media_type
    yield "purpose", file.purpose
    yield "size", f"{file.size_bytes:,} bytes"
    yield "sha256", file.sha256
    yield "created", file.created_at.isoformat()
    yield "expires", file.expires_at.isoformat() if file.expires_at else "never"
