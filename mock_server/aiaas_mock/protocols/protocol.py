"""What a protocol of somebody else is made of, and its routes.

Its requests walk through the same `Endpoint` as those of our own contract: the same keys, limits,
deadlines and records. Only how they are read, and how a refusal is written, is the protocol's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas.contract._operation import Method, Operation
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import WriteRefusal
from aiaas_mock.http.decode import Decode, Incoming
from aiaas_mock.http.endpoint import Endpoint, Gateway, Handler
from aiaas_mock.http.routes import MethodSwitch, id_maker, refuse

Methods: TypeAlias = dict[str, ASGIApp]


@dataclass(frozen=True, slots=True)
class Named:
    """What the path of a request names.

    Attributes:
        model: A model; empty where the path names none.
        version: One of its versions.
        label: One of its labels.
    """

    model: str = ""
    version: str | None = None
    label: str | None = None


async def decode_path(incoming: Incoming) -> Named:
    """Read a request that is nothing but its path."""
    return named(incoming)


def named(incoming: Incoming) -> Named:
    """Return what the path of a request names."""
    return Named(**incoming.path_params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something that can be asked.

    Attributes:
        name: Name of the operation in logs, metrics and usage.
        method: HTTP method.
        paths: Where it is asked, below the protocol's own address.
        scope: What a key must be allowed; None needs no key.
        handler: What answers: an `Answer` or a `StreamedAnswer`.
        decode: Makes the handler's request.
    """

    name: str
    method: Method = "GET"
    paths: tuple[str, ...]
    scope: str | None
    handler: Handler
    decode: Decode = field(default=decode_path)

    def operation(self, path: str) -> Operation[Any, Any]:
        """Return the row that the endpoint wants to see."""
        return Operation(
            name=self.name,
            method=self.method,
            path=path,
            summary="",
            request=None,
            response=None,
            scope=self.scope,
            effect="read",
        )


def router_of(
    calls: Sequence[Call], *, prefix: str, gateway: Gateway, write_refusal: WriteRefusal
) -> ASGIApp:
    """Make the router of a protocol; what fits no call is refused in the protocol's words.

    Args:
        calls: What can be asked; of two paths that fit, the first one counts.
        prefix: The protocol's own address.
        gateway: What every request passes.
        write_refusal: How the protocol says no.
    """
    recorder = gateway.recorder
    by_path: dict[str, Methods] = {}
    for call in calls:
        for path in call.paths:
            by_path.setdefault(prefix + path, {})[call.method] = Endpoint(
                call.operation(prefix + path),
                call.handler,
                gateway,
                decode=call.decode,
                write_refusal=write_refusal,
            )

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = ApiError("not_found", "This protocol has nothing at this address here.")
        await refuse(
            refusal,
            recorder,
            receive,
            send,
            new_id=id_maker(gateway.tenancy, scope),
            write_refusal=write_refusal,
        )

    return Router(
        [
            Route(
                path,
                MethodSwitch(
                    methods, recorder, tenancy=gateway.tenancy, write_refusal=write_refusal
                ),
            )
            for path, methods in by_path.items()
        ],
        redirect_slashes=False,
        default=nothing,
    )
