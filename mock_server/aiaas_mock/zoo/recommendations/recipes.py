"""The settings of each family on each data set, chosen on its val split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiaas_mock.inference.recommenders import Family
from aiaas_mock.zoo.recommendations.data import Benchmark
from aiaas_mock.zoo.recommendations.settings import Setting

Recipes = Mapping[str, Mapping[str, Setting]]

_RECENT: Final[Mapping[str, Setting]] = {"half_life_visits": 0.5, "floor": 0.03}
_TIMELESS: Final[Mapping[str, Setting]] = {"half_life_visits": 0.0}

PLAIN_EASE: Final = "ease, all alike"
"""EASE as it was published: people as rows, old and new items alike."""
LINEAR_PART: Final = "ensemble without its network"
"""What is left of the ensemble when the member that TensorFlow trained is taken away."""

RECIPES: Final[Mapping[Benchmark, Recipes]] = {
    "online-retail": {
        "popularity": {},
        "item-knn": {**_RECENT, "visits": True, "shrinkage": 3.0},
        PLAIN_EASE: {**_TIMELESS, "visit_weight": 0.0, "neighbours": 10_000, "penalty": 100.0},
        "ease": {**_RECENT, "penalty": 60.0, "neighbours": 100},
        LINEAR_PART: {
            "half_life_visits": 0.4,
            "floor": 0.03,
            "penalty": 60.0,
            "neighbours": 64,
        },
        "bpr": {**_RECENT},
        "two-tower": {**_RECENT},
        "multi-vae": {**_RECENT},
        "sasrec": {},
        "ensemble": {
            "half_life_visits": 0.4,
            "floor": 0.03,
            "multi_vae": 0.0,
            "two_tower": 0.035,
            "ease.penalty": 60.0,
            "ease.neighbours": 64,
        },
    },
    "msweb": {
        "popularity": {},
        "item-knn": {**_TIMELESS, "neighbours": 300, "shrinkage": 100.0},
        "ease": {**_TIMELESS, "visit_weight": 0.0, "neighbours": 300, "penalty": 100.0},
        "bpr": {**_TIMELESS},
        "two-tower": {**_TIMELESS, "epochs": 10},
        "multi-vae": {**_TIMELESS, "epochs": 10},
        "sasrec": {"epochs": 5},
    },
    "movielens-100k": {
        "popularity": {},
        "item-knn": {**_TIMELESS, "neighbours": 300},
        "ease": {**_TIMELESS, "visit_weight": 0.0, "neighbours": 2_000},
        "bpr": {**_TIMELESS},
        "two-tower": {**_TIMELESS},
        "multi-vae": {**_TIMELESS},
        "sasrec": {},
    },
}


def family_of(row: str) -> Family:
    """Return the family of a row of the table."""
    known: dict[str, Family] = {PLAIN_EASE: "ease", LINEAR_PART: "ease"}
    family: str = row
    return known.get(row) or family  # type: ignore[return-value]
