"""The pytest plugin of the mock cloud: ``aiaas_mock`` and its like.

It imports pytest alone until a test asks for a fixture, because pytest loads it in every run.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import respx

    from aiaas import AsyncClient, Client
    from aiaas_mock.testing.cloud import MockCloud
    from aiaas_mock.testing.namespace import MockNamespace
    from aiaas_mock.testing.server import MockServer

_SPACES: pytest.StashKey[list[MockNamespace]] = pytest.StashKey()
_URL = "--aiaas-mock-url"
_ARGUMENTS = "aiaas_mock_args"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said of the server."""
    group = parser.getgroup("aiaas", "the mock cloud of aiaas")
    group.addoption(
        _URL,
        metavar="URL",
        help="Use the mock cloud at this address instead of starting one for every worker; its "
        "admin token, if it has one, is in AIAAS_MOCK_ADMIN_TOKEN.",
    )
    parser.addini(
        _ARGUMENTS, "Options of 'aiaas-mock serve' for the server of the tests.", "args", []
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    from aiaas_mock.testing import marker

    config.addinivalue_line("markers", marker.USAGE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse markers that make no sense before any test runs."""
    from aiaas_mock.testing import marker

    for item in items:
        if item.get_closest_marker(marker.NAME) is not None:
            marker.wishes_of(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a failing test show what its namespaces were asked."""
    report = yield
    if report.failed and call.when == "call":
        for space in item.stash.get(_SPACES, []):
            from aiaas_mock.testing.report import journal_of

            text = journal_of(space)
            if text:
                report.sections.append((f"aiaas mock: requests of {space.name}", text))
    return report


@pytest.fixture(scope="session")
def aiaas_mock_server(pytestconfig: pytest.Config) -> Iterator[MockServer]:
    """The server that all tests of a worker share; it is started for them, or was there before."""
    url = pytestconfig.getoption(_URL)
    with _server_extra(needed=url is None):
        from aiaas_mock.testing.server import MockServer

        if url is None:
            started = MockServer.started(*pytestconfig.getini(_ARGUMENTS))
        else:
            started = MockServer.at(url, admin_token=os.environ.get("AIAAS_MOCK_ADMIN_TOKEN"))
    with started as server:
        yield server


@pytest.fixture(scope="session")
def _aiaas_mock_cloud() -> Iterator[MockCloud]:
    with _server_extra():
        from aiaas_mock.testing.cloud import MockCloud
    with MockCloud() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def _aiaas_mock_run(pytestconfig: pytest.Config) -> str:
    """What tells this run from others on the same server."""
    shared = pytestconfig.getoption(_URL) is not None
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", secrets.token_hex(8)) if shared else ""


@pytest.fixture
def aiaas_mock(
    request: pytest.FixtureRequest,
    aiaas_mock_server: MockServer,
    _aiaas_mock_run: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MockNamespace]:
    """A mock cloud of this test's own: a namespace of a server, dropped after the test.

    ``AIAAS_BASE_URL`` and ``AIAAS_API_KEY`` name it, for code that makes its client itself.
    """
    with _namespace(request, aiaas_mock_server, _aiaas_mock_run, monkeypatch) as space:
        monkeypatch.setenv("AIAAS_BASE_URL", space.base_url)
        monkeypatch.setenv("AIAAS_API_KEY", space.api_key)
        yield space


@pytest.fixture
def aiaas_inprocess(
    request: pytest.FixtureRequest,
    _aiaas_mock_cloud: MockCloud,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MockNamespace]:
    """As ``aiaas_mock``, in this process and without a socket: clients come from its methods."""
    with _namespace(request, _aiaas_mock_cloud, "", monkeypatch) as space:
        yield space


@pytest.fixture
def aiaas_client(aiaas_mock: MockNamespace) -> Iterator[Client]:
    """A client of this test's own mock cloud."""
    with aiaas_mock.client() as client:
        yield client


@pytest.fixture
def aiaas_async_client(aiaas_mock: MockNamespace) -> AsyncClient:
    """An asynchronous client of this test's own mock cloud.

    It is no asynchronous fixture, so that it works with every plugin for asynchronous tests; it
    keeps no connection that would have to be closed.
    """
    return aiaas_mock.async_client()


@pytest.fixture
def aiaas_respx(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """Stubs in place of a deployment: every operation answers with the contract's example.

    ``aiaas_respx["images.classify"]`` is the route of an operation.
    """
    try:
        import respx as library
    except ImportError:
        pytest.fail("The stubs need respx: pip install 'aiaas[testing]'", pytrace=False)
    from aiaas.testing import respx_stubs

    _forget_profiles(monkeypatch)
    monkeypatch.delenv("AIAAS_BASE_URL", raising=False)
    monkeypatch.setenv("AIAAS_API_KEY", "sk_mock_default_of-the-stubs")
    with library.mock(assert_all_called=False) as router:
        respx_stubs(router)
        yield router


@contextmanager
def _namespace(
    request: pytest.FixtureRequest,
    server: MockServer | MockCloud,
    run: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MockNamespace]:
    from aiaas_mock.testing import marker

    item: Any = request.node
    wishes = marker.wishes_of(item)
    _forget_profiles(monkeypatch)
    name = _name(run + item.nodeid)
    with server.namespace(name, seed=wishes.seed, frozen=wishes.frozen) as space:
        space.set_up(faults=wishes.faults)
        item.stash.setdefault(_SPACES, []).append(space)
        try:
            yield space
            if wishes.strict:
                _fail_if_unmatched(space)
        finally:
            item.stash[_SPACES].remove(space)


def _name(told_from_others: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    digest = hashlib.blake2b(told_from_others.encode(), digest_size=8).hexdigest()
    return f"{worker}-{digest}"


def _fail_if_unmatched(space: MockNamespace) -> None:
    from aiaas_mock.testing.control import MockControlError
    from aiaas_mock.testing.report import failure_of

    try:
        failure = failure_of(space)
    except MockControlError as refusal:
        failure = f"A strict test needs the journal of the mock cloud. {refusal}"
    if failure:
        pytest.fail(failure, pytrace=False)


def _forget_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test must not depend on the profiles of whoever runs it.
    monkeypatch.setenv("AIAAS_CONFIG", os.devnull)
    monkeypatch.delenv("AIAAS_PROFILE", raising=False)


@contextmanager
def _server_extra(*, needed: bool = True) -> Iterator[None]:
    """Say what to install where something is missing."""
    try:
        yield
    except ImportError as error:
        what = "server,testing" if needed else "testing"
        pytest.fail(
            f"The mock cloud needs more than is installed ({error}): pip install 'aiaas[{what}]'",
            pytrace=False,
        )
