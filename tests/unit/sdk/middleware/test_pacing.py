"""Requests leave as fast as the deployment's headers allow."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sdk.middleware.layers import Layer, a_call, answer

from aiaas import APIConnectionError


def pacing(layer: Layer, **settings: Any) -> None:
    layer.use("RatePacing", clock=layer.clock, wall_clock=layer.clock, sleeps=True, **settings)


def left(remaining: int, reset_s: int, quota: int = 60) -> dict[str, str]:
    return {
        "RateLimit": f'"default";r={remaining};t={reset_s}',
        "RateLimit-Policy": f'"default";q={quota};w=60',
    }


def test_nothing_is_waited_for_before_the_deployment_named_a_limit(layer: Layer) -> None:
    pacing(layer)
    layer.send_many(200, 200, 200)
    assert layer.clock.sleeps == []


def test_a_burst_passes_while_plenty_is_left(layer: Layer) -> None:
    pacing(layer)
    for remaining in (59, 58, 57):
        layer.answers(answer(200, headers=left(remaining, 60)))
        layer.send()
    assert layer.clock.sleeps == []


def test_requests_are_spread_when_little_is_left(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(200, headers=left(4, 20)))
    layer.send()
    layer.send()  # the next 200s name no limit: what is known is counted down
    layer.send()
    layer.send()
    assert layer.clock.sleeps == pytest.approx([5.0, 5.0])


def test_a_limit_without_a_policy_is_spread_from_the_start(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(200, headers={"RateLimit": '"default";r=10;t=20'}))
    layer.send()
    layer.send()
    layer.send()
    assert layer.clock.sleeps == [2.0]


def test_when_nothing_is_left_the_next_ones_wait_until_there_is(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(200, headers=left(0, 7)))
    layer.send()
    layer.send()
    assert layer.clock.sleeps == [7.0]
    layer.send()
    assert layer.clock.sleeps == pytest.approx([7.0, 1.0])  # 60 in 60 s from there on


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After-Ms": "250", "Retry-After": "3"}, 0.25),
        ({"Retry-After": "Thu, 01 Jan 1970 00:16:45 GMT"}, 5.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_all_calls_wait_as_long_as_one_was_asked_to(
    layer: Layer, status: int, headers: dict[str, str], wait_s: float
) -> None:
    pacing(layer)
    layer.answers(answer(status, headers=headers))
    layer.send()
    layer.send()
    assert layer.clock.sleeps == [wait_s]


def test_a_wait_beyond_the_deadline_is_not_begun(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(429, headers={"Retry-After": "9"}))
    layer.send()
    layer.send(a_call(remaining_s=8.0, clock=layer.clock))
    assert layer.clock.sleeps == []
    assert len(layer.seen) == 2


def test_a_wait_shortens_what_the_call_has_left(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(429, headers={"Retry-After": "3"}))
    layer.send()
    layer.send(a_call(remaining_s=8.0, clock=layer.clock))
    assert layer.seen[-1].remaining_s == 5.0


def test_no_wait_is_longer_than_the_longest_allowed(layer: Layer) -> None:
    pacing(layer, max_wait_s=1.0)
    layer.answers(answer(429, headers={"Retry-After": "9"}))
    layer.send()
    layer.send()
    assert layer.clock.sleeps == []


def test_hosts_are_paced_apart(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(429, headers={"Retry-After": "9"}))
    layer.send()
    layer.send(a_call(base_url="http://other.test"))
    assert layer.clock.sleeps == []


def test_a_lost_connection_changes_no_pace(layer: Layer) -> None:
    pacing(layer)
    layer.answers(APIConnectionError("", host="h", phase="read"))
    with pytest.raises(APIConnectionError):
        layer.send()
    layer.send()
    assert layer.clock.sleeps == []


def test_what_the_deployment_says_last_counts(layer: Layer) -> None:
    pacing(layer)
    layer.answers(answer(200, headers=left(0, 50)))
    layer.send()
    layer.answers(answer(200, headers=left(60, 60)))
    layer.send()
    layer.send()
    assert layer.clock.sleeps == [50.0]


def test_a_share_that_is_none_is_refused(layer: Layer) -> None:
    with pytest.raises(ValueError, match="from 0 to 1; got 2"):
        pacing(layer, spread_below=2)
