"""A circuit opens when a host fails, and closes when it works again."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest
from tests.unit.sdk.middleware.layers import Layer, a_call

from aiaas import AiaasError, APIConnectionError, APITimeoutError
from aiaas._core.responses import RawResponse
from aiaas.middleware import Call, CircuitOpenError
from aiaas.middleware._circuit import CircuitPolicy, CircuitTable

HOST = "cloud.test:8443"
LOST = APIConnectionError("reset", host=HOST, phase="read")


def breaker(layer: Layer, **settings: object) -> None:
    layer.use("CircuitBreaker", clock=layer.clock, failure_threshold=3, **settings)


def test_it_opens_after_the_threshold_and_says_how_long_it_stays_open(layer: Layer) -> None:
    breaker(layer, cooldown_s=10)
    layer.send_many(500, 502, 503)
    layer.clock.now_s += 4
    with pytest.raises(CircuitOpenError, match=r"cloud.test:8443 is open .* in 6 s") as caught:
        layer.send()
    assert (caught.value.host, caught.value.retry_after_s) == (HOST, 6.0)
    assert isinstance(caught.value, AiaasError)
    assert not caught.value.retryable
    assert len(layer.seen) == 3
    assert layer.middleware.state(HOST) == "open"


def test_lost_connections_are_failures(layer: Layer) -> None:
    breaker(layer)
    layer.answers(LOST, LOST, LOST)
    for _ in range(3):
        with pytest.raises(APIConnectionError):
            layer.send()
    with pytest.raises(CircuitOpenError):
        layer.send()


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 429])
def test_refusals_of_a_host_that_works_are_no_failures(layer: Layer, status: int) -> None:
    breaker(layer)
    layer.send_many(*[status] * 10)
    assert layer.middleware.state(HOST) == "closed"


def test_a_lack_of_connections_of_our_own_is_no_failure(layer: Layer) -> None:
    breaker(layer)
    for _ in range(5):
        layer.answers(APITimeoutError("", host=HOST, phase="pool"))
        with pytest.raises(APITimeoutError):
            layer.send()
    assert layer.middleware.state(HOST) == "closed"


def test_failures_outside_of_the_window_are_forgotten(layer: Layer) -> None:
    breaker(layer, window_s=30)
    layer.send_many(500, 500)
    layer.clock.now_s += 30
    layer.send_many(500)
    assert layer.middleware.state(HOST) == "closed"


def test_a_few_failures_among_many_answers_open_nothing(layer: Layer) -> None:
    breaker(layer, failure_ratio=0.5)
    layer.send_many(*[200] * 20, *[500] * 5)
    assert layer.middleware.state(HOST) == "closed"
    layer.send_many(*[500] * 15)
    assert layer.middleware.state(HOST) == "open"


def test_a_good_probe_closes_it(layer: Layer) -> None:
    breaker(layer, cooldown_s=10)
    layer.send_many(500, 500, 500)
    layer.clock.now_s += 10
    assert layer.middleware.state(HOST) == "half-open"
    layer.send_many(200, 500, 500)
    assert layer.middleware.state(HOST) == "closed"


def test_a_bad_probe_opens_it_for_another_cooldown(layer: Layer) -> None:
    breaker(layer, cooldown_s=10)
    layer.send_many(500, 500, 500)
    layer.clock.now_s += 10
    layer.send_many(500)
    layer.clock.now_s += 9
    with pytest.raises(CircuitOpenError) as caught:
        layer.send()
    assert caught.value.retry_after_s == 1.0


def test_a_probe_that_ended_without_an_answer_gives_its_place_back(layer: Layer) -> None:
    breaker(layer, cooldown_s=10)
    layer.send_many(500, 500, 500)
    layer.clock.now_s += 10
    layer.answers(ValueError("a layer further in"))
    with pytest.raises(ValueError, match="further in"):
        layer.send()
    assert layer.middleware.state(HOST) == "half-open"
    layer.send_many(200)
    assert layer.middleware.state(HOST) == "closed"


def test_hosts_have_circuits_of_their_own(layer: Layer) -> None:
    breaker(layer)
    layer.send_many(500, 500, 500)
    assert layer.send(a_call(base_url="http://other.test")).status == 200
    assert layer.middleware.state("other.test") == "closed"


def test_only_so_many_probes_are_under_way() -> None:
    table = CircuitTable(CircuitPolicy(failure_threshold=1, cooldown_s=10, half_open_max=2))
    table.leave("h", table.enter("h", now_s=0), failed=True, now_s=0)
    eras = [table.enter("h", now_s=10) for _ in range(2)]
    with pytest.raises(CircuitOpenError) as caught:
        table.enter("h", now_s=10)
    assert caught.value.retry_after_s == 0
    table.leave("h", eras[0], failed=False, now_s=11)
    table.leave("h", eras[1], failed=True, now_s=11)  # of the era before: it changes nothing
    assert table.state("h", now_s=11) == "closed"


def test_an_answer_to_a_request_from_before_it_opened_changes_nothing() -> None:
    table = CircuitTable(CircuitPolicy(failure_threshold=1, cooldown_s=10))
    old, new = table.enter("h", now_s=0), table.enter("h", now_s=0)
    table.leave("h", new, failed=True, now_s=0)
    table.leave("h", old, failed=False, now_s=1)
    assert table.state("h", now_s=1) == "open"


def test_threads_do_not_lose_counts() -> None:
    table = CircuitTable(CircuitPolicy(failure_threshold=8 * 500))

    def fail() -> None:
        for _ in range(500):
            table.leave("h", table.enter("h", now_s=0), failed=True, now_s=0)

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.state("h", now_s=0) == "open"


def test_the_error_can_be_pickled_and_copied() -> None:
    error = CircuitOpenError(host=HOST, retry_after_s=1.5)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert (str(twin), twin.host, twin.retry_after_s) == (str(error), HOST, 1.5)


@pytest.mark.parametrize(
    "settings",
    [
        {"failure_threshold": 0},
        {"half_open_max": 0},
        {"failure_ratio": 1.5},
        {"window_s": 0},
        {"cooldown_s": -1},
    ],
)
def test_numbers_that_cannot_work_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        CircuitPolicy(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("waited_s", "state"), [(0.02, "closed"), (1.0, "open")])
def test_a_caller_without_patience_says_nothing_about_the_host(
    layer: Layer, waited_s: float, state: str
) -> None:
    breaker(layer)

    def times_out(call: Call) -> RawResponse:
        layer.clock.now_s += waited_s
        raise APITimeoutError("", host=HOST, phase="read")

    for _ in range(3):
        layer.answers(times_out)
        with pytest.raises(APITimeoutError):
            layer.send(a_call(remaining_s=waited_s, clock=layer.clock))
    assert layer.middleware.state(HOST) == state


def test_time_outs_before_the_deadline_are_failures(layer: Layer) -> None:
    breaker(layer)
    layer.answers(*[APITimeoutError("", host=HOST, phase="connect")] * 3)
    for _ in range(3):
        with pytest.raises(APITimeoutError):
            layer.send(a_call(remaining_s=20.0, clock=layer.clock))
    assert layer.middleware.state(HOST) == "open"


def test_no_secret_of_an_address_is_in_the_error(layer: Layer) -> None:
    breaker(layer)
    secret = a_call("oauth.token", url="https://user:hidden@login.test:8443/token?key=hidden")
    layer.answers(LOST, LOST, LOST)
    for _ in range(3):
        with pytest.raises(APIConnectionError):
            layer.send(secret)
    with pytest.raises(CircuitOpenError) as caught:
        layer.send(secret)
    assert caught.value.host == "login.test:8443"
    assert "hidden" not in str(caught.value)
