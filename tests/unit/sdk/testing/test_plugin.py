"""The pytest plugin as a customer meets it, in pytest runs of its own."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import textwrap
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import aiaas.testing

pytest_plugins = ["pytester"]

GOOD = """
import pytest
from aiaas.testing import classification

@pytest.mark.parametrize("label", ["cat", "dog"])
def test_label(aiaas_fake, label):
    aiaas_fake.on("images.classify").answers(classification(label))
    assert aiaas_fake.client().images.classify(b"x").label == label
    aiaas_fake.assert_called("images.classify", times=1)
"""


RunPytest = Callable[..., pytest.RunResult]


def test_every_test_gets_a_fake_of_its_own(run_pytest: RunPytest) -> None:
    run_pytest(GOOD).assert_outcomes(passed=2)


@pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="needs pytest-xdist")
def test_tests_may_run_in_several_processes(run_pytest: RunPytest) -> None:
    run_pytest(GOOD, "-n", "2").assert_outcomes(passed=2)


def test_the_report_of_an_unexpected_call_is_its_message(run_pytest: RunPytest) -> None:
    code = "def test_it(aiaas_fake): aiaas_fake.client().models.retrieve('m')"
    result = run_pytest(textwrap.dedent(code))
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "E * models.retrieve was called, but this test does not say what it answers.",
            "E *   sent: model='m'",
            'E * Write, for instance: aiaas_fake.on("models.retrieve").answers()',
        ]
    )


def test_a_swallowed_unexpected_call_fails_the_test(run_pytest: RunPytest) -> None:
    code = """
    def test_it(aiaas_fake):
        try:
            aiaas_fake.client().models.retrieve("m")
        except BaseException:
            pass
    """
    run_pytest(textwrap.dedent(code)).assert_outcomes(passed=1, errors=1)


def test_a_failed_assertion_points_at_the_line_of_the_test(run_pytest: RunPytest) -> None:
    code = """
    def test_it(aiaas_fake):
        aiaas_fake.assert_called("images.embed")
    """
    result = run_pytest(textwrap.dedent(code))
    result.stdout.fnmatch_lines(["*images.embed should have been called at least once*"])
    result.stdout.no_fnmatch_line("*_fake.py:*")  # frames of the kit are hidden


def test_the_fixture_is_explained(run_pytest: RunPytest) -> None:
    result = run_pytest("", "--fixtures")
    result.stdout.fnmatch_lines(["*A fake deployment, new for every test*"])


LISTING = """
import json, pathlib, sys
def pytest_sessionfinish():
    pathlib.Path("loaded.json").write_text(json.dumps(list(sys.modules)))
"""


def test_a_run_that_does_not_use_it_loads_nothing_more(pytester: pytest.Pytester) -> None:
    def loaded(*options: str) -> set[str]:
        pytester.makeconftest(LISTING)
        pytester.makepyfile("def test_nothing(): pass")
        pytester.runpytest_subprocess("--collect-only", *options)
        return set(json.loads((pytester.path / "loaded.json").read_text()))

    # Plugins that others installed may load anything: what counts is the difference.
    without = loaded("-p", "no:aiaas")
    # Naming an installed plugin once more is an error of pytest's.
    installed = any(
        point.value == "aiaas.testing.plugin" for point in entry_points(group="pytest11")
    )
    assert loaded(*(() if installed else ("-p", "aiaas.testing.plugin"))) - without == {
        "aiaas",
        "aiaas.testing",
        "aiaas.testing.plugin",
    }


def test_the_profiles_of_whoever_runs_a_test_do_not_matter(
    run_pytest: RunPytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIAAS_PROFILE", "missing")
    run_pytest(GOOD).assert_outcomes(passed=2)


def test_the_exports_of_the_kit_are_complete_and_sorted() -> None:
    kit = aiaas.testing
    assert kit.__all__ == sorted(kit._HOMES)
    assert set(kit.__all__) <= set(dir(kit))
    for name in kit.__all__:
        assert inspect.getdoc(getattr(kit, name)) or name == "Answer"
    tree = ast.parse(Path(kit.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: statement.module.rpartition(".")[2]
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }
    assert seen == kit._HOMES
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kit.nothing
