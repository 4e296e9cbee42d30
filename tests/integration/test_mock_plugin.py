"""The pytest plugin with a server behind it, in pytest runs of its own."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from aiaas_mock.testing import MockControlError, MockServer

pytest_plugins = ["pytester"]

RunPytest = Callable[..., pytest.RunResult]
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "contract_testing"


def titled(page: str) -> list[tuple[str, str]]:
    """Return the files that a page shows: their names and their code."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r'^```python title="(\w+\.py)"\n(.*?)^```', text, re.DOTALL | re.MULTILINE)


FILES = [file for file in titled("docs/mock-testing.md") if file[0].startswith("test_")]
EXCERPTS = titled("docs/tutorial-testing.md")


@pytest.fixture(scope="module")
def shared() -> Iterator[MockServer]:
    """A server whose models compute nothing."""
    with MockServer.started("--engine", "null") as server:
        yield server


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> RunPytest:
    """Run pytest with few plugins and with warnings as errors, in a process of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    plugins = ("aiaas_mock.testing.plugin", "anyio", "xdist")

    def run(code: str, *options: str) -> pytest.RunResult:
        (pytester.path / "test_it.py").write_text(inspect.cleandoc(code), "utf-8")
        (pytester.path / "pytest.ini").write_text(
            "[pytest]\naiaas_mock_args = --engine null\n", "utf-8"
        )
        loaded = [word for name in plugins for word in ("-p", name)]
        return pytester.runpytest_subprocess("-W", "error", *loaded, *options)

    return run


MANY = """
import os
import pytest

@pytest.mark.parametrize("number", range(20))
def test_nobody_else_is_here(aiaas_mock, aiaas_client, number):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    assert aiaas_mock.name.startswith(f"{worker}-")
    assert list(aiaas_client.files.list()) == []
    aiaas_client.files.create(b"x", filename=f"{number}.txt")
    assert [file.filename for file in aiaas_client.files.list()] == [f"{number}.txt"]
"""


def test_every_test_has_a_namespace_of_its_own(run_pytest: RunPytest, shared: MockServer) -> None:
    run_pytest(MANY, "--aiaas-mock-url", shared.url).assert_outcomes(passed=20)


def test_tests_may_run_in_several_processes_on_one_server(
    run_pytest: RunPytest, shared: MockServer
) -> None:
    run_pytest(MANY, "-n", "2", "--aiaas-mock-url", shared.url).assert_outcomes(passed=20)


def test_namespaces_are_dropped_after_their_test(run_pytest: RunPytest, shared: MockServer) -> None:
    run_pytest(MANY, "--aiaas-mock-url", shared.url)
    there = httpx.get(f"{shared.url}/_mock/namespaces").json()["data"]
    assert [one["name"] for one in there if not one["stays"]] == []


def test_a_server_is_started_where_none_is_named(run_pytest: RunPytest) -> None:
    code = """
    import aiaas
    import pytest

    @pytest.mark.aiaas(seed=7, frozen="2026-03-01T12:00:00Z")
    class TestIt:
        def test_all_fixtures_are_about_one_namespace(self, aiaas_client, aiaas_mock):
            stored = aiaas_client.files.create(b"x", filename="a.txt")
            assert stored.created_at.isoformat() == "2026-03-01T12:00:00+00:00"
            with aiaas.Client() as own:  # named by the environment
                assert own.files.retrieve(stored.id) == stored

        @pytest.mark.aiaas(seed=8)
        def test_the_nearest_marker_counts(self, aiaas_mock):
            assert aiaas_mock.seed == 8
            assert aiaas_mock.clock.frozen

        def test_in_process(self, aiaas_inprocess):
            assert aiaas_inprocess.seed == 7
            with aiaas_inprocess.client() as client:
                assert list(client.files.list()) == []

    @pytest.mark.anyio
    async def test_asynchronous(aiaas_async_client):
        assert [file async for file in aiaas_async_client.files.list()] == []

    @pytest.fixture
    def anyio_backend():
        return "asyncio"
    """
    run_pytest(code).assert_outcomes(passed=4)


def test_faults_of_the_marker_are_made(run_pytest: RunPytest, shared: MockServer) -> None:
    code = """
    import aiaas
    import pytest

    @pytest.mark.aiaas(faults=[{"fault": {"kind": "internal"}}])
    def test_it(aiaas_mock):
        with aiaas_mock.client(retries=0) as client, pytest.raises(aiaas.ServerError):
            list(client.files.list())

    @pytest.mark.aiaas(faults=[{"fault": {"kind": "nonsense"}}])
    def test_wrong(aiaas_mock): pass
    """
    result = run_pytest(code, "--aiaas-mock-url", shared.url)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*MockControlError: POST /_mock/faults: 422: *"])


def test_a_server_that_wants_its_admin_token_is_steered_with_it(
    run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "an-admin-token-of-the-tests"
    with MockServer.started("--engine", "null", "--admin-token", token) as server:
        with pytest.raises(MockControlError, match="401"):
            MockServer.at(server.url)
        monkeypatch.setenv("AIAAS_MOCK_ADMIN_TOKEN", token)
        run_pytest(MANY, "--aiaas-mock-url", server.url).assert_outcomes(passed=20)


def test_the_example_of_a_customers_tests_passes(
    run_pytest: RunPytest, pytester: pytest.Pytester
) -> None:
    shutil.copytree(ROOT / "examples" / "photos", pytester.path / "photos")
    shutil.copytree(EXAMPLE, pytester.path / "contract_testing")
    result = run_pytest("", "-o", "aiaas_mock_args=", "contract_testing")
    result.assert_outcomes(passed=10)


@pytest.mark.parametrize(("name", "code"), EXCERPTS)
def test_what_the_tutorial_shows_is_in_the_example(name: str, code: str) -> None:
    assert code in (EXAMPLE / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "code"), FILES, ids=[name for name, _ in FILES])
def test_the_test_files_of_the_page_pass(
    run_pytest: RunPytest, shared: MockServer, name: str, code: str
) -> None:
    result = run_pytest(code, "--aiaas-mock-url", shared.url)
    result.assert_outcomes(passed=code.count("def test_"))


def test_the_tests_of_the_readme_pass_on_real_models(run_pytest: RunPytest) -> None:
    ((_, code),) = titled("README.md")
    with MockServer.started("--warm", "sentiment-en") as real:
        run_pytest(code, "--aiaas-mock-url", real.url).assert_outcomes(passed=3)
