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
            does what two requests with the same key ask for only once. 1 to 255 visible ASCII
            characters; made up when omitted.
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

    def of_copy(self, options: ClientOptions) -> Self:
        """Return these settings for a copy of the client, with some of them changed.

        Raises:
            TypeError: A client has no such option, or its value has a wrong type.
            ValueError: An option has a value that cannot work.
        """
        unknown = options.keys() - _CLIENT_NAMES
        if unknown:
            name = min(unknown)
            why = "it names a single call: pass it to the method; " if name in _NAMES else ""
            raise TypeError(
                f"{name!r} is no option of a client: {why}"
                f"the options are {', '.join(sorted(_CLIENT_NAMES))}"
            )
        return self.merged(options)

    def merged(self, options: ClientOptions) -> Self:
        """Return these settings with some of them changed.

        Raises:
            TypeError: There is no such option, or its value has a wrong type.
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
        if changes.get("idempotency_key") is not None:
            _check_idempotency_key(changes["idempotency_key"])
        merged = replace(self, **changes)  # type: ignore[arg-type]  # the names were checked
        check_time("timeout_s", merged.timeout_s)
        if merged.deadline_s is not None:
            check_time("deadline_s", merged.deadline_s)
        return merged


_CLIENT_NAMES: Final = frozenset({"timeout_s", "deadline_s", "retries", "headers"})
_NAMES: Final = _CLIENT_NAMES | {"idempotency_key"}

_MAX_IDEMPOTENCY_KEY: Final = 255

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
    """Return the policy that `retries` means: a number of retries changes only that in `base`.

    Raises:
        TypeError: It is neither a number nor a policy.
        ValueError: It is negative.
    """
    given: object = retries
    if isinstance(given, Retry):
        return given
    if not isinstance(given, int):
        raise TypeError(
            f"retries must be a whole number or an aiaas.Retry; got {type(given).__name__}"
        )
    if given < 0:
        raise ValueError(f"retries must be at least 0; got {given}")
    return replace(base, max_attempts=given + 1)


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `headers` if they can be sent.

    Raises:
        TypeError: They are no mapping of text to text.
        ValueError: One belongs to the client, or cannot be sent.
    """
    given: object = headers
    if not isinstance(given, Mapping):
        raise TypeError(f"headers must map names to values; got {type(given).__name__}")
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            kind = type(value if isinstance(name, str) else name).__name__
            raise TypeError(f"name and value of the header {name!r} must be text; got {kind}")
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


def check_time(name: str, value: float) -> None:
    """Refuse a time that cannot work.

    Raises:
        TypeError: It is no number.
        ValueError: It is not a positive number of seconds.
    """
    try:
        works = math.isfinite(value) and value > 0
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"{name} must be a number of seconds; got {kind}") from None
    if not works:
        raise ValueError(f"{name} must be a positive number of seconds; got {value}")


def _check_idempotency_key(key: object) -> None:
    if not isinstance(key, str):
        raise TypeError(f"idempotency_key must be text; got {type(key).__name__}")
    visible = key.isascii() and key.isprintable() and " " not in key
    if not (visible and 1 <= len(key) <= _MAX_IDEMPOTENCY_KEY):
        shown = repr(key) if len(key) <= _MAX_IDEMPOTENCY_KEY else f"{len(key)} characters"
        raise ValueError(
            f"idempotency_key must be 1 to {_MAX_IDEMPOTENCY_KEY} visible ASCII characters, "
            f"without spaces; got {shown}"
        )
