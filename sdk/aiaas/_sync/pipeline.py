# Generated from aiaas/_async/pipeline.py by `make sync`; edit that file instead.
"""The way of every request: attempts, each through the transport, until one succeeds."""

from __future__ import annotations

import logging
import time

from aiaas._core.errors import AiaasError, APIConnectionError, APIStatusError
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse, is_success
from aiaas._core.retry import Retry
from aiaas._sync._runtime import Sleep
from aiaas._sync.transport import Transport

_log = logging.getLogger("aiaas")


class Pipeline:
    """Sends requests and repeats those that failed and may pass."""

    def __init__(self, transport: Transport, retry: Retry, sleep: Sleep) -> None:
        self._transport = transport
        self._retry = retry
        self._sleep = sleep

    def send(self, outgoing: Outgoing) -> RawResponse:
        """Send a request, repeat it if that helps, and return the successful answer.

        Raises:
            APIConnectionError: No answer came.
            APIStatusError: The deployment refused the request or failed.
        """
        attempt = 1
        while True:
            try:
                return self._attempt(outgoing, attempt)
            except (APIConnectionError, APIStatusError) as failure:
                failure.attempts = attempt
                delay_s = self._delay_after(failure, outgoing, attempt)
                if delay_s is None:
                    raise
            # Outside of the handler, so that a later failure does not drag this one along.
            self._sleep(delay_s)
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _attempt(self, outgoing: Outgoing, attempt: int) -> RawResponse:
        started_s = time.perf_counter()
        try:
            response = self._transport.send(outgoing, attempt=attempt)
        except APIConnectionError as failure:
            _log_attempt(outgoing, attempt, started_s, f"{type(failure).__name__}", None)
            raise
        _log_attempt(outgoing, attempt, started_s, response.status, response)
        if is_success(outgoing.operation, response):
            return response
        # Imported on the first failure, as it brings the whole table of problems.
        from aiaas._core.failures import failure_from

        raise failure_from(response, now=self._retry.clock())

    def _delay_after(self, failure: AiaasError, outgoing: Outgoing, attempt: int) -> float | None:
        delay_s = self._retry.delay_s(
            failure, attempt=attempt, repeatable=outgoing.operation.idempotent
        )
        if delay_s is not None:
            _log.debug("%s: again in %.2f s", outgoing.operation.name, delay_s)
        return delay_s


def _log_attempt(
    outgoing: Outgoing,
    attempt: int,
    started_s: float,
    outcome: int | str,
    response: RawResponse | None,
) -> None:
    # Neither query nor body: both may hold what the caller would not want in a log.
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug(
            "%s: attempt %d, %s %s -> %s in %.1f ms, request %s",
            outgoing.operation.name,
            attempt,
            outgoing.operation.method,
            outgoing.path,
            outcome,
            (time.perf_counter() - started_s) * 1000,
            (response.request_id if response else None) or "unknown",
        )
