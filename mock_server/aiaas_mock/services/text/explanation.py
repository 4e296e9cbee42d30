"""Why a text got its class: what each word adds to the logit, as Shapley values.

The words are players of a game whose value is the logit of the class when only some of them are
left in the text (the others are deleted, and the rest is preprocessed again). A word's Shapley
value is what it adds on average, over all orders in which the words could join. The average is
taken over sampled orders: J. Castro, D. Gomez and J. Tejada, "Polynomial calculation of the
Shapley value based on sampling", Computers & Operations Research 36 (2009); E. Strumbelj and
I. Kononenko, "Explaining prediction models and individual predictions with feature contributions",
Knowledge and Information Systems 41 (2014). Each order is taken together with its reverse
(antithetic sampling), which halves the error for words that work in pairs (R. Mitchell et al.,
"Sampling permutations for Shapley value estimation", JMLR 23, 2022).

Along each order the additions add up to the logit of the whole text minus that of the empty one,
and so do their averages: ``baseline + sum(values) == logit``, but for rounding. Only forward passes
are needed, so that any model can be explained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from aiaas.contract.text.classification import Contribution, Explanation
from aiaas_mock.context import RequestContext
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.services.scores import logits
from aiaas_mock.services.text.inputs import TextRunner

Span = tuple[int, int]

METHOD: Final = "shapley-sampling"
MOST_PLAYERS: Final = 32
"""More words than this are grouped with their neighbours."""

ORDERS: Final = 24
"""Half of them are the reverse of the other half. At most 24 x 31 + 2 forward passes a text."""

_SEED: Final = 20_090_101
_DIGITS: Final = 5
"""32 rounded values are together wrong by less than 0.0002."""

_WORD: Final = re.compile(r"[\w\u0300-\u036f]+(?:['\u2019-][\w\u0300-\u036f]+)*|[^\w\s]+")
_UNSPACED: Final = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Characters of scripts that are written without spaces between words."""


class Explainer:
    """Explains the classes of texts.

    Args:
        runner: Runs texts.
    """

    def __init__(self, runner: TextRunner) -> None:
        self._runner = runner

    async def explain(
        self, ref: ModelRef, texts: Sequence[str], labels: Sequence[str], context: RequestContext
    ) -> list[Explanation]:
        """Explain for each text why it got its label.

        One text after the other: their forward passes are many, and other requests want in too.
        What the model's row has no place for is left out beforehand; it would be cut into tokens
        again for each pass.

        Raises:
            ApiError: The model is busy or cannot be loaded, or the deadline passed.
        """
        encoder = await self._runner.encoder(ref)
        return [
            await self._explain(ref, encoder.read(text), label, context)
            for text, label in zip(texts, labels, strict=True)
        ]

    async def _explain(
        self, ref: ModelRef, text: str, label: str, context: RequestContext
    ) -> Explanation:
        encoder = await self._runner.encoder(ref)
        spans = players(text, encoder)
        orders = sampled_orders(len(spans))
        subsets = list(dict.fromkeys(subset for order in orders for subset in _growing(order)))
        remainders = [without(text, spans, subset) for subset in subsets]
        answered = await self._runner.run(ref, remainders, context)
        column = logits(ref, answered.rows)[:, ref.bundle.labels.index(label)]
        worth = dict(zip(subsets, column.astype(np.float64).tolist(), strict=True))
        values = shapley_values(orders, worth)
        return Explanation(
            label=label,
            method=METHOD,
            baseline=round(worth[0], _DIGITS),
            logit=round(worth[(1 << len(spans)) - 1], _DIGITS),
            contributions=tuple(
                Contribution(
                    start=start, end=end, text=text[start:end], value=round(value, _DIGITS)
                )
                for (start, end), value in zip(spans, values, strict=True)
            ),
        )


def players(text: str, encoder: TextEncoder) -> list[Span]:
    """Cut a text into the parts that are valued: words, signs, or groups of neighbours.

    Words that are written without spaces between are cut as the model's tokenizer does. All that
    is not white space belongs to a part.
    """
    spans = [
        span
        for match in _WORD.finditer(text)
        for span in (
            _cut_by_tokens(match.start(), match.group(), encoder)
            if _UNSPACED.search(match.group())
            else [match.span()]
        )
    ]
    if len(spans) <= MOST_PLAYERS:
        return spans
    edges = [len(spans) * group // MOST_PLAYERS for group in range(MOST_PLAYERS + 1)]
    return [(spans[a][0], spans[b - 1][1]) for a, b in pairwise(edges)]


def _cut_by_tokens(begin: int, word: str, encoder: TextEncoder) -> list[Span]:
    starts = sorted({0, *(start for start, _ in encoder.encode(word).spans)})
    ends = [*starts[1:], len(word)]
    return [
        (begin + start, begin + end) for start, end in zip(starts, ends, strict=True) if end > start
    ]


@lru_cache(maxsize=MOST_PLAYERS + 1)
def sampled_orders(count: int) -> tuple[tuple[int, ...], ...]:
    """Return the orders in which players join: each beside its reverse, always the same."""
    chance = np.random.default_rng((_SEED, count))
    drawn = [tuple(chance.permutation(count).tolist()) for _ in range(ORDERS // 2)]
    return tuple(order for one in drawn for order in (one, one[::-1]))


def without(text: str, spans: Sequence[Span], subset: int) -> str:
    """Return a text with only the players of a subset left, bit by bit."""
    kept: list[str] = []
    at = 0
    for number, (start, end) in enumerate(spans):
        kept.append(text[at : end if subset >> number & 1 else start])
        at = end
    return "".join((*kept, text[at:]))


def shapley_values(orders: Sequence[Sequence[int]], worth: dict[int, float]) -> list[float]:
    """Average what each player adds to those before it.

    Args:
        orders: The sampled orders, each of all players.
        worth: The value of each subset that occurs along them; bit 0 is player 0.
    """
    values = [0.0] * len(orders[0])
    for order in orders:
        for player, (before, after) in zip(order, pairwise(_growing(order)), strict=True):
            values[player] += worth[after] - worth[before]
    return [value / len(orders) for value in values]


def _growing(order: Sequence[int]) -> list[int]:
    """Return the subsets that players form who join in this order, from nobody to all."""
    subsets = [0]
    for player in order:
        subsets.append(subsets[-1] | 1 << player)
    return subsets
