"""The ``aiaas`` command, from arguments to exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import typer
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli import main
from aiaas.cli._app import app
from aiaas.cli._output import print_table
from aiaas.contract.problems import problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

MODEL = {
    "id": "small@1",
    "name": "small",
    "version": "1",
    "task": "image-classification",
    "operations": ["images.classify"],
    "default_for": ["images.classify"],
    "aliases": ["s"],
    "variants": ["float32", "int8"],
    "summary": "Small [bold] model.",
    "origin": "trained-by-us",
    "licence": "Apache-2.0",
    "limits": "Not for people.",
    "parameters": 93322,
    "metrics": [
        {"name": "accuracy", "split": "test", "value": 0.9, "variant": "int8", "command": "x"}
    ],
    "labels": [f"label {index}" for index in range(25)],
    "loaded": True,
    "created": "2026-01-01",
}


class Command:
    """Runs the command against a cloud made of a script."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.made: list[tuple[str | None, str | None]] = []

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), obj=self.make_client)

    def make_client(
        self, api_key: str | None, *, base_url: str | None, profile: str | None
    ) -> aiaas.Client:
        self.made.append((api_key, base_url))
        transport = httpx.MockTransport(self.cloud._answer)
        return aiaas.Client(
            api_key or "key",
            base_url=base_url or "http://cloud.test",
            http_client=httpx.Client(transport=transport),
            sleep=self.cloud.sleeps.append,
        )


@pytest.fixture
def aiaas_command(sync_cloud: Cloud) -> Command:
    return Command(sync_cloud)


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.png" for name in ("cat", "dog")]
    for path in paths:
        path.write_bytes(path.stem.encode())
    return [str(path) for path in paths]


def json_lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_photos_are_classified_in_a_table(aiaas_command: Command, photos: list[str]) -> None:
    result = aiaas_command("images", "classify", *photos)

    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header.split() == ["picture", "label", "score", "model", "time"]
    assert [row.split()[1:4] for row in rows] == [
        ["cat", "0.750", "small@1"],
        ["dog", "0.750", "small@1"],
    ]
    assert "\x1b" not in result.stdout  # no colour when nobody looks


def test_a_terminal_gets_the_width_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    print_table(("name", "text"), [("a", "word " * 20)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert "\x1b[1m" in lines[0]  # a bold header


def test_options_reach_the_deployment(aiaas_command: Command, photos: list[str]) -> None:
    options = ["--model", "m", "--top-k", "2", "--min-score", "0.5"]
    place = ["--api-key", "other", "--base-url", "http://other.test"]
    aiaas_command("images", "classify", photos[0], *options, *place)

    request = aiaas_command.cloud.requests[0]
    assert dict(request.url.params) == {"model": "m", "top_k": "2", "min_score": "0.5"}
    assert aiaas_command.made == [("other", "http://other.test")]


def test_several_labels_are_several_rows(aiaas_command: Command, photos: list[str]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = aiaas_command.cloud._infer(request).json()
        body["results"][0]["predictions"] += [{"label": "lynx [wild]", "score": 0.125}]
        return aiaas_command.cloud.json(body)

    aiaas_command.cloud.answers(answer)
    result = aiaas_command("images", "classify", photos[0])
    assert result.stdout.splitlines()[2].split() == ["lynx", "[wild]", "0.125"]


def test_no_label_above_the_least_score_is_a_dash(
    aiaas_command: Command, photos: list[str]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = aiaas_command.cloud._infer(request).json()
        body["results"][0]["predictions"] = []
        return aiaas_command.cloud.json(body)

    aiaas_command.cloud.answers(answer)
    result = aiaas_command("images", "classify", photos[0])
    assert result.stdout.splitlines()[1].split()[1:3] == ["-", "small@1"]


def test_json_is_one_object_a_line(aiaas_command: Command, photos: list[str]) -> None:
    found = json_lines(aiaas_command("images", "classify", "--json", *photos))
    assert [line["picture"] for line in found] == photos
    assert found[0]["predictions"] == [{"label": "cat", "score": 0.75}]
    assert (found[0]["model"], found[0]["request_id"]) == ("small@1", "req_json")


def test_photos_are_embedded(aiaas_command: Command, photos: list[str]) -> None:
    result = aiaas_command("images", "embed", photos[0])
    assert "1.000, 0.000" in result.stdout
    found = json_lines(aiaas_command("images", "embed", photos[0], "--json", "--dimensions", "2"))
    assert found[0]["embedding"] == [1.0, 0.0]


def test_photos_that_cannot_be_used_are_named_and_the_others_answered(
    aiaas_command: Command, photos: list[str]
) -> None:
    envelope = {"id": "a", "object": "o", "model": "m@1", "usage": {"inputs": 0}}
    item = {"index": 0, "error": problem("invalid_image", "Truncated.").model_dump(mode="json")}
    aiaas_command.cloud.answers(aiaas_command.cloud.json({**envelope, "results": [item]}))

    result = aiaas_command("images", "classify", photos[0], "missing.png", photos[1])

    assert result.exit_code == 4
    assert "dog" in result.stdout
    assert f"error: {photos[0]}: Truncated." in result.stderr
    assert "error: missing.png: No such file or directory" in result.stderr


def test_models_are_listed(aiaas_command: Command) -> None:
    page = {"data": [MODEL], "has_more": False}
    aiaas_command.cloud.answers(*(aiaas_command.cloud.json(page) for _ in range(2)))

    row = aiaas_command("models", "list").stdout.splitlines()[1]
    assert "small@1" in row
    assert "93,322" in row
    assert "Small [bold] model." in row
    assert json_lines(aiaas_command("models", "list", "--json"))[0]["id"] == "small@1"


def test_a_model_is_described(aiaas_command: Command) -> None:
    aiaas_command.cloud.answers(*(aiaas_command.cloud.json(MODEL) for _ in range(2)))

    text = aiaas_command("models", "show", "small").stdout
    assert "Not for people." in text
    assert "0.9 on test (int8)" in text
    assert "and 5 more" in text
    assert len(json_lines(aiaas_command("models", "show", "small", "--json"))[0]["labels"]) == 25


def test_an_unknown_size_is_left_out(aiaas_command: Command) -> None:
    small = MODEL | {"parameters": None, "labels": None}
    page = {"data": [small], "has_more": False}
    aiaas_command.cloud.answers(aiaas_command.cloud.json(small), aiaas_command.cloud.json(page))
    assert "None" not in aiaas_command("models", "show", "small").stdout
    assert "None" not in aiaas_command("models", "list").stdout


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ("model_not_found", 1, "Hint: GET /v1/models lists the models"),
        ("internal_error", 1, "request req_problem"),
        (httpx.ConnectError("refused"), 3, "Could not connect to cloud.test"),
        (httpx.Response(200, html="<h1>hello</h1>"), 1, "text/html"),
    ],
)
def test_a_failure_is_a_few_lines_and_a_status(
    aiaas_command: Command, answer: Any, status: int, words: str
) -> None:
    cloud = aiaas_command.cloud
    cloud.answers(*[cloud.problem(answer) if isinstance(answer, str) else answer] * 3)

    result = aiaas_command("models", "show", "small")

    assert result.exit_code == status
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) <= 3


def test_a_missing_key_is_wrong_usage() -> None:
    result = CliRunner().invoke(app, ["models", "list"])
    assert result.exit_code == 2
    assert "AIAAS_API_KEY" in result.stderr
    assert result.stderr.endswith("aiaas config set api_key\n")


@pytest.mark.parametrize(
    "arguments",
    [["images", "classify"], ["models", "show"], ["images", "classify", "x", "--top-k", "0"]],
)
def test_wrong_usage_has_a_status_of_its_own(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_the_help_says_what_the_statuses_mean() -> None:
    help_text = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    assert "4 some of the inputs could not be used" in help_text


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"aiaas {aiaas.__version__}\n"


def exit_status(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["aiaas", *arguments])
    with pytest.raises(SystemExit) as info:
        main()
    return info.value.code


def test_the_console_script_runs_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_status(monkeypatch, "--version") == 0
    assert capsys.readouterr().out.startswith("aiaas ")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_a_missing_extra_is_a_line_to_run(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # With None in its place, Python treats a package as one that is not installed.
    monkeypatch.setitem(sys.modules, package, None)
    assert exit_status(monkeypatch, "models", "list") == 2
    line = f"The command line needs {package}. Run: pip install 'aiaas[cli]'\n"
    assert capsys.readouterr().err == line


def test_asking_for_help_loads_no_client() -> None:
    code = (
        "import sys\nsys.argv = ['aiaas', '--help']\nimport aiaas.cli\n"
        "try: aiaas.cli.main()\n"
        "except SystemExit: print([m for m in ('httpx', 'pydantic') if m in sys.modules])"
    )
    assert run(code).stdout.splitlines()[-1] == "[]"


def test_no_table_is_printed_when_no_photo_could_be_used(aiaas_command: Command) -> None:
    for command in ("classify", "embed"):
        result = aiaas_command("images", command, "missing.png")
        assert (result.exit_code, result.stdout) == (4, "")


def test_an_argument_that_is_not_allowed_is_wrong_usage(aiaas_command: Command) -> None:
    result = aiaas_command("models", "show", "")
    assert result.exit_code == 2
    assert result.stderr == "error: name must have at least 1 character; got ''\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("images", "classify", "x", "--top-k", "many"), "'--top-k': must be a whole number"),
        (("images", "classify", "x", "--top-k", "0"), "'--top-k': must be 1 or more"),
        (("jobs", "list", "--status", "lost"), "'--status': 'lost' is not one of 'queued', "),
    ],
)
def test_an_option_that_cannot_be_is_told_in_plain_words(
    aiaas_command: Command, arguments: tuple[str, ...], words: str
) -> None:
    result = aiaas_command(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_refusal_of_our_own_keeps_its_words() -> None:
    refusing = typer.Typer(cls=app.info.cls, rich_markup_mode=None)

    @refusing.callback()
    def root() -> None:
        """Have commands."""

    @refusing.command()
    def refuse() -> None:
        """Refuse."""
        raise typer.BadParameter("not on a Sunday")

    assert "not on a Sunday" in CliRunner().invoke(refusing, ["refuse"]).output


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that leads to nobody, and a key and an address of another deployment."""
    file = tmp_path / "config.toml"
    file.write_text("[profiles.'my team']\nbase_url = 'http://127.0.0.1:1'\ntimeout_s = 1\n")
    monkeypatch.setenv("AIAAS_CONFIG", str(file))
    monkeypatch.setenv("AIAAS_API_KEY", "key-of-another")
    monkeypatch.setenv("AIAAS_BASE_URL", "http://another.test")


@pytest.mark.usefixtures("profiles")
def test_a_profile_that_is_named_comes_before_the_environment() -> None:
    result = CliRunner().invoke(app, ["models", "list", "--profile", "my team"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: No API key in the profile 'my team'")
    assert result.stderr.endswith("aiaas config set api_key --profile 'my team'\n")
    given = CliRunner().invoke(app, ["models", "list", "--profile", "my team", "--api-key", "k"])
    assert "127.0.0.1:1" in given.stderr
    assert "127.0.0.1:1" in CliRunner().invoke(app, ["ping", "--profile", "my team"]).stderr


@pytest.mark.usefixtures("profiles")
def test_variables_count_on_the_command_line_and_the_help_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIAAS_BASE_URL", "http://127.0.0.1:2")
    assert "127.0.0.1:2" in CliRunner().invoke(app, ["models", "list"]).stderr
    monkeypatch.delenv("AIAAS_BASE_URL")
    monkeypatch.setenv("AIAAS_PROFILE", "my team")
    assert "127.0.0.1:1" in CliRunner().invoke(app, ["models", "list"]).stderr
    help_text = CliRunner().invoke(app, ["models", "list", "--help"]).stdout
    for name in ("AIAAS_API_KEY", "AIAAS_BASE_URL", "AIAAS_PROFILE"):
        assert f"[env var: {name}]" in " ".join(help_text.split())
