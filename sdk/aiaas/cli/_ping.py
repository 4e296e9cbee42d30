"""``aiaas ping``: is the deployment there, and where does the time go."""

from __future__ import annotations

import typer

from aiaas.cli._output import print_json, print_table
from aiaas.cli._session import (
    AsJson,
    BaseUrl,
    ExitStatus,
    Profile,
    complain,
    readable_errors,
)


def ping(
    profile: Profile = None,
    base_url: BaseUrl = None,
    as_json: AsJson = False,
    timeout_s: float = typer.Option(10.0, min=0.1, help="Longest wait for each step."),
) -> None:
    """Say whether the deployment is there and ready, and how long each step takes.

    No key is needed. A proxy is not used: what is measured is the way from here to there.
    """
    with readable_errors(profile):
        from aiaas._core.config import resolve_base_url
        from aiaas.cli._probe import probe

        found = probe(resolve_base_url(base_url, profile=profile), timeout_s=timeout_s)
    if as_json:
        print_json(found.as_json())
    else:
        typer.echo(f"{found.base_url} ({found.address})")
        typer.echo(f"server {found.version}, {found.readiness}, request {found.request_id}")
        print_table(
            ("step", "time"),
            [(name, f"{value_ms:.1f} ms") for name, value_ms in found.steps_ms.items()],
            numbers=("time",),
        )
    if found.readiness != "ready":
        complain("the deployment is there, but not ready")
        raise typer.Exit(ExitStatus.REFUSED)
