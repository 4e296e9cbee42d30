"""One record per request, one line and one count per record."""

from typing import Any

from aiaas_mock.context import InferenceTrace
from aiaas_mock.gateway.records import LogSink, Metrics, Recorder, RequestRecord


class ListLogger:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append(("info", fields))

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append(("error", fields))


def record(**changes: Any) -> RequestRecord:
    return RequestRecord("req_1", "images.classify", **{"status": 200, **changes})


def logged(given: RequestRecord) -> tuple[str, dict[str, Any]]:
    logger = ListLogger()
    LogSink(logger)(given)
    (line,) = logger.lines
    return line


def series_of(metrics: Metrics) -> set[str]:
    return set(metrics.render().decode().splitlines())


def test_a_finished_record_goes_to_every_sink_with_its_time() -> None:
    seen: list[float] = []
    sink = [lambda r: seen.append(r.duration_s), lambda r: seen.append(r.duration_s)]
    given = record()
    Recorder(sink).finish(given)
    assert seen == [given.duration_s, given.duration_s]
    assert given.duration_s > 0


def test_a_request_without_inference_is_logged_without_it() -> None:
    level, fields = logged(record(namespace="teama", key_id="key_1", duration_s=0.0123456))
    assert level == "info"
    assert fields == {
        "request_id": "req_1",
        "operation": "images.classify",
        "status": 200,
        "duration_ms": 12.346,
        "namespace": "teama",
        "key_id": "key_1",
    }


def test_a_request_with_inference_is_logged_with_batch_and_queue() -> None:
    trace = InferenceTrace(model="m@1", inputs=3, failed_inputs=1, batch_size=8, queue_s=0.002)
    _, fields = logged(record(trace=trace))
    assert fields["model"] == "m@1"
    assert (fields["inputs"], fields["failed_inputs"]) == (3, 1)
    assert (fields["batch_size"], fields["queue_ms"]) == (8, 2.0)
    assert "namespace" not in fields


def test_a_refusal_is_no_error_of_the_server() -> None:
    level, fields = logged(record(status=422, code="invalid_request"))
    assert (level, fields["code"]) == ("info", "invalid_request")


def test_a_defect_is_an_error_with_its_cause() -> None:
    fault = RuntimeError("broken")
    level, fields = logged(record(status=500, code="internal_error", fault=fault))
    assert level == "error"
    assert fields["exc_info"] is fault


def test_requests_are_counted_by_operation_and_status() -> None:
    metrics = Metrics()
    for status in (200, 200, 422):
        metrics(record(status=status, duration_s=0.003))
    lines = series_of(metrics)
    assert 'aiaas_requests_total{operation="images.classify",status="200"} 2.0' in lines
    assert 'aiaas_requests_total{operation="images.classify",status="422"} 1.0' in lines
    bucket = 'aiaas_request_duration_seconds_bucket{le="0.005",operation="images.classify"} 3.0'
    assert bucket in lines


def test_only_refusals_for_a_full_queue_count_as_shed() -> None:
    metrics = Metrics()
    metrics(record(status=503, code="model_unavailable"))
    metrics(record(status=503, code="overloaded"))
    assert "aiaas_shed_total 1.0" in series_of(metrics)


def test_batches_are_counted_by_model() -> None:
    metrics = Metrics()
    metrics.observe_batch("m@1", 8, 0.0)
    metrics.observe_batch("m@1", 64, 0.5)
    lines = series_of(metrics)
    assert 'aiaas_batch_size_bucket{le="8.0",model="m@1"} 1.0' in lines
    assert 'aiaas_batch_size_sum{model="m@1"} 72.0' in lines
    assert 'aiaas_queue_duration_seconds_sum{model="m@1"} 0.5' in lines


def test_two_servers_do_not_mix_their_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.add_model("m", "1")
    assert 'aiaas_model_info{model="m",version="1"} 1.0' in series_of(one)
    assert 'aiaas_model_info{model="m",version="1"} 1.0' not in series_of(other)
