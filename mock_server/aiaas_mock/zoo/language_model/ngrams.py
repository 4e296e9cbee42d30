"""The baselines: a unigram model, and a trigram model with interpolated Kneser-Ney smoothing."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

Texts = Sequence[Sequence[int]]

_DISCOUNT = 0.75
_PARTS = 2


def unigram_loss(train: Texts, test: Texts, vocabulary: int) -> float:
    """Return the mean loss (nats) of a token, predicted by its frequency alone."""
    counts = np.ones(vocabulary)  # add one: a token may occur in the test alone
    for text in train:
        np.add.at(counts, np.array(text[1:]), 1)
    logs = np.log(counts / counts.sum())
    return float(-np.concatenate([logs[list(text[1:])] for text in test]).mean())


def trigram_loss(train: Texts, test: Texts, vocabulary: int) -> float:
    """Return the mean loss (nats) of a token, predicted from the two before it."""
    model = _KneserNey(train, vocabulary)
    losses = [
        -np.log(model.probability(text[at], text[max(at - _PARTS, 0) : at]))
        for text in test
        for at in range(1, len(text))
    ]
    return float(np.mean(losses))


class _Order:
    """Counts of what follows each context of one length."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, ...]] = Counter()
        self.totals: Counter[tuple[int, ...]] = Counter()
        self.kinds: Counter[tuple[int, ...]] = Counter()

    def close(self) -> None:
        for gram, count in self.counts.items():
            self.totals[gram[:-1]] += count
            self.kinds[gram[:-1]] += 1


class _KneserNey:
    def __init__(self, texts: Texts, vocabulary: int) -> None:
        self._orders = [_Order() for _ in range(_PARTS + 1)]
        for text in texts:
            for at in range(1, len(text)):
                self._orders[min(at, _PARTS)].counts[tuple(text[max(at - _PARTS, 0) : at + 1])] += 1
        # Below the highest order it counts in how many contexts a token was seen, not how often.
        for order in range(_PARTS, 0, -1):
            lower = self._orders[order - 1].counts
            for gram in self._orders[order].counts:
                lower[gram[1:]] += 1
        for order_ in self._orders:
            order_.close()
        self._floor = 1 / vocabulary

    def probability(self, token: int, context: Sequence[int]) -> float:
        chance, before = self._floor, tuple(context)
        for size in range(len(before) + 1):
            order, given = self._orders[size], before[len(before) - size :]
            total = order.totals[given]
            if total:
                seen = max(order.counts[(*given, token)] - _DISCOUNT, 0.0)
                chance = (seen + _DISCOUNT * order.kinds[given] * chance) / total
        return chance
