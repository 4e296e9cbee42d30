"""Stubs for respx, for code that makes its client itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aiaas.contract.headers import REQUEST_ID
from aiaas.contract.operations import all_operations
from aiaas.testing._calls import read_call
from aiaas.testing._refuse import refusal
from aiaas.testing._stub import reply_of

if TYPE_CHECKING:
    import httpx
    import respx

    from aiaas.contract._operation import Operation

_DEFAULT_URL: Final = "http://127.0.0.1:8080"


def respx_stubs(
    router: respx.MockRouter, *, base_url: str = _DEFAULT_URL
) -> dict[str, respx.Route]:
    """Let a respx router answer every operation with the contract's example.

    Every route has the name of its operation: ``router["images.classify"].called``. Change what
    it answers as with any route of respx.

    Args:
        router: The router, for instance the fixture ``respx_mock``.
        base_url: Where the client under test sends its requests.

    Returns:
        The routes, by the name of their operation.

    Example:
        >>> with respx.mock(assert_all_called=False) as router:
        ...     respx_stubs(router, base_url="https://ai.example.com")
        ...     print(aiaas.Client("key", base_url="https://ai.example.com").models.retrieve("x"))
    """
    return {
        operation.name: router.route(
            name=operation.name,
            method=operation.method,
            url__regex=f"^{re.escape(base_url.rstrip('/'))}{_pattern(operation)}(\\?.*)?$",
        ).mock(side_effect=_Example(operation))
        for operation in all_operations()
    }


class _Example:
    """Answers with the example of an operation, one result for every input."""

    def __init__(self, operation: Operation[Any, Any]) -> None:
        self._operation = operation

    def __call__(self, request: httpx.Request) -> httpx.Response:
        import httpx

        from aiaas.testing._transport import arrived

        call = read_call(self._operation, arrived(request))
        refused = refusal(self._operation, call)
        if refused is not None:
            named = {"Content-Type": refused.media_type}
            return httpx.Response(refused.status, headers=named, content=refused.body)
        reply = reply_of(self._operation, call)
        named = {
            "Content-Type": reply.media_type,
            REQUEST_ID: "req_fake_respx",
            **reply.headers,
        }
        return httpx.Response(200, headers=named, content=reply.body)


def _pattern(operation: Operation[Any, Any]) -> str:
    return re.sub(r"{\w+}", "[^/?]+", operation.path)
