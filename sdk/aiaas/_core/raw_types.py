"""A whole answer, with what is around its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from aiaas._core.rate_limits import RateLimit, rate_limit_in
from aiaas._core.responses import RawResponse, parse_any
from aiaas._core.results import Origin, attach

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation

ResponseT = TypeVar("ResponseT")


class Response(Generic[ResponseT]):
    """An answer of a deployment, and its body on request as the type of its operation."""

    __slots__ = ("_operation", "_raw")

    def __init__(self, operation: Operation[Any, ResponseT], raw: RawResponse) -> None:
        self._operation = operation
        self._raw = raw

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._raw.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, looked up whatever their case."""
        return self._raw.headers

    @property
    def content(self) -> bytes:
        """The body as it came."""
        return self._raw.content

    @property
    def request_id(self) -> str | None:
        """Id of the request: quote it when asking for help."""
        return self._raw.request_id

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the deployment said is left for the key; None when it said nothing."""
        return rate_limit_in(self._raw.headers)

    @property
    def idempotent_replay(self) -> bool:
        """Whether this is the stored answer of an earlier request with the same key."""
        return self._raw.headers.get("aiaas-idempotent-replay") == "true"

    @property
    def http_version(self) -> str:
        """For instance ``HTTP/1.1``."""
        return self._raw.http_version

    @property
    def elapsed_s(self) -> float:
        """Seconds that the last attempt took."""
        return self._raw.elapsed_s

    @property
    def attempts(self) -> int:
        """How many attempts it took."""
        return self._raw.attempts

    def parse(self) -> ResponseT:
        """Return the body as the type of the operation.

        Raises:
            ResponseValidationError: The contract does not allow it.
        """
        parsed = parse_any(self._operation, self._raw)
        if self._operation.response is not None:
            attach(parsed, Origin(self._raw.headers))
        return parsed

    def __repr__(self) -> str:
        name, size = self._operation.name, len(self._raw.content)
        return f"<Response of {name}: status {self.status}, {size} bytes, {self.request_id}>"
