"""What the documentation shows can be done: its snippets, commands and examples are run.

They run in a folder of their own that has the repository's `examples` and `README.md`, against one
server that accepts the README's key.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
import typer.main

from aiaas import Client
from aiaas.cli._app import app
from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.settings import Settings

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ["README.md", *(f"docs/{page.name}" for page in sorted(ROOT.glob("docs/*.md")))]
KEY: Final = "sk_mock_default_readme-example"
DEFAULT_URL: Final = "http://127.0.0.1:8080"

_TIMEOUT_S: Final = 60
_WITHOUT_A_SERVER: Final = {"docs/testing.md"}  # tests/unit/sdk/testing/test_docs.py runs these
_RUN_FOR_REAL: Final = (
    "aiaas config profiles",
    "aiaas config set base_url http://127.0.0.1:8080 ",
    "aiaas files create README.md ",
    "aiaas files list ",
    "aiaas images ",
    "aiaas models ",
    "aiaas recommendations ",
    "aiaas text ",
    "aiaas-mock evaluate imagenet-mobilenet-v2 ",
    "aiaas-mock keys ",
    "aiaas-mock lab ",
    "aiaas-mock models",
    "aiaas-mock verify ",
)
_READS_NOTHING: Final = ("curl ", "printf ")


def snippets(page: str, language: str) -> list[str]:
    """Return the code blocks of a page whose whole first line is `language`."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(*, language: str = "bash") -> Iterator[tuple[str, str]]:
    """Yield page and text of every shell command; lines that go on are joined."""
    for page in PAGES:
        for block in snippets(page, language):
            for line in re.split(r"\n(?!    |  )", re.sub(r"(\\|\|)\n\s*", _joint, block)):
                command = re.sub(r"\s+#.*", "", line).strip()
                if command:
                    yield page, command


def _joint(end: re.Match[str]) -> str:
    return " " if end[1] == "\\" else "| "


def cases(found: list[tuple[str, str]]) -> list[Any]:
    return [pytest.param(text, id=f"{page}:{number}") for number, (page, text) in enumerate(found)]


ALL_COMMANDS: Final = list(commands())
PYTHON: Final = [
    (page, code)
    for page in PAGES
    if page not in _WITHOUT_A_SERVER
    for code in snippets(page, "python")
]
HTTP: Final = [(page, text) for page, text in ALL_COMMANDS if text.startswith(_READS_NOTHING)]
OURS: Final = [
    (page, text)
    for language in ("bash", "sh")
    for page, text in commands(language=language)
    if text.startswith(("aiaas ", "aiaas-mock "))
]
RUN: Final = [(page, text) for page, text in ALL_COMMANDS if text.startswith(_RUN_FOR_REAL)]


@pytest.fixture(scope="session")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The server of the README, on a free port."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("AIAAS_")}
    with ServerProcess("--api-key", KEY, env=environment) as server:
        server.wait_for_log('"ready"', timeout_s=30)
        yield server


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the snippets run, one after another, as a reader would."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("examples", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    (profiles,) = snippets("docs/configuration.md", "toml")
    (folder / "config.toml").write_text(profiles, "utf-8")
    return folder


@pytest.fixture(scope="session")
def environment(documented: ServerProcess, folder: Path) -> dict[str, str]:
    """What the line that the server prints would set, and nothing of this machine's user."""
    (key_id,) = re.findall(r"^keys: (\S+)$", documented.log, re.MULTILINE)
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("AIAAS_")}
    return {
        **inherited,
        "AIAAS_BASE_URL": documented.url,
        "AIAAS_API_KEY": KEY,
        "AIAAS_CLIENT_ID": key_id,
        "AIAAS_CONFIG": str(folder / "config.toml"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


class Reader:
    """Does what the documentation says."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment

    def run(self, *command: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def shell(self, line: str) -> str:
        return self.run(
            "bash", "-euc", line.replace(DEFAULT_URL, self._environment["AIAAS_BASE_URL"])
        )

    def python(self, code: str) -> str:
        return self.run(sys.executable, "-W", "error", "-c", code)


@pytest.fixture(scope="session")
def reader(folder: Path, environment: dict[str, str]) -> Reader:
    return Reader(folder, environment)


# Python


@pytest.mark.parametrize("code", cases(PYTHON))
def test_every_python_snippet_runs(code: str, reader: Reader) -> None:
    reader.python(code)


def test_the_readmes_snippets_say_cat_and_recommend(reader: Reader) -> None:
    pictures, _, shop = snippets("README.md", "python")
    assert "Egyptian cat" in reader.python(pictures)
    assert len(reader.python(shop).splitlines()) == 3


def test_the_quick_start_names_both_animals(reader: Reader) -> None:
    _, asynchronous, _ = snippets("docs/index.md", "python")
    assert reader.python(asynchronous) == "Egyptian cat and macaw\n"


def test_a_bundle_made_as_the_page_says_is_served(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (code,) = snippets("docs/models.md", 'python title="make_bundle.py"')
    Reader(tmp_path, environment).python(code)
    models = str(tmp_path / "my-models")
    options = ("--models", models, "--warm", "my-shoes", "--default", "images.classify=my-shoes")
    with (
        ServerProcess("--api-key", KEY, *options) as server,
        Client(KEY, base_url=server.url) as client,
    ):
        boot = client.images.classify(ROOT / "examples" / "photos" / "fashion_ankle_boot.png")
    assert (boot.label, boot.model) == ("boot", "my-shoes@1")


def test_what_a_page_says_a_snippet_prints_is_printed(reader: Reader) -> None:
    replayed, _, reused = snippets("docs/idempotency.md", "python")
    assert reader.python(replayed) == "True True\n"
    assert reader.python(reused) == "idempotency_key_reused\n"
    (budget,) = (code for code in snippets("docs/retries.md", "python") if "__notes__" in code)
    assert f"`{reader.python(budget).strip()}`" in (ROOT / "docs" / "retries.md").read_text("utf-8")


def test_what_the_page_of_the_mock_says_is_printed_is(reader: Reader) -> None:
    apart, limited = snippets("docs/mock.md", "python")
    reader.shell("aiaas-mock lab reset --namespace checkout")
    assert reader.python(apart) == "1 0\n"
    assert reader.python(limited) == "rate_limited\n"
    (flaky,) = snippets("docs/faults.md", "python")
    assert reader.python(flaky) == "clothing\n2 connections were reset on the way\n"


def test_the_recorded_answer_is_the_one_that_the_page_says(reader: Reader) -> None:
    (recorded,) = snippets("docs/mock-recordings.md", "python")
    assert reader.python(recorded) == "positive\n"


def test_the_profiles_on_the_page_of_the_configuration_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AIAAS_API_KEY", "AIAAS_BASE_URL", "AIAAS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIAAS_CONFIG", str(folder / "config.toml"))
    with Client() as default, Client(profile="staging") as staging:
        assert default.base_url == "https://ai.example.com"
        assert staging.base_url == "https://staging.example.com"


# HTTP


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("line", cases(HTTP))
def test_every_curl_command_gets_the_answer_it_is_there_for(line: str, reader: Reader) -> None:
    answer = reader.shell(line.replace("curl ", "curl -sS -w '\\n%{http_code}' "))
    body, _, status = answer.rpartition("\n")
    assert status == ("401" if "not-a-key" in line else "200")
    assert isinstance(json.loads(body), dict)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_readmes_curl_command_says_cat(reader: Reader) -> None:
    (line,) = (text for page, text in HTTP if page == "README.md")
    assert "Egyptian cat" in reader.shell(f"{line} -sS")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_answers_on_the_page_of_the_wire_are_what_is_answered(reader: Reader) -> None:
    batch, refusal = (json.loads(text) for text in snippets("docs/wire.md", "json"))
    lines = [text for page, text in HTTP if page == "docs/wire.md"]
    (multipart,) = (text for text in lines if "-F inputs" in text)
    (unknown_key,) = (text for text in lines if "not-a-key" in text)
    assert _without_ids(json.loads(reader.shell(f"{multipart} -sS"))) == _without_ids(batch)
    assert _without_ids(json.loads(reader.shell(f"{unknown_key} -sS"))) == _without_ids(refusal)


def _without_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {k: value for k, value in body.items() if k not in {"id", "instance", "request_id"}}


# Commands


@pytest.mark.parametrize("line", cases(RUN))
def test_commands_that_end_by_themselves_run(line: str, reader: Reader) -> None:
    _prepare(line, reader)
    assert reader.shell(f"{{ {line}; }} 2>&1")  # some say what they did on standard error


def _prepare(line: str, reader: Reader) -> None:
    """Do what the page has the reader do before this command, in case no other test did."""
    if "--models my-models" in line and not (reader.folder / "my-models").exists():
        (code,) = snippets("docs/models.md", 'python title="make_bundle.py"')
        reader.python(code)
    if "import examples/shop_events.csv" in line:
        reader.shell("aiaas recommendations items import examples/shop_items.csv")
    if "keys list" in line and not (reader.folder / "keys.json").exists():
        reader.shell(next(text for _, text in RUN if " keys create " in text))
    if "lab recordings " in line:
        _prepare_recordings(line, reader)


def _prepare_recordings(line: str, reader: Reader) -> None:
    """Have a recording in a file and in its namespace, or one that is being made."""
    start, stop, *_, save = (text for _, text in RUN if re.search(r"s (start|stop|save) ", text))
    reader.shell("aiaas-mock lab reset recordings --namespace shop")
    if " start " not in line:
        reader.shell(start)
    if " stop " not in line and " start " not in line:
        reader.shell(f"{stop} && {save}")


@pytest.mark.parametrize("line", cases(OURS))
def test_every_command_and_option_that_is_shown_exists(line: str) -> None:
    words = shlex.split(line.partition(" | ")[0])
    command, path = _find(words)
    known = {option for parameter in command.params for option in parameter.opts}
    given = {word for word in words[len(path) :] if word.startswith("--")}
    assert given - known == set()


def _find(words: list[str]) -> tuple[Any, list[str]]:
    if words[0] == "aiaas":
        command: Any = typer.main.get_command(app)
    else:
        command = cli
    path = words[:1]
    context = click.Context(cli)
    for word in words[1:]:
        if not hasattr(command, "get_command"):
            break
        inner = command.get_command(context, word)
        if inner is None:
            assert word.startswith("--"), f"{path} has no command {word}"
            break
        command = inner
        path.append(word)
    return command, path


def test_the_settings_file_on_the_page_of_the_server_is_read(tmp_path: Path) -> None:
    (text,) = snippets("docs/server.md", "toml")
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    settings = Settings.load(tmp_path / "settings.toml")
    assert settings.port == 9000
    assert settings.warm == ("clothing", "fashion-resnet")
    assert settings.default["images.classify"] == "clothing"


def test_defaults_in_the_environment_are_written_as_the_page_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (ROOT / "docs" / "server.md").read_text("utf-8")
    (value,) = re.findall(r"^`AIAAS_MOCK_DEFAULT=([^`]+)`", text, re.MULTILINE)
    monkeypatch.setenv("AIAAS_MOCK_DEFAULT", value)
    assert Settings().default["images.classify"] == "clothing"
    assert Settings().default["text.sentiment:fr"] == "my-french-model"


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    there = set(
        re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    assert named <= there


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("docs/text.md", r".*\w.* (stop|length) [1-9]\d*\n.*\w.*\n(stop|length) 2\n"),
        ("docs/streaming.md", r".*\w.*\n(stop|length) [1-9]"),
    ],
)
def test_the_texts_that_a_page_generates_are_not_empty(
    page: str, written: str, reader: Reader
) -> None:
    (code,) = (code for code in snippets(page, "python") if "seed=2" in code)
    assert re.match(written, reader.python(code))


# Examples

EXAMPLES: Final[dict[str, tuple[list[str], list[str]]]] = {
    "auth": ([], ["token: default"]),
    "classify": ([], ["cat.jpg: Egyptian cat"]),
    "configuration": (
        [],
        [
            "'default': https://ai.",
            "name: https://staging.",
            "environment: https://from-the-environment.",
            "argument: https://argument.",
            "refused: No API key in the profile 'keyless', which has a base_url",
            "'production' in config.toml; it has default, keyless, staging.",
        ],
    ),
    "demo": ([], ["Egyptian cat", "Ankle boot"]),
    "faults": (
        [],
        [
            "reset, met 2 times -> clothing",
            "overloaded, met 2 times -> clothing",
            "quota, met 1 times -> RateLimitError",
            "timeout, met 2 times -> clothing",
        ],
    ),
    "files": (["README.md"], ["deleted True"]),
    "generate": ([], ["In the morning", "tokens, seed 2"]),
    "intent_routing": ([], ["stole my credit card"]),
    "idempotency": ([], ["the same: True - a stored answer: True", "idempotency_key_reused"]),
    "middleware": ([], ["cat.jpg: Egyptian cat"]),
    "other_clients": ([], ["Triton: Ankle boot 1.000", "class 9 1.000", "0.", "not delivered"]),
    "paging": ([], ["one page: clothing@1, emotions@1\n", "parsed: clothing"]),
    "redact_logs": ([], ["[EMAIL]", "[CREDIT_CARD]", "ConnectionError: no answer from [IP_ADD"]),
    "review_triage": ([], ["zh", "negative", "positive"]),
    "retries": (["examples/photos/cat.jpg"], ["Egyptian cat"]),
    "shop": (
        [],
        ["catalogue: ", "Ada is new here", "events erased, ers_", "answers everybody from now on"],
    ),
    "search": ([], ["clothing_dress.jpg"]),
    "semantic_search_text": ([], ["of 5000 documents"]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run_and_say_something_sensible(name: str, reader: Reader) -> None:
    arguments, expected = EXAMPLES[name]
    said = reader.run(sys.executable, "-W", "error", f"examples/{name}.py", *arguments)
    assert [text for text in expected if text not in said] == []


def test_the_text_that_the_example_generates_is_not_empty(reader: Reader) -> None:
    said = reader.run(sys.executable, "examples/generate.py")
    assert re.match(r"In the morning.*\w.*\n\[[1-9]", said)


def test_the_nearest_picture_to_shoes_is_found(reader: Reader) -> None:
    first, *_ = reader.run(sys.executable, "examples/search.py").splitlines()
    assert re.fullmatch(r"[01]\.\d{3}  \S+\.(jpg|png)", first)


def test_no_example_is_left_out() -> None:
    found = {path.stem for path in ROOT.glob("examples/*.py")}
    # pytest runs this one; tests/unit/sdk/testing/test_docs.py sees to it.
    assert found - {"test_my_code"} == set(EXAMPLES)
