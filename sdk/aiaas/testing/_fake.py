"""A deployment that is a script: no server, no network, no waiting."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from aiaas._core.options import ClientOptions, as_retry
from aiaas._core.retry import DEFAULT_RETRY, Retry
from aiaas.contract.headers import REQUEST_ID
from aiaas.contract.operations import all_operations, get_operation
from aiaas.testing import _explain
from aiaas.testing._answers import did_you_mean
from aiaas.testing._calls import Arrived, Call, operation_for, read_call
from aiaas.testing._clock import VirtualClock
from aiaas.testing._errors import UnexpectedCallError
from aiaas.testing._refuse import refusal
from aiaas.testing._stub import Breakdown, Reply, Step, Stub

if TYPE_CHECKING:
    from typing import Self, Unpack

    from aiaas import AsyncClient, Client
    from aiaas._async.middleware import AsyncMiddleware
    from aiaas._core.config import KeySource
    from aiaas._core.credentials import OAuth2ClientCredentials
    from aiaas._sync.middleware import Middleware
    from aiaas.contract._operation import Operation

FAKE_KEY: Final = "sk_fake_default_0000"
FAKE_URL: Final = "http://fake.aiaas.test"
_JITTER: Final = 0.5  # neither end of what is random: waits are half of their longest


class FakeCloud:
    """A deployment for tests: say what it answers with `on`, then look at `calls`.

    Its clients are real ones: they build, send, retry and read as always; only the network and
    the clock are not real. What a deployment would refuse with 422 is refused here as well.

    Attributes:
        calls: Every request that arrived, repeated attempts included, in order.
        clock: The clock of its clients; waiting takes no time.

    Example:
        >>> with FakeCloud() as fake:
        ...     fake.on("images.classify").fails(503, times=2).answers(classification("cat"))
        ...     print(fake.client().images.classify(b"a picture").label)
        ...     fake.assert_called("images.classify", times=1, attempts=3)
        cat
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.clock = VirtualClock()
        self._stubs: list[Stub] = []
        self._unexpected: list[UnexpectedCallError] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def on(self, operation: str | Operation[Any, Any], /, **fields: object) -> Stub:
        """Begin to say what an operation answers.

        Args:
            operation: Its name, for instance ``images.classify``, or its row of the table.
            fields: Only for calls that have these fields, for instance ``model="clothing"``.

        Returns:
            The stub to go on with. Of several that are about a call, the newest answers.

        Raises:
            ValueError: There is no such operation, or it has no such field.
        """
        found = _known(operation) if isinstance(operation, str) else operation
        _explain.check_fields(found, fields)
        stub = Stub(found, fields)
        self._stubs.append(stub)
        return stub

    def client(
        self,
        api_key: str | KeySource | OAuth2ClientCredentials = FAKE_KEY,
        *,
        base_url: str = FAKE_URL,
        middleware: Sequence[Middleware] = (),
        **options: Unpack[ClientOptions],
    ) -> Client:
        """Return a client of this deployment; it takes what `aiaas.Client` does."""
        from aiaas import Client
        from aiaas.testing._transport import sync_http

        return Client(
            api_key,
            base_url=base_url,
            timeout_s=options.get("timeout_s"),
            deadline_s=options.get("deadline_s"),
            headers=options.get("headers"),
            retries=self._timed(options.get("retries", DEFAULT_RETRY)),
            middleware=middleware,
            http_client=sync_http(self),
            sleep=self.clock.sleep,
            clock=self.clock.time,
        )

    def async_client(
        self,
        api_key: str | KeySource | OAuth2ClientCredentials = FAKE_KEY,
        *,
        base_url: str = FAKE_URL,
        middleware: Sequence[AsyncMiddleware] = (),
        **options: Unpack[ClientOptions],
    ) -> AsyncClient:
        """Return an asynchronous client; it takes what `aiaas.AsyncClient` does."""
        from aiaas import AsyncClient
        from aiaas.testing._transport import async_http

        return AsyncClient(
            api_key,
            base_url=base_url,
            timeout_s=options.get("timeout_s"),
            deadline_s=options.get("deadline_s"),
            headers=options.get("headers"),
            retries=self._timed(options.get("retries", DEFAULT_RETRY)),
            middleware=middleware,
            http_client=async_http(self),
            sleep=self.clock.sleep_async,
            clock=self.clock.time,
        )

    def calls_of(self, operation: str) -> list[Call]:
        """Return the requests for one operation, repeated attempts included."""
        name = _known(operation).name
        return [call for call in self.calls if call.operation == name]

    def assert_called(
        self,
        operation: str,
        /,
        *,
        times: int | None = None,
        attempts: int | None = None,
        **fields: object,
    ) -> None:
        """Fail unless an operation was called.

        Args:
            operation: Its name.
            times: How often; at least once when omitted. What the client repeats by itself is
                one call.
            attempts: How many requests arrived for it, repeated ones included.
            fields: What those calls sent. Fields that were not sent count with their default;
                ``inputs=[...]`` compares files.

        Raises:
            AssertionError: It was not; the message shows every call and how it differs.
            ValueError: There is no such operation, or it has no such field.
        """
        __tracebackhide__ = True
        _explain.check_fields(_known(operation), fields)
        same = [call for call in self.calls_of(operation) if not _explain.differences(call, fields)]
        first = sum(call.attempt == 1 for call in same)
        if (times is None and not first) or (times is not None and first != times):
            raise AssertionError(_explain.not_called(operation, times, fields, self.calls))
        if attempts is not None and len(same) != attempts:
            raise AssertionError(
                f"Expected {attempts} requests for {operation}, repeated ones included; "
                f"{len(same)} arrived."
            )

    def assert_not_called(self, operation: str, /, **fields: object) -> None:
        """Fail if an operation was called (with these fields).

        Raises:
            AssertionError: It was.
        """
        __tracebackhide__ = True
        _explain.check_fields(_known(operation), fields)
        if self._matching(operation, fields):
            raise AssertionError(_explain.not_called(operation, 0, fields, self.calls))

    def _matching(self, operation: str, fields: Mapping[str, object]) -> list[Call]:
        return [call for call in self.calls_of(operation) if not _explain.differences(call, fields)]

    def assert_nothing_unexpected(self) -> None:
        """Fail if a call came that was not scripted, even if its exception was swallowed.

        Raises:
            UnexpectedCallError: One came.
        """
        __tracebackhide__ = True
        if self._unexpected:
            raise self._unexpected[0]

    def receive(self, arrived: Arrived, *, timeout_s: float | None) -> Reply | Breakdown:
        """Take a request as the transport gives it, and say what comes of it.

        Raises:
            UnexpectedCallError: The test does not say what it answers.
        """
        operation = operation_for(arrived.method, arrived.url)
        if operation is None:
            raise self._noted(
                f"{arrived.method} {arrived.url} was requested: the contract has no such operation."
            )
        call = read_call(operation, arrived, at_s=self.clock.time())
        with self._lock:
            self.calls.append(call)
        step = self._step_for(call)
        outcome = self._acted(call, step, timeout_s)
        if not isinstance(outcome, Reply):
            return outcome
        if outcome.status < 400:
            outcome = refusal(operation, call, arrived) or outcome
        named = {REQUEST_ID: f"req_fake_{next(self._numbers):04d}", **outcome.headers}
        return dataclasses.replace(outcome, headers=named)

    def _acted(self, call: Call, step: Step, timeout_s: float | None) -> Reply | Breakdown:
        if timeout_s is not None and step.latency_s >= timeout_s:
            self.clock.advance(timeout_s)
            return "timed_out"
        self.clock.advance(step.latency_s)
        outcome = step.act(call)
        if outcome == "timed_out":
            self.clock.advance(timeout_s or 0.0)
        return outcome

    def _step_for(self, call: Call) -> Step:
        for stub in reversed(self._stubs):
            if stub.operation.name == call.operation and not _explain.differences(call, stub.where):
                step = stub.take()
                if step is None:
                    raise self._noted(_explain.used_up(call, stub))
                return step
        raise self._noted(_explain.unexpected(call, self._stubs))

    def _noted(self, reason: str) -> UnexpectedCallError:
        error = UnexpectedCallError(reason)
        self._unexpected.append(error)
        return error

    def _timed(self, retries: int | Retry) -> Retry:
        policy = as_retry(retries, DEFAULT_RETRY)
        return dataclasses.replace(policy, clock=self.clock.time, random=lambda: _JITTER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.assert_nothing_unexpected()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._stubs)} stubs, {len(self.calls)} calls)"


def _known(name: str) -> Operation[Any, Any]:
    try:
        return get_operation(name)
    except KeyError:
        known = [operation.name for operation in all_operations()]
        raise ValueError(
            f"There is no operation '{name}'.{did_you_mean(name, known)} "
            f"There are: {', '.join(sorted(known))}."
        ) from None
