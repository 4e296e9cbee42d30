"""Spans and measurements follow OpenTelemetry's conventions and hold no secret."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.sdk.middleware.layers import Layer, a_call, answer

from aiaas import APIConnectionError, MissingDependencyError
from aiaas.middleware._telemetry import request_attributes

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode


class Collector:
    """What an application would export."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return [
            point
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def collector(layer: Layer) -> Iterator[Collector]:
    collector = Collector()
    layer.use(
        "OpenTelemetry",
        tracer_provider=collector.tracers,
        meter_provider=collector.meters,
        clock=layer.clock,
    )
    yield collector
    collector.tracers.shutdown()
    collector.meters.shutdown()


def test_an_attempt_is_a_span_of_the_conventions(layer: Layer, collector: Collector) -> None:
    layer.send(a_call(query="top_k=3"))
    (span,) = collector.spans
    assert (span.name, span.kind) == ("POST /v1/images/classify", SpanKind.CLIENT)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "cloud.test",
        "server.port": 8443,
        "url.full": "https://cloud.test:8443/v1/images/classify",
        "url.template": "/v1/images/classify",
        "aiaas.operation": "images.classify",
        "aiaas.request_id": "req_1",
        "aiaas.retry_count": 0,
    }
    assert span.status.status_code is StatusCode.UNSET


def test_a_retry_is_counted_and_a_span_of_its_own(layer: Layer, collector: Collector) -> None:
    layer.send(a_call())
    layer.send(a_call(attempt=2))
    first, second = (dict(span.attributes or {}) for span in collector.spans)
    assert "http.request.resend_count" not in first
    assert (second["http.request.resend_count"], second["aiaas.retry_count"]) == (1, 1)
    (point,) = collector.points("aiaas.client.retries")
    assert (point.value, dict(point.attributes)) == (1, {"aiaas.operation": "images.classify"})


def test_durations_are_measured_in_seconds(layer: Layer, collector: Collector) -> None:
    def slow(call: object) -> Any:
        layer.clock.now_s += 0.3
        return answer(200)

    layer.answers(slow, answer(503))
    layer.send()
    layer.send()
    points = {
        point.attributes["http.response.status_code"]: point
        for point in collector.points("http.client.request.duration")
    }
    assert points[200].sum == pytest.approx(0.3)
    assert points[200].explicit_bounds[0] == 0.005
    assert points[503].attributes["error.type"] == "503"
    assert {"url.full", "aiaas.request_id"}.isdisjoint(points[200].attributes)


def test_the_trace_goes_on_in_the_deployment(layer: Layer, collector: Collector) -> None:
    layer.send()
    context = collector.spans[0].context
    assert context is not None
    sent = layer.seen[0].headers["traceparent"]
    assert sent.startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")


def test_a_failure_is_an_error_with_its_status(layer: Layer, collector: Collector) -> None:
    layer.answers(answer(404))
    layer.send()
    (span,) = collector.spans
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "404"


def test_a_lost_connection_is_an_error_with_its_class(layer: Layer, collector: Collector) -> None:
    layer.answers(APIConnectionError("private text", host="h", phase="read"))
    with pytest.raises(APIConnectionError):
        layer.send()
    (span,) = collector.spans
    assert (span.attributes or {})["error.type"] == "aiaas.APIConnectionError"
    assert span.status.status_code is StatusCode.ERROR
    assert span.events == ()
    assert len(collector.points("http.client.request.duration")) == 1


def test_no_key_query_or_body_is_recorded(layer: Layer, collector: Collector) -> None:
    layer.send(a_call(query="q=private", content=b"private", own_headers={"X-Own": "private"}))
    recorded = "".join(span.to_json() for span in collector.spans)
    recorded += collector.reader.get_metrics_data().to_json()  # type: ignore[union-attr]
    assert "private" not in recorded
    assert "sk_secret" not in recorded


def test_a_port_that_is_not_named_is_the_schemes(layer: Layer, collector: Collector) -> None:
    layer.send(a_call(base_url="https://cloud.test"))
    assert (collector.spans[0].attributes or {})["server.port"] == 443


def test_without_opentelemetry_the_error_says_what_to_install(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'aiaas\[otel\]'"):
        layer.use("OpenTelemetry")


def test_no_secret_of_an_address_is_recorded() -> None:
    url = "https://user:hidden@login.test:8443/token?key=hidden"
    attributes = request_attributes(a_call("oauth.token", url=url))
    assert attributes["url.full"] == "https://login.test:8443/token"
    assert (attributes["server.address"], attributes["server.port"]) == ("login.test", 8443)
