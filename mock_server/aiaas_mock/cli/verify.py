"""``aiaas-mock verify``: hold a deployment against the contract."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import click
import httpx

from aiaas_mock.conformance.cases import all_cases
from aiaas_mock.conformance.runner import Outcome, run

_TIMEOUT_S = 60.0


@click.command()
@click.option("--target", required=True, metavar="URL", help="Address of the deployment.")
@click.option(
    "--api-key",
    required=True,
    envvar="AIAAS_API_KEY",
    help="A key with all scopes; by default the environment variable AIAAS_API_KEY.",
)
@click.option("--operation", "only", help="Only cases of this operation.")
def verify(target: str, api_key: str, only: str | None) -> None:
    """Run the contract's cases against a deployment.

    Exits with 0 when all is as the contract says, 1 on a difference, 2 when the deployment
    cannot be reached.
    """
    cases = [case for case in all_cases() if only in (None, case.operation)]
    if not cases:
        raise click.UsageError(f"there is no operation {only!r}")
    try:
        with httpx.Client(base_url=target, timeout=_TIMEOUT_S) as client:
            outcomes = [run(case, client, api_key) for case in cases]
    except (httpx.TransportError, httpx.InvalidURL) as error:
        click.echo(f"error: cannot reach {target}: {error}", err=True)
        raise SystemExit(2) from None
    _show(outcomes)
    if not all(outcome.ok for outcome in outcomes):
        raise SystemExit(1)


def _show(outcomes: Sequence[Outcome]) -> None:
    for operation, group in groupby(outcomes, key=lambda outcome: outcome.case.operation):
        click.echo(operation)
        for outcome in group:
            _show_case(outcome)
    failed = sum(not outcome.ok for outcome in outcomes)
    click.echo(f"{len(outcomes)} cases, {failed} differ" if failed else f"{len(outcomes)} cases ok")


def _show_case(outcome: Outcome) -> None:
    case = outcome.case
    word = click.style("ok", fg="green") if outcome.ok else click.style("DIFFERS", fg="red")
    click.echo(f"  {word:4} {case.kind:9} {case.name}")
    for difference in outcome.differences:
        click.echo(f"       - {difference}")
