"""The pages on the kit and the command line say what is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aiaas.cli._app import app

pytest_plugins = ["pytester"]

RunPytest = Callable[..., pytest.RunResult]

ROOT = Path(__file__).parents[4]
TESTING = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
FILES = re.findall(r'```python title="(test_\w+\.py)"\n(.*?)```', TESTING, re.DOTALL)
SNIPPETS = re.findall(r"```python\n(.*?)```", TESTING, re.DOTALL)


@pytest.mark.parametrize(("name", "code"), FILES, ids=[name for name, _ in FILES])
def test_the_test_files_of_the_page_pass(run_pytest: RunPytest, name: str, code: str) -> None:
    result = run_pytest(code, name=name)
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == code.count("def test_")


def test_the_example_of_a_customers_test_passes(run_pytest: RunPytest) -> None:
    result = run_pytest((ROOT / "examples" / "test_my_code.py").read_bytes())
    result.assert_outcomes(passed=3)


@pytest.mark.parametrize("code", SNIPPETS)
def test_the_other_snippets_of_the_page_run(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "docs/testing.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "cat\n"


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", CLI, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`(aiaas [^`]+)`", CLI)
    found = [line.partition("|")[0].strip() for line in lines + inline]
    return [line for line in found if line.startswith("aiaas ") and "COMMAND" not in line]


@pytest.mark.parametrize("line", commands())
def test_the_commands_of_the_page_exist(line: str) -> None:
    words = shlex.split(line)[1:]
    named = [word for word in words[:2] if word.isidentifier() and word.islower()]
    options = {word for word in words if word.startswith("--")}
    told = CliRunner().invoke(app, [*named, "--help"])
    assert told.exit_code == 0, told.output
    assert all(option in told.stdout for option in options)
