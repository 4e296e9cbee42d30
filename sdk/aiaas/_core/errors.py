"""Everything the SDK raises.

AiaasError
├── ConfigurationError             a key, URL or option is missing or cannot work
├── ClientClosedError              (also RuntimeError) the client was closed
├── MissingDependencyError         (also ImportError) an optional package is needed
├── CallDeadlineError              `deadline_s` is over; `.last_failure` is why it took so long
├── ChecksumError                  the bytes of a file are not those that were stored
├── JobFailedError                 a job failed or was cancelled; `.job` and `.problem` say why
├── JobTimeoutError                (also TimeoutError) a job had not ended in time; it goes on
├── TooManyInputsError             (also ValueError) more than one request takes; nothing was sent
├── APIConnectionError             no answer came; `.host` and `.phase` say where it ended
│   ├── APITimeoutError            ... because it took too long
│   │   └── StreamIdleError        no event came for as long as the caller allowed
│   └── StreamTruncatedError       a stream of events ended before it said that it was done
├── CircuitOpenError               (in aiaas.middleware) the host failed too often to be asked
├── ResponseValidationError        an answer came that the contract does not allow
└── APIStatusError                 the deployment refused or failed
    ├── BadRequestError            400, 405  the request cannot be read
    ├── AuthenticationError        401       no key, or one that is not known
    ├── PermissionDeniedError      403       the key may not do this
    ├── NotFoundError              404       no such model, file, ...
    ├── ConflictError              409       something else is in the way
    ├── RequestTooLargeError       413       send less at once
    ├── UnsupportedMediaTypeError  415       this kind of body is not taken
    ├── InvalidRequestError        422       a value is not valid; `.param` and `.errors` say which
    │   └── InvalidInputError      422       one input cannot be used; `.index` says which
    ├── RateLimitError             429       slow down; `.retry_after_s`
    ├── ServerError                5xx       a failure that is not the caller's
    │   ├── ServiceUnavailableError  503     busy or stopping
    │   └── DeadlineExceededError    504     not answered in time
    └── UnexpectedStatusError      any       not written by a deployment: a proxy, or a wrong URL

Errors can be pickled and copied, and hold neither keys nor what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from aiaas.contract.problems import Problem, ProblemDetail

Phase = Literal["resolve", "connect", "tls", "proxy", "pool", "write", "read"]
"""Where a request ended: finding the host's address, opening the connection, agreeing on
encryption, passing a proxy, waiting for a free connection, sending, or awaiting the answer."""

_BEFORE_SENDING: Final = frozenset({"resolve", "connect", "tls", "proxy", "pool"})


class AiaasError(Exception):
    """Base of everything the SDK raises.

    Attributes:
        retryable: Whether the same call may succeed later without a change.
        attempts: How many times the request was sent before this was raised.
        status: HTTP status, if there was an answer.
        code: Stable name of what went wrong, if a deployment gave it.
        hint: What to do about it.
        param: JSON pointer to the offending value of the request.
        request_id: Quote it when asking for help.
    """

    retryable: bool = False
    attempts: int = 0
    status: int | None = None
    code: str | None = None
    hint: str | None = None
    param: str | None = None
    request_id: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__.copy())


def _restored(
    kind: type[AiaasError], args: tuple[object, ...], state: dict[str, Any]
) -> AiaasError:
    # Around `__init__`, whose keyword arguments the default pickling would lose.
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(AiaasError):
    """A key, a URL or an option is missing or cannot work; the message says what to do."""


class ClientClosedError(AiaasError, RuntimeError):
    """The client was closed; make a new one, or close it later."""


class CallDeadlineError(AiaasError):
    """The time that ``deadline_s`` gives to a call is over, or would be before the next attempt.

    Attributes:
        deadline_s: The time that was given.
        last_failure: Why the last attempt failed; None when there was none. Also the cause of
            this exception. Its status, code and request id are this one's too.
    """

    retryable = True

    def __init__(self, deadline_s: float, last_failure: AiaasError | None = None) -> None:
        told = str(last_failure).partition("\n")[0] if last_failure else "no time is left"
        super().__init__(f"The call could not be done within deadline_s={deadline_s:g}: {told}")
        self.deadline_s = deadline_s
        self.last_failure = last_failure
        if last_failure is not None:
            self.attempts = last_failure.attempts
            self.status = last_failure.status
            self.code = last_failure.code
            self.request_id = last_failure.request_id
        self.hint = "Give the call more time, or find out why its attempts fail."


class ChecksumError(AiaasError):
    """The bytes of a file are not those that were stored: do not use them.

    Attributes:
        expected: SHA-256 that the bytes should have, in hex.
        actual: SHA-256 that they have.
    """

    retryable = True

    def __init__(self, what: str, *, expected: str, actual: str) -> None:
        super().__init__(f"{what}: expected SHA-256 {expected}, got {actual}.")
        self.expected = expected
        self.actual = actual
        self.hint = "Transfer it again; if that fails too, something on the way changes bytes."


class TooManyInputsError(AiaasError, ValueError):
    """More inputs were given than one request takes, and they cannot be split.

    Attributes:
        given: How many there were.
        limit: How many one request takes.
    """

    def __init__(self, what: str, *, given: int, limit: int, hint: str) -> None:
        super().__init__(f"{given:,} {what}; one request takes {limit:,}.\nHint: {hint}")
        self.given = given
        self.limit = limit
        self.hint = hint


class MissingDependencyError(AiaasError, ImportError):
    """An optional package is needed for this; the message has the line that installs it.

    Attributes:
        package: Name of the package that is missing.
        extra: The extra of this distribution that brings it.
    """

    def __init__(self, purpose: str, *, package: str, extra: str) -> None:
        super().__init__(f"{purpose} needs {package}. Run: pip install 'aiaas[{extra}]'")
        self.package = package
        self.extra = extra


class APIConnectionError(AiaasError):
    """No answer came.

    Attributes:
        host: Host and port that the request was meant for; those of the proxy when it could not
            be passed.
        phase: Where it ended; see `Phase`.
        reason: What the network said.
    """

    retryable = True

    def __init__(self, reason: str, *, host: str, phase: Phase, hint: str | None = None) -> None:
        hint = hint or _NO_CONNECTION.get(phase)
        told = f"{self._summary(host, phase)}{f': {reason}' if reason else ''}."
        super().__init__(f"{told}\nHint: {hint}" if hint else told)
        self.hint = hint
        self.reason = reason
        self.host = host
        self.phase: Phase = phase

    @property
    def sent(self) -> bool:
        """Whether any of the request may have reached the deployment."""
        return self.phase not in _BEFORE_SENDING

    @staticmethod
    def _summary(host: str, phase: Phase) -> str:
        return f"{_FAILED[phase]} {host}"


class APITimeoutError(APIConnectionError):
    """No answer came in time; `timeout_s` of the client sets how long is waited."""

    @staticmethod
    def _summary(host: str, phase: Phase) -> str:
        return f"Timed out {_WAITING[phase]} {host}"


_FAILED: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        "resolve": "Could not find the address of",
        "connect": "Could not connect to",
        "tls": "Could not agree on encryption with",
        "proxy": "Could not pass the proxy to",
        "pool": "Found no free connection to",
        "write": "Lost the connection while sending to",
        "read": "Lost the connection while awaiting the answer of",
    }
)
_NO_CONNECTION: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        "resolve": "Check the name of the host in base_url or AIAAS_BASE_URL.",
        "connect": "Check that the deployment runs, and that base_url or AIAAS_BASE_URL is its "
        "address; 'aiaas-mock serve' starts one on this machine.",
    }
)
_WAITING: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        "resolve": "while looking for the address of",
        "connect": "while connecting to",
        "tls": "while agreeing on encryption with",
        "proxy": "while passing the proxy to",
        "pool": "while waiting for a free connection to",
        "write": "while sending to",
        "read": "while awaiting the answer of",
    }
)


class ResponseValidationError(AiaasError):
    """An answer came that the contract does not allow.

    The base URL may point at something else, or the deployment may be much newer.

    Attributes:
        operation: Which operation was called.
        status: HTTP status.
        request_id: Quote it when asking for help.
        place: Where in the answer, for instance ``results.0.predictions.1.score``.
        body: The answer as it came.
    """

    def __init__(
        self,
        reason: str,
        *,
        operation: str,
        status: int,
        request_id: str | None,
        place: str | None = None,
        body: bytes = b"",
    ) -> None:
        where = f" at '{place}'" if place else ""
        super().__init__(
            f"{operation} answered something that cannot be read{where}: {reason}"
            f"{_request_suffix(request_id)}"
        )
        self.operation = operation
        # Pyright minds that a type is narrowed; nobody assigns to an error.
        self.status: int = status  # pyright: ignore[reportIncompatibleVariableOverride]
        self.request_id = request_id
        self.place = place
        self.body = body


class APIStatusError(AiaasError):
    """The deployment refused the request or failed.

    Attributes:
        status: HTTP status.
        code: Stable name of what went wrong, for instance ``model_not_found``; None when the
            body was not written by a deployment.
        detail: A sentence on what was wrong this time.
        hint: What to do about it.
        param: JSON pointer to the offending value of the request.
        errors: All the mistakes found, when there can be several.
        request_id: Quote it when asking for help.
        retry_after_s: Seconds that the deployment asked to wait.
        problem: The whole body, when a deployment wrote it.
        headers: Headers of the answer, names in lower case, secrets masked.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        code: str | None = None,
        hint: str | None = None,
        param: str | None = None,
        errors: tuple[ProblemDetail, ...] = (),
        request_id: str | None = None,
        retryable: bool = False,
        retry_after_s: float | None = None,
        problem: Problem | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        # Pyright minds that a type is narrowed; nobody assigns to an error.
        self.status: int = status  # pyright: ignore[reportIncompatibleVariableOverride]
        self.code = code
        self.detail = detail
        self.hint = hint
        self.param = param
        self.errors = errors
        self.request_id = request_id
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.problem = problem
        self.headers = dict(headers or {})
        super().__init__(self._message())

    def _message(self) -> str:
        lines = [f"{self.detail} ({', '.join(self._labels())})"]
        if len(self.errors) > 1:  # a single mistake is what the detail speaks of
            lines += [f"  {error.param}: {error.detail}" for error in self.errors[:5]]
        if len(self.errors) > 5:
            lines.append(f"  and {len(self.errors) - 5} more")
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    def _labels(self) -> list[str]:
        labels = [f"status {self.status}"]
        if self.code:
            labels.append(self.code)
        if self.param:
            labels.append(f"at {self.param}")
        if self.retry_after_s is not None:
            labels.append(f"retry after {self.retry_after_s:g} s")
        if self.request_id:
            labels.append(f"request {self.request_id}")
        return labels


class BadRequestError(APIStatusError):
    """400 or 405: the request cannot be read."""


class AuthenticationError(APIStatusError):
    """401: no key was sent, or one that is not known."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: what was asked for does not exist."""


class ConflictError(APIStatusError):
    """409: something else is in the way."""


class RequestTooLargeError(APIStatusError):
    """413: send less at once."""


class UnsupportedMediaTypeError(APIStatusError):
    """415: this kind of body is not taken."""


class InvalidRequestError(APIStatusError):
    """422: a value is not valid; ``param`` and ``errors`` say which."""


class InvalidInputError(InvalidRequestError):
    """422: one input cannot be used.

    Attributes:
        index: Which input, from 0.
    """

    index: int = 0


class RateLimitError(APIStatusError):
    """429: slow down; ``retry_after_s`` says for how long."""


class ServerError(APIStatusError):
    """5xx: a failure that is not the caller's."""


class ServiceUnavailableError(ServerError):
    """503: busy, stopping, or not ready."""


class DeadlineExceededError(ServerError):
    """504: not answered in time."""


class UnexpectedStatusError(APIStatusError):
    """An answer that no deployment wrote: a proxy's, or that of a wrong base URL."""


def _shown_as_public() -> None:
    # Tracebacks name the module of an exception: let it be the one that callers import from.
    for value in list(globals().values()):
        if isinstance(value, type) and issubclass(value, AiaasError):
            value.__module__ = "aiaas"


_shown_as_public()


def _request_suffix(request_id: str | None) -> str:
    return f" (request {request_id})" if request_id else ""
