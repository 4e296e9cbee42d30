"""``aiaas-mock lab``: steer a running server, over its control plane ``/_mock/``."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

import click

from aiaas_mock.cli.lab_recordings import recordings
from aiaas_mock.cli.lab_server import Server, with_server
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.faults.one_off import read_rule


class _Json(click.ParamType[Any]):
    """Text that is JSON."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        try:
            return json.loads(value)
        except ValueError as error:
            self.fail(f"no JSON: {error}", param, ctx)


_JSON: Final = _Json()


@click.group()
def lab() -> None:
    """Steer a running server: namespaces, clock, faults, journal, overrides, recordings."""


lab.add_command(recordings)


@lab.command()
@with_server
def status(server: Server) -> None:
    """Show what the server and its lab can do."""
    server.ask("GET", "capabilities")


@lab.command()
@with_server
def namespaces(server: Server) -> None:
    """List all namespaces."""
    server.ask("GET", "namespaces")


@lab.command()
@click.argument("name")
@click.option("--seed", type=int, help="Root seed of its ids and draws.")
@with_server
def create(server: Server, name: str, seed: int | None) -> None:
    """Make the namespace NAME, or set up the one there is."""
    server.ask("POST", "namespaces", {"name": name, "seed": seed})


@lab.command()
@click.argument("name")
@with_server
def drop(server: Server, name: str) -> None:
    """Forget the namespace NAME and all that is kept of it."""
    server.ask("DELETE", f"namespaces/{name}")


@lab.command()
@click.argument("scope", nargs=-1)
@with_server
def reset(server: Server, scope: tuple[str, ...]) -> None:
    """Reset the parts SCOPE of the namespace, or all of it."""
    server.ask("POST", "reset", {"scope": scope or None})


@lab.command()
@click.option("--freeze", is_flag=True, help="Stop it.")
@click.option("--at", "instant", metavar="TIME", help="Stop it at 2026-03-01T12:00:00Z.")
@click.option("--advance", "by_s", type=float, metavar="SECONDS", help="Put it ahead.")
@click.option("--resume", is_flag=True, help="Let it run on.")
@with_server
def clock(
    server: Server, *, freeze: bool, instant: str | None, by_s: float | None, resume: bool
) -> None:
    """Read the clock of the namespace, or steer it."""
    changes: list[dict[str, object]] = []
    if freeze or instant is not None:
        changes.append({"action": "freeze", "instant": instant})
    if by_s is not None:
        changes.append({"action": "advance", "by_s": by_s})
    if resume:
        changes.append({"action": "resume"})
    if len(changes) > 1:
        raise click.UsageError("do one thing at a time: freeze, advance or resume")
    if changes:
        server.ask("PUT", "clock", changes[0])
    else:
        server.ask("GET", "clock")


@lab.command()
@click.argument("seed", type=int, required=False)
@click.option("--none", "unset", is_flag=True, help="Draw what nobody can foresee.")
@with_server
def seed(server: Server, *, seed: int | None, unset: bool) -> None:
    """Read the root seed of the namespace, or set it."""
    if seed is None and not unset:
        server.ask("GET", "seed")
    else:
        server.ask("PUT", "seed", {"seed": seed})


@lab.command()
@click.option("--rpm", type=int, help="Requests a minute, of all keys together.")
@click.option("--remaining", type=int, help="How many of them may be sent now.")
@click.option("--none", "unset", is_flag=True, help="Go back to the limit of the server.")
@with_server
def limits(server: Server, *, rpm: int | None, remaining: int | None, unset: bool) -> None:
    """Read the rate limit of the namespace, or set it."""
    if rpm is None and not unset:
        server.ask("GET", "limits")
    else:
        server.ask("PUT", "limits", {"rpm": rpm, "remaining": remaining})


@lab.command()
@with_server
def snapshot(server: Server) -> None:
    """Keep this moment of the namespace."""
    server.ask("POST", "snapshots")


@lab.command()
@with_server
def snapshots(server: Server) -> None:
    """List the moments that were kept."""
    server.ask("GET", "snapshots")


@lab.command()
@click.argument("snapshot_id")
@with_server
def restore(server: Server, snapshot_id: str) -> None:
    """Bring the namespace back to a moment."""
    server.ask("POST", f"snapshots/{snapshot_id}/restore")


@lab.command()
@click.argument("fault")
@click.option("--operation", help="Only of this operation; images.* for several.")
@click.option("--model", help="Only when this model answered.")
@click.option("--key", help="Only of the key with this public id.")
@click.option("--nth", type=int, multiple=True, help="Only this one of those; several times.")
@with_server
def fault(server: Server, *, fault: str, nth: tuple[int, ...], **match: str | None) -> None:
    """Add a fault rule, such as latency=0.5 or 'status=503;times=2;probability=0.1'."""
    try:
        rule = read_rule(fault).model_dump(mode="json", exclude_unset=True)
    except ApiError as error:
        raise click.ClickException(error.detail) from error
    given = {name: value for name, value in match.items() if value is not None}
    server.ask("POST", "faults", {**rule, "match": {**given, **({"nth": nth} if nth else {})}})


@lab.command()
@click.option("--clear", is_flag=True, help="Delete them all.")
@with_server
def faults(server: Server, *, clear: bool) -> None:
    """List the fault rules of the namespace and what came of them, or delete them."""
    server.ask("DELETE" if clear else "GET", "faults")


@lab.command()
@click.option("--operation", help="Only of this operation; text.* for several.")
@click.option("--status", type=int, help="Only with this status.")
@click.option("--key", help="Only of the key with this public id.")
@click.option("--canonical", is_flag=True, help="As lines without times and ids, sorted.")
@click.option("--clear", is_flag=True, help="Delete the journal.")
@with_server
def requests(server: Server, *, canonical: bool, clear: bool, **query: str | int | None) -> None:
    """Read the journal of the namespace, or delete it."""
    given = {name: value for name, value in query.items() if value is not None}
    if clear:
        server.ask("DELETE", "requests")
    else:
        form = {"canonical": "true"} if canonical else {"limit": 100}
        server.ask("GET", f"requests?{urlencode({**given, **form})}")


@lab.command()
@with_server
def unmatched(server: Server) -> None:
    """List requests that no route matched, with the closest operation."""
    server.ask("GET", "requests/unmatched")


@lab.command()
@click.argument("expected", type=_JSON)
@with_server
def verify(server: Server, expected: object) -> None:
    """Hold the journal against EXPECTED, such as '{"match": {"operation": "models.list"}}'."""
    server.ask("POST", "requests/verify", expected)


@lab.command()
@click.argument("override", type=_JSON)
@with_server
def override(server: Server, override: object) -> None:
    """Add OVERRIDE, in JSON: which requests get which answer in the place of the real one."""
    server.ask("POST", "overrides", override)


@lab.command()
@click.option("--clear", is_flag=True, help="Delete them all.")
@with_server
def overrides(server: Server, *, clear: bool) -> None:
    """List the overrides of the namespace and what came of them, or delete them."""
    server.ask("DELETE" if clear else "GET", "overrides")
