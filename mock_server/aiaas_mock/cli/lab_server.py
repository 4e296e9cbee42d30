"""What all commands of ``aiaas-mock lab`` share: which server, which namespace, what is printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

import click
import httpx

from aiaas_mock.lab.claim import HEADER
from aiaas_mock.settings import ENV_PREFIX

_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the lab is, and which namespace is meant."""

    url: str
    namespace: str
    admin_token: str | None

    def ask(self, method: str, path: str, body: object = None) -> None:
        """Ask, and print the answer as JSON; say what was wrong and exit with 1 if it was."""
        answer = self.asked(method, path, body)
        if answer.headers["content-type"] == "application/json":
            click.echo(json.dumps(answer.json(), indent=2, ensure_ascii=False))
        else:
            click.echo(answer.text, nl=False)

    def asked(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask, and return the answer; say what was wrong and exit with 1 if it was."""
        headers = {HEADER: self.namespace}
        if self.admin_token is not None:
            headers["Authorization"] = f"Bearer {self.admin_token}"
        url = f"{self.url.rstrip('/')}/_mock/{path}"
        try:
            answer = httpx.request(method, url, json=body, headers=headers, timeout=_TIMEOUT_S)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise click.ClickException(f"cannot reach {self.url}: {error}") from error
        if answer.is_error:
            raise click.ClickException(_told(answer))
        return answer


def _told(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        if answer.status_code == httpx.codes.NOT_ACCEPTABLE and "message" in problem:
            return str(problem["message"])
        return f"{problem['code']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answered {answer.status_code}, which is not the lab of aiaas-mock"


_OPTIONS: Final = (
    click.option(
        "--url",
        default="http://127.0.0.1:8080",
        envvar="AIAAS_BASE_URL",
        show_default=True,
        help="Address of the server; by default the environment variable AIAAS_BASE_URL.",
    ),
    click.option("--namespace", default="default", show_default=True, help="Which one is meant."),
    click.option(
        "--admin-token",
        envvar=f"{ENV_PREFIX}ADMIN_TOKEN",
        help="What the server was given with this option.",
    ),
)


def with_server(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where the lab is."""

    @wraps(command)
    def asked(*, url: str, namespace: str, admin_token: str | None, **rest: Any) -> None:
        command(Server(url=url, namespace=namespace, admin_token=admin_token), **rest)

    for option in reversed(_OPTIONS):
        asked = option(asked)
    return asked
