"""Names of the headers that carry the contract's conventions."""

from __future__ import annotations

from typing import Final

CLIENT_VERSION: Final = "Aiaas-Client-Version"
"""Request: version of the SDK."""
DEADLINE_MS: Final = "Aiaas-Deadline-Ms"
"""Request: milliseconds after which the client no longer waits."""
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""Request: the same on every attempt of one logical call."""
IDEMPOTENT_REPLAY: Final = "Aiaas-Idempotent-Replay"
"""Response: ``true`` when it is a stored answer."""
RATE_LIMIT: Final = "RateLimit"
"""Response: what is left, ``"default";r=59;t=1`` (IETF draft ratelimit-headers)."""
RATE_LIMIT_POLICY: Final = "RateLimit-Policy"
"""Response: the policy, ``"default";q=60;w=60`` (IETF draft ratelimit-headers)."""
REQUEST_ID: Final = "X-Request-Id"
"""Response: id of the request."""
RETRY_AFTER: Final = "Retry-After"
"""Response: seconds, or an HTTP date (RFC 9110)."""
RETRY_AFTER_MS: Final = "Retry-After-Ms"
"""Response: milliseconds; finer than, and preferred to, `RETRY_AFTER`."""
RETRY_COUNT: Final = "Aiaas-Retry-Count"
"""Request: how many attempts came before."""
SHOULD_RETRY: Final = "Aiaas-Should-Retry"
"""Response: ``true`` or ``false`` overrides what the client would decide."""
