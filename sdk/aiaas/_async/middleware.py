"""Middleware: code of the caller around every attempt of every request.

It runs inside the retry loop, once per attempt, so what it measures is one request on the wire
and what it raises is retried like any other failure. The first of ``Client(middleware=[...])``
is the outermost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse

AsyncProceed = Callable[[Call], Awaitable[RawResponse]]
"""Goes on with a call: the next middleware, or the network. May be called any number of times."""


class AsyncMiddleware(Protocol):
    """Something around an attempt.

    HTTP failures (503, 404, ...) come back as responses. That no answer came is raised as an
    `APIConnectionError`, and whatever a middleware raises ends the attempt.

    It may have two methods more, without parameters. ``close()`` is called when a client that
    uses it is closed; another client may go on using it. ``after_fork()`` is called in a child
    process before anything else happens there: locks and counts of the parent's requests must
    begin anew.

    Example:
        >>> class Timed:
        ...     async def __call__(self, call, proceed):
        ...         started_s = time.perf_counter()
        ...         response = await proceed(call.with_headers(x_team="search"))
        ...         print(call.operation.name, call.attempt, response.status)
        ...         print(time.perf_counter() - started_s)
        ...         return response
        >>> client = aiaas.AsyncClient(middleware=[Timed()])
    """

    async def __call__(self, call: Call, proceed: AsyncProceed, /) -> RawResponse:
        """Answer `call`, usually with what `proceed` answers.

        Raises:
            AiaasError: The attempt failed; it is retried if the error is ``retryable``.
        """
        ...


def chain(middleware: tuple[AsyncMiddleware, ...], last: AsyncProceed) -> AsyncProceed:
    """Put middleware around `last`; without any, that is `last` itself."""
    proceed = last
    for layer in reversed(middleware):
        proceed = _around(layer, proceed)
    return proceed


def _around(layer: AsyncMiddleware, inner: AsyncProceed) -> AsyncProceed:
    async def proceed(call: Call) -> RawResponse:
        return await layer(call, inner)

    return proceed
