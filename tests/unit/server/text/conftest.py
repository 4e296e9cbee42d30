"""What tests of text operations share."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from time import thread_time
from typing import Any

import pytest

from aiaas_mock.context import ANONYMOUS, RequestContext

_HARMLESS_S = 0.5

AssertLinear = Callable[[Callable[[str], object], str], None]


@pytest.fixture
def assert_linear() -> AssertLinear:
    """Fail where a function takes more than linear time on the repetitions of a unit."""

    def check(function: Callable[[str], object], unit: str) -> None:
        function(unit)  # whatever is loaded at first use is not counted
        short, long = (_seconds(function, (unit * size)[:size]) for size in (20_000, 100_000))
        # Five times the text: five times the time, or 25 times for a quadratic walk.
        assert long < max(_HARMLESS_S, 12 * short)

    return check


def _seconds(function: Callable[[str], object], text: str) -> float:
    began = thread_time()  # of the processor: other work on the machine does not count
    function(text)
    return thread_time() - began


@pytest.fixture
def executor() -> Iterator[Executor]:
    """One thread."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def context() -> RequestContext:
    """A request that nobody waits for."""

    async def no_commit(effect: Callable[[Any], Any], /) -> Any:
        raise AssertionError("nothing here has an effect")

    return RequestContext(
        request_id="req_1",
        namespace="ours",
        principal=ANONYMOUS,
        deadline=float("inf"),
        commit=no_commit,
        new_id=lambda prefix: f"{prefix}_1",
    )
