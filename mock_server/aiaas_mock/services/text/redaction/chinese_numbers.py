"""Chinese resident identity numbers and mobile numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from aiaas_mock.services.text.redaction.checksums import resident_id_check
from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText, digits_of

_ID: Final = re.compile(
    r"(?<![0-9A-Za-z_])([1-9][0-9]{5})[ -]?((?:19|20)[0-9]{6})[ -]?([0-9]{3})([0-9Xx])"
    r"(?![0-9A-Za-z_])"
)
_PROVINCES: Final = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
    | {71, 81, 82, 83}
)
_MOBILE: Final = re.compile(
    r"(?<![0-9A-Za-z_+])((?:\+|00)?86[ -]?)?(1[3-9][0-9])([ -]?)[0-9]{4}\3[0-9]{4}(?![0-9A-Za-z_])"
)


def _find_ids(plain: PlainText) -> Iterator[Found]:
    for match in _ID.finditer(plain.text):
        region, born, number, check = match.groups()
        digits = region + born + number
        if (
            int(region[:2]) in _PROVINCES
            and _is_date_of_birth(born)
            and resident_id_check(digits) == check.upper()
            and plain.stands_alone(*match.span())
        ):
            reason = (
                "18 digits: a province, a date of birth and a check digit that is right (GB 11643)"
            )
            yield Found(*match.span(), reason, 0.99, digits + check.upper())


def _is_date_of_birth(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born <= date.today()


def _find_mobiles(plain: PlainText) -> Iterator[Found]:
    for match in _MOBILE.finditer(plain.text):
        if plain.stands_alone(*match.span()):
            sure = match[1] or match[3]
            reason = "11 digits that start like a mobile number in China" + (
                ", after the country code 86" if match[1] else ""
            )
            number = digits_of(match[0][len(match[1] or "") :])
            yield Found(*match.span(), reason, 0.95 if sure else 0.85, number)


CN_ID: Final = Recognizer("cn_id", "cn-id-gb11643", _find_ids)
CN_MOBILE: Final = Recognizer("cn_mobile", "cn-mobile-prefix", _find_mobiles)
