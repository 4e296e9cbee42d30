"""Stubs for respx, for code that makes its client itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from aiaas.contract.headers import REQUEST_ID
from aiaas.contract.operations import all_operations
from aiaas.contract.problems import MEDIA_TYPE
from aiaas.testing._calls import read_call
from aiaas.testing._refuse import refusal
from aiaas.testing._stub import Reply, reply_of

if TYPE_CHECKING:
    import httpx
    import respx

    from aiaas.contract._operation import Operation

_DEFAULT_URL: Final = "http://127.0.0.1:8080"
_REQUEST_ID: Final = "req_fake_respx"


def respx_stubs(
    router: respx.MockRouter, *, base_url: str = _DEFAULT_URL
) -> dict[str, respx.Route]:
    """Let a respx router answer every operation with the contract's example.

    Every route has the name of its operation: ``router["images.classify"].called``. Change what
    it answers as with any route of respx. What every deployment refuses is refused here too: a
    request without a key, with a body of a wrong type, or with fields that the contract does not
    allow.

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

        sent = arrived(request)
        call = read_call(self._operation, sent)
        reply = refusal(self._operation, call, sent) or reply_of(self._operation, call)
        named = {"Content-Type": reply.media_type, REQUEST_ID: _REQUEST_ID, **reply.headers}
        return httpx.Response(reply.status, headers=named, content=_quoted(reply))


def _quoted(reply: Reply) -> bytes:
    """Return the body of an answer; a problem quotes the id of its request."""
    if reply.media_type != MEDIA_TYPE:
        return reply.body
    return json.dumps(json.loads(reply.body) | {"request_id": _REQUEST_ID}).encode()


def _pattern(operation: Operation[Any, Any]) -> str:
    return re.sub(r"{\w+}", "[^/?]+", operation.path)
