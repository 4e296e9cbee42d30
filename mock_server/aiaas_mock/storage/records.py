"""What a store keeps, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file without its bytes.

    Attributes:
        id: ``file_...``.
        filename: Name that the uploader gave.
        media_type: Content type that the uploader gave.
        purpose: Label to list by.
        size_bytes: Length.
        sha256: Checksum in hex.
        created_at: When it was published.
        expires_at: When it ends; None for never.
    """

    id: str
    filename: str
    media_type: str
    purpose: str
    size_bytes: int
    sha256: str
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer that will be given again.

    Attributes:
        fingerprint: Digest of the request it answers.
        status: HTTP status.
        media_type: Content type of `body`.
        body: The body as it travelled.
    """

    fingerprint: bytes
    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody else holds an idempotency key.

    Attributes:
        answer: The answer, or None while the first request is still running.
    """

    answer: StoredAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCount:
    """Requests to one operation.

    Attributes:
        operation: Name of the operation.
        requests: Requests answered with success.
        failed_requests: Requests refused or failed.
        inputs: Inputs answered.
    """

    operation: str
    requests: int = 0
    failed_requests: int = 0
    inputs: int = 0
