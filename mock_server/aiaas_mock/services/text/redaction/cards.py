"""Numbers of payment cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aiaas_mock.services.text.redaction.checksums import passes_luhn
from aiaas_mock.services.text.redaction.matches import Found, Recognizer
from aiaas_mock.services.text.redaction.plain import PlainText, digits_of

_SHORTEST: Final = 13
_LONGEST: Final = 19
_MOST_GROUPS: Final = 6
_GROUPS: Final = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
_GROUP: Final = re.compile(r"[0-9]+")
_FOUR_FOURS: Final = re.compile(
    r"(?<![0-9A-Za-z_])(?=([0-9]{4}(?:[ .-]{1,2}[0-9]{4}){3})(?![0-9]))"
)
"""A card with dots or two spaces between its groups, too; looked for at every group."""

_FOURS: Final = (4, 4, 4, 4)
_USUAL_GROUPS: Final = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (6, 13)}
)
_ISSUERS: Final = (
    ("Visa", re.compile(r"4(?:.{12}|.{15}|.{18})\Z")),
    ("Mastercard", re.compile(r"(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720).*\Z")),
    ("American Express", re.compile(r"3[47].{13}\Z")),
    ("UnionPay", re.compile(r"(?:62|81).{14,17}\Z")),
    ("Discover", re.compile(r"(?:6011|64[4-9]|65).*\Z")),
    ("JCB", re.compile(r"35(?:2[89]|[3-8]).*\Z")),
    ("Diners Club", re.compile(r"3(?:0[0-5]|[689]).{11,16}\Z")),
    ("Maestro", re.compile(r"(?:50(?:18|20|38)|5893|6304|6759|676[1-3]).{9,15}\Z")),
)
_SIXTEEN_ONLY: Final = frozenset({"Mastercard", "Discover", "JCB"})


def _find(plain: PlainText) -> Iterator[Found]:
    for run in _GROUPS.finditer(plain.text):
        if run.end() - run.start() >= _SHORTEST:
            yield from _find_in_run(
                plain, [group.span() for group in _GROUP.finditer(plain.text, *run.span())]
            )
    after_last = 0
    for match in _FOUR_FOURS.finditer(plain.text):
        start, end = match.span(1)
        # Those with single spaces and hyphens were found above.
        if start >= after_last and not _GROUPS.fullmatch(match[1]):
            found = _card(plain, start, end, _FOURS)
            if found:
                after_last = end
                yield found


def _find_in_run(plain: PlainText, groups: list[tuple[int, int]]) -> Iterator[Found]:
    """Look for cards in groups of digits with one space or hyphen between each two."""
    first = 0
    while first < len(groups):
        found = None
        for last in range(min(first + _MOST_GROUPS, len(groups)), first, -1):
            sizes = tuple(end - start for start, end in groups[first:last])
            is_whole = first == 0 and last == len(groups)
            if _SHORTEST <= sum(sizes) <= _LONGEST and (
                is_whole or len(sizes) == 1 or sizes in _USUAL_GROUPS
            ):
                found = _card(plain, groups[first][0], groups[last - 1][1], sizes)
            if found:
                yield found
                first = last
                break
        else:
            first += 1


def _card(plain: PlainText, start: int, end: int, sizes: tuple[int, ...]) -> Found | None:
    digits = digits_of(plain.text[start:end])
    issuer = _issuer(digits)
    if issuer is None or not passes_luhn(digits) or not _stands_alone(plain, start, end, sizes):
        return None
    reason = f"{len(digits)} digits that start with a prefix of {issuer} and pass the Luhn check"
    return Found(start, end, reason, 0.99 if sizes in _USUAL_GROUPS else 0.9, digits)


def _stands_alone(plain: PlainText, start: int, end: int, sizes: tuple[int, ...]) -> bool:
    # In the usual groups of a card, digits before or after with a hyphen are another number.
    if sizes in _USUAL_GROUPS and plain.text[start - 1 : start] in {"", " "}:
        start = 0
    return plain.stands_alone(start, end)


def _issuer(digits: str) -> str | None:
    for name, prefix in _ISSUERS:
        if prefix.match(digits) and (name not in _SIXTEEN_ONLY or len(digits) == 16):
            return name
    return None


CREDIT_CARD: Final = Recognizer("credit_card", "credit-card-luhn", _find)
