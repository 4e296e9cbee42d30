"""Which model answers a request, and what it scores with."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

import numpy as np

from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.inference.recommenders import Recommender, read_manifest
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.neighbours import ModelMap, lay_over
from aiaas_mock.services.recommendations.recommenders import RecommenderShelf, unknown_model
from aiaas_mock.services.recommendations.scorers import (
    ModelScorer,
    NoScorer,
    Scorer,
    TitleScorer,
)
from aiaas_mock.services.recommendations.views import View
from aiaas_mock.storage import Store
from aiaas_mock.storage.recommendations import StoredExperiment, StoredModel

POPULARITY: Final = "popularity@1"
CONTENT: Final = "content@1"
COLD_START: Final = "cold-start@1"
"""Titles like those of the past, blended with popularity: needs no training."""

_FAMILIES: Final = {COLD_START: "cold-start", CONTENT: "content", POPULARITY: "popularity"}
BUILT_IN: Final = tuple(_FAMILIES)

_MOST_MAPS: Final = 32
_POINTS: Final = 2**64


@dataclass(frozen=True, slots=True)
class Answering:
    """The model that answers.

    Attributes:
        id: ``name@version``.
        group: The group of the experiment that the user is in.
    """

    id: str
    group: str | None = None


class ModelRoom:
    """Finds models and has them ready.

    Args:
        store: Where trained models are.
        shelf: Trained models in memory.
        demo: The bundles that recommend from the demo; the first one answers, the second one
            tells what comes next in a session.
        executor: Where models are laid over catalogues.
    """

    def __init__(
        self, store: Store, shelf: RecommenderShelf, demo: Sequence[Bundle], executor: Executor
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._demo = {bundle.card.id: bundle for bundle in demo}
        self._families = _FAMILIES | {
            model_id: read_manifest(bundle.folder).family for model_id, bundle in self._demo.items()
        }
        self._executor = executor
        self._maps: OrderedDict[tuple[int, str], tuple[CatalogueView, ModelMap]] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    def built_in(self, view: View) -> tuple[str, ...]:
        """Return the ids of the built-in models of a namespace."""
        return (*self._demo, *BUILT_IN) if view.is_demo else BUILT_IN

    def family(self, model_id: str) -> str:
        """Return the kind of a built-in model."""
        return self._families[model_id]

    def is_built_in(self, model_id: str) -> bool:
        """Say whether an id is that of a built-in model."""
        return model_id in self._families

    def default(self, view: View) -> str:
        """Return what answers where nothing was promoted."""
        return self.built_in(view)[0]

    def promoted(self, view: View) -> str:
        """Return what answers outside of experiments."""
        promoted = view.standing.promoted
        # The demo's model may have been promoted, and the demo be over.
        is_over = promoted in self._demo and not view.is_demo
        return self.default(view) if promoted is None or is_over else promoted

    async def choose(self, view: View, reference: str | None, user: str | None) -> Answering:
        """Find the model for a request.

        Args:
            view: The namespace.
            reference: How the request calls a model, if it does.
            user: Whom it is for, if anybody.

        Raises:
            ApiError: There is no such model.
        """
        if reference is not None:
            return Answering(await self.resolve(view, reference))
        experiment = view.standing.experiment
        if experiment is not None and user is not None:
            name, model = group_of(experiment, view.namespace, user)
            return Answering(model, name)
        return Answering(self.promoted(view))

    async def choose_next(self, view: View, reference: str | None) -> Answering:
        """Find the model for a session: in the demo the one that was made for sessions.

        Raises:
            ApiError: There is no such model.
        """
        answering = await self.choose(view, reference, None)
        model, *of_sessions = self._demo or ("",)
        if reference is None and of_sessions and answering.id == model:
            return Answering(of_sessions[0])
        return answering

    async def resolve(self, view: View, reference: str) -> str:
        """Return the id of a model.

        Raises:
            ApiError: There is no such model.
        """
        for model_id in self.built_in(view):
            if reference in (model_id, model_id.partition("@")[0]):
                return model_id
        return (await self.stored(view, reference)).id

    async def stored(self, view: View, reference: str) -> StoredModel:
        """Return a trained model.

        Raises:
            ApiError: There is no such model.
        """
        found = view.standing.found
        model = found.get(reference)
        if model is None:
            namespace = view.namespace
            model = await self._store.run(
                lambda tx: (
                    tx.recommenders.get(namespace, reference)
                    if "@" in reference
                    else tx.recommenders.newest(namespace, reference)
                )
            )
            if model is None:
                raise unknown_model(reference)
            found[reference] = model
        return model

    async def scorer(self, view: View, model_id: str) -> Scorer:
        """Return what a model scores the items of a namespace with.

        Raises:
            ApiError: The model's files cannot be read.
        """
        catalogue = view.catalogue
        if model_id == POPULARITY:
            return NoScorer(catalogue)
        if model_id in BUILT_IN:
            return TitleScorer(catalogue)
        return ModelScorer(catalogue, await self._map(view, model_id))

    async def loaded(self, view: View, model_id: str) -> Recommender:
        """Return a trained model, read if need be."""
        bundle = self._demo.get(model_id)
        if bundle is not None:
            model = self._shelf.ready("", model_id)
            return model or await self._shelf.bundled(model_id, bundle.folder)
        made_at = (await self.stored(view, model_id)).created_at
        model = self._shelf.ready(view.namespace, model_id, made_at)
        return model or await self._shelf.trained(view.namespace, model_id, made_at)

    async def _map(self, view: View, model_id: str) -> ModelMap:
        """Return a model laid over the catalogue as it is now."""
        catalogue = view.catalogue
        model = await self.loaded(view, model_id)
        key = id(catalogue), model_id
        found = self._current(key, catalogue, model)
        if found is not None:
            return found
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            found = self._current(key, catalogue, model)
            if found is None:
                found = await self._laid_over(key, catalogue, model)
        return found

    def _current(
        self, key: tuple[int, str], catalogue: CatalogueView, model: Recommender
    ) -> ModelMap | None:
        kept = self._maps.get(key)
        if kept is None or kept[0] is not catalogue or kept[1].model is not model:
            return None
        return kept[1] if kept[1].change == catalogue.last_change else None

    async def _laid_over(
        self, key: tuple[int, str], catalogue: CatalogueView, model: Recommender
    ) -> ModelMap:
        kept = self._maps.get(key)
        same = kept is not None and kept[0] is catalogue and kept[1].model is model
        before = kept[1] if kept is not None and same else None
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._executor, lay_over, model, catalogue, before)
        self._maps[key] = catalogue, found  # which keeps the catalogue, and so its id, its own
        self._maps.move_to_end(key)
        if len(self._maps) > _MOST_MAPS:
            self._maps.popitem(last=False)
        return found


def group_of(experiment: StoredExperiment, namespace: str, user: str) -> tuple[str, str]:
    """Return the group of a user and its model: the same for as long as the experiment runs."""
    seed = "\0".join((namespace, experiment.name, user)).encode()
    point = int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") / _POINTS
    shares = np.cumsum([share for _, _, share in experiment.groups])
    # Of all shares, whatever rounding made of them: the last bound is always above the point.
    index = int(np.searchsorted(shares, point * shares[-1], side="right"))
    name, model, _ = experiment.groups[min(index, len(shares) - 1)]
    return name, model
