"""The table of rules, and which of their matches stand where they overlap."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from typing import Final

from aiaas_mock.services.text.redaction.bank_accounts import IBAN
from aiaas_mock.services.text.redaction.cards import CREDIT_CARD
from aiaas_mock.services.text.redaction.chinese_numbers import CN_ID, CN_MOBILE
from aiaas_mock.services.text.redaction.emails import EMAIL
from aiaas_mock.services.text.redaction.ip_addresses import IP_V4, IP_V6
from aiaas_mock.services.text.redaction.matches import Match, Recognizer
from aiaas_mock.services.text.redaction.names import PERSON
from aiaas_mock.services.text.redaction.phones import PHONES
from aiaas_mock.services.text.redaction.plain import PlainText

RECOGNIZERS: Final[tuple[Recognizer, ...]] = (
    EMAIL,
    IBAN,
    CN_ID,
    CREDIT_CARD,
    CN_MOBILE,
    IP_V6,
    IP_V4,
    *PHONES,
)
"""All rules, the most specific first: the more a rule checks, the less it matches by chance."""

RULE_TYPES: Final = tuple(dict.fromkeys(rule.type for rule in RECOGNIZERS))
_RANKS: Final = {name: rank for rank, name in enumerate((*RULE_TYPES, PERSON))}


def find_matches(text: str, types: Collection[str], min_score: float = 0.0) -> list[Match]:
    """Return all that the rules for `types` find in a text, overlapping or not."""
    plain = PlainText.of(text)
    return [
        Match(
            *plain.original_span(found.start, found.end),
            rule.type,
            rule.name,
            found.reason,
            found.score,
            found.value,
        )
        for rule in RECOGNIZERS
        if rule.type in types
        for found in rule.find(plain)
        if found.score >= min_score
    ]


def without_overlaps(matches: Iterable[Match]) -> list[Match]:
    """Choose among matches that overlap; the longest stands, of equal ones the most specific.

    Returns:
        The chosen matches in the order of the text.
    """
    chosen: list[tuple[int, int, Match]] = []
    for match in sorted(matches, key=_precedence):
        at = bisect_left(chosen, match.start, key=lambda item: item[0])
        overlaps_left = at > 0 and chosen[at - 1][1] > match.start
        overlaps_right = at < len(chosen) and chosen[at][0] < match.end
        if not (overlaps_left or overlaps_right):
            insort(chosen, (match.start, match.end, match), key=lambda item: item[0])
    return [match for _, _, match in chosen]


def _precedence(match: Match) -> tuple[int, int, float, int]:
    rank = _RANKS.get(match.type, len(_RANKS))
    return (match.start - match.end, rank, -match.score, match.start)
