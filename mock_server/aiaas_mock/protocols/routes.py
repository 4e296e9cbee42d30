"""The routes of all protocols; what stands behind one is loaded when it is first asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas_mock.http.endpoint import Gateway
from aiaas_mock.protocols.behind import Behind

OIP: Final = "/v2"
OPENAI: Final = "/compat/openai/v1"
TFSERVING: Final = "/compat/tfserving/v1"
PREFIXES: Final = (OIP, OPENAI, TFSERVING)

Load: TypeAlias = Callable[[Behind, Gateway], ASGIApp]


def protocol_routes(behind: Behind, gateway: Gateway) -> list[BaseRoute]:
    """Make the routes of all protocols.

    Args:
        behind: What answers.
        gateway: What every request passes.
    """
    loads = zip(PREFIXES, (_oip, _openai, _tfserving), strict=True)
    return [
        route for prefix, load in loads for route in _below(prefix, _Late(load, behind, gateway))
    ]


def _below(prefix: str, app: ASGIApp) -> list[BaseRoute]:
    return [Route(prefix + rest, app) for rest in ("", "/{rest:path}")]


class _Late:
    """A protocol that is loaded when it is first asked.

    Together they are 50 ms of imports, for which a server need not wait that is never asked.
    """

    def __init__(self, load: Load, behind: Behind, gateway: Gateway) -> None:
        self._load = load
        self._behind = behind
        self._gateway = gateway
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._load(self._behind, self._gateway)
        await self._app({**scope, "path_params": {}}, receive, send)


def _oip(behind: Behind, gateway: Gateway) -> ASGIApp:
    from aiaas_mock.protocols.error_text import as_error_text
    from aiaas_mock.protocols.oip.routes import calls
    from aiaas_mock.protocols.protocol import router_of

    return router_of(
        calls(behind, gateway), prefix=OIP, gateway=gateway, write_refusal=as_error_text
    )


def _openai(behind: Behind, gateway: Gateway) -> ASGIApp:
    from aiaas_mock.protocols.openai.errors import as_openai_error
    from aiaas_mock.protocols.openai.routes import calls
    from aiaas_mock.protocols.protocol import router_of

    return router_of(calls(behind), prefix=OPENAI, gateway=gateway, write_refusal=as_openai_error)


def _tfserving(behind: Behind, gateway: Gateway) -> ASGIApp:
    from aiaas_mock.protocols.error_text import as_error_text
    from aiaas_mock.protocols.protocol import router_of
    from aiaas_mock.protocols.tfserving.routes import calls

    return router_of(calls(behind), prefix=TFSERVING, gateway=gateway, write_refusal=as_error_text)
