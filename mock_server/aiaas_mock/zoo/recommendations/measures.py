"""What a list of recommendations is worth: figures per person, and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.zoo.recommendations.events import Events, Floats, Positions

DRAWS: Final = 1_000
"""Resamplings of a bootstrap."""
_SKETCH: Final = 256
"""Numbers that stand for the people who have an item, where items are compared."""


class Scorer(Protocol):
    """What is asked of a recommender here."""

    @property
    def recency(self) -> Recency:
        """The weights that it expects of older items."""
        ...

    def scores(self, history: Positions, weights: Floats) -> Floats:
        """Return one number per item."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One person: what is known of them, and what is not told.

    Attributes:
        history: Items, each once, oldest first.
        times_us: When each was.
        held_out: Items that they turned to afterwards.
        held_out_us: When each was.
    """

    history: Positions
    times_us: NDArray[np.int64]
    held_out: Positions
    held_out_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The figures of each person, and the lists that they were measured on.

    Attributes:
        recall: Hits among the first k, divided by the most that there can be.
        ndcg: The same, where hits further up count more.
        hit: 1 where there is at least one hit.
        lists: Shape (people, k): the items that were recommended.
    """

    recall: NDArray[np.float64]
    ndcg: NDArray[np.float64]
    hit: NDArray[np.float64]
    lists: NDArray[np.intp]


def measure(recommender: Scorer, cases: Sequence[Case], *, k: int) -> Measured:
    """Recommend `k` items to everybody, none of their history, and compare."""
    rows = []
    for case in cases:
        weights = recommender.recency.weights(case.times_us)
        rows.append(best(recommender.scores(case.history, weights), case.history, k))
    lists = np.array(rows, np.intp).reshape(len(cases), -1)  # narrower than k in a small shop
    hits = np.array(
        [np.isin(row, case.held_out) for row, case in zip(rows, cases, strict=True)], np.float64
    ).reshape(lists.shape)
    possible = np.minimum([len(case.held_out) for case in cases], k)
    gains = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[1.0], np.cumsum(gains)])[possible]
    return Measured(
        recall=hits.sum(axis=1) / np.maximum(possible, 1),
        ndcg=hits @ gains[: lists.shape[1]] / ideal,
        hit=(hits.sum(axis=1) > 0).astype(np.float64),
        lists=lists,
    )


def best(scores: Floats, seen: Positions, k: int) -> NDArray[np.intp]:
    """Return the `k` items with the highest scores, none of which was seen."""
    scores = scores.copy()
    scores[seen] = -np.inf
    candidates = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    # Among equal scores the item that comes first, so that two runs agree.
    return candidates[np.lexsort((candidates, -scores[candidates]))]


def coverage(lists: NDArray[np.intp], size: int) -> float:
    """Return the share of all items that is recommended to anybody."""
    return len(np.unique(lists)) / max(size, 1)


def novelty(lists: NDArray[np.intp], known: Events) -> float:
    """Return the mean self-information in bits: how few people had what is recommended."""
    share = np.maximum(known.popularity(), 1) / max(known.people, 1)
    return float(-np.log2(share)[lists].mean())


def diversity(lists: NDArray[np.intp], known: Events) -> float:
    """Return 1 - the mean cosine of each two items of a list, by the people who had them."""
    vectors = _sketches(known)[lists]
    k = lists.shape[1]
    whole = np.einsum("uks,uls->u", vectors, vectors) - (vectors**2).sum(axis=(1, 2))
    return float(1 - whole.mean() / max(k * (k - 1), 1))


def _sketches(known: Events) -> Floats:
    """Return a short vector per item whose cosines are those of the columns of people."""
    rng = np.random.default_rng(0)
    bucket = rng.integers(0, _SKETCH, known.people)
    sign = rng.choice([-1.0, 1.0], known.people)
    cells = known.items.astype(np.int64) * _SKETCH + bucket[known.users]
    summed = np.bincount(cells, sign[known.users], minlength=known.size * _SKETCH)
    rows = summed.reshape(known.size, _SKETCH)
    length = np.sqrt(np.maximum(known.popularity(), 1))[:, None]
    scaled: Floats = (rows / length).astype(np.float32)
    return scaled


def interval(values: NDArray[np.float64], *, seed: int = 7) -> tuple[float, float]:
    """Return the 95 % interval of a mean over people, by the bootstrap."""
    low, high = np.quantile(_means(values, seed), [0.025, 0.975])
    return float(low), float(high)


def p_value(ours: NDArray[np.float64], theirs: NDArray[np.float64], *, seed: int = 7) -> float:
    """Return how likely a difference at least as clear is by chance, by the paired bootstrap.

    Two-sided; with 1,000 resamplings no smaller than 0.001.
    """
    differences = _means(ours - theirs, seed)
    tail = min((differences <= 0).mean(), (differences >= 0).mean())
    return float(max(min(2 * tail, 1.0), 1 / DRAWS))


def _means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    # One at a time: all draws at once would be as large as draws x people.
    return np.array(
        [values[rng.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)]
    )
