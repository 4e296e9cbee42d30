"""What the documentation shows can be done: its snippets and examples, run against a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aiaas_mock.conformance import ServerProcess

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *(f"docs/{name}.md" for name in ("index", "images", "errors", "files"))]
README_KEY = "sk_mock_default_readme-example"


def snippets(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


PYTHON = [
    pytest.param(code, id=f"{page}:{number}")
    for page in PAGES
    for number, code in enumerate(snippets(page, "python"))
]


def run(command: list[str], live: ServerProcess, api_key: str) -> str:
    environment = {**os.environ, "AIAAS_BASE_URL": live.url, "AIAAS_API_KEY": api_key}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", PYTHON)
def test_every_python_snippet_runs(code: str, live: ServerProcess, api_key: str) -> None:
    assert run([sys.executable, "-c", code.replace(README_KEY, api_key)], live, api_key)


def test_the_readmes_snippet_says_cat(live: ServerProcess, api_key: str) -> None:
    (code,) = snippets("README.md", "python")
    out = run([sys.executable, "-c", code.replace(README_KEY, api_key)], live, api_key)
    assert "Egyptian cat" in out


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_readmes_curl_command_says_cat(live: ServerProcess, api_key: str) -> None:
    (command,) = (code for code in snippets("README.md", "bash") if code.startswith("curl"))
    command = command.replace(README_KEY, api_key).replace("http://127.0.0.1:8080", live.url)
    assert "Egyptian cat" in run(["bash", "-c", command], live, api_key)


@pytest.mark.parametrize("command", ["demo", "test", "bench", "docs", "lint", "sync"])
def test_every_make_target_that_is_named_exists(command: str) -> None:
    assert re.search(rf"^{command}:.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_demo_shows_a_table_and_stops(live: ServerProcess, api_key: str) -> None:
    out = run([sys.executable, "examples/demo.py"], live, api_key)
    assert "Egyptian" in out
    assert "Ankle boot" in out


@pytest.mark.parametrize(
    ("example", "expected"),
    [("classify", "cat.jpg: Egyptian cat"), ("search", "clothing_dress.jpg")],
)
def test_examples_run(example: str, expected: str, live: ServerProcess, api_key: str) -> None:
    assert expected in run([sys.executable, f"examples/{example}.py"], live, api_key)
