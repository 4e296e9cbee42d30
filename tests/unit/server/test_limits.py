"""The rate limiter and the headers made of what it says."""

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.limits import Allowance, InProcessRateLimiter, Limits


class Scripted:
    """A limiter that says what it is told."""

    quota = 10
    window_s = 60

    def __init__(self, *, allowed: bool, remaining: int, reset_s: float) -> None:
        self._allowance = Allowance(allowed=allowed, remaining=remaining, reset_s=reset_s)

    async def hit(self, key: str) -> Allowance:
        return self._allowance


async def test_the_limiter_counts_down_and_refuses_by_key() -> None:
    limiter = InProcessRateLimiter("2/minute")
    said = [await limiter.hit(key) for key in ("a", "a", "a", "b")]
    assert [(one.allowed, one.remaining) for one in said] == [
        (True, 1),
        (True, 0),
        (False, 0),
        (True, 1),
    ]
    assert all(0 < one.reset_s <= 60 for one in said)


def test_the_limiter_knows_its_rate() -> None:
    limiter = InProcessRateLimiter("600 per 5 minutes")
    assert (limiter.quota, limiter.window_s) == (600, 300)


async def test_waits_are_rounded_up_so_that_nobody_comes_too_early() -> None:
    headers: dict[str, str] = {}
    limits = Limits(Scripted(allowed=False, remaining=0, reset_s=1.2345))
    with pytest.raises(ApiError) as info:
        await limits.admit("key_1", headers)
    assert info.value.headers == {"Retry-After": "2", "Retry-After-Ms": "1235"}
    assert headers == {"RateLimit": '"default";r=0;t=2'}


async def test_even_no_wait_is_a_wait() -> None:
    limits = Limits(Scripted(allowed=False, remaining=0, reset_s=0.0))
    with pytest.raises(ApiError) as info:
        await limits.admit("key_1", {})
    assert info.value.headers == {"Retry-After": "1", "Retry-After-Ms": "1"}
