"""The documentation names everything that there is, and what it names is there.

The rows of its tables are made here from the code: when a test fails, the row that it wants is in
the message, ready to be pasted.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import click
import pytest
import typer.main

import aiaas
import aiaas.middleware
import aiaas.testing
from aiaas._core.config import API_KEY_VARIABLE, BASE_URL_VARIABLE
from aiaas._core.errors import Phase
from aiaas._core.failures import CLASS_BY_CODE
from aiaas._core.options import CallOptions, ClientOptions
from aiaas._core.profiles import FILE_VARIABLE, PROFILE_VARIABLE, SETTINGS
from aiaas.cli._app import app
from aiaas.contract import headers
from aiaas.contract._base import RequestModel
from aiaas.contract._operation import Operation
from aiaas.contract.operations import all_operations
from aiaas.contract.problems import PROBLEMS, ProblemKind
from aiaas_mock.cli.commands import cli
from aiaas_mock.gateway.records import LogSink, Metrics, RequestRecord
from aiaas_mock.inference.cards import Card, read_card
from aiaas_mock.lab.contract.fault_kinds import KINDS, kind_of
from aiaas_mock.lab.contract.faults import FaultRule, Match
from aiaas_mock.lab.contract.operations import control_operations
from aiaas_mock.settings import ENV_PREFIX, Settings

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted(DOCS.glob("*.md"))
ALL_TEXT: Final = "\n".join(page.read_text("utf-8") for page in PAGES)
CONFIG: Final = (ROOT / "mkdocs.yml").read_text("utf-8")
BUNDLES: Final = ROOT / "mock_server" / "aiaas_mock" / "bundles"
CARDS: Final = [read_card(path.parent) for path in sorted(BUNDLES.glob("*/*/card.json"))]

_MACHINES_DEFAULT: Final = {
    "inference_threads": "2 (1 on a single core)",
    "decode_threads": "2 (1 on a single core)",
}
_LINK: Final = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADERS: Final = sorted(
    value for name, value in vars(headers).items() if name.isupper() and isinstance(value, str)
)


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def lines_of(name: str) -> list[str]:
    return text_of(name).splitlines()


# Tables


def setting_row(name: str) -> str:
    field = Settings.model_fields[name]
    default = _MACHINES_DEFAULT.get(name) or _written_default(field.default)
    flag = f"`--{name.replace('_', '-')}`"
    return f"| {flag} | `{ENV_PREFIX}{name.upper()}` | {default} | {field.description} |"


def _written_default(default: object) -> str:
    if default in (None, ()):
        return ""
    if isinstance(default, dict):
        return ", ".join(f"`{operation}={model}`" for operation, model in default.items())
    return f"`{default}`"


def problem_row(kind: ProblemKind) -> str:
    retried = "yes" if kind.retryable else ""
    name = CLASS_BY_CODE[kind.code].__name__
    return f"| `{kind.code}` | {kind.status} | {kind.title} | {kind.hint} | `{name}` | {retried} |"


def operation_row(operation: Operation[Any, Any]) -> str:
    scope = f"`{operation.scope}`" if operation.scope else "no key"
    request = f"`{operation.method} {operation.path}`"
    return f"| `{operation.name}` | {request} | {scope} | {operation.summary} |"


def fault_row(fault: type[RequestModel]) -> str:
    fields = [f"`{name}`" for name in fault.model_fields if name != "kind"]
    return f"| `{kind_of(fault)}` | {', '.join(fields)} | {fault.__doc__} |"


def model_row(card: Card) -> str:
    figures = "; ".join(f"{m.name} {m.value} ({m.variant}, {m.split})" for m in card.metrics)
    size_mb = sum(entry.size_bytes for entry in card.files.values()) / 1e6
    return f"| `{card.name}` | {card.summary} | {figures} | {size_mb:.1f} MB | {card.origin} |"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_has_its_row(name: str) -> None:
    assert setting_row(name) in lines_of("server.md")


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_code_has_its_row(code: str) -> None:
    assert problem_row(PROBLEMS[code]) in lines_of("errors.md")


@pytest.mark.parametrize("operation", list(all_operations()), ids=lambda operation: operation.name)
def test_every_operation_has_its_row(operation: Operation[Any, Any]) -> None:
    assert operation_row(operation) in lines_of("wire.md")


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_model_has_a_row_with_the_figures_of_its_card(card: Card) -> None:
    assert model_row(card) in lines_of("models.md")


@pytest.mark.parametrize("fault", KINDS, ids=kind_of)
def test_every_kind_of_fault_has_its_row(fault: type[RequestModel]) -> None:
    assert fault_row(fault) in lines_of("faults.md")


@pytest.mark.parametrize("operation", list(control_operations()), ids=lambda o: o.name)
def test_every_operation_of_the_lab_is_described(operation: Operation[Any, Any]) -> None:
    page = text_of("mock.md")
    assert re.search(
        rf"^\| .*`{operation.method}\b.*{re.escape(operation.path)}`", page, re.MULTILINE
    )


@pytest.mark.parametrize("name", list(FaultRule.model_fields) + list(Match.model_fields))
def test_every_field_of_a_fault_rule_is_explained(name: str) -> None:
    assert any(f"`{name}`" in row.split("|")[1] for row in _rows("faults.md"))


def test_no_table_has_a_row_of_something_that_is_not_there() -> None:
    settings = _first_cells("server.md", r"`--([\w-]+)` \| `AIAAS_MOCK_")
    assert settings == {name.replace("_", "-") for name in Settings.model_fields}
    assert _first_cells("errors.md", r"`(\w+)` \| \d{3} \|") == set(PROBLEMS)
    assert _first_cells("wire.md", r"`([\w.]+)` \| `[A-Z]+ /") == {o.name for o in all_operations()}
    shipped = {card.name for card in CARDS}
    assert _first_cells("models.md", r"`([\w-]+)` \| [^|]+\|[^|]+\| [\d.]+ MB \|") == shipped


def _first_cells(name: str, pattern: str) -> set[str]:
    return set(re.findall(rf"^\| {pattern}", text_of(name), re.MULTILINE))


@pytest.mark.parametrize("name", [name for name in Card.model_fields if name != "schema_version"])
def test_every_field_of_a_card_is_explained(name: str) -> None:
    cells = re.findall(r"^\| (`[^|]+`) \|", text_of("models.md"), re.MULTILINE)
    assert any(f"`{name}`" in cell for cell in cells)


# Names


@pytest.mark.parametrize("name", aiaas.__all__)
def test_every_public_name_of_the_sdk_is_in_the_reference(name: str) -> None:
    assert f"`{name}`" in text_of("reference.md")


@pytest.mark.parametrize("name", [*aiaas.middleware.__all__, *aiaas.testing.__all__])
def test_every_public_name_of_middleware_and_testing_kit_is_in_the_reference(name: str) -> None:
    assert f"`{name}`" in text_of("reference.md")


@pytest.mark.parametrize("name", _HEADERS)
def test_every_header_is_described(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| \S", text_of("wire.md"), re.MULTILINE)


def test_every_metric_is_described() -> None:
    exposed = re.findall(r"^# TYPE (\w+)", Metrics().render().decode(), re.MULTILINE)
    names = [name for name in exposed if not name.endswith("_created")]
    assert "aiaas_requests_total" in names
    assert [name for name in names if f"| `{name}` |" not in text_of("server.md")] == []


def test_every_field_of_a_log_line_is_described() -> None:
    fields = _logged_fields()
    assert {"request_id", "queue_ms", "code"} <= fields
    assert [name for name in sorted(fields) if f"`{name}`" not in text_of("server.md")] == []


def _logged_fields() -> set[str]:
    record = RequestRecord("req_1", "images.classify", namespace="default", code="overloaded")
    record.trace.model = "fashion-cnn@1"
    seen: set[str] = set()

    class Names:
        def info(self, event: str, **fields: object) -> None:
            seen.update(fields)

        def error(self, event: str, **fields: object) -> None:
            raise AssertionError(event)

    LogSink(Names())(record)
    return seen


@pytest.mark.parametrize("phase", get_args(Phase))
def test_every_phase_of_a_lost_connection_is_named(phase: str) -> None:
    assert f"`{phase}`" in text_of("errors.md")


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_setting_of_a_profile_is_named(name: str) -> None:
    assert f"`{name}`" in text_of("cli.md")


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_setting_of_a_profile_is_in_the_table_of_the_configuration(name: str) -> None:
    assert any(f"`{name}`" in row for row in _rows("configuration.md"))


@pytest.mark.parametrize("name", list(inspect.signature(aiaas.Client).parameters))
def test_every_argument_of_a_client_has_its_row(name: str) -> None:
    assert any(f"`{name}`" in row.split("|")[1] for row in _rows("configuration.md"))


@pytest.mark.parametrize(
    "name", [API_KEY_VARIABLE, BASE_URL_VARIABLE, FILE_VARIABLE, PROFILE_VARIABLE]
)
def test_every_variable_of_the_sdk_is_explained(name: str) -> None:
    assert f"`{name}`" in text_of("configuration.md")


def test_every_option_of_a_call_is_named() -> None:
    options = CallOptions.__annotations__.keys() | ClientOptions.__annotations__.keys()
    assert [name for name in options if f"`{name}`" not in text_of("configuration.md")] == []


@pytest.mark.parametrize("field", dataclasses.fields(aiaas.Retry), ids=lambda field: field.name)
def test_every_field_of_a_retry_policy_is_explained(field: dataclasses.Field[object]) -> None:
    in_tests_only = field.name in {"random", "clock"}
    rows = _rows("retries.md")
    assert in_tests_only or any(row.startswith(f"| `{field.name}` |") for row in rows)


def test_the_operations_with_an_idempotency_key_are_those_that_write() -> None:
    (row,) = (row for row in _rows("idempotency.md") if "sent, as they write" in row)
    named = set(re.findall(r"`([\w.]+)`", row))
    assert named == {o.name for o in all_operations() if o.effect == "write"}


def _rows(name: str) -> list[str]:
    return [line for line in lines_of(name) if line.startswith("| ")]


# Commands


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the commands of a group with their paths; click's own and typer's have one shape."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, leaf in inner.items():
        yield from _leaves(leaf, f"{path} {name}")


def _server_commands() -> Iterator[tuple[str, Any]]:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        yield from _leaves(cli.get_command(context, name), f"aiaas-mock {name}")


COMMANDS: Final = {
    **dict(_leaves(typer.main.get_command(app), "aiaas")),
    **dict(_server_commands()),
}


def test_the_commands_are_found() -> None:
    assert {"aiaas images classify", "aiaas ping", "aiaas-mock keys create"} <= COMMANDS.keys()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_all_its_options_are_described(path: str) -> None:
    page = text_of("server.md" if path.startswith("aiaas-mock") else "cli.md")
    assert re.search(rf"`{path}[` ]", page)
    parameters = COMMANDS[path].params
    options = [max(p.opts, key=len) for p in parameters if p.param_type_name == "option"]
    assert [option for option in options if not re.search(rf"`{option}[` ]", page)] == []


# Dependencies


def test_every_dependency_has_its_reason_and_nothing_else_has_one() -> None:
    cells = re.findall(r"^\| (`[^|]+`) \| \S", text_of("dependencies.md"), re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == _dependencies()


def _dependencies() -> set[str]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = content["project"]["optional-dependencies"].values()
    wanted = [
        *content["build-system"]["requires"],
        *content["project"]["dependencies"],
        *(line for lines in extras for line in lines),
    ]
    return {re.split(r"[\[<>=;\s]", line)[0] for line in wanted} - {"aiaas"}


# Pages and links


def test_every_page_is_in_the_navigation_and_the_navigation_has_no_other() -> None:
    named = re.findall(r"^ +- (?:[^:\n]+: )?([\w-]+\.md)$", CONFIG, re.MULTILINE)
    assert sorted(named) == [page.name for page in PAGES]


@pytest.mark.parametrize(
    "path",
    [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_the_links_of_a_page_lead_somewhere(path: Path) -> None:
    broken = [link for link in _LINK.findall(_prose(path)) if not _leads_somewhere(path, *link)]
    assert broken == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_begins_with_its_only_title(path: Path) -> None:
    titles = re.findall(r"^(?:# |--8<-- ).+$", _prose(path), re.MULTILINE)
    assert len(titles) == 1
    assert _prose(path).startswith(titles[0])


def test_the_configuration_takes_nothing_from_elsewhere() -> None:
    assert "font: false" in CONFIG
    assert "://" not in CONFIG


def _prose(path: Path) -> str:
    return re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def _leads_somewhere(page: Path, target: str, anchor: str) -> bool:
    path = page.parent / target if target else page
    if not path.exists():
        return False
    titles = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE) if anchor else []
    return not anchor or anchor in {_slug(title) for title in titles}


def _slug(title: str) -> str:
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower())
