"""Puts the rooms of recommendations together, for `create_app`."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Final

from aiaas_mock.context import Clock
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.inference.recommenders import load_recommender
from aiaas_mock.jobs.handler import JobLog
from aiaas_mock.jobs.queue import JobQueue
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.recommendations.answers import Answers
from aiaas_mock.services.recommendations.asking import Asker
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.audience import AudienceService
from aiaas_mock.services.recommendations.demo import DEMO_BUNDLE, SESSIONS_BUNDLE, DemoCatalogue
from aiaas_mock.services.recommendations.discovery import DiscoveryService
from aiaas_mock.services.recommendations.events import EventService
from aiaas_mock.services.recommendations.experiments import ExperimentService
from aiaas_mock.services.recommendations.items import ItemService
from aiaas_mock.services.recommendations.metrics import MetricsService
from aiaas_mock.services.recommendations.models import ModelRoom
from aiaas_mock.services.recommendations.popularity import Seconds
from aiaas_mock.services.recommendations.profiles import Profiles
from aiaas_mock.services.recommendations.ranking import RankingService
from aiaas_mock.services.recommendations.recommenders import RecommenderShelf
from aiaas_mock.services.recommendations.served import ServedCounter
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.services.recommendations.trained_models import TrainedModelService
from aiaas_mock.services.recommendations.training import Trainer, TrainingService
from aiaas_mock.services.recommendations.training_job import TrainingJob
from aiaas_mock.services.recommendations.users import UserService
from aiaas_mock.services.recommendations.views import NamespaceViews
from aiaas_mock.services.text.inputs import TextRunner
from aiaas_mock.settings import Settings
from aiaas_mock.storage import Store

_TRAINING: Final = "aiaas_mock.zoo.recommendations.job"
_NEED_TENSORFLOW: Final = frozenset({"bpr", "two-tower", "multi-vae", "sasrec", "ensemble"})


class Recommending:
    """Everything about recommendations.

    Args:
        settings: How the server behaves.
        store: Where everything is kept.
        secret: What recommendation ids are signed with.
        backend: What runs the models of texts.
        directory: Knows which.
        queue: Where training waits.
        executor: Where files are read and large catalogues scored.
        log: Where defects are told.
        now: Gives the time.
        clock: Measures how long things take and how old they are.
        on_catalogue: Called when a catalogue came into memory, where it stays.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        secret: bytes,
        backend: ModelBackend,
        directory: ModelDirectory,
        queue: JobQueue,
        executor: Executor,
        *,
        log: JobLog,
        now: Clock,
        clock: Seconds = time.monotonic,
        on_catalogue: Callable[[], object] = lambda: None,
    ) -> None:
        bundles = _demo_bundles(settings, backend)
        retail = bundles[0] if bundles else None
        self._store = store
        self._queue = queue
        self._executor = executor
        self._demo = DemoCatalogue.none() if retail is None else DemoCatalogue.of_bundle(retail)
        self._ids = RecommendationIds(secret)
        self._titles = TitleVectors(TextRunner(backend, executor), directory)
        self._profiles = Profiles(store, clock=clock)
        self._views = NamespaceViews(
            store,
            self._demo,
            self._titles,
            self._profiles,
            clock=clock,
            on_catalogue=on_catalogue,
        )
        self._shelf = RecommenderShelf(store, executor, load_recommender)
        self._models = ModelRoom(store, self._shelf, bundles, executor)
        self._served = ServedCounter(store)
        self._trainer = Trainer(_TRAINING, _missing)
        self.training_job = TrainingJob(
            store=store,
            demo=self._demo,
            retail=retail,
            trainer=self._trainer,
            executor=executor,
            on_models=self._views.on_models,
            log=log,
            now=now,
        )
        """Runs the jobs that train models."""

    def start(self) -> None:
        """Begin what goes on in the background."""
        self._served.start()

    async def flush(self) -> None:
        """Write what is counted in memory to the store."""
        await self._served.flush()

    def forget(self, namespace: str) -> None:
        """Note that the rows of a namespace were erased or replaced."""
        self._views.forget(namespace)
        self._shelf.forget(namespace)
        self._served.forget(namespace)

    async def close(self) -> None:
        """End it."""
        await self._views.close()
        await self._served.close()

    def handlers(self) -> Mapping[str, object]:
        """Return what answers each operation."""
        return {
            **self._catalogue_handlers(),
            **self._ranking_handlers(),
            **self._learning_handlers(),
        }

    def _catalogue_handlers(self) -> Mapping[str, object]:
        views = self._views
        items = ItemService(self._store, self._demo, self._titles, on_items=views.on_items)
        users = UserService(on_users=views.on_users)
        events = EventService(self._store, self._demo, self._ids, on_events=views.on_events)
        return {
            "recommendations.events.create": events.create,
            "recommendations.events.list": events.list,
            "recommendations.items.delete": items.delete,
            "recommendations.items.list": items.list,
            "recommendations.items.retrieve": items.retrieve,
            "recommendations.items.upsert": items.upsert,
            "recommendations.users.delete": users.delete,
            "recommendations.users.upsert": users.upsert,
        }

    def _ranking_handlers(self) -> Mapping[str, object]:
        views, models = self._views, self._models
        asker, answers = Asker(models, self._executor), Answers(self._ids, self._served)
        ranking = RankingService(views, self._profiles, models, asker, answers)
        discovery = DiscoveryService(views, models, asker, answers)
        audience = AudienceService(self._store, views, models, asker, self._executor)
        return {
            "recommendations.for_user": ranking.for_user,
            "recommendations.next_items": discovery.next_items,
            "recommendations.popular": discovery.popular,
            "recommendations.rank": ranking.rank,
            "recommendations.similar_items": discovery.similar_items,
            "recommendations.users_for_item": audience.users_for_item,
        }

    def _learning_handlers(self) -> Mapping[str, object]:
        views, models = self._views, self._models
        trained = TrainedModelService(self._store, views, models)
        experiments = ExperimentService(self._store, views, models)
        return {
            "recommendations.experiment.delete": experiments.delete,
            "recommendations.experiment.retrieve": experiments.retrieve,
            "recommendations.experiment.set": experiments.set,
            "recommendations.metrics": MetricsService(self._store, self._served.flush).metrics,
            "recommendations.models.list": trained.list,
            "recommendations.models.promote": trained.promote,
            "recommendations.models.retrieve": trained.retrieve,
            "recommendations.models.rollback": trained.rollback,
            "recommendations.train": TrainingService(self._queue, self._trainer).train,
        }


def _demo_bundles(settings: Settings, backend: ModelBackend) -> Sequence[Bundle]:
    """Return the bundle with the demo, and the one for sessions beside it."""
    catalogue = backend.catalogue
    if not settings.demo_catalogue or not catalogue.has(DEMO_BUNDLE):
        return ()
    names = [name for name in (DEMO_BUNDLE, SESSIONS_BUNDLE) if catalogue.has(name)]
    return [catalogue.resolve(name).bundle for name in names]


def _missing(family: str) -> str | None:
    """Say what must be installed to train a family of models."""
    if family in _NEED_TENSORFLOW and importlib.util.find_spec("tensorflow") is None:
        return "TensorFlow: pip install 'aiaas[server,tensorflow]'"
    return None
