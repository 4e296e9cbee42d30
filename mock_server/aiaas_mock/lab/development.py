"""Development keys: ``sk_mock_<namespace>_development`` is a key of its namespace, unregistered."""

from __future__ import annotations

import re
from typing import Final

from aiaas_mock.gateway.keys import NAMESPACE, KeyRecord

SECRET: Final = "development"  # noqa: S105  # no secret: it opens nothing from another machine
"""What every development key ends with."""

_KEY: Final = re.compile(rf"sk_mock_({NAMESPACE.pattern})_{SECRET}")
_ID: Final = re.compile(rf"key_({NAMESPACE.pattern})_{SECRET}")


def development_key(namespace: str) -> str:
    """Return the development key of a namespace."""
    return f"sk_mock_{namespace}_{SECRET}"


class DevelopmentKeys:
    """Knows the development key of every namespace; what it opens is for this machine only."""

    def find(self, key: str) -> KeyRecord | None:
        """Return the record of a development key."""
        found = _KEY.fullmatch(key)
        return None if found is None else _record(found[1])

    def get(self, key_id: str) -> KeyRecord | None:
        """Return the record with a public id."""
        found = _ID.fullmatch(key_id)
        return None if found is None else _record(found[1])

    def ids(self) -> tuple[str, ...]:
        """Return none: there is no end of them."""
        return ()


def _record(namespace: str) -> KeyRecord:
    return KeyRecord(id=f"key_{namespace}_{SECRET}", digest=b"", namespace=namespace, reach="local")
