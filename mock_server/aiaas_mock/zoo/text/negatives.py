"""Made-up queries that fit no intent, to learn what out of scope looks like.

CLINC150 has 100 such queries to train on, for 15,000 in scope. These are made of its own training
split and of comments in GoEmotions, whose punctuation goes, since the queries have none.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

_NOT_A_QUERY: Final = re.compile(r"[^a-z0-9' ]")
_PLACEHOLDERS: Final = ("[name]", "[religion]")
_WORDS: Final = (4, 14)
"""Fewest and most words of a comment that is taken."""
_FRAME_WORD: Final = 400
"""Queries that a word of a query's frame occurs in, such as "what", "my" and "please"."""
_LONG: Final = 3
_COMMENTS, _FRAMES = 0.35, 0.4
"""Shares of whole comments and of frames; the rest are halves of both kinds."""


def plain_comments(comments: Sequence[str]) -> list[str]:
    """Write comments as the queries are written and leave out short and long ones."""
    plain = []
    for comment in comments:
        text = comment.lower()
        for placeholder in _PLACEHOLDERS:
            text = text.replace(placeholder, "")
        text = " ".join(_NOT_A_QUERY.sub("", text).split())
        if _WORDS[0] <= len(text.split()) <= _WORDS[1]:
            plain.append(text)
    return plain


def invent(
    queries: Sequence[str], comments: Sequence[str], count: int, rng: np.random.Generator
) -> list[str]:
    """Make out-of-scope queries.

    Args:
        queries: In-scope queries of the training split.
        comments: What `plain_comments` returns.
        count: How many to make.
        rng: Draws everything.

    Returns:
        Comments as they are; queries whose telling words are replaced by words of comments; and
        beginnings of queries that go on as a comment.
    """
    split = [query.split() for query in queries]
    frequency = Counter(word for words in split for word in set(words))
    telling = [word for comment in comments for word in comment.split() if len(word) > _LONG]

    def pick(items: Sequence[str]) -> str:
        return items[int(rng.integers(len(items)))]

    made = []
    for kind in rng.random(count):
        words = split[int(rng.integers(len(split)))]
        if kind < _COMMENTS:
            made.append(pick(comments))
        elif kind < _COMMENTS + _FRAMES:
            frame = [w if frequency[w] >= _FRAME_WORD else pick(telling) for w in words]
            # A query with one telling word would keep its sense in the frame alone.
            extra = [] if sum(frequency[w] < _FRAME_WORD for w in words) > 1 else [pick(telling)]
            made.append(" ".join(frame + extra))
        else:
            start = words[: 2 + len(words) // 4]
            made.append(" ".join(start + pick(comments).split()[-5:]))
    return made
