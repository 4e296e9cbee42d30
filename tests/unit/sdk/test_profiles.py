"""Settings in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import aiaas
from aiaas._core.config import Config, Network, resolve, resolve_base_url
from aiaas._core.profiles import config_path
from aiaas._core.redaction import Secret

TEXT = """
[profiles.default]
api_key = "key-of-default"
base_url = "https://default.test"
timeout_s = 5
deadline_s = 30.5

[profiles.staging]
base_url = "https://staging.test"
client_id = "key_1"
client_secret = "hidden-secret"
scope = "images:read"
proxy = "http://user:hidden-password@proxy.test"
ca_file = "/ca.pem"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(TEXT)
    return file


def settings(file: Path, *args: Any, environ: dict[str, str] | None = None, **more: Any) -> Config:
    return resolve(*args, environ={"AIAAS_CONFIG": str(file), **(environ or {})}, **more)


def key(config: Config) -> str:
    assert isinstance(config.credentials, Secret)
    return config.credentials.reveal()


def test_the_default_profile_is_used_when_nothing_else_is_said(file: Path) -> None:
    config = settings(file)
    assert (key(config), config.base_url) == ("Bearer key-of-default", "https://default.test")
    assert (config.timeout_s, config.deadline_s) == (5.0, 30.5)


def test_arguments_come_before_the_environment_and_that_before_the_file(file: Path) -> None:
    environ = {"AIAAS_API_KEY": "key-of-environ"}
    assert key(settings(file, environ=environ)) == "Bearer key-of-environ"
    config = settings(file, "given", timeout_s=7, environ=environ)
    assert (key(config), config.timeout_s) == ("Bearer given", 7)
    assert config.base_url == "https://default.test"


def test_a_profile_that_an_argument_names_comes_before_the_environment(file: Path) -> None:
    environ = {"AIAAS_API_KEY": "key-of-environ", "AIAAS_BASE_URL": "https://environ.test"}
    config = settings(file, profile="default", environ=environ)
    assert (key(config), config.base_url) == ("Bearer key-of-default", "https://default.test")
    tokens = settings(file, profile="staging", environ=environ)
    assert isinstance(tokens.credentials, aiaas.OAuth2ClientCredentials)
    assert tokens.base_url == "https://staging.test"
    assert resolve_base_url(profile="staging", environ={"AIAAS_CONFIG": str(file), **environ}) == (
        "https://staging.test"
    )


def test_a_profile_that_the_environment_names_comes_after_its_other_variables(file: Path) -> None:
    environ = {
        "AIAAS_PROFILE": "staging",
        "AIAAS_API_KEY": "key-of-environ",
        "AIAAS_BASE_URL": "https://environ.test",
    }
    config = settings(file, environ=environ)
    assert (key(config), config.base_url) == ("Bearer key-of-environ", "https://environ.test")


def test_a_key_of_the_environment_is_not_sent_to_a_profile_that_was_asked_for(file: Path) -> None:
    file.write_text("[profiles.a]\nbase_url = 'https://a.test'\n[profiles.b]\ntimeout_s = 3\n")
    environ = {"AIAAS_API_KEY": "key-of-environ", "AIAAS_BASE_URL": "https://environ.test"}
    with pytest.raises(aiaas.ConfigurationError, match="No API key in the profile 'a'") as info:
        settings(file, profile="a", environ=environ)
    assert "key-of-environ" not in str(info.value)
    assert key(settings(file, "given", profile="a", environ=environ)) == "Bearer given"
    # Without an address in the profile, or with one as an argument, nothing is mixed.
    assert key(settings(file, profile="b", environ=environ)) == "Bearer key-of-environ"
    own = settings(file, None, "https://mine.test", profile="a", environ=environ)
    assert (key(own), own.base_url) == ("Bearer key-of-environ", "https://mine.test")


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_profile_can_be_chosen_and_hold_oauth_credentials(file: Path, by: str) -> None:
    config = (
        settings(file, profile="staging")
        if by == "argument"
        else settings(file, environ={"AIAAS_PROFILE": "staging"})
    )
    assert isinstance(config.credentials, aiaas.OAuth2ClientCredentials)
    assert config.credentials.client_id == "key_1"
    assert config.network.ca_file == "/ca.pem"
    assert config.network.proxy is not None
    assert "hidden" not in repr(config)


def test_an_argument_for_the_network_comes_before_the_file(file: Path) -> None:
    config = settings(file, profile="staging", network=Network(proxy="http://other.test"))
    assert config.network.proxy == "http://other.test"


def test_without_a_file_there_are_no_profiles(tmp_path: Path) -> None:
    assert settings(tmp_path / "none", "k").base_url == "http://127.0.0.1:8080"
    with pytest.raises(aiaas.ConfigurationError, match=r"no profile 'x': .*none does not exist"):
        settings(tmp_path / "none", "k", profile="x")


def test_a_profile_that_is_not_there_is_named_with_those_that_are(file: Path) -> None:
    with pytest.raises(aiaas.ConfigurationError, match=r"'prod' in .*; it has default, staging"):
        settings(file, profile="prod")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profiles = 3", "must hold tables"),
        ("not toml", "cannot be read"),
        ("[profiles]\ndefault = 3", "must be a table"),
        ("[profiles]\napi_key = 'hidden'", r"api_key .* below \[profiles\.default\]"),
        ("[default]\napi_key = 'hidden'", r"\[default\] .* write \[profiles\.default\]"),
        ("[profile.x]\napi_key = 'hidden'", r"\[profile\.x\] .* write \[profiles\.x\]"),
        ("api_key = 'hidden'", r"api_key is in no profile; write it below \[profiles\.default"),
        ("[profiles.default]\nkey = 'hidden'", "no setting 'key'"),
        ("[profiles.default]\napi_key = 3", "api_key .* must be text"),
        ("[profiles.default]\ntimeout_s = 'hidden'", "timeout_s .* must be a number"),
        ("[profiles.default]\ntimeout_s = true", "timeout_s .* must be a number"),
        ("[profiles.default]\napi_key = 'k'\ntimeout_s = -1", "timeout_s must be a positive"),
    ],
)
def test_a_file_that_cannot_work_says_where_without_repeating_values(
    file: Path, text: str, words: str
) -> None:
    file.write_text(text)
    with pytest.raises(aiaas.ConfigurationError, match=words) as info:
        settings(file)
    assert "hidden" not in str(info.value)


def test_the_file_is_where_such_files_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert config_path({}) == "/home/me/.config/aiaas/config.toml"
    assert config_path({"XDG_CONFIG_HOME": "/x"}) == "/x/aiaas/config.toml"
    assert config_path({"AIAAS_CONFIG": "~/mine.toml"}) == "/home/me/mine.toml"


def test_a_client_takes_a_profile(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIAAS_CONFIG", str(file))
    with aiaas.Client("k", profile="default") as client:
        assert client.base_url == "https://default.test"
