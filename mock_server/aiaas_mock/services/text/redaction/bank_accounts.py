"""International bank account numbers (IBAN)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aiaas_mock.services.text.redaction.checksums import passes_mod_97
from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText

_COUNTRIES_BY_LENGTH: Final = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""From the registry of ISO 13616 (SWIFT, release 101)."""

_LENGTHS: Final = {
    country: length
    for length, countries in _COUNTRIES_BY_LENGTH.items()
    for country in countries.split()
}
_BEGINNING: Final = re.compile(r"(?<![0-9A-Za-z_])[A-Za-z]{2}[0-9]{2}")
_NEXT: Final = re.compile(r"[ -]?([0-9A-Za-z])")


def _find(plain: PlainText) -> Iterator[Found]:
    text = plain.text
    for match in _BEGINNING.finditer(text):
        length = _LENGTHS.get(match[0][:2].upper())
        iban, end = _read(text, match.start(), length) if length else ("", 0)
        goes_on = end < len(text) and (text[end].isascii() and text[end].isalnum())
        if iban and not goes_on and passes_mod_97(iban):
            reason = (
                f"{len(iban)} letters and digits, as accounts in {iban[:2]} have, "
                "whose check digits are right (ISO 13616)"
            )
            yield Found(match.start(), end, reason, 0.99, iban)


def _read(text: str, start: int, length: int) -> tuple[str, int]:
    """Read as many letters and digits, with at most one space or hyphen between each two."""
    read: list[str] = []
    at = start
    while len(read) < length:
        sign = _NEXT.match(text, at)
        if sign is None:
            return "", at
        read.append(sign[1])
        at = sign.end()
    return "".join(read).upper(), at


IBAN: Final = Recognizer("iban", "iban-mod-97", _find)
