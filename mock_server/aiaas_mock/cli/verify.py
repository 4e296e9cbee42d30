"""``aiaas-mock verify``: hold a deployment against the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import click
import httpx

from aiaas_mock.cassettes import CassetteError, read_har, write_har
from aiaas_mock.conformance.case import Case
from aiaas_mock.conformance.cases import all_cases
from aiaas_mock.conformance.reports import as_json, as_junit, as_text
from aiaas_mock.conformance.runner import Outcome
from aiaas_mock.conformance.targets import (
    CassetteTarget,
    NetworkTarget,
    NoDeploymentError,
    Target,
)

Format = Literal["text", "json", "junit"]

_CASSETTE: Final = ".har"


@click.command()
@click.option(
    "--target",
    required=True,
    metavar="URL",
    help="Address of the deployment, or a cassette that --record wrote (.har).",
)
@click.option(
    "--api-key",
    required=True,
    envvar="AIAAS_API_KEY",
    help="A key with all scopes; by default the environment variable AIAAS_API_KEY.",
)
@click.option("--operation", "only", help="Only cases of this operation.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="How to say what was found.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what is exchanged to this cassette (HAR 1.2), without the key.",
)
def verify(target: str, api_key: str, only: str | None, form: Format, record: Path | None) -> None:
    """Run the contract's cases against a deployment.

    Exits with 0 when all is as the contract says, 1 on a difference, 2 when there is no
    deployment to be held against it.
    """
    cases = [case for case in all_cases() if only in (None, case.operation)]
    if not cases:
        raise click.UsageError(f"there is no operation {only!r}")
    if target.endswith(_CASSETTE):
        if record is not None:
            raise click.UsageError("--record needs a deployment; the target is a cassette")
        outcomes = _replayed(Path(target), api_key, cases)
    else:
        outcomes = _asked(target, api_key, cases, record)
    _show(outcomes, form)
    if not all(outcome.ok for outcome in outcomes):
        raise SystemExit(1)


def _asked(url: str, api_key: str, cases: list[Case], record: Path | None) -> list[Outcome]:
    try:
        with NetworkTarget(url, api_key, records=record is not None) as target:
            outcomes = _run(cases, target)
            if record is not None:
                record.write_text(write_har(target.cassette), "utf-8")
            return outcomes
    except NoDeploymentError as error:
        raise _refused(str(error)) from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise _refused(f"cannot reach {url}: {error}") from None


def _replayed(file: Path, api_key: str, cases: list[Case]) -> list[Outcome]:
    try:
        cassette = read_har(file.read_text("utf-8"))
    except (OSError, CassetteError) as error:
        raise _refused(f"cannot read {file}: {error}") from None
    return _run(cases, CassetteTarget(cassette, api_key))


def _run(cases: list[Case], target: Target) -> list[Outcome]:
    return [target.run(case) for case in cases if case.fault is None or target.has_control_plane]


def _show(outcomes: list[Outcome], form: Format) -> None:
    if form == "text":
        painted = as_text(outcomes, lambda word, ok: click.style(word, fg="green" if ok else "red"))
        click.echo(painted, nl=False)
    else:
        click.echo(as_json(outcomes) if form == "json" else as_junit(outcomes), nl=False)


def _refused(reason: str) -> SystemExit:
    click.echo(f"error: {reason}", err=True)
    return SystemExit(2)
