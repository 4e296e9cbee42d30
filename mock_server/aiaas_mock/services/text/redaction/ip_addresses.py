"""IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText

_FOUR_NUMBERS: Final = re.compile(
    r"(?<![0-9A-Za-z_.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z_]|[.-][0-9A-Za-z])"
)
_GROUPS: Final = re.compile(
    r"(?<![0-9A-Za-z_:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,44}(?![0-9A-Za-z_])"
)
_FEWEST_DIGITS: Final = 2
"""Of an IPv6 address, so that words of the letters a to f are none."""

_LONG_GROUP: Final = re.compile(r"[0-9A-Fa-f]{4}|\.")
_FEWEST_SHORT_GROUPS: Final = 4
"""Of an address with ``::`` and no group of four: ``x[10::20]`` and ``3:2::1`` are none."""

_OTHER_NUMBER: Final = re.compile(
    r"(?:version|ver\.?|release|build|firmware|driver|版本|版本号|固件"
    r"|\b(?:sections?|chapters?|clauses?|paragraphs?|articles?|appendix|annex)|(?<![0-9] )\bsec\.?"
    r"|\b(?:ch|para|art)\.|§|第|章节|条款)\s{0,3}[:：=]?\s{0,3}\Z",
    re.IGNORECASE,
)
"""Words before a version or the number of a section."""

_LONGEST_BEFORE: Final = 20


def _find_v4(plain: PlainText) -> Iterator[Found]:
    text = plain.text
    for match in _FOUR_NUMBERS.finditer(text):
        address = _address(match[0])
        before = text[max(0, match.start() - _LONGEST_BEFORE) : match.start()]
        if isinstance(address, ipaddress.IPv4Address) and not _OTHER_NUMBER.search(before):
            reason = "four numbers up to 255 with dots between them: an IPv4 address"
            yield Found(match.start(), match.end(), reason, 0.9, str(address))


def _find_v6(plain: PlainText) -> Iterator[Found]:
    for match in _GROUPS.finditer(plain.text):
        written = match[0].rstrip(".")
        if written.endswith(":") and not written.endswith("::"):
            written = written[:-1]  # "at fe80::1: no answer"
        digits = sum(sign.isdecimal() for sign in written)
        address = _address(written)
        if isinstance(address, ipaddress.IPv6Address) and (
            written == "::1" or (digits >= _FEWEST_DIGITS and _is_no_slice(written))
        ):
            reason = "hexadecimal groups with colons between them: an IPv6 address"
            yield Found(match.start(), match.start() + len(written), reason, 0.95, address.exploded)


def _is_no_slice(written: str) -> bool:
    if "::" not in written or _LONG_GROUP.search(written):
        return True
    return sum(bool(group) for group in written.split(":")) >= _FEWEST_SHORT_GROUPS


def _address(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(written)
    except ValueError:
        return None


IP_V4: Final = Recognizer("ip_address", "ipv4", _find_v4)
IP_V6: Final = Recognizer("ip_address", "ipv6", _find_v6)
