"""What can be set for a client, a copy of it, or one call.

Methods take these as ``**options: Unpack[CallOptions]``: every method accepts them, type checkers
know each by name and type, and no signature repeats them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypedDict

from aiaas._core.retry import Retry

if TYPE_CHECKING:
    from typing import Self

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class ClientOptions(TypedDict, total=False):
    """What `Client.with_options` takes.

    Attributes:
        timeout_s: Seconds that an attempt may wait for each step of the network.
        deadline_s: Seconds for the whole call, with all its attempts and waits; None for no end.
            The body of a streamed answer is not within it: that is read as its reader likes.
        retries: How often a failed request is sent again, or a whole `Retry` policy.
        headers: Headers to send beside the client's own.
    """

    timeout_s: float
    deadline_s: float | None
    retries: int | Retry
    headers: Mapping[str, str]


class CallOptions(ClientOptions, total=False):
    """What every method takes beside its own parameters.

    Attributes:
        idempotency_key: Name of this logical call, for operations that write: the deployment
            does what two requests with the same key ask for only once. Made up when omitted.
    """

    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a call, put together and checked.

    Attributes:
        timeout_s: Seconds that an attempt may wait for each step of the network.
        deadline_s: Seconds for the whole call; None for no end.
        retry: When a failed request is sent again.
        headers: Headers to send beside the client's own.
        idempotency_key: Name of the logical call; None for operations that do not write.
    """

    timeout_s: float
    deadline_s: float | None = None
    retry: Retry
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS, repr=False)
    idempotency_key: str | None = None

    def merged(self, options: ClientOptions) -> Self:
        """Return these settings with some of them changed.

        Raises:
            TypeError: There is no such option.
            ValueError: An option has a value that cannot work.
        """
        unknown = options.keys() - _NAMES
        if unknown:
            raise TypeError(
                f"there is no parameter or option {min(unknown)!r}; "
                f"the options are {', '.join(sorted(_NAMES))}"
            )
        changes: dict[str, object] = dict(options)
        if "retries" in options:
            changes["retry"] = as_retry(options["retries"], self.retry)
            del changes["retries"]
        if "headers" in options:
            changes["headers"] = merged_headers(self.headers, checked_headers(options["headers"]))
        merged = replace(self, **changes)  # type: ignore[arg-type]  # the names were checked
        check_times(merged.timeout_s, merged.deadline_s)
        return merged


_NAMES: Final = frozenset({"timeout_s", "deadline_s", "retries", "headers", "idempotency_key"})

# Set by the client itself; a caller's value would break what it promises.
_OURS: Final = frozenset(
    {
        "aiaas-deadline-ms",
        "aiaas-retry-count",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "transfer-encoding",
    }
)


def as_retry(retries: int | Retry, base: Retry) -> Retry:
    """Return the policy that `retries` means: a number of retries changes only that in `base`."""
    if isinstance(retries, Retry):
        return retries
    if retries < 0:
        raise ValueError(f"retries must be at least 0; got {retries}")
    return replace(base, max_attempts=retries + 1)


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `headers` if they can be sent.

    Raises:
        ValueError: One belongs to the client, or cannot be sent.
    """
    for name, value in headers.items():
        if name.lower() in _OURS:
            raise ValueError(f"the header {name} is set by the client; see its options")
        if not (name.isascii() and name.isprintable() and value.isascii() and value.isprintable()):
            # The value is not repeated here: it may be a secret of the caller.
            raise ValueError(f"the header {name!r} has characters that cannot be sent")
    return dict(headers)


def merged_headers(base: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Return both, `more` instead of what `base` has under the same names in whatever case."""
    given = {name.lower() for name in more}
    return {**{name: base[name] for name in base if name.lower() not in given}, **more}


def check_times(timeout_s: float, deadline_s: float | None) -> None:
    """Refuse times that cannot work.

    Raises:
        ValueError: One is not a positive number of seconds.
    """
    if not (math.isfinite(timeout_s) and timeout_s > 0):
        raise ValueError(f"timeout_s must be a positive number of seconds; got {timeout_s}")
    if deadline_s is not None and not (math.isfinite(deadline_s) and deadline_s > 0):
        raise ValueError(f"deadline_s must be a positive number of seconds; got {deadline_s}")
