"""Takes secrets out of what is written down, so that what is asked later still matches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from aiaas_mock.cassettes.exchange import Chunk, Exchange, Headers

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
        self._words = {quote(secret): name for secret, name in self._names.items()} | self._names
        words = sorted(self._words, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def text(self, text: str) -> str:
        """Return a text with the names of known secrets in their places."""
        if self._known is None:
            return text
        return self._known.sub(lambda found: self._words[found[0]], text)

    def headers(self, headers: Headers) -> Headers:
        """Return headers without secrets."""
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def body(self, body: bytes, media_type: str) -> bytes:
        """Return a body without secrets; of bytes that are no text, known ones are replaced."""
        kind = media_type.partition(";")[0].strip().lower()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._bytes(body)
        if kind == _FORM:
            fields = parse_qsl(text, keep_blank_values=True)
            return urlencode([(name, self._field(name, value)) for name, value in fields]).encode()
        if kind.endswith("json") and any(f'"{name}"' in text for name in _FIELDS):
            return self._json(text)
        return self.text(text).encode()

    def exchange(self, found: Exchange) -> Exchange:
        """Return an exchange without secrets; in one piece where its length changes."""
        sent, came = _media_type(found.request_headers), _media_type(found.response_headers)
        body = self.body(found.response_body, came)
        whole = (Chunk(size_bytes=len(body), at_ms=0.0),) if body else ()
        return replace(
            found,
            url=self.text(found.url),
            request_headers=self.headers(found.request_headers),
            request_body=self.body(found.request_body, sent),
            response_headers=self.headers(found.response_headers),
            response_body=body,
            chunks=found.chunks if body == found.response_body else whole,
        )

    def _bytes(self, body: bytes) -> bytes:
        for secret, name in self._names.items():
            body = body.replace(secret.encode(), name.encode())
        return body

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
            return json.dumps(self._masked(json.loads(text)), ensure_ascii=False).encode()
        except (ValueError, RecursionError):  # no JSON, or nested without end
            return self.text(text).encode()

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


def _media_type(headers: Headers) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")
