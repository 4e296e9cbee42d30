"""``aiaas usage``: what a key's namespace has asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aiaas.cli._commands import Session
from aiaas.cli._output import print_json, print_table, say_none

if TYPE_CHECKING:
    from aiaas import UsageReport


def usage(
    session: Session,
    operation: Annotated[
        str | None, typer.Option(help="Only this operation, for instance images.classify.")
    ] = None,
) -> None:
    """Say what was asked of the deployment."""
    with session.client() as client:
        report = client.usage.retrieve(operation=operation)
        if session.as_json:
            print_json(report.model_dump(mode="json"))
        else:
            _print(report)
        if not report.data:
            say_none("requests so far", filtered=operation is not None)


def _print(report: UsageReport) -> None:
    typer.echo(f"namespace {report.namespace}, since {report.since:%Y-%m-%d %H:%M %Z}")
    print_table(
        ("operation", "requests", "failed", "inputs"),
        [
            (row.operation, f"{row.requests:,}", f"{row.failed_requests:,}", f"{row.inputs:,}")
            for row in report.data
        ],
        numbers=("requests", "failed", "inputs"),
    )
