"""`create_app` puts the rooms together, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import cast

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from aiaas.contract.operations import all_operations
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.key_file import KeyFile
from aiaas_mock.gateway.keys import KeyRing
from aiaas_mock.gateway.records import Logger, LogSink, Metrics, Recorder
from aiaas_mock.http.endpoint import Gateway, Handler
from aiaas_mock.http.routes import make_routes, not_found
from aiaas_mock.http.system import State, SystemService
from aiaas_mock.inference.backend import ModelBackend, ModelUnavailable
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.local import LocalBackend
from aiaas_mock.inference.preprocess.images import ImageLimits
from aiaas_mock.services.images import ImageService
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.settings import Settings


def create_app(
    settings: Settings,
    *,
    backend: ModelBackend | None = None,
    logger: Logger | None = None,
    on_ready: Callable[[], object] = lambda: None,
) -> Starlette:
    """Make the ASGI application of the reference cloud.

    Args:
        settings: How it behaves; `Settings()` reads environment and file.
        backend: What runs the models, when it is not this process.
        logger: Where the line per request goes; structlog's default when omitted.
        on_ready: Called once, when the models that must be warm are.

    Raises:
        BundleError: A bundle must not be served.
        UnknownModel: A default or warm model does not exist.
        KeyFileError: The key file cannot be used.
    """
    metrics = Metrics()
    backend = backend or _local_backend(settings, metrics)
    decoder = ThreadPoolExecutor(settings.decode_threads, thread_name_prefix="decode")
    logger = logger or structlog.get_logger().bind()
    lifetime = _Lifetime(backend, decoder, logger, on_ready)
    recorder = Recorder([metrics, LogSink(logger)])
    gateway = Gateway(
        authenticator=Authenticator(_key_rings(settings)),
        recorder=recorder,
        max_body_bytes=settings.max_body_bytes,
        timeout_s=settings.request_timeout_s,
    )
    for bundle in backend.catalogue.bundles.values():
        metrics.add_model(bundle.card.name, bundle.card.version)
    directory = ModelDirectory(backend, settings.default)
    limits = ImageLimits(max_pixels=settings.max_image_pixels, max_side=settings.max_image_side)
    images = ImageService(backend, directory, decoder, limits)
    system = SystemService(version("aiaas"), lifetime.state, backend.loaded, metrics)
    handlers: Mapping[str, object] = {
        "images.classify": images.classify,
        "images.embed": images.embed,
        "models.list": directory.list,
        "models.retrieve": directory.retrieve,
        "system.health": system.health,
        "system.ready": system.ready,
        "system.openapi": system.openapi,
        "system.metrics": system.metrics,
    }
    routes = make_routes(all_operations(), cast("Mapping[str, Handler]", handlers), gateway)
    app = _App(routes=routes, lifespan=lifetime.run)
    app.router.redirect_slashes = False
    app.router.default = not_found(app.router, recorder)
    return app


class _App(Starlette):
    def build_middleware_stack(self) -> ASGIApp:
        # Starlette's own layers catch exceptions, of which `exchange` lets none through.
        return self.router


class _Lifetime:
    """Starts and stops the backend with the server."""

    def __init__(
        self,
        backend: ModelBackend,
        decoder: ThreadPoolExecutor,
        logger: Logger,
        on_ready: Callable[[], object],
    ) -> None:
        self._logger = logger
        self._on_ready = on_ready
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
            await self._backend.close()
            self._decoder.shutdown()

    async def _start(self) -> None:
        try:
            await self._backend.start()
        except ModelUnavailable as error:
            self._logger.error("not ready", reason=str(error))
            return
        except Exception as error:  # nobody awaits this task, so that the log must tell
            self._logger.error("not ready", exc_info=error)
            return
        self._state = "ready"
        self._on_ready()
        self._logger.info("ready", models=list(self._backend.loaded()))


def _local_backend(settings: Settings, metrics: Metrics) -> LocalBackend:
    folders = [SHIPPED] if settings.models is None else [SHIPPED, settings.models]
    catalogue = Catalogue.scan(*folders)
    names = settings.default.values() if settings.warm is None else settings.warm
    return LocalBackend(
        catalogue,
        engine=settings.engine,
        warm=[catalogue.resolve(name) for name in names],
        threads=settings.inference_threads,
        max_inputs=settings.max_queue,
        observe=metrics.observe_batch,
    )


def _key_rings(settings: Settings) -> Sequence[KeyRing]:
    rings = [KeyRing.from_keys(key.get_secret_value() for key in settings.api_key)]
    if settings.key_file is not None:
        rings.append(KeyFile.read(settings.key_file).ring())
    return rings
