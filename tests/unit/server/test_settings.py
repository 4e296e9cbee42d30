"""Settings: where they come from, what is refused, and that keys are never shown."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from aiaas_mock.settings import DEFAULT_MODELS, LOOPBACK, Settings

KEY = "a-key-that-must-not-be-shown"


def test_the_defaults_listen_on_loopback() -> None:
    settings = Settings()
    assert settings.host in LOOPBACK
    assert settings.default == DEFAULT_MODELS


def test_arguments_come_before_environment_before_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text("port = 1\nmax_queue = 100\nengine = 'null'\n")
    monkeypatch.setenv("AIAAS_MOCK_PORT", "2")
    monkeypatch.setenv("AIAAS_MOCK_MAX_QUEUE", "200")
    settings = Settings.load(config, port=3)
    assert (settings.port, settings.max_queue, settings.engine) == (3, 200, "null")


def test_lists_in_the_environment_have_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIAAS_MOCK_API_KEY", f"{KEY},another-key-of-mine")
    monkeypatch.setenv("AIAAS_MOCK_WARM", "fashion-cnn,clothing")
    settings = Settings.load()
    assert [key.get_secret_value() for key in settings.api_key] == [KEY, "another-key-of-mine"]
    assert settings.warm == ("fashion-cnn", "clothing")


def test_lists_in_a_file_are_toml_lists(tmp_path: Path) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text(f'api_key = ["{KEY}"]\n[default]\n"images.classify" = "fashion-cnn"\n')
    settings = Settings.load(config)
    assert [key.get_secret_value() for key in settings.api_key] == [KEY]
    assert settings.default == {**DEFAULT_MODELS, "images.classify": "fashion-cnn"}


@pytest.mark.parametrize(
    "value",
    [
        "images.classify=fashion-cnn,text.sentiment:zh=mine@2:int8",
        "images.classify = fashion-cnn, text.sentiment:zh = mine@2:int8",
        '{"images.classify": "fashion-cnn", "text.sentiment:zh": "mine@2:int8"}',
    ],
)
def test_defaults_in_the_environment_are_pairs_with_commas_between_or_json(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("AIAAS_MOCK_DEFAULT", value)
    own = {"images.classify": "fashion-cnn", "text.sentiment:zh": "mine@2:int8"}
    assert Settings.load().default == {**DEFAULT_MODELS, **own}


def test_defaults_as_flags_are_pairs() -> None:
    settings = Settings.load(default=("text.sentiment:fr=humeur", "text.generate=mine"))
    own = {"text.sentiment:fr": "humeur", "text.generate": "mine"}
    assert settings.default == {**DEFAULT_MODELS, **own}


@pytest.mark.parametrize(
    ("default", "message"),
    [
        ("fashion-cnn", "is not OPERATION=MODEL"),
        ("{", "Expecting"),
        ("images.classify:zh=mine", "no default for 'images.classify:zh'"),
        ("text.sentiment:Chinese=mine", "no default for 'text.sentiment:Chinese'"),
        ("text.sentiment:=mine", "no default for 'text.sentiment:'"),
    ],
)
def test_a_default_for_nothing_is_refused(default: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings.load(default=default)


def test_keys_are_shown_nowhere() -> None:
    settings = Settings.load(api_key=[KEY])
    for shown in (
        repr(settings),
        str(settings),
        str(settings.redacted()),
        settings.model_dump_json(),
    ):
        assert KEY not in shown


def test_a_short_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError, match="at least 16 characters") as caught:
        Settings.load(api_key=["tooshort"])
    assert "tooshort" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com"])  # noqa: S104
def test_other_machines_are_let_in_with_a_key_only(host: str) -> None:
    with pytest.raises(ValidationError, match="configure a key first"):
        Settings.load(host=host)
    assert Settings.load(host=host, api_key=[KEY]).host == host
    assert Settings.load(host=host, key_file="keys.json").host == host


@pytest.mark.parametrize("host", sorted(LOOPBACK))
def test_loopback_needs_no_key(host: str) -> None:
    assert Settings.load(host=host).api_key == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65536),
        ("port", -1),
        ("max_queue", 63),
        ("max_body_bytes", 0),
        ("request_timeout_s", 0),
        ("engine", "steam"),
        ("log_format", "xml"),
        ("default", {"images.paint": "fashion-cnn"}),
        ("colour", "red"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.load(**{name: value})
    assert caught.value.errors()[0]["loc"] == (name,)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://host/name", "postgresql://host/name"),
        ("postgres://ann@host:5432/name", "postgres://ann@host:5432/name"),
        ("postgresql://ann:s3cret@host:5432/name", "postgresql://ann:***@host:5432/name"),
        ("postgresql://ann:s3c@re/t@host/name", "postgresql://ann:***@host/name"),
        ("postgresql://:s3cret@/name?host=/run", "postgresql://:***@/name?host=/run"),
        (
            "postgresql:///name?user=ann&password=s3cret&sslmode=require",
            "postgresql:///name?user=ann&password=***&sslmode=require",
        ),
    ],
)
def test_the_databases_password_is_never_shown(url: str, shown: str) -> None:
    settings = Settings(database_url=SecretStr(url))
    assert settings.redacted()["database_url"] == shown
    assert "s3c" not in repr(settings)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url


@pytest.mark.parametrize("url", ["sqlite:///s3cret.db", "mysql://ann:s3cret@host/name", "name", ""])
def test_a_database_that_is_no_postgresql_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValidationError, match="--data-dir") as raised:
        Settings(database_url=SecretStr(url))
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"host": "::1"}, True),
        ({"host": "0.0.0.0", "api_key": ("a-key-of-the-tests",)}, False),  # noqa: S104
        ({"key_file": "keys.json"}, False),
        ({"key_file": "keys.json", "admin_token": "an-admin-token-of-tests"}, True),
        ({"key_file": "keys.json", "lab": "on"}, True),
        ({"lab": "off", "admin_token": "an-admin-token-of-tests"}, False),
    ],
)
def test_the_lab_is_there_where_it_is_a_mock(
    settings: dict[str, object], *, expected: bool
) -> None:
    assert Settings(**settings).has_lab is expected  # type: ignore[arg-type]


def test_a_short_admin_token_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 16 characters"):
        Settings(admin_token="too-short")
