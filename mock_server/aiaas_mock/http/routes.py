"""Routes from the contract's table: every operation with a handler, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas.contract._known_names import nearest
from aiaas.contract._operation import Operation
from aiaas_mock.context import IdMaker, random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.gateway.tenancy import Tenancy
from aiaas_mock.http.answers import WriteRefusal, as_problem
from aiaas_mock.http.endpoint import Endpoint, Gateway, Handler
from aiaas_mock.http.exchange import Exchange


def make_routes(
    operations: Iterable[Operation[Any, Any]], handlers: Mapping[str, Handler], gateway: Gateway
) -> list[BaseRoute]:
    """Make the routes of the table's paths; one that is written out goes before a pattern.

    Raises:
        KeyError: An operation has no handler.
    """
    by_path: dict[str, dict[str, ASGIApp]] = {}
    for operation in operations:
        endpoint = Endpoint(operation, handlers[operation.name], gateway)
        by_path.setdefault(operation.path, {})[operation.method] = endpoint
    switches = {
        path: MethodSwitch(methods, gateway.recorder, tenancy=gateway.tenancy)
        for path, methods in by_path.items()
    }
    fixed = FixedRoutes({path: app for path, app in switches.items() if "{" not in path})
    return [fixed, *(Route(path, app) for path, app in switches.items() if "{" in path)]


class FixedRoutes(BaseRoute):
    """Paths without parameters, found at once: to try pattern after pattern takes 20 µs.

    Args:
        apps: What answers, by path.
    """

    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        self._apps = apps

    @property
    def paths(self) -> Collection[str]:
        """The paths."""
        return self._apps.keys()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Find what answers a request."""
        app = self._apps.get(_below_root(scope)) if scope["type"] == "http" else None
        if app is None:
            return Match.NONE, {}
        return Match.FULL, {"endpoint": app, "path_params": {}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to what was found."""
        await scope["endpoint"](scope, receive, send)


def _below_root(scope: Scope) -> str:
    """Return the path as routes have it: without that at which the application is mounted."""
    path, root = str(scope["path"]), scope.get("root_path", "")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


class MethodSwitch:
    """The operations of one path, by method.

    Args:
        methods: What answers each.
        recorder: Takes the record of a request with another one.
        tenancy: Makes the id of such a request; None where there are no namespaces.
        write_refusal: How such a request is refused.
    """

    def __init__(
        self,
        methods: dict[str, ASGIApp],
        recorder: Recorder,
        *,
        tenancy: Tenancy | None = None,
        write_refusal: WriteRefusal = as_problem,
    ) -> None:
        self._tenancy = tenancy
        self._write_refusal = write_refusal
        self._methods = methods
        if "GET" in methods:
            methods["HEAD"] = methods["GET"]  # nothing is read that would not be sent
        self._allow = ", ".join(sorted(methods))
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to its operation."""
        endpoint = self._methods.get(scope["method"])
        if endpoint is not None:
            await endpoint(scope, receive, send)
            return
        refusal = ApiError(
            "method_not_allowed",
            f"This address answers {self._allow} only.",
            headers={"Allow": self._allow},
        )
        await refuse(
            refusal,
            self._recorder,
            receive,
            send,
            new_id=id_maker(self._tenancy, scope),
            write_refusal=self._write_refusal,
        )


def not_found(router: Router, recorder: Recorder, *, tenancy: Tenancy | None = None) -> ASGIApp:
    """Make the answer to requests that no route matches; see `MethodSwitch` for `tenancy`."""
    websocket_close = router.not_found  # closes web sockets, which nothing here speaks
    paths = [path for route in router.routes for path in _paths_of(route)]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await websocket_close(scope, receive, send)
            return
        near = nearest(scope["path"], paths)
        hint = "see /openapi.json." if near is None else f"did you mean {near}?"
        refusal = ApiError("not_found", f"There is nothing at this address; {hint}")
        await refuse(refusal, recorder, receive, send, new_id=id_maker(tenancy, scope))

    return app


def _paths_of(route: BaseRoute) -> Collection[str]:
    if isinstance(route, FixedRoutes):
        return route.paths
    return [route.path] if isinstance(route, Route) else []


def id_maker(tenancy: Tenancy | None, scope: Scope) -> IdMaker:
    """Return what makes the id of a request: its namespace may have a seed."""
    return random_id if tenancy is None else tenancy.enter(scope).new_id


async def refuse(
    refusal: ApiError,
    recorder: Recorder,
    receive: Receive,
    send: Send,
    *,
    new_id: IdMaker = random_id,
    write_refusal: WriteRefusal = as_problem,
) -> None:
    """Answer a request that is none of any operation."""

    async def fail() -> NoReturn:
        raise refusal

    record = RequestRecord(new_id("req"), "unmatched")
    await Exchange(record, receive, send, write_refusal=write_refusal).run(fail(), recorder)
