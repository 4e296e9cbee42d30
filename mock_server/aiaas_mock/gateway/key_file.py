"""The key file: keys of a deployment as JSON, without the keys themselves.

``aiaas-mock keys create`` prints a key once and writes down its digest.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from aiaas_mock.gateway.keys import ALL_SCOPES, KeyRecord, KeyRing, new_key


class KeyFileError(Exception):
    """The key file cannot be used; the message says why and what to do."""


class _Key(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    digest: str
    namespace: str
    scopes: tuple[str, ...] = tuple(ALL_SCOPES)
    created_at: datetime
    revoked_at: datetime | None = None

    def as_record(self) -> KeyRecord:
        return KeyRecord(
            id=self.id,
            digest=bytes.fromhex(self.digest),
            namespace=self.namespace,
            scopes=frozenset(self.scopes),
            revoked=self.revoked_at is not None,
        )


class KeyFile(BaseModel):
    """Content of a key file.

    Attributes:
        pepper: Hex of the secret that the digests are made with.
        keys: What is kept of each key.
    """

    model_config = ConfigDict(extra="forbid")

    pepper: str
    keys: list[_Key] = []

    @classmethod
    def new(cls) -> KeyFile:
        """Return an empty key file with a pepper of its own."""
        return cls(pepper=secrets.token_hex(32))

    @classmethod
    def read(cls, path: Path) -> KeyFile:
        """Read a key file.

        Raises:
            KeyFileError: It cannot be read or is not a key file.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise KeyFileError(f"key file {path}: {error.strerror}") from error
        except ValidationError as error:
            raise KeyFileError(
                f"key file {path} is not valid ({error.error_count()} faults); "
                "make one with: aiaas-mock keys create --file PATH"
            ) from error

    def write(self, path: Path) -> None:
        """Write the file, readable by its owner only, replacing the old one in one step."""
        temporary = path.with_name(f"{path.name}.new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.model_dump_json(indent=2) + "\n")
        temporary.replace(path)

    def ring(self) -> KeyRing:
        """Return the keys in the form that answers requests."""
        return KeyRing(bytes.fromhex(self.pepper), (key.as_record() for key in self.keys))

    def create(self, namespace: str, scopes: frozenset[str] = ALL_SCOPES) -> tuple[str, str]:
        """Make a key and write down its digest.

        Returns:
            The key's public id, and the key, which is shown this once.

        Raises:
            ValueError: `namespace` is not a valid name.
        """
        key = new_key(namespace)
        record = self.ring().add(key, scopes)
        self.keys.append(
            _Key(
                id=record.id,
                digest=record.digest.hex(),
                namespace=record.namespace,
                scopes=tuple(sorted(scopes)),
                created_at=datetime.now(UTC),
            )
        )
        return record.id, key

    def revoke(self, key_id: str) -> bool:
        """Withdraw a key.

        Returns:
            Whether it was valid until now.

        Raises:
            KeyFileError: There is no such key.
        """
        for key in self.keys:
            if key.id == key_id:
                newly = key.revoked_at is None
                key.revoked_at = key.revoked_at or datetime.now(UTC)
                return newly
        raise KeyFileError(f"there is no key {key_id!r} in the file")
