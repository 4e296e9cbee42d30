"""API keys: only an HMAC-SHA256 of each is kept.

A key has the form ``sk_mock_<namespace>_<secret>``; any other string of 16 characters or more is
a key of the namespace ``default``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from aiaas.contract.operations import all_operations
from aiaas_mock.context import DEFAULT_NAMESPACE, Principal, Reach

MIN_KEY_LENGTH = 16
MODELS_INFER = "models:infer"
"""The scope of raw tensors, which only other people's protocols bring."""
ALL_SCOPES = frozenset({"*"})
NAMESPACE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

_MADE_HERE = re.compile(rf"sk_mock_({NAMESPACE.pattern})_[A-Za-z0-9_-]+")


def new_key(namespace: str = DEFAULT_NAMESPACE) -> str:
    """Make a key that nobody can guess (192 bits).

    Raises:
        ValueError: `namespace` is not a valid name.
    """
    if not NAMESPACE.fullmatch(namespace):
        raise ValueError(
            f"{namespace!r} is not a namespace: use 1 to 32 of a-z, 0-9 and '-', not '-' first"
        )
    return f"sk_mock_{namespace}_{secrets.token_urlsafe(24)}"


def known_scopes() -> list[str]:
    """Return every scope that a key may have, and the wildcards of scopes."""
    scopes = {operation.scope for operation in all_operations() if operation.scope}
    scopes.add(MODELS_INFER)
    wildcards = {f"{scope.partition(':')[0]}:*" for scope in scopes}
    return sorted(ALL_SCOPES | scopes | wildcards)


def namespace_of(key: str) -> str:
    """Return the namespace that a key is bound to."""
    made_here = _MADE_HERE.fullmatch(key)
    return made_here[1] if made_here else DEFAULT_NAMESPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """What is kept of a key.

    Attributes:
        id: Public id, ``key_...``, safe to log.
        digest: HMAC-SHA256 of the key.
        namespace: The namespace that the key is bound to.
        scopes: What the key may do.
        revoked: Whether it was withdrawn.
        reach: Which namespaces it may enter, and from where.
    """

    id: str
    digest: bytes
    namespace: str
    scopes: frozenset[str] = ALL_SCOPES
    revoked: bool = False
    reach: Reach = "bound"

    @property
    def principal(self) -> Principal:
        """Who asks when this key is shown."""
        return Principal(
            key_id=self.id, namespace=self.namespace, scopes=self.scopes, reach=self.reach
        )


class KnownKeys(Protocol):
    """Keys that are accepted."""

    def find(self, key: str) -> KeyRecord | None:
        """Return the record of a key, revoked ones included."""
        ...

    def get(self, key_id: str) -> KeyRecord | None:
        """Return the record with a public id, revoked ones included."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return the public ids of the keys that are not revoked."""
        ...


class KeyRing:
    """Finds the record of a key without keeping the key.

    Args:
        pepper: Secret that the digests are made with.
        records: Keys that were made with the same pepper.
    """

    def __init__(self, pepper: bytes, records: Iterable[KeyRecord] = ()) -> None:
        self._pepper = pepper
        self._records = {record.digest: record for record in records}
        self._by_id = {record.id: record for record in self._records.values()}

    @classmethod
    def from_keys(
        cls, keys: Iterable[str], pepper: bytes | None = None, *, may_choose: bool = False
    ) -> KeyRing:
        """Make a ring of plain keys with all scopes, which are forgotten at once.

        Args:
            keys: The keys.
            pepper: The same one gives a key the same id again; a random one when omitted.
            may_choose: Whether those of the namespace ``default`` may enter any other.

        Raises:
            ValueError: A key is too short.
        """
        ring = cls(pepper or secrets.token_bytes(32))
        for key in keys:
            chooses = may_choose and namespace_of(key) == DEFAULT_NAMESPACE
            ring.add(key, reach="free" if chooses else "bound")
        return ring

    def add(
        self, key: str, scopes: frozenset[str] = ALL_SCOPES, *, reach: Reach = "bound"
    ) -> KeyRecord:
        """Take in a key.

        Raises:
            ValueError: It is too short.
        """
        if len(key) < MIN_KEY_LENGTH:
            raise ValueError(f"an API key must have at least {MIN_KEY_LENGTH} characters")
        digest = self._digest(key)
        record = KeyRecord(
            id=f"key_{digest.hex()[:12]}",
            digest=digest,
            namespace=namespace_of(key),
            scopes=scopes,
            reach=reach,
        )
        self._records[digest] = record
        self._by_id[record.id] = record
        return record

    def find(self, key: str) -> KeyRecord | None:
        """Return the record of a key, revoked ones included.

        The look-up is by a keyed digest, whose bytes a caller can neither choose nor learn from
        the time it takes; the final comparison is constant-time.
        """
        digest = self._digest(key)
        record = self._records.get(digest)
        if record is not None and hmac.compare_digest(record.digest, digest):
            return record
        return None

    def get(self, key_id: str) -> KeyRecord | None:
        """Return the record with a public id, revoked ones included."""
        return self._by_id.get(key_id)

    def namespaces(self) -> frozenset[str]:
        """Return the namespaces that keys are bound to."""
        return frozenset(record.namespace for record in self._records.values())

    def ids(self) -> tuple[str, ...]:
        """Return the public ids of the keys that are not revoked."""
        return tuple(record.id for record in self._records.values() if not record.revoked)

    def _digest(self, key: str) -> bytes:
        return hmac.digest(self._pepper, key.encode("utf-8", "surrogateescape"), hashlib.sha256)
