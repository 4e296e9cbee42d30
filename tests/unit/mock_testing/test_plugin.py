"""The pytest plugin where no server is needed: its marker, its stubs, and what it loads."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import aiaas_mock.testing

# Loaded now, or pytester would forget the modules after a run that the package still holds.
import aiaas_mock.testing.cloud
import aiaas_mock.testing.report
import aiaas_mock.testing.server

pytest_plugins = ["pytester"]

RunPytest = Callable[..., pytest.RunResult]
NO_SERVER = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing}:
            raise ImportError(f"No module named {{name!r}}")

for name in list(sys.modules):
    if name.partition(".")[0] in {missing}:
        del sys.modules[name]
sys.meta_path.insert(0, NotInstalled())
"""

A_JOURNAL = """
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from aiaas_mock.testing import AppThread, MockNamespace
from aiaas_mock.testing.in_process import InProcessDoor

ENTRY = {
    "request_id": "req_1",
    "operation": "images.classify",
    "status": 503,
    "faults": [],
    "override": None,
    "duration_ms": 1.25,
}
LOST = {"method": "GET", "path": "/v1/x", "closest": "models.list", "differences": []}
ANSWERS = {
    "/_mock/namespaces": {"key": "k", "base_path": "/ns/x"},
    "/_mock/requests": {"data": [ENTRY]},
    "/_mock/requests/unmatched": {"data": [LOST]},
}

async def answer(request):
    return JSONResponse(ANSWERS[request.url.path])

class Server:
    def __init__(self, door):
        self.door = door

    @contextmanager
    def namespace(self, name, **wishes):
        yield MockNamespace.made(self.door, name, **wishes)

@pytest.fixture(scope="session")
def aiaas_mock_server():
    routes = [Route("/{path:path}", answer, methods=["GET", "POST"])]
    with AppThread(Starlette(routes=routes)) as running:
        door = InProcessDoor(running)
        yield Server(door)
        door.close()
"""


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> RunPytest:
    """Run pytest with this plugin and no other; in a process of its own if modules are missing."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(
        code: str, *options: str, missing: tuple[str, ...] = (), conftest: str = ""
    ) -> pytest.RunResult:
        (pytester.path / "test_it.py").write_text(inspect.cleandoc(code), "utf-8")
        (pytester.path / "conftest.py").write_text(conftest, "utf-8")
        words = ["-W", "error", "--strict-markers", "-p", "aiaas_mock.testing.plugin", *options]
        if not missing:
            return pytester.runpytest_inprocess(*words)
        (pytester.path / "conftest.py").write_text(NO_SERVER.format(missing=missing), "utf-8")
        return pytester.runpytest_subprocess(*words)

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("7", "its arguments are named; got 7"),
        ("sed=7", "there is no 'sed'; there are seed, frozen, faults, strict"),
        ("seed='7'", "'seed' is a whole number from 0; got '7'"),
        ("seed=-1", "'seed' is a whole number from 0; got -1"),
        ("frozen='today'", "'frozen' is an instant with its time zone, such as*; got 'today'"),
        ("frozen='2026-03-01T12:00:00'", "'frozen' is an instant with its time zone*"),
        ("faults='status'", "'faults' is a list of rules such as*got 'status'"),
        ("strict=1", "'strict' is True or False; got 1"),
    ],
)
def test_a_marker_that_makes_no_sense_is_refused_before_any_test(
    run_pytest: RunPytest, arguments: str, message: str
) -> None:
    code = f"""
    import pytest

    def test_first(): pass

    @pytest.mark.aiaas({arguments})
    def test_it(): pass
    """
    result = run_pytest(code)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: test_it.py::test_it: the marker 'aiaas': {message}"])


def test_the_marker_is_registered_and_explained(run_pytest: RunPytest) -> None:
    code = """
    import pytest
    pytestmark = pytest.mark.aiaas(seed=1, strict=False)

    @pytest.mark.aiaas(seed=None, frozen="2026-03-01T12:00:00Z", faults=[{"fault": {}}])
    def test_it(): pass
    """
    run_pytest(code).assert_outcomes(passed=1)
    run_pytest("", "--markers").stdout.fnmatch_lines(["@pytest.mark.aiaas(seed=None, frozen=None*"])


def test_stubs_answer_with_the_examples_of_the_contract(run_pytest: RunPytest) -> None:
    code = """
    import aiaas

    def test_it(aiaas_respx):
        with aiaas.Client() as client:
            assert client.images.classify(b"x").label == "Ankle boot"
        assert aiaas_respx["images.classify"].called
    """
    run_pytest(code).assert_outcomes(passed=1)


def test_the_report_of_a_failing_test_shows_its_journal(run_pytest: RunPytest) -> None:
    code = """
    def test_good(aiaas_mock): pass
    def test_bad(aiaas_mock): assert not aiaas_mock
    """
    result = run_pytest(code, conftest=A_JOURNAL)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- aiaas mock: requests of *-* -*",
            "req_1  images.classify  503*",
            "no operation fits GET /v1/x; near is models.list",
        ]
    )


def test_a_strict_test_fails_after_a_request_that_no_operation_fits(run_pytest: RunPytest) -> None:
    code = """
    import pytest

    @pytest.mark.aiaas(strict=True)
    def test_it(aiaas_mock): pass
    """
    result = run_pytest(code, conftest=A_JOURNAL)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["no operation fits GET /v1/x; near is models.list"])


def test_a_strict_test_needs_a_journal(run_pytest: RunPytest) -> None:
    code = """
    import pytest

    @pytest.mark.aiaas(strict=True)
    def test_it(aiaas_mock): pass
    """
    without = A_JOURNAL.replace("ANSWERS[request.url.path])", "*NONE.get(request.url.path, GONE))")
    without += 'NONE, GONE = {"/_mock/namespaces": [ANSWERS["/_mock/namespaces"]]}, [{}, 404]'
    result = run_pytest(code, conftest=without)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["A strict test needs the journal of the mock cloud.*"])


@pytest.mark.parametrize("fixture", ["aiaas_mock", "aiaas_inprocess"])
def test_what_to_install_is_said_where_the_server_is_missing(
    run_pytest: RunPytest, fixture: str
) -> None:
    missing = ("starlette", "click", "uvicorn")
    result = run_pytest(f"def test_it({fixture}): pass", missing=missing)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pip install 'aiaas?server,testing?'"])


def test_what_to_install_is_said_where_respx_is_missing(run_pytest: RunPytest) -> None:
    result = run_pytest("def test_it(aiaas_respx): pass", missing=("respx",))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pip install 'aiaas?testing?'"])


def test_a_server_that_is_not_there_is_named(run_pytest: RunPytest) -> None:
    url = "http://127.0.0.1:1"
    result = run_pytest("def test_it(aiaas_mock): pass", "--aiaas-mock-url", url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E *there is no mock cloud at {url}*"])


def test_the_plugin_loads_nothing_until_a_test_asks() -> None:
    code = (
        "import sys, aiaas_mock.testing.plugin\n"
        "heavy = {'aiaas', 'httpx', 'numpy', 'pydantic', 'respx', 'starlette', 'uvicorn'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_every_public_name_is_there_and_typed() -> None:
    names = aiaas_mock.testing.__all__
    assert names == sorted(names)
    for name in names:
        assert getattr(aiaas_mock.testing, name).__doc__
    source = Path(inspect.getfile(aiaas_mock.testing)).read_text("utf-8")
    typed = [
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for alias in node.names
        if (node.module or "").startswith("aiaas_mock")
    ]
    assert sorted(typed) == names
    assert set(names) <= set(dir(aiaas_mock.testing))
    with pytest.raises(AttributeError):
        aiaas_mock.testing.nonsense  # noqa: B018
