"""From scores to the places of an answer: the best, and those that get a place for a reason.

A place that is given by promotion or exploration does not change the item's score: the score says
how well it fits, the reason why it is there all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.column_kinds import Bools
from aiaas_mock.services.recommendations.diversity import spread

_POOL: Final = 10
"""Rarely seen items that are drawn from, per place: the better ones of them."""
_CANDIDATES: Final = 10
"""Items that are spread, per place."""
_LEAST_CANDIDATES: Final = 100
_BLOCKS: Final = 4
"""Blocks that scores are looked at in, per place."""
_SHORTEST: Final = 4
"""Shorter blocks are not worth it."""
_EPSILON: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Promoted:
    """Items that are to be in the answer.

    Attributes:
        text: How the request describes them.
        mask: Which they are.
        share: The part of the answer that they get at least.
    """

    text: str
    mask: Bools
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an answer is to look like.

    Attributes:
        count: Most items in it.
        diversity: How different they are to be, 0 to 1.
        exploration: The part of it that goes to rarely seen items.
        promoted: Items that are to be in it.
        seed: Where chance starts; None for anywhere.
    """

    count: int
    diversity: float = 0.0
    exploration: float = 0.0
    promoted: Sequence[Promoted] = ()
    seed: int | None = None


@dataclass(slots=True)
class Places:
    """The items of an answer in their order, and why some of them got their places.

    Attributes:
        positions: The items.
        given: Kind and detail of the reason, for items whose place was given.
    """

    positions: list[int]
    given: dict[int, tuple[str, str]] = field(default_factory=dict)


def best(scores: Floats, mask: Bools, count: int) -> Positions:
    """Return the positions of the best scores, best first; of equal ones the first ones."""
    allowed = _good(scores, mask, count)
    order = np.argsort(-scores[allowed], kind="stable")
    top: Positions = allowed[order][:count]
    return top


def _good(scores: Floats, mask: Bools, count: int) -> Positions:
    """Return the positions that may be among the best, in their order; most are not.

    The scores are looked at in blocks: `count` blocks have one that is as good as the best one of
    the last of these blocks, so that what is worse than that is not among the best. Finding the
    greatest of a block costs next to nothing.
    """
    blocks = _BLOCKS * count
    length = len(scores) // max(1, blocks)
    if count < 1 or length < _SHORTEST:
        return _sifted(scores, np.flatnonzero(mask), count)
    allowed = np.where(mask, scores, np.float32(-np.inf))
    tops = allowed[: blocks * length].reshape(blocks, length).max(axis=1)
    least = np.partition(tops, -count)[-count]
    return np.flatnonzero(mask & (allowed >= least))


def _sifted(scores: Floats, allowed: Positions, count: int) -> Positions:
    """Return those of positions that may be among the best, one by one."""
    if not 0 < count < len(allowed):
        return allowed
    least = -np.partition(-scores[allowed], count - 1)[count - 1]
    sifted: Positions = allowed[scores[allowed] >= least]
    return sifted


def select(
    scores: Floats, users: Floats, mask: Bools, wanted: Wanted, catalogue: CatalogueView
) -> Places:
    """Choose the items of an answer.

    Args:
        scores: How well each fits.
        users: How many users each has.
        mask: Which may be in the answer.
        wanted: What the answer is to look like.
        catalogue: The items.
    """
    count = wanted.count
    if wanted.diversity > 0:
        candidates = best(scores, mask, max(_LEAST_CANDIDATES, _CANDIDATES * count))
        places = Places(spread(candidates, scores, catalogue, count, wanted.diversity))
    else:
        places = Places(best(scores, mask, count).tolist())
    if wanted.exploration > 0:
        _explore(places, scores, users, mask, wanted)
    for promoted in wanted.promoted:
        _promote(places, scores, mask, promoted, count)
    return places


def _explore(places: Places, scores: Floats, users: Floats, mask: Bools, wanted: Wanted) -> None:
    """Give some places to items that few have seen, drawn from the better ones of them."""
    allowed = np.flatnonzero(mask)
    number = min(int(wanted.exploration * wanted.count + 0.5), len(allowed))
    if not number:
        return
    rare = mask & (users <= np.median(users[allowed]))
    kept = places.positions[: max(0, min(wanted.count, len(allowed)) - number)]
    rare[kept] = False
    pool = best(scores, rare, _POOL * number)
    chance = np.random.default_rng(wanted.seed)
    drawn = chance.choice(pool, min(number, len(pool)), replace=False).tolist()
    order = kept
    for position in drawn:
        # Anywhere: what always stands last is never looked at, and nothing is learned of it.
        order.insert(int(chance.integers(len(order) + 1)), position)
        seen = int(users[position])
        detail = f"The place is for items that few have seen: {seen:,} users so far."
        places.given[position] = "exploration", detail
    taken = set(order)
    order += [position for position in places.positions if position not in taken]
    places.positions = order[: wanted.count]


def _promote(places: Places, scores: Floats, mask: Bools, promoted: Promoted, count: int) -> None:
    """Give promoted items the last places that were earned by score alone, as far as needed."""
    order = places.positions
    number = int(np.ceil(promoted.share * count - _EPSILON))
    missing = number - sum(bool(promoted.mask[position]) for position in order)
    if missing <= 0:
        return
    others = mask & promoted.mask
    others[order] = False
    # Nothing is left out of a list that is not full: there are no more that are allowed.
    free = [at for at in reversed(range(len(order))) if _is_free(order[at], places, promoted)]
    arriving = best(scores, others, min(missing, len(free))).tolist()
    for at, position in zip(free, arriving, strict=False):
        order[at] = position
        places.given[position] = "promotion", f"The place is promoted: {promoted.text}."


def _is_free(position: int, places: Places, promoted: Promoted) -> bool:
    return position not in places.given and not promoted.mask[position]
