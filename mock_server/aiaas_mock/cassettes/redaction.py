"""Takes secrets out of what is written down, so that what is asked later still matches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from aiaas_mock.cassettes.exchange import Headers

MASK: Final = "[redacted]"
_HEADERS: Final = frozenset({"cookie", "set-cookie", "x-api-key", "proxy-authorization"})
_FIELDS: Final = frozenset({"access_token", "api_key", "client_secret", "hash_key", "password"})
_FORM: Final = "application/x-www-form-urlencoded"


class Redaction:
    """Replaces secrets: those it knows by their name, others by a mask.

    The name stays the same whatever the secret is. So a cassette made with one key can be played
    to somebody with another, while no key and a wrong one are still told apart.

    Args:
        secrets: Secrets by the name that is written in their place.
    """

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._names = {secret: f"[{name}]" for name, secret in (secrets or {}).items() if secret}
        words = sorted({*self._names, *map(quote, self._names)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def text(self, text: str) -> str:
        """Return a text with the names of known secrets in their places."""
        if self._known is None:
            return text
        named = {**self._names, **{quote(one): name for one, name in self._names.items()}}
        return self._known.sub(lambda found: named[found[0]], text)

    def headers(self, headers: Headers) -> Headers:
        """Return headers without secrets."""
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def body(self, body: bytes, media_type: str) -> bytes:
        """Return a body without secrets; of bytes that are no text, nothing is changed."""
        kind = media_type.partition(";")[0].strip().lower()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return body
        if kind == _FORM:
            fields = parse_qsl(text, keep_blank_values=True)
            return urlencode([(name, self._field(name, value)) for name, value in fields]).encode()
        if kind.endswith("json") and any(f'"{name}"' in text for name in _FIELDS):
            return self._json(text)
        return self.text(text).encode()

    def _header(self, name: str, value: str) -> str:
        if name in _HEADERS:
            return MASK
        known = self.text(value)
        if name != "authorization" or known != value:
            return known
        scheme, space, _ = value.partition(" ")
        return f"{scheme}{space}{MASK}" if space else MASK

    def _json(self, text: str) -> bytes:
        try:
            value = json.loads(text)
        except ValueError:
            return self.text(text).encode()
        return json.dumps(self._masked(value), ensure_ascii=False).encode()

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: self._field(name, item) if isinstance(item, str) else self._masked(item)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _field(self, name: str, value: str) -> str:
        known = self.text(value)
        return MASK if name in _FIELDS and known == value else known
