"""Whatever a deployment says, nobody sends more than it allowed, and nobody waits for ever."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas.middleware._pacing import PaceTable

HEADERS: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.builds(
        lambda remaining, reset, quota: {
            "ratelimit": f'"default";r={remaining};t={reset}',
            "ratelimit-policy": f'"default";q={quota};w=60',
        },
        st.integers(0, 100),
        st.integers(0, 100),
        st.integers(0, 100),
    ),
    st.text(max_size=20).map(lambda text: {"ratelimit": text, "retry-after": text}),
    st.integers(-5, 100).map(lambda seconds: {"retry-after": str(seconds)}),
)


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(
        st.tuples(HEADERS, st.sampled_from([200, 429, 503]), st.floats(0, 20)), max_size=20
    ),
    within_s=st.floats(0, 100),
)
def test_no_wait_is_negative_endless_or_longer_than_allowed(
    steps: list[tuple[dict[str, str], int, float]], within_s: float
) -> None:
    paces, now_s = PaceTable(spread_below=0.5), 50.0
    for headers, status, passed_s in steps:
        delay_s = paces.reserve("h", now_s=now_s, within_s=within_s)
        assert 0 <= delay_s <= within_s + 1e-9
        assert math.isfinite(delay_s)
        now_s += delay_s + passed_s
        paces.answered("h", status=status, headers=headers, now_s=now_s, wall_s=now_s)


@settings(max_examples=100, deadline=None)
@given(
    quota=st.integers(1, 40),
    window_s=st.integers(1, 60),
    share=st.floats(0, 1),
    latency_s=st.floats(0, 0.5),
)
def test_a_fixed_window_is_never_overrun(
    quota: int, window_s: int, share: float, latency_s: float
) -> None:
    paces, now_s = PaceTable(spread_below=share), 1000.0 * window_s
    taken: dict[int, int] = {}
    for _ in range(3 * quota):
        now_s += paces.reserve("h", now_s=now_s, within_s=math.inf)
        window = int(now_s // window_s)
        taken[window] = taken.get(window, 0) + 1
        assert taken[window] <= quota
        reset_s = math.ceil((window + 1) * window_s - now_s)
        headers = {
            "ratelimit": f'"default";r={quota - taken[window]};t={reset_s}',
            "ratelimit-policy": f'"default";q={quota};w={window_s}',
        }
        paces.answered("h", status=200, headers=headers, now_s=now_s, wall_s=now_s)
        now_s += latency_s
