# Generated from aiaas/middleware/_async/telemetry.py by `make sync`; edit that file instead.
"""Spans and metrics for OpenTelemetry."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiaas._core.calls import Call
from aiaas._core.errors import MissingDependencyError
from aiaas._core.responses import RawResponse
from aiaas._sync.middleware import Proceed
from aiaas.middleware import _telemetry as conventions

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider


class OpenTelemetry:
    """Make a span and a measurement of every request on the wire.

    Spans are of the kind *client*, follow the conventions for HTTP and name the operation, the
    request id and the retry count beside; each attempt is a span of its own. The trace goes on in
    the deployment (``traceparent``). Measured are ``http.client.request.duration`` in seconds
    and ``aiaas.client.retries``. No key, query or body is recorded.

    Needs ``pip install 'aiaas[otel]'``, and an OpenTelemetry SDK of the application's choice.

    Args:
        tracer_provider: Where spans go; by default the global provider.
        meter_provider: Where measurements go; by default the global provider.
        clock: Gives the time in seconds, from any start.

    Raises:
        MissingDependencyError: OpenTelemetry is not installed.

    Example:
        >>> client = aiaas.Client(middleware=[OpenTelemetry()])
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        try:
            from opentelemetry import metrics, propagate, trace
        except ImportError:
            raise MissingDependencyError(
                "OpenTelemetry", package="opentelemetry-api", extra="otel"
            ) from None
        self._tracer = trace.get_tracer("aiaas", tracer_provider=tracer_provider)
        meter = metrics.get_meter("aiaas", meter_provider=meter_provider)
        self._durations = meter.create_histogram(
            conventions.DURATION,
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=conventions.DURATION_BOUNDARIES_S,
        )
        self._retries = meter.create_counter(
            conventions.RETRIES, unit="{retry}", description="Requests that were sent again."
        )
        self._inject = propagate.inject
        self._kind = trace.SpanKind.CLIENT
        self._failed = trace.StatusCode.ERROR
        self._clock = clock

    def __call__(self, call: Call, proceed: Proceed, /) -> RawResponse:
        """Send the call within a span."""
        if call.attempt > 1:
            self._retries.add(1, {"aiaas.operation": call.operation.name})
        with self._tracer.start_as_current_span(
            conventions.span_name(call),
            kind=self._kind,
            attributes=conventions.request_attributes(call),
            # An exception's text may name what the caller would not want in a trace.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            carrier: dict[str, str] = {}
            self._inject(carrier)
            started_s = self._clock()
            try:
                response = proceed(call.with_headers(**carrier))
            except BaseException as error:
                self._finish(span, call, started_s, None, error)
                raise
            self._finish(span, call, started_s, response, None)
            return response

    def _finish(
        self,
        span: Span,
        call: Call,
        started_s: float,
        response: RawResponse | None,
        error: BaseException | None,
    ) -> None:
        outcome = conventions.outcome_attributes(response, error)
        span.set_attributes(outcome)
        if response is not None and response.request_id:
            span.set_attribute("aiaas.request_id", response.request_id)
        if "error.type" in outcome:
            span.set_status(self._failed)
        attributes = {**conventions.shared_attributes(call), **outcome}
        self._durations.record(self._clock() - started_s, attributes)
