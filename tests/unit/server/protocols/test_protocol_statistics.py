"""What the models have done: counted for every request that reached one."""

from aiaas_mock.gateway.records import Metrics, RequestRecord
from aiaas_mock.protocols.statistics import ModelStatistics


def record(model: str | None, *, status: int = 200, inputs: int = 1) -> RequestRecord:
    made = RequestRecord("req_1", "images.classify", status=status, duration_s=0.5)
    made.trace.model, made.trace.inputs = model, inputs
    return made


def test_requests_are_counted_by_model_and_by_how_they_ended() -> None:
    statistics = ModelStatistics(lambda model: 7)
    for one in (record("a@1", inputs=3), record("a@1", status=503), record("b@1"), record(None)):
        statistics(one)
    figures = statistics.of("a@1")
    assert (figures.successes, figures.failures, figures.inputs, figures.batches) == (1, 1, 3, 7)
    assert (figures.success_s, figures.failure_s) == (0.5, 0.5)


def test_a_model_that_nobody_asked_has_done_nothing() -> None:
    figures = ModelStatistics(Metrics().batches).of("a@1:int8")
    assert (figures.successes, figures.batches) == (0, 0)


def test_batches_are_those_of_the_metrics() -> None:
    metrics = Metrics()
    metrics.observe_batch("a@1", 5, 0.0)
    metrics.observe_batch("a@1", 2, 0.0)
    assert ModelStatistics(metrics.batches).of("a@1").batches == 2
