"""``aiaas usage``: what a key's namespace has asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from aiaas.cli._output import print_json, print_table
from aiaas.cli._session import ApiKey, AsJson, BaseUrl, Place, Profile, Verbose, client_for


def usage(
    context: typer.Context,
    operation: Annotated[
        str | None, typer.Option(help="Only this operation, for instance images.classify.")
    ] = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
    profile: Profile = None,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
) -> None:
    """Say what was asked of the deployment."""
    with client_for(context, Place(api_key, base_url, profile, verbose)) as client:
        report = client.usage.retrieve(operation=operation)
        if as_json:
            print_json(report.model_dump(mode="json"))
            return
        typer.echo(f"namespace {report.namespace}, since {report.since:%Y-%m-%d %H:%M %Z}")
        print_table(
            ("operation", "requests", "failed", "inputs"),
            [
                (row.operation, f"{row.requests:,}", f"{row.failed_requests:,}", f"{row.inputs:,}")
                for row in report.data
            ],
            numbers=("requests", "failed", "inputs"),
        )
