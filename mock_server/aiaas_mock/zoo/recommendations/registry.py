"""The one table of trainers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from aiaas_mock.inference.recommenders import Artefact, Family
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.events import Events
from aiaas_mock.zoo.recommendations.settings import Report, Setting

Trainer = Callable[[Events, Mapping[str, Setting], Report], Artefact]

_HERE: Final = __name__.rpartition(".")[0]
TRAINERS: Final[dict[Family, str]] = {
    "popularity": "popularity",
    "item-knn": "item_knn",
    "ease": "ease",
    "bpr": "bpr",
    "two-tower": "two_tower",
    "multi-vae": "multi_vae",
    "sasrec": "sasrec",
    "ensemble": "ensemble",
}
"""The module of each family; its `fit` is the trainer."""


def trainer(family: str) -> Trainer:
    """Return the trainer of a family; those of networks need TensorFlow.

    Raises:
        ZooError: There is no such family, or TensorFlow is missing.
    """
    module = {str(name): module for name, module in TRAINERS.items()}.get(family)
    if module is None:
        raise ZooError("bad_settings", f"no family {family!r}; there is {', '.join(TRAINERS)}")
    try:
        fit: Trainer = import_module(f"{_HERE}.{module}").fit
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"tensorflow", "keras"}:
            raise
        raise ZooError(
            "tensorflow_missing",
            f"training {family} needs TensorFlow: pip install 'aiaas[server,tensorflow]'",
        ) from error
    return fit
