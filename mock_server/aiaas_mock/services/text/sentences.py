"""Where sentences begin and end, in English and Chinese.

Rules, not a model: a stop ends a sentence unless what stands around it says otherwise. Every
character is looked at a bounded number of times, so that a text of any shape takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_OPENING_OR_CLOSING: Final = "\"'"
_CLOSING: Final = _OPENING_OR_CLOSING + "”’»›)]}）］｝】》〉」』〕"
_WIDE: Final = "。！？｡‼⁇⁈⁉।॥؟۔"
"""Stops that need no space after them."""

_BREAK: Final = re.compile(
    rf"(?P<line>[\n\r\v\f\x85\u2028\u2029]\s*)|[.!?…{_WIDE}][.!?…{_WIDE}{re.escape(_CLOSING)}]*"
)
_NOT_SPACE: Final = re.compile(r"\S")
_BLANK_LINE: Final = re.compile(r"(?:\r\n|[\n\r\x85\u2028\u2029])\s*?[\n\r\x85\u2028\u2029]")
_HAN: Final = re.compile(
    r"[\u2e80-\u2fdf\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LIST_NUMBER: Final = re.compile(r"(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})")
_LONGEST_LIST_NUMBER: Final = 4
_LONGEST_WORD: Final = 24
"""Characters before a stop that are looked at."""

_SHORTEST_CERTAIN_WORD: Final = 4
"""A dot after a word of this length ends a sentence even before a small letter."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TITLES: Final = _words(
    "adm asst brig capt cmdr col cpl dr esq fr gen gov hon insp jr lt maj messrs mlle mme mr mrs "
    "ms mx pres prof rep rev sen sgt sr st supt"
)
"""A name follows these, so that their dot ends nothing."""

_BEFORE_NUMBERS: Final = _words("art ch chap eq fig figs no nos nr op p para pp sec vol vols")
_ABBREVIATIONS: Final = _words(
    "al approx apr apt assn aug ave bldg blvd ca cf co corp dec dept dist e.g ed eds est etc ext "
    "feb i.e inc incl jan jul jun ltd mar max min misc mt mts nov oct pl pty rd sept tel univ viz "
    "vs"
)
"""Their dot ends a sentence only where the next one plainly begins."""

_BEGINNERS: Final = _words(
    "A After All Also And As At But For He Her His However I If In It Its My No Now On Our She So "
    "Some That The Their Then There These They This Those Though To We What When Where While Who "
    "Why Yes You Your"
)
"""Words that begin sentences far more often than they are part of a name."""


def split_sentences(text: str, most: int | None = None) -> list[tuple[int, int]]:
    """Cut a text into sentences.

    A sentence keeps its stop and the quotes and brackets that close after it; the white space
    between sentences belongs to none. What has no stop ends at a blank line, and at a single line
    break unless the next line goes on with a small letter.

    Args:
        text: Any text.
        most: After so many, the rest of the text is not looked at.

    Returns:
        First position and position after the last of each sentence, in code points.
    """
    sentences: list[tuple[int, int]] = []
    begin = _skip_space(text, 0)
    for end in _ends(text):
        if end > begin:
            sentences.append((begin, begin + len(text[begin:end].rstrip())))
            if len(sentences) == most:
                break
            begin = _skip_space(text, end)
    return sentences


def _ends(text: str) -> Iterator[int]:
    """Yield where sentences end, in rising order; the last is the end of the text."""
    begin = counted = quotes = 0
    for match in _BREAK.finditer(text):
        at, end = match.span()
        # Straight quotes tell nothing by themselves: an odd one opens, an even one closes.
        quotes += text.count('"', counted, at)
        counted = at
        if match["line"]:
            if _line_ends(text, at, end):
                yield at
                begin, quotes = end, 0
            continue
        end = _without_opening_quote(text, at, end, quotes)
        if _stop_ends(text, begin, at, end):
            yield end
            begin = _skip_space(text, end)
    yield len(text)


def _skip_space(text: str, at: int) -> int:
    found = _NOT_SPACE.search(text, at)
    return found.start() if found else len(text)


def _line_ends(text: str, at: int, end: int) -> bool:
    """Say whether the line break between `at` and `end` is also the end of a sentence."""
    goes_on = end < len(text) and text[end].islower()
    return not goes_on or _BLANK_LINE.match(text, at, end) is not None


def _without_opening_quote(text: str, at: int, end: int, quotes: int) -> int:
    """Give back a straight quote after a stop where it opens what comes next."""
    opens = text[end - 1] == '"' and end < len(text) and not text[end].isspace()
    before = quotes + text.count('"', at, end - 1)
    return end - 1 if opens and before % 2 == 0 else end


def _stop_ends(text: str, begin: int, at: int, end: int) -> bool:
    """Say whether the stops and closing signs between `at` and `end` end a sentence.

    Args:
        text: The text.
        begin: Where the sentence begins.
        at: Where the stops begin.
        end: After the last stop or closing sign.
    """
    if end == len(text):
        return True
    stops, following = text[at:end].rstrip(_CLOSING), text[end]
    if any(stop in _WIDE for stop in stops):
        return following not in "，、；：,;:"
    if not following.isspace():
        return _is_between_han(text, at, end, stops)
    next_at = _skip_space(text, end)
    following = text[next_at : next_at + _LONGEST_WORD]
    if not following:
        return True
    if set(stops) & set("!?"):
        # "Stop!" he said.
        return not (following[0].islower() and text[end - 1] in _CLOSING)
    if following[0].islower() and (len(stops) > 1 or "…" in stops or text[end - 1] in _CLOSING):
        return False
    if stops != ".":
        return True
    if at - begin <= _LONGEST_LIST_NUMBER and _LIST_NUMBER.fullmatch(text, begin, at):
        return False  # "2. Next step"
    return _dot_ends(_word_before(text, begin, at), following)


def _is_between_han(text: str, at: int, end: int, stops: str) -> bool:
    """Say whether a stop without a space after it ends a sentence, as it may in Chinese."""
    if not _HAN.match(text, end):
        return False
    if "…" in stops and not set(stops) & set("!?"):
        return len(stops) > 1  # 太好了……下次再来: the full ellipsis has two signs
    return stops[0] in "!?" or (at > 0 and _HAN.match(text, at - 1) is not None)


def _word_before(text: str, begin: int, at: int) -> str:
    words = text[max(begin, at - _LONGEST_WORD) : at].split()
    return words[-1].lstrip("\"'“‘([{") if words and not text[at - 1].isspace() else ""


def _dot_ends(word: str, following: str) -> bool:
    """Say whether a single dot after `word` ends a sentence."""
    known = word.casefold()
    if known in _TITLES:
        return False
    if known in _BEFORE_NUMBERS and following[0].isdigit():
        return False
    if following[0].islower():
        plain = word.isalpha() and len(word) >= _SHORTEST_CERTAIN_WORD
        return plain and known not in _ABBREVIATIONS
    is_initials = _INITIALS.fullmatch(word) is not None and word != "I"
    if known in _ABBREVIATIONS or is_initials:
        # "in the U.S. The firm", but not "George W. Bush".
        return following.split()[0].rstrip(",;:") in _BEGINNERS or word[-2:] in (".m", ".M")
    return True
