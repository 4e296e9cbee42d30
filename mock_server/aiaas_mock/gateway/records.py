"""One record per request, and the sinks that it goes to: the log and the metrics."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from aiaas_mock.context import InferenceTrace

_DURATIONS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)


@dataclass(slots=True)
class RequestRecord:
    """What is known of a request when it is over. Holds no key and no payload.

    Attributes:
        request_id: ``req_...``.
        operation: Name of the operation, ``unmatched`` when the path or method is unknown.
        started: `time.perf_counter` at the start.
        namespace: The namespace it ran in.
        key_id: Public id of the key, None when there was none.
        status: HTTP status of the answer; 499 when the client left before its end; that of the
            problem when a stream of events failed half-way.
        code: Code of the problem, None for a success.
        trace: What the service noted of its inference.
        duration_s: Time from start to finish, in seconds.
        fault: What went wrong inside, for the log only.
        injected: Ids of the fault rules of the lab that hit it, with commas between.
    """

    request_id: str
    operation: str
    started: float = field(default_factory=time.perf_counter)
    namespace: str | None = None
    key_id: str | None = None
    status: int = 0
    code: str | None = None
    trace: InferenceTrace = field(default_factory=InferenceTrace)
    duration_s: float = 0.0
    fault: BaseException | None = None
    injected: str | None = None


class RecordSink(Protocol):
    """Takes the record of a finished request. Must not fail."""

    def __call__(self, record: RequestRecord) -> None:
        """Take in one record."""
        ...


class Recorder:
    """Closes records and hands them to all sinks."""

    def __init__(self, sinks: Sequence[RecordSink]) -> None:
        self._sinks = tuple(sinks)

    def finish(self, record: RequestRecord) -> None:
        """Take the time and tell every sink."""
        record.duration_s = time.perf_counter() - record.started
        for sink in self._sinks:
            sink(record)


class Logger(Protocol):
    """The part of a structlog logger that is used here."""

    def info(self, event: str, **fields: Any) -> Any:
        """Log something that went as it should."""
        ...

    def error(self, event: str, **fields: Any) -> Any:
        """Log a defect."""
        ...


class LogSink:
    """Writes one line per request."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def __call__(self, record: RequestRecord) -> None:
        """Write the line; a defect of the server comes with its trace."""
        fields: dict[str, Any] = {
            "request_id": record.request_id,
            "operation": record.operation,
            "status": record.status,
            "duration_ms": round(record.duration_s * 1e3, 3),
        }
        if record.namespace is not None:
            fields["namespace"] = record.namespace
            fields["key_id"] = record.key_id
        trace = record.trace
        if trace.model is not None:
            fields["model"] = trace.model
            fields["inputs"] = trace.inputs
            fields["failed_inputs"] = trace.failed_inputs
            fields["batch_size"] = trace.batch_size
            fields["queue_ms"] = round(trace.queue_s * 1e3, 3)
        if record.code is not None:
            fields["code"] = record.code
        if record.injected is not None:
            fields["injected"] = record.injected
        if record.fault is not None:
            self._logger.error("request", **fields, exc_info=record.fault)
        else:
            self._logger.info("request", **fields)


class Metrics:
    """Prometheus metrics of one server; a registry of its own, so that two do not mix."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "aiaas_requests_total", "Requests.", ("operation", "status"), registry=registry
        )
        self._duration = Histogram(
            "aiaas_request_duration_seconds",
            "Time from the request line to the last byte of the answer.",
            ("operation",),
            buckets=_DURATIONS_S,
            registry=registry,
        )
        self._queue = Histogram(
            "aiaas_queue_duration_seconds",
            "Longest wait of an input of a batch for its model.",
            ("model",),
            buckets=_DURATIONS_S,
            registry=registry,
        )
        self._batch = Histogram(
            "aiaas_batch_size",
            "Inputs per batch.",
            ("model",),
            buckets=_BATCH_SIZES,
            registry=registry,
        )
        self._shed = Counter(
            "aiaas_shed_total", "Requests refused because of a full queue.", registry=registry
        )
        self._model = Gauge(
            "aiaas_model_info", "The models there are.", ("model", "version"), registry=registry
        )
        self._by_request: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._by_model: dict[str, tuple[Any, Any]] = {}

    def __call__(self, record: RequestRecord) -> None:
        """Count a request."""
        key = (record.operation, record.status)
        series = self._by_request.get(key)
        if series is None:  # labels() costs more than counting does
            series = self._by_request[key] = (
                self._requests.labels(record.operation, str(record.status)),
                self._duration.labels(record.operation),
            )
        series[0].inc()
        series[1].observe(record.duration_s)
        if record.code == "overloaded":
            self._shed.inc()

    def observe_batch(self, model: str, size: int, queue_s: float) -> None:
        """Count a batch."""
        series = self._by_model.get(model)
        if series is None:
            series = self._by_model[model] = (self._batch.labels(model), self._queue.labels(model))
        series[0].observe(size)
        series[1].observe(queue_s)

    def batches(self, model: str) -> int:
        """Return how many batches a model has run."""
        count = self._registry.get_sample_value("aiaas_batch_size_count", {"model": model})
        return int(count or 0)

    def add_model(self, name: str, version: str) -> None:
        """Show that a model is there."""
        self._model.labels(name, version).set(1)

    def render(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        return generate_latest(self._registry)
