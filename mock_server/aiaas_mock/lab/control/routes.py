"""Routes of the control plane, from the lab's table."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from starlette.routing import Route, Router
from starlette.types import ASGIApp

from aiaas_mock.http.routes import MethodSwitch, not_found
from aiaas_mock.lab.contract.operations import DOMAINS, control_operations
from aiaas_mock.lab.control.endpoint import Control, ControlEndpoint, ControlHandler
from aiaas_mock.lab.desk import Desk


def control_plane(desk: Desk, control: Control) -> ASGIApp:
    """Make the control plane, with a route for each path of the table.

    Raises:
        KeyError: An operation has no handler.
    """
    handlers = control_handlers(desk)
    by_path: dict[str, dict[str, ASGIApp]] = {}
    for operation in control_operations():
        endpoint = ControlEndpoint(operation, handlers[operation.name], control)
        by_path.setdefault(operation.path, {})[operation.method] = endpoint
    router = Router(
        [Route(path, MethodSwitch(methods, control.recorder)) for path, methods in by_path.items()],
        redirect_slashes=False,
    )
    router.default = not_found(router, control.recorder)
    return router


def control_handlers(desk: Desk) -> dict[str, ControlHandler]:
    """Return what answers, by operation."""
    found: dict[str, ControlHandler] = {}
    for domain in DOMAINS:
        module: Any = import_module(f"aiaas_mock.lab.control.{domain}")
        found.update(module.handlers(desk))
    return found
