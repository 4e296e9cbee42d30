"""The targets that the contract suite runs against."""

from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest

from aiaas_mock.conformance import Case, Outcome, ServerProcess, run, run_async

RunCase = Callable[[Case], Awaitable[Outcome]]

TARGETS = ("asgi", "http")


@pytest.fixture(scope="session")
def over_http(live: ServerProcess) -> Iterator[httpx.Client]:
    """A client of a server in a process of its own."""
    with httpx.Client(base_url=live.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session", params=TARGETS)
def run_case(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    """Run a case against each target."""
    if request.param == "asgi":
        in_process: httpx.AsyncClient = request.getfixturevalue("in_process")
        return lambda case: run_async(case, in_process, api_key)
    over_http: httpx.Client = request.getfixturevalue("over_http")

    async def run_over_http(case: Case) -> Outcome:
        return run(case, over_http, api_key)

    return run_over_http
