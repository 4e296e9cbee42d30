"""The secret of a deployment, from which the others are derived."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from aiaas_mock.storage import StoreError

_NAME: Final = "secret.key"
_BYTES: Final = 32


class DeploymentSecret:
    """Random bytes that nobody sees; with a data directory they outlive the process.

    Args:
        secret: The bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def new(cls) -> DeploymentSecret:
        """Make one for this process."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def in_directory(cls, directory: Path) -> DeploymentSecret:
        """Return that of a data directory, which is made the first time.

        Raises:
            StoreError: The file cannot be read or written, or is damaged.
        """
        path = directory / _NAME
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _write(path, secrets.token_bytes(_BYTES))
            secret = path.read_bytes()
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}") from error
        if len(secret) != _BYTES:
            raise StoreError(f"{path} is damaged; delete it, and keys and tokens get new ids")
        return cls(secret)

    def derived(self, purpose: str) -> bytes:
        """Return the secret for one purpose, which tells nothing of the others."""
        return hmac.digest(self._secret, purpose.encode(), hashlib.sha256)


def _write(path: Path, secret: bytes) -> None:
    """Write in one step, so that a crash leaves no half of a secret."""
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    temporary.replace(path)
