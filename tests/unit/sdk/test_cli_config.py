"""``aiaas config`` and the profiles that it writes."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aiaas.cli._app import app
from aiaas.cli._profile_file import path_of_file, profile_names, shown, write_profiles

KEY = "sk_live_default_0123456789abcdef"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file that does not exist yet."""
    path = tmp_path / "made" / "config.toml"
    monkeypatch.setenv("AIAAS_CONFIG", str(path))
    monkeypatch.delenv("AIAAS_PROFILE", raising=False)
    return path


def config(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["config", *arguments], input=typed)


def written(file: Path) -> Any:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_a_setting_is_written_into_a_file_that_only_its_user_reads(file: Path) -> None:
    result = config("set", "base_url", "https://ai.example.com")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"base_url of profile default is set in {file}\n"
    assert written(file) == {"profiles": {"default": {"base_url": "https://ai.example.com"}}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_a_file_that_others_could_read_no_longer_can(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("")
    file.chmod(0o644)
    config("set", "api_key", KEY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_other_settings_and_profiles_stay(file: Path) -> None:
    config("set", "base_url", "http://a")
    config("set", "timeout_s", "2.5")
    config("set", "base_url", "http://b", "--profile", "my team")
    assert written(file)["profiles"] == {
        "default": {"base_url": "http://a", "timeout_s": 2.5},
        "my team": {"base_url": "http://b"},
    }


def test_a_key_is_asked_for_and_shown_only_by_its_end(file: Path) -> None:
    asked = config("set", "api_key", typed=f"{KEY}\n")
    assert written(file)["profiles"]["default"] == {"api_key": KEY}
    outputs = [asked, config("get", "api_key"), config("list"), config("list", "--json")]
    assert outputs[1].stdout == "***cdef\n"
    assert json.loads(outputs[3].stdout) == {"api_key": "***cdef"}
    assert not any(KEY in output.output for output in outputs)
    assert shown("api_key", "short") == "***"
    assert shown("proxy", "http://me:hush@proxy:3128") == "http://***@proxy:3128"


@pytest.mark.parametrize("value", ['a "quoted" \\ one', "tab\tand\nline", "ünï", "del\x7f"])
def test_whatever_is_set_is_read_back(file: Path, value: str) -> None:
    assert config("set", "scope", value).exit_code == 0
    assert written(file)["profiles"]["default"]["scope"] == value


def test_settings_can_be_read_and_taken_out(file: Path) -> None:
    config("set", "base_url", "http://a")
    config("set", "timeout_s", "3")
    assert config("get", "base_url").stdout == "http://a\n"
    assert json.loads(config("get", "timeout_s", "--json").stdout) == {"timeout_s": 3.0}
    assert config("unset", "base_url").exit_code == 0
    assert config("get", "base_url").exit_code == 1
    config("unset", "timeout_s")
    assert written(file) == {}


def test_profiles_are_listed(file: Path) -> None:
    write_profiles(file, {"default": {"base_url": "http://a"}, "other": {"timeout_s": 1}})
    rows = [line.split() for line in config("profiles").stdout.splitlines()]
    assert rows == [["profile", "base_url"], ["default", "http://a"], ["other", "-"]]
    assert json.loads(config("profiles", "--json").stdout.splitlines()[1]) == {
        "profile": "other",
        "base_url": None,
    }
    assert profile_names("o") == ["other"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["set", "colour", "red"], 2, "there is no setting 'colour'; there are api_key, base_url"),
        (["set", "timeout_s", "long"], 2, "timeout_s must be a number; got 'long'"),
        (["set", "deadline_s", "-3"], 2, "deadline_s must be a positive number of seconds; got -3"),
        (["set", "timeout_s", "nan"], 2, "timeout_s must be a positive number of seconds; got nan"),
        (["set", "base_url", "nonsense"], 2, "The base URL must look like"),
        (["set", "base_url", "http://a/v1"], 2, "The base URL must end before '/v1'"),
        (["set", "api_key", "two words"], 2, "The API key has white space"),
        (["set", "client_secret", ""], 2, "An API key is text and not empty"),
        (["get", "base_url"], 2, "there is no profile 'default'; there are: none"),
        (["list", "--profile", "x"], 2, "there is no profile 'x'; there are: none"),
        (["unset", "base_url"], 1, "profile 'default' has no base_url"),
    ],
)
def test_mistakes_are_a_line_and_a_status(arguments: list[str], status: int, words: str) -> None:
    result = config(*arguments)
    assert result.exit_code == status
    assert result.stderr.startswith(f"error: {words}")
    assert result.stdout == ""


@pytest.mark.parametrize("setting", ["api_key", "base_url"])
def test_a_value_comes_through_a_pipe_without_a_warning(file: Path, setting: str) -> None:
    value = "http://a" if setting == "base_url" else KEY
    command = [sys.executable, "-W", "error", "-m", "aiaas.cli", "config", "set", setting]
    done = subprocess.run(command, input=f"{value}\r\n", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{setting} of profile default is set in {file}\n"
    assert written(file)["profiles"]["default"] == {setting: value}


def test_somebody_at_a_terminal_is_asked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []

    def prompt(text: str, *, hide_input: bool, err: bool) -> str:
        asked.append((text, hide_input))
        return "http://a" if text == "base_url" else KEY

    monkeypatch.setattr("typer.prompt", prompt)
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("aiaas.cli._config.sys", terminal)
    assert config("set", "base_url").exit_code == 0
    assert config("set", "api_key").exit_code == 0
    assert asked == [("base_url", False), ("api_key", True)]


@pytest.mark.parametrize(
    "text",
    [
        "[default]\nbase_url = 'http://a'",
        "[other]\nx = 1",
        "base_url = 'http://a'",
        "[profiles.a.inner]\nx = 1",
        "[profiles.a]\nscope = ['x']",
    ],
)
def test_what_is_no_profile_is_not_lost(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    for arguments in (["set", "base_url", "http://b"], ["unset", "base_url"]):
        result = config(*arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"error: {file} cannot be read: ")
    assert file.read_text() == text


@pytest.mark.parametrize(
    "text", ["not toml", "profiles = 3", "[profiles]\nx = 3", "[profiles.x]\nscope = '\udcff'"]
)
def test_a_file_that_cannot_be_read_is_named(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text, errors="surrogateescape")
    result = config("list")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {file} cannot be read: ")
    assert profile_names() == []


def test_a_file_that_cannot_be_written_is_named(file: Path) -> None:
    file.parent.write_text("a file where the folder should be")
    result = config("set", "base_url", "http://a")
    assert result.exit_code == 2
    assert str(file) in result.stderr


def test_nothing_is_left_behind_when_writing_fails(file: Path) -> None:
    file.mkdir(parents=True)  # a folder where the file should be
    with pytest.raises(OSError, match=file.name):
        write_profiles(file, {"default": {"base_url": "http://a"}})
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("aiaas config get ba", "base_url"),
        ("aiaas config get base_url --profile sta", "staging"),
        ("aiaas models list --profile sta", "staging"),
        ("aiaas mod", "models"),
    ],
)
def test_names_are_completed(file: Path, words: str, offered: str) -> None:
    write_profiles(file, {"staging": {"base_url": "http://a", "timeout_s": 2, "a b": True}})
    environment = {
        "_AIAAS_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    result = CliRunner().invoke(app, [], env=environment, prog_name="aiaas")
    assert result.stdout.split() == [offered]


def test_the_file_is_where_such_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIAAS_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert path_of_file() == tmp_path / "aiaas" / "config.toml"
