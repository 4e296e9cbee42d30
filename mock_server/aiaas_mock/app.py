"""`create_app` puts the rooms together, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Protocol, cast

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from aiaas.contract.operations import all_operations
from aiaas.contract.text.extraction import ENTITIES
from aiaas_mock.context import Clock, utc_now
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.idempotency import Idempotency
from aiaas_mock.gateway.key_file import KeyFile
from aiaas_mock.gateway.keys import KeyRing
from aiaas_mock.gateway.limits import InProcessRateLimiter, Limits, parse_rate
from aiaas_mock.gateway.records import Logger, LogSink, Metrics, Recorder
from aiaas_mock.gateway.secret import DeploymentSecret
from aiaas_mock.gateway.tenancy import OneTenancy
from aiaas_mock.gateway.tokens import TokenMint
from aiaas_mock.gateway.usage import UsageCounter
from aiaas_mock.gateway.versions import ClientVersions
from aiaas_mock.http.endpoint import Gateway, Handler
from aiaas_mock.http.oauth import TokenService
from aiaas_mock.http.routes import make_routes, not_found
from aiaas_mock.http.system import State, SystemService
from aiaas_mock.inference.backend import ModelBackend, ModelUnavailable
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.inference.preprocess.images import ImageLimits
from aiaas_mock.jobs.handler import JobHandler
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.jobs.retention import Retention
from aiaas_mock.jobs.worker import JobWorker
from aiaas_mock.lab.desk import Facts
from aiaas_mock.lab.journal.journal import JournalSize
from aiaas_mock.lab.lab import Lab, LabOptions
from aiaas_mock.lab.limits import Rate
from aiaas_mock.lab.state import Memory
from aiaas_mock.protocols.behind import Behind
from aiaas_mock.protocols.routes import protocol_routes
from aiaas_mock.protocols.statistics import ModelStatistics
from aiaas_mock.recommending import Recommending
from aiaas_mock.services.files import FileService
from aiaas_mock.services.images import ImageService
from aiaas_mock.services.jobs import JobService
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.tensors import TensorService
from aiaas_mock.services.text.classification import TextClassifier
from aiaas_mock.services.text.entities import EntityService, PersonNames
from aiaas_mock.services.text.extraction import ExtractionService
from aiaas_mock.services.text.generation import TextGenerator
from aiaas_mock.services.text.inputs import TextRunner
from aiaas_mock.services.text.languages import LanguageDetector
from aiaas_mock.services.text.sentiment import SentimentAnalyzer
from aiaas_mock.services.text.tokens import TokenCounter
from aiaas_mock.services.text.vectors import TextVectors
from aiaas_mock.services.usage import UsageService
from aiaas_mock.settings import DEFAULT_MODELS, Settings
from aiaas_mock.storage import StoreError
from aiaas_mock.storage.sql import SqlStore


def create_app(
    settings: Settings,
    *,
    backend: ModelBackend | None = None,
    logger: Logger | None = None,
    on_ready: Callable[[], object] = lambda: None,
    now: Clock = utc_now,
    job_handlers: Sequence[JobHandler] = (),
) -> Starlette:
    """Make the ASGI application of the reference cloud.

    Args:
        settings: How it behaves; `Settings()` reads environment and file.
        backend: What runs the models, when it is not this process.
        logger: Where the line per request goes; structlog's default when omitted.
        on_ready: Called when the models that must be warm are in memory, and whenever a catalogue
            is: what is there then stays.
        now: Gives the time.
        job_handlers: What runs kinds of jobs beside the server's own.

    Raises:
        BundleError: A bundle must not be served.
        UnknownModel: A default or warm model does not exist.
        KeyFileError: The key file cannot be used.
        StoreError: The data directory cannot be used.
    """
    release = version("aiaas")  # read once: it is in a file
    metrics = Metrics()
    backend = backend or _local_backend(settings, metrics)
    decoder = ThreadPoolExecutor(settings.decode_threads, thread_name_prefix="decode")
    store, secret = _store_and_secret(settings, now)
    usage = UsageCounter(store)
    logger = logger or structlog.get_logger().bind()
    queue = StoreJobQueue()
    directory = ModelDirectory(backend, _defaults(settings, backend.catalogue))
    recommending = Recommending(
        settings,
        store,
        secret.derived("recommendations"),
        backend,
        directory,
        queue,
        decoder,
        log=logger,
        now=now,
        on_catalogue=on_ready,
    )
    # Every kind of job that this server can do has its handler here.
    runners = [recommending.training_job, *job_handlers]
    counters = (usage, recommending)
    statistics = ModelStatistics(metrics.batches)
    recorder = Recorder([metrics, LogSink(logger), usage, statistics])
    rings = _key_rings(settings, secret)
    lab = _lab(settings, rings, store, counters, now) if settings.has_lab else None
    time_in = lab.time_in if lab else lambda namespace: now()
    worker = JobWorker(
        store,
        queue,
        runners,
        workers=settings.job_workers,
        retention=Retention(store, kept_s=settings.jobs_kept_s, time_in=time_in),
        log=logger,
        now=now,
    )
    lifetime = _Lifetime(backend, decoder, store, counters, worker, logger, on_ready)
    mint = TokenMint(secret.derived("tokens"), lifetime_s=settings.token_lifetime_s, now=time_in)
    authenticator = Authenticator([*rings, *(lab.keys if lab else ())], mint)
    gateway = Gateway(
        authenticator=authenticator,
        versions=ClientVersions(release, strict=settings.strict),
        tenancy=lab.tenancy if lab else OneTenancy(now, _limits(settings)),
        idempotency=Idempotency(store, kept_s=settings.idempotency_kept_s),
        commit=store.run,
        recorder=recorder,
        max_body_bytes=settings.max_body_bytes,
        max_file_bytes=settings.max_file_bytes,
        timeout_s=settings.request_timeout_s,
        upload_timeout_s=settings.upload_timeout_s,
    )
    for bundle in backend.catalogue.bundles.values():
        metrics.add_model(bundle.card.name, bundle.card.version)
    limits = ImageLimits(max_pixels=settings.max_image_pixels, max_side=settings.max_image_side)
    images = ImageService(backend, directory, decoder, limits)
    files = FileService(store, quota_bytes=settings.storage_quota_bytes)
    jobs = JobService(store, queue)
    system = SystemService(release, lifetime.state, backend.loaded, metrics)
    handlers: Mapping[str, object] = {
        "files.create": files.create,
        "files.list": files.list,
        "files.retrieve": files.retrieve,
        "files.content": files.content,
        "files.delete": files.delete,
        "images.classify": images.classify,
        "images.embed": images.embed,
        "jobs.list": jobs.list,
        "jobs.retrieve": jobs.retrieve,
        "jobs.cancel": jobs.cancel,
        "jobs.events": jobs.events,
        "models.list": directory.list,
        "models.retrieve": directory.retrieve,
        "oauth.token": TokenService(authenticator, mint).token,
        "system.health": system.health,
        "system.ready": system.ready,
        "system.openapi": system.openapi,
        "system.metrics": system.metrics,
        **_text_handlers(backend, directory, decoder),
        **recommending.handlers(),
        "usage.retrieve": UsageService(store, usage.flush).retrieve,
    }
    ours = cast("Mapping[str, Handler]", handlers)
    behind = Behind(
        handlers=ours,
        tensors=TensorService(backend, decoder),
        images=images,
        executor=decoder,
        statistics=statistics,
        version=release,
    )
    routes = make_routes(all_operations(), ours, gateway) + protocol_routes(behind, gateway)
    app = _App(routes=routes, lifespan=lifetime.run)
    if lab:
        models = tuple(bundle.card.id for bundle in backend.catalogue.bundles.values())
        facts = Facts(
            version=release,
            engine=settings.engine,
            models=models,
            fault_header=settings.allow_fault_header,
            state=lifetime.state,
        )
        app.outermost = lab.around(
            app.router, authenticator=authenticator, mint=mint, recorder=recorder, facts=facts
        )
    app.state.key_ids = authenticator.key_ids
    app.router.redirect_slashes = False
    app.router.default = not_found(app.router, recorder, tenancy=gateway.tenancy)
    return app


def _text_handlers(
    backend: ModelBackend, directory: ModelDirectory, executor: Executor
) -> Mapping[str, object]:
    texts = TextRunner(backend, executor)
    classifier = TextClassifier(texts, directory)
    vectors = TextVectors(texts, directory)
    entities = EntityService(backend, directory, executor)
    tagger = directory.default(ENTITIES.name)
    names = None if tagger is None else PersonNames(entities, tagger)
    extraction = ExtractionService(executor, LanguageDetector(), names)
    return {
        "text.classify": classifier.classify,
        "text.count_tokens": TokenCounter(backend, directory, executor).count_tokens,
        "text.detect_language": extraction.detect_language,
        "text.embed": vectors.embed,
        "text.emotions": classifier.emotions,
        "text.entities": entities.entities,
        "text.generate": TextGenerator(backend, directory, executor).generate,
        "text.keyphrases": extraction.keyphrases,
        "text.redact": extraction.redact,
        "text.rerank": vectors.rerank,
        "text.sentiment": SentimentAnalyzer(texts, directory).sentiment,
        "text.similarity": vectors.similarity,
        "text.summarize": extraction.summarize,
    }


class _App(Starlette):
    outermost: ASGIApp | None = None

    def build_middleware_stack(self) -> ASGIApp:
        # Starlette's own layers catch exceptions, of which `exchange` lets none through.
        return self.outermost or self.router


class _Background(Protocol):
    """Something that goes on beside the requests."""

    def start(self) -> None: ...

    async def close(self) -> None: ...


class _Lifetime:
    """Starts and stops backend, store and jobs with the server."""

    def __init__(
        self,
        backend: ModelBackend,
        decoder: ThreadPoolExecutor,
        store: SqlStore,
        counters: Sequence[_Background],
        worker: JobWorker,
        logger: Logger,
        on_ready: Callable[[], object],
    ) -> None:
        self._logger = logger
        self._on_ready = on_ready
        self._store = store
        self._counters = counters
        self._worker = worker
        self._decoder = decoder
        self._backend = backend
        self._state: State = "starting"

    def state(self) -> State:
        """Tell what the server is doing."""
        return self._state

    @asynccontextmanager
    async def run(self, app: Starlette) -> AsyncIterator[None]:
        # The socket opens while models load, so that /healthz and /readyz can tell.
        starting = asyncio.create_task(self._start())
        try:
            yield
        finally:
            self._state = "stopping"
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._worker.close()
            await self._backend.close()
            self._decoder.shutdown()
            for counter in self._counters:
                await counter.close()
            await self._store.close()

    async def _start(self) -> None:
        try:
            await self._backend.start()
            if self._store.durable:
                await self._store.open()
        except (ModelUnavailable, StoreError) as error:
            self._logger.error("not ready", reason=str(error))
            return
        except Exception as error:  # nobody awaits this task, so that the log must tell
            self._logger.error("not ready", exc_info=error)
            return
        for counter in self._counters:
            counter.start()
        self._worker.start()
        self._state = "ready"
        self._on_ready()
        self._logger.info("ready", models=list(self._backend.loaded()))


def _local_backend(settings: Settings, metrics: Metrics) -> LocalBackend:
    folders = [SHIPPED] if settings.models is None else [SHIPPED, settings.models]
    catalogue = Catalogue.scan(*folders)
    defaults = _defaults(settings, catalogue).values()
    names = defaults if settings.warm is None else settings.warm
    return LocalBackend(
        catalogue,
        engine=settings.engine,
        warm=[catalogue.resolve(name) for name in names],
        threads=settings.inference_threads,
        max_inputs=settings.max_queue,
        observe=metrics.observe_batch,
    )


def _defaults(settings: Settings, catalogue: Catalogue) -> dict[str, str]:
    """Return the default models without shipped ones that are not here: nobody asked for them."""
    return {
        key: name
        for key, name in settings.default.items()
        if name != DEFAULT_MODELS.get(key) or catalogue.has(name)
    }


def _store_and_secret(settings: Settings, now: Clock) -> tuple[SqlStore, DeploymentSecret]:
    """Return where things are kept; with a database, the folder holds the secret alone."""
    url, folder = settings.database_url, settings.data_dir
    if url is not None:
        store = SqlStore(url.get_secret_value(), now=now)
    elif folder is not None:
        store = SqlStore.in_directory(folder, now=now)
    else:
        store = SqlStore(now=now)
    if folder is None:
        return store, DeploymentSecret.new()
    return store, DeploymentSecret.in_directory(folder)


def _limits(settings: Settings) -> Limits | None:
    return (
        None if settings.rate_limit is None else Limits(InProcessRateLimiter(settings.rate_limit))
    )


def _lab(
    settings: Settings,
    rings: Sequence[KeyRing],
    store: SqlStore,
    memories: Sequence[Memory],
    now: Clock,
) -> Lab:
    token, rate = settings.admin_token, None
    if settings.rate_limit is not None:
        limit = parse_rate(settings.rate_limit)
        rate = Rate(limit.amount, limit.get_expiry())
    options = LabOptions(
        most_namespaces=settings.max_namespaces,
        staying=frozenset().union(*(ring.namespaces() for ring in rings)),
        rate=rate,
        admin_token=None if token is None else token.get_secret_value(),
        # Behind a proxy on this machine everybody seems to be here.
        guests=settings.on_loopback and settings.key_file is None,
        fault_header=settings.allow_fault_header,
        journal=JournalSize(entries=settings.journal_entries, bytes=settings.journal_bytes),
        snapshot_bytes=settings.snapshot_bytes,
    )
    return Lab(options, store=store, memories=memories, machine=now)


def _key_rings(settings: Settings, secret: DeploymentSecret) -> Sequence[KeyRing]:
    keys = [key.get_secret_value() for key in settings.api_key]
    may_choose = settings.has_lab and settings.on_loopback
    rings = [KeyRing.from_keys(keys, secret.derived("keys"), may_choose=may_choose)]
    if settings.has_lab and settings.admin_token is not None:
        rings[0].add(settings.admin_token.get_secret_value(), reach="free")
    if settings.key_file is not None:
        rings.append(KeyFile.read(settings.key_file).ring())
    return rings
