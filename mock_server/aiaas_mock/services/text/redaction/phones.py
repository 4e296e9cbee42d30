"""Telephone numbers.

The patterns only propose; what a number may look like in its country is known by `phonenumbers`,
Google's table of numbering plans, which is loaded when a text first has a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText, digits_of

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_INTERNATIONAL: Final = re.compile(
    r"(?<![0-9A-Za-z_+])(?:\+ ?|00 ?)\(?[1-9][0-9]?(?:[ .()/-]{0,2}[0-9]){6,13}(?![0-9])"
)
_NORTH_AMERICAN: Final = re.compile(
    r"(?:(?<![0-9A-Za-z_+])1[ .-])?(?:\([2-9][0-9]{2}\) ?|(?<![0-9A-Za-z_+])[2-9][0-9]{2}[ .-])"
    r"[2-9][0-9]{2}[ .-][0-9]{4}(?![0-9A-Za-z_])"
)
_WITH_TRUNK_ZERO: Final = re.compile(
    r"(?:\(0[1-9][0-9]{0,4}\) ?|(?<![0-9A-Za-z_+])(?<![0-9] )0[1-9][0-9]{0,4}[ /-]{1,2})"
    r"[0-9]{2,8}(?:[ -][0-9]{2,8}){0,3}(?![0-9A-Za-z_])"
)
_CHINESE_SERVICE: Final = re.compile(
    r"(?<![0-9A-Za-z_+])[48]00[ -][0-9]{3,4}[ -][0-9]{3,4}(?![0-9A-Za-z_])"
)
_RUSSIAN: Final = re.compile(
    r"(?<![0-9A-Za-z_+])8(?:[ -]?\([3489][0-9]{2}\)[ -]?|[ -][3489][0-9]{2}[ -])"
    r"[0-9]{3}[ -][0-9]{2}[ -][0-9]{2}(?![0-9A-Za-z_])"
)
_UNGROUPED: Final = re.compile(r"(?<![0-9A-Za-z_+])[0-9]{9,12}(?![0-9A-Za-z_])")
_DATE: Final = re.compile(r"\D?[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}(?![0-9])")
_SPEAKS_OF_PHONES: Final = re.compile(
    r"(?:\b(?:phones?|tel|telephone|call|mobile|cell|fax|whatsapp|ring|dial|sms|text me)\b"
    r"|电话|手机|座机|热线|拨打|传真)",
    re.IGNORECASE,
)
_SPEAKS_OF_ORDERS: Final = re.compile(
    r"(?:(?<!\bto )\b(?:orders?|po|invoices?|ref\.?|reference|ticket|tracking|serial|sku)"
    r"(?:\s{1,2}(?:no\b\.?|nr\b\.?|number|id))?|订单号?|订单编号|单号|编号|发票号?)"
    r"\s{0,2}[:：#=]?\s{0,2}\Z",
    re.IGNORECASE,
)
_CONTEXT: Final = 24
_MOST_TRIES: Final = 4
"""Beginnings of a candidate that are tried: it may have swallowed the next number."""

_GROUP: Final = re.compile("[0-9]+")
_LAST_GROUP: Final = re.compile(r"[^0-9]+[0-9]+\Z")
_TRUNK_ZERO_CODES: Final = {"GB": 44, "CN": 86, "DE": 49, "FR": 33, "AU": 61, "JP": 81, "IN": 91}
"""Countries where 0 stands before area codes, and their country codes."""

_TRUNK_ZERO_DIGITS: Final = range(9, 13)

Judge = Callable[[str], tuple[str, float, "PhoneNumber"] | None]
"""Says of a written number why it is one, how sure that is, and which number it is."""


def _find(
    pattern: re.Pattern[str], judge: Judge, *, not_after: re.Pattern[str] | None = None
) -> Callable[[PlainText], Iterator[Found]]:
    """Make a rule of a pattern that proposes and a judge that decides.

    Args:
        pattern: What may be a number.
        judge: Says whether it is.
        not_after: Words before something that only looks like one.
    """

    def find(plain: PlainText) -> Iterator[Found]:
        match = pattern.search(plain.text)
        while match:
            end = match.end()
            before = plain.text[max(0, match.start() - _CONTEXT) : match.start()]
            refused = not_after is not None and not_after.search(before)
            for written in () if refused else _beginnings(match[0]):
                judged = judge(written)
                if judged and plain.stands_alone(match.start(), match.start() + len(written)):
                    reason, score, number = judged
                    value = f"+{number.country_code}{number.national_number}"
                    end = match.start() + len(written)
                    yield Found(match.start(), end, reason, score, value)
                    break
            match = pattern.search(plain.text, end)

    return find


def _beginnings(written: str) -> Iterator[str]:
    """Yield a candidate whole, then with one group of digits less, and so on."""
    for _ in range(_MOST_TRIES):
        yield written
        shorter = _LAST_GROUP.sub("", written)
        if shorter == written:
            return
        written = shorter


def _international(written: str) -> tuple[str, float, PhoneNumber] | None:
    digits = digits_of(written.replace("(0)", ""))
    has_plus = written.startswith("+")
    number = _parsed("+" + (digits if has_plus else digits.removeprefix("00")), None)
    if number is None:
        return None
    reason = f"a valid number of the country code +{number.country_code}"
    return reason, 0.97 if has_plus else 0.8, number


def _north_american(written: str) -> tuple[str, float, PhoneNumber] | None:
    number = _parsed(written, "US")
    if number is None:
        return None
    return "an area code and a number as they are written in North America", 0.9, number


def _chinese_service(written: str) -> tuple[str, float, PhoneNumber] | None:
    number = _parsed(written, "CN")
    return None if number is None else ("a service number (400, 800) in China", 0.85, number)


def _russian(written: str) -> tuple[str, float, PhoneNumber] | None:
    number = _parsed(written, "RU")
    return None if number is None else ("8, an area code and a number in Russia", 0.85, number)


def _with_trunk_zero(written: str) -> tuple[str, float, PhoneNumber] | None:
    if _DATE.match(written):
        return None
    for region, number in _national(digits_of(written)):
        if _area_code_is_apart(written, number):
            return f"an area code and a number as they are written in {region}", 0.8, number
    return None


def _find_announced(plain: PlainText) -> Iterator[Found]:
    for match in _UNGROUPED.finditer(plain.text):
        before = plain.text[max(0, match.start() - _CONTEXT) : match.start()]
        words = _GROUP.split(before)[-1]  # those before another number belong to that
        if not _SPEAKS_OF_PHONES.search(words) or not plain.stands_alone(*match.span()):
            continue
        american = _parsed(match[0], "US")
        found = [("North America", american)] if american else _national(match[0])
        for region, number in found:
            reason = f"a valid number in {region} after words about telephones"
            yield Found(
                *match.span(), reason, 0.75, f"+{number.country_code}{number.national_number}"
            )
            break


def _parsed(written: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers  # 0.1 s and 8 MB that only texts with candidates need

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _national(digits: str) -> Iterator[tuple[str, PhoneNumber]]:
    """Yield where a number with a 0 before its area code is valid."""
    import phonenumbers

    if not digits.startswith("0") or len(digits) not in _TRUNK_ZERO_DIGITS:
        return
    for region, code in _TRUNK_ZERO_CODES.items():
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(digits[1:]))
        if phonenumbers.is_valid_number_for_region(number, region):
            yield region, number


def _area_code_is_apart(written: str, number: PhoneNumber) -> bool:
    """Say whether the first gap comes where the country puts it, which a code rarely has."""
    import phonenumbers

    usual = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    ours, theirs = _GROUP.search(written), _GROUP.search(usual)
    return ours is not None and theirs is not None and ours[0] == theirs[0]


PHONES: Final = (
    Recognizer("phone", "phone-international", _find(_INTERNATIONAL, _international)),
    Recognizer("phone", "phone-north-american", _find(_NORTH_AMERICAN, _north_american)),
    Recognizer("phone", "phone-china-service", _find(_CHINESE_SERVICE, _chinese_service)),
    Recognizer("phone", "phone-russia", _find(_RUSSIAN, _russian)),
    Recognizer(
        "phone",
        "phone-area-code",
        _find(_WITH_TRUNK_ZERO, _with_trunk_zero, not_after=_SPEAKS_OF_ORDERS),
    ),
    Recognizer("phone", "phone-announced", _find_announced),
)
