"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText

_LONGEST_LOCAL_PART: Final = 64  # RFC 5321
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+\Z")
# Letters of Latin scripts beyond ASCII, but not Chinese ones, which follow without a space.
_DOMAIN: Final = re.compile(
    r"(?:[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f-]{0,62})\.){1,8}"
    r"(?:xn--[a-z0-9-]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9])"
)


def _find(plain: PlainText) -> Iterator[Found]:
    text = plain.text
    at = text.find("@")
    after_last = 0
    while at >= 0:
        local = _LOCAL_PART.search(text[max(after_last, at - _LONGEST_LOCAL_PART) : at])
        domain = _DOMAIN.match(text, at + 1) if local else None
        if local and domain:
            name = local[0].lstrip(".'/=?&")
            if name and not name.endswith("."):
                after_last = domain.end()
                yield Found(
                    at - len(name),
                    after_last,
                    "a name, @ and a domain that ends as domains do",
                    0.98,
                    f"{name}@{domain[0]}".casefold(),
                )
        at = text.find("@", at + 1)


EMAIL: Final = Recognizer("email", "email-address", _find)
