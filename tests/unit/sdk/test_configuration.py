"""Where a client sends its requests, as whom, and how long it waits."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import aiaas
from aiaas._core.config import resolve
from aiaas._core.redaction import Secret


def settings(environ: dict[str, str], key: str | None = None, url: str | None = None) -> list[str]:
    config = resolve(key, url, environ={"AIAAS_CONFIG": "/nowhere", **environ})
    assert isinstance(config.credentials, Secret)
    return [config.credentials.reveal().removeprefix("Bearer "), config.base_url]


def test_arguments_come_before_the_environment() -> None:
    environ = {"AIAAS_API_KEY": "from-environ", "AIAAS_BASE_URL": "https://environ.test"}
    assert settings(environ) == ["from-environ", "https://environ.test"]
    assert settings(environ, "given", "https://given.test/") == ["given", "https://given.test"]


def test_the_reference_cloud_on_this_machine_is_the_default_address() -> None:
    assert settings({"AIAAS_API_KEY": "k", "AIAAS_BASE_URL": ""})[1] == "http://127.0.0.1:8080"


def test_the_environment_is_read_when_a_client_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIAAS_API_KEY", "from-environ")
    monkeypatch.setenv("AIAAS_BASE_URL", "https://environ.test/prefix")
    with aiaas.Client() as client:
        assert client.base_url == "https://environ.test/prefix"


@pytest.mark.parametrize("key", [None, ""])
def test_a_missing_key_says_how_to_give_one(key: str | None) -> None:
    with pytest.raises(aiaas.ConfigurationError, match=r"api_key= or set .* AIAAS_API_KEY"):
        aiaas.Client(key)


@pytest.mark.parametrize("key", ["secret\n", "sec ret", "sécret", "secret\x00"])
def test_a_key_that_no_header_can_carry_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(aiaas.ConfigurationError) as info:
        aiaas.Client(key)
    assert key not in str(info.value)


@pytest.mark.parametrize(
    "url",
    [
        "cloud.test",
        "ftp://cloud.test",
        "http://",
        "http://cloud.test:port",
        "http://[::1",
        "http://cloud.test?x=1",
        "http://cloud.test#x",
        "http://cl\x00oud.test",
        "http://cloud .test",
        "http://cloud.test\n",
        "http://\u2603\ufe0f-.test",
    ],
)
def test_an_address_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(aiaas.ConfigurationError, match="base URL"):
        aiaas.Client("k", base_url=url)


def test_a_password_in_the_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(aiaas.ConfigurationError) as info:
        aiaas.Client("k", base_url="https://user:hidden@cloud.test")
    assert "hidden" not in str(info.value)


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan"), float("inf")])
def test_a_timeout_that_is_none_is_refused(timeout_s: float) -> None:
    with pytest.raises(aiaas.ConfigurationError, match="timeout_s"):
        aiaas.Client("k", timeout_s=timeout_s)


def test_an_http_client_of_the_other_colour_is_refused() -> None:
    with (
        httpx.Client() as http_client,
        pytest.raises(aiaas.ConfigurationError, match=r"httpx\.AsyncClient"),
    ):
        aiaas.AsyncClient("k", http_client=http_client)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["http://cloud.test/v1", "http://cloud.test/prefix/v1/"])
def test_an_address_with_the_version_says_to_leave_it_out(url: str) -> None:
    with pytest.raises(aiaas.ConfigurationError, match="leave out '/v1'"):
        aiaas.Client("k", base_url=url)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"timeout_s": "3"}, "timeout_s must be a number of seconds; got str"),
        ({"retries": "3"}, "retries must be a whole number"),
        ({"headers": {"x": 1}}, "must be text; got int"),
    ],
)
def test_an_argument_of_a_wrong_type_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        aiaas.Client("k", **arguments)


def test_the_missing_key_may_be_in_a_profile_or_be_a_token() -> None:
    with pytest.raises(aiaas.ConfigurationError, match=r"profile= or AIAAS_PROFILE.*OAuth 2\.0"):
        aiaas.Client()
