"""The documentation names everything that there is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from aiaas.contract.operations import all_operations
from aiaas.contract.problems import PROBLEMS
from aiaas_mock.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
CARDS = sorted((ROOT / "mock_server" / "aiaas_mock" / "bundles").glob("*/*/card.json"))


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"`--{name.replace('_', '-')}`" in page("server.md")
    assert f"`AIAAS_MOCK_{name.upper()}`" in page("server.md")


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_code_is_described_with_its_status(code: str) -> None:
    assert f"| `{code}` | {PROBLEMS[code].status} |" in page("errors.md")


def test_every_operation_is_described() -> None:
    text = page("wire.md")
    missing = [op.name for op in all_operations() if f"`{op.method} {op.path}`" not in text]
    assert missing == []


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.parts[-3])
def test_every_model_is_shown_with_the_figures_of_its_card(card: Path) -> None:
    content = json.loads(card.read_text("utf-8"))
    (row,) = re.findall(rf"^\| `{content['name']}` \|.*$", page("models.md"), re.MULTILINE)
    for metric in content["metrics"]:
        assert f"{metric['name']} {metric['value']} ({metric['variant']}" in row


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for lines in extras for line in lines)]
    names = {re.split(r"[\[<>=;]", line)[0] for line in wanted} - {"aiaas"}
    text = page("dependencies.md")
    assert [name for name in sorted(names) if name not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_page_is_in_the_navigation_and_its_links_lead_somewhere(path: Path) -> None:
    assert f": {path.name}\n" in (ROOT / "mkdocs.yml").read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_the_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
