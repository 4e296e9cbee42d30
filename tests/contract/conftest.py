"""The targets that the contract suite runs against."""

from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
import respx

from aiaas.testing import respx_stubs
from aiaas_mock.cassettes import Player, Recorder, Redaction, read_har, write_har
from aiaas_mock.conformance import Case, Outcome, ServerProcess, run, run_async

RunCase = Callable[[Case], Awaitable[Outcome]]

TARGETS = ("asgi", "http", "respx", "replay")
_STUBS = "http://stubs.test"


@pytest.fixture(scope="session")
def over_http(live: ServerProcess) -> Iterator[httpx.Client]:
    """A client of a server in a process of its own."""
    with httpx.Client(base_url=live.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def stubs() -> Iterator[httpx.Client]:
    """A client of stubs that are made from the contract's examples."""
    router = respx.MockRouter(assert_all_called=False)
    respx_stubs(router, base_url=_STUBS)
    transport = httpx.MockTransport(router.handler)
    with httpx.Client(base_url=_STUBS, transport=transport) as client:
        yield client


@pytest.fixture(scope="session")
def recording(live: ServerProcess, api_key: str) -> Iterator[Recorder]:
    """What writes down the exchanges with a server in a process of its own."""
    recorder = Recorder(httpx.HTTPTransport(), redaction=Redaction({"api_key": api_key}))
    yield recorder
    recorder.close()


@pytest.fixture(scope="session", params=TARGETS)
def run_case(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    """Run a case against each target."""
    target = _TARGETS[request.param]
    return target(request, api_key)


def _asgi(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    in_process: httpx.AsyncClient = request.getfixturevalue("in_process")
    return lambda case: run_async(case, in_process, api_key)


def _http(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    over_http: httpx.Client = request.getfixturevalue("over_http")

    async def run_over_http(case: Case) -> Outcome:
        return run(case, over_http, api_key)

    return run_over_http


def _respx(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    stubs: httpx.Client = request.getfixturevalue("stubs")

    async def run_on_stubs(case: Case) -> Outcome:
        return run(case.of_stubs(), stubs, api_key)

    return run_on_stubs


def _replay(request: pytest.FixtureRequest, api_key: str) -> RunCase:
    """Record a case, write the cassette and read it, then run the case without a server."""
    recorder: Recorder = request.getfixturevalue("recording")
    url = request.getfixturevalue("live").url
    other_key = "a-key-that-no-deployment-knows"

    async def run_again(case: Case) -> Outcome:
        recorder.cassette.exchanges.clear()
        with httpx.Client(base_url=url, transport=_Kept(recorder), timeout=30) as client:
            recorded = run(case, client, api_key)
        assert recorded.ok, str(recorded)
        har = write_har(recorder.cassette)
        assert api_key not in har
        player = Player(read_har(har), redaction=Redaction({"api_key": other_key}))
        with httpx.Client(base_url="http://nobody.test", transport=player) as client:
            return run(case, client, other_key)

    return run_again


class _Kept(httpx.BaseTransport):
    """A transport that a client may close while others go on with it."""

    def __init__(self, inner: Recorder) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)


_TARGETS = {"asgi": _asgi, "http": _http, "respx": _respx, "replay": _replay}
